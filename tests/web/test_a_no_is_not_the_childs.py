"""A mother says no to doctors, and then her child is ill: her no was for herself, and the child is asked about."""

from __future__ import annotations

import pytest

from hamkori.directory.models import Service
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, records
from tests.web.test_agreed_by_telephone import call
from tests.web.test_short_way import AGREES, case_of, goes, press, to_need
from tests.web.test_still_needed import offered

pytestmark = pytest.mark.django_db
ASKS = "the person said no to doctors: ask whether for the child too"
KEEPS = "Ask the person first whether the no is for the child too"
FOR_THE_CHILD = "A child needs a doctor: nobody is asked now"
FOR_BOTH = "The person and a child need a doctor: nobody is asked now"


def stopped(client: doors.DoorClient, **said: object) -> tuple[str, str]:
    """The short way up to what is needed, of somebody who said no to doctors; the code, and the page of services."""
    need = to_need(client, **AGREES, a_health_help="no")
    goes(press(client, need, **said, do="stop"))
    return case_of(need).code, goes(press(client, need, **said, do="go"))


@pytest.mark.parametrize(("whose", "title"), [("child_0_6", FOR_THE_CHILD), ("with_child", FOR_BOTH)])
def test_a_doctor_for_today_is_asked_for(house: Senders, zarina: doors.DoorClient, whose: str, title: str) -> None:
    """Red before: "the person said no: our own help goes on", and "Ask again only if the person raises it"."""
    code, services = stopped(zarina, doctor="today", whose=whose, children_code="1", urgency="urgent")
    for at in ("/", f"/cases/{code}/"):
        shown = zarina.get(at)
        assert title in page_text(shown), at
        assert ASKS in page_text(shown).replace("The person said no to doctors", ASKS[:29]), at
        assert "?then=doctor#id_a_health_help_0" in shown.content.decode(), at
        assert "our own help goes on" not in page_text(shown), at
        assert "only if the person raises it" not in page_text(shown), at
    assert "Ask the person" in page_text(zarina.get(services))
    assert title in page_text(house.browser("supervisor-cso").get("/"))


def test_a_doctor_for_this_week_is_asked_for(house: Senders, zarina: doors.DoorClient) -> None:
    """The same of what can wait: the row says whom to ask, and does not rest."""
    code, _services = stopped(zarina, doctor="soon", whose="child_7_13", children_code="1", urgency="normal")
    page = page_text(zarina.get(f"/cases/{code}/"))
    assert "a doctor for a child who comes along" in page
    assert "The person said no to doctors: ask whether for the child too" in page


def test_a_no_for_themselves_stays_one(house: Senders, zarina: doors.DoorClient) -> None:
    """Nobody urges an adult who said no for herself, also where a child comes along."""
    code, _services = stopped(zarina, doctor="today", whose="yes", children_code="1", urgency="urgent")
    assert "our own help goes on" in page_text(zarina.get("/"))
    assert "only if the person raises it" in page_text(zarina.get(f"/cases/{code}/"))


def test_after_a_yes_for_the_child_a_doctor_is_chosen(house: Senders) -> None:
    """The question ends, and what a no had closed is open."""
    case = house.case({"need_tonight_codes": ["doctor"], "doctor_code": "child_0_6", "children_code": "1"})
    house.agreed(case, kind="health", answer="no")
    assert ASKS in page_text(house.browser().get("/"))
    house.agreed(case, kind="health")
    page = house.browser().get("/").content.decode()
    assert ASKS not in page
    assert f'href="/cases/{case.code}/refer/?need=HEALTH"' in page
    assert FOR_THE_CHILD in page


def hospital(house: Senders) -> None:
    """One that can be asked."""
    records(house)
    offered(house, "HEALTH-01")
    with god():
        house.world.services["HEALTH-01"] = Service.objects.get(service_code="HEALTH-01").pk


def test_a_doctor_who_said_yes_for_the_child_is_kept(house: Senders) -> None:
    """The mother says no to doctors after a hospital said yes for her child. Red before: "call them, and say that
    nobody comes", above the row that asks whether the no is for the child too.
    """
    hospital(house)
    case = house.case({"need_tonight_codes": ["doctor"], "doctor_code": "child_0_6", "children_code": "1"})
    house.agreed(case, kind="health")
    sent = house.sent(case, service="HEALTH-01")
    call(house, sent, "said_yes")
    pass_time(minutes=1)
    house.agreed(case, kind="health", answer="no")
    pass_time(minutes=1)
    for at in ("/", f"/cases/{case.code}/", f"/referrals/{sent.code}/"):
        shown = house.browser().get(at)
        assert KEEPS in page_text(shown), at
        assert "say that nobody comes" not in page_text(shown), at
        assert f"/cases/{case.code}/consent/?then=doctor#id_a_health_help_0" in shown.content.decode(), at
    assert KEEPS in page_text(house.browser("supervisor-cso").get("/"))
    asked = page_text(house.browser().get(f"/cases/{case.code}/consent/?then=doctor"))
    assert "A child needs a doctor: ask for the child too." in asked
    house.agreed(case, kind="health")
    assert "the person comes after all" in page_text(house.browser().get("/"))


def test_a_doctor_for_themselves_is_called_off(house: Senders) -> None:
    """A no of who needed the doctor ends it, and nobody waits."""
    hospital(house)
    case = house.case({"need_tonight_codes": ["doctor"], "doctor_code": "yes", "children_code": "1"})
    house.agreed(case, kind="health")
    call(house, house.sent(case, service="HEALTH-01"), "said_yes")
    pass_time(minutes=1)
    house.agreed(case, kind="health", answer="no")
    shown = page_text(house.browser().get("/"))
    assert "say that nobody comes" in shown
    assert KEEPS not in shown
