"""The owner of the tables makes the ledger's own function strict: an act leaves no row, and all is called well.

Red on 3a4afea: `ledger_write` gets null for whatever an act does not say. A strict function is not called at all where
something is null, and answers null; nobody looked at the answer. What `walls_as_made` compared was the text of a
function and its settings, and both were as before: it could stay so for good. Now the act is undone, and it is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, transaction

from hamkori.audit import standing
from hamkori.vault.proof import prove
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.audit.working import Worker
from tests.database import raw

pytestmark = pytest.mark.django_db(transaction=True)

WRITE = "ledger_write(text,text,uuid,uuid,uuid,uuid,text,text,text,uuid,uuid,text,int,uuid,text,uuid,int)"
SYSTEM = "ledger_system(text,text,text,text,text,uuid,uuid,text,int,uuid,text,uuid,int)"
NO_ROW = "XXHK1"
NONE = "create or replace function date_is_none() returns trigger language plpgsql set search_path = '' as $${}$$"
SWALLOWS = "begin return null; end "
REFUSES = """
begin
  raise exception 'no date' using errcode = 'HK403';
end """
# What is done, what undoes it, and whom it is said of. The trigger of another room asks the pages alone by itself.
CHANGES = {
    "the writer is strict": (
        [f"alter function {WRITE} strict"],
        [f"alter function {WRITE} called on null input"],
        "ledger_write",
    ),
    "a door is strict": (
        [f"alter function {SYSTEM} strict"],
        [f"alter function {SYSTEM} called on null input"],
        "ledger_system",
    ),
    "a trigger of another room swallows": (
        [
            NONE.format(SWALLOWS),
            (
                "create or replace trigger date_is_none before insert on ledger"
                " for each row execute function date_is_none()"
            ),
        ],
        [],
        "date_is_none",
    ),
}


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Iterator[Worker]:
    (kept,) = owner(
        "select pg_get_triggerdef(oid) as made from pg_trigger"
        " where tgname = 'date_is_none' and tgrelid = 'ledger'::regclass"
    )
    yield Worker(tmp_path)
    owner(NONE.format(REFUSES))
    owner(kept["made"].replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER"))


@pytest.mark.parametrize("kind", CHANGES)
def test_an_act_that_leaves_no_row_is_undone_and_it_is_said_that_the_walls_were_changed(
    worker: Worker, kind: str
) -> None:
    does, undoes, says = CHANGES[kind]
    worker.days(2)
    before = owner("select count(*) as n from ledger")[0]["n"]
    for statement in does:
        owner(statement)
    try:
        for _ in range(3):
            with pytest.raises(DatabaseError, match="an act left no row in the ledger"):
                worker.write()
        worker.wait(hours=5)
        worker.work()
        with raw("hk_clock") as clock:
            said = standing.faults(clock, worker.witness)
        report = worker.report()
    finally:
        for statement in undoes:
            owner(statement)
    tried(3)
    assert owner("select count(*) as n from ledger")[0]["n"] == before
    assert any(says in one for one in said), said
    assert not report.is_whole


def test_what_another_room_does_is_undone_too(worker: Worker) -> None:
    """The key of an epoch is told to be gone: its row of the ledger is written by the definer that keeps it."""
    owner(f"alter function {WRITE} strict")
    try:
        with transaction.atomic():
            at, shown = prove(doors.house(), "release.destroyed", 99, "")
        with raw("hk_app") as pages:
            with pytest.raises(psycopg.Error) as caught:
                pages.execute("select release_destroyed(99, %s, %s)", [at, shown])
            assert caught.value.sqlstate == NO_ROW
    finally:
        owner(f"alter function {WRITE} called on null input")
    tried()
    assert owner("select from release_epoch where number = 99") == []


def test_a_rule_that_was_there_for_a_moment_swallows_nothing_afterwards(worker: Worker) -> None:
    """A session that has once asked under such a rule goes on as if it were there: what it plans names no table."""
    write = b"select ledger_system('referral.lapse', 'done', '', '', '', null, null, '', null, null, '', null, null)"
    with raw("hk_clock") as clock:
        for statement in ("create rule his as on insert to ledger do instead nothing", "drop rule his on ledger"):
            owner(statement)
            with pytest.raises(psycopg.Error) as caught:
                clock.execute(write)
            assert caught.value.sqlstate == NO_ROW
            clock.rollback()
            tried()
        assert standing.seen(clock) == [], "nobody sees it any more, and the act is undone all the same"
    worker.write()
