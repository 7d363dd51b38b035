"""A place by telephone in a case that is closed and opened again: an answer that was given stays (ADR 134)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders
from tests.web.test_place_called_off import MAYBE, called
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, rail, take_back_all, today, until
from tests.web.test_which_place import found, off, shown

pytestmark = pytest.mark.django_db

NONE = "No place for tonight"


def closes(house: Senders, case: Case) -> None:
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=case.pk)
        cases.close(malika, known, version=known.version, outcome="lost_contact", older_case=None)
    pass_time(minutes=1)


def opens(house: Senders, case: Case) -> None:
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=case.pk)
        cases.reopen(malika, known, version=known.version, reason="returned")
    pass_time(minutes=1)


def found_of(house: Senders, *, said_no: bool) -> Case:
    """Legal Aid said yes to a place for tonight. `said_no`: the person had said no to everything before."""
    until(20)
    case = house.case(NEEDED)
    house.agreed(case)
    if said_no:
        take_back_all(house, case)
    pass_time(minutes=1)
    found(house, case)
    pass_time(minutes=1)
    return case


@pytest.mark.parametrize("said_no", [True, False])
def test_that_it_is_still_needed_stays_said_when_the_case_is_opened_again(
    house: Senders, second_shelter: Service, said_no: bool
) -> None:
    """Red before: of who had said no to everything the call was back, though it had been answered a minute before."""
    case = found_of(house, said_no=said_no)
    closes(house, case)
    assert MAYBE in off(house, "supervisor-cso")
    called(house, case, "still_needed", "supervisor-cso")
    pass_time(minutes=1)
    opens(house, case)
    for who in BOTH:
        assert not off(house, who), who
        assert ROW in today(house, who), who
        assert ASKS in shown(house, case, who), who
    take_back_all(house, case)
    assert bool(off(house, "caseworker-cso")) == (not said_no), "what is said anew is asked anew"


def test_a_place_that_was_called_off_in_an_open_case_is_none_whatever_was_ticked(
    house: Senders, second_shelter: Service
) -> None:
    """Red before: neither "did the person get there?" nor "No place for tonight" stood anywhere."""
    case = found_of(house, said_no=False)
    take_back_all(house, case)
    pass_time(minutes=1)
    called(house, case, "reached")
    for who in BOTH:
        for page in (today(house, who), shown(house, case, who)):
            assert NONE in page, who
            assert ASKS not in page, who
        assert "was told that nobody comes" in today(house, who), who
        assert rail(house, who) == 0, "they said no to everything, and nobody is urged"
    pass_time(hours=24)
    assert NONE not in today(house), "of that night alone"
