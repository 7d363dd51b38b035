"""What is said of where a person is, or whether they are safe; and which of it a press in an older window would undo.

Each word is one of a few kinds. Whoever presses on a page that was read before the contrary was recorded is told that,
and asked once more: nothing is ended, begun or replaced by a window that does not know of it.
"""

from collections.abc import Mapping
from typing import Final

from hamkori.casework.case.rules.lifecycle import DID_NOT_GET_THERE, IS_SAFE, NOT_FOUND, OF_THE_BED, PUT_BACK, WITH_US

THERE: Final = "there"
"""Somebody is where they are expected, or safe: nobody looks for them."""
GONE: Final = "gone"
"""Somebody is not where they were expected, or was looked for in vain."""
UNKNOWN: Final = "unknown"
"""Somebody called, and knows nothing yet: whoever is looked for rests until they are asked again."""
IN_BED: Final = "in_bed"
"""The same, said of the place that was found, or of the one that they had."""
BED: Final = "bed"
"""A place was found. It says nothing of who is to sleep in it."""
LOST: Final = "lost"
"""An organisation that was to take the person in takes back its yes, or declines: they may have been sent away. Or the
person wants nothing more from it: the bed that it promised is none.
"""
RETURNED: Final = "returned"
"""Those whom somebody left without a word say that the person is back: nowhere else, then, and not lost."""
NO_BED: Final = "no_bed"
"""There is no place after all, or the person leaves the one that they had."""

BACK: Final = ("call_sender", "is_back")
NOT_BACK: Final = ("call_sender", "not_back")
"""Of who left without a word: those there say that the person is back; or that this is not so (ADR 0178)."""
OF_CASE: Final[Mapping[tuple[str, str], str]] = {
    ("place_found", "stays"): IN_BED,
    ("place_found", "organisation"): BED,
    ("place_found", "known_people"): BED,
    ("place_found", "own_home"): BED,
    ("place_found", "another"): BED,
    ("place_found", "not_needed"): BED,
    ("place_reached", ""): IN_BED,
    **{("place_needed", reason): NO_BED for reason in OF_THE_BED},
    ("place_needed", DID_NOT_GET_THERE): GONE,
    ("place_needed", IS_SAFE): THERE,
    ("looked_for", IS_SAFE): THERE,
    ("looked_for", NOT_FOUND): GONE,
    ("looked_for", PUT_BACK): GONE,
}
"""A step of a case, with its reason -> what it says."""
PRESSED: Final[Mapping[tuple[str, str], str]] = {**OF_CASE, ("place_found", WITH_US): BED}
"""The same of what a page presses: in one place its reason is not the one of the step."""
OF_REFERRAL: Final[Mapping[tuple[str, str], str]] = {
    ("hear", "came"): THERE,
    ("hear", "did_not_come"): GONE,
    ("hear", "called"): UNKNOWN,
    ("serve", ""): THERE,
    ("miss", ""): GONE,
    BACK: RETURNED,
    NOT_BACK: GONE,
}
"""The same of a referral. Whoever helps there is not asked once more by what a case says, which they do not read: by
what was said of their own referral the press is refused anyway.
"""
DESK: Final = "desk"
OF_DESK: Final[Mapping[tuple[str, str], str]] = {(DESK, "with_them"): THERE, (DESK, "not_with_them"): GONE}
"""What a desk told a coordinator of who was expected there."""
LOSES: Final[Mapping[str, str]] = {"unaccept": LOST, "decline": LOST, "withdraw": LOST}
"""The same of a referral for a place for tonight, whatever the reason: also where the person takes it back."""
UNDOES: Final[Mapping[str, frozenset[str]]] = {
    THERE: frozenset({GONE}),
    RETURNED: frozenset({GONE}),
    IN_BED: frozenset({GONE, NO_BED, LOST, RETURNED}),
    GONE: frozenset({THERE, IN_BED, RETURNED}),
    BED: frozenset({THERE, IN_BED, GONE, RETURNED}),
    NO_BED: frozenset({THERE, IN_BED, BED, RETURNED}),
    LOST: frozenset(),
    UNKNOWN: frozenset({GONE}),
}
"""What is pressed -> what asks for it once more, if recorded meanwhile. That there is no place ends no search."""


def kind(step: str, reason: str) -> str:
    """What a step says of the person; '' where it says nothing of them."""
    said = (step, reason)
    return PRESSED.get(said) or OF_REFERRAL.get(said) or OF_DESK.get(said) or LOSES.get(step, "")


def asks_once_more(pressed: tuple[str, str], recorded: tuple[str, str]) -> bool:
    """Whether this press would undo what was recorded. Each is a step with its reason."""
    return kind(*recorded) in UNDOES.get(kind(*pressed), frozenset())
