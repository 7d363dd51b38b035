"""A child answered while no adult could be asked: an adult answers beside it, and the child is not asked twice."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.consent.models import ConsentRow
from hamkori.vault.models import TypedDraft
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.consenting import ask
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_short_way import WHO, begun, case_of, goes, press

pytestmark = pytest.mark.django_db

WHEN = r"(today|yesterday) \d\d:\d\d"
SAID = {"a_shelter_social_help": "yes", "a_health_help": "without_name", "police": "no", "child_answer": "agrees"}
ADULT = {"speaker": "guardianship_body", "suspected": "no"}
GO_ON = re.compile(r'href="([^"]*)"[^>]*>\s*(?:<[^>]*>\s*)*An adult answers now')


def to_calls(client: doors.DoorClient) -> str:
    """A girl with whom a neighbour is: the signs, the text, all her answers, and that no adult can be asked."""
    first = goes(press(client, begun(client), **{**WHO, "age_band_code": "a9_17"}, adult="no", do="go"))
    at = goes(press(client, f"{first.partition('?')[0]}?step=consent", pay="present", read="tg"))
    return goes(press(client, at, **SAID, speaker="nobody", how="child_speaker"))


def on(client: doors.DoorClient, alone: str) -> str:
    """Where "An adult answers now" leads."""
    found = GO_ON.search(client.get(alone).content.decode())
    assert found
    return found[1].replace("&amp;", "&")


def yes_of(client: doors.DoorClient, at: str) -> list[str]:
    return fields(client.get(at)).get("a_shelter_social_help") or []


def test_an_adult_answers_beside_what_the_child_answered(zarina: doors.DoorClient) -> None:
    """Red before: the signs, the text and every answer of the child were asked again."""
    alone = to_calls(zarina)
    assert re.search(f"What the child answered {WHEN} stays marked for you for 12 hours", page_text(zarina.get(alone)))
    with god():
        assert set(ConsentRow.objects.values_list("answer_code", flat=True)) == {"no"}, "a child's yes is no consent"
    at = on(zarina, alone)
    assert "read=tg" in at, "past the signs, which are saved, and the text, which the child heard"
    page = zarina.get(at)
    drawn, text = fields(page), page_text(page)
    assert re.search(f"Read with the child {WHEN}: Tajik, text of", text)
    assert len(re.findall(f"The child answered {WHEN}. Ask the adult too.", text)) == 2, "shelter, doctor"
    assert text.count("The child said no. That is final") == 1, "police"
    for name, said in SAID.items():
        assert drawn[name] == [said], name
    for name in (*ADULT, "adult_heard"):
        assert not any(drawn.get(name) or []), "nothing that the adult answers stands there"
    unread = press(zarina, at, **ADULT, how="child_speaker")
    assert (unread.status_code, "Read the text aloud first" in page_text(unread)) == (400, True)
    assert "step=need" in goes(press(zarina, at, **ADULT, adult_heard="on", how="child_speaker"))
    with god():
        row = ConsentRow.objects.get(kind_code="health", purpose_code="help", answer_code="without_name")
        assert (row.speaker_code, row.child_answer_code, row.asked_as_child) == (ADULT["speaker"], "agrees", True)
        assert not TypedDraft.objects.exists(), "it is kept no longer"


def test_the_signs_are_shown_as_they_were_saved_and_lead_on(zarina: doors.DoorClient) -> None:
    """Red before: below the signs stood the whole text again."""
    alone = to_calls(zarina)
    signs = f"{alone.partition('?')[0]}?step=consent"
    page = zarina.get(signs)
    assert fields(page)["pay"] == ["present"]
    text = page_text(page)
    assert re.search(f"The child answered {WHEN}, kept.", text)
    assert -1 < text.find("An adult answers now") < text.find("Is pay withheld?"), "what is missing stands first"
    assert goes(press(zarina, signs, do="kept")) == on(zarina, alone)


def test_what_the_child_says_since_counts_instead(house: Senders, zarina: doors.DoorClient) -> None:
    alone = to_calls(zarina)
    house.agreed(case_of(alone), answer="no", as_child=True, child_answer="says_no")
    assert "read=tg" not in on(zarina, alone)
    assert yes_of(zarina, f"{alone.partition('?')[0]}?step=consent&read=tg") == ["no"]


def test_after_a_working_night_all_is_asked_again(house: Senders, zarina: doors.DoorClient) -> None:
    alone = to_calls(zarina)
    assert yes_of(zarina, on(zarina, alone)) == ["yes"]
    pass_time(hours=13)
    house._browsers.clear()
    morning = house.browser()
    assert "read=" not in on(morning, alone)
    assert yes_of(morning, f"{alone.partition('?')[0]}?step=consent&read=tg") != ["yes"]


def test_the_case_leads_to_the_same_place(zarina: doors.DoorClient) -> None:
    """Red before: the button of the same name on the page of the case opened the list of signs."""
    alone = to_calls(zarina)
    there = on(zarina, alone)
    case = case_of(goes(press(zarina, f"{alone.partition('?')[0]}?step=need", doctor="soon", do="stop")))
    for page in (f"/cases/{case.code}/", f"/cases/{case.code}/refer/"):
        at = on(zarina, page)
        assert zarina.get(at)["Location"] == there, page


def test_what_was_saved_before_the_adult_stands_as_it_was_saved(zarina: doors.DoorClient) -> None:
    """Red before: "has one" was lost beside what is needed, a risk alone made it urgent, whom to tell was asked of the
    authority that had just answered, and to ask stayed the next step.
    """
    alone = to_calls(zarina)
    need = f"{alone.partition('?')[0]}?step=need"
    text = page_text(zarina.get(need))
    assert "The child said yes to: Shelter and social help; Doctors: treatment. No adult has answered yet" in text
    assert "There is no yes to any referral" not in text
    case = case_of(goes(press(zarina, need, tonight="has", hides="yes", doctor="soon", do="stop")))
    goes(press(zarina, on(zarina, alone), **ADULT, adult_heard="on", how="child_speaker"))
    with god():
        case.refresh_from_db()
    assert case.next_step_code == "signs", "asking is done"
    page = zarina.get(need)
    drawn = fields(page)
    assert (drawn["tonight"], drawn["hides"], drawn["doctor"]) == (["has"], ["yes"], ["soon"])
    assert not any(drawn.get("urgency") or []), "nothing is needed tonight or today"
    assert drawn["contact_of"] == ["Guardianship authority"]


def test_the_whole_page_of_the_consent_leads_there_once_the_case_is_open(zarina: doors.DoorClient) -> None:
    alone = to_calls(zarina)
    need = f"{alone.partition('?')[0]}?step=need"
    case = case_of(goes(press(zarina, need, tonight="needs", do="stop")))
    page = zarina.get(f"/cases/{case.code}/consent/")
    assert re.search(f"The child answered {WHEN}: an adult answers beside it", page_text(page))
    there = on(zarina, alone)
    assert there.replace("&", "&amp;") in page.content.decode()
    assert goes(press(zarina, there, **ADULT, adult_heard="on", how="child_speaker"))
    with god():
        assert ConsentRow.objects.filter(kind_code="shelter_social", answer_code="yes", asked_as_child=True).exists()
    after = page_text(zarina.get(f"/cases/{case.code}/consent/"))
    assert "an adult answers beside it" not in after


def test_who_only_brought_the_child_is_said_to_be_nobody_who_answers(zarina: doors.DoorClient) -> None:
    """Red before: a neighbour had no place among those who speak for a child, and no page said so."""
    said = "does not speak for the child: ask the guardianship authority."
    alone = to_calls(zarina)
    assert said in page_text(zarina.get(alone))
    assert said in page_text(zarina.get(on(zarina, alone)))
    assert said in page_text(zarina.get(f"/cases/{case_of(alone).code}/consent/"))


def test_an_adults_yes_on_the_whole_page_takes_asking_from_the_next_step(zarina: doors.DoorClient) -> None:
    """Red before: to ask what may be shared stayed the next step, though both had answered."""
    alone = to_calls(zarina)
    case = case_of(goes(press(zarina, f"{alone.partition('?')[0]}?step=need", tonight="needs", do="stop")))
    assert case.next_step_code == "ask_agreement"
    both = {"a_shelter_social_help": "yes", "child_answer": "agrees", "how_given": "child_speaker", **ADULT}
    answer = ask(zarina, case, **both)
    assert answer.status_code == 303, page_text(answer)[:3000]
    with god():
        case.refresh_from_db()
        assert ConsentRow.objects.filter(kind_code="shelter_social", answer_code="yes").exists()
    assert case.next_step_code == "signs"
    assert (
        "Ask what may be shared with whom" not in page_text(zarina.get(f"/cases/{case.code}/")).partition("What is")[2]
    )
