"""The desk's own page: the hour that was written, the way to a no, the next one that waits; and how help ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.clocks import NOW, parts_ahead, parts_of_day
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from hamkori.web.kit.moments import clock_time
from hamkori.web.received.hours import part_written
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, asked, at, page_text, state
from tests.web.test_after_an_arrival import HELPER, serving
from tests.web.test_desk import no, waits, yes
from tests.web.test_place_found import until

pytestmark = pytest.mark.django_db
DESK = "desk-shelter"
FOR_THE_HOUR = "Accept today at this hour"
FOR_TOMORROW = "Accept tomorrow at this hour"
NEXT = "Answer the next one"
DECLINE = "Decline"
OWN_CASE = "It is open and has no next step: set one, or close it."
DOCTOR = "The summary says that the person needs a doctor. The sender knows whether one is asked. Speak with the sender"


def for_the_hour(house: Senders, referral: Referral, **typed: str) -> str:
    """What a browser sends of that button: the fields of another day are empty."""
    form = yes(house, referral, when="hour", arrival_on="", arrival_part="", **typed)
    return page_text(house.browser(DESK).post(at(referral, "accept"), form, follow=True))


def test_one_button_accepts_for_the_hour_that_is_written(house: Senders) -> None:
    """Red before: whoever wrote an hour pressed a part of the day as well, or "Now", which was that hour."""
    referral = waits(house)
    page = page_text(house.browser(DESK).get(at(referral)))
    assert FOR_THE_HOUR in page
    assert "With an hour written above" not in page
    with god():
        wall = timezone.localtime(now())
    hour = clock_time(wall + timedelta(hours=1))
    for_the_hour(house, referral, hour=hour, place="canary-gate")
    with god():
        found = Referral.objects.get(pk=referral.pk)
    ahead = parts_ahead(wall.replace(tzinfo=None))
    part = part_written(hour)
    assert found.state_code == "accepted"
    assert found.arrival_on == wall.date()
    assert found.arrival_part_code == (part if (wall.date(), part) in ahead else NOW)


def test_an_hour_that_is_over_today_is_accepted_for_tomorrow_at_one_press(house: Senders) -> None:
    """Red before: "this hour is over today", and the way to tomorrow was to be found below."""
    until(15)
    referral = waits(house)
    typed = {"hour": "10:30", "place": "canary-gate"}
    form = yes(house, referral, when="hour", arrival_on="", arrival_part="", **typed)
    answer = house.browser(DESK).post(at(referral, "accept"), form)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert all(f'value="{one}"' in page for one in typed.values()), "what was typed stands there"
    button = re.search(r'<button[^>]*value="([^"]+)"[^>]*>\s*Accept for tomorrow 10:30', page)
    assert button is not None
    form = yes(house, referral, when=button[1], arrival_on="", arrival_part="", **typed)
    house.browser(DESK).post(at(referral, "accept"), form)
    with god():
        found = Referral.objects.get(pk=referral.pk)
        tomorrow = timezone.localdate(now()) + timedelta(days=1)
    assert (found.state_code, found.arrival_on, found.arrival_part_code) == ("accepted", tomorrow, "morning")


def test_tomorrow_is_offered_of_an_hour_that_is_over_alone(house: Senders) -> None:
    referral = waits(house)
    assert "Accept for tomorrow" not in for_the_hour(house, referral, hour="", place="canary-gate")
    assert "Accept for tomorrow" not in page_text(house.browser(DESK).get(at(referral)))


def test_in_the_evening_the_hour_of_tomorrow_is_accepted_at_once(house: Senders) -> None:
    """Red before: only after a press for today that was refused."""
    until(15)
    referral = waits(house)
    assert FOR_TOMORROW not in page_text(house.browser(DESK).get(at(referral)))
    until(18)
    assert FOR_TOMORROW in page_text(house.browser(DESK).get(at(referral)))
    form = yes(house, referral, when="next_day", arrival_on="", arrival_part="", hour="22:30", place="canary-gate")
    late = house.browser(DESK).post(at(referral, "accept"), form)
    assert "22:30 is too late: until 21:00 an hour can be agreed here." in page_text(late)
    form = yes(house, referral, when="next_day", arrival_on="", arrival_part="", hour="10:30", place="canary-gate")
    house.browser(DESK).post(at(referral, "accept"), form)
    with god():
        found = Referral.objects.get(pk=referral.pk)
        tomorrow = timezone.localdate(now()) + timedelta(days=1)
    assert (found.state_code, found.arrival_on, found.arrival_part_code) == ("accepted", tomorrow, "morning")


def test_without_an_hour_the_message_stands_at_the_field_and_nothing_is_lost(house: Senders) -> None:
    referral = waits(house)
    page = for_the_hour(house, referral, hour="", place="canary-gate")
    assert "Write the hour, for example 15:30; or press a part of the day below." in page
    assert state(referral) == "sent"
    form = yes(house, referral, when="hour", arrival_on="", arrival_part="", hour="", place="canary-gate")
    kept = house.browser(DESK).post(at(referral, "accept"), form).content.decode()
    assert 'value="canary-gate"' in kept


def test_of_help_from_another_day_on_the_part_of_the_day_says_which(house: Senders) -> None:
    with god():
        later = timezone.localdate(now()) + timedelta(days=3)
    case = house.case()
    house.agreed(case)
    referral = house.sent(case, "normal", needed_from=later)
    pass_time(minutes=1)
    assert FOR_THE_HOUR not in page_text(house.browser(DESK).get(at(referral)))


@pytest.mark.parametrize(
    ("text", "part"),
    [("9:30", "morning"), ("15.30", "afternoon"), ("20:00", "evening"), ("23:00", ""), ("", None), ("soon", None)],
)
def test_the_part_of_the_day_is_that_of_the_hour(text: str, part: str | None) -> None:
    assert part_written(text) == part
    assert part in (*parts_of_day(), "", None)


def test_the_way_to_a_no_stands_beside_accept(house: Senders) -> None:
    """Red before: it lay below the whole form of acceptance."""
    referral = waits(house)
    page = house.browser(DESK).get(at(referral)).content.decode()
    assert DECLINE in page.partition("<h2>Accept</h2>")[2].partition("<form")[0]
    assert f'href="{at(referral)}?do=decline#decline"' in page
    led = house.browser(DESK).get(f"{at(referral)}?do=decline").content.decode()
    fold = '<details class="card fold" name="answers"'
    assert f'{fold} data-land id="decline" open>' in led, "without a script, too"
    assert f"{fold} open>" not in led


def test_after_an_answer_the_next_one_that_waits_is_one_press_away(house: Senders) -> None:
    """Red before: one went back to the list after each answer."""
    first, second = waits(house), waits(house)
    pass_time(minutes=1)
    after = house.browser(DESK).post(at(first, "accept"), yes(house, first), follow=True)
    assert NEXT in page_text(after)
    assert f'href="{at(second)}"' in after.content.decode()
    assert NEXT not in page_text(house.browser(DESK).get(at(first))), "on the page after the answer alone"
    last = house.browser(DESK).post(at(second, "decline"), no(second), follow=True)
    assert NEXT not in page_text(last), "nothing else waits"
    assert '<a class="solo no-print" href="/">' in last.content.decode(), "then Today is the way on"


def test_what_waits_for_the_sender_is_not_the_next_one(house: Senders) -> None:
    first, second = waits(house), waits(house)
    pass_time(minutes=1)
    asked(house, second)
    assert NEXT not in page_text(house.browser(DESK).post(at(first, "decline"), no(first), follow=True))


@pytest.mark.parametrize("doctor", ["yes", "no"])
def test_who_has_come_and_needs_a_doctor_is_said_with_what_comes_next(house: Senders, doctor: str) -> None:
    """Red before: a grey row in the middle of the page."""
    case = house.case({"doctor_code": doctor})
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    parvina = house.browser(HELPER)
    parvina.post(at(referral, "serve"), serving(referral))
    page = page_text(parvina.get(at(referral)))
    assert (DOCTOR in page) == (doctor == "yes")
    assert page.index("End this help") < page.index("What comes next") < page.index("Shared information")


def test_end_this_help_is_at_hand_and_opens_its_form(house: Senders) -> None:
    """Red before: the result for which the sender waits lay folded under all that is read."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    parvina = house.browser(HELPER)
    parvina.post(at(referral, "serve"), serving(referral))
    page = parvina.get(at(referral)).content.decode()
    assert f'href="{at(referral)}?do=finish#finish"' in page.partition('id="plan"')[0], "under the state"
    led = parvina.get(f"{at(referral)}?do=finish").content.decode()
    assert re.search(r'<details class="card fold" data-land\s+id="finish" open>', led)
    assert "?do=finish#finish" not in led.partition("Shared information")[0], "it is open already"
    alone = r'class="card fold desk-only" data-land\s+id="finish">'
    assert re.search(alone, page), "on a telephone the link above alone"
    form = fields(parvina.get(f"{at(referral)}?do=finish"), at(referral, "finish"))
    form |= {"result": "given", "sleeps": "no"}
    ended = page_text(parvina.post(at(referral, "finish"), form, follow=True))
    assert OWN_CASE in ended, "red before: nothing said what the own case still needs"
    with god():
        own = ReferralOwnCase.objects.get(referral=referral).case_id
        Case.objects.filter(pk=own).update(next_step_code="call_back", next_step_on=timezone.localdate(now()))
    planned = page_text(parvina.get(at(referral)))
    assert OWN_CASE not in planned
    assert "Your own case stays: plan the help there, or close it." in planned


def test_what_the_sender_added_is_read_from_the_warning_before_it_is_deleted(house: Senders) -> None:
    """Red before: "Shared information" stood below the button that deletes it."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    parvina = house.browser(HELPER)
    parvina.post(at(referral, "serve"), serving(referral))
    with god():
        Referral.objects.filter(pk=referral.pk).update(packets=2)
    opens = f"{at(referral)}?do=finish&amp;open=packet#packet"
    page = parvina.get(f"{at(referral)}?do=finish").content.decode()
    assert f'href="{opens}"' in page.partition("it is deleted when you finish")[2].partition("</div>")[0]
    read = parvina.get(f"{at(referral)}?do=finish&open=packet").content.decode()
    assert '<a href="#packet">' in read
    assert 'id="packet"' in read
    assert 'id="finish" open>' in read, "the form stays open"
