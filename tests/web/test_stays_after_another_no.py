"""A place of another kind had said no; then a shelter gave the bed, and the person's word ended that (ADR 0124)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text, version
from tests.web.test_closing_names_tonight import STAYS
from tests.web.test_not_here import under
from tests.web.test_place_found import BOTH, NEEDED, pressed, rail, take_back_all, today
from tests.web.test_red_alike import counted
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db

NONE = "No place for tonight"
GAVE_NONE = "A safe place to sleep was needed, and no organisation here gave one."


def in_the_bed(house: Senders, *, at_once: bool = False) -> Case:
    """One place said no, another took the person in, and everything was withdrawn there. `at_once`: both were asked
    before the one said no.
    """
    house.world.services["HOME-01"] = another(house, service_code="HOME-01").pk
    case = house.case(NEEDED)
    house.agreed(case)
    no = house.sent(case, service="HOME-01")
    yes = house.sent(case) if at_once else None
    pass_time(minutes=1)
    with house.as_("lawyer") as desk:
        receive.decline(desk, Referral.objects.get(pk=no.pk), version=version(no), reason="full")
    pass_time(minutes=1)
    yes = yes or house.sent(case)
    house.accepted(yes, part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=yes.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time(minutes=1)
    take_back_all(house, case)
    return case


@pytest.mark.parametrize("at_once", [False, True])
def test_today_asks_whether_the_person_stays_as_the_case_does(house: Senders, *, at_once: bool) -> None:
    """Red before: Today said "Declined" and "No place for tonight", and asked nothing."""
    case = in_the_bed(house, at_once=at_once)
    for who in BOTH:
        assert [(one.case, one.what, one.stays) for one in counted(house, who).unread] == [
            (case.code, "place.open", True)
        ], who
        assert rail(house, who) == 1, who
        for page in ("/", "/cases/", f"/cases/{case.code}/"):
            said = page_text(house.browser(who).get(page))
            assert (STAYS in said, NONE in said) == (True, False), (who, page)
        assert ("Declined: " in today(house, who)) == at_once, "where another was asked since, it was decided"


def test_who_leaves_has_no_place_for_tonight_where_that_stands(house: Senders) -> None:
    """Red before: it stood only inside the row of the older no."""
    case = in_the_bed(house)
    assert "Saved: no place for tonight. Today says it until there is one." in pressed(house, case, "place-needed")
    for who in BOTH:
        found = counted(house, who)
        rows = [(one.what, one.stays) for one in found.rows if one.no_place]
        assert rows == [("place.open", False)], who
        assert NONE in under(house, who, "Call now"), who  # that they leave says that a bed is needed


def test_closing_names_the_question_that_is_open(house: Senders) -> None:
    """Red before: "no organisation here gave one", of whoever slept there."""
    case = in_the_bed(house)
    closing = f"/cases/{case.code}/close/"
    for who in BOTH:
        page = page_text(house.browser(who).get(closing))
        assert (STAYS in page, GAVE_NONE in page) == (True, False), who
    pressed(house, case, "place-needed")
    page = page_text(house.browser().get(closing))
    assert STAYS not in page
    assert GAVE_NONE not in page
    assert "Nobody has a place for the person for tonight." in page
