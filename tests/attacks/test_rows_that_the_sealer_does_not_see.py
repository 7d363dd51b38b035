"""The owner of the tables changes by which words the sealer sees rows, and what is said of those that wait.

Red on 3f58cb0: both were his to change, the policy `ledger_for_the_sealer` and the function `sealer_standing`. The
sealer worked each second and beat, saw nothing, and `status` and `audit-verify` called all well for as long as he
liked; meanwhile he changed rows that nobody had sealed, put both back, and the changed rows were sealed as honest ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hamkori.audit import standing
from hamkori.audit.restoring import find
from hamkori.audit.witness import WitnessRefused
from hamkori.site.health import pulse
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.audit.working import Worker
from tests.database import raw

pytestmark = pytest.mark.django_db(transaction=True)

HONEST = "alter policy ledger_for_the_sealer on ledger using (true)"
BLIND = "alter policy ledger_for_the_sealer on ledger using (id <= {last})"
LIES = """
create or replace function sealer_standing()
  returns table (beat interval, waiting bigint, waits interval, unsigned interval, has_row boolean)
  language sql stable security definer set search_path = '' as $$
    select interval '0', 0::bigint, null::interval, null::interval, true $$
"""
SWALLOWS = (
    "create function swallows() returns trigger language plpgsql as $$ begin return null; end $$",
    "create trigger ledger_no_more before insert on ledger for each row execute function swallows()",
)
# What is done, what undoes it, and what is said meanwhile.
CHANGES = {
    "another policy": (
        ["create policy his on ledger as restrictive for select using (false)"],
        ["drop policy his on ledger"],
        "the policy his on ledger is",
    ),
    "a policy that is gone": (
        ["drop policy clock_reads on ledger_seal"],
        ["create policy clock_reads on ledger_seal for select to hk_clock using (true)"],
        "the policy clock_reads on ledger_seal is",
    ),
    "a rule": (
        ["create rule his as on insert to ledger do instead nothing"],
        ["drop rule his on ledger"],
        "ledger is no plain table",
    ),
    "a trigger that swallows rows": (
        list(SWALLOWS),
        ["drop trigger ledger_no_more on ledger", "drop function swallows()"],
        "the trigger ledger_no_more on ledger is",
    ),
    "a trigger that is off": (
        ["alter table ledger disable trigger ledger_rows_stay"],
        ["alter table ledger enable trigger ledger_rows_stay"],
        "the trigger ledger_rows_stay on ledger is",
    ),
    "a function beside the one": (
        ["create function ledger_write(int) returns int language sql as $$ select 1 $$"],
        ["drop function ledger_write(int)"],
        "not those of this source: ledger_write",
    ),
    "a function that looks for names elsewhere": (
        ["alter function sealer_standing() set search_path = public"],
        ["alter function sealer_standing() set search_path = ''"],
        "not those of this source: sealer_standing",
    ),
}


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Iterator[Worker]:
    kept = as_made()
    yield Worker(tmp_path)
    owner(HONEST)
    owner(kept)


def as_made() -> str:
    """The function `sealer_standing` as this source made it."""
    made: str = owner("select pg_get_functiondef('sealer_standing()'::regprocedure) as made")[0]["made"]
    return made


def wrong(worker: Worker) -> list[list[str]]:
    """What is wrong, by each of both commands."""
    report = worker.report()
    with raw("hk_clock") as clock:
        return [standing.faults(clock, worker.witness), [] if report.is_whole else report.lines()]


def test_it_is_said_that_nothing_is_sealed_any_more(worker: Worker) -> None:
    worker.days(2)
    last, kept = owner("select max(id) as n from ledger")[0]["n"], as_made()
    owner(BLIND.format(last=last))
    owner(LIES)
    worker.write(3)
    with pytest.raises(WitnessRefused, match=r"rows of the ledger may be hidden .*ledger_for_the_sealer"):
        worker.work()
    worker.wait(hours=5)
    for said in wrong(worker):
        assert any("the policy ledger_for_the_sealer on ledger is" in line.lower() for line in said), said
        assert any("sealer_standing" in line for line in said), said
    owner(HONEST)
    owner(kept)
    worker.wait(minutes=3)
    assert worker.work() == 3
    assert wrong(worker) == [[], []]
    tried(2)


def test_what_is_hidden_is_not_taken_for_lost_by_a_backup(worker: Worker) -> None:
    """Red on 5f45f7f: the log asked whether a backup was put back, and the command for it went on without the rows."""
    worker.days(2)
    last = owner("select max(id) as n from ledger_seal")[0]["n"]
    owner(f"alter policy clock_reads on ledger_seal using (id < {last})")
    try:
        for does in (worker.work, worker.sign, lambda: find(worker.witness)):
            with pytest.raises(WitnessRefused, match=r"rows of the ledger may be hidden .*clock_reads on ledger_seal"):
                does()
    finally:
        owner("alter policy clock_reads on ledger_seal using (true)")
    assert worker.work() == 0
    tried(3)


@pytest.mark.parametrize("kind", CHANGES)
def test_each_change_of_what_the_ledger_stands_on_is_said(worker: Worker, kind: str) -> None:
    does, undoes, says = CHANGES[kind]
    worker.days(1)
    assert wrong(worker) == [[], []]
    for statement in does:
        owner(statement)
    try:
        with raw("hk_clock") as clock:
            said = standing.seen(clock)
        assert any(says in one for one in said), said
        with raw("hk_app") as pages:
            (sign,) = pulse.chain(pulse.Here(connection=pages))
        assert sign.well, "a database that was changed is no reason to take the pages away"
    finally:
        for statement in undoes:
            owner(statement)
    tried()
