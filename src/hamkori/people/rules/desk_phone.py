"""What may stand as the telephone of a desk: figures and the signs between them, no name and no number of a case."""

from __future__ import annotations

import re
from typing import Final

from hamkori.vocabulary.open_text import no_case_code

LONGEST: Final = 40
MARK: Final = "(demo) "
"""Before every number that the demonstration keeps: nobody can dial it."""
WRITTEN: Final = re.compile(r"[0-9+()/., -]*")
FEWEST: Final = 3


def is_invented(phone: str) -> bool:
    """Whether this is a line of the demonstration, which a page says beside it."""
    return phone.startswith(MARK)


def kept(phone: str, *, in_demo: bool) -> str:
    """The number as it is kept: whatever is recorded in the demonstration is invented, and marked as that."""
    return MARK + phone if in_demo and phone and not is_invented(phone) else phone


def bare(phone: str) -> str:
    """The number without the mark, which is English: a page says in its own language that the line is invented."""
    return phone.removeprefix(MARK)


def fault(phone: str) -> str:
    """Why this cannot be recorded, as a word: "figures", "longer", "case"; empty: it can. So can nothing at all."""
    if not phone:
        return ""
    if len(phone) > LONGEST:
        return "longer"
    number = bare(phone)
    if not WRITTEN.fullmatch(number) or sum(sign.isdigit() for sign in number) < FEWEST:
        return "figures"
    return "" if no_case_code(number) else "case"
