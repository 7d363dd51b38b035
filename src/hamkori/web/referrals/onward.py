"""Where the sender's page of a referral leads on: to another organisation; where nobody is left, to the coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import BooleanField, ExpressionWrapper
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.casework.case.queries.sections import written_last
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries import left, others
from hamkori.casework.referral.queries.calls import counting, no_heard, no_since
from hamkori.casework.referral.queries.referrals import SenderPage, body_name
from hamkori.casework.referral.rules.stopped import EMERGENCY
from hamkori.casework.referral.rules.tonight import comes_later
from hamkori.casework.work.queries.beside import refused
from hamkori.casework.work.queries.no_doctor import ASKED_FOR, emergency_unasked
from hamkori.casework.work.queries.no_place import later_place, shelter_left, tonight, was_for_a_place, without_place
from hamkori.casework.work.queries.shelter_ended import where_asked
from hamkori.people.queries import organisations
from hamkori.web.referrals import apart, doctor, looking, soon, unmet
from hamkori.web.words import child_alone, coordinator, desk_phone, directory, lists, place, red
from hamkori.web.words.calling import coordinator_answers
from hamkori.web.words.ways import to_referral

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import ReferralOrigin


def beside(at: datetime) -> dict[str, Any]:
    """What `onward` reads beside the origin of the referral, without a query more."""
    lacks = ExpressionWrapper(without_place(at, though_asked=True), BooleanField())
    found = {**left.beside_origin(), "asked_phones": left.phones_beside(), "lacks": lacks, "left": shelter_left(at)}
    return {**found, "emergency_unasked": emergency_unasked(), "contact_written_at": written_last("contact")}


def alone(page: SenderPage) -> bool:
    """Whether nobody else is left to be asked, for the team, which alone asks."""
    return Side.SENDER in page.sides and left.nobody_else(page.origin)


class Ways(TypedDict):
    """Whom this reader can turn to besides the desk that was asked."""

    alone: bool
    another: bool


def _emergency(page: SenderPage) -> str:
    """That emergency care is still missing, on the page of other help that was asked for; nothing after a no to it."""
    missing = page.origin.emergency_unasked  # type: ignore[attr-defined]
    missing = missing and page.referral.service_code != EMERGENCY and not refused(page.case.pk, *ASKED_FOR)
    return soon.emergency() if missing else ""


def ways(page: SenderPage, *, calm: bool = False) -> Ways:
    """Whom this reader can turn to besides: another organisation, or, where nobody else is left, the coordinator.
    `calm`: an open desk may still answer: the coordinator is not yet called, and another one is no more than a way.
    """
    is_alone = alone(page)
    return Ways(
        alone=is_alone and not calm, another=Side.SENDER in page.sides and not (is_alone or calm or page.asks_child)
    )


def onward(page: SenderPage) -> dict[str, Any]:
    """The way on, whom to call where nobody else is left, and that the person has no place for tonight."""
    found, works = page.referral, Side.SENDER in page.sides
    lacks = page.origin.lacks and was_for_a_place(page.origin)  # type: ignore[attr-defined]
    waits = found.state_code == "sent" and page.open_question is None
    is_alone = alone(page)
    shown: dict[str, Any] = {
        **looking.looking(page),
        **unmet.box(page),
        "another_url": "",
        **(another(page.origin) if works and not is_alone and not page.asks_child else {}),
        "above_url": reverse("who", args=[page.case.code]) if works else "",
        # They have a place from a later day on: what is next is one for tonight.
        "tonight_url": place.shelters_at(page.case.code)
        if works and lacks and found.state_code == "accepted" and not (page.waits or is_alone or page.asks_child)
        else "",
        # In place of the badge, whose word the box below says anyway.
        "no_place": _no_place(page, waits=waits) if lacks else "",
        "still_needed": _emergency(page) if works and found.state_code == "sent" else "",
        "doctor": doctor.still(page),
        "no_place_tone": "wait" if waits and found.answer_due_at and found.answer_due_at > page.at else "late",
    }
    if is_alone:
        shown |= {
            "nobody_else": coordinator.reached(),
            "coordinator_answers": coordinator_answers(),
            "gap_url": reverse("gap_record", args=[page.case.code]),
            "need": directory.group(found.service_code),
        }
    return shown


def of_child(actor: Actor, page: SenderPage) -> dict[str, Any]:
    """Whom to call for a child without a place for tonight, once they said no and nobody else can be asked yet."""
    lacks = page.origin.lacks and was_for_a_place(page.origin)  # type: ignore[attr-defined]
    if not (page.asks_child and lacks and no_heard(page.referral, page.calls) is not None):
        return {}
    return {"case": page.case, "child_calls": child_alone.whom_to_call(actor, page.case)}


def another(origin: ReferralOrigin) -> dict[str, str]:
    """Where another organisation is asked. Where only one is left that had no room hours ago, that one, with what it
    said; one query, if it is not the one of this referral.
    """
    one, once = origin.referral, left.again(origin)
    url = reverse("referral_again", args=[one.code])
    if once is None:
        return {"another_url": url}
    if once.body == one.to_organisation_id:
        name = body_name(one.to_organisation, once.body, lists.language())
    else:
        names = {each.id: each for each in organisations()}
        name = names[once.body].name(lists.language()) if once.body in names else ""
    return {
        "another_url": f"{url}?service={once.service}",
        "ask_again": red.ask_there(name),
        "others_url": url,
        "had_no_room": red.had_no_room(once, name, origin.read_at),  # type: ignore[attr-defined]
    }


def _no_place(page: SenderPage, *, waits: bool) -> str:
    """What is said of a place for tonight: that it is awaited, was not given, or was accepted for a later day."""
    if waits:
        return red.no_place_yet(counting(page.calls))
    sleeps = where_asked(page.origin.left) is not None  # type: ignore[attr-defined]
    if no_since(page.referral, page.calls) is not None:
        return str(red.SLEEPS if sleeps else red.NO_PLACE)
    later = later_place(page.origin, tonight(page.at))
    if later is None and page.waits and sleeps:
        return str(red.SLEEPS)  # help at a place has ended, and nobody has said that there is none
    return red.no_place(later, page.at) if later is not None or page.waits else ""


def asked_already(page: SenderPage) -> str:
    """Who else was asked and gave no help, as the page that asks another says it. One query, if there is anybody; one
    more where an answer of theirs is awaited.
    """
    if not (asked := left.asked_besides(page.origin)):
        return ""
    cards = {one.id: one for one in organisations()}
    phones = page.origin.asked_phones or {}  # type: ignore[attr-defined]
    heard = others.heard_of(page) if any(one.came == left.WAITING for one in asked) else {}
    lines, night = [], tonight(page.at)
    for one in asked:
        if one.body not in cards:
            continue
        body = desk_phone.of_body(cards[one.body].name(lists.language()), phones.get(str(one.body), ""))
        if one.comes is not None and comes_later("accepted", one.comes, night, came=False):
            lines.append(apart.later(body, one.at, one.comes, now=page.at))
        elif (call := heard.get(one.referral)) is not None and call.answer in apart.STANDS:
            lines.append(apart.stands(body, call.answer, call.at, "", now=page.at))
        else:
            lines.append(apart.stands(body, one.came, one.at, one.reason, now=page.at))
    return f"{apart.all_asked(lines)}." if lines else ""


def is_gap(shown: Mapping[str, Any]) -> bool:
    """Whether nobody else is listed for what this page asks to be called about: a missing service is recorded then."""
    closed = shown["closed_there"]["urgent"] if shown.get("closed_there") else False
    boxed = closed or any(map(shown.get, ("stop", "late_call", "calm_call", "doubt")))
    return boxed and "nobody_else" in shown and not shown.get("alone_yet")


def closing_of(request: HttpRequest, case: Case) -> str:
    """The page that closes the case, for whoever came from there to a step of a referral; '' for all others."""
    return reverse("close", args=[case.code]) if request.GET.get("then") == "close" else ""


def back_of(request: HttpRequest, page: SenderPage) -> dict[str, str]:
    """Where the page of a step leads back."""
    if closing := closing_of(request, page.case):
        return {"url": closing, "label": _("Close the case")}
    return to_referral(page.referral.code)
