"""What the page of her answers says, and what she takes home on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hamkori.web.consent.paper import BY_HAND
from hamkori.web.kit import moments
from hamkori.web.kit.assets import KIT, style
from tests import doors
from tests.cast import pass_time
from tests.web.consenting import House, ask, page
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(scene: Scene) -> House:
    return House(scene)


def test_her_paper_leaves_no_room_for_an_address(house: House) -> None:
    """A browser prints a page's address into its margins, and the address holds the code of the case."""
    case = house.case()
    shown = doors.client_for(house.zarina).get(page(case, "print/")).content.decode()
    paper = shown[shown.index('<div class="bare">') : shown.index("</main>")]
    assert case.code not in paper
    assert "without its headers and footers" in shown
    sheet = style([KIT / "css" / "print.css"]).decode()
    assert "@page bare{margin:0}" in sheet
    assert ".bare{page:bare;" in sheet


def test_the_last_day_of_an_agreement_is_the_day_that_was_agreed(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    ask(client, case, a_health_help="yes", until=timezone.localdate().isoformat())
    assert "until today." in client.get(page(case)).content.decode()


def test_what_ran_out_is_said_once(house: House) -> None:
    case = house.case()
    house.agreed(case)
    pass_time(days=61)
    shown = doors.client_for(house.zarina).get(page(case)).content.decode()
    ended = moments.full_day(timezone.localdate() + timedelta(days=60), timezone.localdate() + timedelta(days=61))
    parts = "How to reach the person safely; Needs, risk, plan"
    assert f"Ended {ended}; before: yes, with name. Ask again before anything is sent." in shown
    assert f"<p>Shared: {parts}.</p>" in shown


def test_what_ran_out_on_one_day_is_said_once_above(house: House) -> None:
    """Red before: each of the rows said the day and "Ask again before anything is sent"."""
    case, client = house.case(), doors.client_for(house.zarina)
    day = (timezone.localdate() + timedelta(days=60)).isoformat()
    told = {"s_health_help": ["contact", "needs"], "s_shelter_social_help": ["contact", "needs"]}
    ask(client, case, a_health_help="yes", a_shelter_social_help="yes", a_police_justice="no", until=day, **told)
    pass_time(days=61)
    shown = client.get(page(case)).content.decode()
    ended = moments.full_day(timezone.localdate() + timedelta(days=60), timezone.localdate() + timedelta(days=61))
    assert shown.count(f"All that the person had agreed to ended {ended}. Ask again before anything is sent.") == 1
    assert shown.count("Before: yes, with name.") == 2
    assert shown.count("<p>Shared: How to reach the person safely; Needs, risk, plan.</p>") == 2
    assert "Ended " not in shown


def test_the_answers_stand_in_the_order_of_the_registration(house: House) -> None:
    """Red before: "not asked" came first here and last there, and no answer had a capital."""
    shown = doors.client_for(house.zarina).get(page(house.case())).content.decode()
    row = shown[shown.index('name="a_health_help"') : shown.index('name="s_health_help"')]
    places = [row.index(f"<span>{one}</span>") for one in ("Yes, with name", "Yes, without name", "No", "Not asked")]
    assert places == sorted(places)


def test_an_examination_for_a_court_without_the_police_is_said_after_saving(house: House) -> None:
    case, client = house.case(), doors.client_for(house.zarina)
    needs = "An examination for a court cannot be asked for without a yes to: Police: for a criminal case."
    said = ask(client, case, a_health_justice="yes", police_no="on", how_said="in_person")
    assert said.status_code == 303
    assert needs in client.get(said["Location"]).content.decode()
    said = ask(client, case, a_police_justice="yes")
    assert needs not in client.get(said["Location"]).content.decode()


def test_only_bodies_that_could_get_something_can_be_left_out(house: House) -> None:
    secretariat = doors.body("secretariat", compartment="oversight")
    shown = doors.client_for(house.zarina).get(page(house.case())).content.decode()
    assert str(house.shelter) in shown
    assert str(secretariat) not in shown
    assert str(house.body) not in shown


def test_where_to_complain_is_what_an_operator_wrote_and_is_never_invented(house: House, settings: Any) -> None:
    """The text that is read says "we tell you where"."""
    case, client = house.case(), doors.client_for(house.zarina)
    asked = client.get(page(case)).content.decode()
    assert "If the person asks where to complain: no place is recorded" in asked
    paper = client.get(page(case, "print/?in=tg&with=en")).content.decode()
    assert paper.count(f"Where you can complain: {BY_HAND}") == 1
    assert paper.count(BY_HAND) == 2, "a line to write on, in each of the two languages"
    assert "write it on the line by hand" in paper
    settings.HAMKORI_COMPLAINTS = "Office-Canary, Rudaki 1"
    assert "Where the person can complain: Office-Canary, Rudaki 1" in client.get(page(case)).content.decode()
    paper = client.get(page(case, "print/?in=tg&with=en")).content.decode()
    assert paper.count("Office-Canary, Rudaki 1") == 2, "in each of the two languages"
    assert BY_HAND not in paper
    assert "write it on the line by hand" not in paper
