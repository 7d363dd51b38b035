"""Her word is committed, and its mark waits for the disk: whoever waited for the lock reads the version of before.

The database's lock of the case is free at the commit, the mark is raised a moment later (`server.mark`), behind the
lock of the file that any other page holds while it syncs. Where the disk is slow that is long, and the owner makes it
slow. A page that waited went on at once, and where the database showed it the version of before (a policy of the
owner's), no mark said that there is another. It carried the yes, and had the higher number. Red on a8f2a28, without an
alarm: her name was read.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import accept, rows_of, says, sends, version_of
from tests.attacks.owned import owner
from tests.attacks.test_a_lock_that_locks_nothing import said
from tests.attacks.test_former_permits import reads
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import COLLEAGUE, House, withdrawal
from tests.casework.side_by_side import LONG, Doing, run, waits

pytestmark = pytest.mark.alarms

WHILE = 2.0
"""Seconds that the disk takes: enough to write a word of hers, less than a page waits."""


@contextmanager
def somebody_syncs() -> Iterator[None]:
    """Another page is adding its own mark, and the disk takes its time."""
    with Path(settings.HAMKORI_MARKS, "marks").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def a_policy() -> Iterator[None]:
    """Made before, since it locks the table; it hides the number that he writes down."""
    owner(
        "create table hidden as select 0 as number;"
        "create function until() returns integer language sql stable security definer set search_path = public as"
        " $$ select number from hidden $$; grant execute on function until() to hk_app;"
        "create policy earlier on consent as restrictive for select to hk_app using (number <> until())"
    )
    connection.close()
    try:
        yield
    finally:
        owner("drop policy earlier on consent; drop function until(); drop table hidden")


def test_who_waited_for_her_word_writes_on_it_and_not_on_the_one_before(house: House) -> None:
    case = house.case(COLLEAGUE)
    draft = house.draft(case)
    says(house, case)
    before, read, number = alarms(), {}, version_of(case)["number"]
    one, two = Doing(), Doing()
    two.may_commit.set()
    with a_policy(), ThreadPoolExecutor(2) as pool:
        earlier = pool.submit(run, house.world, withdrawal(case), one)
        assert one.acted.wait(LONG)
        later = pool.submit(run, house.world, said(case, "police", "no", COLLEAGUE), two)
        assert two.began.wait(LONG)
        while not waits(two):
            time.sleep(0.005)
        with somebody_syncs():
            owner("update hidden set number = %s", number + 1)
            one.may_commit.set()
            two.acted.wait(WHILE)
        words = earlier.result(LONG), later.result(LONG)
    stands = {row["kind_code"]: row["answer_code"] for row in rows_of(case)}
    with suppress(NotNow):
        sends(house, draft)
        accept(house, draft)
        read = reads(house, draft)
    told = alarms() != before
    tried()
    assert words[0] != "done" or read == {}, (
        f"everything taken back: {words}, and {stands['shelter_social']!r} stands; her name is read; alarm: {told}"
    )
