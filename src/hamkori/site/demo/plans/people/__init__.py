"""Founds the invented bodies and gives every one of the cast a passphrase, a second factor and a key."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from hamkori.people.actions import desk_phone
from hamkori.people.actions.body_keys import ensure_desk_key
from hamkori.people.actions.continuity import make_by_two
from hamkori.people.actions.welcome import make_person
from hamkori.people.founding import found
from hamkori.site.demo.director import Director
from hamkori.site.demo.hands import Hands
from hamkori.site.demo.plans.people.bodies import ADMINISTRATORS, BODIES, CUSTODIANS, PEOPLE, Person, custodians_of
from hamkori.site.demo.secret import passphrase_for, totp_secret_for

NO_LINE = "social-protection"
"""The body whose desk has not recorded its telephone. The lines of all others are marked and cannot be dialled."""


def plan(director: Director, hands: Hands) -> None:
    """Bodies, then custodians, then everybody else: a body works only when two keep its continuity key."""
    director.founds("bodies", lambda: _bodies(hands))
    director.founds("keys of the organisations", lambda: _keys(hands), after=("bodies",))
    director.founds("people and their keys", lambda: _people(hands), after=("keys of the organisations",))


def _bodies(hands: Hands) -> None:
    """As the owner: no screen founds a body yet."""
    for slug, body in BODIES.items():
        made = found(
            slug=slug,
            names=body.names,
            kind=body.kind,
            compartment=body.compartment,
            region=body.region,
            actor_type=body.actor_type,
            has_desk=body.has_desk,
            execute=hands.owner.execute,
        )
        hands.remember("bodies", slug, made=made)


def _keys(hands: Hands) -> None:
    for number, slug in enumerate(BODIES):
        pair = custodians_of(slug)
        for email in pair:
            keeper = Person(email=email, body=slug, roles=("custodian",), name=CUSTODIANS[email])
            hands.remember("keepers", email, slug, made=_person(hands, keeper))
        make_by_two(*(hands.as_(email, hands.known("keepers", email, slug)) for email in pair))
        email = list(ADMINISTRATORS)[number % len(ADMINISTRATORS)]
        keeper = Person(email=email, body=slug, roles=("administrator",), name=ADMINISTRATORS[email])
        hands.remember("keepers", email, slug, made=_person(hands, keeper))


def _people(hands: Hands) -> None:
    for email, person in PEOPLE.items():
        hands.remember("members", email, made=_person(hands, person))
        if "desk_officer" in person.roles:
            with hands.by(email) as actor:
                ensure_desk_key(actor)
                if person.body != NO_LINE:
                    desk_phone.record(actor, phone=f"(demo) 00-{list(BODIES).index(person.body) + 1:02d}")


def _person(hands: Hands, person: Person) -> UUID:
    with transaction.atomic():
        welcome = make_person(
            hands.ring,
            organisation_id=hands.known("bodies", person.body),
            email=person.email,
            name=person.name,
            roles=person.roles,
            passphrase=passphrase_for(person.email),
            function=person.function,
            supervisor_id=hands.known("members", person.supervisor) if person.supervisor else None,
            language=person.language,
            totp_secret=totp_secret_for(person.email),
        )
    return welcome.membership_id
