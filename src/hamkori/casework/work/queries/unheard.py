"""A no that somebody else brought: it counts at once, and the person is asked, alone, whether it is so (ADR 184, 190).

Who has no place for tonight, or is at risk, is called about now: the row of the place says so, else one of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from hamkori.casework.case.models import CaseAccess
from hamkori.casework.referral.rules.card import AT_RISK
from hamkori.casework.work.queries.due import Due, first_of
from hamkori.casework.work.rules.worklist import UNHEARD


def marked(rows: list[Due], cases: Iterable[CaseAccess]) -> list[Due]:
    """The rows of such a case say whose no it is; not where it ended one referral alone, and the answers stand."""
    alone = {one.case.code for one in cases if not one.unheard}  # type: ignore[attr-defined]
    brought = {row.case for row in rows if row.what == UNHEARD or row.unheard} - alone
    return [replace(row, brought=True) if row.case in brought else row for row in rows]


def to_ask(rows: Iterable[Due], cases: Iterable[CaseAccess], on: date) -> list[Due]:
    """Of such open cases, and where one referral alone ended so, a row each for whoever leads and supervises them,
    until somebody has asked; none where the row of a place says it.
    """
    said = {row.case for row in rows if row.unheard}
    return [
        Due(
            what=UNHEARD,
            late=False,
            on=on,
            case=row.case.code,
            sex=row.case.sex_code,
            age_band=row.case.age_band_code,
            children=row.case.children_code,
            region=row.case.region_code,
            first=first_of(row.case),
            risk=row.case.risk_code,
            unheard=row.case.risk_code in AT_RISK and bool(row.unheard_all),  # type: ignore[attr-defined]
            supervised=row.kind_code == "supervisor",
        )
        for row in cases
        if (row.unheard or row.ended_unheard)  # type: ignore[attr-defined]
        and row.case.state_code == "open"
        and row.kind_code in ("lead", "supervisor")
        and row.case.code not in said
    ]
