"""What waits for a desk and is needed from today on stands among what is for today, whenever its answer is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db

SOON, LATER = ">Today and soon<", ">Later<"


def under(house: Senders, title: str) -> str:
    page = house.browser("desk-shelter").get("/").content.decode()
    return page.partition(title)[2].partition("</section>")[0]


@pytest.mark.parametrize(("days", "title", "other"), [(0, SOON, LATER), (3, LATER, SOON)])
def test_what_is_needed_from_today_on_is_no_later_row(house: Senders, days: int, title: str, other: str) -> None:
    """Red before: under "Later", below rows that had been late for days."""
    case = house.case()
    house.agreed(case)
    on = timezone.localdate(now()) + timedelta(days=days)
    one = house.sent(case, urgency="normal", needed_from=on)
    pass_time(minutes=2)
    with god():
        due = now() + timedelta(days=4)
        Referral.objects.filter(pk=one.pk).update(answer_due_at=due)
    address = f'href="/referrals/{one.code}/'
    assert address in under(house, title)
    assert address not in under(house, other)
