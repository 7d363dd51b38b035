"""Somebody is in danger where help goes on: those of that case read where those who help are called.

Nobody else does, by any statement of their own, and nobody once danger was taken off, help has ended or they left.
"""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions.danger_told import danger_told
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.people.models import OrganisationPhone
from hamkori.refusal import NotVisible
from tests.attacks.counted import tried
from tests.attacks.test_anothers_side import answered
from tests.cast import PEOPLE, World, pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, records, version
from tests.web.test_danger_taken_off import marks

pytestmark = pytest.mark.django_db

TEAM = {"caseworker-cso", "supervisor-cso"}
NUMBER = "00-27"
SHOWN = "Referral desk: 00\N{NON-BREAKING HYPHEN}27"


@pytest.fixture
def house(small_world: World) -> Senders:
    found = Senders(small_world)
    records(found)
    with god():
        OrganisationPhone.objects.update_or_create(pk=small_world.bodies["shelter-kulob"], defaults={"phone": NUMBER})
    return found


@pytest.fixture
def helped(house: Senders) -> tuple[Case, Referral]:
    """The shelter helps."""
    house.agreed(case := house.case())
    referral = house.sent(case)
    house.accepted(referral, part="now")
    with house.as_("shelter-worker") as parvina:
        receive.serve(parvina, Referral.objects.get(pk=referral.pk), version=version(referral))
    pass_time(minutes=1)
    return case, referral


def readers(house: Senders) -> set[str]:
    """Who reads it beside the shelter itself and the coordinator, who do at any time."""
    found = set()
    for who in PEOPLE:
        with house.as_(who) as actor:
            own = actor.organisation_id == house.world.bodies["shelter-kulob"]
            if not own and OrganisationPhone.objects.filter(pk=house.world.bodies["shelter-kulob"]).exists():
                found.add(who)
        tried()
    return found - {"coordinator"}


def test_those_of_the_case_read_it_while_somebody_is_in_danger(house: Senders, helped: tuple[Case, Referral]) -> None:
    case, _referral = helped
    assert readers(house) == set(), "who helps is called by nobody as long as nothing is said"
    marks(house, case, danger=True)
    assert readers(house) == TEAM, "red before: they were told to call, and read no number"
    marks(house, case, danger=False)
    assert readers(house) == set()


def test_danger_in_another_case_opens_no_number(house: Senders, helped: tuple[Case, Referral]) -> None:
    other = house.case()
    marks(house, other, danger=True)
    assert readers(house) == set()


def test_it_is_read_no_more_once_help_has_ended_or_the_case(house: Senders, helped: tuple[Case, Referral]) -> None:
    case, referral = helped
    marks(house, case, danger=True)
    for state in ("closed", "draft"):
        with god():
            Case.objects.filter(pk=case.pk).update(state_code=state)
        assert readers(house) == set(), state
    with god():
        Case.objects.filter(pk=case.pk).update(state_code="open")
    assert readers(house) == TEAM
    with house.as_("shelter-worker") as parvina:
        receive.finish(parvina, Referral.objects.get(pk=referral.pk), version=version(referral), result="given")
    assert readers(house) == set()


def test_nobody_names_another_organisation_beside_that_step(house: Senders, helped: tuple[Case, Referral]) -> None:
    """Nor anybody outside the team, by any statement of their own: and after a minute nobody at all."""
    case, _referral = helped
    marks(house, case, danger=True)
    names, bodies = "select case_danger_told_to(%s, %s)::text", house.world.bodies
    for who in PEOPLE:
        with house.as_(who):
            for body in bodies.values():
                assert answered(names, case.pk, body) == "HK404", "nothing was said yet"
        tried()
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        danger_told(zarina, known, version=known.version, organisation=bodies["shelter-kulob"])
    for who in PEOPLE:
        with house.as_(who):
            for body in bodies.values():
                assert answered(names, case.pk, body) == "HK404", "it was said of one, and of no other"
        tried()
    with god():
        known = Case.objects.get(pk=case.pk)
    with house.as_() as zarina, pytest.raises(NotVisible):
        danger_told(zarina, known, version=known.version, organisation=bodies["cso-pamir"])
    with god():
        steps = CaseStep.objects.filter(case=case, step_code="danger_told")
        assert [one.organisation_id for one in steps] == [bodies["shelter-kulob"]]


def test_the_case_says_it_beside_the_name(house: Senders, helped: tuple[Case, Referral]) -> None:
    """Red before: "call them", and a name without a number."""
    case, _referral = helped
    assert SHOWN not in page_text(house.browser().get(f"/cases/{case.code}/"))
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        cases.danger_said(zarina, known, version=known.version)
    for who in sorted(TEAM):
        page = page_text(house.browser(who).get(f"/cases/{case.code}/"))
        named = page.partition("Those who help do not know of the danger: call them")[2][:120]
        assert SHOWN in named, (who, named)
