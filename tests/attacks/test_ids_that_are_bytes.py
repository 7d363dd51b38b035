"""The database answers an id as bytes (`bytea`): the tag holds, and the mark that would make the row old is not found.

What a tag covers is encoded without types: an id and its sixteen bytes read alike (`canon`). A mark is found by a name,
and what was no id had another one. Of what a function of the database answers its owner says the types too: no mark of
an end, of a newer number or of a release stood above such a row, and nothing alarmed. Red on 7f405bd.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import connection, transaction

from hamkori.casework.work.actions.key_change import change_key
from hamkori.people.actions import continuity, posts
from hamkori.refusal import NotNow
from hamkori.vault.server import keyring
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.owned import alarmed, owner, packet_read, sections_read
from tests.attacks.test_planted_casework import add, write
from tests.attacks.test_released_under_another_id import colleague_put_back, receiver_put_back
from tests.casework.racing import COLLEAGUE, LEAD, WORDS, House
from tests.cast import CUSTODIANS
from tests.database import god

pytestmark = pytest.mark.alarms
# A row without a name of its own alarms once a minute, whichever it is: here two tests may be of one minute.
NOT_DONE = pytest.raises(NotNow, match="tag_mismatch")


@contextmanager
def answered_as_bytes(function: str, takes: str, *columns: str) -> Iterator[None]:
    """The function as it was made, but that it says these columns as bytes."""
    found = owner(
        "select unnest(p.proargnames) as name, unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]))::regtype::text"
        " as type, unnest(coalesce(p.proargmodes, array_fill('i'::\"char\", array[array_length(p.proargnames, 1)])))"
        "::text as mode from pg_proc p where p.oid = %s::regprocedure",
        f"{function}({takes})",
    )
    outs = [(one["name"], one["type"]) for one in found if one["mode"] == "t"]
    table = ", ".join(f"{name} {'bytea' if name in columns else made}" for name, made in outs)
    said = ", ".join(f"uuid_send(m.{name})" if name in columns else f"m.{name}" for name, _made in outs)
    given = "$1" if takes else ""
    owner(f"alter function {function}({takes}) rename to {function}_as_made")
    owner(
        f"create function {function}({takes}) returns table ({table}) language sql security definer"
        f" set search_path = public as $$ select {said} from {function}_as_made({given}) m $$"
    )
    owner(f"grant execute on function {function}({takes}) to hk_app")
    try:
        yield
    finally:
        owner(f"drop function {function}({takes})")
        owner(f"alter function {function}_as_made({takes}) rename to {function}")


def test_who_was_released_is_gone_also_where_her_membership_is_answered_as_bytes(house: House) -> None:
    """Her row has another id while she is released (`test_released_under_another_id.py`). The mark `gone` is what
    stands above the row of before; with her membership as bytes it is looked for under a name that nobody has.
    """
    case = colleague_put_back(house)
    with answered_as_bytes("case_people", "uuid", "membership_id"), NOT_DONE:
        connection.close()  # where a connection has asked often, he waits for the next one
        write(house, case)
    tried()
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}


def test_nor_does_a_released_receiver_get_the_next_addition(house: House) -> None:
    """The same of a worker at the receiver, by `referral_keys`."""
    referral = receiver_put_back(house)
    with answered_as_bytes("referral_keys", "uuid", "membership_id"), alarmed("part"):
        add(house, referral)
    tried()
    opened = packet_read(house.world, referral.pk, keyring())
    assert {name for name, what in opened if what == "2.contact"} == set(), "nobody gets it, before he is asked why"


def test_nothing_is_sealed_to_a_key_of_before_her_new_passphrase(house: House) -> None:
    """Her old passphrase is known to somebody, so she takes another. The key of before is put back, her id as bytes."""
    case = house.case(COLLEAGUE)
    person = house.world.people[COLLEAGUE]
    old = owner("select id from person_key where user_id = %s and ended_at is null", person.user_id)[0]["id"]
    assert house.as_(COLLEAGUE, lambda actor: change_key(actor, WORDS[0], WORDS[1])) is not None
    owner("alter table person_key disable trigger user")
    owner("update person_key set ended_at = now() where user_id = %s", person.user_id)
    owner("update person_key set ended_at = null where id = %s", old)
    owner("alter table person_key enable trigger user")
    owner("update section_key set closed_at = now() where case_id = %s and section_code = 'contact'", case.pk)
    before = owner("select count(*) as n from section_wrap where recipient_key_id = %s", old)[0]["n"]
    with answered_as_bytes("case_people", "uuid", "user_id"), NOT_DONE:
        connection.close()
        write(house, case)
    tried()
    after = owner("select count(*) as n from section_wrap where recipient_key_id = %s", old)[0]["n"]
    # The others of this file have the same world: her new key is hers again.
    owner("alter table person_key disable trigger user")
    owner("update person_key set ended_at = now() where id = %s", old)
    owner(
        "update person_key set ended_at = null where id = (select id from person_key where user_id = %s"
        " order by key_no desc limit 1)",
        person.user_id,
    )
    owner("alter table person_key enable trigger user")
    assert after == before, "the key of what is written now is sealed to the old one"


def test_who_held_keys_of_an_organisation_and_left_holds_no_new_one(house: House) -> None:
    """Her post has ended, and is put back with its tag; the next continuity key is made for her too."""
    world, tables = house.world, ("membership", "role_held")
    first, second = (f"{one}@cso-kulob" for one in CUSTODIANS)
    with transaction.atomic():
        left = doors.person(world.bodies["cso-kulob"], "Nozim", ("custodian",))
    kept = {table: owner(f"select * from {table} where {_whose(table)} = %s", left.membership_id) for table in tables}
    with transaction.atomic(), god():
        posts.end(keyring(), left.membership_id)
    ours = owner("select id from body_key where organisation_id = %s and ended_at is null", world.bodies["cso-kulob"])
    owner("update body_key set ended_at = now() where organisation_id = %s", world.bodies["cso-kulob"])  # one is due
    for row in (row for table in tables for row in kept[table]):
        table = "membership" if "serial" in row else "role_held"
        names = [name for name in row if name != "id"]
        said = ", ".join(f"{name} = %s" for name in names)
        owner(f"alter table {table} disable trigger user")
        owner(f"update {table} set {said} where id = %s", *(row[name] for name in names), row["id"])
        owner(f"alter table {table} enable trigger user")
    with answered_as_bytes("custodian_keys", "", "membership_id"):
        connection.close()
        with alarmed("post"), suppress(NotNow):
            question = house.as_(first, lambda actor: continuity.ask(actor, reason="left"))
            house.as_(second, lambda actor: continuity.agree(actor, question=question))
    for one in ours:  # the others of this file have the same world
        owner("update body_key set ended_at = null where id = %s", one["id"])
    tried()
    hers = owner(
        "select count(*) as n from body_key_wrap w join body_key b on b.id = w.body_key_id and b.ended_at is null"
        " where %s in (w.recipient_key_id, w.inner_key_id)",
        left.key.id,
    )[0]["n"]  # fmt: skip
    assert hers == 0, "a pair of the new key lies under the key of who has left"


def _whose(table: str) -> str:
    return "id" if table == "membership" else "membership_id"
