"""A number far above what is known was given out, and written down by nobody: what carried it outlived what came after.

It cannot be written into the file `given`, since a planted row would make it high for good. But the row that was made
with it had a good tag. Where its press failed, the owner kept it (`test_what_was_undone.py`), took the planted row
away, and waited: what came next had a number that followed the honest ones, its mark was below the row that was kept,
and the row was believed. Red on 7f405bd. Now only what takes everything back is written past such a row.
"""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import erase_newest, not_sent, rows_of, says, sends, version_of
from tests.attacks.owned import owner, refused, sections_read
from tests.attacks.test_planted_casework import write
from tests.attacks.test_what_was_undone import fails_and_is_kept, put_in
from tests.casework.racing import COLLEAGUE, LEAD, House

pytestmark = pytest.mark.alarms

FAR = 100


def unwanted(case: Case, *but: UUID) -> None:
    """Whom she does not want by the word that was put in: all but her own side's. It says no more than their ids."""
    owner(
        "insert into consent_excluded (id, consent_id, organisation_id) select gen_random_uuid(), %s, o.id"
        " from organisation o where o.id <> %s and not o.id = any (%s)",
        version_of(case)["id"], case.organisation_id, list(but),
    )  # fmt: skip


def test_an_epoch_far_ahead_that_a_failed_press_began_is_not_written_under_after_a_release(house: House) -> None:
    """A closed epoch without any tag is planted: nobody asks whether it holds, and the next one is minted past it.

    The colleague who is on the team then has a wrap of it. That press fails; the planted row goes; she is released, and
    the mark of the epochs is raised past the honest ones alone. The kept epoch is put in, and written under: she opens
    what was written after her release. No alarm at all.
    """
    case = house.case(COLLEAGUE)
    planted = uuid4()
    owner("alter table section_key disable trigger user")
    owner("update section_key set closed_at = now() where case_id = %s and section_code = 'contact'", case.pk)
    owner(
        "insert into section_key select (jsonb_populate_record(k, jsonb_build_object('id', %s::text,"
        " 'epoch', k.epoch + %s,"
        " 'closed_at', now(), 'tag', '\\x'))).* from section_key k where case_id = %s and section_code = 'contact'",
        str(planted), FAR, case.pk,
    )  # fmt: skip
    with refused("epoch"):
        write(house, case)
    assert (
        owner("select count(*) as n from section_key where case_id = %s and epoch > %s", case.pk, FAR + 1)[0]["n"] == 0
    )
    owner("delete from section_key where id = %s", planted)
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE)))
    owner("alter table section_key enable trigger user")
    write(house, case)
    tried()
    opened = {who for who, where in sections_read(house.world, case.pk) if where == "contact"}
    assert opened == {LEAD}, "who was released has the key of what is written now"


def test_a_yes_far_ahead_whose_press_failed_does_not_stand_over_the_no_that_she_said_then(house: House) -> None:
    """She takes everything back over a planted word: that press fails, and its own word, far ahead, is put in.

    It is ours, and only takes away. But what she is asked next has the number after it, which nobody writes down
    either; that press fails too. Then all of it goes, she says no, and her "no" has a low number: the "yes" stands.
    """
    case = house.case()
    draft = house.draft(case)
    says(house, case)
    owner("alter table consent disable trigger user")
    owner(
        "insert into consent select (jsonb_populate_record(c, jsonb_build_object('id', %s::text, 'number',"
        " c.number + %s))).* from consent c where case_id = %s",
        str(uuid4()), FAR, case.pk,
    )  # fmt: skip
    with fails_and_is_kept("consent.withdraw", "consent", "consent_row") as taken_back:
        house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    erase_newest(case)
    put_in(taken_back)
    unwanted(case)
    with pytest.raises(NotNow, match="tag_mismatch"):  # of this case the alarm was raised when it was taken back
        says(house, case, again=(draft.to_organisation_id,))
    erase_newest(case)
    says(house, case, "no")
    assert rows_of(case)[0]["answer_code"] == "no"
    owner("alter table consent enable trigger user")
    tried()
    with pytest.raises(NotNow):
        sends(house, draft)
    not_sent(house, draft)
