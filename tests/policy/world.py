"""The oracle's people and things, made by calling actions; each moment builds on the one before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from hamkori.casework.screening.actions import screening
from hamkori.directory.models import Service
from hamkori.people import founding
from hamkori.people.actions.body_keys import ensure_desk_key
from hamkori.people.actions.continuity import make_by_two
from hamkori.people.actions.welcome import Welcome, make_person
from hamkori.people.sign_in import acting_as
from hamkori.vault.bytes import OpenKey
from hamkori.vault.keyring import Keyring
from hamkori.vocabulary import codelist
from tests.database import god

PASSPHRASE = "seven quiet rivers run"
TODAY = datetime.now(UTC).date()
TOMORROW = TODAY + timedelta(days=1)

BODIES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    # name: kind, compartment, region, services
    "Umed": ("cso", "service", "TJ-KT", ("COORD-01",)),
    "Panoh": ("cso", "service", "TJ-KT", ("HOME-02",)),
    "Adolat": ("cso", "service", "TJ-SU", ("LEGAL-01",)),
    "Markaz": ("state", "law_enforcement", "TJ-DU", ("SAFE-01",)),
    "Pamir": ("cso", "service", "TJ-GB", ("COORD-01",)),
    "Navid": ("cso", "service", "TJ-DU", ("COORD-02",)),
    "Secretariat": ("state", "oversight", "TJ-DU", ()),
}

CUSTODIANS = ("Karim", "Lutfiya")

PEOPLE: dict[str, tuple[str, tuple[str, ...], str, str]] = {
    # name: body, roles, function, supervisor. Custodians are made with each body, theirs is Umed here.
    "Malika": ("Umed", ("supervisor",), "", ""),
    "Zarina": ("Umed", ("case_worker",), "social_worker", "Malika"),
    "Firuza": ("Umed", ("case_worker",), "psychologist", "Malika"),
    "Daler": ("Umed", ("case_worker",), "health_worker", "Malika"),
    "Nigina": ("Umed", ("case_worker",), "social_worker", "Malika"),
    "Dilshod": ("Umed", ("case_worker",), "lawyer", "Malika"),
    "Tahmina": ("Umed", ("hotline_operator",), "", "Malika"),
    "Bahor": ("Umed", ("desk_officer",), "", ""),
    "Rustam": ("Umed", ("administrator",), "", ""),
    "Safar": ("Umed", ("auditor",), "", ""),
    "Hamid": ("Panoh", ("supervisor",), "", ""),
    "Gulnora": ("Panoh", ("desk_officer",), "", ""),
    "Shahlo": ("Panoh", ("case_worker", "desk_officer"), "social_worker", "Hamid"),
    "Parvina": ("Panoh", ("case_worker",), "social_worker", "Hamid"),
    "Sino": ("Panoh", ("case_worker",), "shelter_worker", "Hamid"),
    "Lola": ("Panoh", ("case_worker",), "social_worker", "Hamid"),
    "Farhod": ("Adolat", ("case_worker", "desk_officer"), "lawyer", ""),
    "Zebo": ("Adolat", ("administrator",), "", ""),
    "Jamshed": ("Markaz", ("case_worker",), "investigator", ""),
    "Orzu": ("Markaz", ("desk_officer",), "", ""),
    "Bahrom": ("Pamir", ("case_worker",), "social_worker", ""),
    "Sabina": ("Pamir", ("case_worker",), "social_worker", ""),
    "Nargis": ("Navid", ("hotline_operator",), "", ""),
    "Anora": ("Navid", ("hotline_operator",), "", ""),
    "Mavluda": ("Secretariat", ("national_coordinator",), "", ""),
    "Ismoil": ("Secretariat", ("auditor",), "", ""),
}

CODES: dict[str, Any] = {
    "sex_code": "female",
    "age_band_code": "a18_29",
    "language_code": "tg",
    "need_tonight_codes": ["safe_place"],
}
SHEETS: dict[str, dict[str, str]] = {
    "identity": {"legal_names": "Canary legal names"},
    "contact": {"call_name": "Canary call name", "safe_phone": "900 00 00 01"},
    "place": {"district": "TJ-KT-01", "address": "Canary address"},
    "needs": {"needs": "Canary needs"},
    "health": {"medicines": "Canary medicines"},
    "psychosocial": {"own_notes": "Canary own notes"},
    "legal": {"steps_taken": "Canary steps"},
    "criminal": {"notes": "Canary notes"},
}


@dataclass
class World:
    """Who is who, and which record each thing is."""

    ring: Keyring
    bodies: dict[str, UUID] = field(default_factory=dict)
    services: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Welcome] = field(default_factory=dict)
    things: dict[str, UUID] = field(default_factory=dict)

    def membership(self, who: str) -> UUID:
        return self.people[who].membership_id

    def key(self, who: str) -> OpenKey:
        key = self.people[who].key
        assert key is not None
        return key

    @contextmanager
    def as_(self, who: str) -> Iterator[Actor]:
        """Acts as this person with an open vault, in a transaction of its own."""
        with transaction.atomic(), acting_as(self.ring, self.membership(who), self.key(who)) as actor:
            yield actor.doing(uuid4())

    def case(self, thing: str) -> Case:
        return Case.objects.get(pk=self.things[thing])

    def referral(self, thing: str) -> Referral:
        return Referral.objects.get(pk=self.things[thing])


def _again(actor: Actor) -> Actor:
    return actor.doing(uuid4())


def _bodies(world: World) -> None:
    with transaction.atomic(), god():
        for name, (kind, compartment, region, services) in BODIES.items():
            world.bodies[name] = founding.found(
                slug=name.lower(), names={"en": name}, kind=kind, compartment=compartment, region=region
            )
            for code in services:
                row = Service(
                    organisation_id=world.bodies[name], service_code=code, region_code=region, changed_at=timezone.now()
                )
                row.save(force_insert=True)
                world.services[name] = row.pk


def _person(world: World, who: str, body: str, roles: tuple[str, ...], function: str, supervisor: str) -> Welcome:
    with transaction.atomic():
        return make_person(
            world.ring,
            organisation_id=world.bodies[body],
            email=f"{who.lower()}@example.org",
            name=who,
            roles=roles,
            function=function,
            supervisor_id=world.membership(supervisor) if supervisor else None,
            passphrase=PASSPHRASE,
        )


def _people(world: World) -> None:
    for body in BODIES:
        made = {who: _person(world, who, body, ("custodian",), "", "") for who in CUSTODIANS}
        for who, welcome in made.items():
            world.people.setdefault(who, welcome)
        with transaction.atomic():
            members = [(made[who].membership_id, world.key(who)) for who in CUSTODIANS]
            make_by_two(*(acting_as(world.ring, member, key) for member, key in members))
    for who, (body, roles, function, supervisor) in PEOPLE.items():
        world.people[who] = _person(world, who, body, roles, function, supervisor)
        if "desk_officer" in roles:
            with world.as_(who) as actor:
                ensure_desk_key(actor)


def _case(world: World, thing: str, lead: str, sections: tuple[str, ...], *, register: bool = True) -> None:
    with world.as_(lead) as actor:
        case = cases.begin(actor, codes=CODES, sealed={name: SHEETS[name] for name in sections})
        if register:
            cases.register(_again(actor), case, version=case.version)
        world.things[thing] = case.pk


def _join(world: World, thing: str, lead: str, *members: str) -> None:
    for member in members:
        with world.as_(lead) as actor:
            team.admit(actor, world.case(thing), membership=world.membership(member))


def _writes(world: World, thing: str, who: str, name: str) -> None:
    with world.as_(who) as actor:
        section.write_section(actor, world.case(thing), section=name, fields=SHEETS[name], seal_no=0)


def _screened(world: World, thing: str, who: str) -> None:
    with world.as_(who) as actor:
        row = screening.start(actor, world.case(thing), signs=["DR01"])
        danger = dict.fromkeys(codelist("danger_question").codes, "not_asked")
        row = screening.save(_again(actor), world.case(thing), seal_no=row.seal_no, part="danger", answers=danger)
        acts = dict.fromkeys(codelist("act_question").codes, "present")
        row = screening.save(_again(actor), world.case(thing), seal_no=row.seal_no, part="acts", answers=acts)
        screening.complete(_again(actor), world.case(thing), seal_no=row.seal_no)


def _asked(world: World, thing: str, who: str, yes: dict[str, set[str]], no: tuple[tuple[str, str], ...] = ()) -> None:
    answers = [consent.Answer(kind, "help", "yes", frozenset(agreed)) for kind, agreed in yes.items()]
    answers += [consent.Answer(kind, purpose, "no") for kind, purpose in no]
    asking = consent.Asking(language="tg", how_given="spoken", until_on=TODAY + timedelta(days=60))
    with world.as_(who) as actor:
        consent.record(actor, world.case(thing), answers=answers, asking=asking)


def _draft(world: World, thing: str, of: str, who: str, to: str, sections: set[str], purpose: str = "help") -> None:
    with world.as_(who) as actor:
        draft = send.write(
            actor,
            world.case(of),
            service=world.services[to],
            purpose=purpose,
            urgency="urgent",
            sections=sorted(sections),
            agreed_text="Canary agreed text",
            told_body=True,
        )
        world.things[thing] = draft.pk


def send_(world: World, thing: str, who: str) -> None:
    with world.as_(who) as actor:
        referral = world.referral(thing)
        send.send(actor, referral, version=referral.version)


def _accept(world: World, thing: str, desk: str, *named: str) -> None:
    with world.as_(desk) as actor:
        referral = world.referral(thing)
        receive.accept(
            actor,
            referral,
            version=referral.version,
            team=[world.membership(who) for who in named],
            arrival_on=TOMORROW,
            arrival_part="morning",
            meeting={"hour": "Canary hour", "place": "Canary meeting place"},
        )


def _serve(world: World, thing: str, who: str, own: str) -> None:
    with world.as_(who) as actor:
        referral = world.referral(thing)
        world.things[own] = receive.serve(actor, referral, version=referral.version).pk


def _finish(world: World, thing: str, who: str, result: str) -> None:
    with world.as_(who) as actor:
        referral = world.referral(thing)
        receive.finish(actor, referral, version=referral.version, result=result)


R1 = {"identity", "contact", "screening", "needs"}
R3 = {"identity", "contact", "needs"}
R5 = {"contact", "needs"}


def found(ring: Keyring) -> World:
    """The moment `start`: cases open, drafts written, R4 sent."""
    world = World(ring)
    _bodies(world)
    _people(world)
    _case(world, "K1", "Zarina", ("identity", "contact", "place", "needs", "health"))
    _join(world, "K1", "Zarina", "Firuza", "Daler", "Nigina", "Dilshod")
    _writes(world, "K1", "Firuza", "psychosocial")
    _writes(world, "K1", "Dilshod", "legal")
    _screened(world, "K1", "Zarina")
    with world.as_("Malika") as malika:
        team.release(malika, world.case("K1"), membership=world.membership("Dilshod"))
    _asked(
        world, "K1", "Zarina", {"shelter_social": R1, "legal": R3}, (("police", "protection"), ("police", "justice"))
    )
    _draft(world, "R1", "K1", "Zarina", "Panoh", R1)
    _draft(world, "R2", "K1", "Zarina", "Markaz", {"identity"}, purpose="protection")
    _draft(world, "R3", "K1", "Zarina", "Adolat", R3)
    _case(world, "K2", "Bahrom", ("identity", "contact", "place", "needs"))
    _join(world, "K2", "Bahrom", "Sabina")
    _asked(world, "K2", "Bahrom", {"shelter_social": R5})
    _draft(world, "R4", "K2", "Bahrom", "Panoh", R5)
    send_(world, "R4", "Bahrom")
    _case(world, "K3", "Zarina", ("contact", "place"), register=False)
    _case(world, "K5", "Jamshed", ("identity", "contact", "place", "needs"))
    _writes(world, "K5", "Jamshed", "criminal")
    _case(world, "K6", "Nargis", ("identity", "contact", "place", "needs"))
    _join(world, "K6", "Nargis", "Anora")
    _asked(world, "K6", "Nargis", {"shelter_social": R5})
    _draft(world, "R5", "K6", "Nargis", "Panoh", R5)
    with world.as_("Zarina") as zarina:
        cases.record_gap(zarina, world.case("K1"), service_codes=["HOME-01"], district="TJ-KT-01")
    return world


def waiting(world: World) -> None:
    send_(world, "R1", "Zarina")
    send_(world, "R3", "Zarina")
    send_(world, "R5", "Nargis")


def accepted(world: World) -> None:
    _accept(world, "R1", "Gulnora", "Parvina", "Sino")
    _accept(world, "R3", "Farhod", "Farhod")
    _accept(world, "R5", "Gulnora", "Lola")
    with world.as_("Gulnora") as actor:
        referral = world.referral("R4")
        receive.decline(actor, referral, version=referral.version, reason="full")


def left(world: World) -> None:
    with world.as_("Malika") as malika:
        team.release(malika, world.case("K1"), membership=world.membership("Nigina"))
    with world.as_("Zarina") as zarina:
        team.release(zarina, world.case("K1"), membership=world.membership("Firuza"))
    with world.as_("Hamid") as hamid:
        referral = world.referral("R1")
        receive.staff(hamid, referral, version=referral.version, leaves=[world.membership("Parvina")])


def serving(world: World) -> None:
    _serve(world, "R1", "Parvina", "K4")
    _serve(world, "R3", "Farhod", "K7")
    for who, thing in (("Parvina", "K4"), ("Farhod", "K7")):
        for name in ("contact", "needs"):
            _writes(world, thing, who, name)


def finished(world: World) -> None:
    _finish(world, "R1", "Parvina", "given")
    _finish(world, "R3", "Farhod", "given")
    _finish(world, "R5", "Lola", "not_reached")


def withdrawn(world: World) -> None:
    with world.as_("Zarina") as zarina:
        consent.withdraw(zarina, world.case("K1"), how_said="in_person")
    with world.as_("Nargis") as nargis:
        referral = world.referral("R5")
        send.recall(nargis, referral, version=referral.version, reason="mistake")


STAGES = {
    # moment: (the moment it follows, what happens)
    "waiting": ("start", waiting),
    "accepted": ("waiting", accepted),
    "left": ("accepted", left),
    "serving": ("accepted", serving),
    "finished": ("serving", finished),
    "withdrawn": ("serving", withdrawn),
}
