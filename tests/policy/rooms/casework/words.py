"""The oracle's words for cases and requests."""

from __future__ import annotations

from typing import Any

from hamkori.casework.case.models import Case, Gap
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.rules.packet import TEXT
from hamkori.casework.referral.models import Referral
from tests.policy import oracle
from tests.policy.world import World

STEPS = (
    *("write", "edit", "discard", "send", "stop", "recall", "answer", "add", "confirm", "dispute", "settle"),
    *("put_back", "call", "arrange", "hear", "ask_part", "tell_person"),
    *("accept", "ask", "decline", "unaccept", "staff", "expect", "miss", "serve", "finish", "amend", "withdraw"),
)
CASES = tuple(name for name in oracle.THINGS if name[0] == "K" and name[1:].isdigit())

PERMISSION = {
    **{f"screening.{step}": "screening.record" for step in ("start", "save", "complete", "discard")},
    **{f"referral.{step}": f"referral.{step}" for step in STEPS},
    **{f"section.open:{section}": "section.open" for section in SECTIONS},
    **{f"section.write:{section}": "section.write" for section in SECTIONS},
    **{f"packet.open:{section}": "packet.open" for section in (TEXT, *SECTIONS)},
    "packet.open:meeting": "meeting.open",
    "packet.open:result": "note.open",
    "card.view": "referral.view",
    "case.decide": "screening.decide",
    "case.admit": "team.admit",
    "case.release": "team.remove",
    "consent.give": "consent.record",
    "consent.refuse": "consent.record",
    "coordination.late": "referral.late",
    "gaps.view": "gap.view",
}
NOT_BUILT = {
    "case.new_lead": "team.new_lead",
    "case.block": "case.block",
    "case.hand_over": "referral.hand_over",
}
NEVER = ("case.view_all", "referral.override", "referral.bulk", "consent.override", "section.open_all")
KINDS = {
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
EXACT = {
    "case.begin": tuple(oracle.BODIES),
    "referral.write": CASES,
    "referral.late": ("late-list",),
    "coordination.late": ("late-list",),
    "gap.record": CASES,
    "gap.view": ("gaps",),
    "gaps.view": ("gaps",),
}


def things(world: World) -> dict[str, Any]:
    """Cases, requests and gaps; the list of what is late is no record."""
    found: dict[str, Any] = {name: Case.objects.get(pk=pk) for name, pk in world.things.items() if name[0] == "K"}
    found |= {name: Referral.objects.get(pk=pk) for name, pk in world.things.items() if name[0] == "R"}
    return found | {"late-list": None, "gaps": Gap.objects.get()}
