"""The key holders' page: what each sees, what each must do, and that nothing is written where it is refused."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client

from hamkori.people.models import BodyKey, TwoPerson
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.doors import Person

pytestmark = pytest.mark.django_db
KEYS = "/keys/"


@pytest.fixture
def umed() -> UUID:
    doors.house()
    return doors.body("umed")


@pytest.fixture
def pair(umed: UUID) -> tuple[Person, Person]:
    return doors.person(umed, "Karim", ["custodian"]), doors.person(umed, "Lola", ["custodian"])


def page(client: Client, address: str = KEYS) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def press(client: Client, address: str, **form: str):
    return client.post(address, {**form, "operation": str(uuid4())})


def question() -> TwoPerson:
    with god():
        return TwoPerson.objects.order_by("-asked_at")[0]


def test_two_make_the_first_key(umed: UUID, pair: tuple[Person, Person]) -> None:
    karim, lola = (doors.client_for(who) for who in pair)
    first = page(karim)
    assert "There is no key yet" in first
    assert "Make the key" in first
    assert "Karim, Lola" in first
    answer = press(karim, f"{KEYS}create/", reason="joined")
    assert (answer.status_code, answer["Location"]) == (303, KEYS)
    mine, hers = page(karim), page(lola)
    assert "Another key holder must agree" in mine
    assert "Withdraw the proposal" in mine
    assert "Agree" not in mine
    assert "Karim asks that the key is made" in hers
    assert "Agree" in hers
    assert "Refuse" in hers
    assert "1 decision waits for you." in page(lola, "/")
    assert "decision waits" not in page(karim, "/")
    asked = question()
    assert press(lola, f"{KEYS}{asked.pk}/agree/").status_code == 303
    done = page(lola)
    assert "You have nothing to do here" in done
    assert "Number 1, made:" in done
    assert "decision waits" not in page(lola, "/")
    assert "1 decision was taken." in page(karim, "/")


def test_a_closed_vault_leads_to_the_passphrase_and_writes_nothing(pair: tuple[Person, Person]) -> None:
    karim = doors.client_for(pair[0])
    press(karim, f"{KEYS}create/", reason="joined")
    lola = doors.client_for(pair[1], vault=False)
    answer = press(lola, f"{KEYS}{question().pk}/agree/")
    assert answer.status_code == 409
    assert "/account/unlock/" in answer.content.decode()
    assert question().state_code == "asked"


def test_refused_with_a_reason(pair: tuple[Person, Person]) -> None:
    karim, lola = (doors.client_for(who) for who in pair)
    press(karim, f"{KEYS}create/", reason="joined")
    address = f"{KEYS}{question().pk}/refuse/"
    without = press(lola, address)
    assert (without.status_code, question().state_code) == (400, "asked")
    assert "Choose a reason." in without.content.decode()
    assert press(lola, address, reason="not_known").status_code == 303
    assert question().state_code == "refused"
    assert "Make the key" in page(karim)


def test_without_a_reason_nothing_is_asked(pair: tuple[Person, Person]) -> None:
    karim = doors.client_for(pair[0])
    for form in ({}, {"reason": "because"}):
        answer = press(karim, f"{KEYS}create/", **form)
        assert answer.status_code == 400
    with god():
        assert not TwoPerson.objects.exists()


def test_taken_back(pair: tuple[Person, Person]) -> None:
    karim, lola = (doors.client_for(who) for who in pair)
    press(karim, f"{KEYS}create/", reason="joined")
    address = f"{KEYS}{question().pk}/take_back/"
    assert press(lola, address).status_code == 409
    assert press(karim, address).status_code == 303
    assert "Make the key" in page(lola)


def test_one_key_holder_reads_that_two_are_needed(umed: UUID) -> None:
    alone = doors.client_for(doors.person(umed, "Karim", ["custodian"]))
    assert "needs two key holders" in page(alone)
    assert press(alone, f"{KEYS}create/", reason="joined").status_code == 409


def test_when_a_key_holder_has_gone_the_page_asks_for_the_next_key(umed: UUID) -> None:
    karim, lola = doors.custodians(umed)
    nozim = doors.person(umed, "Nozim", ["custodian"])
    assert "A new key must be made" in page(doors.client_for(karim))
    assert "A new key must be made" in page(doors.client_for(nozim))
    press(doors.client_for(karim), f"{KEYS}create/", reason="joined")
    assert press(doors.client_for(lola), f"{KEYS}{question().pk}/agree/").status_code == 303
    assert "Number 2, made:" in page(doors.client_for(nozim))
    with god():
        assert BodyKey.objects.filter(ended_at=None, kind_code="continuity").count() == 1


def test_a_question_that_is_over_asks_nobody(pair: tuple[Person, Person]) -> None:
    press(doors.client_for(pair[0]), f"{KEYS}create/", reason="joined")
    pass_time(hours=73)
    shown = page(doors.client_for(pair[1]))
    assert "asks that the key is made" not in shown
    assert "Make the key" in shown


def test_nobody_else_has_this_page(umed: UUID) -> None:
    for role in ("case_worker", "supervisor", "desk_officer", "administrator", "auditor"):
        client = doors.client_for(doors.person(umed, f"One-of-{role}", [role]))
        assert client.get(KEYS).status_code == 403
        assert KEYS not in page(client, "/")
        assert press(client, f"{KEYS}create/", reason="joined").status_code == 403
    assert doors.stranger().get(KEYS).status_code == 302


@pytest.mark.alarms
def test_a_question_under_another_name_is_not_shown(umed: UUID) -> None:
    karim, lola = (doors.person(umed, name, ["custodian"]) for name in ("Karim", "Lola"))
    press(doors.client_for(karim), f"{KEYS}create/", reason="joined")
    with god(), connection.cursor() as cursor:
        cursor.execute("update two_person set asked_by_id = %s", [lola.membership_id])
    assert "asks that the key is made" not in page(doors.client_for(karim))


@pytest.mark.parametrize("step", ["agree", "refuse", "take_back"])
def test_a_question_that_is_decided_foreign_or_absent_is_one_answer(pair: tuple[Person, Person], step: str) -> None:
    karim, lola = (doors.client_for(who) for who in pair)
    panoh = doors.body("panoh")
    other = [doors.person(panoh, name, ["custodian"]) for name in ("Anora", "Safar")]
    anora = doors.client_for(other[0])
    press(anora, f"{KEYS}create/", reason="joined")
    foreign = question().pk
    press(karim, f"{KEYS}create/", reason="joined")
    decided = question().pk
    press(lola, f"{KEYS}{decided}/refuse/", reason="not_known")
    answers = set()
    for one in (decided, foreign, uuid4()):
        answer = press(lola, f"{KEYS}{one}/{step}/", reason="not_known")
        answers.add((answer.status_code, re.sub(r'(nonce|value)="[^"]*"', "", answer.content.decode())))
    assert {status for status, _page in answers} == {409}
    assert len({page.replace(str(decided), "").replace(str(foreign), "") for _status, page in answers}) == 1
