"""The database says for one press that the case is no case in which anybody says something: her "no" leaves no mark.

A guard of ours left none (ADR 0066). But the guard `case_open` of `consent.record` asks the column `state_code`, which
is the owner's: called otherwise for the moment of the press, the case took no "no", nothing was marked, nothing
alarmed, and what was sent was read on. Red on 87c1ae0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.attacks.test_a_childs_no_is_not_written import CHILD, to_the_police
from tests.attacks.test_former_permits import reads, settles
from tests.attacks.test_her_no_is_not_written import HELP
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House
from tests.cast import FACTS, SEALED, tomorrow

pytestmark = pytest.mark.alarms


@contextmanager
def called(case: Case, **columns: Any) -> Iterator[None]:
    """What the columns of the case say, for a while."""
    names = list(columns)
    (was,) = owner('select * from "case" where id = %s', case.pk)
    owner('alter table "case" disable trigger user')
    say = ", ".join(f"{name} = %s" for name in names)
    owner(f'update "case" set {say} where id = %s', *columns.values(), case.pk)
    try:
        yield
    finally:
        owner(f'update "case" set {say} where id = %s', *(was[name] for name in names), case.pk)
        owner('alter table "case" enable trigger user')


def a_no(house: House, case: Case, _referral: Referral) -> None:
    def do(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        answers = [consent.Answer(*HELP, "no")]
        consent.record(actor, found, answers=answers, asking=consent.Asking(how_said="in_person"))

    house.as_(LEAD, do)


def not_this_body(house: House, case: Case, referral: Referral) -> None:
    def do(actor: Any) -> None:
        found, asking = Case.objects.get(pk=case.pk), consent.Asking(how_said="in_person")
        consent.record(actor, found, answers=(), asking=asking, excluded=[referral.to_organisation_id])

    house.as_(LEAD, do)


def a_no_beside_a_yes(house: House, case: Case, _referral: Referral) -> None:
    def do(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        answers = [consent.Answer(*HELP, "no"), consent.Answer("police", "justice", "yes", frozenset({"contact"}))]
        asking = consent.Asking(language="tg", how_given="spoken", until_on=tomorrow())
        consent.record(actor, found, answers=answers, asking=asking)

    house.as_(LEAD, do)


@pytest.mark.parametrize("word", [a_no, not_this_body])
@pytest.mark.parametrize("columns", [{"state_code": "erased"}, {"is_child": True, "age_band_code": "a9_17"}])
def test_what_was_sent_is_read_no_more(house: House, word: Callable[..., None], columns: dict[str, Any]) -> None:
    case, referral = house.accepted()
    before, fault = alarms(), None
    with called(case, **columns):
        try:
            word(house, case, referral)
        except Exception as error:  # whatever it is, she has said it
            fault = error
    told, read = alarms() != before, dict[str, Any]()
    with suppress(Exception):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she said no ({fault!r}), and what was sent is read; alarm: {told}"


def test_nor_where_she_says_yes_to_something_else(house: House) -> None:
    case, referral = house.accepted()
    with called(case, state_code="erased"), pytest.raises(NotNow, match="unwritten"):
        a_no_beside_a_yes(house, case, referral)
    tried()
    with pytest.raises(NotNow, match="consent_live"):
        reads(house, referral)


def test_a_childs_no_to_the_police_holds_there_too(house: House) -> None:
    case = house.case()
    settles(house, case)
    says(house, case, kind="police", purpose="justice", **CHILD)
    case.state_code = "erased"  # as it was read
    with pytest.raises(NotNow, match="unwritten"):
        says(house, case, kind="police", purpose="justice", **{**CHILD, "child_answer": "says_no"})
    tried()
    assert to_the_police(house, case) == "no"


def test_a_case_that_was_erased_in_truth_alarms_nobody(house: House) -> None:
    case: Any = house.as_(LEAD, lambda actor: cases.begin(actor, codes=FACTS, sealed=SEALED))
    house.agreed(case)
    before = alarms()
    house.as_(LEAD, lambda actor: cases.discard(actor, case, version=case.version))
    answers, asking = [consent.Answer(*HELP, "no")], consent.Asking(how_said="in_person")
    with pytest.raises(NotVisible):
        house.as_(LEAD, lambda actor: consent.record(actor, case, answers=answers, asking=asking))
    assert alarms() == before


def test_a_childs_no_is_one_also_where_the_case_is_called_an_adults(house: House) -> None:
    """Red on 1a3f6d4: written as the adult's yes."""
    case = house.case()
    settles(house, case)
    says(house, case, kind="police", purpose="justice", **CHILD)
    with called(case, is_child=False, age_band_code="a18_29"):
        says(house, case, kind="police", purpose="justice", **{**CHILD, "child_answer": "says_no"})
    tried()
    assert to_the_police(house, case) == "no"
