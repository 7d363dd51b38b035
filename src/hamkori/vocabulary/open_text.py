"""Open text, which is about nobody and which everybody may read: brought into one form, and without a case's number."""

import re
import unicodedata

from hamkori.vocabulary.codes import is_code

_PAIR = re.compile(r"(?<!\d)(?=(\d{4})([\s.-]?)(\d{4})(?!\d))")
_YEARS = range(1900, 2101)


def clean(text: str) -> str:
    """Composed letters without blanks around them. A tab is a space; other control and format signs come with what is
    pasted and are dropped, but for line breaks.
    """
    text = re.sub(r"\r\n?", "\n", text).replace("\t", " ")
    seen = (sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFC", "".join(seen)).strip()


def no_case_code(text: str) -> bool:
    """Whether no number of a case or request stands in it, however its eight digits are written or held apart.

    Two years with a sign between them are years.
    """
    plain = "".join(_plain(sign) for sign in unicodedata.normalize("NFKC", text))
    for pair in _PAIR.finditer(plain):  # without width: a pair hides no other that begins inside it
        first, between, second = pair.groups()
        if is_code(first + second) and not (between and int(first) in _YEARS and int(second) in _YEARS):
            return False
    return True


def _plain(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    kind = unicodedata.category(sign)
    return "" if kind == "Cf" else "-" if kind == "Pd" else sign
