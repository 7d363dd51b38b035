"""Which facts about the person a summary says: by the help that is asked, and no more than that needs (ADR 142).

One table for what the sender is shown, what the person is told, what is sent and what is sent again. What was sent
before stays as it was sent.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from hamkori.casework.referral.rules.card import FLAGS, NOT_ASKED, Flags
from hamkori.vocabulary import codelist

_DOCTOR = FLAGS[0]
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


def says(service_code: str, *, police: bool) -> frozenset[str]:
    """The flags that are part of a summary for this help; to the police none."""
    return frozenset() if police else SAYS[str(codelist("service").entry(service_code).data["group"])]


def flags(coded: Coded, service_code: str, *, police: bool) -> Flags | None:
    """What it says of them now."""
    return None if police else _flags(coded, says(service_code, police=police))


def flags_sent(coded: Coded, service_code: str, *, police: bool) -> Flags | None:
    """What one that was sent says of them: also what is no part of such a summary any more, where it was told then."""
    told = {name for name in FLAGS if getattr(coded, name) != NOT_ASKED}
    return None if police else _flags(coded, says(service_code, police=police) | told)


def _flags(coded: Coded, said: frozenset[str]) -> Flags:
    doctor, stairs, come = (getattr(coded, name) if name in said else None for name in FLAGS)
    return Flags(urgent_health=doctor, step_free=stairs, children_with_her=come)
