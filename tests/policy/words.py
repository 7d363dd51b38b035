"""The oracle's words beside the product's: which permission answers for which act, and which record is which thing."""

from __future__ import annotations

from typing import Any

from hamkori.access.permissions import NEXT, PERMISSIONS
from hamkori.audit.models import Ledger
from hamkori.casework.case.models import Case, Gap
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.rules.packet import TEXT
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from hamkori.people.models import Membership, Organisation, User
from tests.policy import oracle
from tests.policy.world import World

STEPS = (
    *("write", "edit", "discard", "send", "stop", "recall", "answer", "add", "confirm", "dispute"),
    *("accept", "ask", "decline", "unaccept", "staff", "expect", "miss", "serve", "finish", "amend", "withdraw"),
)

PERMISSION: dict[str, str] = {
    **{name: name for name in PERMISSIONS},
    **{f"referral.{step}": f"referral.{step}" for step in STEPS},
    **{f"screening.{step}": "screening.record" for step in ("start", "save", "complete", "discard")},
    **{f"section.open:{section}": "section.open" for section in SECTIONS},
    **{f"section.write:{section}": "section.write" for section in SECTIONS},
    **{f"packet.open:{section}": "packet.open" for section in (TEXT, *SECTIONS)},
    "packet.open:meeting": "meeting.open",
    "card.view": "referral.view",
    "case.decide": "screening.decide",
    "case.admit": "team.admit",
    "case.release": "team.remove",
    "consent.give": "consent.record",
    "consent.refuse": "consent.record",
    "coordination.late": "referral.late",
    "gaps.view": "gap.view",
    "ledger.view": "ledger.read",
}

NOT_BUILT: dict[str, str] = {
    # act -> the design's name for it, denied until it is built
    "case.new_lead": "team.new_lead",
    "case.block": "case.block",
    "case.hand_over": "referral.hand_over",
    "people.invite": "member.invite",
    "people.end": "member.offboard",
}

NEVER = frozenset({"case.view_all", "referral.override", "referral.bulk", "consent.override", "section.open_all"})
"""Acts that no product of ours will have a word for."""


def acts() -> tuple[str, ...]:
    """Every act that the oracle names and the product has a word for, or will have."""
    return tuple(sorted(oracle.acts() - NEVER))


def unknown() -> set[str]:
    """Acts of the oracle that nobody can place."""
    return {act for act in oracle.acts() if act not in PERMISSION and NOT_BUILT.get(act) not in NEXT} - NEVER


def things(world: World) -> dict[str, Any]:
    """The records behind the oracle's things, but the accounts."""
    found: dict[str, Any] = {name: Case.objects.get(pk=pk) for name, pk in world.things.items() if name[0] == "K"}
    found |= {name: Referral.objects.get(pk=pk) for name, pk in world.things.items() if name[0] == "R"}
    found |= {name: Organisation.objects.get(pk=pk) for name, pk in world.bodies.items()}
    return found | {
        "late-list": None,
        "gaps": Gap.objects.get(),
        "ledger-Umed": Ledger.objects.filter(organisation_id=world.bodies["Umed"]).order_by("id").first(),
        "ledger-Pamir": Ledger.objects.filter(organisation_id=world.bodies["Pamir"]).order_by("id").first(),
        "services": Service.objects.get(pk=world.services["Adolat"]),
        "service-Panoh": Service.objects.get(pk=world.services["Panoh"]),
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


KINDS: dict[str, tuple[str, ...]] = {
    # first word of a permission or of an act -> the kinds of things it is asked about
    "case": ("K",),
    "section": ("K",),
    "screening": ("K",),
    "consent": ("K",),
    "need": ("K",),
    "team": ("K",),
    "referral": ("R",),
    "card": ("R",),
    "packet": ("R",),
    "meeting": ("R",),
}
EXACT: dict[str, tuple[str, ...]] = {
    "case.begin": tuple(oracle.BODIES),
    "referral.write": tuple(name for name in oracle.THINGS if name[0] == "K" and name[1:].isdigit()),
    "referral.late": ("late-list",),
    "coordination.late": ("late-list",),
    "gap.record": tuple(name for name in oracle.THINGS if name[0] == "K" and name[1:].isdigit()),
    "gap.view": ("gaps",),
    "gaps.view": ("gaps",),
    "ledger.read": ("ledger-Umed", "ledger-Pamir"),
    "ledger.view": ("ledger-Umed", "ledger-Pamir"),
    "colleague.view": ("member-Umed", "member-Panoh"),
    "service.edit": ("services", "service-Panoh"),
    "directory.view": ("services", "service-Panoh"),
    "directory.import": ("services", "service-Panoh"),
    "desk.open_key": tuple(oracle.BODIES),
    "desk.admit": tuple(oracle.BODIES),
    "key.view": tuple(oracle.BODIES),
    "continuity.create": tuple(oracle.BODIES),
    "decision.take_back": ("member-Umed", "member-Panoh"),
    "decision.expire": ("member-Umed", "member-Panoh"),
    "people.invite": tuple(oracle.BODIES),
    "people.end": tuple(oracle.BODIES),
    "account.manage": ("own-account", "other-account"),
    "vault.unlock": ("own-account", "other-account"),
    "session.end": ("own-account", "other-account"),
}


def asked_about(act: str) -> tuple[str, ...]:
    """The things an act is asked about."""
    if act in EXACT:
        return EXACT[act]
    kinds = KINDS[act.split(".", maxsplit=1)[0]]
    return tuple(name for name in oracle.THINGS if name[0] in kinds and name[1:].isdigit())
