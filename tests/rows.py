"""Rows of this process's database put back beside connections that stay open: in a fraction of what a step costs.

What has come since is taken out of all tables by one statement that the server has planned before; only rows that were
changed or deleted are written. Unlike tests/resetting.py it ends nobody and asks nothing but rows and counters: what
somebody has changed of tables, rights and functions stays as it is, as between any two tests of a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import LiteralString

import psycopg
from psycopg import sql

TABLES = """
select relname, array_agg(attname::text order by attnum) filter (where attgenerated = '')
from pg_class join pg_attribute on attrelid = pg_class.oid
where relkind = 'r' and relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped
group by relname order by relname
"""
COUNTERS = "select quote_ident(sequencename), start_value, last_value from pg_sequences where schemaname = 'public'"
OF_ROWS: LiteralString = "select {1}, count(*), sum(hashtextextended(t::text, 0)) from public.{0} t"
NEW: LiteralString = "{1} as (delete from public.{0} t where hashtextextended(t::text, 0) <> all(%s::bigint[]))"
MISSING: LiteralString = (
    "insert into public.{0} ({1}) overriding system value select {2} from (select one::public.{0} as row"
    " from unnest(%s::text[]) one where one not in (select t::text from public.{0} t) offset 0) missing"
)
BESIDE = (
    "set local session_replication_role = replica",  # no trigger: each row as it was
    "set local lock_timeout = '2s'",  # that is how long somebody may hold on to one
    "set local plan_cache_mode = force_generic_plan",
)

Sums = dict[str, tuple[int, object]]
Counter = tuple[str, int, int | None]


@dataclass(frozen=True)
class Rows:
    """What stands in the tables: columns, how many rows with which sum, each as text and hash. And the counters."""

    tables: dict[str, list[str]]
    sums: Sums
    texts: dict[str, list[str]]
    hashes: dict[str, str]
    counters: frozenset[Counter]

    @classmethod
    def of(cls, asked: psycopg.Connection, before: Rows | None = None) -> Rows:
        """As it is now. `before`: what was asked then; what stands as it stood is not read again."""
        tables = before.tables if before else dict(asked.execute(TABLES).fetchall())
        sums, texts, hashes = _sums(asked, tuple(tables)), {}, {}
        for name, found in sums.items():
            if before and before.sums[name] == found:
                texts[name], hashes[name] = before.texts[name], before.hashes[name]
            else:
                rows = asked.execute(
                    sql.SQL("select t::text, hashtextextended(t::text, 0) from public.{} t").format(_named(name))
                ).fetchall()
                texts[name] = [text for text, _ in rows]
                hashes[name] = "{" + ",".join(str(number) for _, number in rows) + "}"
        counters = frozenset(asked.execute(COUNTERS, prepare=True).fetchall())
        asked.commit()
        return cls(tables, sums, texts, hashes, counters)

    def put_back(self, asked: psycopg.Connection) -> bool:
        """False, and nothing is done, where a table is not as it was, or somebody holds on to one."""
        try:
            for setting in BESIDE:
                asked.execute(setting)
            asked.execute(_taken_out(tuple(self.tables)), [self.hashes[name] for name in self.tables], prepare=True)
            missing = self._changed(asked)
            for name in missing:
                asked.execute(_missing(name, tuple(self.tables[name])), [self.texts[name]], prepare=True)
            for counter, start, last in self.counters - set(asked.execute(COUNTERS, prepare=True).fetchall()):
                values = [counter, start if last is None else last, last is not None]
                asked.execute("select setval(%s, %s, %s)", values, prepare=True)
            if missing and self._changed(asked):
                asked.rollback()
                return False
            asked.commit()
        except psycopg.DatabaseError:
            asked.rollback()
            return False
        return True

    def _changed(self, asked: psycopg.Connection) -> list[str]:
        return [name for name, found in _sums(asked, tuple(self.tables)).items() if self.sums[name] != found]


def _named(table: str) -> sql.Identifier:
    return sql.Identifier(table)


@cache
def _question(tables: tuple[str, ...]) -> bytes:
    parts = [sql.SQL(OF_ROWS).format(_named(name), name).as_string() for name in tables]
    return " union all ".join(parts).encode()


@cache
def _taken_out(tables: tuple[str, ...]) -> bytes:
    parts = [sql.SQL(NEW).format(_named(name), _named(f"new {name}")).as_string() for name in tables]
    return f"with {', '.join(parts)} select 1".encode()


@cache
def _missing(table: str, columns: tuple[str, ...]) -> bytes:
    names = [_named(name) for name in columns]
    of_a_row = [sql.SQL("(row).{}").format(name) for name in names]
    comma = sql.SQL(", ")
    return sql.SQL(MISSING).format(_named(table), comma.join(names), comma.join(of_a_row)).as_bytes()


def _sums(asked: psycopg.Connection, tables: tuple[str, ...]) -> Sums:
    found = asked.execute(_question(tables), prepare=True).fetchall()
    return {name: (number, total) for name, number, total in found}
