"""One page of a new case in two windows: the older one takes away nothing that the other has saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.http import HttpResponse

from hamkori.casework.case.actions.section import open_section, write_section
from hamkori.casework.case.models import Case
from tests.database import god
from tests.doors import DoorClient
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_short_way import begun, case_of, goes

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
