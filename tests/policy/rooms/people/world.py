"""The oracle's organisations, and everybody in them."""

from __future__ import annotations

from django.db import transaction

from hamkori.people import founding
from hamkori.people.actions.body_keys import ensure_desk_key
from hamkori.people.actions.continuity import make_by_two
from hamkori.people.actions.welcome import Welcome, make_person
from hamkori.people.sign_in import acting_as
from tests.database import god
from tests.policy.world import PASSPHRASE, World

BODIES: dict[str, tuple[str, str, str]] = {
    # name: kind, compartment, region
    "Umed": ("cso", "service", "TJ-KT"),
    "Panoh": ("cso", "service", "TJ-KT"),
    "Adolat": ("cso", "service", "TJ-SU"),
    "Markaz": ("state", "law_enforcement", "TJ-DU"),
    "Pamir": ("cso", "service", "TJ-GB"),
    "Navid": ("cso", "service", "TJ-DU"),
    "Secretariat": ("state", "oversight", "TJ-DU"),
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


def found(world: World) -> None:
    """Bodies, then their people."""
    with transaction.atomic(), god():
        for name, (kind, compartment, region) in BODIES.items():
            world.bodies[name] = founding.found(
                slug=name.lower(), names={"en": name}, kind=kind, compartment=compartment, region=region
            )
    _people(world)


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
