"""Founds the invented bodies and gives every one of the cast a passphrase, a second factor and a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg
from django.db import transaction

from hamkori.people.actions.body_keys import ensure_desk_key
from hamkori.people.actions.continuity import make_by_two
from hamkori.people.actions.welcome import make_person
from hamkori.people.founding import found
from hamkori.site.demo.hands import Hands
from hamkori.site.demo.plans.people.bodies import ADMINISTRATORS, BODIES, CUSTODIANS, PEOPLE, Body, custodians_of
from hamkori.site.demo.secret import totp_secret_for
from hamkori.vault.keyring import Keyring


@dataclass
class Founded:
    """Ids of what stands: bodies, services by (body, code), memberships by (e-mail, body)."""

    bodies: dict[str, UUID] = field(default_factory=dict)
    services: dict[tuple[str, str], UUID] = field(default_factory=dict)
    members: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def member(self, email: str) -> UUID:
        """The membership of somebody who works in one body."""
        return self.members[email, PEOPLE[email].body]


def found_bodies(owner: psycopg.Connection) -> Founded:
    """Bodies and services, as the owner: no screen founds a body yet."""
    founded = Founded()
    for slug, body in BODIES.items():
        tg, ru, en, fr = body.names
        founded.bodies[slug] = found(
            slug=slug,
            names={"tg": tg, "ru": ru, "en": en, "fr": fr},
            kind=body.kind,
            compartment=body.compartment,
            region=body.region,
            actor_type=body.actor_type,
            has_desk=body.has_desk,
            execute=owner.execute,
        )
        for code in body.services:
            founded.services[slug, code] = _service(owner, founded.bodies[slug], body, code)
    return founded


def _service(owner: psycopg.Connection, body_id: UUID, body: Body, code: str) -> UUID:
    service = uuid4()
    admits = {"HOME-05": ["men"], "HOME-04": ["children"], "HOME-02": ["women", "women_with_children"]}
    owner.execute(
        "insert into service (id, organisation_id, service_code, name_tg, name_ru, name_en, name_fr, text_tg, text_ru,"
        " text_en, text_fr, region_code, is_active, is_full, admission_codes, language_codes, search_text, source_code,"
        " kept_by_desk, version, changed_at)"
        " values (%s, %s, %s, '', '', '', '', '', '', '', '', %s, true, false, %s, %s, '', '', true, 1, hk_now())",
        [service, body_id, code, body.region, admits.get(code, ["anyone"]), ["tg", "ru"]],
    )
    area = "TJ" if body.everywhere else body.region
    owner.execute("insert into service_area (id, service_id, area_code) values (%s, %s, %s)", [uuid4(), service, area])
    for day in range(1, 6):
        owner.execute(
            "insert into service_hours (id, service_id, day, opens, closes) values (%s, %s, %s, 480, 1020)",
            [uuid4(), service, day],
        )
    return service


def invite_all(ring: Keyring, hands: Hands, founded: Founded, say: Callable[[str], None]) -> None:
    """Custodians first, then everybody else: a body works only when two keep its continuity key."""
    for slug in BODIES:
        pair = custodians_of(slug)
        for email in pair:
            _person(ring, hands, founded, email, slug, ("custodian",))
        make_by_two(*(hands.as_(email, founded.members[email, slug]) for email in pair))
        for number, email in enumerate(ADMINISTRATORS):
            if number == list(BODIES).index(slug) % 2:
                _person(ring, hands, founded, email, slug, ("administrator",))
    say("keys of the bodies")
    for email, person in PEOPLE.items():
        supervisor = founded.member(person.supervisor) if person.supervisor else None
        _person(ring, hands, founded, email, person.body, person.roles, person.function, supervisor)
        if "desk_officer" in person.roles:
            with hands.as_(email, founded.member(email)) as actor:
                ensure_desk_key(actor)
    say("people and their keys")


def _person(
    ring: Keyring,
    hands: Hands,
    founded: Founded,
    email: str,
    slug: str,
    roles: tuple[str, ...],
    function: str = "",
    supervisor: UUID | None = None,
) -> None:
    person = PEOPLE.get(email)
    name = person.name if person else {**CUSTODIANS, **ADMINISTRATORS}[email]
    with transaction.atomic():
        welcome = make_person(
            ring,
            organisation_id=founded.bodies[slug],
            email=email,
            name=name,
            roles=roles,
            passphrase=hands.passphrase_of[email],
            function=function,
            supervisor_id=supervisor,
            language=person.language if person else "tg",
            totp_secret=totp_secret_for(email),
        )
    founded.members[email, slug] = welcome.membership_id
