"""A function of the database is called by its name: what comes back, what is no name, and what a refusal becomes."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hamkori import definer
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from hamkori.vault.bytes import Untrusted
from hamkori.vault.proof import as_meant
from tests.database import god

pytestmark = pytest.mark.django_db

SPLIT = "regexp_split_to_table"
TYPED = "'; select pg_sleep(60); --"


def a_step(body: str) -> None:
    """A function as walls have them."""
    with god():
        definer.write(
            f"create function a_step() returns void language plpgsql security definer as $$ begin {body} end $$"
        )
        definer.write("grant execute on function a_step() to hk_app")


def test_one_value_one_row_rows_or_nothing() -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert definer.value("upper", TYPED) == TYPED.upper()
        assert definer.value("my_bodies") is None, "a table without a row"
        assert definer.rows(SPLIT, "a b c", " ", columns=SPLIT) == [("a",), ("b",), ("c",)]
        first = definer.row(SPLIT, "a b c", " ", columns=f"{SPLIT} current_database()")
        assert first == ("a", connection.settings_dict["NAME"])
        assert definer.row("my_bodies", columns="membership_id serial") is None
        definer.run("pg_catalog.pg_sleep", 0)
        definer.run("set_config", "hk.knock", TYPED, True)
        assert definer.value("current_setting", "hk.knock") == TYPED
    assert len(asked) == 8, "each is one statement"


@pytest.mark.parametrize(
    ("function", "columns"),
    [
        (TYPED, "id"),
        ("Upper", "id"),
        ("upper(1)", "id"),
        ("a.b.c", "id"),
        ("", "id"),
        ("upper", TYPED),
        ("upper", "a,b"),
    ],
)
def test_what_is_no_name_is_no_statement(function: str, columns: str) -> None:
    with CaptureQueriesContext(connection) as asked, pytest.raises(ValueError, match="no name"):
        definer.rows(function, columns=columns)
    assert not asked.captured_queries


def test_statements_that_are_no_function() -> None:
    assert definer.read("select %s::text || '%%'", "5") == [("5%",)]
    assert definer.read("select '5%'") == [("5%",)]
    with god():
        assert definer.write("update world set world_code = world_code where id = %s", 1) == 1
        assert definer.write("update world set world_code = world_code where id = 0") == 0
    many = definer.each("select * from generate_series(1, %s)", definer.BATCH + 1)
    assert sum(number for (number,) in many) == (definer.BATCH + 1) * (definer.BATCH + 2) // 2


def test_another_connection_by_its_name_or_itself() -> None:
    process = definer.value("pg_backend_pid")
    assert definer.value("pg_backend_pid", using="default") == process
    other = connection.copy("beside")
    try:
        assert definer.value("pg_backend_pid", using=other) != process
    finally:
        other.close()


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        ("'not_visible' using errcode = 'HK404'", NotVisible, ()),
        ("'case.edit' using errcode = 'HK403'", NotAllowed, ("case.edit",)),
        ("'from_state' using errcode = 'HK409', detail = '{\"state\": \"closed\"}'", NotNow, ("from_state",)),
        ("'proof refused' using errcode = 'HK412'", Untrusted, ("no valid tag on proof session_proof",)),
        ("'a fault' using errcode = 'P0001'", DatabaseError, None),
    ],
)
def test_a_refusal_goes_up_as_it_was_meant_and_nothing_stays(
    raised: str, kind: type[Exception], said: tuple[str, ...] | None
) -> None:
    a_step(f"perform set_config('hk.left', 'something', true); raise exception {raised};")
    with pytest.raises(kind) as caught, as_meant():
        definer.run("a_step")
    assert said is None or caught.value.args == said
    assert not isinstance(caught.value, NotNow) or caught.value.values == {"state": "closed"}
    assert not definer.value("current_setting", "hk.left", True)


def test_by_itself_it_goes_up_as_the_databases() -> None:
    a_step("raise exception 'not_visible' using errcode = 'HK404';")
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        definer.run("a_step")
    assert isinstance(definer.refusal_in(caught.value), NotVisible)
    assert definer.refusal_in(DatabaseError("of Django itself")) is None
