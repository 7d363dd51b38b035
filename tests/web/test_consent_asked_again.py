"""Consent asked a second time: what stands is selected and stays as it is, unless it is changed or asked again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import Consent, ConsentRow
from hamkori.vocabulary.codes import shown
from hamkori.web.kit import moments
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.consenting import House, ask, form_of, page
from tests.web.scene import Scene
from tests.web.senders import page_text

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
    assert text.count("Asked again today") == 3
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


def full_day(days: int) -> str:
    return moments.full_day(timezone.localdate() + timedelta(days=days), timezone.localdate())


def until(days: int) -> str:
    return moments.dated(timezone.localdate() + timedelta(days=days))


def test_a_new_asking_ends_no_earlier_than_the_one_before_unless_that_is_said(house: House) -> None:
    """Red before: 90 days stood selected, and an answer that ran for 150 ended two months earlier."""
    case, client = house.case(), doors.client_for(house.zarina)
    ask(client, case, a_health_help="yes", until=(timezone.localdate() + timedelta(days=150)).isoformat())
    drawn = client.get(page(case))
    assert form_of(drawn)["days"] == ["kept"]
    assert f"as before, until {full_day(150)}" in drawn.content.decode()
    before = newest(case)["health:help"].until
    assert ask(client, case, s_health_help=["contact"]).status_code == 303
    assert newest(case)["health:help"].until == before
    asked = ask(client, case, anew=["health:help"], days="90")
    said = f"Doctors: treatment: until {full_day(90)}; before: until {full_day(150)}."
    assert (asked.status_code, number(case)) == (200, 2), "said first, and nothing is written"
    assert said in asked.content.decode()
    assert client.post(page(case), form_of(asked)).status_code == 303
    assert before is not None
    assert newest(case)["health:help"].until == before - timedelta(days=60)


def test_what_was_answered_is_printed_without_a_new_asking_each_version_too(house: House) -> None:
    """Red before: only "save and print" led to the paper."""
    case, client = house.case(), doors.client_for(house.zarina)
    assert "Print in two languages" not in page_text(client.get(page(case))), "there is nothing to print yet"
    ask(client, case, a_health_help="yes")
    ask(client, case, a_health_help="no", a_legal_help="without_name", how_said="in_person")
    text = client.get(page(case)).content.decode()
    for address in (page(case, "print/"), page(case, "print/?version=1"), page(case, "print/?version=2")):
        assert f'href="{address}"' in text, address
    newer, older = (page_text(client.get(page(case, f"print/?in=tg&with=en&version={one}"))) for one in (2, 1))
    assert "Doctors: treatment: no " in newer
    assert "Earlier answers" not in newer
    assert f"Doctors: treatment: yes, with name, until {until(90)}" in older
    assert "Lawyers: help: not asked" in older
    assert "Earlier answers, of" in older
    assert number(case) == 2, "nothing is written"
    assert "Opened the consent text for paper" in page_text(client.get(f"/cases/{case.code}/history/"))


def test_an_earlier_version_says_the_childs_no_on_paper(house: House) -> None:
    case, client = house.case(band="a9_17"), doors.client_for(house.zarina)
    who = {"speaker": "guardianship_body", "suspected": "no"}
    ask(client, case, a_health_help="yes", child_answer="says_no", **who)
    ask(client, case, a_health_help="yes", child_answer="agrees", anew=["health:help"], **who)
    paper = page_text(client.get(page(case, "print/?in=tg&with=en&version=1")))
    assert "Doctors: treatment: The child said no" in paper


def test_a_save_that_narrows_says_what_was_taken_back_and_the_history_does(house: House) -> None:
    """Red before: "What the person said yes to can be sent now. Next: refer"."""
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    ask(client, case, s_shelter_social_help=["needs"])
    shown = page_text(client.get(f"/cases/{case.code}/"))
    back = "Shelter and social help: How to reach the person safely"
    assert f"Saved. Withdrawn: {back}. Nothing of it is sent any more." in shown
    assert "Next: refer" not in shown
    assert f"withdrawn: {back}" in shown
    ask(client, case, a_shelter_social_help="no", a_legal_help="yes", how_said="in_person")
    shown = page_text(client.get(f"/cases/{case.code}/"))
    assert "Saved. Withdrawn: Shelter and social help. Nothing of it is sent any more." in shown
    assert "What the person said yes to can be sent now, and nothing else." in shown


def test_the_case_names_who_got_a_yes_and_leads_to_taking_it_back(house: House) -> None:
    """Red before: "1 yes, police not asked", and the way to take something back was found by nobody."""
    case, client = house.case(), doors.client_for(house.zarina)
    shown = client.get(f"/cases/{case.code}/").content.decode()
    assert "Not asked: shelter, doctors, psychologists, lawyers. Police: not asked." in shown
    assert page(case, "withdraw/") not in shown, "there is nothing to withdraw yet"
    ask(client, case, a_health_help="yes", a_legal_help="no", how_said="in_person", **POLICE)
    shown = client.get(f"/cases/{case.code}/").content.decode()
    assert "Yes: doctors. No: lawyers. Not asked: shelter, psychologists. Police: no." in shown
    assert shown.count(f'href="{page(case, "withdraw/")}"') == 2, "on the phone and on the desk"
    assert "The person withdraws something" in client.get(page(case)).content.decode()


def test_the_short_way_shows_the_last_day_and_folds_the_text(house: House) -> None:
    """Red before: "Valid until" stood there without a day."""
    case, client = house.case(), doors.client_for(house.zarina)
    ask(client, case, a_health_help="yes", until=(timezone.localdate() + timedelta(days=150)).isoformat())
    shown = page_text(client.get(f"/cases/{case.code}/first/?step=consent&read=tg"))
    assert f"Valid until {full_day(150)} Change" in shown
    other = house.case()
    shown = page_text(client.get(f"/cases/{other.code}/first/?step=consent&read=tg"))
    assert f"Valid until {full_day(90)}, 90 days Change" in shown
    assert "The rest of the text, about" in page_text(client.get(f"/cases/{other.code}/first/?step=consent"))


def test_only_what_was_agreed_is_called_withdrawn(house: House) -> None:
    """Red before: "Withdrawn: Name and documents", though no papers were agreed to; and of a yes that had run out."""
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    ask(client, case, a_shelter_social_help="without_name")
    shown = page_text(client.get(f"/cases/{case.code}/"))
    assert "Saved. Withdrawn: Shelter and social help: What to call the person." in shown
    assert "withdrawn: Shelter and social help: What to call the person" in shown, "and in what happened"
    assert "help: Full name and documents" not in shown
    over = house.case()
    house.agreed(over)
    pass_time(days=61)
    ask(client, over, a_shelter_social_help="without_name", days="90")
    shown = page_text(client.get(f"/cases/{over.code}/"))
    assert "Saved. What the person said yes to can be sent now, and nothing else." in shown
    assert "ithdrawn:" not in shown, "it had ended, and she took nothing back"
    ask(client, over, a_shelter_social_help="no", how_said="in_person")
    assert "Saved. Withdrawn: Shelter and social help." in page_text(client.get(f"/cases/{over.code}/"))


def test_on_paper_a_yes_that_has_run_out_is_not_asked_again_and_the_answers_stand_first(house: House) -> None:
    """Red before: "Has ended" beside answers of today, below three pages of text."""
    case, client = house.case(), doors.client_for(house.zarina)
    house.agreed(case)
    last = until(60)
    pass_time(days=61)
    ask(client, case, a_health_help="yes", days="90")
    paper = page_text(client.get(page(case, "print/?in=tg&with=en")))
    assert f"Shelter and social help: not asked again; the earlier yes was valid until {last}" in paper
    assert "Has ended" not in paper
    assert "Lawyers: help: Not asked" in paper
    assert paper.index("Your answers") < paper.index("Help does not depend on any answer here.")
