"""In which language the text of the consent reaches the person on the short way: read, shown, or interpreted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from hamkori.casework.consent import texts
from hamkori.casework.work.queries.other_age import is_plainly_grown
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import READ_FIRST
from hamkori.web.consent.showing import folded
from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

UNKNOWN, SIGN, INTERPRETED = "unknown", "sign", "through_interpreter"
INTERPRETED_INTO: Final = tuple(code for code in codelist("language").codes if code not in (*READ_FIRST, UNKNOWN))
"""The languages in which no text is written: an interpreter puts it into them."""
CAN_BE_SAID: Final = (*READ_FIRST, *INTERPRETED_INTO)
HOW: Final = {SIGN: "signed"}
"""How a person of this language answers who read the text: nothing is said aloud."""


def is_interpreted(case: Case, read: str) -> bool:
    """Whether the answer comes through an interpreter. Who signs and read the text needed none for it."""
    return read in INTERPRETED_INTO or (case.needs_interpreter and case.language_code != SIGN)


def not_theirs(read: str, how: str | None) -> str:
    """The written language that an interpreter had before them: it is not recorded as the person's own."""
    return read if how == INTERPRETED and read in READ_FIRST else ""


def offered(case: Case) -> dict[str, Any]:
    """The texts, that of the person's own language first and open; an interpreter has it in the reader's language."""
    own = case.language_code
    order = sorted(READ_FIRST, key=lambda code: code != own)
    grown = is_plainly_grown(case)
    rows = [_row(code, code, case, grown=grown) for code in order]
    through = own in INTERPRETED_INTO
    if through:
        said = _("%(language)s, through an interpreter") % {"language": _label(own)}
        rows.insert(0, {**_row(own, _written(own), case, grown=grown), "label": said, "interpreted": True})
    rows[0]["open"] = True
    return {
        "texts": rows,
        "interpreted_first": through,
        "signs_only": own == SIGN,
        "interpreted": [(code, _label(code)) for code in INTERPRETED_INTO if code != own],
    }


def was_read(case: Case, language: str) -> dict[str, Any]:
    """Above the answers: in which language the person had the text, and how."""
    shown = case.language_code == SIGN
    how = "interpreted" if language in INTERPRETED_INTO else "shown" if shown else "aloud"
    text = texts.read_to(_written(language), child=case.is_child, grown=is_plainly_grown(case))
    return {"text": text, "read": language, "read_label": _label(language), "how_read": how}


def _row(code: str, written: str, case: Case, *, grown: bool) -> dict[str, Any]:
    text = texts.read_to(written, child=case.is_child, grown=grown)
    return {"code": code, "text": text, "label": _label(code), "language": _label(code), "open": False, **folded(text)}


def _written(language: str) -> str:
    """The language of the text that is looked at."""
    here = lists.language()
    return language if language in READ_FIRST else here if here in READ_FIRST else READ_FIRST[0]


def _label(code: str) -> str:
    return codelist("language").label(code, lists.language())
