"""What the sender's page says of somebody who did not come: whether they are safe, before what comes next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hamkori.casework.case.queries.arrival_calls import is_there
from hamkori.casework.case.queries.sections import written_at
from hamkori.casework.case.rules.lifecycle import IS_SAFE, NOT_FOUND, PUT_BACK
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.last_night import sleeps_there
from hamkori.casework.referral.queries.left_unseen import safe_by_word
from hamkori.casework.referral.queries.referrals import SENDER, SenderPage, body_name
from hamkori.casework.work.queries.looked_for import UNREACHED, Looked, looked_now, searches
from hamkori.casework.work.queries.said_safe import in_time
from hamkori.casework.work.rules.whereabouts import BACK, NOT_BACK
from hamkori.people.queries import names
from hamkori.web.kit import moments
from hamkori.web.referrals.stopped import said_no
from hamkori.web.words import (
    Audience,
    arrival,
    calling,
    excluded,
    last_night,
    lists,
    missing,
    red,
    safe,
    sections,
    steps,
)
from hamkori.web.words.ways import case_of as opened_from

HEARD_SO = ("hear", "did_not_come")
"""The sender's word that they did not come; the receiver's is a step of its own."""
NOT_ASKED = ("not_asked_unsafe", "not_asked_no_contact")
"""Of what the person says of the help: nobody has spoken with them."""


def said_missing(page: SenderPage) -> list[datetime]:
    """When it was said that they did not come to this one, could not be reached there, or are not back after all."""
    unreached = page.referral.result_code == "not_reached"
    return [
        one.at
        for one in page.taken
        if one.step == "miss"
        or (one.step, one.reason) == HEARD_SO
        or (one.step in (UNREACHED, "amend") and unreached)
        or (one.step, one.reason) == NOT_BACK
    ]


def searched(page: SenderPage) -> list[dict[str, Any]]:
    """What came of looking for the person since, a line each, as the case has them; the newest last."""
    missing_at = said_missing(page)
    found = searches(page.case.pk, min(missing_at)) if missing_at else []
    by = names([one.by for one in found if one.by is not None]) if found else {}
    return [
        {
            "what": steps.of_case("looked_for"),
            "note": steps.reason("looked_for", one.reason),
            "at": one.at,
            "by": by.get(one.by, "") if one.by is not None else "",
            "safe": one.reason == IS_SAFE and one.at > max(missing_at),
            "in_vain": one.reason == NOT_FOUND,
        }
        for one in found
    ]


def who_said(page: SenderPage, search: list[dict[str, Any]]) -> dict[str, str]:
    """Who said last, and when, that they did not come, of the other side its organisation; and that they were looked
    for in vain.
    """
    found = page.referral
    word = next((one for one in reversed(page.taken) if one.step == "miss" or (one.step, one.reason) == HEARD_SO), None)
    vain = next((one for one in reversed(search) if one["in_vain"]), None)
    said = {}
    if word is not None:
        ours = word.side in SENDER
        theirs = "" if ours else body_name(found.to_organisation, found.to_organisation_id, lists.language())
        missed = arrival.heard("did_not_come", found.service_code)
        said["missed_by"] = _said(theirs or word.name, word.at, missed, page.at)
    if vain is not None:
        said["in_vain_by"] = _said(vain["by"], vain["at"], vain["note"], page.at)
    return said


def _said(by: str, at: datetime, said: str, now: datetime) -> str:
    named = {"by": by or _("Your team"), "at": moments.moment(at, now), "said": said}
    return _("%(by)s said %(at)s: %(said)s.") % named


def known_safe(page: SenderPage, search: list[dict[str, Any]]) -> dict[str, Any]:
    """In place of what is to be found out, once somebody has said that the person is safe: that, what comes next, where
    it is written where they stay, and the way back of a slip.
    """
    last = search[-1] if search else None
    if last is None or not last["safe"]:
        return {}
    by = last["by"] or _("Your team")
    said = _("%(by)s said %(at)s: the person is safe.") % {"by": by, "at": moments.moment(last["at"], page.at)}
    writes = Side.SENDER in page.sides and safe.PART in page.holds
    then = str(_then(page))
    return {
        "said_missed": f"{said} {then}",
        "known_safe": {
            "said": said,
            "then": then,
            "write_url": safe.section_at(page.case) if writes else "",
            "write": safe.write(written_at(page.case, safe.PART) if writes else None, last["at"]),
            "back_url": reverse("looked_for", args=[page.case.code]) if in_time(last["at"], page.at) else "",
            "back": PUT_BACK,
        },
    }


def _then(page: SenderPage) -> Any:
    """What comes next of somebody who is safe."""
    if said_no(page):
        return red.SAID_NO
    if page.live and not page.asks_child:
        return safe.ANOTHER
    return safe.ASK_FIRST if Side.SENDER in page.sides else safe.TEAM_ASKS


def by_word(page: SenderPage) -> str:
    """That "safe" rests on the word of those whom they left alone; '' where it does not."""
    if not any((one.step, one.reason) == BACK for one in page.taken):
        return ""
    back_at = safe_by_word(page.referral.pk)
    return missing.by_word(back_at, page.at) if back_at is not None else ""


def her_view(page: SenderPage) -> dict[str, str]:
    """What the person says of the help; where nobody asked, on whose word alone it rests that they are safe."""
    said = page.referral.sender.her_view_code
    return {"her_view": lists.label("her_view", said), "word": by_word(page) if said in NOT_ASKED else ""}


def confirmed(page: SenderPage, said: str) -> str:
    """The green line. `said`: what the person says of the help, a code."""
    unasked = by_word(page) if said in NOT_ASKED else ""
    if unasked:
        return " ".join((_("Confirmed."), unasked))
    if sleeps_there(page.referral, page.at):
        return " ".join((_("Confirmed."), last_night.then_needs(_body(page))))
    return _("Confirmed. Nothing more is to be done for this referral.")


def _body(page: SenderPage) -> str:
    one = page.referral
    return body_name(one.to_organisation, one.to_organisation_id, lists.language())


def looked_for(page: SenderPage) -> Looked | None:
    """Who is looked for since they did not come to this one, or could not be reached there. Asked only where somebody
    has said so.
    """
    # A result that was put right ends no search in which somebody looked in vain (ADR 0162).
    if not said_missing(page) and not any(one.step == "amend" for one in page.taken):
        return None
    found = looked_now(page.case.pk)
    return found if found is not None and found.referral == page.referral.pk else None


def looking(page: SenderPage) -> dict[str, Any]:
    """The box about them; nothing where nobody is looked for."""
    found = looked_for(page)
    if found is None:
        return {"looked": None}
    holds = "contact" in page.holds and Side.SENDER in page.sides
    contact = opened_from(page.referral.code, page.case.code) + "&open=contact#contact" if holds else ""
    part = {"part": sections.name("contact", Audience.SENDER)}
    return {
        "no_police": calling.no_police_in(page.case.pk),
        "looked": {
            "title": missing.title(found.step),
            "today": moments.day(today := timezone.localdate(page.at), today),
            "said": capfirst(
                missing.did_not_come(found, page.at) if found.step == UNREACHED else missing.said_before(found)
            ),
            "danger": " ".join(filter(None, (missing.danger(found), excluded.call_only("") if found.unwanted else ""))),
            "locked": str(missing.LOCKED) % part if contact else missing.WITH_TEAM,
            "contact_url": contact,
            "there": missing.heard(found.there, page.at),
            "came": arrival.heard("came", page.referral.service_code) if is_there(found.there) else "",
            "since": missing.since(found, page.at, in_vain=False),
            "together": missing.TOGETHER if found.not_found_at is not None else "",
            "answers": missing.answers(),
            "read_at": page.at.isoformat(),
        },
    }
