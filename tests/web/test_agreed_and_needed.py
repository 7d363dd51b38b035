"""Who was agreed to in step 3 is found again in step 4, and a doctor of this week in step 5 where nothing else is."""

from __future__ import annotations

import pytest

from hamkori.directory.models import Service, ServiceArea
from tests import doors
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_short_way import AGREES, NEEDS, case_of, goes, press, to_need
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
ELSE = "Something else too"
YES = "The person said yes: "


def fold_of(page: str) -> str:
    """The fold of step 4, its tag with it."""
    before, after = page.split(ELSE, 1)
    return before.rpartition("<details")[2] + after.partition("</details>")[0]


def test_who_was_agreed_to_is_found_again_first_and_named(zarina: doors.DoorClient) -> None:
    """Red before: psychologists were agreed to, and the need ("Somebody to talk to") lay last in a closed fold."""
    need = to_need(zarina, **AGREES, a_psychological_help="yes", a_legal_help="without_name")
    page = zarina.get(need)
    fold = fold_of(page.content.decode())
    assert " open" in fold.partition(">")[0]
    order = [fold.index(f'value="{code}"') for code in ("lawyer", "someone_to_talk", "food_clothes_fare", "documents")]
    assert order == sorted(order)
    for whom in ("psychologists", "lawyers"):
        assert page_text(page).count(YES + whom) == 1
    assert not fields(page).get("more"), "to agree is not to need"
    goes(press(zarina, need, **NEEDS, more=["someone_to_talk", "food_clothes_fare"], do="go"))
    assert case_of(need).need_tonight_codes == ["safe_place", "food_clothes_fare", "someone_to_talk"], "as before"


@pytest.mark.parametrize("said", [{}, {"a_psychological_help": "no"}])
def test_where_nobody_was_agreed_to_the_fold_stays_as_it_was(zarina: doors.DoorClient, said: dict[str, str]) -> None:
    page = zarina.get(to_need(zarina, **AGREES, **said))
    assert " open" not in fold_of(page.content.decode()).partition(">")[0]
    assert YES not in page_text(page)


@pytest.fixture
def doctors(house: Senders) -> tuple[str, str]:
    """A health check and emergency care."""
    emergency, check = (
        another(house, "legal-aid", service_code=code, region_code="TJ-KT", admission_codes=["anyone"])
        for code in ("HEALTH-01", "HEALTH-02")
    )
    return f'value="{emergency.pk}:', f'value="{check.pk}:'


@pytest.mark.parametrize("hides", ["no", "yes"])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_doctor_of_this_week_alone_is_what_is_looked_for(
    house: Senders, zarina: doors.DoorClient, doctors: tuple[str, str], elsewhere: bool, hides: str
) -> None:
    """Red before: "Which help?", with Safety first in its list, and the doctor was a small link beneath; of who is
    looked for also after that: "Nobody here fits".
    """
    emergency, check = doctors
    if elsewhere:
        with god():
            for one in Service.objects.filter(service_code__startswith="HEALTH-"):
                ServiceArea.objects.create(service=one, area_code="TJ-SU")
    at = goes(
        press(
            zarina,
            to_need(zarina, **AGREES, a_health_help="yes"),
            tonight="has",
            doctor="soon",
            hides=hides,
            urgency="normal",
            do="go",
        )
    )
    answer = zarina.get(at)
    page = answer.content.decode()
    assert "Which help?" not in page_text(answer)
    assert "Still to ask: a doctor" not in page_text(answer)
    assert -1 < page.find(check) < page.find(emergency), "an emergency is not what was said"
    assert ('value="HEALTH" selected' in page) == elsewhere
    if not elsewhere:
        chosen = page[page.index(check) + len('value="') :].partition('"')[0]
        assert "step=check" in goes(press(zarina, at, service=chosen))


def test_where_a_place_is_needed_too_the_doctor_stays_a_link(
    zarina: doors.DoorClient, doctors: tuple[str, str]
) -> None:
    need = to_need(zarina, **AGREES, a_health_help="yes")
    page = zarina.get(goes(press(zarina, need, **NEEDS, doctor="soon", do="go")))
    assert "Still to ask: a doctor" in page_text(page)
    assert doctors[1] not in page.content.decode()
