"""A page of a new case once more, in two windows or come back to: nothing that was saved or chosen is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.http import HttpResponse

from hamkori.casework.case.actions.section import open_section, write_section
from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import ConsentRow
from tests.database import god
from tests.doors import DoorClient
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_short_way import begun, case_of, goes, press, signs_of, to_need

pytestmark = pytest.mark.django_db
SAVED = {"call_name": "Canary-Name", "safe_phone": "Canary-Phone", "language_code": "tg"}
WHO = {"sex_code": "female", "age_band_code": "a30_47"}
STALE = "Something changed since you opened this page. Nothing was written."


def contact_of(house: Senders, case: Case) -> Mapping[str, Any]:
    with house.as_() as actor:
        return open_section(actor, Case.objects.get(pk=case.pk), section="contact").fields


def again(client: DoorClient, at: str, refused: HttpResponse, **said: object) -> HttpResponse:
    """The page that came back, pressed once more."""
    assert refused.status_code == 400, refused.status_code
    return client.post(at, {**fields(refused), "operation": fields(client.get(at))["operation"], **said})


@pytest.fixture
def two(zarina: DoorClient) -> tuple[str, dict[str, Any]]:
    """The step that asks who the person is, saved; and the same page as it was opened before."""
    at = begun(zarina)
    goes(zarina.post(at, {**fields(zarina.get(at)), "district": "TJ-KT-01", "do": "stop"}))
    older = fields(zarina.get(at))
    goes(zarina.post(at, {**fields(zarina.get(at)), **SAVED, "do": "go"}))
    return at, older


def test_a_second_press_of_an_older_page_keeps_what_the_other_window_saved(house, zarina, two) -> None:
    """Red before: name and safe telephone were gone, and the language "not asked"."""
    at, older = two
    chose = {**WHO, "do": "go"}
    unread = zarina.post(at, {**older, **chose, "district": ""})  # a mistake does not make the page a new one
    refused = again(zarina, at, unread, **chose, district=older["district"])
    assert STALE in page_text(refused)
    assert "Fields that you did not change show what is saved now." in page_text(refused)
    drawn = fields(refused)
    assert {name: drawn[name] for name in (*SAVED, *WHO)} == {name: [said] for name, said in (SAVED | WHO).items()}
    assert "data-draft-base" in refused.content.decode(), "put back, it says too what it was opened with"
    goes(again(zarina, at, refused, do="go"))
    contact = contact_of(house, case_of(at))
    assert (contact["call_name"], contact["safe_phone"]) == ("Canary-Name", "Canary-Phone")
    assert not contact["by_code"]
    with god():
        case = Case.objects.get(pk=case_of(at).pk)
    assert (case.sex_code, case.age_band_code, case.language_code) == ("female", "a30_47", "tg")


def test_what_both_windows_wrote_is_said_beside_it_and_replaced_knowingly(house, zarina, two) -> None:
    at, older = two
    chose = {"call_name": "Canary-Other", "language_code": "ru", "roughly": "adult_age_unknown", "do": "go"}
    refused = zarina.post(at, {**older, **chose})
    assert "Saved meanwhile: Canary-Name." in page_text(refused)
    assert "Saved meanwhile: Tajik." in page_text(refused)
    goes(again(zarina, at, refused, do="go"))
    contact = contact_of(house, case_of(at))
    assert (contact["call_name"], contact["safe_phone"]) == ("Canary-Other", "Canary-Phone")
    with god():
        assert Case.objects.get(pk=case_of(at).pk).age_band_code == "adult_age_unknown"


def test_what_the_locked_part_got_on_its_own_sheet_is_not_emptied_here(house, zarina, two) -> None:
    """It is written under a number of its own: the case has the same one as before."""
    at, _older = two
    with house.as_() as actor:
        case = Case.objects.get(pk=case_of(at).pk)
        opened = open_section(actor, case, section="contact")
    page = fields(zarina.get(at))
    with house.as_() as actor:
        write_section(actor, case, section="contact", fields={"safe_phone": "Canary-Newer"}, seal_no=opened.seal_no)
    goes(zarina.post(at, {**page, "sex_code": "female", "do": "go"}))
    assert contact_of(house, case)["safe_phone"] == "Canary-Newer"


@pytest.mark.parametrize(
    ("page", "saved", "chose"),
    [(1, {"call_name": "Canary-Name", "by_code": []}, {"safe_to_talk": "yes"}), (2, {"language_code": "tg"}, {})],
)
def test_the_pages_of_a_registration_keep_it_too(house, zarina, page: int, saved: Any, chose: Any) -> None:
    new = zarina.get("/cases/new/")["Location"]
    first = {"by_code": "on", "need_tonight_codes": "not_asked"}
    about = goes(zarina.post(new, {**fields(zarina.get(new)), **first}))
    at = about.replace("page=2", f"page={page}")
    where = {"district": "TJ-KT-01"} if page == 2 else {}
    older = {**fields(zarina.get(at)), **where}
    goes(zarina.post(at, {**older, **saved}))
    refused = zarina.post(at, {**older, "operation": fields(zarina.get(at))["operation"], **chose})
    assert STALE in page_text(refused)
    assert "data-draft-base" in refused.content.decode()
    goes(again(zarina, at, refused))
    with house.as_() as actor:
        case = Case.objects.get(pk=case_of(at).pk)
        contact = open_section(actor, case, section="contact").fields
    if page == 1:
        assert (contact["call_name"], contact["by_code"], contact["safe_to_talk"]) == ("Canary-Name", False, "yes")
    else:
        assert case.language_code == "tg"


def test_the_step_of_the_need_says_what_another_window_saved_whatever_else_is_missing(house, zarina) -> None:
    """Red before: the page of a mistake was a new one, and its second press wrote over the other window."""
    at = to_need(zarina)
    older = fields(zarina.get(at))
    goes(
        zarina.post(
            at, {**older, "tonight": "needs", "doctor": "today", "children_code": "1", "whose": "yes", "do": "stop"}
        )
    )
    chose = {"children_code": "2", "stairs_code": "yes", "do": "go"}
    unsaid = zarina.post(at, {**older, "operation": fields(zarina.get(at))["operation"], **chose})
    refused = again(zarina, at, unsaid, **chose, urgency="urgent")
    assert STALE in page_text(refused)
    assert "Saved meanwhile: 1." in page_text(refused)
    drawn = fields(refused)
    assert [drawn[name] for name in ("tonight", "doctor", "children_code", "stairs_code", "urgency")] == [
        ["needs"], ["today"], ["2"], ["yes"], ["urgent"],
    ]  # fmt: skip
    assert "step=service" in goes(again(zarina, at, refused, do="go"))
    case = case_of(at)
    assert (case.need_tonight_codes, case.children_code, case.stairs_code) == (["safe_place", "doctor"], "2", "yes")


def test_the_last_page_of_a_registration_is_looked_at_again(house, zarina) -> None:
    new = zarina.get("/cases/new/")["Location"]
    about = goes(zarina.post(new, {**fields(zarina.get(new)), "by_code": "on", "need_tonight_codes": "not_asked"}))
    at = goes(zarina.post(about, {**fields(zarina.get(about)), "district": "TJ-KT-01"}))
    older = fields(zarina.get(at))
    goes(zarina.post(about, {**fields(zarina.get(about)), "language_code": "tg"}))
    refused = zarina.post(at, older)
    assert STALE in page_text(refused)
    assert "Tajik" in page_text(refused)
    goes(again(zarina, at, refused))
    assert case_of(at).state_code == "open"


def test_what_a_page_was_opened_with_is_carried_as_marks_and_not_in_words(zarina, two) -> None:
    at, _older = two
    drawn = fields(zarina.get(at))
    assert drawn["call_name"] == ["Canary-Name"]
    new = zarina.get("/cases/new/")["Location"]
    about = goes(zarina.post(new, {**fields(zarina.get(new)), **SAVED, "need_tonight_codes": "not_asked"}))
    first = fields(zarina.get(about.replace("page=2", "page=1")))
    need = zarina.get(to_need(zarina, police="no"))
    for carried in (drawn["was"], first["was"], fields(need)["was"]):
        assert "Canary" not in str(carried)
        assert "not_asked" not in str(carried)


def test_signs_that_another_window_saved_stay_and_what_both_said_is_asked(house, zarina) -> None:
    """Red before: every sign of the older page was written over those."""
    at = to_need(zarina).replace("step=need", "step=consent")
    older = fields(zarina.get(at))
    goes(zarina.post(at, {**fields(zarina.get(at)), "pay": "present", "documents": "absent", "do": "stop"}))
    refused = zarina.post(at, {**older, "pay": "absent", "read": "tg"})
    assert STALE in page_text(refused)
    assert "Saved meanwhile: Yes." in page_text(refused)
    goes(again(zarina, at, refused, read="tg"))
    known = signs_of(house, case_of(at)).answers["signs"]
    assert (known["CD14"], known["CD01"]) == ("absent", "absent")


def test_answers_that_another_window_saved_are_shown_and_the_page_can_be_saved(house, zarina) -> None:
    """Red before: the older page was refused at every press."""
    at = to_need(zarina, police="no").replace("step=need", "step=consent&read=tg")
    older = fields(zarina.get(at))
    goes(zarina.post(at, {**fields(zarina.get(at)), "a_health_help": "yes", "how": "spoken"}))
    refused = zarina.post(at, {**older, "a_shelter_social_help": "yes", "how": "spoken"})
    assert STALE in page_text(refused)
    assert fields(refused)["a_health_help"] == ["yes"]
    goes(again(zarina, at, refused, how="spoken"))
    with god():
        said = dict(ConsentRow.objects.values_list("kind_code", "answer_code").order_by("consent__number"))
    assert (said["shelter_social"], said["health"], said["police"]) == ("yes", "yes", "no")


def test_answers_that_hold_are_kept_and_the_way_goes_on_without_reading(zarina) -> None:
    """Red before: after a correction the only way on was "I read it"."""
    need = to_need(zarina)
    at = need.replace("step=need", "step=consent")
    page = zarina.get(at)
    assert re.search(r"Answered today \d\d:\d\d, kept. Continue Read it aloud again, and ask again", page_text(page))
    assert goes(press(zarina, at, do="kept")) == need
    older = fields(zarina.get(at))
    who = need.replace("step=need", "step=who")
    asked = goes(press(zarina, who, age_band_code="a9_17", adult="yes", do="go"))
    assert "step=consent" in asked
    assert ", kept." not in page_text(zarina.get(asked)), "a child is asked as one"
    assert goes(zarina.post(at, {**older, "do": "kept"})) == at, "nothing is said to be read that was not"


@pytest.mark.parametrize("step", ["need", "consent", "consent&read=tg"])
def test_choices_are_offered_again_after_another_language_until_they_are_saved(zarina, step: str) -> None:
    """Red before: gone, without a word."""
    at = to_need(zarina).replace("step=need", f"step={step}")
    page = zarina.get(at)
    assert "data-draft=" in page.content.decode()
    sent = fields(page)
    assert zarina.post("/typing/", {**sent, "of": at}).status_code == 200
    assert "You were writing here" in page_text(zarina.get(at))
    goes(zarina.post(at, {**sent, "urgency": "urgent", "do": sent.get("do", "stop"), "how": "spoken"}))
    assert "You were writing here" not in page_text(zarina.get(at))
