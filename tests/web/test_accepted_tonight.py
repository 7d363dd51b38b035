"""Somebody who is needed at once can be promised for this hour, and nobody is late when the yes has just been said."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.refusal import Invalid
from tests.cast import World, pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, state, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


def at_hour(hour: int) -> None:
    """The world's clock stands at this hour of tomorrow, so that the request is younger than its limits."""
    with god():
        there = timezone.localtime(now())
    wanted = (there + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    pass_time(seconds=(wanted - there).total_seconds())


def waits(house: Senders, urgency: str = "urgent") -> Referral:
    case = house.case()
    house.agreed(case)
    return house.sent(case, urgency)


def buttons(house: Senders, referral: Referral) -> list[tuple[str, str]]:
    page = house.browser("desk-shelter").get(f"/referrals/{referral.code}/").content.decode()
    return re.findall(r'name="when" value="([^"]+)"[^>]*>([^<]+)', page)


def yes(house: Senders, referral: Referral, **said: str) -> dict[str, object]:
    team = [str(house.world.membership("shelter-worker"))]
    return {"operation": str(uuid4()), "version": version(referral), "team": team, **said}


def test_at_ten_in_the_evening_the_first_button_is_tonight_and_nobody_is_late(house: Senders) -> None:
    at_hour(22)
    referral = waits(house)
    (value, label), *rest = buttons(house, referral)
    today = timezone.localdate(now_there())
    assert (value, label) == (f"{today.isoformat()}.evening", "Tonight")
    assert [one for _value, one in rest] == ["Morning", "Afternoon", "Evening"]
    answer = house.browser("desk-shelter").post(f"/referrals/{referral.code}/accept/", yes(house, referral, when=value))
    assert answer.status_code == 303
    with god():
        clock = ReferralClock.objects.get(referral=referral, clock_code="arrival")
        left = clock.due_at - now()
    assert timedelta(hours=2, minutes=50) < left <= timedelta(hours=3)
    pass_time(minutes=1)
    told = page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    assert re.search(r"If nobody came by 0[01]:\d\d", told), "the page says until when"
    assert "tonight" in told
    assert "evening" not in told.lower(), "one word for it, and it is the button's"
    assert "did the person come?" not in page_text(house.browser("desk-shelter").get("/desk/"))
    pass_time(hours=3)
    assert "did the person come?" in page_text(house.browser("desk-shelter").get("/desk/"))


def now_there() -> datetime:
    with god():
        return now()


def test_in_the_morning_the_first_button_is_now(house: Senders) -> None:
    at_hour(9)
    assert [label for _value, label in buttons(house, waits(house))][:3] == ["Now", "Afternoon", "Tonight"]


def test_what_is_not_needed_today_is_offered_by_its_parts_of_the_day(house: Senders) -> None:
    at_hour(22)
    case = house.case()
    house.agreed(case)
    later = timezone.localdate(now_there()) + timedelta(days=2)
    referral = house.sent(case, "normal", needed_from=later)
    pass_time(minutes=1)
    assert [label for _value, label in buttons(house, referral)] == ["Morning", "Afternoon", "Evening"]


def test_a_part_of_today_that_is_over_is_answered_at_its_field_and_stays_in_sight(house: Senders) -> None:
    at_hour(22)
    referral = waits(house)
    today = timezone.localdate(now_there()).isoformat()
    typed = yes(house, referral, arrival_on=today, arrival_part="morning")
    answer = house.browser("desk-shelter").post(f"/referrals/{referral.code}/accept/", typed)
    assert answer.status_code == 400
    assert "This part of the day is over. Choose a later one." in page_text(answer)
    assert state(referral) == "sent"
    untold = {**yes(house, referral, arrival_on=today, arrival_part="evening"), "team": []}
    kept = house.browser("desk-shelter").post(f"/referrals/{referral.code}/accept/", untold).content.decode()
    fold = re.search(r'<details class="fold"( open)?>\s*<summary>.{0,400}?Another day', kept, re.S)
    assert fold is not None
    assert fold[1], "a day that was chosen stays in sight"


def test_another_time_never_lies_in_the_past(house: Senders) -> None:
    at_hour(9)
    referral = waits(house)
    (value, _label), *_rest = buttons(house, referral)
    house.browser("desk-shelter").post(f"/referrals/{referral.code}/accept/", yes(house, referral, when=value))
    pass_time(hours=9)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        day = timezone.localdate(now())
        with pytest.raises(Invalid):
            receive.expect(parvina, mine, version=mine.version, arrival_on=day, arrival_part="afternoon")
        receive.expect(parvina, mine, version=mine.version, arrival_on=day, arrival_part="evening")
