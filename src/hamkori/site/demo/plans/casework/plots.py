"""What happens in the invented world, read from tables: 30 cases begun, 60 referrals, every state and every ending.

Days and hours are before the moment at which the demonstration is made. Sex and age bands follow the bands of an
invented sample in the format of the statistics' exchange; nothing here comes from a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hamkori.casework.referral.rules.card import FLAGS
from hamkori.site.demo.tables import rows

HERE = Path(__file__).parent
COME_ALONG = (("no", "no", "0"), ("not_asked", "not_asked", "not_asked"), ("no", "not_asked", "1"))
"""Answers to what a helping organisation must know: asked, not asked, asked in part."""


@dataclass(frozen=True, kw_only=True)
class CasePlot:
    """One case: who leads, what the person is called, days since it began, what is known in codes, what is special."""

    key: str
    lead: str
    called: str
    days: int
    sex: str
    age: str
    region: str
    needs: tuple[str, ...]
    special: str = ""
    risk: str = "ordinary"
    comes: tuple[str, ...] = ()
    language: str = "tg"


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One referral: its case, where to, for which purpose, how urgent, hours since it was sent, and its end."""

    case: str
    body: str
    service: str
    urgency: str
    hours: float
    end: str
    detail: str = ""
    purpose: str = "help"


CASES: tuple[CasePlot, ...] = rows(CasePlot, HERE / "cases.yaml")
REFERRALS: tuple[Plot, ...] = rows(Plot, HERE / "referrals.yaml")


def come_along(plot: CasePlot, number: int) -> tuple[str, ...]:
    """The answers of one case, by turns. Nobody for whom a doctor is asked is said to need none."""
    doctor = "doctor" in plot.needs or any(
        one.case == plot.key and one.service.startswith("HEALTH-") for one in REFERRALS
    )
    yes = {*plot.comes, "doctor_code"} if doctor else {*plot.comes}
    by_turns = zip(FLAGS, COME_ALONG[number % len(COME_ALONG)], strict=True)
    return tuple("yes" if flag in yes else said for flag, said in by_turns)
