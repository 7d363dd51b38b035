"""A draft that was thrown away is erased: its wraps are destroyed. The owner puts its rows back, and it opens.

`case.discard` left no mark: not of the rows of its team, not of its epochs, as a release does. So those who could read
it read it again once the rows stood as before, in the running product; nobody else did. No alarm. The text that was
agreed for a request whose draft is thrown away, by itself or with the closing of its case, is erased likewise.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.actions.disclosure import open_agreed_text
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.owned import copy_back, owner
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House, now
from tests.cast import FACTS, SEALED

pytestmark = pytest.mark.alarms

OF_A_CASE = ("case_access", "section_key", "contact", "place")


def test_what_was_erased_is_read_by_nobody(house: House) -> None:
    draft: Case = house.as_(LEAD, lambda actor: cases.begin(actor, codes=FACTS, sealed=SEALED))
    kept = {table: owner(f"select * from {table} where case_id = %s", draft.pk) for table in OF_A_CASE}
    wraps = owner("select w.* from section_wrap w join section_key k on k.id = w.section_key_id where k.case_id = %s",
                  draft.pk)  # fmt: skip
    state = owner('select to_jsonb(c)::text as row from "case" c where id = %s', draft.pk)[0]["row"]
    house.as_(LEAD, lambda actor: cases.discard(actor, Case.objects.get(pk=draft.pk), version=draft.version))
    before = alarms()
    owner('alter table "case" disable trigger user')
    owner('update "case" c set state_code = x.state_code, version = x.version'
          ' from jsonb_populate_record(null::"case", %s::jsonb) x where c.id = x.id', state)  # fmt: skip
    owner('alter table "case" enable trigger user')
    for table, rows in kept.items():
        owner(f"alter table {table} disable trigger user")
        for row in rows:
            owner(f"delete from {table} where id = %s and not exists (select 1 from section_wrap w"
                  f" where w.section_key_id = {table}.id)", row["id"])  # fmt: skip
            if not owner(f"select 1 from {table} where id = %s", row["id"]):
                copy_back(table, row)
        owner(f"alter table {table} enable trigger user")
    for wrap in wraps:
        if not owner("select 1 from section_wrap where id = %s", wrap["id"]):
            copy_back("section_wrap", wrap)
    read: dict[str, Any] = {}
    with suppress(NotVisible, NotNow, NotAllowed, Case.DoesNotExist):
        read = dict(
            house.as_(
                LEAD, lambda actor: section.open_section(actor, Case.objects.get(pk=draft.pk), section="contact")
            ).fields
        )
    told = alarms() != before
    tried()
    assert read == {}, f"it was erased, and is read: {read}; alarm: {told}"
    assert told


def closes(actor: Actor, case: Case) -> None:
    case.refresh_from_db()
    cases.close(actor, case, version=case.version, outcome="goals_met")


@pytest.mark.parametrize("how", ["thrown away", "closed with its case"])
def test_nor_is_the_text_of_a_request_that_was_thrown_away(house: House, how: str) -> None:
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    kept = owner("select * from need where referral_id = %s", draft.pk)
    assert kept
    if how == "thrown away":
        house.as_(LEAD, lambda actor: send.discard(actor, now(draft), version=draft.version))
    else:
        house.as_(LEAD, lambda actor: closes(actor, case))
    for row in kept:
        if not owner("select 1 from need where id = %s", row["id"]):
            owner("alter table need disable trigger user")
            copy_back("need", row)
            owner("alter table need enable trigger user")
    before, read = alarms(), ""
    with suppress(NotVisible, NotNow, NotAllowed):
        read = house.as_(LEAD, lambda actor: open_agreed_text(actor, case, referral=draft.pk))
    told = alarms() != before
    tried()
    assert read == "", f"it was erased, and is read: {read}; alarm: {told}"
    assert told
