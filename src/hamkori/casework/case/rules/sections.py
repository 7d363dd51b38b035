"""Which function holds which section of a file, to read (r) or to write (w).

See docs/design/access.md#functions-and-sections.

A section is the unit of disclosure, of consent and of encryption. What a packet carries is `packet`, and narrower.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SECTIONS = (
    "identity",
    "contact",
    "place",
    "screening",
    "needs",
    "health",
    "psychosocial",
    "legal",
    "criminal",
)

SUPERVISOR = "supervisor"

_TABLE = {
    #                   ident cont place scre need heal psyc legal crim
    "social_worker": "   w     w    w    w    w    w    -    r    -",
    "psychologist": "    r     r    -    r    r    r    w    -    -",
    "lawyer": "          w     r    -    r    r    -    -    w    -",
    "health_worker": "   r     r    -    -    r    w    -    -    -",
    "shelter_worker": "  r     w    w    -    w    r    -    -    -",
    "investigator": "    w     w    w    w    w    -    -    r    w",
    "hotline_operator": "w     w    w    w    w    -    -    -    -",
    SUPERVISOR: "        -     -    -    r    r    -    -    -    -",
}

FUNCTION_SECTION: dict[str, dict[str, str]] = {
    function: {section: right for section, right in zip(SECTIONS, row.split(), strict=True) if right != "-"}
    for function, row in _TABLE.items()
}
"""Function -> section -> "r" or "w". What is not there is not held. Investigator: in the police's own file only."""

LEAD_WRITES = ("contact", "place", "screening", "needs")
"""Whoever begins or serves a case writes these too, whatever their function: they write down what they hear."""


@dataclass(frozen=True)
class Rights:
    """What one membership holds in one case: `sections` to read (the written ones among them) and `writes`."""

    sections: frozenset[str]
    writes: frozenset[str]


def rights(functions: Iterable[str], *, began_or_served: bool = False) -> Rights:
    """The union over the functions of one membership, in one case. Unknown function: KeyError."""
    held: dict[str, str] = {}
    for function in functions:
        for section, right in FUNCTION_SECTION[function].items():
            if held.get(section) != "w":
                held[section] = right
    if began_or_served:
        held.update(dict.fromkeys(LEAD_WRITES, "w"))
    return Rights(frozenset(held), frozenset(section for section, right in held.items() if right == "w"))


SUPERVISOR_RIGHTS = rights((SUPERVISOR,))


def in_order(sections: Iterable[str]) -> tuple[str, ...]:
    """Sections in the order of the table, a packet's `text` before them. Unknown section: ValueError."""
    return tuple(sorted(sections, key=("text", *SECTIONS).index))
