"""The owner of the database changes what she said; nothing leaves on it, and it is carried into nothing else.

The holes: a "no" made "yes", sections or time widened, an organisation she did not want struck off, who spoke for a
child changed, the row of a withdrawal deleted: the web process believed the rows and sent. Most were
red on commit ff6e3b1.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import Consent, ConsentRow
from hamkori.casework.consent.queries.agreed import agreed as agreed_on_page
from hamkori.casework.consent.queries.consent import asked
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist
from tests.attacks.counted import tried
from tests.attacks.hers import erase_newest, not_sent, rows_of, says, sends, version_of
from tests.attacks.owned import alarmed, copy_back, owner, refused
from tests.casework.racing import LEAD, House, state

pytestmark = pytest.mark.alarms

NOT_COVERED = {"tag"}


# --- her word ---------------------------------------------------------------------------------------------------------


def test_a_no_made_a_yes_is_refused(house: House) -> None:
    case = house.case()
    says(house, case, "no")
    draft = house.draft(case)
    owner(
        "update consent_row set answer_code = 'yes', sections = '{contact}', until = %s where consent_id = %s",
        timezone.now() + timedelta(days=60), version_of(case)["id"],
    )  # fmt: skip
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


OTHER: dict[str, Any] = {
    "UUIDField": uuid4,
    "IntegerField": lambda: 7,
    "CharField": lambda: "other",
    "BooleanField": lambda: True,
    "DateTimeField": lambda: timezone.now() + timedelta(days=170),
    "ArrayField": lambda: ["contact", "identity", "needs"],
}


@pytest.mark.parametrize(
    "field", [one.column for one in Consent._meta.fields if one.column not in {"id", *NOT_COVERED}]
)
@pytest.mark.thin(4)
def test_no_column_of_a_version_can_be_changed(house: House, field: str) -> None:
    case = house.case()
    says(house, case)
    draft = house.draft(case)
    there = house.case().pk if field == "case_id" else OTHER[_kind(Consent, field)]()
    owner(f"update consent set {field} = %s where id = %s", there, version_of(case)["id"])
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


@pytest.mark.parametrize(
    "field", [one.column for one in ConsentRow._meta.fields if one.column not in {"id", "consent_id"}]
)
@pytest.mark.thin(4)
def test_no_column_of_a_row_can_be_changed(house: House, field: str) -> None:
    case = house.case()
    says(house, case)
    draft = house.draft(case)
    owner(
        f"update consent_row set {field} = %s where id = %s", OTHER[_kind(ConsentRow, field)](), rows_of(case)[0]["id"]
    )
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


def _kind(model: Any, column: str) -> str:
    field = next(one for one in model._meta.fields if one.column == column)
    return "UUIDField" if field.is_relation else type(field).__name__


def test_an_answer_cannot_be_planted_nor_taken_out(house: House) -> None:
    case = house.case()
    says(house, case)
    draft = house.draft(case)
    row = rows_of(case)[0]
    copy_back("consent_row", row, id=uuid4(), kind_code="police", purpose_code="justice")
    with refused("consent"):
        sends(house, draft)
    owner("delete from consent_row where consent_id = %s", row["consent_id"])
    with pytest.raises(NotNow, match="tag_mismatch"):  # the alarm of the same minute was raised
        sends(house, draft)
    tried()
    not_sent(house, draft)


def test_a_version_cannot_be_planted(house: House) -> None:
    case = house.case()
    says(house, case, "no")
    draft = house.draft(case)
    version, row = version_of(case), rows_of(case)[0]
    new = uuid4()
    copy_back("consent", version, id=new, number=2, step_code="give")
    copy_back("consent_row", row, id=uuid4(), consent_id=new, answer_code="yes", sections=["contact"],
              until=timezone.now() + timedelta(days=60))  # fmt: skip
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


def test_an_organisation_she_does_not_want_cannot_be_struck_off(house: House) -> None:
    case = house.case()
    says(house, case, without=(house.world.bodies["shelter-kulob"],))
    draft = house.draft(case)
    owner("delete from consent_excluded where consent_id = %s", version_of(case)["id"])
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


def _child(house: House) -> Case:
    case = house.case()

    def settle(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(actor, found, version=found.version, age_band="a9_17", reason="papers")

    house.as_(LEAD, settle)
    return Case.objects.filter(pk=case.pk).first() or house.as_(LEAD, lambda _actor: Case.objects.get(pk=case.pk))


def test_what_a_child_said_cannot_be_changed(house: House) -> None:
    case = _child(house)
    says(house, case, speaker=min(codelist("speaker").codes), child_answer="says_no")
    draft = house.draft(case)
    owner("update consent_row set child_answer_code = 'agrees' where consent_id = %s", version_of(case)["id"])
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


def test_a_withdrawal_cannot_be_deleted(house: House) -> None:
    case = house.case()
    says(house, case)
    house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    draft = house.draft(case)
    erase_newest(case)
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


def test_nor_all_that_she_ever_said(house: House) -> None:
    """That she was never asked is not believed either: she would be asked again after a no."""
    case = house.case()
    says(house, case, "no")
    draft = house.draft(case)
    erase_newest(case)
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


def test_a_changed_answer_is_not_carried_into_the_next_version(house: House) -> None:
    """Asking about something else would put a good tag over the owner's "yes"."""
    case = house.case()
    says(house, case, "no")
    owner("update consent_row set answer_code = 'yes' where consent_id = %s", version_of(case)["id"])
    with refused("consent"):
        says(house, case, kind="legal", sections=frozenset())
    with pytest.raises(NotNow, match="unwritten"):  # it holds all the same, by a mark (ADR 0066)
        house.as_(
            LEAD,
            lambda actor: consent.withdraw(actor, case, rows=[("shelter_social", "help")], sections=["contact"],
                                           how_said="in_person"),
        )  # fmt: skip
    assert version_of(case)["number"] == 1
    tried(2)


def test_everything_can_be_taken_back_whatever_stands_there(house: House) -> None:
    """And what then stands is hers again: she is asked, takes an organisation again, and a request goes there."""
    case = house.case()
    says(house, case)
    owner("update consent_row set sections = '{contact,identity}' where consent_id = %s", version_of(case)["id"])
    with alarmed("consent"):
        house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    says(house, case, again=(house.world.bodies["shelter-kulob"],))
    draft = house.draft(case)
    sends(house, draft)
    assert state(draft) == "sent"
    tried()


def test_pages_do_not_show_a_changed_answer(house: House) -> None:
    case = house.case()
    says(house, case, "no")
    owner("update consent_row set answer_code = 'yes' where consent_id = %s", version_of(case)["id"])

    def look(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        assert agreed_on_page(found, timezone.now()).rows == {}
        assert asked(found, timezone.now(), to_take_back=True).rows

    with alarmed("consent"):
        house.as_(LEAD, look)
    tried()
