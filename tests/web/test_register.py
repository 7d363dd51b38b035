"""Registering on a phone: three pages, three answers, a draft that waits, and signs that are not lost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hamkori.casework.case.models import Case, CaseClock, Contact, Screening
from hamkori.web.kit.written import by_whom
from tests import doors
from tests.database import god
from tests.web.forms_of import fields, operation

pytestmark = pytest.mark.django_db

FIRST = {"safe_to_talk": "not_asked", "need_tonight_codes": ["safe_place"], "call_name": "Canary-Name"}
ABOUT = {"district": "TJ-KT-01", "sex_code": "female", "age_band_code": "a18_29", "language_code": "tg"}


@pytest.fixture
def zarina() -> doors.Person:
    doors.house()
    body = doors.body("umed")
    doors.custodians(body)
    return doors.person(body, "Zarina", function="social_worker")


def begin(client: doors.DoorClient, **answers: object) -> str:
    """Page 1 sent; the address of page 2."""
    sent = client.post("/cases/new/", {**FIRST, **answers, "operation": operation()})
    assert sent.status_code == 303, fields(sent)
    return sent["Location"]


def go_on(client: doors.DoorClient, address: str, answers: dict[str, object]) -> str:
    """A page of a draft sent as its form stands; where it leads."""
    sent = client.post(address, {**fields(client.get(address)), **answers})
    assert sent.status_code == 303, sent.content.decode()
    return sent["Location"]


def case_of(address: str) -> Case:
    code = re.search(r"/cases/(\d{8})/", address)
    assert code
    with god():
        return Case.objects.get(code=code[1])


def test_three_pages_open_a_case_and_the_signs_wait_in_the_screening(zarina) -> None:
    client = doors.client_for(zarina)
    second = begin(client)
    assert second.endswith("/register/?page=2")
    third = go_on(client, second, ABOUT)
    look = client.get(third).content.decode()
    assert "Canary-Name" in look, "she checks what she wrote"
    assert "Danghara" in look or "District" in look
    home = go_on(client, third, {"signs": ["TJ03", "TJ07"], "then": "stay"})
    case = case_of(home)
    assert (case.state_code, case.region_code, case.next_step_code) == ("open", "TJ-KT", "signs")
    assert case.next_step_on is not None
    with god():
        assert Screening.objects.get(case=case, kind_code="screening").state_code == "draft"
        assert b"Canary" not in bytes(Contact.objects.get(case=case).body)
    assert client.get(home).status_code == 200


def test_the_required_answers_are_three_and_each_has_a_way_out(zarina) -> None:
    client = doors.client_for(zarina)
    page = client.post("/cases/new/", {"operation": operation()})
    assert page.status_code == 400
    text = page.content.decode()
    assert "Tick what the person needs tonight" in text
    assert "Write what to call the person, or use the number." in text
    second = begin(client, need_tonight_codes=["not_asked"], call_name="", by_code="on")
    third = go_on(client, second, {"district": "TJ-KT-01"})
    case = case_of(go_on(client, third, {"then": "stay"}))
    assert (case.state_code, case.need_tonight_codes, case.age_band_code) == ("open", ["not_asked"], "unknown")
    assert case.sex_code == "other_or_not_said"


def test_what_was_typed_stays_when_an_answer_is_missing(zarina) -> None:
    client = doors.client_for(zarina)
    page = client.post("/cases/new/", {"operation": operation(), "call_name": "Typed-And-Kept"})
    assert page.status_code == 400
    assert "Typed-And-Kept" in page.content.decode()
    with god():
        assert not Case.objects.exists()


def test_her_own_region_comes_first_also_after_a_mistake(zarina) -> None:
    client = doors.client_for(zarina)
    second = begin(client)

    def regions(page) -> list[str]:
        return re.findall(r'<optgroup label="([^"]+)"', page.content.decode())

    asked = client.get(second)
    wrong = client.post(second, {**fields(asked), "district": ""})
    assert wrong.status_code == 400
    assert regions(wrong) == regions(asked)
    assert "Khatlon" in regions(wrong)[0]


def test_for_a_child_a_contact_is_asked_and_the_clock_starts(zarina) -> None:
    client = doors.client_for(zarina)
    third = go_on(client, begin(client), {**ABOUT, "age_band_code": "child_age_unknown"})
    page = client.get(third)
    assert "child_contact" in fields(page)
    refused = client.post(third, {**fields(page), "then": "refer"})
    assert refused.status_code == 400
    assert "Name a guardianship or child protection contact." in refused.content.decode()
    case = case_of(go_on(client, third, {"child_contact": "Canary-Contact", "then": "stay"}))
    assert case.is_child
    with god():
        assert CaseClock.objects.get(case=case).clock_code == "child"
    assert "Tell child protection" in client.get(f"/cases/{case.code}/").content.decode()


def test_an_adult_is_not_asked_for_a_contact(zarina) -> None:
    client = doors.client_for(zarina)
    third = go_on(client, begin(client), ABOUT)
    assert "child_contact" not in fields(client.get(third))


def test_a_registration_that_was_begun_before_the_vault_was_sealed_is_not_lost(zarina) -> None:
    client = doors.client_for(zarina)
    client.post("/account/seal/")
    refused = client.post("/cases/new/", {**FIRST, "operation": operation(), "by_whom": by_whom(zarina.user_id)})
    assert refused.status_code == 409
    kept = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', refused.content.decode())
    assert ("call_name", "Canary-Name") in kept
    client.post("/account/unlock/", {"passphrase": zarina.passphrase})
    assert client.post("/cases/new/", dict(kept)).status_code == 303


def test_danger_is_written_down_at_once_and_the_telephone_comes_first(zarina) -> None:
    client = doors.client_for(zarina)
    second = begin(client, safe_to_talk="danger")
    case = case_of(second)
    assert (case.has_danger, case.risk_code) == (True, "high")
    assert "112" in client.get(second).content.decode()


def test_a_draft_is_resumed_from_today_and_thrown_away(zarina) -> None:
    client = doors.client_for(zarina)
    second = begin(client)
    home = client.get("/").content.decode()
    waits = second.partition("?")[0]
    assert f'href="{waits}"' in home
    assert client.get(waits)["Location"] == second
    case = case_of(second)
    assert "Canary-Name" in client.get(f"/cases/{case.code}/register/?page=1").content.decode()
    typed = fields(client.get(second))
    page = client.get(f"/cases/{case.code}/discard/")
    gone = client.post(f"/cases/{case.code}/discard/", {**fields(page), "sure": "on"})
    assert gone.status_code == 303
    late = client.post(second, typed)
    assert late.status_code == 404
    assert "This registration was thrown away" in late.content.decode()
    assert "There is nothing here" not in late.content.decode()
    assert "This registration was thrown away" in client.get(second).content.decode()
    other = doors.client_for(zarina).get(second)
    assert other.status_code == 404
    assert "There is nothing here" in other.content.decode(), "known to the session that did it alone"
    assert "There is nothing here" in client.get("/cases/48273162/register/").content.decode()
    with god():
        assert not Contact.objects.filter(case=case).exists()


def test_the_same_press_twice_is_one_draft(zarina) -> None:
    client = doors.client_for(zarina)
    press = {**FIRST, "operation": operation()}
    first, again = client.post("/cases/new/", press), client.post("/cases/new/", press)
    assert first["Location"] == again["Location"]
    with god():
        assert Case.objects.count() == 1


def test_back_on_the_first_page_leads_to_the_draft_and_begins_no_second_case(zarina) -> None:
    client = doors.client_for(zarina)
    here = client.get("/cases/new/")["Location"]
    second = client.post(here, {**fields(client.get(here)), **FIRST})["Location"]
    back = client.get(here)
    assert (back.status_code, back["Location"]) == (302, second.replace("page=2", "page=1"))
    assert "Canary-Name" in client.get(back["Location"]).content.decode()
    again = go_on(client, back["Location"], {"call_name": "Canary-Other"})
    with god():
        assert Case.objects.count() == 1
    assert "Canary-Other" in client.get(go_on(client, again, ABOUT)).content.decode()
    assert client.get("/cases/new/")["Location"] != here, "another person is another case"


def test_three_taps_ask_what_comes_along_and_what_nobody_asked_is_no_no(zarina) -> None:
    client = doors.client_for(zarina)
    asked = {"children_code": "2", "doctor_code": "no", "stairs_code": "yes"}
    left = case_of(go_on(client, begin(client), ABOUT))
    said = case_of(go_on(client, begin(client), {**ABOUT, **asked}))
    answers = [(one.risk_code, one.children_code, one.doctor_code, one.stairs_code) for one in (left, said)]
    assert answers == [("not_asked",) * 4, ("not_asked", "2", "no", "yes")]


def test_the_vault_is_asked_for_before_the_first_question(zarina) -> None:
    sent = doors.client_for(zarina, vault=False).get("/cases/new/")
    assert sent.status_code == 302
    assert sent["Location"].startswith("/account/unlock/?next=")


def test_nobody_else_reaches_the_draft(zarina) -> None:
    second = begin(doors.client_for(zarina))
    colleague = doors.client_for(doors.person(zarina.organisation_id, "Manzura", function="social_worker"))
    assert colleague.get(second).status_code == 404
    desk = doors.client_for(doors.person(zarina.organisation_id, "Daler", ("desk_officer",)))
    assert desk.get("/cases/new/").status_code == 403


def test_registered_is_registered(zarina) -> None:
    client = doors.client_for(zarina)
    third = go_on(client, begin(client), ABOUT)
    go_on(client, third, {"then": "stay"})
    page = client.get(third)
    assert page.status_code == 409
    assert "Open" in page.content.decode()


def test_the_first_page_is_cheap(zarina) -> None:
    client = doors.client_for(zarina)
    here = client.get("/cases/new/")["Location"]
    client.get(here)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(here).status_code == 200
    assert len(queries) <= 22, "\n".join(query["sql"][:120] for query in queries)
