"""Whether what was said to be done is done, once and whole; asked of the database by its superuser."""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psycopg

from hamkori.site.database.cluster import Cluster
from hamkori.site.launch.servers import DATABASE
from tests.chaos.people import Act, Notes
from tests.site.elsewhere import hamkori


@dataclass
class Judgement:
    """What is wrong, each kind by itself; all empty is well."""

    acts: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """All of it, in words."""
        named = vars(self).items()
        return [f"{name}: {one}" for name, found in named if isinstance(found, list) for one in found]


def judge(data: Path, notes: list[Notes], since: str) -> Judgement:
    """Compare what the workers remember with what is there. `since`: the world's time when they began."""
    found = Judgement(acts=sum(len(one.acts) for one in notes))
    with psycopg.connect(Cluster(data).superuser_url(DATABASE), autocommit=True) as database:
        _operations(database, [act for one in notes for act in one.acts], found)
        _cases(database, [code for one in notes for code in one.begun], since, found)
    said = _command(data, "audit-verify")
    if said.returncode:
        found.ledger += (said.stdout or said.stderr).splitlines()[-3:]
    alarms = data / "marks" / "alarms"
    found.alarms = alarms.read_text().splitlines() if alarms.exists() else []
    said = _command(data, "tags", "status")
    if said.returncode:
        found.alarms += said.stdout.splitlines()
    return found


def _operations(database: psycopg.Connection, acts: list[Act], found: Judgement) -> None:
    ids = [UUID(act.operation) for act in acts]
    kept = {
        row[0] for row in database.execute("select operation_id from operation where operation_id = any (%s)", [ids])
    }
    rows = Counter(
        row[0]
        for row in database.execute(
            "select operation_id from ledger where operation_id = any (%s) and decision_code = 'done'", [ids]
        )
    )
    for act, operation in zip(acts, ids, strict=True):
        if operation not in kept and not rows[operation]:
            found.lost.append(f"{act.address} {operation}")
        elif operation not in kept or not rows[operation]:
            found.half.append(
                f"{act.address} {operation}: {'no row of the ledger' if operation in kept else 'no operation'}"
            )
        elif rows[operation] > 1:
            found.doubled.append(f"{act.address} {operation}: {rows[operation]} rows of the ledger")
    unsaid = database.execute(
        "select o.operation_id from operation o where not exists"
        " (select 1 from ledger l where l.operation_id = o.operation_id)"
    ).fetchall()
    found.half += [f"the operation {row[0]} has no row of the ledger" for row in unsaid]


def _cases(database: psycopg.Connection, codes: list[str], since: str, found: Judgement) -> None:
    """Each case is there with its keys and its row of the ledger, also one whose beginning nobody was told of."""
    rows = database.execute(
        "select c.code, exists (select 1 from section_key k where k.case_id = c.id),"
        " exists (select 1 from ledger l where l.case_id = c.id and l.decision_code = 'done')"
        ' from "case" c where c.begun_at >= %s',
        [since],
    ).fetchall()
    there = {row[0] for row in rows}
    found.lost += [f"the case {code}" for code in codes if code not in there]
    found.half += [f"the case {row[0]} has no key" for row in rows if not row[1]]
    found.half += [f"the case {row[0]} has no row of the ledger" for row in rows if not row[2]]


def _command(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return hamkori(*words, HAMKORI_DATA=str(data))
