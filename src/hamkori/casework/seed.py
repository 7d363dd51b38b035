"""Writes the rules into the database: the steps that `referral_take` and `case_take` obey, clocks, codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.backends.base.base import BaseDatabaseWrapper

from hamkori.casework import known, ledger_words
from hamkori.casework.case.rules.clock_table import CLOCKS
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.lifecycle import NEW, Step
from hamkori.people.rules.two_person import TWO_PERSON

Row = tuple[str, str, str, str, list[str], list[str], bool, bool, bool]

FROM_A_DAY = ("arrival", "consent")
"""Clocks that start on a day that is still to come; every other one starts when its step is taken."""

_BY_ITS_OWN_FUNCTION = {"write", "edit", "begin", "serve_open", "admit", "release", "leave"}
"""Steps of another definer function (`case_open`, `referral_draft`, `team_admit`, `team_end`), or that edit a draft."""


def rows() -> list[Row]:
    """One row per machine, step and state: rows that differ by side only are joined."""
    merged: dict[tuple[str, str, str], Row] = {}
    for machine, steps in (("referral", REFERRAL.steps), ("case", CASE.steps), ("two_person", TWO_PERSON.steps)):
        for step in steps:
            if step.later:
                continue
            for row in _of(machine, step):
                known = merged.get(row[:3])
                if known is not None:
                    sides = list(dict.fromkeys([*known[4], *row[4]]))
                    carries = list(dict.fromkeys([*known[5], *row[5]]))
                    row = (*row[:4], sides, carries, row[6] or known[6], row[7] or known[7], row[8])
                merged[row[:3]] = row
    return list(merged.values())


def _of(machine: str, step: Step) -> Iterator[Row]:
    for state in step.from_states:
        yield (
            machine,
            step.name,
            "" if state == NEW else state,
            step.target("" if state == NEW else state),
            list(step.sides),
            list(getattr(step, "carries", ())),
            "k3" in str(getattr(step, "keys", "")),
            any(guard.key == "consent_live" and guard.when is None for guard in step.guards),
            step.name not in _BY_ITS_OWN_FUNCTION and state != NEW,
        )


def write(connection: BaseDatabaseWrapper) -> int:
    """Replaces the rows; run by `migrate` after the walls, as the owner. Returns how many there are."""
    table = rows()
    with connection.cursor() as cursor:
        cursor.execute("delete from lifecycle_step")
        cursor.executemany(
            "insert into lifecycle_step (machine_code, step_code, from_code, to_code, sides, carries, is_ending,"
            " needs_consent, by_take) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            table,
        )
        cursor.execute(_clocks())
        cursor.execute(ledger_words.function())
        cursor.execute(
            "select table_name || '.' || column_name from information_schema.columns"
            " where table_schema = 'public' and data_type = 'ARRAY'"
        )
        for statement in known.triggers([name for (name,) in cursor.fetchall()]):
            cursor.execute(statement)
    return len(table)


def _clocks() -> str:
    """The function that knows each clock: its kind is the first part of its row's name, and so long it may last."""
    rows = ",".join(
        f"('{row.name.partition('.')[0]}', '{row.name}', '{{{','.join(rung.name for rung in row.rungs)}}}'::text[],"
        f" interval '{_hours(row.target.at_most)} hours', interval '{_hours(row.longest)} hours',"
        f" {row.name.partition('.')[0] not in FROM_A_DAY})"
        for row in CLOCKS.values()
    )
    return (
        "drop function if exists clock_is_known(text, text, text);"  # nosec B608 - from our own lists
        " create or replace function clock_known(p_clock text, p_row text)"
        " returns table (rungs text[], target interval, longest interval, from_now boolean)"
        " language sql immutable set search_path = '' as $$"
        f" select k.rungs, k.target, k.longest, k.from_now from (values {rows})"
        " k (clock_code, row_code, rungs, target, longest, from_now)"
        " where k.clock_code = p_clock and k.row_code = p_row $$"
    )


def _hours(span: timedelta) -> int:
    return span // timedelta(hours=1)
