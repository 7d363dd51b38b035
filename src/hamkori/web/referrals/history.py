"""What happened to a referral, a line each, as its sender reads it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hamkori.audit.queries import Opened
from hamkori.casework.case.queries.arrival_calls import PUT_BACK_THERE
from hamkori.casework.case.queries.coordination import NATIONAL, Call
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.calls import Slip, pressed, slips
from hamkori.casework.referral.queries.copies import added_by_us, sent_with
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.web.words import Audience, calling_off, left, lists, sections, steps


def _opened(one: Opened, theirs: str) -> dict[str, Any]:
    """A part that the other side has opened: which, when last, and how often if more than once."""
    often = ngettext("%(n)d time", "%(n)d times", one.times) % {"n": one.times} if one.times > 1 else ""
    part = sections.opened(one.section)
    what = _("Opened what was sent: %(part)s") % {"part": part} if part else _("Opened what was sent")
    return {"what": what, "at": one.last_at, "by": theirs, "note": often}


def _called(one: Call) -> dict[str, Any]:
    """A call of a coordinator."""
    said = steps.happened("call", pressed(one), Audience.SENDER, "")
    return {**said, "at": one.at, "by": pgettext("who acts", "The coordinator")}


def _put_back(one: Slip) -> list[dict[str, Any]]:
    """What a coordinator recorded, and that it was put back: whoever read it may have acted on it."""
    by, said = pgettext("who acts", "The coordinator"), steps.happened("call", one.answer, Audience.SENDER, "")
    back = {"what": _("Put back: that call counts no more"), "note": said["note"]}
    return [{**said, "at": one.at, "by": by}, {**back, "at": one.undone_at, "by": by}]


def _name_what_was_added(page: SenderPage, rows: list[dict[str, Any]]) -> None:
    """Of parts that were sent afterwards which they were, to whoever holds them, as long as they lie there so."""
    times = {one.at for one in page.taken if one.step == "add"}
    parts = added_by_us(page.case, page.referral.code) if times else ()
    for row in rows:
        went = sent_with(parts, row["at"]) if row["at"] in times else ()
        if went:
            named = [(one.section, one.again) for one in went]
            row["what"] = steps.added(named, Audience.SENDER, page.referral.service_code)


def events(page: SenderPage, search: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What happened, the newest first. Of the other body only the body is named, of the clock nobody. `search`: what
    came of looking for the person.
    """
    found = page.referral
    ours = queries.body_name(found.from_organisation, found.from_organisation_id, lists.language())
    theirs = queries.body_name(found.to_organisation, found.to_organisation_id, lists.language())
    rows: list[dict[str, Any]] = [
        {
            **steps.happened(one.step, one.reason, Audience.SENDER, found.service_code),
            **({"note": str(calling_off.TOLD)} if steps.is_told(one.step, one.reason, one.to) else {}),
            "step": one.step,
            "at": one.at,
            "by": one.name or ("" if one.side == Side.CLOCK else ours if one.side in queries.SENDER else theirs),
        }
        for one in reversed(page.taken)
    ]
    _name_what_was_added(page, rows)
    left.name_how(rows, found)
    rows += [_opened(one, theirs) for one in page.opened]
    rows += search
    rows += [_called(one) for one in page.calls if one.side == NATIONAL and one.answer != PUT_BACK_THERE]
    rows += [row for one in slips(found) if one.side == NATIONAL for row in _put_back(one)]
    rows.sort(key=lambda row: row["at"], reverse=True)
    # Who wrote the draft is kept in the record of access only.
    return [*rows, {"what": steps.of_referral("write", Audience.SENDER), "at": found.written_at, "by": "", "note": ""}]
