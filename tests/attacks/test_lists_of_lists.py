"""A list of lists, or one with an empty place, where a row keeps a list: its page is a fault for all who see it.

Red on 3f5130e: `two_person_ask(..., array[array[a, b]], ...)` was taken, and `/keys/` was 500 for the other key holder.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from tests import doors
from tests.attacks.counted import tried
from tests.cast import World
from tests.database import god

pytestmark = pytest.mark.django_db

LISTS = """
select format('%s.%I', c.oid::regclass, a.attname), c.oid::regclass::text, a.attname, format_type(t.typelem, null)
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid and t.typcategory = 'A'
 where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1
"""


def test_every_list_of_every_table_is_one(small_world: World) -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute(LISTS)
        lists = cursor.fetchall()
        cursor.execute(
            "select conrelid::regclass::text || '.' || substr(conname, 13) from pg_constraint"
            " where conname ~ '^list_is_one_'"
        )
        checked = {name for (name,) in cursor.fetchall()}
    assert len(lists) > 15
    assert {name.replace('"', "") for name, *_ in lists} == {name.replace('"', "") for name in checked}


PUT = "select two_person_ask(%s, 'continuity.create', {}::uuid[], 'joined', hk_now() + interval '1 hour', '\\x00')"


@pytest.mark.parametrize(
    "wrong", ["'{{{{{0}}},{{{1}}}}}'", "'{{{{{0},{1}}}}}'", "'[5:6]={{{0},{1}}}'", "'{{{0},{1},null}}'"]
)
def test_no_question_of_two_people_names_a_list_of_lists(wrong: str) -> None:
    doors.house()
    umed = doors.body("umed")
    karim, lola = (doors.person(umed, name, ["custodian"]) for name in ("Karim", "Lola"))
    with doors.acting(karim), connection.cursor() as cursor:
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(PUT.format(wrong.format(karim.key.id, lola.key.id)), [uuid4()])
        tried()
        cursor.execute(PUT.format(f"'{{{karim.key.id},{lola.key.id}}}'"), [uuid4()])
