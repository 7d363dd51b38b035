"""The fields of each section's sheet: all sealed. What of them a packet may carry is `packet.SECTION_FIELDS`."""

from collections.abc import Iterable

SHEET_FIELDS: dict[str, tuple[str, ...]] = {
    "identity": ("legal_names", "birth_date", "exact_age", "papers_held"),
    "contact": (
        "call_name",
        "by_code",
        "safe_to_talk",
        "safe_phone",
        "hours",
        "code_word",
        "interpreter",
        "child_contact",
    ),
    "place": ("stay", "district", "address", "work", "school"),
    "screening": (),
    "needs": ("needs", "wishes", "risk_reasons"),
    "health": ("for_this_service", "medicines", "allergy"),
    "psychosocial": ("distress", "what_helps", "not_to_be_asked_again", "own_notes"),
    "legal": ("papers", "steps_taken", "counsel"),
    "criminal": ("notes",),
}

LONGEST = 4000
"""Characters of one field. Longer stories are split into notes by whoever writes them."""


def unknown(section: str, names: Iterable[str]) -> tuple[str, ...]:
    """Names that are no field of this section's sheet. Unknown section: KeyError."""
    known = SHEET_FIELDS[section]
    return tuple(name for name in names if name not in known)
