"""Somebody may be on the way in vain, or wait so: what the sender's page says of it, and what ends it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.context import now
from hamkori.casework.case.queries.coordination import FRUITLESS
from hamkori.casework.case.queries.team import people
from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.queries.agreed import agreed
from hamkori.casework.referral.actions import on_the_way as actions
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.calls import (
    no_from,
    of_sender,
    slips,
    to_take_back,
    told_after,
    yes_from,
)
from hamkori.casework.referral.queries.on_the_way import STATES, may_come, may_know, on_the_way
from hamkori.casework.referral.queries.promised import promised
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.casework.referral.queries.said_before import said_of_step
from hamkori.casework.work.queries.call_off import (
    SAID_YES,
    is_expected,
    is_for_tonight,
    is_needed,
    is_their_word,
    whose,
)
from hamkori.people.queries import names
from hamkori.refusal import ENDED, NotNow
from hamkori.web.kit import moments
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.refusals import goes_on
from hamkori.web.referrals.stopped import telling
from hamkori.web.words import Audience, absence, calling_off, lists, sections
from hamkori.web.words import on_the_way as words
from hamkori.web.words.calls import read_of
from hamkori.web.words.ways import case_of as opened_from

if TYPE_CHECKING:
    from uuid import UUID

    from hamkori.casework.referral.models import Referral
    from hamkori.casework.referral.queries.referrals import Taken

SETTLES = ("warned", "never_told")
"""Answers after which nobody has to be told any more."""


@require_POST
def warn_person(request: HttpRequest, code: str) -> HttpResponse:
    """The person was told, or never was, or is not reached; back to the page on which it was pressed."""
    actor = actor_of(request)
    found, answer = queries.referral(actor, code), request.POST.get("answer", "")
    here = reverse("referral", args=[code])
    goes_on(request, here)
    try:
        actions.warn_person(actor, found, answer=answer, since=read_of(request.POST.get("which", "")))
    except NotNow as refusal:
        said_already = refusal.guard == "is_on_the_way" and answer != words.PUT_BACK[0]
        before = _said_before(found, actor.membership_id) if said_already else None
        if before is None:
            raise
        before.ledger = refusal.ledger
        raise before from None
    say, on_today = messages.warning if answer in FRUITLESS else messages.success, request.POST.get("from") == "today"
    back = (here, words.PUT_BACK[1]) if on_today and answer in SETTLES else ()
    again = on_the_way(found.pk) if answer == SETTLES[0] else None
    if again is not None and again.warned is not None:
        say, said = messages.warning, words.AFTER_ALL_SAVED % {"when": moments.moment(again.at, now())}
    elif answer == SETTLES[0] and found.state_code == "accepted":
        say, said = messages.warning, str(words.ACCEPTED_SAVED)
    else:
        said = str(words.SAVED[answer])
    say(request, format_html('{} <a href="{}">{}</a>', said, *back) if back else said)
    return done(actor, reverse("today") if on_today else here)


def _said_before(found: Referral, me: UUID | None) -> NotNow | None:
    """What was said of the person already, by whom and when, or that they have accepted or said yes since; None
    where neither is why.
    """
    if found.state_code == "accepted" and found.missed_at is None:
        return NotNow("accepted_since")
    calls = of_sender(found)
    yes = yes_from(calls, slips(found))
    if found.state_code == "sent" and yes is not None and no_from(calls, slips(found)) is None:
        return NotNow("yes_since", time=moments.moment(yes, now()))
    said = said_of_step(found, "warn_person", (*SETTLES, words.PUT_BACK[0]))
    if said is None or said[0] not in SETTLES:
        return None
    answer, at, by = said
    values = {"time": moments.moment(at, now()), "what": str(dict(words.ANSWERS)[answer])}
    if by is not None and by == me:
        return NotNow("said_by_me", **values)
    return NotNow("said_by", **values, name=(names([by]).get(by, "") if by else "") or _("A colleague"))


def before(page: SenderPage, *, at_their_word: bool = False) -> str:
    """What is said of it before the sender's side ends it: whoever was told to come has to hear it. Not of a grown
    person at whose word it ends.
    """
    found = page.referral
    over = found.agreed_at is not None and not may_come(found, page.at)
    came = found.heard_code == "came" and found.missed_at is None
    if over or came or found.served_at is not None or (at_their_word and not page.case.is_child):
        return ""
    if not may_know(found.pk):
        return ""
    said = next((one for one in reversed(page.taken) if one.step == "tell_person"), None)
    return words.cancels(said.at if said is not None and said.reason == "told" else None, page.at)


def box(page: SenderPage) -> dict[str, Any] | None:
    """What had been agreed, what is to be told to the person, and the answers; what was said of that, with its way
    back; None where nobody is on the way.
    """
    found = page.referral
    was = found.agreed_at is not None or any(one.step in ("arrange", "tell_person") for one in page.taken)
    again = found.state_code == "sent" and any(one.step == "warn_person" for one in page.taken)
    said = on_the_way(found.pk) if was and (again or _may(page)) else None
    if said is None:
        return _knows(page)
    said = replace(said, asks_first=_asks_first(page))
    name = queries.body_name(found.to_organisation, found.to_organisation_id, lists.language())
    works, team = Side.SENDER in page.sides, people(page.case) if said.unheard else ()
    time = (found.arrival_on, found.arrival_part_code, found.agreed_at)
    return {
        "said": words.tell(name, time, said, page.at),
        "beside": words.beside(said, page.at),
        "url": reverse("referral_warn_person", args=[found.code]),
        "answers": words.answers(said, above=not works) if works or not said.unheard else (),
        "which": said.at.isoformat(),
        "reach": _reach(page),
        "ask": reverse("consent", args=[page.case.code]) if said.unheard and works else "",
        **(telling(page, absence.leader(team), absence.is_alone(team)) if team and not works else {}),
        "slip": words.slip(said),
        "slip_title": words.SLIP,
    }


def _reach(page: SenderPage) -> dict[str, str] | None:
    """Where the person's telephone is, for who holds that part."""
    if "contact" not in page.holds or Side.SENDER not in page.sides:
        return None
    url = opened_from(page.referral.code, page.case.code) + "&open=contact#contact"
    return {"url": url, "said": sections.name("contact", Audience.SENDER)}


def _knows(page: SenderPage) -> dict[str, Any] | None:
    """That the person knows, or was never told, until the night is over: a slip has a way back."""
    found, last = page.referral, _settled(page)
    if last is None or not _may(page) or is_expected(page.origin):
        return None
    return {
        "knows": str(words.KNOWS[last.reason]) % {"when": moments.moment(last.at, page.at)},
        "url": reverse("referral_warn_person", args=[found.code]),
        "answers": (words.PUT_BACK,),
    }


def _may(page: SenderPage) -> bool:
    """Whether they may have taken it back lately; of what has not ended by a no on the telephone, no yes after it."""
    found = page.referral
    no = no_from(page.calls, slips(found)) if found.state_code == "sent" else None
    return found.state_code in STATES and may_come(found, page.at, no)


def _settled(page: SenderPage) -> Taken | None:
    """The last that was said of it, if it ends the question, and nothing came after it of which it says nothing:
    `person_warned` in walls/59_on_the_way.sql.
    """
    ends = (*SETTLES, words.PUT_BACK[0])
    said = next((one for one in reversed(page.taken) if one.step == "warn_person" and one.reason in ends), None)
    if said is None or said.reason not in SETTLES:
        return None
    yes = yes_from(page.calls, slips(page.referral))
    anew = any(one.at > said.at and _is_anew(one) for one in page.taken) or (yes is not None and yes > said.at)
    return None if anew else said


def _is_anew(one: Taken) -> bool:
    """Whether the person may have been told to come by it."""
    return one.step in ("arrange", "accept", "expect", "meet") or (one.step == "tell_person" and one.reason == "told")


def call_off(page: SenderPage) -> dict[str, Any] | None:
    """Of one that was ended: that they said yes on the telephone, and have to hear that nobody comes."""
    found = page.referral
    promise = promised(found.pk) if found.state_code == ENDED else None
    if promise is None and found.state_code == ENDED:
        return _told(page)
    if promise is None or is_expected(page.origin):
        return None
    if is_their_word(page.origin):
        promise = whose(promise, found.service_code, page.case.doctor_code)
    name = queries.body_name(found.to_organisation, found.to_organisation_id, lists.language())
    tonight = is_for_tonight(page.origin, promise)
    needed = _asks_first(page)
    again = promise.comes(needed=needed, tonight=tonight)
    return calling_off.box(found.code, name, promise, page.at, needed=needed, again=again) | {
        "goes": _goes(page) if needed else None,
        "asks": calling_off.asks(page.case.code, promise) if _works(page) else None,
        "send_again": calling_off.send_again(found.code, promise) if _works(page) else None,
    }


def _told(page: SenderPage) -> dict[str, Any] | None:
    """That they were told that nobody comes: for a day such a slip has a way back."""
    found = page.referral
    at = told_after(page.calls, found.ended_at) if found.ended_at is not None else None
    last = to_take_back(next((one for one in page.own_calls() if one.at == at), None), page.at)
    if last is None:
        return None
    name = queries.body_name(found.to_organisation, found.to_organisation_id, lists.language())
    return calling_off.was_told(found.code, name, last.at, page.at)


def _asks_first(page: SenderPage) -> bool:
    """Whether it is asked there first if the place is still free."""
    promise = promised(page.referral.pk) if page.referral.state_code == ENDED else None
    if promise is None or promise.answer != SAID_YES or not is_for_tonight(page.origin, promise):
        return False
    return is_needed(page.origin, page.at, again=promise.again)


def _works(page: SenderPage) -> bool:
    return Side.SENDER in page.sides and page.case.state_code in WRITABLE


def _goes(page: SenderPage) -> dict[str, Any] | None:
    """That their place is still free, and the person goes there: a place by telephone, said by who works on the case.
    Not of an organisation that the person wants to get nothing.
    """
    to, case = page.referral.to_organisation, page.case
    if not _works(page) or page.referral.to_organisation_id in agreed(case, page.at).nothing_to:
        return None
    return calling_off.goes(case, to.slug, page.at)
