"""She says "yes, but without my name", or takes one section back, and the database refuses the row.

Nothing was marked of what narrows a yes, so that her name was read on, and without an alarm where the press was tried
no more. Red on 89e2727.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.referral.actions import send
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import accept, rows_of, says, sends
from tests.attacks.owned import alarmed
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import HELP, raising
from tests.casework.racing import LEAD, House
from tests.cast import tomorrow

pytestmark = pytest.mark.alarms

PHONE = {"safe_phone": "canary-phone"}


def recorded(house: House, case: Case, row: tuple[str, str] = HELP) -> None:
    answers = [consent.Answer(*row, "without_name", frozenset({"contact"}))]
    until = tomorrow() + timedelta(days=59)
    asking = consent.Asking(language="tg", how_given="spoken", how_said="in_person", until_on=until)
    house.as_(LEAD, lambda actor: consent.record(actor, case, answers=answers, asking=asking))


def takes_back(house: House, case: Case, section: str, rows: Any = (HELP,)) -> None:
    def do(actor: Any) -> None:
        consent.withdraw(actor, case, rows=rows, sections=[section], how_said="in_person")

    house.as_(LEAD, do)


def of_the_row(house: House, case: Case) -> None:
    takes_back(house, case, "identity")


def of_all_rows(house: House, case: Case) -> None:
    takes_back(house, case, "identity", None)


SAID = [recorded, of_the_row, of_all_rows]


def refused(house: House, case: Case, says_so: Callable[..., None], *more: Any) -> None:
    with raising("consent"), alarmed("consent"), pytest.raises(NotNow, match="unwritten"):
        says_so(house, case, *more)


@pytest.mark.parametrize("says_so", SAID)
def test_her_name_is_read_no_more(house: House, says_so: Callable[..., None]) -> None:
    case, referral = house.accepted()
    assert "call_name" in reads(house, referral)["contact"]
    refused(house, case, says_so)
    tried()
    assert reads(house, referral)["contact"] == PHONE, "the rest is read on"


@pytest.mark.parametrize("says_so", SAID)
def test_what_waits_goes_without_her_name(house: House, says_so: Callable[..., None]) -> None:
    case, waiting = house.sent()
    draft = house.draft(case)
    refused(house, case, says_so)
    accept(house, waiting)
    tried()
    assert reads(house, waiting)["contact"] == PHONE
    sends(house, draft)
    accept(house, draft)
    tried()
    assert reads(house, draft)["contact"] == PHONE


@pytest.mark.parametrize("rows", [(HELP,), None])
def test_a_section_is_read_no_more(house: House, rows: Any) -> None:
    case, referral = house.accepted()
    draft = house.draft(case)
    refused(house, case, takes_back, "contact", rows)
    tried()
    assert set(reads(house, referral)) == {"text"}, "what is left is read on"
    with pytest.raises(NotNow, match="section_agreed"):
        sends(house, draft)


@pytest.mark.parametrize("says_so", SAID)
def test_her_next_word_says_it_and_a_yes_with_her_name_counts(house: House, says_so: Callable[..., None]) -> None:
    case, referral = house.accepted()
    refused(house, case, says_so)
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    assert (word.unwritten, word.as_rules[HELP].answer) == (True, "without_name")
    says(house, case, "no", kind="police", purpose="justice")
    written = {(row["kind_code"], row["purpose_code"]): row["answer_code"] for row in rows_of(case)}
    assert written[HELP] == "without_name"
    tried()
    assert reads(house, referral)["contact"] == PHONE
    says(house, case)
    assert "call_name" in reads(house, referral)["contact"]


@pytest.mark.parametrize("says_so", SAID)
def test_pressed_again_it_is_written(house: House, says_so: Callable[..., None]) -> None:
    case, referral = house.accepted()
    refused(house, case, says_so)
    says_so(house, case)
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    assert (word.unwritten, word.as_rules[HELP].answer) == (False, "without_name")
    assert reads(house, referral)["contact"] == PHONE


def test_agreed_to_again_a_section_is_read_again(house: House) -> None:
    case, referral = house.accepted()
    refused(house, case, takes_back, "contact")
    says(house, case)
    assert "call_name" in reads(house, referral)["contact"]
    draft = house.draft(case)
    sent = house.as_(LEAD, lambda actor: send.send(actor, draft, version=draft.version))
    accept(house, sent)
    assert "call_name" in reads(house, sent)["contact"]


def test_of_another_row_or_section_it_takes_nothing(house: House) -> None:
    case, referral = house.accepted()
    refused(house, case, recorded, ("legal", "help"))
    with raising("consent"), pytest.raises(NotNow, match="unwritten"):
        takes_back(house, case, "health")
    assert "call_name" in reads(house, referral)["contact"]
