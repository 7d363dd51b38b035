"""The database refuses her "no" in the words in which this server speaks of a mismatch: nobody is told.

What could not be written down is marked, and the page says that the operator has been told. Who tells him is the alarm,
and `HerNo` raises none where the refusal is called `tag_mismatch` already: for that one was raised where it was found.
But a refusal of the database's brings its name along (HK409), and its owner calls it as he likes: no line in the file
of alarms, and in the ledger a refusal like any other. Red on d57058f.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hamkori.refusal import NotNow
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import SAID, this_request
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House, recalling

pytestmark = pytest.mark.alarms


@contextmanager
def refusing(table: str, word: str) -> Iterator[None]:
    owner(
        "create or replace function no_row() returns trigger language plpgsql as"
        f" $do$ begin raise exception '{word}' using errcode = 'HK409'; end $do$;"
        f'create trigger no_row before insert on "{table}" for each row execute function no_row()'
    )
    try:
        yield
    finally:
        owner(f'drop trigger no_row on "{table}"; drop function no_row()')


@pytest.mark.parametrize("word", ["tag_mismatch", "version_same"])
@pytest.mark.parametrize("says", [*SAID, this_request])
def test_the_operator_is_told(house: House, says: Callable[..., None], word: str) -> None:
    case, referral = house.accepted()
    server.alarm(Untrusted("row", "unread"))  # of those that name no row one a minute is raised: it says nothing of her
    before = alarms()
    table = "referral_step" if says is this_request else "consent"
    with refusing(table, word), pytest.raises(NotNow, match="unwritten"):
        says(house, case, referral)
    tried()
    assert alarms() != before, "the page says that he has been"


def test_nobody_is_told_that_it_goes_nowhere_where_nothing_is_marked(house: House) -> None:
    """Her worker recalls a request, and the database refuses that in the words that are said of her own "no"."""
    _case, referral = house.accepted()
    before = alarms()
    with refusing("referral_step", "unwritten"), pytest.raises(NotNow) as refusal:
        house.as_(LEAD, recalling(referral).do)
    tried()
    told = refusal.value.guard
    assert told != "unwritten" or alarms() != before, f"told that it goes nowhere, and {reads(house, referral)} is read"
