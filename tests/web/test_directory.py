"""The directory's pages: who gets them, what they say, and how two who edit the same lose nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from hamkori.audit.models import Ledger
from hamkori.directory.models import Service, ServiceContact, ServiceHours
from hamkori.people.actions import desk_phone
from hamkori.people.models import Organisation
from hamkori.vocabulary import codelist
from tests import doors
from tests.database import god
from tests.directory.world import offered

pytestmark = pytest.mark.django_db

KULOB = next(area.code for area in codelist("area") if area.labels["en"] == "Kulob")


@pytest.fixture
def worker() -> doors.Person:
    return doors.person(doors.body("cso-kulob"), "Zarina")


@pytest.fixture
def officer() -> doors.Person:
    return doors.person(doors.body("legal-aid", name_tg="Ҳимоя"), "Gulnora", ("desk_officer",))


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def sheet(**changes: object) -> dict[str, object]:
    """What a browser sends from the edit page."""
    return {
        "operation": str(uuid4()),
        "version": 1,
        "region": "TJ-KT",
        "is_full": "no",
        "is_active": "yes",
        **changes,
    }


def test_a_stranger_is_sent_to_the_door(officer: doors.Person) -> None:
    made = offered(officer.organisation_id, "LEGAL-01")
    browser = doors.stranger()
    for name, args in (("directory", []), ("service", [made.pk]), ("service_edit", [made.pk]), ("service_add", [])):
        answer = browser.get(reverse(name, args=args))
        assert answer.status_code == 302
        assert "sign-in" in answer.headers["Location"]


def test_the_list_says_body_kind_and_state(worker: doors.Person, officer: doors.Person) -> None:
    offered(officer.organisation_id, "LEGAL-01", admission_codes=["women"])
    offered(officer.organisation_id, "LEGAL-02", is_full=True)
    page = text(doors.client_for(worker).get("/directory/"))
    assert codelist("service").label("LEGAL-01", "en") in page
    assert "Legal-Aid" in page
    assert "full" in page
    assert "not in Hamkori" in page, "nobody answers at this desk yet"
    assert "has room" in page, "the filter has the tag's own words"
    assert "Add a service" not in page


def test_an_empty_directory_says_what_comes_next(worker: doors.Person) -> None:
    assert "No services yet" in text(doors.client_for(worker).get("/directory/"))


def test_an_empty_filter_offers_to_take_itself_away(worker: doors.Person, officer: doors.Person) -> None:
    offered(officer.organisation_id, "LEGAL-01")
    browser = doors.client_for(worker)
    page = text(browser.get("/directory/?group=HOME&q=panoh"))
    assert "Nothing fits" in page
    assert 'href="/directory/?q=panoh"' in page
    assert 'href="/directory/?group=HOME"' in page


def test_a_filter_that_is_none_is_dropped(worker: doors.Person, officer: doors.Person) -> None:
    made = offered(officer.organisation_id, "LEGAL-01")
    browser = doors.client_for(worker)
    for query in (
        "group=NOPE",
        "region=Mars",
        "language=xx&admits=yy",
        "open=2&own=yes",
        "after=zzz",
        "q=" + "a" * 500,
    ):
        assert str(made.pk) in text(browser.get(f"/directory/?{query}")), query


def test_what_others_wrote_is_text(worker: doors.Person, officer: doors.Person) -> None:
    made = offered(officer.organisation_id, "LEGAL-01", name_en="<b>x</b>", text_en="<script>alert(1)</script>")
    browser = doors.client_for(worker)
    for page in (text(browser.get("/directory/")), text(browser.get(f"/directory/{made.pk}/"))):
        assert "<b>x</b>" not in page
        assert "<script>alert" not in page
        assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_a_service_says_what_is_known_and_in_which_language(worker: doors.Person, officer: doors.Person) -> None:
    made = offered(
        officer.organisation_id,
        "LEGAL-01",
        KULOB,
        name_tg="Машварат",
        text_tg="Ройгон",
        language_codes=["tg", "ky"],
        usual_answer_minutes=150,
        week=[(day, 480, 1020) for day in range(1, 6)],
    )
    with god():
        ServiceContact.objects.create(service_id=made.pk, phone="2 22 22 22", address="кӯчаи Сомонӣ 1")
    page = text(doors.client_for(worker).get(f"/directory/{made.pk}/"))
    for word in ("Машварат", "in Tajik", "Kulob", "Tajik, Kyrgyz", "08:00-17:00", "2 22 22 22"):
        assert word in page, word
    assert "Monday–Friday" in page
    assert "Change" not in page.split("<main")[1].split("</main>")[0]


def test_a_desk_that_is_closed_has_no_room_now_and_says_when_it_opens(
    worker: doors.Person, officer: doors.Person
) -> None:
    advice = offered(officer.organisation_id, "LEGAL-01")
    assert "has room" not in text(doors.client_for(worker).get(f"/directory/{advice.pk}/")), "advice has no places"
    made = offered(officer.organisation_id, "HOME-02", usual_answer_minutes=150)
    with doors.acting(officer) as actor:
        desk_phone.record(actor, phone="(demo) 00-11")
    zarina, page = doors.client_for(worker), reverse("service", args=[made.pk])
    for word in ("has room", "about 2 hours"):
        assert word in text(zarina.get(page)), word
    yesterday = (timezone.localtime() - timedelta(days=1)).isoweekday()
    with god():
        ServiceHours.objects.create(service_id=made.pk, day=yesterday, opens=0, closes=60)
    shown = text(zarina.get(page))
    assert "has room" not in shown
    for word in ("closed now", "closed; it opens", "Referral desk: 00\u201111, invented, cannot be called"):
        assert word in shown, word
    assert "Time to an answer" not in shown
    away = text(doors.client_for(doors.person(doors.body("secretariat"), "Firuz", ("auditor",))).get(page))
    assert "00-11" not in away.replace("\u2011", "-"), "who refers nobody is told no number"


def test_a_shelter_says_that_its_address_is_nowhere(worker: doors.Person, officer: doors.Person) -> None:
    made = offered(officer.organisation_id, "HOME-02")
    assert "The directory has no address of a shelter" in text(doors.client_for(worker).get(f"/directory/{made.pk}/"))


def test_an_unknown_service_is_as_one_that_never_was(worker: doors.Person) -> None:
    browser = doors.client_for(worker)
    assert browser.get(f"/directory/{uuid4()}/").status_code == 404
    assert browser.get("/directory/not-an-id/").status_code == 404
    assert browser.get(f"/directory/{uuid4()}/edit/").status_code == 404


def test_pages_keep_to_their_queries(
    worker: doors.Person, officer: doors.Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    made = [offered(doors.body(f"b{n}"), "LEGAL-01", week=[(1, 480, 1020)]) for n in range(10)]
    browser = doors.client_for(worker)
    browser.get("/directory/")
    with django_assert_max_num_queries(22):  # ten of the request, twelve of the page
        browser.get("/directory/")
    with django_assert_max_num_queries(22):
        browser.get(f"/directory/{made[0].pk}/")


# --- a desk at work -----------------------------------------------------------------------------------------------


def test_a_desk_changes_its_service(officer: doors.Person) -> None:
    made = offered(officer.organisation_id, "LEGAL-01")
    browser = doors.client_for(officer)
    assert "08:00-12:00" in text(browser.get(f"/directory/{made.pk}/edit/"))
    answer = browser.post(
        f"/directory/{made.pk}/edit/",
        sheet(
            name_en="Advice",
            areas=[KULOB],
            admits=["women", "men"],
            languages=["tg"],
            day_1="8-12, 13:00-17.30",
            day_7="20:00-02:00",
            phone="2 22 22 22",
        ),
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/directory/{made.pk}/")
    page = text(browser.get(f"/directory/{made.pk}/"))
    for word in ("Advice", "08:00-12:00, 13:00-17:30", "20:00-24:00", "00:00-02:00", "2 22 22 22"):
        assert word in page, word


def test_the_telephone_of_a_service_is_invented_in_the_demonstration(officer: doors.Person, settings: Any) -> None:
    """Red before: it stood there as one to call."""
    settings.DEMO = True
    made = offered(officer.organisation_id, "LEGAL-01")
    browser = doors.client_for(officer)
    for _twice in range(2):
        with god():
            version = Service.objects.get(pk=made.pk).version
        assert browser.post(f"/directory/{made.pk}/edit/", sheet(version=version, phone="22222")).status_code == 303
        assert "22222, invented, cannot be called" in text(browser.get(f"/directory/{made.pk}/"))
        assert 'value="22222"' in browser.get(f"/directory/{made.pk}/edit/").content.decode()
    answer = browser.post(f"/directory/{made.pk}/edit/", sheet(version=3, phone="2" * 40))
    assert answer.status_code == 400, "with its mark it is longer than what is kept"


def test_the_same_form_sent_twice_changes_once(officer: doors.Person) -> None:
    made = offered(officer.organisation_id, "LEGAL-01")
    browser = doors.client_for(officer)
    sent = sheet(name_en="Advice")
    first, second = (browser.post(f"/directory/{made.pk}/edit/", sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    with god():
        assert Service.objects.get(pk=made.pk).version == 2
        assert Ledger.objects.filter(action_code="service.edit", decision_code="done").count() == 1


def test_two_editors_see_both_values_and_nothing_is_lost(officer: doors.Person) -> None:
    made = offered(officer.organisation_id, "LEGAL-01")
    browser = doors.client_for(officer)
    browser.post(f"/directory/{made.pk}/edit/", sheet(name_en="Theirs", languages=["ru"], day_1="08:00-12:00"))
    answer = browser.post(f"/directory/{made.pk}/edit/", sheet(name_en="Mine", languages=["tg"], text_en="My words"))
    page = text(answer)
    assert answer.status_code == 409
    for word in ("Theirs", "Mine", "Russian", "Tajik", "08:00-12:00", "My words"):
        assert word in page, word
    with god():
        assert Service.objects.get(pk=made.pk).name_en == "Theirs", "nothing was written"
    merged = sheet(
        version=2, name_en="Mine", languages=["tg"], text_en="My words", keep_languages="theirs", keep_name_en="mine"
    )
    assert browser.post(f"/directory/{made.pk}/edit/", merged).status_code == 303
    with god():
        kept = Service.objects.get(pk=made.pk)
    assert (kept.name_en, kept.language_codes, kept.text_en) == ("Mine", ["ru"], "My words")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"day_3": "early"}, "Write the hours like this"),
        ({"day_3": "08:00-25:00"}, "Write the hours like this"),
        ({"region": "Mars"}, "cannot be chosen any more"),
        ({"name_en": "a" * 201}, "200"),
        ({"text_en": "a\u200bb"}, "cannot be seen"),
        ({"text_en": "as for 4827\xa03162"}, "number of a case"),
        ({"name_tg": "48273162"}, "number of a case"),
        ({"region": ""}, "Still needed"),
    ],
)
def test_a_bad_sheet_keeps_what_was_typed(officer: doors.Person, change: dict[str, str], sentence: str) -> None:
    made = offered(officer.organisation_id, "LEGAL-01")
    answer = doors.client_for(officer).post(f"/directory/{made.pk}/edit/", sheet(**{"name_tg": "Навишта"} | change))
    assert answer.status_code == 400
    assert sentence in text(answer)
    if not {"name_en", "name_tg"} & change.keys():
        assert "Навишта" in text(answer)
    with god():
        assert Service.objects.get(pk=made.pk).version == 1


def test_full_and_open_again(officer: doors.Person, worker: doors.Person) -> None:
    made = offered(officer.organisation_id, "LEGAL-01")
    browser = doors.client_for(officer)
    assert "Mark as full" in text(browser.get(f"/directory/{made.pk}/"))
    browser.post(f"/directory/{made.pk}/mark/", {"full": "1", "operation": str(uuid4())})
    assert "There is room again" in text(browser.get(f"/directory/{made.pk}/"))
    assert (
        doors.client_for(worker)
        .post(f"/directory/{made.pk}/mark/", {"full": "0", "operation": str(uuid4())})
        .status_code
        == 403
    )
    assert browser.get(f"/directory/{made.pk}/mark/").status_code == 405


def test_a_desk_adds_a_service_once(officer: doors.Person) -> None:
    browser = doors.client_for(officer)
    assert "Add a service" in text(browser.get("/directory/"))
    empty = browser.get("/directory/add/")
    assert empty.status_code == 200
    with god():
        own = Organisation.objects.get(pk=officer.organisation_id).region_code
    assert f'<option value="{own}" selected' in empty.content.decode(), "the own region, not the first of the list"
    answer = browser.post("/directory/add/", sheet(service_code="LEGAL-03"))
    assert answer.status_code == 303
    again = browser.post("/directory/add/", sheet(service_code="LEGAL-03"))
    assert again.status_code == 400
    assert "offers this already" in text(again)


def test_a_worker_finds_no_edit_page(worker: doors.Person, officer: doors.Person) -> None:
    made = offered(officer.organisation_id, "LEGAL-01")
    browser = doors.client_for(worker)
    assert browser.get(f"/directory/{made.pk}/edit/").status_code == 403
    assert browser.post(f"/directory/{made.pk}/edit/", sheet()).status_code == 403
    assert browser.get("/directory/add/").status_code == 403


def test_a_shelters_sheet_has_no_place_for_an_address(officer: doors.Person) -> None:
    made = offered(officer.organisation_id, "HOME-02")
    browser = doors.client_for(officer)
    page = text(browser.get(f"/directory/{made.pk}/edit/"))
    assert 'name="address"' not in page
    assert 'name="phone"' not in page
    browser.post(f"/directory/{made.pk}/edit/", sheet(address="кӯчаи Ниҳонӣ 44", phone="2 22 22 22"))
    with god():
        assert not ServiceContact.objects.exists()
