"""What stands beside a row of Today: where the desk can be called, and whose case it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.queries.team import leads
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.rules.worklist import PHONED
from hamkori.people.queries import desk_phones


def phoned(rows: list[Due]) -> list[Due]:
    """With the telephone of the desk that is to be called, where one is recorded. One query, if one is to be."""
    called = {row.to for row in rows if row.what in PHONED and row.to is not None}
    phones = desk_phones(called) if called else {}
    return [replace(row, phone=phones[row.to]) if row.what in PHONED and row.to in phones else row for row in rows]


def led(rows: list[Due], cases: Iterable[CaseAccess]) -> list[Due]:
    """With the name of the lead worker, of cases that one supervises. One query, if there are any."""
    wanted = {row.case for row in rows if row.supervised and row.case}
    codes = {row.case_id: row.case.code for row in cases if row.case.code in wanted}
    names = {codes[case]: name for case, name in leads(list(codes)).items()} if codes else {}
    return [replace(row, lead=names.get(row.case, "")) if row.supervised else row for row in rows]
