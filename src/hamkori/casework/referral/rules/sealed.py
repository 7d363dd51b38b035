"""Which parts of a packet are sealed to which worker of the receiver, by their function.

See docs/design/summary-and-shared-information.md#who-reads-which-part-at-the-receiver.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from hamkori.casework.consent.rules.packet import TEXT

FUNCTION_SECTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "social_worker": frozenset({TEXT, "contact", "identity", "screening", "needs", "health", "place"}),
        "psychologist": frozenset({TEXT, "contact", "screening", "needs", "health", "psychosocial"}),
        "lawyer": frozenset({TEXT, "contact", "identity", "screening", "needs", "legal"}),
        "health_worker": frozenset({TEXT, "contact", "identity", "needs", "health"}),
        "shelter_worker": frozenset({TEXT, "contact", "identity", "needs", "health", "place"}),
        "investigator": frozenset({TEXT, "contact", "identity", "screening"}),
    }
)
"""Which sections of a packet are sealed to which function. `place` only to the one who will lead (`sealed_to`)."""


def sealed_to(packet: Iterable[str], functions: Iterable[str], *, leads: bool = False) -> frozenset[str]:
    """The sections of a packet whose keys are sealed to one named worker.

    `leads`: this worker will lead the case after a transfer. What nobody may hold goes to the continuity key only.
    """
    held: frozenset[str] = frozenset()
    for function in functions:
        held |= FUNCTION_SECTIONS.get(function, frozenset())
    return frozenset(packet) & (held if leads else held - {"place"})
