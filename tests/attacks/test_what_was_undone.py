"""A press that failed is over: what the server had vouched for in it counts for nothing afterwards.

The owner of the tables makes a press fail after its rows were written, and keeps these rows, with their good tags, in
what no rollback takes back (sequences). What she says next has the same number, because a mark is raised on commit
alone: the rows of the failed press take its place, and no mark is above them. Red on 3f58cb0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, transaction

from hamkori.casework.case.actions import section, team
from hamkori.casework.case.machinery import tagged
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault import server
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.hers import erase_newest, not_sent, rows_of, says, sends, version_of
from tests.attacks.owned import alarmed, owner, refused, sections_read
from tests.attacks.test_planted_casework import write
from tests.casework.racing import COLLEAGUE, LEAD, House, state
from tests.web.forms_of import fields

pytestmark = pytest.mark.alarms

Kept = tuple[str, dict[str, Any]]
"""A table, and the row that was to be written into it."""

ROWS, LONGEST = 4, 160
KEEPS = f"""
create function kept_aside() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_text bytea := convert_to(tg_table_name || ' ' || to_jsonb(new)::text || '       ', 'UTF8');
  v_row bigint := nextval('kept_rows');
begin
  for i in 0 .. (length(v_text) / 7) - 1 loop
    perform setval('kept_' || v_row || '_' || i,
                   ('x' || '01' || encode(substr(v_text, i * 7 + 1, 7), 'hex'))::bit(64)::bigint);
  end loop;
  return new;
end $$;
create function too_late() returns trigger language plpgsql as $$
begin
  raise exception 'canceling statement due to statement timeout' using errcode = '57014';
end $$;
create sequence kept_rows;
do $$ begin
  for r in 1 .. {ROWS} loop for i in 0 .. {LONGEST} loop
    execute 'create sequence kept_' || r || '_' || i;
  end loop; end loop;
end $$;
"""
KEPT_OF = "create trigger kept_aside before insert on {} for each row execute function kept_aside()"
FAILS_AFTERWARDS = "create trigger too_late before update on operation for each row execute function too_late()"
FAILS = (
    "create trigger too_late before insert on ledger for each row when (new.action_code = '{}')"
    " execute function too_late()"
)
CLEARS = f"""
drop function if exists kept_aside() cascade;
drop function if exists too_late() cascade;
do $$ begin
  for r in 1 .. {ROWS} loop for i in 0 .. {LONGEST} loop
    execute 'drop sequence if exists kept_' || r || '_' || i;
  end loop; end loop;
end $$;
drop sequence if exists kept_rows;
"""


def read_aside() -> list[Kept]:
    """What the failed press had written: the table and the row."""
    found = []
    for number in range(1, owner("select last_value from kept_rows")[0]["last_value"] + 1):
        asked = " union all ".join(
            f"select {i} as i, last_value as v, is_called as c from kept_{number}_{i}" for i in range(LONGEST)
        )
        parts = [one["v"] for one in sorted(owner(asked), key=lambda one: one["i"]) if one["v"] > 1]
        text = b"".join(value.to_bytes(8)[1:] for value in parts).decode()
        table, _space, columns = text.partition(" ")
        found.append((table, json.loads(columns)))
    return found


@contextmanager
def kept_aside(fails: str, *tables: str) -> Iterator[list[Kept]]:
    """What is written into these tables inside is kept, whatever becomes of it; `fails`: what ends the press."""
    kept: list[Kept] = []
    owner(KEEPS)
    for table in tables:
        owner(KEPT_OF.format(table))
    owner(fails)
    try:
        yield kept
        kept += read_aside()
    finally:
        owner(CLEARS)


@contextmanager
def fails_and_is_kept(act: str, *tables: str) -> Iterator[list[Kept]]:
    """What is pressed inside is answered as a database that took too long (503), and its rows are kept aside."""
    with kept_aside(FAILS.format(act), *tables) as kept, pytest.raises(OperationalError):
        yield kept


def put_in(kept: list[Kept]) -> None:
    for table, columns in kept:
        owner(f"insert into {table} select * from jsonb_populate_record(null::{table}, %s::jsonb)", json.dumps(columns))


def test_a_yes_whose_press_failed_does_not_stand_over_the_no_that_she_said_then(house: House) -> None:
    """The page says that it was not saved. She thinks again and says no; the yes has its number, and its good tag."""
    case = house.case()
    draft = house.draft(case)
    with fails_and_is_kept("consent.record", "consent", "consent_row") as kept:
        says(house, case)
    assert owner("select count(*) as n from consent where case_id = %s", case.pk)[0]["n"] == 0, "nothing was saved"
    says(house, case, "no")
    assert version_of(case)["number"] > 1
    assert rows_of(case)[0]["answer_code"] == "no"
    erase_newest(case)
    put_in(kept)
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


def test_whom_she_does_not_want_is_not_struck_off_by_a_press_that_failed(house: House) -> None:
    """Asked again after the failure she says: yes, but not to them."""
    case = house.case()
    draft = house.draft(case)
    with fails_and_is_kept("consent.record", "consent", "consent_row") as kept:
        says(house, case)
    says(house, case, without=(house.world.bodies["shelter-kulob"],))
    erase_newest(case)
    put_in(kept)
    with refused("consent"):
        sends(house, draft)
    assert state(draft) == "draft"
    tried()


def test_no_epoch_that_a_failed_press_began_is_written_under_after_a_release(house: House) -> None:
    """It was sealed to a colleague who was on the team then. The release closes what stands, and what was begun."""
    case = house.case(COLLEAGUE)
    owner("update section_key set closed_at = now() where case_id = %s and section_code = 'contact'", case.pk)
    with fails_and_is_kept("section.write", "section_key", "section_wrap") as kept:
        write(house, case)
    assert {table for table, _row in kept} == {"section_key", "section_wrap"}
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE)))
    put_in(kept)
    with alarmed("epoch"):
        write(house, case)
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}
    tried()


def test_who_was_released_is_not_on_the_team_by_an_admission_that_failed(house: House) -> None:
    """She was admitted at the second press, and released since. The row of the first has an id that no mark knows."""
    case = house.case()
    hers = house.world.membership(COLLEAGUE)

    def admits() -> None:
        house.as_(LEAD, lambda actor: team.admit(actor, case, membership=hers))

    with fails_and_is_kept("team.admit", "case_access") as kept:
        admits()
    admits()
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=hers))
    put_in(kept)
    with alarmed("team"):
        write(house, case)
    tried()
    opened = sections_read(house.world, case.pk)
    assert {who for who, where in opened if where == "contact"} == {LEAD}, "she has the key of what is written now"
    with pytest.raises((NotNow, NotVisible)):
        house.as_(COLLEAGUE, lambda actor: section.open_section(actor, case, section="contact"))


def test_nor_is_she_whom_nobody_admitted_again(house: House) -> None:
    """No release has named her: only the failure itself says that she is on no team."""
    case = house.case()
    hers = house.world.membership(COLLEAGUE)
    with fails_and_is_kept("team.admit", "case_access") as kept:
        house.as_(LEAD, lambda actor: team.admit(actor, case, membership=hers))
    owner("update section_key set closed_at = now() where case_id = %s and section_code = 'contact'", case.pk)
    put_in(kept)
    with alarmed("team"):
        write(house, case)
    tried()
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}


def test_an_admission_is_undone_also_where_the_page_fails_after_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The act is over and done; where its answer leads to is written down after it, and that fails."""
    case, lead = house.case(), house.world.people[LEAD]
    with transaction.atomic():
        client = doors.client_for(lead)
    address, hers = f"/cases/{case.code}/admit/", str(house.world.membership(COLLEAGUE))
    form = fields(client.get(address))
    with kept_aside(FAILS_AFTERWARDS, "case_access") as kept:
        assert client.post(address, {**form, "membership": hers}).status_code == 503
    ((_table, row),) = kept
    assert server.marks().least("team", UUID(row["id"])) == tagged.ENDED
    assert client.post(address, {**form, "membership": hers}).status_code == 303
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=UUID(hers)))
    put_in(kept)
    with alarmed("team"):
        write(house, case)
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}
    tried()
