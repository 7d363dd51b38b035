"""A small world for tests: two bodies, their people with real keys, made by the production code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.directory.models import Service
from hamkori.people.actions.body_keys import ensure_desk_key
from hamkori.people.actions.continuity import make_by_two
from hamkori.people.actions.welcome import Welcome, make_person
from hamkori.people.founding import found
from hamkori.people.sign_in import acting, acting_as
from hamkori.vault.server import keyring
from tests import doors
from tests.database import god
from tests.hour import until

PASSPHRASE = "seven quiet rivers run"

BODIES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    # slug: kind, compartment, region, services
    "cso-kulob": ("cso", "service", "TJ-KT", ("SAFE-02", "COORD-01")),
    "shelter-kulob": ("cso", "service", "TJ-KT", ("HOME-02",)),
    "legal-aid": ("cso", "service", "TJ-SU", ("LEGAL-01",)),
    "mia-centre": ("state", "law_enforcement", "TJ-DU", ("SAFE-01", "JUST-01")),
    "cso-pamir": ("cso", "service", "TJ-GB", ("COORD-01",)),
    "secretariat": ("state", "oversight", "TJ-DU", ()),
}

CUSTODIANS = ("custodian-one", "custodian-two")

PEOPLE: dict[str, tuple[str, tuple[str, ...], str]] = {
    # slug: body, roles, function
    "supervisor-cso": ("cso-kulob", ("supervisor",), ""),
    "caseworker-cso": ("cso-kulob", ("case_worker",), "social_worker"),
    "colleague-cso": ("cso-kulob", ("case_worker",), "social_worker"),
    "psychologist-cso": ("cso-kulob", ("case_worker",), "psychologist"),
    "desk-shelter": ("shelter-kulob", ("desk_officer",), ""),
    "shelter-worker": ("shelter-kulob", ("case_worker",), "shelter_worker"),
    "shelter-social": ("shelter-kulob", ("case_worker",), "social_worker"),
    "lawyer": ("legal-aid", ("case_worker", "desk_officer"), "lawyer"),
    "investigator": ("mia-centre", ("case_worker", "desk_officer"), "investigator"),
    "stranger": ("cso-pamir", ("case_worker", "desk_officer"), "social_worker"),
    "coordinator": ("secretariat", ("national_coordinator",), ""),
    "auditor": ("secretariat", ("auditor",), ""),
}


@dataclass
class World:
    """Bodies, services and people by their slugs."""

    bodies: dict[str, UUID] = field(default_factory=dict)
    services: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Welcome] = field(default_factory=dict)

    def __copy__(self) -> World:
        return World(dict(self.bodies), dict(self.services), dict(self.people))

    def membership(self, slug: str) -> UUID:
        return self.people[slug].membership_id

    @contextmanager
    def as_(self, slug: str) -> Iterator[Actor]:
        """Acts as this person: a real session, an open vault."""
        with acting_as(keyring(), self.membership(slug), self.people[slug].key) as actor:
            yield actor


def build() -> World:
    """Makes the small world, as the app; only bodies are put in by the owner. Tests get it ready: `small_world`."""
    ring = doors.house()
    world = World()
    with god():
        for slug, (kind, compartment, region, services) in BODIES.items():
            body = found(
                slug=slug,
                names={"en": slug.replace("-", " ").title()},
                kind=kind,
                compartment=compartment,
                region=region,
            )
            world.bodies[slug] = body
            for code in services:
                service = Service(
                    organisation_id=body, service_code=code, region_code=region, changed_at=timezone.now()
                )
                service.save(force_insert=True)
                world.services[code if code not in world.services else f"{slug}:{code}"] = service.pk
    for slug, body_id in world.bodies.items():
        for custodian in CUSTODIANS:
            world.people[f"{custodian}@{slug}"] = make_person(
                ring,
                organisation_id=body_id,
                email=f"{custodian}@example.org",
                name=custodian.title(),
                roles=("custodian",),
                passphrase=PASSPHRASE,
            )
        members = [(one, world.people[f"{one}@{slug}"].membership_id) for one in CUSTODIANS]
        make_by_two(*(acting(ring, f"{one}@example.org", PASSPHRASE, member) for one, member in members))
    for slug, (body_slug, roles, function) in PEOPLE.items():
        supervisor = "supervisor-cso" if body_slug == "cso-kulob" and slug != "supervisor-cso" else None
        world.people[slug] = make_person(
            ring,
            organisation_id=world.bodies[body_slug],
            email=f"{slug}@example.org",
            name=slug.replace("-", " ").title(),
            roles=roles,
            function=function,
            supervisor_id=world.membership(supervisor) if supervisor else None,
            passphrase=PASSPHRASE,
        )
        if "desk_officer" in roles:
            with world.as_(slug) as actor:
                ensure_desk_key(actor)
    return world


def tomorrow() -> date:
    """As it is when it is asked: a run may last over midnight."""
    return timezone.localdate() + timedelta(days=1)


def pass_time(**by: float) -> None:
    """Moves the world's clock ahead: `pass_time(hours=3)`."""
    with god(), connection.cursor() as cursor:
        cursor.execute('update world set "offset" = coalesce("offset", interval \'0\') + %s', [timedelta(**by)])


def wall_clock() -> datetime:
    """The world's time, as the clock on the wall says it."""
    with god():
        return timezone.localtime(now())


def pass_time_until(weekday: int, hour: int, minute: int = 0) -> None:
    """To the next such moment: what ends by working time ends at another hour in the evening (Monday: 0)."""
    pass_time(seconds=until(wall_clock(), weekday, hour, minute).total_seconds())


def operation(actor: Actor) -> Actor:
    """The same actor with a fresh operation id, as each form carries one."""
    return actor.doing(uuid4())


FACTS: dict[str, Any] = {
    "sex_code": "female",
    "age_band_code": "a18_29",
    "language_code": "tg",
    "need_tonight_codes": ["safe_place"],
}
SEALED: dict[str, dict[str, Any]] = {
    "contact": {"call_name": "Canary-Call-Name", "safe_phone": "canary-phone"},
    "place": {"district": "TJ-KT-01"},
}
