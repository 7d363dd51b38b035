"""The oracle's words for organisations, those who work there, and their accounts."""

from __future__ import annotations

from typing import Any

from hamkori.people.models import Membership, User
from tests.policy import oracle
from tests.policy.world import World

MEMBERS = ("member-Umed", "member-Panoh")
ACCOUNTS = ("own-account", "other-account")
NOT_BUILT = {
    "people.invite": "member.invite",
    "people.end": "member.offboard",
}
EXACT = {
    "colleague.view": MEMBERS,
    **dict.fromkeys(
        ("desk.open_key", "desk.admit", "phone.record", "phone.record_for", "key.view", "continuity.create"),
        tuple(oracle.BODIES),
    ),
    **dict.fromkeys(("decision.take_back", "decision.expire"), MEMBERS),
    **dict.fromkeys(("people.invite", "people.end"), tuple(oracle.BODIES)),
    **dict.fromkeys(("account.manage", "vault.unlock", "session.end"), ACCOUNTS),
}


def things(world: World) -> dict[str, Any]:
    """Somebody who works there."""
    return {
        "member-Umed": Membership.objects.get(pk=world.membership("Dilshod")),
        "member-Panoh": Membership.objects.get(pk=world.membership("Lola")),
    }


def accounts(world: World, who: str) -> dict[str, Any]:
    """Her own account and another's."""
    other = "Zarina" if who != "Zarina" else "Parvina"
    return {
        "own-account": User.objects.get(pk=world.people[who].user_id),
        "other-account": User.objects.get(pk=world.people[other].user_id),
    }
