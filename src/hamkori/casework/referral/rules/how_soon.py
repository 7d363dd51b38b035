"""How soon help is needed follows from the need that it answers, not from what else the same person needs (ADR 142)."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from hamkori.casework.referral.rules.card import NOT_ASKED, URGENT
from hamkori.directory.rules.suit import kinds
from hamkori.vocabulary import codelist

ORDINARY: Final = "normal"
WITHIN_A_DAY: Final = "within_a_day"
CAN_WAIT: Final = frozenset({"DOC", "LEGAL", "MHPSS"})
"""Groups of services that are asked for in the ordinary way, unless somebody says otherwise."""
CANNOT_WAIT: Final = frozenset({"MHPSS-06", "MHPSS-07"})
"""But these of them: psychiatric care, and help at a risk of suicide."""


def _group(service_code: str) -> str:
    return str(codelist("service").entry(service_code).data["group"])


NOW: Final[Mapping[str, Callable[[str], bool]]] = {
    "safe_place": lambda service: service in kinds(["safe_place"]),
    "doctor": lambda service: _group(service) == "HEALTH",
}
"""A need of tonight or of today -> whether this kind of help answers it."""


def usual(service_code: str) -> str:
    """How soon this kind of help is usually needed, as an urgency: a suggestion."""
    service = codelist("service").entry(service_code)
    if service.data["group"] in CAN_WAIT and service_code not in CANNOT_WAIT:
        return ORDINARY
    return str(codelist("service_urgency").entry(str(service.data["urgency"])).data["suggests"])


def suggested(service_code: str, needs: Collection[str]) -> str:
    """The same for this person: who needs no place for tonight, by what was said, is asked a bed for from tomorrow
    (ADR 210). Where nothing was said of what is needed a bed is for tonight.
    """
    return WITHIN_A_DAY if is_bed_for_later(service_code, needs) else usual(service_code)


def is_bed_for_later(service_code: str, needs: Collection[str]) -> bool:
    """Whether it gives a place to sleep, and it was said what is needed, a place for tonight not among it."""
    said = {*needs} - {NOT_ASKED}
    return bool(said) and "safe_place" not in said and service_code in kinds(["safe_place"])


def answers_now(service_code: str, needs: Collection[str]) -> bool:
    """Whether it answers what is needed tonight or today."""
    return any(answers(service_code) for need, answers in NOW.items() if need in needs)


def apart(service_code: str, needs: Collection[str]) -> bool:
    """Whether something is needed tonight or today, and this is other help: what was said of that is not said of it."""
    return not NOW.keys().isdisjoint(needs) and not answers_now(service_code, needs)


def begins(service_code: str, needs: Collection[str], said: str) -> str:
    """How soon this help is asked for at first. `said`: how soon the person's needs were said to be."""
    return suggested(service_code, needs) if apart(service_code, needs) else said


def of_needs(service_code: str, needs: Collection[str], said: str) -> str:
    """How soon the needs are, where this was said of that help: a place tonight is urgent whatever else can wait."""
    return URGENT if apart(service_code, needs) else said
