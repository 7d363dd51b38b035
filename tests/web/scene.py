"""Two bodies and a case between them, made by the production code: for the pages of cases and of Today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from hamkori.access.context import now
from hamkori.calendar.rules import NIGHT_ENDS
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests import doors
from tests.cast import FACTS, SEALED
from tests.database import god

LATE = 20
"""From this hour on the evening of the same day is as good as over."""


@dataclass(frozen=True)
class Scene:
    """Zarina leads, Saida supervises, Manzura and Farida are colleagues; Gulnora's desk and Parvina receive."""

    zarina: doors.Person
    saida: doors.Person
    manzura: doors.Person
    farida: doors.Person
    gulnora: doors.Person
    parvina: doors.Person
    service: UUID
    umed: UUID
    shelter: UUID

    def case(self, **more: Any) -> Case:
        """An open case of Zarina's, in which nobody needs a place for tonight unless that is said."""
        with doors.acting(self.zarina) as actor:
            begun = cases.begin(actor, codes={**FACTS, "need_tonight_codes": ["not_asked"], **more}, sealed=SEALED)
            step = {"next_step_code": "meet", "next_step_on": timezone.localdate() + timedelta(days=12)}
            child = {"contact": {"child_contact": "guardianship"}} if begun.is_child else {}
            return cases.register(actor, begun, version=begun.version, codes=step, sealed=child)

    def sent(self, case: Case, urgency: str = "urgent") -> Referral:
        """A request of the case that she agreed to, sent to the shelter."""
        with doors.acting(self.zarina) as actor:
            case = Case.objects.get(pk=case.pk)
            answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact", "needs"}))]
            until = timezone.localdate() + timedelta(days=60)
            asking = consent.Asking(language="tg", how_given="spoken", until_on=until)
            consent.record(actor, case, answers=answers, asking=asking)
            draft = send.write(
                actor,
                case,
                service=self.service,
                purpose="help",
                urgency=urgency,
                sections=["contact", "needs"],
                agreed_text="Canary-Text",
                told_body=True,
            )
            return send.send(actor, draft, version=draft.version)

    def accepted(self, referral: Referral, days: int = 0) -> Referral:
        """The desk says yes, Parvina meets her in the evening, today or so many days later; at night, at once."""
        with doors.acting(self.gulnora) as actor:
            waiting = Referral.objects.get(pk=referral.pk)
            at, today = timezone.localtime(now()), timezone.localdate()
            is_late = not days and (at.hour >= LATE or at.hour < NIGHT_ENDS or at.date() > today)
            today = at.date() if is_late else today
            receive.accept(
                actor,
                waiting,
                version=waiting.version,
                team=[self.parvina.membership_id],
                arrival_on=today + timedelta(days=days),
                arrival_part="now" if is_late else "evening",
            )
        return waiting

    def served(self, referral: Referral) -> Case:
        """She came: the receiver's own case."""
        with doors.acting(self.parvina) as actor:
            mine = Referral.objects.get(pk=referral.pk)
            return receive.serve(actor, mine, version=mine.version)

    def another(self) -> Scene:
        """The same kind of help at another organisation that has a desk: somebody else can be asked."""
        body = doors.body("shelter-khujand")
        doors.custodians(body)
        doors.desk_officer(body)
        with god():
            row = Service(organisation_id=body, service_code="HOME-02", region_code="TJ-KT", changed_at=timezone.now())
            row.save(force_insert=True)
        return self


def again(case: Case) -> Case:
    """The case as it is now."""
    with god():
        return Case.objects.get(pk=case.pk)


def build() -> Scene:
    """The people, with keys, desks and custodians. Tests get them ready: the fixture `scene`."""
    doors.house()
    umed, shelter = doors.body("umed"), doors.body("shelter-kulob")
    for body in (umed, shelter):
        doors.custodians(body)
    saida = doors.person(umed, "Saida", ("supervisor",))
    zarina = doors.person(umed, "Zarina", function="social_worker", supervisor=saida)
    manzura = doors.person(umed, "Manzura", function="social_worker", supervisor=saida)
    farida = doors.person(umed, "Farida", function="psychologist", supervisor=saida)
    gulnora = doors.desk_officer(shelter)
    parvina = doors.person(shelter, "Parvina", function="shelter_worker")
    with god():
        service = Service(
            organisation_id=shelter, service_code="HOME-02", region_code="TJ-KT", changed_at=timezone.now()
        )
        service.save(force_insert=True)
    return Scene(zarina, saida, manzura, farida, gulnora, parvina, service.pk, umed, shelter)
