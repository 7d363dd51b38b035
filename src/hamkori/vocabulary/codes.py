"""Codes of cases and requests: eight random digits, the last one a Damm check digit, shown as `4827 3162`.

They can be typed on any keyboard and read over a telephone, and say nothing. The database draws them
(casework/walls/05_code.sql).
"""

from stdnum import damm

LENGTH = 8
PART = 3  # digits by which a case is looked for; fewer would find too many


def check_digit(digits: str) -> str:
    """The Damm check digit of a string of digits: it finds each wrong digit, and each swap of two neighbours."""
    return str(damm.calc_check_digit(digits))


def is_code(text: str) -> bool:
    """Eight plain digits whose check digit is right."""
    return len(text) == LENGTH and text.isascii() and text.isdigit() and check_digit(text) == "0"


def shown(code: str) -> str:
    """As people read it: two groups of four, held together by a hard space."""
    return f"{code[:4]}\xa0{code[4:]}"


def parse(text: str) -> str | None:
    """What somebody typed, as a code without spaces; None if it is none. Spaces and hyphens do not matter."""
    code = "".join(text.split()).replace("-", "")
    return code if is_code(code) else None


def part(text: str) -> str:
    """What somebody typed, as digits in the order of a code: three at least; "" if it is no part of any."""
    digits = "".join(text.split()).replace("-", "")
    return digits if PART <= len(digits) <= LENGTH and digits.isascii() and digits.isdigit() else ""
