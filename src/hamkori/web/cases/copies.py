"""That a locked part lies at another organisation: as of when, whether it was changed since, and the way to send it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.referral.queries.copies import Copy, is_written_since
from hamkori.casework.work.queries.case_page import File
from hamkori.people.queries import organisations
from hamkori.web.kit import moments
from hamkori.web.words import lists


def changed(file: File, section: str) -> list[dict[str, str]]:
    """Each receiver whose copy is older than what stands in the part, and where the part is sent again."""
    mark, found = file.sheets.get(section), []
    bodies = {one.code: one.body or _("another organisation") for one in file.referrals}
    may_send = _may_send(file)
    for copy in file.copies:
        if mark is None or copy.section != section or copy.at >= mark.written_at:
            continue
        day = moments.full_day(timezone.localdate(copy.at), timezone.localdate(file.now))
        said: dict[str, Any] = {"body": bodies[copy.referral], "day": day, "at": moments.moment(copy.at, file.now)}
        found.append(
            {
                "said": _("%(body)s has a copy of %(day)s; it was changed since.") % said,
                "asks": _("%(body)s has this part as of %(at)s. Send what was changed?") % said,
                "body": said["body"],
                "url": f"{reverse('referral_add', args=[copy.referral])}?part={section}" if may_send else "",
                "button": _("Send this part again"),
            }
        )
    return [*found, *_unsent(file, section, may_send=may_send)]


def to_send(file: File) -> list[dict[str, str]]:
    """Each part that was agreed to, is written now, and of which an organisation that accepted has no copy; nothing to
    whoever may not send it, and nothing that they ask for: that is a row of its own.
    """
    asked = {(one.code, part) for one in file.referrals for part in one.parts}
    parts = dict.fromkeys(part for one in file.referrals for part in one.sections)
    found = ({**one, "part": part} for part in parts for one in _unsent(file, part, may_send=_may_send(file)))
    return [one for one in found if one["url"] and (one["code"], one["part"]) not in asked]


def _may_send(file: File) -> bool:
    return file.standing.works and file.case.state_code == "open" and not file.agreed.sends_nothing_new


def _unsent(file: File, section: str, *, may_send: bool) -> list[dict[str, str]]:
    """Each receiver that was to have the part, in which nothing stood when it went: it was written since."""
    mark, there = file.sheets.get(section), {one.referral for one in file.copies if one.section == section}
    waits = (
        one
        for one in file.referrals
        if one.state in ("accepted", "serving") and one.live and section in one.sections and one.code not in there
    )
    return [
        {
            "said": (said := _("%(body)s does not have this part yet.") % {"body": one.body}),
            "asks": said,
            "body": one.body,
            "code": one.code,
            "url": f"{reverse('referral_add', args=[one.code])}?part={section}" if may_send else "",
            "button": _("Send this part"),
        }
        for one in waits
        if mark is not None and is_written_since(one.visible_at, mark.written_at)
    ]


def holders(file: File, section: str) -> str:
    """Who holds a part, in a few words: the reader, so many colleagues, and how many copies were sent.

    Who they are stands on the same page, beside what each of them may read.
    """
    colleagues = sum(section in one.sections for one in file.people) - 1
    sent = len({one.referral for one in file.copies if one.section == section})
    copies = ngettext("%(n)d copy sent", "%(n)d copies sent", sent) % {"n": sent} if sent else ""
    return "\N{NO-BREAK SPACE}· ".join(part for part in (_readers(colleagues), copies) if part)


def _readers(colleagues: int) -> str:
    if colleagues < 1:
        return _("only you")
    return ngettext("you and %(n)d colleague", "you and %(n)d colleagues", colleagues) % {"n": colleagues}


def sentences(copies: Iterable[Copy], section: str, names: Mapping[UUID, str], now: datetime) -> list[str]:
    """A sentence for each copy of a part, for whoever writes it."""
    today = timezone.localdate(now)
    return [
        _("A copy of %(day)s is at %(body)s.")
        % {
            "day": moments.full_day(timezone.localdate(one.at), today),
            "body": names.get(one.body) or _("another organisation"),
        }
        for one in copies
        if one.section == section
    ]


def names(copies: Iterable[Copy]) -> dict[UUID, str]:
    """The names of the organisations that have these; nothing is asked where there is none."""
    return {one.id: one.name(lists.language()) for one in organisations()} if [*copies] else {}
