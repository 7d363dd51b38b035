"""Asked for somebody's public key, the database answers with the key of another person, whose tag is good.

A key's tag says whose it is. `person_key` asks for the key of one user and believes whatever row comes back, if some
user has it; `custodian_keys` keeps keys by the membership beside them, and the last row of a membership counts, also
one whose post is not believed. Mallory has an honest account in a body of his own, and a copy of the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from hamkori.casework.case.actions import section
from hamkori.people.actions import continuity
from hamkori.people.actions.body_keys import admit_to_desk
from hamkori.refusal import NotNow
from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Untrusted
from hamkori.vault.sections import Field, unlock_field
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.hers import accept
from tests.attacks.owned import owner
from tests.attacks.test_read_again_as_another import _columns, alarms
from tests.casework.racing import DESK, LEAD, WORKER, House
from tests.cast import CUSTODIANS

pytestmark = [pytest.mark.alarms, pytest.mark.usefixtures("may_make_temporary_views")]


@contextmanager
def her_key_is(asked: doors.Person, other: doors.Person) -> Iterator[None]:
    """Whoever asks for the key of one gets the other's row. The world's time makes the view, once in a connection."""
    names = ", ".join(
        "user_of(k.user_id, true) as user_id" if name == "user_id" else f"k.{name}" for name in _columns("person_key")
    )
    owner(
        # In a condition he is she; in the row that is answered he is himself.
        "create function user_of(p uuid, q boolean) returns uuid language plpgsql stable as $do$ declare n int; begin"
        " if position('FROM \"person_key\"' in current_query()) = 0 then return p; end if;"
        f" if p = '{asked.user_id}' then return '{other.membership_id}'; end if;"
        f" if p <> '{other.user_id}' then return p; end if;"
        " n := coalesce(nullif(current_setting('hkx.turn', true), ''), '0')::int;"
        " perform set_config('hkx.turn', (1 - n)::text, false);"
        f" return case when n = 0 then '{asked.user_id}'::uuid else p end; end $do$;"
        "alter function hk_now() rename to hk_now_as_made;"
        "create function hk_now() returns timestamptz language plpgsql security definer"
        " set search_path = public as $do$ begin"
        " if to_regclass('pg_temp.person_key') is null then"
        f" create temporary view person_key as select {names} from public.person_key k;"
        " grant select on pg_temp.person_key to public; end if; return hk_now_as_made(); end $do$;"
        "grant execute on function hk_now(), user_of(uuid, boolean) to hk_app"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner(
            "drop function hk_now(); alter function hk_now_as_made() rename to hk_now;"
            "drop function user_of(uuid, boolean)"
        )


@pytest.fixture
def mallory(house: House) -> doors.Person:
    with transaction.atomic():
        return doors.person(
            doors.body(f"pamir-{uuid4().hex[:6]}"), "Mallory", ("case_worker",), function="social_worker"
        )


def sealed_to(who: doors.Person) -> int:
    found = 0
    for table, column in (("section_wrap", "recipient"), ("packet_seal", "recipient"), ("body_key_wrap", "recipient")):
        found += owner(f"select count(*) as n from {table} where {column}_key_id = %s", who.key.id)[0]["n"]
    return found


def test_what_is_accepted_is_sealed_to_the_key_of_who_was_named(house: House, mallory: doors.Person) -> None:
    _case, referral = house.sent()
    before = alarms()
    with her_key_is(house.world.people[WORKER], mallory), suppress(NotNow):
        accept(house, referral)
    told = alarms() != before
    tried()
    assert sealed_to(mallory) == 0, f"her name is sealed to another's key; alarm: {told}"


def test_the_key_of_the_desk_goes_to_the_officer_who_was_admitted(house: House, mallory: doors.Person) -> None:
    before = alarms()
    with transaction.atomic():
        officer = doors.person(house.world.bodies["shelter-kulob"], "Second", ["desk_officer"])

    def do(actor: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select hk_now()")
        admit_to_desk(actor, officer.user_id)

    definition = owner("select pg_get_functiondef('desk_key_hand(uuid,uuid,uuid,bytea)'::regprocedure) as made")
    made = definition[0]["made"]
    owner(made.replace("not public.holds(v_org, 'desk_officer', p_recipient)", "false"))
    try:
        with her_key_is(officer, mallory), suppress(NotNow, Untrusted):
            house.as_(DESK, do)
    finally:
        owner(made)
    told = alarms() != before
    tried()
    assert sealed_to(mallory) == 0, f"he opens what comes to the desk; alarm: {told}"


@contextmanager
def key_holders_are(house: House, *others: doors.Person) -> Iterator[None]:
    """After each true row of a key holder comes another with her membership, and somebody else's good key."""
    kept = {
        one: owner(f"select pg_get_functiondef('{one}'::regprocedure) as made")[0]["made"]
        for one in ("key_holders(uuid)", "held_by_two(uuid[])")
    }
    ids = [str(one.key.id) for one in others]
    true = [house.world.membership(f"{one}@cso-kulob") for one in CUSTODIANS]
    planted = " union all ".join(
        "select k.id, k.user_id, k.key_no, k.public, k.tag, m.membership_id, m.serial, m.organisation_id,"
        " m.person_name, m.function_code, m.roles_held, m.supervisor_id, m.post_tag from custodian_keys_as_made() m,"
        f" person_key k where m.membership_id = '{hers}' and k.id = '{other}'"
        for hers, other in zip(true, ids, strict=True)
    )
    returns = owner("select pg_get_function_result('custodian_keys()'::regprocedure) as r")[0]["r"]
    owner(
        "alter function custodian_keys() rename to custodian_keys_as_made;"
        f"create function custodian_keys() returns {returns} language sql security definer set search_path = public"
        f" as $do$ select * from custodian_keys_as_made() union all {planted} $do$;"
        "grant execute on function custodian_keys() to hk_app"
    )
    held = ", ".join(f"'{one}'::uuid" for one in ids)
    head = kept["key_holders(uuid)"].split("AS $function$")[0]
    owner(f"{head.replace('plpgsql', 'sql')} AS $function$ select array[{held}] $function$")
    head = kept["held_by_two(uuid[])"].split("AS $function$")[0]
    owner(f"{head.replace('plpgsql', 'sql')} AS $function$ select true $function$")
    try:
        yield
    finally:
        for made in kept.values():
            owner(made)
        owner("drop function custodian_keys(); alter function custodian_keys_as_made() rename to custodian_keys")


def test_the_key_of_an_organisation_is_made_for_those_who_hold_keys(house: House, mallory: doors.Person) -> None:
    """Two accounts of his open the next continuity key with a copy of the database, and with it her name."""
    with transaction.atomic():
        other = doors.person(
            doors.body(f"pamir-{uuid4().hex[:6]}"), "Trudy", ("case_worker",), function="social_worker"
        )
    case = house.case()
    first, second = (f"{one}@cso-kulob" for one in CUSTODIANS)
    before = alarms()
    with key_holders_are(house, mallory, other):
        connection.close()
        with suppress(NotNow):
            question = house.as_(first, lambda actor: continuity.ask(actor, reason="joined"))
            house.as_(second, lambda actor: continuity.agree(actor, question=question))
    house.as_(LEAD, lambda actor: section.open_section(actor, case, section="contact"))
    told = alarms()[len(before) :]
    tried()
    assert name_read(case, mallory, other) == "", f"he reads her name without any key of ours; alarms: {told}"


def name_read(case: Any, outer: doors.Person, inner: doors.Person) -> str:
    """With a dump and two private keys of his own: pair, continuity key, epoch, sheet."""
    pairs = owner(
        "select w.seal, b.id, b.key_no, b.organisation_id from body_key_wrap w join body_key b on b.id = w.body_key_id"
        " where w.recipient_key_id = %s and w.inner_key_id = %s and b.kind_code = 'continuity'",
        outer.key.id,
        inner.key.id,
    )
    for pair in pairs:
        place = raw.body_context(pair["organisation_id"], "continuity", pair["key_no"], inner.key.id)
        body = OpenKey(pair["id"], raw.open_seal(inner.key, raw.peel(outer.key, bytes(pair["seal"])), place))
        for one in owner(
            "select k.epoch, w.seal, c.id, c.seal_no, c.body from section_wrap w"
            " join section_key k on k.id = w.section_key_id"
            " join contact c on c.case_id = k.case_id and c.epoch = k.epoch and c.kind_code = 'sheet'"
            " where k.case_id = %s and k.section_code = 'contact' and w.recipient_key_id = %s",
            case.pk,
            body.id,
        ):
            key = raw.open_seal(body, bytes(one["seal"]), raw.wrap_context(case.pk, "contact", one["epoch"], body.id))
            field = Field(case.pk, "contact", "contact.body", one["id"], one["epoch"], one["seal_no"])
            return unlock_field(key, field, bytes(one["body"]))
    return ""
