"""What is still missing for the person once help has ended: on the page of the result, and after it is confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.audit.queries import referral_opened
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.queries.unheard import brought
from hamkori.casework.consent.rules.consent import BY_OTHERS
from hamkori.casework.referral.queries.copies import is_written_since, lie_at
from hamkori.casework.referral.queries.on_the_way import no_was_brought
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.casework.referral.rules.lifecycle import FINAL
from hamkori.casework.referral.rules.stopped import EMERGENCY
from hamkori.casework.work.queries.after_help import Asked, after_help, lacking
from hamkori.casework.work.queries.helped import ENDED
from hamkori.casework.work.queries.no_place import was_for_a_place
from hamkori.casework.work.queries.shelter_ended import called_at
from hamkori.web.kit import moments
from hamkori.web.referrals import onward
from hamkori.web.words import brought as brought_words
from hamkori.web.words import desk_phone, lists, packet, place, red

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

CONTACT = "contact"
AFTERWARDS = (*FINAL, "finished", "disputed")
"""The states in which nothing can be opened any more."""
Row = dict[str, str]
Way = tuple[str, Any]
"""Where a button leads, and its name."""


def beside(at: datetime) -> dict[str, Any]:
    """What the page reads beside the origin of a referral whose help has ended."""
    return onward.beside(at) | after_help(at)


def has_ended(found: Referral) -> bool:
    """Whether its help has ended: then its page says what is still missing."""
    return found.state_code in ENDED


def rows(page: SenderPage) -> list[Row]:
    """What Today has on top for the same person, the gravest first, each with the way on. Who supervises is led to the
    case, for the team asks.
    """
    found, code = lacking(page.origin, page.at), page.case.code
    said = _brought(page)
    if found is None:
        return said
    case = (reverse("case", args=[code]), _("Open the case"))
    asks = red.ASK_ANOTHER if was_for_a_place(page.origin) else red.ASK
    if found.in_need:
        said.append(_row(red.NOBODY_HELPS, (reverse("case_refer", args=[code]), red.ASK)))
    if found.no_place and (found.stays or found.sleeps):
        said.append(
            _row(red.STAYS, case)
            if found.stays
            else {**_row(red.SLEEPS, case), "text": _called_at(page), "asks": "yes"}
        )
    elif found.no_place:
        ask = (place.shelters_at(code), asks)
        said.append(_row(red.NO_PLACE, _way(page, found.place, ask, place.asked_at(code))))
    if found.emergency:
        title = str(red.WITHOUT) % {"service": lists.label("service", EMERGENCY)}
        said.append(_row(title, (reverse("referral", args=[found.emergency]), red.OPEN_REFERRAL)))
    if found.ill:
        ask = (place.doctors_at(code), red.ASK_DOCTOR)
        said.append(
            _row(red.no_doctor(page.case.doctor_code), _way(page, found.doctor, ask, place.asked_of_doctor(code)))
        )
    if Side.SENDER not in page.sides:
        return [one | _row(one["title"], case) | {"text": one["text"] if one["url"] else ""} for one in said]
    return said


def _brought(page: SenderPage) -> list[Row]:
    """That a no has ended it which somebody else brought, until the person was asked (ADR 190)."""
    found, code = page.referral, page.case.code
    if found.sender.how_said_code not in BY_OTHERS or not no_was_brought(found.pk):
        return []
    asks = page.case.state_code == "open" and Side.SENDER in page.sides
    way = (
        (reverse("consent", args=[code]), red.ASK_PERSON)
        if asks
        else (reverse("case", args=[code]), _("Open the case"))
    )
    return [_row(red.UNHEARD, way) | {"brought": "yes", "text": brought_words.how(found.sender.how_said_code)}]


def _never_opened(page: SenderPage) -> str:
    """Once help has ended: that what was added after sending was never opened there, as nothing was since. '' else."""
    added = next((one.at for one in reversed(page.taken) if one.step == "add"), None)
    if added is None:
        return ""
    if any(one.last_at >= added for one in referral_opened(page.referral.pk)):
        return ""
    when = moments.moment(added, page.at)
    return _("Nobody there opened what was added (%(when)s) before the help ended.") % {"when": when}


def answered(page: SenderPage) -> str:
    """What the person said since, of a no that somebody else brought (ADR 200)."""
    if page.referral.sender.how_said_code not in BY_OTHERS:
        return ""
    return brought_words.said(brought(page.case.pk).said.get(page.referral.code), page.at)


def _called_at(page: SenderPage) -> str:
    """Where those are called at whose place it ended, if a number is recorded."""
    phone = called_at(page.origin.left)  # type: ignore[attr-defined]
    return desk_phone.short(phone) if phone else ""


def _way(page: SenderPage, asked: Asked, ask: Way, person: str) -> Way | None:
    """To an organisation where the person agrees to it, else to the question; after a no they raise it themselves."""
    if page.case.is_child and page.case.next_step_code == "ask_agreement":
        return reverse("case", args=[page.case.code]), _("See whom to call")
    if asked.refused:
        return None
    return ask if asked.agrees and not page.asks_child else (person, red.ASK_PERSON)


def _row(title: Any, way: Way | None) -> Row:
    url, button = way or ("", "")
    return {"title": str(title), "text": "" if way else str(red.SAID_NO), "url": url, "button": str(button)}


def sections(page: SenderPage, state: str) -> dict[str, str]:
    """The parts that go with it. Once it was accepted, one in which nothing stood is named as empty, and where it is
    written if it is how the person is reached; or, where that was written since, where it is sent. Before that nobody
    looks into what is locked.
    """
    found, case = page.referral, page.case
    parts, empty, since = found.sender.sections, set[str](), set[str]()
    if state in ("accepted", "serving") and page.live:
        there = lie_at(case, found.code)
        empty = {one for one in parts if one in page.holds and one not in there}
        written = page.origin.contact_written_at  # type: ignore[attr-defined]
        since = {CONTACT} & empty if is_written_since(found.visible_at, written) else since
    sends = Side.SENDER in page.sides
    url = f"{reverse('section', args=[case.code])}?of={CONTACT}" if CONTACT in empty - since and sends else ""
    add = f"{reverse('referral_add', args=[found.code])}?part={CONTACT}" if since and sends else ""
    add = "" if page.asks_child else add
    unread = _never_opened(page) if state in AFTERWARDS else ""
    said = packet.parts(parts, empty - since, since)
    return {"sections": said, "unwritten_url": url, "unsent_url": add, "never_opened": unread}
