"""A child for whom no adult can be asked yet: whether it is so, and who can be called meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.queries.child_calls import phones_for_child
from hamkori.casework.referral.rules.card import NEEDED
from hamkori.casework.work.queries.no_place import expected, stays_asked, waiting_sent
from hamkori.casework.work.rules.worklist import SET_BY_ITSELF
from hamkori.directory.queries import suitable
from hamkori.directory.rules.suit import kinds
from hamkori.people.queries import organisations
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.words import coordinator, desk_phone, lists, red, sections
from hamkori.web.words.calling import no_police_in
from hamkori.web.words.case import said_no
from hamkori.web.words.directory import closed_until

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.queries.agreed import Agreed
    from hamkori.casework.referral.models import Referral

GROUP = "CHILD"
MOST = 3
ASKS = "ask_agreement"
DOCTOR, GENERAL = "doctor", "HEALTH-02"
"""The need of today, and the doctor whom anybody can ask for."""
ADULT: Final = gettext_lazy("An adult answers now")
"""The button that leads to where an adult answers for the child."""


def calls_at(code: str) -> str:
    """Where it is read whom to call for the child."""
    return f"{reverse('first_step', args=[code])}?step=alone"


def adult_at(code: str) -> str:
    """Where an adult answers for the child, beside what the child answered."""
    return f"{reverse('first_step', args=[code])}?step=adult"


def reached(actor: Actor, case: Case, codes: Iterable[str], *, hours: bool = False) -> list[tuple[str, str]]:
    """The nearest organisations that offer one of these kinds of help, each with the number of its referral desk.

    `hours`: each says until when it is closed, where it is closed now: whom to call tonight, and whom tomorrow. The
    reader's own organisation stands last, and says so: nobody calls their own desk to have told somebody. Without
    `hours` it is left out, unless nobody else is listed.
    """
    offers = suitable(
        actor,
        codes,
        region=case.region_code or None,
        district=case.district_code or None,
        sex=case.sex_code,
        age_band=case.age_band_code,
    )
    found = {one.listing.organisation_id: one.listing for one in offers if "not_admitted" not in one.reasons}
    own = actor.organisation_id
    if not hours and own is not None and len(found) > 1:
        found.pop(own, None)
    first = sorted(list(found.values())[:MOST], key=lambda one: one.organisation_id == own)
    phones = phones_for_child(case.pk, [one.organisation_id for one in first]) if first else {}
    beside = {one.organisation_id: closed_until(one, now()) if hours else "" for one in first}
    if hours and own in beside:
        beside[own] = _("your own organisation")
    return [
        (
            f"{one.body.text} ({beside[one.organisation_id]})" if beside[one.organisation_id] else one.body.text,
            phones.get(one.organisation_id, ""),
        )
        for one in first
    ]


def near(actor: Actor, case: Case, *, hours: bool = False) -> list[tuple[str, str]]:
    """Those of child protection and guardianship."""
    return reached(actor, case, (one.code for one in codelist("service") if one.data["group"] == GROUP), hours=hours)


def doctors(actor: Actor, case: Case) -> list[tuple[str, str]]:
    """Those of medical care. Only the organisation is named, and never for what kind of care."""
    return reached(actor, case, (*kinds([DOCTOR]), GENERAL), hours=True)


def needs_doctor(case: Case) -> bool:
    """Whether the child needs a doctor, today or this week."""
    return DOCTOR in case.need_tonight_codes or case.doctor_code in NEEDED


def waits(case: Case) -> bool:
    """Whether a child waits for an adult who can be asked: asking is the next step."""
    return case.is_child and case.next_step_code == ASKS


def plans_else(case: Case) -> bool:
    """Whether somebody has planned another step than to ask, in an open case: it is not replaced."""
    planned = case.next_step_code not in ("", ASKS) and case.next_step_code not in SET_BY_ITSELF
    return case.state_code == "open" and planned and case.next_step_on is not None


def lacks_adult(case: Case, agreed: Agreed) -> bool:
    """Whether nobody has answered for a child, and it is not the planned step to ask; of the own case of whoever helps
    the sender has asked.
    """
    asked = agreed.answered or agreed.asks_child or agreed.has_ended or said_no(agreed) or agreed.unsure
    return case.is_child and case.state_code == "open" and not (asked or case.from_referral or waits(case))


def waits_still(case: Case, agreed: Agreed) -> bool:
    """The same, where what was said is at hand: who said no to everything waits for nobody's answer."""
    return waits(case) and not said_no(agreed)


def asks_in_vain(case: Case, agreed: Agreed) -> bool:
    """Whether to ask is what was planned, and the person said no to everything since, child or adult."""
    return case.next_step_code == ASKS and said_no(agreed)


def unanswered(case: Case, agreed: Agreed) -> bool:
    """Whether nothing that was said for the child holds, and an adult can still answer."""
    asked = agreed.answered or agreed.asks_child or said_no(agreed) or agreed.unsure
    return case.is_child and case.state_code == "open" and not (asked or case.from_referral)


def knows_none(case: Case, agreed: Agreed) -> bool:
    """Whether a child said no to everything, and no adult who speaks for the child knows of that."""
    newest = next((one for one in agreed.askings if one.step_code != "ask_again"), None)
    knows = newest is not None and newest.speaker_code and not newest.speaker_suspected
    return case.is_child and said_no(agreed) and not knows


def whom_to_call(actor: Actor, case: Case) -> dict[str, Any]:
    """For a child who is alone: first whoever has a number, one of each, and child protection in any case; then the
    others. Of each what it is for, and its number.
    """
    contacts = near(actor, case, hours=True)
    places = reached(actor, case, kinds(["safe_place"]), hours=True)
    beds = [one for one in places if one not in contacts]
    called = [_line(_("Child protection: %(name)s"), *one) for one in contacts if one[1]]
    shelters = [_line(_("A place: %(name)s"), *one) for one in beds if one[1]]
    national, known = coordinator.in_column(), bool(settings.HAMKORI_COORDINATOR)
    names = ", ".join(name for name, phone in contacts if not phone)
    # The list of services offers the same place first: without a number the way there is the coordinator.
    also = not called and places[:1] and places[0] in contacts
    said = _("Child protection, and a place: %(name)s") if also else _("Child protection: %(name)s")
    numberless = [_line(said, names, "")] if names else []
    if not contacts:
        numberless = [(_("Child protection"), _("no contact is in the directory"))]
    # That child protection has no number here is said where the others are called, and never folded.
    agreed, ill = _expected(case), _doctors(actor, case) if needs_doctor(case) else []
    first = [
        *ill[:1],
        *agreed,
        *_told(case),
        *called[:1],
        *([national] if known else []),
        *([] if called else numberless),
        *shelters[:1],
    ]
    return {
        "first": first,
        "expected": bool(agreed),
        "waiting": _waiting(case),
        "stays": red.STAYS if stays_asked(case, now()) else "",
        "doctor_today": DOCTOR in case.need_tonight_codes,
        "others": [
            *ill[1:],
            *called[1:],
            *shelters[1:],
            *(numberless if called else []),
            *([] if known else [national]),
        ],
        "no_police": no_police_in(case.pk),
    }


def _doctors(actor: Actor, case: Case) -> list[tuple[str, str]]:
    """Where a doctor is asked for: who has a number, then of whom none is recorded; or that nobody is listed."""
    found = doctors(actor, case)
    if not found:
        return [(_("A doctor"), _("no medical service that takes children is in the directory"))]
    called = [_line(_("A doctor: %(name)s"), *one) for one in found if one[1]]
    names = ", ".join(name for name, phone in found if not phone)
    return [*called, _line(_("A doctor: %(name)s"), names, "")] if names else called


def _expected(case: Case) -> list[tuple[str, str]]:
    """Who has accepted the person for tonight, or has them: that is asked before another bed is looked for."""
    found = expected(case, now())
    if not found:
        return []
    bodies = {body.id: body.name(lists.language()) for body in organisations()}
    phones = phones_for_child(case.pk, [one.to_organisation_id for one in found])
    comes = _("%(name)s has accepted the person: ask them first whether the child can come")
    there = _("%(name)s: the child is there, and help goes on")
    return [
        _line(
            there if is_there(one) else comes,
            bodies.get(one.to_organisation_id, ""),
            phones.get(one.to_organisation_id, ""),
        )
        for one in found
    ]


def is_there(one: Referral) -> bool:
    """Whether the child has come to those who accepted: they said so, or the team did."""
    return one.state_code == "serving" or (one.heard_code == "came" and one.missed_at is None)


def _waiting(case: Case) -> list[dict[str, str]]:
    """What was sent before, of whom it was agreed or to whom a child is told, and waits for an answer: it goes on."""
    found = waiting_sent(case)
    bodies = {body.id: body.name(lists.language()) for body in organisations()} if found else {}
    said = _("Sent, and waits for an answer: %(service)s, %(organisation)s")
    return [
        {
            "said": said
            % {
                "service": lists.label("service", one.service_code),
                "organisation": bodies.get(one.to_organisation_id, ""),
            },
            "code": one.code,
        }
        for one in found
    ]


def _told(case: Case) -> list[tuple[str, str]]:
    """That child protection knows of this child, where it was told: they are asked first. Who that was stays locked."""
    if case.told_child_protection_at is None:
        return []
    slots = {"when": moments.moment(case.told_child_protection_at, now()), "part": sections.name("contact")}
    return [
        (_("Child protection was told %(when)s") % slots, _("whom: in the locked part “%(part)s”") % slots),
    ]


def _line(said: str, name: str, phone: str) -> tuple[str, str]:
    """What a place is for and its name, and its number; without one the way there is the coordinator."""
    return said % {"name": name}, desk_phone.in_column(phone) if phone else _("no number: ask the coordinator")
