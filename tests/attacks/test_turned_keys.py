"""The owner of the database waits for the turn of a key: nothing of his is done again with the rest.

A turn that tagged or locked whatever lies there would vouch for every row that he has planted, changed or put back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoDbBlocker

from hamkori.people import totp
from hamkori.people.actions import posts
from hamkori.people.sign_in import WrongPassphrase, acting_as, knock
from hamkori.site.tags.tagged import TURNED
from hamkori.vault import server
from hamkori.vault.bytes import Sealed, Untrusted
from tests.attacks.counted import tried
from tests.casework.racing import COLLEAGUE, DESK, LEAD, WORKER, House
from tests.database import god
from tests.site import turned
from tests.site.turned import a_day_later, as_owner, sql, turn, versions

pytestmark = [pytest.mark.alarms]
SUPERVISOR = "supervisor-cso"
open_database = turned.open_database


@pytest.fixture
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[House]:
    """A world for each test: what is planted stays planted."""
    with turned.a_house(django_db_blocker, tmp_path) as made:
        yield made


def tag_of(table: str, row: Any) -> bytes:
    return bytes(sql(f"select tag from {table} where id = %s", row)[0][0])


def test_what_he_planted_changed_or_put_back_is_not_tagged_again(house: House) -> None:
    """For each kind: a changed row, and one below its mark, keep the old tag, and that key is gone."""
    house.accepted()
    house.sent()
    changes = {
        "organisation": "slug = slug || '-x'",
        "membership": "serial = serial + 1",
        "invitation": "name = name || 'x'",
        "person_key": "public = sha256('his')",
        "body_key": "public = sha256('his')",
        "case_access": "sections = array['identity']",
        "referral_access": "sections = array['identity']",
        "section_key": "commitment = sha256('his')",
        "consent": "how_given_code = 'written'",
        "two_person": "expires_at = expires_at + interval '1 day'",
    }
    assert changes.keys() == {kind.table for kind in TURNED}
    his: dict[tuple[str, Any], bytes] = {}
    for table, change in changes.items():
        rows = sql(f"select id, tag from {table} where tag <> '' order by id")
        for row, tag in rows[:1]:
            sql(f"update {table} set {change} where id = %s", row)
            his[table, row] = bytes(tag)
    old = house.world.people[SUPERVISOR]
    server.marks().raise_to("key", old.user_id, 9)
    (row,) = sql("select id from person_key where user_id = %s and ended_at is null", old.user_id)[0]
    his["person_key", row] = tag_of("person_key", row)
    assert {table for table, _row in his} >= changes.keys() - {"invitation", "two_person"}

    number = turn("tag").number
    for _day in range(6):
        assert turn("tag").number == number
        a_day_later()
    assert turn("tag").forgotten == (number - 1,)
    assert versions("tag") == (number,)
    for (table, row), tag in his.items():
        assert tag_of(table, row) == tag, f"{table} was tagged again"
        assert int.from_bytes(tag[:2], "big") < number
        tried()
    for kind in TURNED:
        left = sql(f"select id from {kind.table} where tag <> '' and get_byte(tag, 1) < %s", number)
        mine = {row for table, row in his if table == kind.table}
        if kind.name not in ("consent", "key", "request"):  # there, what is below its mark stays behind too
            assert {row for (row,) in left} == mine, kind.table
    with as_owner():
        held = [
            (kind.table, row.id) for kind in TURNED for row in kind.read() if server.trust().holds(row.fact, row.tag)
        ]
    assert not {one for one in his if one in held}


def test_a_seed_that_he_moved_is_not_locked_again(house: House) -> None:
    """Somebody else's seed, and one that was replaced: they open nothing before the turn and nothing after."""
    hers, victim = (house.world.people[who].user_id for who in (LEAD, COLLEAGUE))
    (seed,) = sql("select data::text from mfa_authenticator where user_id = %s and type = 'totp'", hers)[0]
    sql("update mfa_authenticator set data = %s::jsonb where user_id = %s and type = 'totp'", seed, victim)
    for _day in range(6):
        assert turn("kept").left == 1
        a_day_later()
    assert len(turn("kept").forgotten) == 1
    (after,) = sql("select data::text from mfa_authenticator where user_id = %s and type = 'totp'", victim)[0]
    assert after == seed, "his is left as it was"
    tried()
    for user in (victim, hers):
        with pytest.raises((Sealed, Untrusted)):
            totp.require_own(server.keyring(), user, "totp", json.loads(seed))
        tried()
    (own,) = sql("select data::text from mfa_authenticator where user_id = %s and type = 'totp'", hers)[0]
    totp.require_own(server.keyring(), hers, "totp", json.loads(own))


def test_a_permit_that_he_moved_is_not_locked_again(house: House) -> None:
    _case, first = house.sent()
    _other, second = house.sent()
    (permit,) = sql("select permit from referral_sender where referral_id = %s", first.pk)[0]
    sql("update referral_sender set permit = %s where referral_id = %s", bytes(permit), second.pk)
    turn("kept")
    a_day_later()
    turn("kept")
    (after,) = sql("select permit from referral_sender where referral_id = %s", second.pk)[0]
    assert bytes(after) == bytes(permit)
    tried()
    with pytest.raises(Exception, match="tag_mismatch"):
        house.as_(DESK, lambda actor: house.accept(actor, second))


def test_who_was_released_before_the_turn_does_not_come_back_after_it(house: House) -> None:
    """Her old row with its good tag of before: the tag is of a key that is gone, and the mark stands."""
    member = house.world.membership(WORKER)
    (kept,) = sql("select serial, tag from membership where id = %s", member)
    ring = server.keyring()
    with transaction.atomic(), god():
        posts.change(ring, member, posts.Works("lawyer", frozenset({"case_worker"}), None))
    turn("tag")
    a_day_later()
    turn("tag")
    sql("alter table membership disable trigger tag_is_of_today")
    sql("update membership set serial = %s, tag = %s, function_code = '' where id = %s", *kept, member)
    sql("alter table membership enable trigger tag_is_of_today")
    tried()
    with pytest.raises(WrongPassphrase), transaction.atomic():
        acting_as(server.keyring(), member, house.world.people[WORKER].key).__enter__()


def test_nobody_slips_another_box_under_the_turn_of_a_pepper(house: House) -> None:
    """The definer takes a credential only with the proof of the keyring, over everything that it writes."""
    user = house.world.people[LEAD].user_id
    (login, box) = sql("select login_hash, box from credential where user_id = %s", user)[0]
    for values in ((user, login, b"x" * 34, box), (user, login, login, b"his")):
        with transaction.atomic(), connection.cursor() as cursor:
            knock(server.keyring(), f"{LEAD}@example.org")  # at her door, where it would be taken from us
            with pytest.raises(DatabaseError, match="proof refused"), transaction.atomic():
                cursor.execute("select credential_turn(%s, %s, %s, %s, 1, '\\x00')", list(values))
        tried()
    assert sql("select login_hash, box from credential where user_id = %s", user) == [(login, box)]
