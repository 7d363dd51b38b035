"""Writes the rules into the database: zone, clocks, codes, words of the ledger. The steps: `access.machines`."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.sql import SQL, Literal

from hamkori import definer
from hamkori.calendar.clocks import ClockRow, all_rows
from hamkori.casework import known, ledger_words

FROM_A_DAY = ("arrival", "consent")
"""Clocks that start on a day that is still to come; every other one starts when its step is taken."""

ZONE = SQL(
    "create or replace function house_zone() returns text"
    " language sql immutable parallel safe set search_path = '' as $$ select {}::text $$"
)
"""By which days and opening hours are reckoned in the database, where nobody who asks may bring a zone of their own."""


def write(connection: BaseDatabaseWrapper) -> None:
    """Writes them anew; run by `migrate` after the walls, as the owner."""
    definer.write(ZONE.format(Literal(settings.TIME_ZONE)), using=connection)
    definer.write(_clocks(), using=connection)
    definer.write(ledger_words.function(), using=connection)
    lists = definer.read(
        "select table_name || '.' || column_name from information_schema.columns"
        " where table_schema = 'public' and data_type = 'ARRAY'",
        using=connection,
    )
    for statement in known.triggers([name for (name,) in lists]):
        definer.write(statement, using=connection)


def _clocks() -> str:
    """The function that knows each clock: its kind is the first part of its row's name; so late each rung may be."""
    rows = ",".join(
        f"('{row.name.partition('.')[0]}', '{row.name}', '{{{','.join(rung.name for rung in row.rungs)}}}'::text[],"
        f" interval '{_hours(row.target.at_most)} hours', '{{{_limits(row)}}}'::interval[],"
        f" {row.name.partition('.')[0] not in FROM_A_DAY})"
        for row in all_rows()
    )
    return (
        "drop function if exists clock_is_known(text, text, text);"  # nosec B608 - from our own lists
        " drop function if exists clock_known(text, text);"
        " create function clock_known(p_clock text, p_row text)"
        " returns table (rungs text[], target interval, limits interval[], from_now boolean)"
        " language sql immutable set search_path = '' as $$"
        f" select k.rungs, k.target, k.limits, k.from_now from (values {rows})"
        " k (clock_code, row_code, rungs, target, limits, from_now)"
        " where k.clock_code = p_clock and k.row_code = p_row $$"
    )


def _limits(row: ClockRow) -> str:
    return ",".join(f"{_hours(rung.at_most(row.target))} hours" for rung in row.rungs)


def _hours(span: timedelta) -> int:
    return span // timedelta(hours=1)
