"""Which facts about the person a summary says: by the help that is asked, and no more than that needs (ADR 142).

One table for what the sender is shown, what the person is told, what is sent and what is sent again. What was sent
before stays as it was sent.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from hamkori.casework.referral.rules.card import FLAGS, NOT_ASKED, Flags
from hamkori.casework.referral.rules.facts import FACTS
from hamkori.vocabulary import codelist

_DOCTOR = FLAGS[0]
NONE: Final = "no"
"""Nobody needs a doctor: none is needed, or one came."""
ALL: Final = frozenset(FLAGS)
WHO_COMES: Final = ALL - {_DOCTOR}
"""Whoever sees the person anywhere: who comes along, and whether stairs are in the way."""
SAYS: Final[Mapping[str, frozenset[str]]] = {
    "HEALTH": ALL,
    "HOME": ALL,  # where the person sleeps somebody sees to it that a doctor comes
    **dict.fromkeys(
        ("SAFE", "BASIC", "MHPSS", "LEGAL", "JUST", "DOC", "CHILD", "EDU", "WORK", "SOC", "MOVE", "COORD"), WHO_COMES
    ),
}
"""Group of services -> the flags of its summary."""


class Coded(Protocol):
    """A case, or the row of a summary that was made of one."""

    doctor_code: str
    stairs_code: str
    children_code: str


class Person(Coded, Protocol):
    """The same, with what every summary says of the person."""

    sex_code: str
    region_code: str
    language_code: str
    needs_interpreter: bool
    risk_code: str


def says(service_code: str, *, police: bool) -> frozenset[str]:
    """The flags that are part of a summary for this help; to the police none."""
    return frozenset() if police else SAYS[_group(service_code)]


def _group(service_code: str) -> str:
    return str(codelist("service").entry(service_code).data["group"])


def coded(case: Person, service_code: str, *, police: bool) -> dict[str, Any]:
    """What a summary for this help says of the person, but the age: columns, as many as the help needs."""
    said = says(service_code, police=police)
    return {
        "sex_code": case.sex_code,
        "region_code": "" if police else case.region_code,
        "language_code": case.language_code,
        "needs_interpreter": case.needs_interpreter,
        "risk_code": case.risk_code,
        **{name: getattr(case, name) if name in said else NOT_ASKED for name in FLAGS},
    }


def differing(case: Person, told: Person, service_code: str, *, police: bool) -> tuple[str, ...]:
    """Columns of which the one that was sent says anything else than the case says now, the age apart. A flag that it
    was told once it goes on to say (`case_effect_facts` in walls/20_case_steps.sql).
    """
    now = coded(case, service_code, police=police)
    if not police:
        now |= {name: getattr(case, name) for name in FLAGS if getattr(told, name) != NOT_ASKED}
    return tuple(name for name in FACTS if getattr(told, name) != now[name])


def flags(coded: Coded, service_code: str, *, police: bool) -> Flags | None:
    """What it says of them now. Of whom a doctor is asked for it never says that none is needed."""
    return None if police else _flags(coded, says(service_code, police=police) - _unsaid(coded, service_code))


def flags_sent(coded: Coded, service_code: str, *, police: bool) -> Flags | None:
    """What one that was sent says of them: also what is no part of such a summary any more, where it was told then; and
    that a doctor is needed no more, where that changed since.
    """
    told = says(service_code, police=police) | {name for name in FLAGS if getattr(coded, name) != NOT_ASKED}
    changed = any(one.get("fact") == _DOCTOR for one in getattr(coded, "former_ages", None) or ())
    return None if police else _flags(coded, told if changed else told - _unsaid(coded, service_code))


def _unsaid(coded: Coded, service_code: str) -> frozenset[str]:
    """The flag that would contradict what is asked: the need of a doctor, where one is asked for all the same."""
    return frozenset({_DOCTOR}) if _group(service_code) == "HEALTH" and coded.doctor_code == NONE else frozenset()


def _flags(coded: Coded, said: frozenset[str]) -> Flags:
    doctor, stairs, come = (getattr(coded, name) if name in said else None for name in FLAGS)
    return Flags(urgent_health=doctor, step_free=stairs, children_with_her=come)
