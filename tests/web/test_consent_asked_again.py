"""Consent asked a second time: what stands is selected and stays as it is, unless it is changed or asked again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import Consent, ConsentRow
from hamkori.vocabulary.codes import shown
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.consenting import House, ask, form_of, page
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db
POLICE = {"a_police_protection": "no", "a_police_justice": "no"}


@pytest.fixture
def house(scene: Scene) -> House:
    return House(scene)


def newest(case: Case) -> dict[str, ConsentRow]:
    with god():
        version = Consent.objects.filter(case=case).latest("number")
        return {f"{row.kind_code}:{row.purpose_code}": row for row in ConsentRow.objects.filter(consent=version)}


def number(case: Case) -> int:
    with god():
        return Consent.objects.filter(case=case).count()


def test_what_stands_is_selected_with_its_day_and_untouched_it_is_not_an_answer(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    ask(client, case, a_health_help="yes", **POLICE)
    pass_time(days=3)
    drawn = client.get(page(case))
    form, text = form_of(drawn), drawn.content.decode()
    assert [form[f"a_{row}"] for row in ("health_help", "police_justice", "legal_help")] == [
        ["yes"],
        ["no"],
        ["not_asked"],
    ]
    assert "how_given" not in form, "how it was said this time is a fact of this conversation"
    assert "Agreed on" in text
    assert "Nothing is sent to the police. Other help goes on." in text
    assert text.count("Ask again: the answer counts from today") == 3
    again = client.post(page(case), form | {"read": "on"})
    assert (again.status_code, number(case)) == (400, 1)
    assert "Nothing was asked." in again.content.decode()


def test_one_changed_answer_leaves_the_others_their_day(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    ask(client, case, a_health_help="yes", a_legal_help="yes")
    before = newest(case)
    pass_time(days=3)
    ask(client, case, anew=["health:help"])
    after = newest(case)
    assert after["health:help"].until == before["health:help"].until + timedelta(days=3)
    assert after["legal:help"].until == before["legal:help"].until
    assert (
        ask(client, case, a_legal_help="not_asked", a_psychological_help="no", how_said="in_person").status_code == 303
    )
    assert newest(case)["legal:help"].answer_code == "yes", "not asked now: the answer stays"


def test_one_plain_no_answers_both_questions_of_the_police_and_a_yes_never_does(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    mixed = ask(client, case, police_no="on", a_police_protection="yes")
    assert (mixed.status_code, number(case)) == (400, 0)
    assert "Ask which one it is." in mixed.content.decode()
    assert ask(client, case, police_no="on", how_said="in_person").status_code == 303
    assert {row for row, one in newest(case).items() if one.answer_code == "no"} == {
        "police:protection",
        "police:justice",
    }
    ask(client, case, a_police_protection="yes")
    assert newest(case)["police:justice"].answer_code == "no"


def test_a_no_that_would_stop_a_referral_names_it_under_its_row(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    referral = house.sent(case)
    text = client.get(page(case)).content.decode()
    first, rest = text.split("Doctors: treatment", 1)
    assert f"A no stops a referral: NGO shelter or crisis room, Shelter-Kulob, {shown(referral.code)}." in first
    assert "A no stops a referral" not in rest


def test_a_version_of_another_hand_is_shown_and_what_was_marked_is_asked_again(house: House) -> None:
    """Both marked the same yes: the second is not lost as "nothing was asked"."""
    case, client = house.case(), doors.client_for(house.zarina)
    older = form_of(client.get(page(case))) | {"read": "on", "how_given": "spoken", "a_health_help": "yes"}
    ask(client, case, a_health_help="yes", a_legal_help="yes")
    late = client.post(page(case), older)
    assert late.status_code == 409
    form = form_of(late)
    assert (form["anew"], form["a_legal_help"]) == (["health:help"], ["yes"])
    assert client.post(page(case), form).status_code == 303
    assert number(case) == 2


def test_save_and_print_is_one_press_and_the_answers_stand_in_two_languages(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    saved = ask(client, case, a_health_help="yes", language="ru", print="1", **POLICE)
    assert saved["Location"] == page(case, "print/?in=ru&now=1")
    paper = client.get(saved["Location"]).content.decode()
    assert "data-print-now" in paper
    until = timezone.localdate() + timedelta(days=90)
    assert "Врачи: лечение: <b>" in paper
    assert "Doctors: treatment: <b>" in paper
    assert f"until {until.day} " in paper
