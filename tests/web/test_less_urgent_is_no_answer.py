"""Urgent help that stopped is still without an answer once something of its group was asked that can wait."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, version
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
STILL = "nobody is asked for emergency care"
BOTH = ("caseworker-cso", "supervisor-cso")


def declined(house: Senders, urgency: str = "urgent") -> Case:
    """Emergency care was asked for, and they cannot give it."""
    house.world.services["HEALTH-02"] = another(house, service_code="HEALTH-02").pk
    case = house.case()
    house.agreed(case)
    house.agreed(case, kind="health")
    asked = house.sent(case, urgency)
    pass_time(minutes=1)
    with house.as_("desk-shelter") as gulnora:
        receive.decline(gulnora, Referral.objects.get(pk=asked.pk), version=version(asked), reason="full")
    with god():
        Referral.objects.filter(pk=asked.pk).update(service_code="HEALTH-01", recipient_kind_code="health")
    pass_time(minutes=1)
    return case


@pytest.mark.parametrize("care", ["urgent", "within_a_day"])
@pytest.mark.parametrize(("urgency", "answers"), [("within_a_day", False), ("normal", False), ("urgent", True)])
def test_a_health_check_answers_an_emergency_only_where_it_is_as_urgent(
    house: Senders, care: str, urgency: str, *, answers: bool
) -> None:
    """Red before: a check for tomorrow took the emergency off both Todays; later still where the care itself was not
    called urgent.
    """
    case = declined(house, care)
    for who in BOTH:
        assert STILL in page_text(house.browser(who).get("/")), who
    house.sent(case, urgency, service="HEALTH-02")
    pass_time(minutes=1)
    for who in BOTH:
        assert (STILL in page_text(house.browser(who).get("/"))) is not answers, who
