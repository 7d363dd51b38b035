"""Asked for the sheet of one case, the database answers with that of another one, and says so: it opens in its place.

The place of what is sealed is taken from the row that was found (`_place(row)`, `row.case_id`), and not from what was
asked for. Who may read is asked of the case that was asked for. A temporary view, made by the world's time as in
`test_her_no_behind_a_temporary_view.py`, is asked for one case and answers the other's row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault import bytes as raw
from hamkori.vault.bytes import Sealed
from hamkori.vault.sections import Field, unlock_field
from tests.attacks.counted import tried
from tests.attacks.hers import accept, says
from tests.attacks.owned import copy_back, owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_planted_casework import write
from tests.attacks.test_read_again_as_another import _columns, alarms
from tests.casework.racing import COLLEAGUE, LEAD, House
from tests.cast import FACTS, SEALED

pytestmark = [pytest.mark.alarms, pytest.mark.usefixtures("may_make_temporary_views")]


@contextmanager
def answered_for(asked: UUID, other: UUID, table: str = "contact", which: str = "kind_code", only: str = "sheet",
                 said: str = "") -> Iterator[None]:  # fmt: skip
    """Of this table, in statements that say so."""
    names = ", ".join(
        f"case_of(c.case_id, c.{which}) as case_id" if n == "case_id" else f"c.{n}" for n in _columns(table)
    )
    owner(
        "create function case_of(p uuid, k text) returns uuid language plpgsql stable as $do$ declare n int; begin"
        f" if k <> '{only}' or position('{said}' in current_query()) = 0 then return p; end if;"
        f" if p = '{asked}' then return null; end if; if p <> '{other}' then return p; end if;"
        " n := coalesce(nullif(current_setting('hkx.turn', true), ''), '0')::int;"
        " perform set_config('hkx.turn', (1 - n)::text, false);"
        f" return case when n = 0 then '{asked}'::uuid else p end; end $do$;"
        "alter function hk_now() rename to hk_now_as_made;"
        "create function hk_now() returns timestamptz language plpgsql security definer"
        " set search_path = public as $do$ begin"
        f" if to_regclass('pg_temp.{table}') is null then"
        f" create temporary view {table} as select {names} from public.{table} c;"
        f" grant select on pg_temp.{table} to public; end if; return hk_now_as_made(); end $do$;"
        "grant execute on function hk_now(), case_of(uuid, text) to hk_app"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner(
            "drop function hk_now(); alter function hk_now_as_made() rename to hk_now;drop function case_of(uuid, text)"
        )


def test_who_was_released_reads_her_name_by_no_case_of_her_own(house: House) -> None:
    """Her wraps of before are put back; by her own row of that case nothing opens. She opens one that she leads."""
    case = house.case(COLLEAGUE)
    key = house.world.people[COLLEAGUE].key.id
    kept = owner(
        "select w.* from section_wrap w join section_key k on k.id = w.section_key_id"
        " where k.case_id = %s and w.recipient_key_id = %s",
        case.pk,
        key,
    )
    hers = owner(
        "select * from case_access where case_id = %s and membership_id = %s",
        case.pk,
        house.world.membership(COLLEAGUE),
    )[0]
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE)))
    own: Case = house.as_(
        COLLEAGUE,
        lambda actor: cases.begin(actor, codes=FACTS, sealed={**SEALED, "contact": {"call_name": "Another"}}),
    )
    for row in kept:
        copy_back("section_wrap", row)
    owner("update case_access set ended_at = null, tag = %s where id = %s", hers["tag"], hers["id"])
    before, read = alarms(), {}
    with answered_for(own.pk, case.pk), suppress(NotNow, NotVisible):
        read = house.as_(COLLEAGUE, lambda actor: section.open_section(actor, own, section="contact")).fields
    told = alarms() != before
    tried()
    assert read.get("call_name") != "Canary-Call-Name", f"who was released reads her name; alarm: {told}"


def test_what_is_sent_of_one_woman_is_no_others(house: House) -> None:
    """The other has said no to everything. The first sends, and her packet holds what the other is called."""
    no = house.case()
    says(house, no, "no")
    first: Case = house.as_(
        LEAD, lambda actor: cases.begin(actor, codes=FACTS, sealed={**SEALED, "contact": {"call_name": "Another"}})
    )
    first = house.as_(LEAD, lambda actor: cases.register(actor, first, version=first.version))
    says(house, first)
    draft = house.draft(first)
    before = alarms()

    def do(actor: Any) -> None:
        found = Referral.objects.get(pk=draft.pk)
        send.send(actor, found, version=found.version)

    with answered_for(first.pk, no.pk), suppress(NotNow, NotVisible):
        house.as_(LEAD, do)
    read: dict[str, Any] = {}
    with suppress(NotNow, Referral.DoesNotExist):  # nothing was sent
        accept(house, draft)
        read = reads(house, draft)
    told = alarms() != before
    tried()
    assert read.get("contact", {}).get("call_name") != "Canary-Call-Name", (
        f"she said no, and her name is read; alarm: {told}"
    )


def test_nor_is_it_written_under_the_key_of_another_case(house: House) -> None:
    """Whoever works on the other case, and on this one never did, opens it with her passphrase and a copy."""
    case, other = house.case(), house.case(COLLEAGUE)
    before = alarms()
    with (
        answered_for(case.pk, other.pk, "section_key", "section_code", "contact", "DESC LIMIT 1"),
        suppress(NotNow, NotVisible),
    ):
        write(house, case)
    told = alarms() != before
    tried()
    colleague, found = house.world.people[COLLEAGUE].key, ""
    row = owner("select * from contact where case_id = %s", case.pk)[0]
    for wrap in owner(
        "select w.seal, k.epoch from section_wrap w join section_key k on k.id = w.section_key_id"
        " where k.case_id = %s and k.section_code = 'contact' and w.recipient_key_id = %s",
        other.pk,
        colleague.id,
    ):
        place = raw.wrap_context(other.pk, "contact", wrap["epoch"], colleague.id)
        key = raw.open_seal(colleague, bytes(wrap["seal"]), place)
        field = Field(case.pk, "contact", "contact.body", row["id"], row["epoch"], row["seal_no"])
        with suppress(Sealed):
            found = unlock_field(key, field, bytes(row["body"]))
    assert found == "", f"who is of no such team reads what is written now; alarm: {told}"
