"""A case is opened again while the owner of the database writes: no yes of before is put back, and no no is lost.

Until 7f405bd opening a case again wrote nothing: a request went out on the yes of before, without anybody's attack.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import erase_newest, not_sent, says, sends, version_of
from tests.attacks.owned import alarmed, owner, refused
from tests.casework.racing import LEAD, WORKER, House, state
from tests.casework.side_by_side import Deed, beside
from tests.cast import tomorrow
from tests.database import god

pytestmark = pytest.mark.alarms

ABOVE = "supervisor-cso"


def closes(house: House, case: Case) -> None:
    def do(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.close(actor, found, version=found.version, outcome="goals_met")

    house.as_(LEAD, do)


def reopening(case: Case) -> Deed:
    def do(actor: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.reopen(actor, found, version=found.version, reason="returned")

    return Deed(ABOVE, do)


def opens_again(house: House, case: Case) -> None:
    house.as_(ABOVE, reopening(case).do)


def answer_of(house: House, case: Case) -> str:
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    assert word is not None
    return str(word.as_rules["shelter_social", "help"].answer)


def agreed_then_closed(house: House, **more: Any) -> Case:
    case: Case = house.case()
    says(house, case, **more)
    closes(house, case)
    return case


def test_the_version_without_a_yes_cannot_be_taken_out(house: House) -> None:
    case = agreed_then_closed(house)
    opens_again(house, case)
    draft = house.draft(case)
    erase_newest(case)
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


def test_nor_put_above_by_the_one_before_or_made_a_yes(house: House) -> None:
    case = agreed_then_closed(house)
    version = version_of(case)
    opens_again(house, case)
    draft = house.draft(case)
    number = version_of(case)["number"]
    erase_newest(case)
    owner("update consent set number = %s where id = %s", number + 1, version["id"])
    with refused("consent"):
        sends(house, draft)
    owner("update consent set number = %s, step_code = 'ask_again' where id = %s", number, version["id"])
    with pytest.raises(NotNow, match="tag_mismatch"):
        sends(house, draft)
    not_sent(house, draft)


def test_nor_kept_out_while_the_case_is_opened(house: House) -> None:
    """His function writes nothing, and his step says yes to all."""
    case = agreed_then_closed(house)
    (made,) = owner(
        "select pg_get_functiondef('case_effect_asked_again'::regproc) as step,"
        " pg_get_functiondef('consent_ask_again'::regproc) as word"
    )
    owner(
        "create or replace function consent_ask_again(p_case uuid, p_id uuid, p_number integer, p_as_child boolean,"
        " p_at timestamptz, p_tag bytea, p_rows jsonb, p_without uuid[]) returns void language plpgsql volatile"
        " security definer as $$ begin end $$"
    )
    owner(made["step"].replace("if (select", "if false and (select"))
    try:
        opens_again(house, case)
    finally:
        owner(made["word"])
        owner(made["step"])
    draft = house.draft(case)
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)


def test_the_state_put_back_and_forth_brings_no_yes_back(house: House) -> None:
    case = agreed_then_closed(house)
    opens_again(house, case)
    for stands in ("closed", "open"):
        owner('update "case" set state_code = %s where id = %s', stands, case.pk)
    draft = house.draft(case)
    with pytest.raises(NotNow, match="consent_asked"):
        sends(house, draft)
    owner("update \"case\" set state_code = 'closed' where id = %s", case.pk)
    opens_again(house, case)
    tried()
    assert answer_of(house, case) == "not_asked"
    not_sent(house, draft)


@pytest.mark.parametrize("meanwhile", ["nothing", "a no in the closed case", "a yes after it"])
def test_a_case_that_only_the_database_calls_open_sends_nothing(house: House, meanwhile: str) -> None:
    """Red on 781004e: no supervisor had opened it, nobody had asked her again, and her yes of before was sent."""
    case = agreed_then_closed(house)
    if meanwhile == "a no in the closed case":
        says(house, case, "no", kind="police", purpose="justice", sections=frozenset())
    owner("update \"case\" set state_code = 'open' where id = %s", case.pk)
    draft = house.draft(case)
    if meanwhile == "a yes after it":
        says(house, case)
    with refused("consent"):
        sends(house, draft)
    not_sent(house, draft)
    owner("update \"case\" set state_code = 'closed' where id = %s", case.pk)
    opens_again(house, case)
    assert answer_of(house, case) == "not_asked"
    says(house, case)
    sends(house, draft)
    assert state(draft) == "sent", "who opened it has asked for her word, and she has said it"


def test_a_changed_word_is_opened_with_nothing_that_it_says(house: House) -> None:
    """Whom she does not want was struck off there: of it nothing is known any more, and the case opens all the same."""
    shelter = house.world.bodies["shelter-kulob"]
    case = agreed_then_closed(house, without=(shelter,))
    stands = version_of(case)["id"]
    owner("delete from consent_excluded where consent_id = %s", stands)
    with alarmed("consent"):
        opens_again(house, case)
    assert answer_of(house, case) == "not_asked"
    draft = house.draft(case)
    says(house, case)
    with pytest.raises(NotNow, match="body_allowed"):
        sends(house, draft)
    not_sent(house, draft)
    says(house, case, again=(shelter,))
    sends(house, draft)
    assert state(draft) == "sent"


def test_a_word_that_is_gone_is_opened_with_nothing_agreed_and_nobody_wanted(house: House) -> None:
    case = agreed_then_closed(house)
    erase_newest(case)
    with alarmed("consent"):
        opens_again(house, case)
    tried()
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    assert word is not None
    assert word.as_rules == {}
    assert not word.lets(house.world.bodies["shelter-kulob"])


def helped_then_closed(house: House) -> Case:
    """The help goes on: with that the case can be closed."""
    case, referral = house.accepted()

    def serves(actor: Any) -> None:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(actor, mine, version=mine.version)

    house.as_(WORKER, serves)
    closes(house, case)
    return case


# --- she says yes at the same moment ---------------------------------------------------------------------------------


def saying(case: Case, seen: int | None) -> Deed:
    asking = consent.Asking(language="tg", how_given="spoken", until_on=tomorrow())
    answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]

    def do(actor: Any) -> None:
        consent.record(actor, Case.objects.get(pk=case.pk), answers=answers, asking=asking, seen=seen)

    return Deed(LEAD, do)


def test_her_yes_in_the_closed_case_is_one_of_before(house: House) -> None:
    """It is taken there while somebody helps."""
    case = helped_then_closed(house)
    seen = version_of(case)["number"]
    assert beside(house.world, saying(case, seen), reopening(case)) == ("done", "done")
    tried()
    assert version_of(case)["number"] == seen + 2, "hers, and the one in which she is asked again"
    assert answer_of(house, case) == "not_asked"
    assert opened(case)


def test_where_nobody_helps_it_is_none(house: House) -> None:
    case = agreed_then_closed(house)
    seen = version_of(case)["number"]
    assert beside(house.world, saying(case, seen), reopening(case)) == ("case_closed", "done")
    assert version_of(case)["number"] == seen + 1, "nothing of it is kept"
    tried()
    assert answer_of(house, case) == "not_asked"
    assert opened(case)


def test_her_yes_after_the_opening_was_asked_on_the_word_of_before(house: House) -> None:
    case = agreed_then_closed(house)
    seen = version_of(case)["number"]
    assert beside(house.world, reopening(case), saying(case, seen)) == ("done", "version_same")
    tried()
    assert answer_of(house, case) == "not_asked"
    assert opened(case)


def opened(case: Case) -> bool:
    with transaction.atomic(), god():
        return bool(Case.objects.get(pk=case.pk).state_code == "open")
