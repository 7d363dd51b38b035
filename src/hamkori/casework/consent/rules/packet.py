"""What a packet carries; who at the receiver reads it: `referral.rules.sealed`.

See docs/design/summary-and-shared-information.md#what-may-go-to-which-kind.
In the packet = the rule of kind and purpose AND agreed AND ticked AND what the sender can open.
`criminal` goes to nobody. A packet is narrower than an own file (`sections`) on purpose.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from hamkori.casework.case.rules.sections import SECTIONS

TEXT = "text"
"""Pseudo-section: what she wants them to know, in her words. In every packet, never unticked, for every worker."""

IN = "in"  # may be unticked
OUT = "out"  # may be ticked
NEVER = "never"

TRANSFER = "transfer"

_ROWS = {
    #                                     ident  cont   place  scre   need   heal   psyc   legal
    ("shelter_social", "help"): "         out    in     never  out    in     out    never  never",
    ("health", "help"): "                 out    in     never  never  in     in     never  never",
    ("health", "justice"): "              in     in     never  never  out    out    never  never",
    ("psychological", "help"): "          never  in     never  out    in     out    in     never",
    ("legal", "help"): "                  in     in     never  out    out    never  never  in",
    ("legal", "justice"): "               in     in     never  out    out    never  never  in",
    ("police", "protection"): "           out    out    never  never  never  never  never  never",
    ("police", "justice"): "              in     out    never  out    never  never  never  never",
    (TRANSFER, "help"): "                 in     in     out    out    in     out    out    out",
}

RULE: Mapping[tuple[str, str], Mapping[str, str]] = MappingProxyType(
    {
        key: MappingProxyType({**dict(zip(SECTIONS[:-1], row.split(), strict=True)), "criminal": NEVER})
        for key, row in _ROWS.items()
    }
)
"""(kind, purpose) -> section -> IN, OUT or NEVER."""

BY_ITEM: frozenset[tuple[str, str]] = frozenset({("police", "justice")})
"""Where `screening` carries the single items that she chose, and nothing else of it."""

MET: frozenset[tuple[str, str]] = frozenset({("police", "protection")})
"""Help that goes to the person. The part `place` is sent to none of them: where to meet is said by telephone, and kept
as the meeting point (ADR 0116).
"""
PLACE = "place"

SECTION_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        TEXT: ("agreed_text",),
        "contact": ("call_name", "safe_phone", "hours", "code_word", "interpreter"),
        "identity": ("legal_names", "birth_date", "papers_held"),
        "screening": ("decision", "dimensions"),
        "needs": ("needs", "wishes", "risk_reasons"),
        "health": ("for_this_service", "medicines", "allergy"),
        "psychosocial": ("distress", "what_helps", "not_to_be_asked_again"),
        "legal": ("papers", "steps_taken", "counsel"),
        "place": ("address", "stay", "work", "school"),
    }
)
"""Fields of each section in a packet: of papers no scan, of her no photo."""

AT_FIRST: Mapping[str, tuple[str, ...]] = MappingProxyType({"legal": ("screening",)})
"""Kind -> what goes there beside the usual parts unless somebody takes its tick out: that pay or papers are kept back,
which is asked first and told to a lawyer by nobody else. Only of what she agreed to: asked about it is as before.
"""

NAMES: frozenset[str] = frozenset({"call_name"})
"""Fields outside `identity` that may hold a name: "without name" leaves them out, and keeps the rest of the section."""

SCREENING_BY_ITEM = ("items",)
"""The field of `screening` in a packet whose rule is "by item"."""


def packet_sections(
    kind: str, purpose: str, agreed: Iterable[str], ticked: Iterable[str], sender_sections: Iterable[str]
) -> frozenset[str]:
    """What goes, `text` always with it. `agreed` is what a live consent row allows. Unknown row: KeyError."""
    wanted = frozenset(ticked) & frozenset(agreed) & frozenset(sender_sections)
    return frozenset(section for section in wanted if may_carry(kind, purpose, section)) | {TEXT}


def may_carry(kind: str, purpose: str, section: str) -> bool:
    """Whether the rule lets this section go at all. Unknown row: KeyError."""
    return RULE[kind, purpose].get(section, NEVER) in (IN, OUT)


def asks_where(kind: str, purpose: str, section: str) -> bool:
    """Whether this asks where to meet somebody to whom this help goes: for that no part is sent."""
    return section == PLACE and (kind, purpose) in MET


def askable(kind: str, purpose: str) -> tuple[str, ...]:
    """The sections about which she is asked for this row, in order."""
    return tuple(section for section in SECTIONS if may_carry(kind, purpose, section))


def offered(
    kind: str, purpose: str, agreed: Iterable[str], sender_sections: Iterable[str], filled: Iterable[str]
) -> dict[str, bool]:
    """Sections to show beside tick boxes -> whether ticked at first. An empty or closed section is not offered."""
    possible = frozenset(agreed) & frozenset(sender_sections) & frozenset(filled)
    return {one: ticked_at_first(kind, purpose, one) for one in askable(kind, purpose) if one in possible}


def ticked_at_first(kind: str, purpose: str, section: str) -> bool:
    """Whether this section goes unless somebody takes its tick out, once she agreed to it."""
    return RULE[kind, purpose].get(section) == IN or section in AT_FIRST.get(kind, ())


def not_agreed(kind: str, purpose: str, agreed: Iterable[str], ticked: Iterable[str]) -> tuple[str, ...]:
    """Ticked sections that may not go, in order: what the guard `section_agreed` names."""
    allowed = {section for section in agreed if may_carry(kind, purpose, section)}
    return tuple(section for section in SECTIONS if section in set(ticked) - allowed)


def fields(kind: str, purpose: str, section: str, *, named: bool = True) -> tuple[str, ...]:
    """The fields of a section in this packet. Not `named`: she agreed without her name."""
    if section == "screening" and (kind, purpose) in BY_ITEM:
        return SCREENING_BY_ITEM
    return tuple(name for name in SECTION_FIELDS[section] if named or name not in NAMES)
