"""What is late or in danger in a case: the gravest first, with the button that ends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.team import LEAD, told_lately
from hamkori.casework.referral.queries.calls import counting
from hamkori.casework.referral.queries.on_the_way import AGREES, TakenBack
from hamkori.casework.referral.rules.card import URGENT, no_is_for
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.due import is_unplanned
from hamkori.casework.work.queries.happened import Step
from hamkori.web.cases import age_changed, brought, calls_owed, child_contact, doctor_seen, doubts, missing, place, safe
from hamkori.web.cases.alarm import PLAN, Alarm, alarm, number_to_call
from hamkori.web.cases.ready import is_ready
from hamkori.web.cases.said_yes import undo
from hamkori.web.cases.tasks import is_untold_today, unasked_emergency, way_on
from hamkori.web.kit import moments
from hamkori.web.words import absence, arrival, coordinator, desk_phone, lists, on_the_way, red
from hamkori.web.words import missing as missing_words
from hamkori.web.words import place as place_words
from hamkori.web.words import referral as referral_words
from hamkori.web.words.calls import closed, in_a_row
from hamkori.web.words.case import NO_STATES, YES_STATES, in_peace
from hamkori.web.words.child_alone import asks_in_vain
from hamkori.web.words.stays import ask_on

PLACE: Final = "place"
"""The place on the page of what is said of a place for tonight."""
FIRST, NEXT, LAST = "first", "next", "last"
"""Where the boxes of a supervisor stand: with a place for tonight, with a doctor, and below what is late."""


def alarms(file: File, *, child_due: datetime | None, refer_url: str | None, no_place: bool = False) -> list[Alarm]:
    """Whom nobody reads in time, a place for tonight, is a person missing; child protection; consent that nobody can
    confirm; no answer; the step. What is red on Today comes first, in its words and with its button (words/red.py).

    `no_place`: nobody has one for tonight, and no box of the page says so.
    """
    found = [missing.box(file, file.missing, None if file.standing.works else _to_lead(file))] if file.missing else []
    found += _on_the_way(file)
    if file.case.state_code == "closed":
        return found
    waits, above = place.asked(file), {} if file.standing.works else _supervised(file)
    said = waits is not None and (waits.late or waits.opens is not None)
    lacks = waits if said and no_place and file.standing.works else None
    found += [place.with_way(_unread(one, file), file, asks=one is lacks) for one in file.referrals if one.opens]
    asked = (one for one in file.referrals if (one.doubt_asked or one.yes_before) and one.live and one.opens is None)
    found += [_doubt_asked(one, file) for one in asked]
    found += [_doubt(one, file) for one in file.referrals if doubts.is_no(one) and not one.late]
    found += [place.no_place(file, waits, refer_url)] if no_place and file.standing.works and not said else []
    found += brought.box(file) if file.standing.works and not (no_place and place.asks_whose_no(file)) else []
    found += above.get(FIRST, [])
    found += [_arrival(one, file) for one in file.referrals if one.late and one.state == "accepted"]
    found += [_doubt(one, file) for one in file.referrals if one.doubt and not (doubts.is_no(one) or one.late)]
    again = age_changed.box(file) if file.standing.works else []
    again = again or (_ended(file) if refer_url else [])
    tell = [_child(file, child_due)] if child_due is not None else []
    found += [*tell, *again] if child_contact.is_over(file) and tell else [*again, *tell]
    found += [_emergency(one, file)] if (one := unasked_emergency(file)) is not None else []
    found += [_doctor(file, refer_url)] if file.no_doctor and file.standing.works else []
    found += above.get(NEXT, [])
    found += [_unsure(file)] if file.agreed.unsure and file.standing.works else []
    late = (one for one in file.referrals if one.late and one.state == "sent")
    found += [place.with_way(_unanswered(one, file, refer_url), file, asks=one is lacks) for one in late]
    found += [_whether_on(one) for one in file.referrals if one.goes_on and not brought.is_wanted(one, file)]
    found += _step(file) if file.standing.works else above.get(LAST, [])
    # The first is what is to be done on this page: its button is the filled one.
    return [{**one, "full": bool(one["url"]) and not number} for number, one in enumerate(found)]


def _on_the_way(file: File) -> list[Alarm]:
    """Who may be on the way to somebody who took back what was agreed: as Today says it first (ADR 131)."""
    found = []
    for one in file.referrals:
        if one.taken is None:
            continue
        agreed = (one.arrival_on, one.arrival_part, one.agreed_at)
        taken = _as_told(one.taken, one.code, file)
        said = [on_the_way.tell(one.body, agreed, taken, file.now), *on_the_way.tried(taken, file.now)]
        url, number = reverse("referral", args=[one.code]), one.taken.phone
        more = {"phone": desk_phone.said(number) if number is not None else "", "reach": missing.reach(file)}
        title, button = on_the_way.title([one.taken]), str(red.OPEN_REFERRAL)
        if one.taken.unheard and file.standing.works:
            url, button = reverse("consent", args=[file.case.code]), str(red.ASK_PERSON)
        found.append(alarm(title, " ".join(said), url=url, button=button, **more))
    return found


def _as_told(taken: TakenBack, code: str, file: File) -> TakenBack:
    """The same, with whether the person was told of what was agreed before, and what is asked there first."""
    told = taken.told
    agreed = (one.at for one in file.steps if one.referral == code and one.step in AGREES)
    earlier = told is not None and any(at > told for at in agreed)
    owes = (one for one in calls_owed.promised(file) if one.code == code) if file.no_place else ()
    return replace(taken, earlier=earlier, asks_first=any(calls_owed.may_be_free(one) for one in owes))


def _arrival(one: Sent, file: File) -> Alarm:
    at = (one.arrival_on, one.arrival_part, one.agreed_at)
    when = referral_words.part_of_day(*at, file.now, written=one.hour_written, opens=file.standing.works)
    values = {"service": lists.label("service", one.service), "organisation": one.body, "when": when}
    told, then = missing_words.heard(one.there, file.now)
    expected = _("%(service)s at %(organisation)s, agreed for %(when)s.") % values
    nobody = arrival.say("nobody_said_which", one.service, **values)
    return alarm(
        missing_words.title("") if one.gone else arrival.say("did", one.service),
        " ".join(filter(None, (f"{told}.", then, expected))) if told else nobody,
        url=f"{reverse('referral', args=[one.code])}#hear",
        button=_("Say what you know"),
        phone=desk_phone.said(one.phone),
        reach=missing.reach(file) if one.gone else None,
    )


def _whether_on(one: Sent) -> Alarm:
    return alarm(
        ask_on(one.body),
        lists.label("service", one.service),
        url=f"{reverse('referral', args=[one.code])}#goes-on",
        button=_("Say what you know"),
        phone=desk_phone.said(one.phone),
        tone="wait",
    )


def _unread(one: Sent, file: File) -> Alarm:
    heard = one.yes_before or one.no_since or not one.doubt_asked  # else nothing was said of the child
    counts = counting(one.calls) if heard else None
    yet = str(red.NO_PLACE_YET) if file.no_place and one in place.for_one(file) else ""
    said = [str(red.THEY_DOUBT)] if one.doubt_asked else in_a_row(one.calls, file.now)
    said += doubts.before(one, file)
    said = [yet, *said, closed(one.opens, file.now) if counts else ""]
    return alarm(
        red.unread(one.service, one.answer_due_at, one.opens, file.now, counts),
        " · ".join(filter(None, said)),
        url=reverse("referral", args=[one.code]),
        button=str(red.OPEN_REFERRAL),
        phone=number_to_call(one, file),
        seen=undo(one, file) if counts else [],
    )


def _doubt(one: Sent, file: File) -> Alarm:
    title, text = doubts.accepted(one, file)
    return alarm(
        title,
        text,
        url=reverse("referral", args=[one.code]),
        button=str(red.OPEN_REFERRAL),
        phone=desk_phone.said(one.phone),
        tone="" if one.doubt_calls or one.no_since else "wait",
        seen=undo(one, file),
    )


def _doubt_asked(one: Sent, file: File) -> Alarm:
    asks = file.standing.works and not one.nobody_else and not age_changed.sends_nothing_new(file)
    another = alarm("", "", url=reverse("referral_again", args=[one.code]), button=str(red.ASK_ANOTHER))
    title, text = doubts.asked(one, file, asks=asks)
    return alarm(
        title,
        text,
        url=reverse("referral", args=[one.code]),
        button=str(red.OPEN_REFERRAL),
        phone=desk_phone.said(one.phone),
        tone="" if one.doubt_calls or one.yes_before else "wait",
        then=another if asks else None,
    )


def _emergency(one: Sent, file: File) -> Alarm:
    button, url = way_on(one, file)
    title = _("Still without: %(service)s") % {"service": lists.label("service", one.service)}
    return alarm(title, capfirst(_("nobody is asked for emergency care")), url=url, button=button)


def _child(file: File, due: datetime) -> Alarm:
    return alarm(
        child_contact.title(due, file.now),
        child_contact.heard(file),
        url=reverse("tell_child_protection", args=[file.case.code]),
        button=_("Say who was told"),
        tone="" if child_contact.is_over(file) else "wait",
        id="child",
    )


def _doctor(file: File, refer_url: str | None) -> Alarm:
    """Without `refer_url` nothing can be sent now; that it is not needed any more is said among what is needed.

    Where the person has not agreed to a doctor, nobody can be asked: then the person is, at that question.
    """
    edit = reverse("edit_case", args=[file.case.code]) + "?all=1#id_need_tonight_codes"
    seen = doctor_seen.offered(file.case)
    other = alarm("", "", url=edit, button=_("No doctor is needed"), seen=seen)
    title = red.no_doctor(file.case.doctor_code)
    if not refer_url:
        return {**other, "title": title, "tone": "wait"}
    url, button = place_words.doctors_at(file.case.code), str(red.ASK_DOCTOR)
    no = file.agreed.state(*place_words.DOCTOR) in NO_STATES
    if no and no_is_for(file.case.doctor_code):
        return {**other, "title": title, "text": str(red.SAID_NO), "tone": "wait"}
    if file.agreed.state(*place_words.DOCTOR) not in YES_STATES:
        url, button = place_words.asked_of_doctor(file.case.code), str(red.ASK_PERSON)
    text = capfirst(str(red.NO_FOR_THE_CHILD)) if no else ""
    return alarm(title, text, url=url, button=button, tone="wait", then=other, seen=seen)


def _ended(file: File) -> list[Alarm]:
    """Where all that was agreed has ended and the case goes on: it is asked again, or nothing can be sent."""
    if not file.agreed.has_ended or (is_ready(file) and not file.open_referrals):
        return []
    url = reverse("consent", args=[file.case.code])
    text = _("Nothing can be sent before the person is asked again.")
    return [alarm(_("Consent has ended"), text, url=url, button=_("Ask again"), tone="wait", full=True)]


def _unsure(file: File) -> Alarm:
    text = _(
        "Somebody may have changed what the person said. Withdraw everything here together with "
        "the person, then ask again."
    )
    url = reverse("consent_withdraw", args=[file.case.code])
    return alarm(_("The consent cannot be confirmed"), text, url=url, button=_("Withdraw consent"))


def _unanswered(one: Sent, file: File, refer_url: str | None) -> Alarm:
    when = moments.target(one.answer_due_at, file.now) if one.answer_due_at is not None else ""
    refer_url = None if one.nobody_else or age_changed.sends_nothing_new(file) else refer_url
    values = {"organisation": one.body, "service": lists.label("service", one.service), "when": when}
    said = (
        _("%(service)s: %(when)s. The coordinator was told. You may ask another organisation now.")
        if refer_url
        else _("%(service)s: %(when)s. The coordinator was told.")
    )
    lacks = str(red.NO_PLACE_YET) if file.no_place and one in place.for_one(file) else ""
    return alarm(
        _("%(organisation)s has not answered") % values,
        " · ".join(filter(None, (lacks, said % values, *in_a_row(one.calls, file.now)))),
        url=refer_url or reverse("referral", args=[one.code]),
        button=_("Ask another organisation") if refer_url else _("Open the referral"),
        phone=desk_phone.said(one.phone),
        coordinator=coordinator.reached() if one.phone else "",
        seen=undo(one, file),
    )


def _supervised(file: File) -> dict[str, list[Alarm]]:
    """What only the team can do and has not done, for its supervisor, by where it stands between what both read: at
    the places of the team's own boxes of it. Who leads the case, and who else works on it.
    """
    lost = place.lost(file)
    why = {"text": lost["said"], "phone": lost["phone"], "lost": True} if lost else {}
    found = [
        (turn, {**alarm(title, "", id=where, tone=tone), **(why if where == PLACE else {})})
        for turn, title, where, tone in _undone(file)
    ]
    stops = (one for one in file.referrals if one.stopped and not one.not_here)
    found += [(LAST, alarm(_stopped(one), capfirst(safe.beside(one, file)), tone="wait")) for one in stops]
    # Whom to speak with is said once, at the gravest, which has the button; the others stand under it.
    said = file.missing is not None and not file.missing.code  # the box of who is missing has that button
    if found and not said:
        turn, first = found[0]
        found[0] = turn, _with_lead(first, _to_lead(file))
    return {turn: [box for at, box in found if at == turn] for turn in (FIRST, NEXT, LAST)}


def _with_lead(first: Alarm, lead: Alarm) -> Alarm:
    """The gravest box with whom to speak; of a lost place whom to call stands above that."""
    if not first["lost"]:
        return {**first, **lead}
    above = {"text": first["text"], "coordinator": " ".join(filter(None, (lead["text"], lead.get("coordinator"))))}
    return {**first, **lead, **above}


def _undone(file: File) -> Iterator[tuple[str, str, str, str]]:
    """Where it stands, its title, the place on the page to which Today leads, its tone; the gravest first. Of a draft
    danger alone.
    """
    case, today = file.case, timezone.localdate(file.now)
    waits = place.asked(file)
    if file.in_need:
        yield FIRST, str(red.NOBODY_HELPS), "", ""
    if file.no_place and not (waits and (waits.late or waits.opens)):
        urgent = waits is not None and waits.urgency == URGENT
        lacks = red.no_place(place.place_from(place.later(file)), file.now, file.left, **place.how_left(file))
        lacks = str(red.STAYS) if place.came_to(file) is not None else lacks
        yet = red.no_place_yet(counting(waits.calls)) if waits is not None and urgent else lacks
        yield FIRST, yet, PLACE, "wait" if urgent else ""
    if brought.asks(file):
        yield FIRST, str(red.UNHEARD), "", "wait"
    if case.state_code == "draft":
        return
    untold = (one for one in file.referrals if is_untold_today(one, file))
    yield from ((NEXT, _("The person was not told yet: %(service)s") % _of_kind(one), "", "wait") for one in untold)
    refused = file.agreed.state(*place_words.DOCTOR) in NO_STATES and no_is_for(case.doctor_code)
    if file.no_doctor and not refused:
        yield NEXT, red.no_doctor(case.doctor_code), "", "wait"
    child, agreed = file.clocks.get("child"), file.clocks.get("consent")
    if child is not None and child_contact.is_over(file):
        yield NEXT, child_contact.title(child, file.now), "child", ""
    if agreed is not None and agreed <= file.now:
        yield NEXT, _("Consent has ended"), "", ""
    elif again := age_changed.box(file):
        yield NEXT, again[0]["title"], "", "wait"
    if in_peace(case, file.agreed) or asks_in_vain(case, file.agreed):
        return
    if is_unplanned(case, today):
        yield LAST, _("There is no next step"), PLAN, ""
    elif case.next_step_on is not None and case.next_step_on < today:
        values = {"step": lists.label("next_step", case.next_step_code), "day": moments.day(case.next_step_on, today)}
        yield LAST, _("%(step)s: late since %(day)s") % values, PLAN, ""


def _of_kind(one: Sent) -> dict[str, str]:
    return {"service": lists.label("service", one.service)}


def _to_lead(file: File) -> Alarm:
    """The gravest, with the button that tells the team; once that was pressed, who pressed it and when."""
    code, told = file.case.code, told_lead(file)
    if told is not None:
        url, button, post = "", "", False  # whom to call, and who works on it, stand on the page
    elif any(one.kind == LEAD for one in file.people):
        url, button, post = reverse("tell_lead", args=[code]), absence.tell(), True
    else:
        url, button, post = reverse("who", args=[code]), _("Who works on this case"), False
    alone = absence.is_alone(file.people)
    said = {"at": told.at, "name": file.name_of(told.by), "alone": alone} if told is not None else None
    found = {"text": whom(file), "url": url, "button": button, "post": post, "icon": "together", "told": said}
    # Where the team cannot be reached somebody else has the numbers: she asks no organisation herself.
    return found | ({"coordinator": coordinator.reached()} if file.in_need and not _is_alone(file) else {})


def told_lead(file: File) -> Step | None:
    """That the team was told of the case a short while ago."""
    return next((one for one in file.steps if one.step == "tell_lead" and told_lately(one.at, file.now)), None)


def _stopped(one: Sent) -> str:
    said = {
        "declined": _("Declined: %(service)s"),
        "unaccepted": _("Returned: %(service)s"),
        "lapsed": _("Expired: %(service)s"),
    }
    sentence = said.get(one.stopped, _("The person did not come: %(service)s"))
    return sentence % _of_kind(one)


def absent(file: File) -> str:
    """To a supervisor: what to do while the lead worker is absent."""
    return absence.absent(file.people, draft=file.case.state_code == "draft")


def _is_alone(file: File) -> bool:
    return absence.is_alone(file.people, draft=file.case.state_code == "draft")


def whom(file: File) -> str:
    """With whom a supervisor speaks."""
    lead = next((one for one in file.people if one.kind == LEAD), None)
    if lead is None:
        return _("This case has no lead worker")
    name = red.alone(absence.named(lead)) if _is_alone(file) else absence.named(lead)
    said = _("Lead worker: %(name)s. Only the team can do it: speak with them.") % {"name": name}
    return f"{said} {absent(file)}"


def _step(file: File) -> list[Alarm]:
    """The planned step whose day is over, or a case without one; not of whom said no to everything."""
    case, today = file.case, timezone.localdate(file.now)
    if case.state_code != "open" or in_peace(case, file.agreed) or asks_in_vain(case, file.agreed):
        return []
    url = reverse("edit_case", args=[case.code])
    if case.next_step_on is None:
        if not is_unplanned(case, today):
            return []
        text = _("Every open case has a next step and its day.")
        return [alarm(_("There is no next step"), text, url=url, button=_("Choose the next step"))]
    if case.next_step_on >= today:
        return []
    values = {"step": lists.label("next_step", case.next_step_code), "day": moments.day(case.next_step_on, today)}
    title = _("%(step)s: late since %(day)s") % values
    later = alarm("", "", url=url, button=_("Put it off"))
    return [alarm(title, "", url=f"{url}?done=1", button=_("Done, set the next step"), then=later)]
