"""The database says of a press that it was done before: she takes her word back, and nothing of it is written.

`first_stands` believed whatever row lay there: a press whose row bore no tag, or the tag that its own insert had just
shown to a trigger, "was done", and was answered like the first. Her word was told as done and left no row of the ledger
and no alarm; her name was read on what she took back. Red on 7d936af, but for the presses that were truly done.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from hamkori.casework.case.models import Case
from hamkori.refusal import NotNow
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.hers import accept, rows_of, says, version_of
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House
from tests.doors import DoorClient
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms

LONGEST = 200


@contextmanager
def said_to_be_done(step: str, form_tag: str) -> Iterator[None]:
    """Whenever this step is about to be taken, its press lies there as one that was done."""
    owner(
        "create function done_before() returns trigger language plpgsql security definer set search_path = public"
        " as $do$ begin if pg_trigger_depth() > 1 then return new; end if;"
        " insert into operation (id, membership_id, operation_id, step_code, object_id, form_tag, url_path, at)"
        f" values (gen_random_uuid(), new.membership_id, new.operation_id, new.step_code, new.object_id, {form_tag},"
        " coalesce((select '/cases/' || c.code || '/' from \"case\" c where c.id = new.object_id), ''), new.at);"
        " return null; end $do$;"
        "create trigger done_before before insert on operation for each row"
        f" when (new.step_code = '{step}') execute function done_before()"
    )
    connection.close()
    try:
        yield
    finally:
        owner("drop trigger done_before on operation; drop function done_before()")


def ledger() -> int:
    return int(owner("select count(*) as n from ledger where action_code <> 'page.view'")[0]["n"])


@pytest.mark.parametrize("form_tag", ["null", "new.form_tag"])
def test_her_word_is_not_done_because_the_database_says_so(house: House, form_tag: str) -> None:
    """She takes everything back, by the page; the page goes on to the case as when it is done."""
    case, referral = house.sent()
    with transaction.atomic():
        client = doors.client_for(house.world.people[LEAD])
    before, written = alarms(), ledger()
    form = form_of(client.get(page(case, "withdraw/")))
    said = {**form, "took": ["all"], "how_said": "in_person", "seen": "1"}
    with said_to_be_done("consent.withdraw", form_tag):
        answer = client.post(page(case, "withdraw/"), said)
    told, rows = alarms() != before, ledger() - written
    stands = rows_of(case)[0]["answer_code"]
    read: dict[str, Any] = {}
    with suppress(NotNow):
        accept(house, referral)
        read = reads(house, referral)
    tried()
    assert not (answer.status_code == 303 and read), (
        f"answered {answer.status_code} to {answer.get('Location')}; her word is still {stands!r} and her name is read;"
        f" alarm: {told}, rows of the ledger: {rows}"
    )
    assert (answer.status_code, told, rows) == (409, True, 1)


@pytest.mark.parametrize("form_tag", ["null", "new.form_tag"])
def test_nor_is_her_no(house: House, form_tag: str) -> None:
    case = house.case()
    says(house, case)
    with transaction.atomic():
        client = doors.client_for(house.world.people[LEAD])
    before = alarms()
    form = form_of(client.get(page(case)))
    said = {**form, "a_shelter_social_help": "no", "how_said": "in_person", "language": "tg", "seen": "1"}
    with said_to_be_done("consent.record", form_tag):
        answer = client.post(page(case), said)
    told = alarms() != before
    tried()
    stands = rows_of(case)[0]["answer_code"]
    assert not (answer.status_code == 303 and stands == "yes"), (
        f"she said no, the page answers {answer.status_code} as if it were written, and yes stands; alarm: {told}"
    )
    assert (answer.status_code, told) == (409, True)


def takes_back(house: House, case: Case) -> tuple[DoorClient, str, dict[str, Any]]:
    """Her browser, and the form in which she takes everything back."""
    with transaction.atomic():
        client = doors.client_for(house.world.people[LEAD])
    address = page(case, "withdraw/")
    sheet = form_of(client.get(address))
    sheet["operation"] = sheet["operation"][-1:]  # above it a form of its own asks the person first
    return client, address, {**sheet, "took": ["all"], "how_said": "in_person", "seen": "1"}


def answers(case: Case) -> set[str]:
    return {row["answer_code"] for row in rows_of(case)}


SHOWN = f"""
create function shown_aside() returns trigger language plpgsql security definer set search_path = public as $do$
declare v_text bytea := convert_to(to_jsonb(new)::text || '       ', 'UTF8');
begin
  for i in 0 .. (length(v_text) / 7) - 1 loop
    perform setval('shown_' || i, ('x' || '01' || encode(substr(v_text, i * 7 + 1, 7), 'hex'))::bit(64)::bigint);
  end loop;
  return new;
end $do$;
create function at_the_end() returns trigger language plpgsql as $do$
begin raise exception 'canceling statement due to statement timeout' using errcode = '57014'; end $do$;
do $do$ begin for i in 0 .. {LONGEST} loop execute 'create sequence shown_' || i; end loop; end $do$;
create trigger shown_aside before update on operation for each row execute function shown_aside();
create constraint trigger at_the_end after update on operation deferrable initially deferred
  for each row execute function at_the_end();
"""
CLEARED = f"""
drop function shown_aside() cascade;
drop function at_the_end() cascade;
do $do$ begin for i in 0 .. {LONGEST} loop execute 'drop sequence shown_' || i; end loop; end $do$;
"""


def kept() -> str:
    """What no rollback took back of the row that was shown last."""
    asked = " union all ".join(f"select {i} as i, last_value as v from shown_{i}" for i in range(LONGEST))
    parts = [one["v"] for one in sorted(owner(asked), key=lambda one: one["i"]) if one["v"] > 1]
    return b"".join(value.to_bytes(8)[1:] for value in parts).decode()


def test_nor_by_the_tag_of_a_press_that_failed_while_it_was_committed(house: House) -> None:
    """He keeps the row with its good tag, and ends the transaction. She is told so, and sends the same form again."""
    case, _referral = house.sent()
    client, address, said = takes_back(house, case)
    owner(SHOWN)
    try:
        assert client.post(address, said).status_code == 503
        row = json.loads(kept())
    finally:
        owner(CLEARED)
    assert row["done_tag"], "the control: he has our tag"
    owner("insert into operation select * from jsonb_populate_record(null::operation, %s::jsonb)", json.dumps(row))
    before = alarms()
    assert client.post(address, said).status_code == 409
    assert alarms() != before
    assert owner("select count(*) as n from ledger where action_code = 'tag.mismatch' and reason_code <> ''")[0]["n"]
    tried()
    owner("delete from operation where operation_id = %s", said["operation"][0])
    assert client.post(address, said).status_code == 303, "and when his row is gone, the same form is taken"
    assert answers(case) == {"withdrawn"}


def test_nor_where_no_row_is_taken_at_all(house: House) -> None:
    case, _referral = house.sent()
    client, address, said = takes_back(house, case)
    before = alarms()
    owner(
        "create function not_taken() returns trigger language plpgsql as $do$ begin return null; end $do$;"
        "create trigger not_taken before insert on operation for each row execute function not_taken()"
    )
    try:
        assert client.post(address, said).status_code == 409
    finally:
        owner("drop function not_taken() cascade")
    assert alarms() != before
    assert answers(case) == {"yes"}
    tried()


def test_nor_where_a_view_stands_in_its_place(house: House) -> None:
    case, _referral = house.sent()
    client, address, said = takes_back(house, case)
    before = alarms()
    owner(
        "alter table operation rename to operation_of_ours;"
        f"create view operation as select m.id as membership_id, '{said['operation'][0]}'::uuid as operation_id,"
        " 'consent.withdraw' as step_code, null::uuid as object_id, null::bytea as form_tag, '/cases/' as url_path,"
        " 1::bigint as done_in, decode(repeat('00', 34), 'hex') as done_tag from membership m;"
        "grant select on operation to hk_app"
    )
    connection.close()
    try:
        assert client.post(address, said).status_code == 409
        tried()
    finally:
        owner("drop view operation; alter table operation_of_ours rename to operation")
        connection.close()
    assert alarms() != before
    assert answers(case) == {"yes"}


def test_what_was_committed_is_done_also_where_its_answer_was_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies, or the connection breaks, after the commit: nothing is done twice, and there is no alarm."""
    case, _referral = house.sent()
    client, address, said = takes_back(house, case)
    before, commit = alarms(), connection._commit

    def and_lost() -> None:
        commit()
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_commit", and_lost)
        assert client.post(address, said).status_code == 503
    assert answers(case) == {"withdrawn"}, "it was committed"
    written = ledger()
    again = client.post(address, said)
    assert (again.status_code, again["Location"]) == (303, f"{address}?done={version_of(case)['number']}")
    assert b'class="say"' in client.get(again["Location"]).content, "what to tell the person"
    assert (ledger(), alarms()) == (written, before)
