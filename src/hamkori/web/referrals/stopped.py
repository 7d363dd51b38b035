"""What the sender's page says of a referral that stopped without help or is disputed, and of what was decided since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.casework.case.queries.team import told_lead
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.consent.rules.consent import paused
from hamkori.casework.referral.queries import left
from hamkori.casework.referral.queries.calls import had_said_yes
from hamkori.casework.referral.queries.closed_there import is_reached
from hamkori.casework.referral.queries.referrals import SenderPage, body_name
from hamkori.casework.referral.rules.stopped import GOES_ON, MISSED, TOLD_THEM, WHETHER_ON
from hamkori.casework.work.queries.beside import refused
from hamkori.web.kit import moments
from hamkori.web.words import coordinator, desk_phone, directory, lists, red, steps
from hamkori.web.words.calls import called
from hamkori.web.words.stays import ask_on, goes_on


def not_agreed(page: SenderPage, state: str) -> dict[str, bool]:
    """What waits for the person's consent: help that is paused; an answer or a draft for which none is valid."""
    still = state in ("draft", "sent") and not page.live
    no = still and state == "draft" and said_no(page)
    return {
        "draft_refused": no,
        "paused": paused(state, consent_live=page.live),
        "ended_waiting": still,
        "never_asked": still and not no and state == "draft" and newest(page.case.pk) is None,
    }


def said_no(page: SenderPage) -> bool:
    """Whether the person's last answer to this was no: nobody else is asked, until the person raises it."""
    found = page.referral
    return not page.live and refused(page.case.pk, found.recipient_kind_code, found.purpose_code)


def stop(page: SenderPage, lead: str, alone: bool) -> dict[str, Any] | None:
    """While it waits for a decision: what this reader can do. None if it does not wait. `lead`: for a supervisor."""
    if not page.waits:
        return None
    found, works = page.referral, Side.SENDER in page.sides
    no = said_no(page)
    works = works and not no
    return {
        "kind": page.waits,
        "said_no": str(red.SAID_NO) if no else "",
        # Of who did not come: another time is agreed only once the person has agreed again.
        "rests": page.waits == MISSED and not no and (page.asks_child or not page.live),
        # Without a consent nobody else can be asked: the page of the consent leads on.
        "ask_url": reverse("consent", args=[page.case.code]) if works and (page.asks_child or not page.live) else "",
        "again_url": reverse("referral_again", args=[found.code]) if works else "",
        "directory_url": _directory(found.suggested_service_code),
        **_to_call(page, works=Side.SENDER in page.sides),
        "settle_url": reverse("referral_settle", args=[found.code]),
        **_called(page),
        "said_yes": moments.moment(before.at, page.at) if (before := had_said_yes(found, page.calls)) else "",
        **telling(page, lead, alone),
        "suggested": lists.label("service", found.suggested_service_code),
        "needed": lists.inside(lists.label("service", found.service_code)),
        "since": [
            {"help": lists.label("service", code), "when": moments.moment(at, page.at)}
            for code, at in left.asked_since(page.origin, _ended(page))
        ],
    }


def _directory(suggested: str) -> str:
    """Where the organisations for the help that they named are listed with how they are called."""
    return f"{reverse('directory')}?group={directory.group(suggested)}" if suggested else ""


def _to_call(page: SenderPage, *, works: bool) -> dict[str, Any]:
    """The answers to a call about it: of who did not come for both, else for a supervisor, who asks no organisation
    but can call, and reads the number of the coordinator.
    """
    missed = page.waits == MISSED
    if works and not missed:
        return {}
    whom = ("reached", "not_reached") if missed else ("coordinator", "reached", "not_reached")
    said = [(one, lists.label("call_answer", one)) for one in whom]
    reached = any(is_reached(one) for one in page.own_calls(_ended(page)))
    number = "" if works else coordinator.reached()
    return {"call_answers": said, "coordinator": number, "calls_first": missed and not reached}


def _ended(page: SenderPage) -> datetime:
    """When it stopped."""
    found = page.referral
    return found.ended_at or found.missed_at or found.heard_at or page.at


def _called(page: SenderPage) -> dict[str, Any]:
    """What the newest call brought since it stopped, where the coordinator is called because nobody else is left."""
    newest = next((one for one in page.own_calls() if one.at >= _ended(page)), None)
    said = called(newest, page.at) if newest is not None else ""
    return {"called": said, "asked": newest is not None and newest.answer == "coordinator"}


def telling(page: SenderPage, lead: str, alone: bool) -> dict[str, Any]:
    """Where a supervisor tells the lead worker what only the team can do, and whether that was done. `lead`: that
    worker; '' for the team itself; `alone`: nobody else is on the team.
    """
    if not lead:
        return {}
    told = told_lead(page.case.pk, page.at)
    said = {"at": told.at, "name": told.name, "alone": alone} if told is not None else None
    return {"tell_url": reverse("tell_lead", args=[page.case.code]), "told": said}


def whether_on(page: SenderPage) -> dict[str, Any] | None:
    """Help had begun when the person's word ended it: what is asked until somebody says so, and whom to call."""
    found = page.referral
    if not page.goes_on:
        return None
    return {
        "asks": ask_on(body_name(found.to_organisation, found.to_organisation_id, lists.language())),
        "text": goes_on(found.service_code, phone := getattr(found, "phone", "") or ""),
        "phone": "" if phone else desk_phone.none(),
        "url": reverse("referral_settle", args=[found.code]) if Side.SENDER in page.sides else "",
        "answers": ((GOES_ON, _("It goes on"), "done"), (TOLD_THEM, _("It has ended: I called them"), "ended")),
    }


def settled(page: SenderPage) -> dict[str, Any] | None:
    """That nothing more is to do: why, who said so and when, and the way back. None where nobody has said it."""
    if not page.settled:
        return None
    said = next((one for one in reversed(page.taken) if one.step == "settle"), None)
    return {
        "on": said is not None and said.reason in WHETHER_ON,
        "reason": steps.reason("settle", said.reason) if said else "",
        "by": said.name if said else "",
        "at": page.referral.sender.settled_at,
        "back_url": reverse("referral_put_back", args=[page.referral.code]),
    }
