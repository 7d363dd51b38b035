"""Case and referral codes: eight random digits, the last one a Damm check digit, shown as `4827 3162`.

They can be typed on any keyboard and read over a telephone, and say nothing. The database draws them
(walls/05_code.sql).
"""

LENGTH = 8

# A totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004), written out row by row.
# It finds every single wrong digit and every swap of two neighbours, which is what goes wrong on a telephone.
_QUASIGROUP = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """The Damm check digit of a string of digits."""
    interim = "0"
    for digit in digits:
        interim = _QUASIGROUP[int(interim)][int(digit)]
    return interim


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
