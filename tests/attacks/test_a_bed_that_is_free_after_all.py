"""A bed was promised by telephone, its referral cancelled, and it is free after all: the team of the case says so.

Nobody else does, by page or by their own SQL, and no other organisation reads it. No commit is red here (ADR 0172).
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.models import Referral
from tests.attacks.counted import tried
from tests.attacks.test_anothers_side import answered
from tests.cast import PEOPLE, World, pass_time
from tests.database import god
from tests.web.senders import Senders
from tests.web.test_agreed_by_telephone import arrange, asked, call
from tests.web.test_cancelled_but_still_free import GOES, cancels, goes_there
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

LEAD, ABOVE = "caseworker-cso", "supervisor-cso"
OTHERS = [one for one in PEOPLE if one != LEAD]


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


@pytest.fixture
def cancelled(house: Senders) -> tuple[Case, Referral]:
    case, sent = asked(house)
    call(house, sent, "said_yes")
    arrange(house, sent)
    pass_time(minutes=1)
    return case, cancels(house, sent)


def found(case: Case) -> list[tuple[str, str]]:
    with god():
        steps = CaseStep.objects.filter(case_id=case.pk, step_code="place_found").order_by("at")
        return [(str(one.reason_code), str(one.organisation_id)) for one in steps]


def test_nobody_else_presses_it(house: Senders, cancelled: tuple[Case, Referral]) -> None:
    """The form of the team's page, sent by everybody else's browser."""
    case, sent = cancelled
    page = house.browser().get(f"/referrals/{sent.code}/").content.decode()
    at, form = form_of(page, f"/cases/{case.code}/place-found/")
    for who in OTHERS:
        assert GOES not in house.browser(who).get(f"/referrals/{sent.code}/").content.decode(), who
        assert house.browser(who).post(at, form).status_code in (403, 404), who
        tried(2)
    assert found(case) == []
    goes_there(house, case, sent)
    assert found(case) == [("organisation", str(house.world.bodies["shelter-kulob"]))]


def test_nobody_names_the_organisation_of_a_place_by_their_own_statement(
    house: Senders, cancelled: tuple[Case, Referral]
) -> None:
    """The number of whoever is named could be read by that: also the team names none but of a place that it found."""
    case, sent = cancelled
    shelter = house.world.bodies["shelter-kulob"]
    names = "select case_place_of(%s, %s)::text"
    for who in OTHERS:
        with house.as_(who):
            assert answered(names, case.pk, shelter) == "HK404", who
        tried()
    with house.as_():
        assert answered(names, case.pk, shelter) == "HK409", "it was not found"
    goes_there(house, case, sent)
    for who in PEOPLE:
        with house.as_(who):
            for body in house.world.bodies.values():
                assert str(answered(names, case.pk, body)).startswith("HK40"), who
                tried()
            update = "update case_step set organisation_id = %s where case_id = %s returning 1"
            assert answered(update, house.world.bodies["cso-pamir"], case.pk) == "42501", who
        tried()
    assert found(case) == [("organisation", str(shelter))]


def test_that_the_person_goes_there_is_read_by_the_team_and_its_supervisor(
    house: Senders, cancelled: tuple[Case, Referral]
) -> None:
    """Not by the shelter, which hears it by telephone: its referral has ended, and a step of a case is the team's."""
    case, sent = cancelled
    goes_there(house, case, sent)
    for who in PEOPLE:
        with house.as_(who):
            steps = CaseStep.objects.filter(case_id=case.pk, step_code="place_found")
            assert steps.exists() is (who in (LEAD, ABOVE)), who
        tried()


def test_of_whom_the_person_wants_to_get_nothing_the_press_records_no_place(
    house: Senders, cancelled: tuple[Case, Referral]
) -> None:
    """The page was read before the person said so: what it offered is not taken."""
    case, sent = cancelled
    old = house.browser().get(f"/referrals/{sent.code}/").content.decode()
    at, form = form_of(old, f"/cases/{case.code}/place-found/")
    house.agreed(case, excluded=[house.world.bodies["shelter-kulob"]])
    with god():
        form["version"] = str(Case.objects.get(pk=case.pk).version)
    said = house.browser().post(at, {**form, "read_at": timezone.now().isoformat()}, follow=True)
    assert "to get nothing" in said.content.decode()
    assert found(case) == []
    tried()
