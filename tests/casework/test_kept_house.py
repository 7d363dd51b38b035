"""What is put back in place of being taken is what was taken; and whoever has done something else takes each step."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from hamkori.casework.consent.actions import consent
from hamkori.vault import server
from tests import database
from tests.casework.kept_house import KeptHouse, kept_house, statements
from tests.casework.racing import LEAD, now, state
from tests.rows import Rows

THE_WORLD = "update world set \"offset\" = interval '3 days'"


@pytest.fixture
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[KeptHouse]:
    with kept_house(django_db_blocker) as made:
        yield made


def test_who_begins_alike_is_given_the_same(house: KeptHouse) -> None:
    house.begins()
    case, referral = house.accepted()
    before, marks = Rows.of(database.behind()), server.marks().all()
    house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    assert state(referral) == "withdrawn"
    assert server.marks().all() != marks
    house.begins()
    again, sent = house.accepted()
    assert (again, sent) == (case, referral)
    assert again is not case, "nobody's changes are in it"
    assert state(sent) == "accepted"
    assert (Rows.of(database.behind()).sums, server.marks().all()) == (before.sums, marks)
    house.as_(LEAD, lambda actor: consent.withdraw(actor, again, how_said="in_person"))
    assert state(sent) == "withdrawn", "it goes on as any other"


def test_what_follows_is_put_back_too_and_of_another_case_it_is_taken(house: KeptHouse) -> None:
    house.begins()
    case, referral = house.sent(house.case())
    house.begins()
    assert house.sent(house.case()) == (case, referral)
    house.begins()
    first, second = house.case(), house.case()
    assert first == case
    assert second != case
    assert house.sent(first)[1] != referral, "the second is there as well"


def test_what_can_still_be_stopped_was_sent_just_now(house: KeptHouse) -> None:
    """Kept, it would soon be a request that the desk has seen."""
    house.begins()
    case, first = house.sent(urgency="normal")
    house.begins()
    same, second = house.sent(urgency="normal")
    assert (same, second) == (case, first), "until it is sent all is as it was kept"
    assert second.visible_at > first.visible_at


def test_who_has_asked_anything_before_takes_each_step(house: KeptHouse) -> None:
    house.begins()
    case = house.case()
    house.begins()
    with database.as_owner() as owner:
        owner.execute(THE_WORLD)
    assert house.case() != case
    with database.as_owner() as owner:
        assert owner.execute('select "offset" is not null from world').fetchone() == (True,), "and what he did stands"


def test_a_statement_of_any_connection_is_counted(house: KeptHouse) -> None:
    before = statements.sent
    house.token(LEAD)
    ours = statements.sent
    with database.raw("hk_app") as pages, pages.cursor() as cursor:
        cursor.execute("select 1")
    assert before < ours < statements.sent


def test_rows_that_were_changed_or_deleted_are_there_again_and_a_held_one_is_left(house: KeptHouse) -> None:
    behind = database.behind()
    before = Rows.of(behind)
    with psycopg.connect(database.address("postgres")) as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("update app_user set name = 'Mallory'")
        superuser.execute("delete from credential")  # it has a column that the database writes itself
        superuser.execute(THE_WORLD)
    with psycopg.connect(database.address("postgres")) as other:
        other.execute("lock table world")
        assert not before.put_back(behind)
    assert Rows.of(behind).sums != before.sums
    assert before.put_back(behind)
    again = Rows.of(behind)
    assert (again.tables, again.sums, again.counters) == (before.tables, before.sums, before.counters)
    assert in_order(again) == in_order(before), "a row may lie in another place of its table than before"


def in_order(rows: Rows) -> dict[str, list[str]]:
    return {name: sorted(found) for name, found in rows.texts.items()}


def test_a_request_of_the_house_is_as_the_pages_read_it(house: KeptHouse) -> None:
    house.begins()
    _, referral = house.sent()
    house.begins()
    assert now(house.sent()[1]).version == referral.version
