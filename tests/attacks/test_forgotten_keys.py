"""When an old key is forgotten is decided by what holds, and by this machine's clock: no row hastens it or holds it up.

Red on e0a901b: `keys rotate pepper` counted the prefixes of login_hash, so that one which the owner had written to
everybody's row had the old pepper forgotten, and nobody could sign in any more; rows of `operation`, `django_session`
and `session_proof` decided of tag, kept and proof in the same way, sooner or never; an invented version ended a turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from hamkori.site.keys import versions as counts
from hamkori.site.management.commands import keys
from hamkori.vault import server
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.planting import watched
from tests.attacks.test_copied_cookies import Browser
from tests.casework.racing import LEAD, House
from tests.site import turned
from tests.site.test_turning import everybody_signs_in, signs_in
from tests.site.turned import a_day_later, as_owner, sql, turn, versions

pytestmark = [pytest.mark.alarms]
open_database = turned.open_database


@pytest.fixture
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[House]:
    """A world for each test."""
    with turned.a_house(django_db_blocker, tmp_path) as made:
        yield made


def credentials() -> list[tuple[Any, bytes]]:
    return [(user, bytes(login)) for user, login in sql("select user_id, login_hash from credential order by 1")]


def write(rows: list[tuple[Any, bytes]]) -> None:
    """As the owner, past every trigger."""
    sql("alter table credential disable trigger user")
    for user, login in rows:
        sql("update credential set login_hash = %s where user_id = %s", login, user)
    sql("alter table credential enable trigger user")


def test_a_prefix_is_nobodys_word_for_a_pepper(house: House) -> None:
    """All rows claim the new one: the old stays and the command says so; put right, everybody signs in."""
    number = turn("pepper").number
    before = credentials()
    write([(user, number.to_bytes(2, "big") + login[2:]) for user, login in before])
    for _run in (1, 2):
        done = turn("pepper")
        assert done.forgotten == ()
        assert done.waits == {counts.CLAIMED: len(before)}
        tried()
    write(before)
    assert turn("pepper").waits == {counts.SEEN: len(before)}
    everybody_signs_in(house)
    assert turn("pepper").forgotten == (number - 1,)
    everybody_signs_in(house)


def test_a_row_put_back_from_before_waits_again(house: House) -> None:
    """She has gone over; then her old row is there again: its pepper must not go, or she is locked out by us."""
    number, before = turn("pepper").number, credentials()
    boxes = sql("select user_id, box from credential")
    everybody_signs_in(house)
    write(before)
    sql("alter table credential disable trigger user")
    for user, box in boxes:
        sql("update credential set box = %s where user_id = %s", bytes(box), user)
    sql("alter table credential enable trigger user")
    done = turn("pepper")
    assert (done.forgotten, done.waits) == ((), {counts.SEEN: len(before)})
    tried()
    everybody_signs_in(house)
    assert turn("pepper").forgotten == (number - 1,)


def test_who_is_taken_out_of_the_table_for_a_while_is_waited_for(house: House) -> None:
    turn("pepper")
    columns = "user_id, salt, ops, memory, login_hash, key_no, box, changed_at"
    user = house.world.people[LEAD].user_id
    (row,) = sql(f"select {columns} from credential where user_id = %s", user)
    for (email,) in sql("select email from app_user where id <> %s", user):
        assert signs_in(house, email.partition("@")[0])
    server.marks().raise_to("key", user, 1)  # as each start does
    sql("delete from credential where user_id = %s", user)
    done = turn("pepper")
    assert (done.forgotten, done.waits) == ((), {counts.MISSING: 1})
    tried()
    sql("alter table credential disable trigger user")
    sql(f"insert into credential ({columns}) values (%s, %s, %s, %s, %s, %s, %s, %s)", *row)
    sql("alter table credential enable trigger user")
    assert signs_in(house, LEAD)
    assert len(turn("pepper").forgotten) == 1


FORMS = """
insert into operation (id, membership_id, operation_id, step_code, url_path, at, form_tag)
select gen_random_uuid(), id, gen_random_uuid(), 'send', '', now() + interval '1 year', '\\x0001'::bytea || sha256('x')
  from membership
"""
SESSIONS = """
insert into django_session select md5(id::text), '01010001' || md5('x'), now() + interval '1 year' from membership
"""
PROOFS = """
insert into session_proof (id, no, salt, inner_half, outer_half, made_at)
select gen_random_uuid(), 1, salt, inner_half, outer_half, now() - interval '1 day' from session_proof limit 1
"""
ROWS = {
    "tag": (FORMS, "delete from operation"),
    "kept": (SESSIONS, "delete from django_session"),
    "proof": (PROOFS, "update session_proof set ended_at = now() - interval '1 year' where ended_at is not null"),
}
"""By key: rows that would hold the old one up for ever, and what would hasten its end."""


@pytest.mark.parametrize("name", ROWS)
def test_rows_that_nobody_proves_neither_hasten_it_nor_hold_it_up(house: House, name: str) -> None:
    old = versions(name)[-1]
    plant, remove = ROWS[name]
    sql(remove)
    done = turn(name)
    assert done.forgotten == (), "nothing lies under it by the rows, and it waits all the same"
    assert done.until is not None
    sql(remove)
    assert turn(name).forgotten == ()
    sql(plant)
    assert turn(name).until == done.until
    a_day_later()
    assert turn(name).forgotten == (old,)
    tried(3)
    assert signs_in(house, LEAD)


def test_a_row_of_proofs_that_claims_the_newest_key_is_not_believed(house: House) -> None:
    old = versions("proof")[-1]
    sql("update session_proof set no = %s", old + 1)
    assert turn("proof").anew == 1, "another one is made in its place"
    a_day_later()
    assert turn("proof").forgotten == (old,)
    assert signs_in(house, LEAD)
    tried()


@pytest.mark.parametrize("name", ["tag", "kept", "pepper", "proof"])
def test_an_invented_version_is_named_and_taken_out_by_the_turn(house: House, name: str) -> None:
    case = house.case()
    for number in (40_000, 65_535):
        sql(
            "insert into key_version (name_code, number, begun_at, forgotten_at) values (%s, %s, now(), now())",
            name,
            number,
        )
    with watched() as seen:
        done = turn(name)
    assert done.foreign == (40_000, 65_535)
    assert seen.found == {("version", f"{name}.{number}") for number in done.foreign}
    assert done.number == 2
    house.agreed(case)  # and writing goes on
    everybody_signs_in(house)
    a_day_later()
    assert turn(name).forgotten == (1,)
    tried()


@pytest.mark.parametrize("name", ["tag", "kept"])
def test_what_is_spoilt_for_the_turn_and_put_right_afterwards_is_not_lost(
    house: House, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old key stays six days for it and no longer, the command says so, and what was put right comes over."""
    user, member = house.world.people[LEAD].user_id, house.world.membership(LEAD)
    spoil, mend = {
        "tag": ("update membership set serial = serial + 1 where id = %s", "serial - 1 where id = %s"),
        "kept": ('update mfa_authenticator set data = data || \'{"secret": "totp.1.00"}\' where user_id = %s', ""),
    }[name]
    row = member if name == "tag" else user
    (kept,) = sql("select data::text from mfa_authenticator where user_id = %s and type = 'totp'", user)
    sql("alter table mfa_authenticator disable trigger user")
    sql(spoil + (" and type = 'totp'" if name == "kept" else ""), row)
    with watched() as seen:
        done = turn(name)
    assert done.left == 1
    assert {kind for kind, _thing in seen.found} == {"post" if name == "tag" else "factor"}
    with as_owner():
        assert keys.turn(name) == 1
    assert "  1 rows do not hold and are left behind; see ./hamkori tags status." in capsys.readouterr().out
    a_day_later()
    assert turn(name).forgotten == ()
    if name == "tag":
        sql(f"update membership set serial = {mend}", row)
    else:
        sql("update mfa_authenticator set data = %s::jsonb where user_id = %s and type = 'totp'", kept[0], user)
    done = turn(name)
    assert (done.left, done.anew, len(done.forgotten)) == (0, 1, 1)
    assert signs_in(house, LEAD)
    sql(spoil + (" and type = 'totp'" if name == "kept" else ""), row)
    for _day in range(6):
        assert turn(name).forgotten == ()
        a_day_later()
    assert len(turn(name).forgotten) == 1, "and no longer"
    tried(2)


def test_a_page_that_was_open_before_a_turn_goes_on(house: House) -> None:
    """The old key stays as long as any page that it has signed could be sent: her unlock just works.

    Red on e0a901b: it was forgotten at once, and her own browser was told that the session belongs to another.
    """
    with transaction.atomic():
        who = doors.person(doors.body("umed"), "Zarina", function="social_worker")
    mine = Browser().enter(who)
    server._loaded.clear()  # from here on the file is read, as a server does
    mine.client.post("/account/seal/")
    form = {"passphrase": who.passphrase, **mine.signed("/account/unlock/")}
    for _run in (1, 2):
        assert turn("tag").forgotten == ()
    assert mine.client.post("/account/unlock/", form)["Location"] == "/"
    assert mine.open
    tried()
