"""Hour and meeting point: read by whoever wrote and awaits, put right without a move, and none that is over."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.access.context import now
from hamkori.audit.models import Ledger
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.models import PacketSeal, Referral
from tests.database import god
from tests.web import test_today_in_danger as forms
from tests.web.senders import Senders, page_text, steps, version
from tests.web.test_accepted_tonight import at_hour, heard, waits, yes
from tests.web.test_received import another_time, look, press, record, taken

pytestmark = pytest.mark.django_db
MEETING = "?open=meeting"
NO_HOUR = "Write an hour between 0:00 and 23:59, or words."


def moved_twice(house: Senders) -> Referral:
    referral = taken(house)
    for days in (2, 3):
        assert press(house, referral, "expect", **another_time(days, hour="18:00 at the gate")).status_code == 303
    return referral


def test_who_awaits_the_person_reads_where_and_the_desk_that_it_is_written(house: Senders) -> None:
    """Red before: locked for the sender alone; neither the officer nor who was to stand there could see it."""
    referral = taken(house)
    shut = page_text(look(house, referral))
    readers = "Only those who meet the person, and the sender's workers who read the contact, can open it."
    assert f"Hour and meeting point {readers}" in shut
    assert readers in page_text(look(house, referral, "caseworker-cso")), "on both sides in the same words"
    assert "canary-place" not in shut
    assert "Meeting point canary-place" in page_text(look(house, referral, query=MEETING))
    assert "Meeting point canary-place" in page_text(look(house, referral, "caseworker-cso", MEETING)), "as before"
    officer = page_text(look(house, referral, "desk-shelter", MEETING))
    assert f"Hour and meeting point {readers}" in officer
    assert "canary-place" not in officer
    with god():
        opened = Ledger.objects.filter(action_code="meeting.open", decision_code="done", object_id=referral.pk)
        assert opened.count() == 2
    assert look(house, referral, query=MEETING, vault=False)["Location"].endswith("open%3Dmeeting%23meeting")


def test_who_joins_reads_it_and_who_is_left_without_a_seal_can_write_it_anew(house: Senders) -> None:
    referral = taken(house)
    joins = str(house.world.membership("shelter-social"))
    assert press(house, referral, "staff", joins=[joins]).status_code == 303
    assert "canary-place" in page_text(look(house, referral, "shelter-social", MEETING))
    with god():  # a line from before the receiver's people had a seal of it
        PacketSeal.objects.filter(section_code="meeting").delete()
    lost = look(house, referral, query=MEETING)
    assert "Call the sender, or write it again." in page_text(lost)
    (at, fields) = forms.form_of(lost.content.decode(), f"/referrals/{referral.code}/expect/")
    house.browser("shelter-worker").post(at, {**fields, "place": "canary-new-place"})
    assert "canary-new-place" in page_text(look(house, referral, query=MEETING))
    assert "canary-new-place" in page_text(look(house, referral, "caseworker-cso", MEETING))


def test_after_two_moves_the_line_is_put_right_and_nothing_moves(house: Senders) -> None:
    """Red before: it took a move, the third was refused, and the two sides were sent to each other."""
    referral = moved_twice(house)
    assert press(house, referral, "expect", **another_time(4)).status_code == 409
    page = look(house, referral, query=MEETING).content.decode()
    (at, fields) = forms.form_of(page, f"/referrals/{referral.code}/expect/")
    assert 'value="18:00 at the gate"' in page, "what is written stands there to be put right"
    worker = house.browser("shelter-worker")
    assert "Write the hour, the meeting point" in page_text(worker.post(at, {**fields, "hour": ""}))
    before = record(referral)
    saved = worker.post(at, {**fields, "operation": str(uuid4()), "hour": "18:30", "place": "canary-gate"})
    assert "Saved: hour, meeting point. The sender has been told." in page_text(worker.get(saved["Location"]))
    after = record(referral)
    assert (after.moves, after.agreed_at, after.arrival_on) == (2, before.agreed_at, before.arrival_on)
    assert steps(referral)[-1] == "meet"
    text = page_text(look(house, referral, query=MEETING))
    assert "18:30 Meeting point canary-gate" in text, "with the agreed time"
    assert "18:00 at the gate" not in text
    assert "How to meet: added" in text, "the history"
    assert "How to meet: it was added" in page_text(look(house, referral, "caseworker-cso"))


def test_the_time_that_is_agreed_is_no_other_time(house: Senders) -> None:
    referral = taken(house)
    stands = {"arrival_on": record(referral).arrival_on.isoformat(), "arrival_part": "morning"}
    same = press(house, referral, "expect", **stands)
    assert same.status_code == 400
    assert "This time is agreed already. Choose another one." in page_text(same)
    assert press(house, referral, "expect", **stands, hour="09:30").status_code == 303
    assert record(referral).moves == 0


@pytest.mark.parametrize(
    ("part", "hour", "said"),
    [
        ("now", "03:00", "This hour is over today. Write a later one, or choose another day."),
        ("morning", "07:00", "This hour is over today. Write a later one, or choose another day."),
        ("now", "23:00", "23:00 is too late: until 21:00 an hour can be agreed here."),
        ("evening", "23:59", "23:59 is too late: until 21:00 an hour can be agreed here."),
        ("morning", "19", "19:00 is in the evening. Choose the evening, or another hour."),
        ("evening", "11:40", "11:40 is in the morning. Choose the morning, or another hour."),
        ("evening", "16", "16:00 is in the afternoon. Choose the afternoon, or another hour."),
        ("evening", "17:00", ""),
        ("evening", "19", ""),
        ("now", "11.30", ""),
        ("evening", "after the prayer", ""),
        ("evening", "between 18:00 and 19:00, or 20", ""),
        ("evening", "25:99", NO_HOUR),
        ("evening", "1830", NO_HOUR),
        ("evening", "at 18:70", NO_HOUR),
        ("evening", "18:00 \N{WAVING HAND SIGN}", "Write it in letters and figures, without pictures."),
    ],
)
def test_an_hour_that_is_over_or_too_late_is_said_at_its_place(house: Senders, part: str, hour: str, said: str) -> None:
    """Red before: at 11:01 "Now" was taken with 03:00, and the sender unlocked "Hour 03:00"."""
    at_hour(11)
    referral = waits(house)
    with god():
        today = now().date().isoformat()
    when = "now" if part == "now" else f"{today}.{part}"
    answer = house.browser("desk-shelter").post(
        f"/referrals/{referral.code}/accept/", yes(house, referral, when=when, hour=hour, place="canary-place")
    )
    assert answer.status_code == (400 if said else 303)
    if said:
        assert said in page_text(answer)
        assert f'value="{hour}"' in answer.content.decode(), "kept"
        assert record(referral).state_code == "sent"


def test_before_the_time_is_over_nobody_is_asked_for_what_cannot_be_pressed(house: Senders) -> None:
    """Red before: "Say here whether the person came", and "did not come" was closed for three hours."""
    at_hour(9)
    referral = waits(house)
    house.browser("desk-shelter").post(f"/referrals/{referral.code}/accept/", yes(house, referral, when="now"))
    house.browser().post(f"/referrals/{referral.code}/hear/", heard(referral, "did_not_come"))
    text = page_text(look(house, referral))
    assert "If the person comes, say so here; only you can." in text
    assert "Say here whether" not in text


def test_a_yes_is_not_said_over_what_has_ended_meanwhile(house: Senders) -> None:
    """Red before: "Accepted. You can return it" in green over "Ended. Nothing can be opened"."""
    case = house.case()
    house.agreed(case)
    referral, desk = house.sent(case), house.browser("desk-shelter")
    page = f"/referrals/{referral.code}/"
    desk.post(f"{page}accept/", yes(house, referral, when="now"))
    with house.as_("caseworker-cso") as zarina:
        consent.withdraw(zarina, case, how_said="in_person")
    ended = page_text(desk.get(page))
    assert "Ended" in ended
    assert "You can return it" not in ended
    assert version(referral) > 2
