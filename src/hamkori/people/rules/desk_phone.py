"""What may stand as the telephone of a desk: figures and the signs between them, no name and no number of a case."""

from __future__ import annotations

import re
from typing import Final

from hamkori.vocabulary.open_text import no_case_code

LONGEST: Final = 40
MARK: Final = "(demo) "
INVENTED: Final = re.compile(re.escape(MARK) + r"\d\d-\d\d")
"""A line of the demonstration: it is marked, and nobody can dial it."""
WRITTEN: Final = re.compile(r"[0-9+()/., -]*")
FEWEST: Final = 3


def is_invented(phone: str) -> bool:
    """Whether this is a line of the demonstration, which a page says beside it."""
    return INVENTED.fullmatch(phone) is not None


def bare(phone: str) -> str:
    """The number without the mark, which is English: a page says in its own language that the line is invented."""
    return phone.removeprefix(MARK) if is_invented(phone) else phone


def fault(phone: str) -> str:
    """Why this cannot be recorded, as a word: "figures", "longer", "case"; empty: it can. So can nothing at all."""
    if not phone or is_invented(phone):
        return ""
    if len(phone) > LONGEST:
        return "longer"
    if not WRITTEN.fullmatch(phone) or sum(sign.isdigit() for sign in phone) < FEWEST:
        return "figures"
    return "" if no_case_code(phone) else "case"
