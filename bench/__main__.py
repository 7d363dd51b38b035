"""Times the main pages and acts on the demonstration's world times 50; writes docs/performance.md when asked.

Pages are asked through the whole of Django (middleware, policy, row security, templates) in one process; acts are
called as people and committed. Beside each stands the plain SQL for the same rows, as a superuser without row
security. Times are medians and 95th percentiles of one run on one machine: compare ratios, not machines.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import django
import psycopg

TIMES = 50
REPEATS = 60
ACTS = 25
AT_LEAST, SECONDS = 10, 20.0  # a slow page is asked less often, so that the run stays short enough to be made


@dataclass(frozen=True)
class Timing:
    """One line of the table, in milliseconds."""

    name: str
    p50: float
    p95: float
    sql: float
    rows: int

    def line(self) -> str:
        """As a row of a Markdown table."""
        ratio = f"{self.p50 / self.sql:.0f}" if self.sql else "-"
        return f"|{self.name}|{self.rows}|{self.p50:.1f}|{self.p95:.1f}|{self.sql:.2f}|{ratio}|"


def measured(act: Callable[[], Any], repeats: int) -> list[float]:
    """Milliseconds of each repeat, after two that do not count; fewer repeats where they take longer than SECONDS."""
    for _warm in range(2):
        act()
    found: list[float] = []
    while len(found) < repeats and (len(found) < AT_LEAST or sum(found) < SECONDS * 1000):
        began = time.perf_counter()
        act()
        found.append((time.perf_counter() - began) * 1000)
    return found


def timing(name: str, act: Callable[[], Any], sql: Callable[[], int], repeats: int = REPEATS) -> Timing:
    """The act and the plain SQL, one after the other in the same run."""
    found = measured(act, repeats)
    rows = sql()
    plain = measured(sql, repeats)
    return Timing(name, median(found), quantiles(found, n=20)[18], median(plain), rows)


PLAIN = {
    "Today": (
        'select c.*, r.* from case_access a join "case" c on c.id = a.case_id'
        " left join referral_origin o on o.case_id = c.id left join referral r on r.id = o.referral_id"
        " where a.membership_id = %(caseworker)s and a.ended_at is null and c.state_code in ('draft', 'open')"
    ),
    "sent list": (
        "select r.* from case_access a join referral_origin o on o.case_id = a.case_id"
        " join referral r on r.id = o.referral_id where a.membership_id = %(caseworker)s and a.ended_at is null"
        " order by r.sent_at desc limit 25"
    ),
    "case list": (
        'select c.* from case_access a join "case" c on c.id = a.case_id where a.membership_id = %(caseworker)s'
        " and a.ended_at is null order by a.opened_at desc, a.case_id desc limit 25"
    ),
    "inbox": (
        "select r.*, k.* from referral r join referral_card k on k.referral_id = r.id"
        " where r.to_organisation_id = %(shelter)s and r.state_code = 'sent' and r.visible_at <= hk_now()"
        " order by r.answer_due_at limit 25"
    ),
    "case page": ('select c.*, s.* from "case" c left join case_step s on s.case_id = c.id where c.id = %(case)s'),
}


def main() -> int:
    """Multiplies the world, measures, prints the table; `--write` puts it into docs/performance.md."""
    parser = argparse.ArgumentParser(prog="hamkori bench")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    arguments = parser.parse_args()
    django.setup()
    from bench import acts, pages, starts, world
    from hamkori.site.database import logins

    with psycopg.connect(os.environ["BENCH_SUPERUSER_URL"], autocommit=True, options=logins.options()) as owner:
        counts = world.multiply(owner, TIMES)
        people = pages.People.find(owner)
        table: list[Timing] = []
        for name, url, client in pages.asked(people):
            statement = PLAIN[name]
            table.append(timing(name, partial(pages.get, client, url), _plain(owner, statement, people)))
        table += acts.timed(owner, people, timing, ACTS)
        table += starts.timed(owner, timing, ACTS)
    text = report(table, counts)
    sys.stdout.write(text)
    if arguments.write:
        Path("docs/performance.md").write_text(text)
    return 0


def _plain(owner: psycopg.Connection, statement: str, people: Any) -> Callable[[], int]:
    return lambda: len(owner.execute(statement, people.values).fetchall())


def report(table: list[Timing], counts: dict[str, int]) -> str:
    """The page: machine, command, world, table."""
    version = platform.python_version()
    head = (
        "# Performance\n\nMade by `./hamkori bench --write` on a shared machine; compare ratios within a run, not"
        f" machines.\n\n- Machine: {os.cpu_count()} cores, {platform.machine()}, Python {version}\n"
        f"- World: the demonstration times {TIMES}: {counts['case']} cases, {counts['referral']} referrals,"
        f" {counts['case_access']} access rows\n"
        "- Pages: whole requests in one process, vault open; acts: called and committed, encryption included\n"
        "- Plain SQL: the same rows, as a superuser without row security\n"
        "- The rail's numbers (`my_counts`, one query of every page; measured by hand in November 2026, in the"
        " demonstration itself, busy machine, median of 25): 13 ms for a case worker, 20 for a supervisor, 29 for the"
        " coordinator, 3 to 10 for others\n\n"
        "|what|rows|p50 ms|p95 ms|plain SQL ms|ratio|\n|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(row.line() for row in table) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
