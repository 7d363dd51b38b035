"""The telephone of a desk: its referral officer records it; its own, the coordinator and who refers see it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.audit.models import Ledger
from hamkori.people.actions import desk_phone
from hamkori.people.models import OrganisationPhone
from hamkori.people.queries import own_desk_phone, phones_for_referring
from hamkori.refusal import NotAllowed
from tests.database import god
from tests.web.senders import Senders, counted, page_text

pytestmark = pytest.mark.django_db
PAGE = "/desk/phone/record/"


def says(phone: str) -> dict[str, str]:
    return {"phone": phone, "operation": str(uuid4())}


def recorded(house: Senders) -> str:
    with god():
        row = OrganisationPhone.objects.filter(pk=house.world.bodies["shelter-kulob"]).first()
    return row.phone if row else ""


def test_the_desk_records_changes_and_takes_its_number_away(house: Senders) -> None:
    desk = house.browser("desk-shelter")
    assert "No number is recorded." in page_text(desk.get("/desk/"))
    for typed, stands in (("+992  00 000 00 01", "+992 00 000 00 01"), ("3322 0-00-00", "3322 0-00-00"), ("", "")):
        assert desk.post(PAGE, says(typed))["Location"] == "/desk/"
        assert recorded(house) == stands
        page = page_text(desk.get("/desk/"))
        whole = stands.replace("-", "\u2011")
        assert (whole or "No number is recorded.") in page
    with god():
        rows = Ledger.objects.filter(action_code="phone.record", decision_code="done").order_by("at")
        assert [row.reason_code for row in rows] == ["recorded", "recorded", "taken_away"]
        assert {row.scope_code for row in rows} == {"own_desk"}
    with counted():
        desk.get("/desk/")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ask for Zarina", "Write the number in figures"),
        ("12", "Write the number in figures"),
        ("4827 3162", "This may be the number of a case or a referral."),
        ("0" * 41, "40"),
    ],
)
def test_what_is_no_number_is_said_at_its_place_and_nothing_is_written(house: Senders, typed: str, said: str) -> None:
    answer = house.browser("desk-shelter").post(PAGE, says(typed))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert said in page
    assert f'value="{typed}"' in page
    assert 'href="#id_phone"' in page
    assert recorded(house) == ""


def test_what_a_visitor_of_the_demonstration_records_is_shown_as_invented(house: Senders, settings: Any) -> None:
    """Red before: only (demo) and two figures twice was marked, so a visitor's own number stood as one to call."""
    settings.DEMO = True
    desk, typed, shown = house.browser("desk-shelter"), "+992 00 000 00 01", "+992\u00a000\u00a0000\u00a000\u00a001"
    desk.post(PAGE, says(typed))
    assert recorded(house) == f"(demo) {typed}"
    assert f"{shown}, invented, cannot be called" in desk.get("/desk/").content.decode()
    assert f'value="{typed}"' in desk.get(PAGE).content.decode(), "the form holds the number alone"
    desk.post(PAGE, says(typed))
    assert recorded(house) == f"(demo) {typed}", "marked once"
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    page = house.browser().get(f"/referrals/{sent.code}/").content.decode()
    assert page.count(shown) == page.count(f"{shown}, invented, cannot be called") > 0
    desk.post(PAGE, says(""))
    assert recorded(house) == ""


def test_nobody_else_records_it_by_page_by_action_or_by_their_own_sql(house: Senders) -> None:
    for slug in ("caseworker-cso", "shelter-worker", "coordinator", "supervisor-cso"):
        assert house.browser(slug).get(PAGE).status_code == 403, slug
    with house.as_("coordinator") as farida, pytest.raises(NotAllowed):
        desk_phone.record(farida, phone="+992 00 000 00 09")
    assert house.browser("desk-shelter").post(PAGE, says("+992 00 000 00 01")).status_code == 303
    shelter = house.world.bodies["shelter-kulob"]
    for slug in ("caseworker-cso", "shelter-worker", "coordinator"):
        with house.as_(slug), connection.cursor() as cursor, transaction.atomic():
            cursor.execute("update organisation_phone set phone = '666' where organisation_id = %s", [shelter])
            assert cursor.rowcount == 0, slug
        with house.as_(slug), connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("insert into organisation_phone (organisation_id, phone) values (%s, '666')", [shelter])
    assert recorded(house) == "+992 00 000 00 01"


def test_its_own_organisation_the_coordinator_and_who_refers_see_it_and_nobody_else(house: Senders) -> None:
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="(demo) 00-11")
        assert own_desk_phone(gulnora) == "(demo) 00-11"
    shelter = house.world.bodies["shelter-kulob"]
    with house.as_("coordinator"):
        assert OrganisationPhone.objects.count() == 1
    for slug in ("caseworker-cso", "supervisor-cso", "auditor"):
        with house.as_(slug):
            assert not OrganisationPhone.objects.exists(), slug
            refers = slug == "caseworker-cso"
            assert phones_for_referring([shelter]) == ({shelter: "(demo) 00-11"} if refers else {}), slug


def test_a_number_that_was_recorded_from_today_leads_back_there(house: Senders) -> None:
    """Red before: whoever came from Today stood on the late answers."""
    farida, record = house.browser("coordinator"), "/coordination/shelter-kulob/phone/"
    for at, back in ((f"{record}?from=today", "/"), (record, "/coordination/late/")):
        went = farida.post(at, {"operation": str(uuid4()), "phone": "+992 00 02"})
        assert (went.status_code, went["Location"]) == (303, back)
