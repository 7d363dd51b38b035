"""`whoami` says which roles she holds, all of which lie under the tag of her post: one more is not believed.

The function is the owner's: a worker of the shelter is an officer of its desk, and its key
is made in her session when there is none that lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import connection

from hamkori.people.actions.body_keys import ensure_desk_key
from hamkori.people.sign_in import WrongPassphrase
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.hers import accept
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import WORKER, House

pytestmark = pytest.mark.alarms


@contextmanager
def is_an_officer(house: House, who: str) -> Iterator[None]:
    """By what the functions say; no row of her roles is changed."""
    hers = house.world.membership(who)
    returns = owner("select pg_get_function_result('whoami()'::regprocedure) as r")[0]["r"]
    columns = [one.strip().split(" ")[0] for one in returns.removeprefix("TABLE(").removesuffix(")").split(",")]
    said = ", ".join(
        f"case when w.membership_id = '{hers}' then w.roles || 'desk_officer'::text else w.roles end"
        if name == "roles"
        else f"w.{name}"
        for name in columns
    )
    owner(
        "alter function whoami() rename to whoami_as_made;"
        f"create function whoami() returns {returns} language sql security definer set search_path = public as"
        f" $do$ select {said} from whoami_as_made() w $do$; grant execute on function whoami() to hk_app;"
        "alter function holds_role(uuid, text) rename to holds_role_as_made;"
        "create function holds_role(p uuid, r text) returns boolean language sql stable security definer"
        " set search_path = public as"
        f" $do$ select (p = '{hers}' and r = 'desk_officer') or holds_role_as_made(p, r) $do$;"
        "grant execute on function holds_role(uuid, text) to public"
    )
    made = owner("select pg_get_functiondef('holds(uuid,text,uuid)'::regprocedure) as made")[0]["made"]
    owner(made.replace("return exists", "return true or exists"))
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner(made)
        owner(
            "drop function whoami(); alter function whoami_as_made() rename to whoami;"
            "drop function holds_role(uuid, text); alter function holds_role_as_made(uuid, text) rename to holds_role"
        )


def desk_key_of(house: House, who: str) -> int:
    found = owner(
        "select count(*) as n from body_key_wrap w join body_key b on b.id = w.body_key_id"
        " where w.recipient_key_id = %s and b.kind_code = 'desk' and w.inner_key_id is null",
        house.world.people[who].key.id,
    )
    return int(found[0]["n"])


def test_no_worker_holds_the_key_of_a_desk(house: House) -> None:
    """She makes it, receives what is sent from then on, accepts it for herself, and reads her name."""
    shelter, before = house.world.bodies["shelter-kulob"], alarms()
    ours = owner(
        "select id from body_key where organisation_id = %s and kind_code = 'desk' and ended_at is null", shelter
    )
    read: dict[str, Any] = {}
    with is_an_officer(house, WORKER):
        owner("update body_key set ended_at = now() where id = %s", ours[0]["id"])
        with suppress(NotNow, NotVisible, NotAllowed, WrongPassphrase):
            house.as_(WORKER, ensure_desk_key)
            _case, referral = house.sent()
            accept(house, referral, WORKER)
            read = reads(house, referral)
    tried()
    assert (desk_key_of(house, WORKER), read) == (0, {}), "no officer of any desk"
    assert alarms() != before, "roles that no tag covers were believed in silence"
