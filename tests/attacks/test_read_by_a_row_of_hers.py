"""Who was released is put back with all that was sealed to her; what was written before stays shut, and goes nowhere.

Her row bears its own id and tag, which say nothing of an end. New keys were not sealed to her before either, but what
she had held opened: each reading asked which sections the row names, and not whether anybody still vouches for it. Red
on 3a4afea.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.case.machinery import own_row
from hamkori.casework.case.machinery.tagged import ENDED
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.casework.referral.actions import disclosure, send
from hamkori.casework.referral.models import Referral
from hamkori.casework.screening.actions import screening
from hamkori.refusal import NotVisible
from hamkori.vault import server
from hamkori.vault.server import keyring
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import copy_back, owner, packet_read, refused, sections_read
from tests.attacks.test_added_for_another_function import screened
from tests.casework.racing import COLLEAGUE, LEAD, House

pytestmark = pytest.mark.alarms


@dataclass
class There:
    """What she works with."""

    house: House
    case: Case
    draft: Referral

    def put_back(self) -> None:
        """She is released, and the owner of the database undoes it: her row, and every wrap that was hers."""
        hers = self.house.world.membership(COLLEAGUE)
        row = owner("select * from case_access where case_id = %s and membership_id = %s", self.case.pk, hers)[0]
        wraps = "select w.* from section_wrap w join section_key k on k.id = w.section_key_id where k.case_id = %s"
        kept = owner(wraps, self.case.pk)
        self.house.as_(LEAD, lambda actor: team.release(actor, self.case, membership=hers))
        owner("update case_access set ended_at = null, tag = %s where id = %s", row["tag"], row["id"])
        there = {wrap["id"] for wrap in owner(wraps, self.case.pk)}
        for wrap in kept:
            if wrap["id"] not in there:
                copy_back("section_wrap", wrap)
        assert (COLLEAGUE, "contact") in sections_read(self.house.world, self.case.pk), "they are hers"


@pytest.fixture
def there(house: House) -> There:
    case = house.case(COLLEAGUE)
    screened(house, case)
    says(house, case)
    return There(house, case, house.draft(case))


def sends(actor: Any, there: There) -> None:
    found = Referral.objects.get(pk=there.draft.pk)
    send.send(actor, found, version=found.version)


def writes(actor: Any, there: There) -> None:
    seal_no = owner("select seal_no from contact where case_id = %s", there.case.pk)[0]["seal_no"]
    section.write_section(actor, there.case, section="contact", fields={"call_name": "other"}, seal_no=seal_no)


def edits(actor: Any, there: There) -> None:
    found = Case.objects.get(pk=there.case.pk)
    cases.edit(actor, found, version=found.version, codes={}, sealed={"contact": {"call_name": "other"}})


DEEDS: dict[str, Callable[[Any, There], object]] = {
    "open": lambda actor, there: section.open_section(actor, there.case, section="contact"),
    "write": writes,
    "edit": edits,
    "the agreed text": lambda actor, there: disclosure.open_agreed_text(actor, there.case, referral=there.draft.pk),
    "the signs to choose": lambda actor, there: disclosure.open_present_signs(actor, there.case),
    "the answers": lambda actor, there: screening.open_answers(actor, there.case, state="completed"),
    "a new screening": lambda actor, there: screening.start(actor, there.case),
    "send": sends,
    "her yes": lambda actor, there: says(there.house, there.case, kind="health", who=COLLEAGUE),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_who_was_released_opens_nothing_of_before_and_sends_none_of_it(there: There, deed: str) -> None:
    there.put_back()
    with refused("team"):
        there.house.as_(COLLEAGUE, lambda actor: DEEDS[deed](actor, there))
    assert packet_read(there.house.world, there.draft.pk, keyring()) == set()
    tried()


@pytest.mark.parametrize("deed", DEEDS)
def test_who_is_on_the_team_does_it(there: There, deed: str) -> None:
    there.house.as_(COLLEAGUE, lambda actor: DEEDS[deed](actor, there))


@pytest.mark.parametrize("column", ["sections", "writes", "kind_code"])
def test_a_row_that_was_changed_opens_nothing(there: There, column: str) -> None:
    other = {"sections": ["contact"], "writes": ["contact", "criminal"], "kind_code": "lead"}[column]
    owner("alter table case_access disable trigger user")
    owner(f"update case_access set {column} = %s where case_id = %s and membership_id = %s",
          other, there.case.pk, there.house.world.membership(COLLEAGUE))  # fmt: skip
    owner("alter table case_access enable trigger user")
    with refused("team"):
        there.house.as_(COLLEAGUE, lambda actor: DEEDS["open"](actor, there))
    tried()


def led_by_a_colleague(house: House) -> Case:
    """By what the rows say; nobody has made her the lead."""
    case = house.case(COLLEAGUE)
    owner("alter table case_access disable trigger user")
    owner("update case_access set kind_code = 'supervisor' where case_id = %s and kind_code = 'lead'", case.pk)
    owner("update case_access set kind_code = 'lead' where case_id = %s and membership_id = %s",
          case.pk, house.world.membership(COLLEAGUE))  # fmt: skip
    owner("alter table case_access enable trigger user")
    return case


def test_a_colleague_who_is_called_the_lead_shares_nothing(house: House) -> None:
    """What she holds was sealed to whom she chose."""
    case = led_by_a_colleague(house)
    other = "psychologist-cso"
    with refused("team"):
        house.as_(COLLEAGUE, lambda actor: team.admit(actor, case, membership=house.world.membership(other)))
    assert other not in {who for who, _where in sections_read(house.world, case.pk)}
    tried()


def test_a_colleague_who_is_called_the_lead_makes_no_adult_of_a_child(house: House) -> None:
    """Its word would count alone. That somebody is a child may be said by whoever is there."""
    case = led_by_a_colleague(house)

    def settles(actor: Any, band: str) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(actor, found, version=found.version, age_band=band, reason="papers")

    house.as_(COLLEAGUE, lambda actor: settles(actor, "a9_17"))
    with refused("team"):
        house.as_(COLLEAGUE, lambda actor: settles(actor, "a18_29"))
    tried()


def test_who_is_released_while_she_opens_finds_nothing_and_it_is_no_alarm(
    there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Her row was read before the release stood, and its mark is there when it is asked for."""
    alarms, read = Path(settings.HAMKORI_MARKS, "alarms"), own_row.my_access
    before = alarms.read_text() if alarms.exists() else ""

    def meanwhile(case: UUID, membership: UUID | None) -> CaseAccess | None:
        row = read(case, membership)
        assert row is not None
        monkeypatch.setattr(own_row, "my_access", read)
        owner("update case_access set ended_at = now(), tag = '' where id = %s", row.pk)
        server.marks().raise_to("team", row.pk, ENDED)
        return row

    monkeypatch.setattr(own_row, "my_access", meanwhile)
    with pytest.raises(NotVisible):
        there.house.as_(COLLEAGUE, lambda actor: DEEDS["open"](actor, there))
    assert (alarms.read_text() if alarms.exists() else "") == before
