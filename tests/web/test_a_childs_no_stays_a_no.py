"""A child alone says yes to a bed, and no to doctors and to the police. An adult who answers later turns no no."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import ConsentRow
from hamkori.refusal import NotNow
from tests import doors
from tests.database import god
from tests.web.forms_of import fields
from tests.web.forms_of import press as sends
from tests.web.senders import Senders, page_text
from tests.web.test_short_way import WHO, begun, case_of, goes, press
from tests.web.test_what_a_child_answered_stays import ADULT, WHEN, on

pytestmark = pytest.mark.django_db

DOCTOR, PROTECTION, JUSTICE = ("health", "help"), ("police", "protection"), ("police", "justice")
CHILD = {"a_shelter_social_help": "yes", "a_health_help": "no", "police": "no", "child_answer": "agrees"}
ANSWERS = {**ADULT, "adult_heard": "on", "how": "child_speaker"}
AT_THE_CONSENT = {**ADULT, "child_answer": "agrees", "language": "tg", "read": "on", "how_given": "child_speaker"}
FINAL = "The child said no. That is final: nothing is sent to the police while the person is a child."


def alone(client: doors.DoorClient, **said: str) -> str:
    """A girl whom nobody brought: her answers in Tajik, and that no adult can be asked."""
    first = goes(press(client, begun(client), **{**WHO, "age_band_code": "a9_17"}, adult="no", do="go"))
    at = goes(press(client, f"{first.partition('?')[0]}?step=consent", pay="present", read="tg"))
    return goes(press(client, at, **{**CHILD, **said}, speaker="nobody", how="child_speaker"))


def stands(case: Case) -> dict[tuple[str, str], str]:
    with god():
        rows = ConsentRow.objects.filter(consent__case=case).order_by("consent__number")
        return {(row.kind_code, row.purpose_code): row.answer_code for row in rows}


def drawn(page: str, name: str) -> list[str]:
    """The answers that can be pressed."""
    return re.findall(rf'<input type="radio" name="{name}" value="(\w+)"', page)


def test_an_adult_who_answers_later_turns_no_no_of_the_child(zarina: doors.DoorClient) -> None:
    """Red before: the row of answers was one for both, and police and doctors became "Consent given" without a word."""
    at = on(zarina, alone(zarina))
    case, page = case_of(at), zarina.get(at)
    text, html = page_text(page), page.content.decode()
    assert re.search(f"The child said no {WHEN}. Only the child, asked again, can change that.", text)
    assert drawn(html, "a_health_help") == ["child_yes", "child_without_name", "no", "not_asked"]
    assert text.count(FINAL) == 1
    assert drawn(html, "police") == ["no", "not_asked"], "nobody is asked each one"
    assert not drawn(html, "a_police_justice")
    assert fields(page)["a_health_help"] == ["no"]
    assert goes(press(zarina, at, **ANSWERS))
    said = stands(case)
    assert said["shelter_social", "help"] == "yes", "what the child wants and an adult agrees to"
    assert (said[DOCTOR], said[PROTECTION], said[JUSTICE]) == ("no", "no", "no")


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"a_health_help": "yes"}, "An adult’s yes does not change it"),
        ({"a_health_help": "without_name"}, "An adult’s yes does not change it"),
        ({"police": "each", "a_police_justice": "yes"}, "The child has said no to the police. That is final"),
        ({"police": "each", "a_police_protection": "child_yes"}, "The child has said no to the police. That is final"),
        ({"a_health_help": "child_yes", "child_answer": "too_young"}, "An adult’s yes does not change it"),
    ],
)
def test_what_is_not_drawn_is_refused_when_it_is_sent(
    zarina: doors.DoorClient, forged: dict[str, str], why: str
) -> None:
    """Red before: each of them was saved."""
    at = on(zarina, alone(zarina))
    case = case_of(at)
    before = stands(case)
    refused = press(zarina, at, **{**ANSWERS, **forged})
    assert (refused.status_code, why in page_text(refused)) == (400, True)
    whole = {**AT_THE_CONSENT, **{name: value for name, value in forged.items() if name != "police"}}
    refused = sends(zarina, f"/cases/{case.code}/consent/", **whole)
    assert (refused.status_code, why in page_text(refused)) == (409, True)
    assert stands(case) == before


def test_the_child_itself_asked_again_changes_it(zarina: doors.DoorClient) -> None:
    at = on(zarina, alone(zarina))
    assert goes(press(zarina, at, **ANSWERS, a_health_help="child_without_name"))
    assert stands(case_of(at))[DOCTOR] == "without_name"


def test_what_the_child_says_again_while_it_is_alone_stays_its_own(zarina: doors.DoorClient) -> None:
    first = alone(zarina)
    at = f"{first.partition('?')[0]}?step=consent&read=tg"
    first = goes(press(zarina, at, a_health_help="child_yes", speaker="nobody", how="child_speaker"))
    assert stands(case_of(at))[DOCTOR] == "no", "no adult has answered yet"
    assert fields(zarina.get(on(zarina, first)))["a_health_help"] == ["child_yes"]
    assert goes(press(zarina, on(zarina, first), **ANSWERS))
    assert stands(case_of(at))[DOCTOR] == "yes"


def test_the_page_of_the_consent_draws_no_yes_of_an_adult(zarina: doors.DoorClient) -> None:
    """Red before: each row was a row of answers as any other."""
    case = case_of(alone(zarina))
    at = f"/cases/{case.code}/consent/"
    html, text = zarina.get(at).content.decode(), page_text(zarina.get(at))
    assert drawn(html, "a_health_help") == ["child_yes", "child_without_name", "no", "not_asked"]
    assert (drawn(html, "a_police_justice"), FINAL in text) == (["no", "not_asked"], True)
    assert "yes" in drawn(html, "a_shelter_social_help")
    assert "The child said no. Only the child, asked again, can change that." in text
    assert goes(sends(zarina, at, **AT_THE_CONSENT, a_shelter_social_help="yes", a_health_help="child_yes"))
    assert (stands(case)["shelter_social", "help"], stands(case)[DOCTOR], stands(case)[JUSTICE]) == ("yes", "yes", "no")


@pytest.mark.parametrize("child_answer", ["agrees", "too_young", "not_asked"])
def test_no_call_of_the_action_turns_it(house: Senders, zarina: doors.DoorClient, child_answer: str) -> None:
    """Whoever answers, whatever is said of the child's answer to all, and past every page."""
    case = case_of(alone(zarina))
    before = stands(case)
    for key, guard in ((DOCTOR, "child_no"), (PROTECTION, "child_final"), (JUSTICE, "child_final")):
        for speaker in ("parent", "guardianship_body"):
            asking = consent.Asking(
                language="tg", how_given="child_speaker", how_said="in_person", until_on=timezone.localdate(),
                speaker=speaker, child_answer=child_answer, child_reason="distressed", as_child=True,
            )  # fmt: skip
            with house.as_() as worker, pytest.raises(NotNow, match=guard):
                consent.record(worker, case, answers=[consent.Answer(*key, "yes")], asking=asking)
    assert stands(case) == before


def test_a_no_beside_an_adult_may_be_the_childs_and_is_asked_of_the_child(
    house: Senders, zarina: doors.DoorClient
) -> None:
    """One answer of the child stands for the whole page: whose a single no is, nobody has written."""
    case = case_of(alone(zarina, a_health_help="yes"))
    at = f"/cases/{case.code}/consent/"
    assert goes(sends(zarina, at, **AT_THE_CONSENT, a_shelter_social_help="yes", a_legal_help="no"))
    assert "No was said here. Only the child, asked again, can change that." in page_text(zarina.get(at))
    assert sends(zarina, at, **AT_THE_CONSENT, a_legal_help="yes").status_code == 409
    assert goes(sends(zarina, at, **AT_THE_CONSENT, a_legal_help="child_yes"))
    assert stands(case)["legal", "help"] == "yes"
