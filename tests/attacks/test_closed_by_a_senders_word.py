"""What stands on the coordinator's Today as a desk that nobody reads is one: the database asks the hours itself.

Red on 152384ef: a sender's own SQL told the coordinator so of a desk that was open, and she was to call it.
"""

from __future__ import annotations

import pytest
from django.db import connection

from hamkori.casework.referral.models import Referral
from hamkori.directory.models import ServiceHours
from tests.attacks.counted import tried
from tests.cast import World, pass_time
from tests.database import god
from tests.web.senders import Senders, closes

pytestmark = pytest.mark.django_db

SAYS = "select notice_add('referral', %s, array['N'], 'closed_there', '', '', true, false)"


def says(house: Senders, referral: Referral) -> int:
    """How many the sender has told with a statement of their own."""
    with house.as_(), connection.cursor() as cursor:
        cursor.execute(SAYS, [referral.pk])
        return int(cursor.fetchone()[0])


def read(house: Senders) -> list[tuple[str]]:
    with house.as_("coordinator"), connection.cursor() as cursor:
        cursor.execute("select code from referrals_closed_there()")
        return list(cursor.fetchall())


def test_nobody_is_told_of_an_open_desk_that_it_is_closed(small_world: World) -> None:
    house = Senders(small_world)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    assert says(house, sent) == 0, "its hours are not known"
    service = house.world.services["HOME-02"]
    with god():
        ServiceHours.objects.bulk_create(
            ServiceHours(service_id=service, day=day, opens=0, closes=1440) for day in range(1, 8)
        )
    assert says(house, sent) == 0, "it is open"
    assert read(house) == []
    tried(2)
    with god():
        ServiceHours.objects.all().delete()
    closes(house)
    assert says(house, sent) == 1
    assert read(house) == [(sent.code,)], "what is said of a closed desk arrives"
