"""Somebody who is needed at once can be promised for this hour, and nobody is late when the yes has just been said."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.rules.sections import FUNCTION_SECTION, rights
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.directory.models import Service
from hamkori.people.models import OrganisationPhone
from hamkori.people.queries import Colleague
from hamkori.refusal import Invalid
from hamkori.web.received.forms import AcceptForm
from hamkori.web.words.received import own_part
from tests.cast import pass_time
from tests.database import god
from tests.web import test_today_in_danger as forms
from tests.web.senders import Senders, answering, page_text, state, version

pytestmark = pytest.mark.django_db


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
    """Those that need no hour written."""
    page = house.browser("desk-shelter").get(f"/referrals/{referral.code}/").content.decode()
    return [
        one
        for one in re.findall(r'name="when" value="([^"]+)"[^>]*>([^<]+)', page)
        if one[0] not in ("hour", "next_day")
    ]


def yes(house: Senders, referral: Referral, **said: str) -> dict[str, object]:
    team = [str(house.world.membership("shelter-worker"))]
    return {**answering(referral), "team": team, **said}


def test_from_another_region_both_sides_read_that_the_way_is_to_be_thought_of(house: Senders) -> None:
    referral, far = waits(house), "Other region: ask who brings the person."
    case, near = house.case(), page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    house.agreed(case)
    looks = {**house.screen(case, do=""), "district": "TJ-KT-01"}
    there, at = "Other region: think of the way there.", f"/cases/{case.code}/refer/"
    assert (far in near, there in page_text(house.browser().post(at, looks))) == (False, False)
    with god():
        Service.objects.filter(pk=referral.service_id).update(region_code="TJ-SU")
    assert far in page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    assert there in page_text(house.browser().post(at, looks))


@pytest.mark.parametrize("hour", [22, 0])
def test_in_the_night_the_first_button_is_now_and_it_is_over_three_hours_later(house: Senders, hour: int) -> None:
    at_hour(hour)
    referral = waits(house)
    (value, label), *rest = buttons(house, referral)
    assert (value, label) == ("now", "Now")
    tomorrow = ["Morning", "Afternoon", "Evening"]
    today = ["Morning", "Afternoon", "This evening, from 17:00"] if hour == 0 else []
    assert [one for _value, one in rest] == [*today, *tomorrow]
    answer = house.browser("desk-shelter").post(f"/referrals/{referral.code}/accept/", yes(house, referral, when=value))
    assert answer.status_code == 303
    with god():
        clock = ReferralClock.objects.get(referral=referral, clock_code="arrival")
        left = clock.due_at - now()
    assert timedelta(hours=2, minutes=50) < left <= timedelta(hours=3)
    until = timezone.localtime(clock.due_at).strftime("%H:%M")
    by = f"now, by {until}" if hour < 21 else f"now, by tomorrow {until}"
    told = page_text(house.browser("desk-shelter").get(answer["Location"]))
    assert f"The person comes at once, at the latest by {by.removeprefix('now, by ')}. The sender was told." in told
    pass_time(minutes=1)
    assert "Nothing waits for your answer. 1 person is expected" in page_text(house.browser("desk-shelter").get("/"))
    for who, page in (
        ("desk-shelter", f"/referrals/{referral.code}/"),
        ("desk-shelter", "/desk/"),
        ("caseworker-cso", f"/referrals/{referral.code}/"),
    ):
        told = page_text(house.browser(who).get(page))
        assert by in told, (who, page)
        assert not re.search(r"today, (now|morning|evening)|did the person come\?", told), (who, page)
    assert "Did the person arrive?" not in page_text(house.browser("caseworker-cso").get("/"))
    early, zarina, address = hour == 0, house.browser("caseworker-cso"), f"/referrals/{referral.code}/"
    assert "Say whether the person came" in page_text(zarina.get(address)), "from the yes on, folded (ADR 104)"
    if early:
        assert zarina.post(f"{address}hear/", heard(referral, "called")).status_code == 409, "nobody is late yet"
        assert zarina.post(f"{address}hear/", heard(referral, "came")).status_code == 303
        assert ": the person came." in (sent := page_text(zarina.get(address)))
        assert "Came, to be confirmed" in sent
        assert "When the person comes" not in sent, "nobody is expected any more"
        there = page_text(house.browser("shelter-worker").get("/"))
        assert ": the sender says that the person is with you" in there
        assert "Confirm the arrival" in there
        assert by not in there
        assert "The sender said" in page_text(house.browser("shelter-worker").get(address))
    pass_time(hours=3)
    assert "did the person come?" in page_text(house.browser("desk-shelter").get("/desk/"))
    assert ("Did the person arrive?" in page_text(zarina.get("/"))) is not early


def heard(referral: Referral, said: str) -> dict[str, object]:
    return {"operation": str(uuid4()), "version": version(referral), "heard": said}


def now_there() -> datetime:
    with god():
        return now()


def shut_fold(page: str) -> bool:
    """Whether hour, meeting point and whom to ask for are one line."""
    return page[: page.index('name="hour"')].rpartition("<details")[2].startswith(' class="fold">')


def test_in_the_morning_the_first_button_is_now(house: Senders) -> None:
    at_hour(9)
    referral = waits(house)
    page = house.browser("desk-shelter").get(f"/referrals/{referral.code}/").content.decode()
    parts = [page.index(one) for one in ('name="hour"', 'name="place"', "When do you meet", 'value="now"')]
    assert parts == sorted(parts), "hour and place stand with the parts of the day, which send them"
    assert shut_fold(page), "red before: three fields stood before the buttons of which one accepts"
    assert [label for _value, label in buttons(house, referral)][:4] == ["Now", "Morning", "Afternoon", "Evening"]
    pass_time(hours=4)
    offered = buttons(house, referral)
    assert [label for _value, label in offered][:3] == ["Now", "Afternoon", "Tonight"]
    said = yes(house, referral, when=offered[2][0])
    assert house.browser("desk-shelter").post(f"/referrals/{referral.code}/accept/", said).status_code == 303
    pass_time(minutes=1)
    for who, page in (
        ("desk-shelter", f"/referrals/{referral.code}/"),
        ("shelter-worker", "/"),
        ("desk-shelter", "/desk/"),
    ):
        told = page_text(house.browser(who).get(page))
        assert "tonight" in told, (who, page)
        assert "today, evening" not in told, "it has the word of the button"


def test_what_is_not_needed_today_is_offered_by_its_parts_of_the_day(house: Senders) -> None:
    at_hour(22)
    case = house.case()
    house.agreed(case)
    later = timezone.localdate(now_there()) + timedelta(days=2)
    referral = house.sent(case, "normal", needed_from=later)
    pass_time(minutes=1)
    assert [label for _value, label in buttons(house, referral)] == ["Morning", "Afternoon", "Evening"]
    assert "Hour, place, whom to ask for" in page_text(
        house.browser("desk-shelter").get(f"/referrals/{referral.code}/")
    )


def test_a_part_of_today_that_is_over_is_answered_at_its_field_and_stays_in_sight(house: Senders) -> None:
    at_hour(22)
    referral = waits(house)
    today = timezone.localdate(now_there()).isoformat()
    typed = yes(house, referral, arrival_on=today, arrival_part="morning")
    answer = house.browser("desk-shelter").post(f"/referrals/{referral.code}/accept/", typed)
    assert answer.status_code == 400
    assert "This part of the day is over. Choose a later one." in page_text(answer)
    assert state(referral) == "sent"
    tomorrow = (timezone.localdate(now_there()) + timedelta(days=1)).isoformat()
    untold = {**yes(house, referral, arrival_on=tomorrow, arrival_part="evening"), "team": []}
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
        with pytest.raises(Invalid):
            receive.expect(parvina, mine, version=mine.version, arrival_on=day + timedelta(days=1), arrival_part="now")
        receive.expect(parvina, mine, version=mine.version, arrival_on=day, arrival_part="evening")
    pass_time(minutes=1)
    shelter = house.browser("shelter-worker")
    with god():
        moved = Referral.objects.get(pk=referral.pk)
    form = {"operation": str(uuid4()), "version": moved.version, "arrival_on": "", "arrival_part": "now"}
    assert shelter.post(f"/referrals/{referral.code}/expect/", form).status_code == 303
    with god():
        clock = ReferralClock.objects.get(referral=referral, clock_code="arrival")
        assert clock.due_at > now() + timedelta(hours=2, minutes=58)
    until = timezone.localtime(clock.due_at).strftime("%H:%M")
    assert f"now, by {until}" in page_text(shelter.get(f"/referrals/{referral.code}/"))


def test_the_time_that_was_pressed_stays_when_nobody_was_named(house: Senders) -> None:
    at_hour(9)
    referral = waits(house)
    untold = {**yes(house, referral, when="now"), "team": []}
    answer = house.browser("desk-shelter").post(f"/referrals/{referral.code}/accept/", untold)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "You pressed: today, now" in page_text(answer)
    assert re.search(r'class="btn" type="submit" name="when" value="now"', page)


def test_who_answers_for_the_desk_is_called_so_where_it_is_chosen_who_meets_the_person() -> None:
    both = frozenset({"case_worker", "desk_officer"})
    officer = Colleague(
        membership_id=uuid4(), user_id=uuid4(), name="Gulnora", function="shelter_worker", roles=both, has_key=True
    )
    (named,) = AcceptForm(people=[officer], agreed=(), today=date(2026, 11, 28)).fields["team"].choices
    assert named[1] == "Gulnora, referral officer, shelter worker"


def test_came_that_was_pressed_by_mistake_is_taken_back_before_the_agreed_day(house: Senders) -> None:
    """Red before: until that day nothing but "came" could be said."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    zarina, address = house.browser(), f"/referrals/{referral.code}/"
    assert zarina.post(f"{address}hear/", heard(referral, "did_not_come")).status_code == 409, "the day is to come"
    assert zarina.post(f"{address}hear/", heard(referral, "came")).status_code == 303
    assert 'value="did_not_come"' in zarina.get(address).content.decode()
    there = house.browser("shelter-worker").get(address).content.decode()
    assert there.count("/serve/") == 1
    assert there.index("The sender said") < there.index("/serve/") < there.index('aria-label="This referral"'), "first"
    assert "before the agreed time" not in there, "nothing to unfold: the sender's word is the second one"
    assert zarina.post(f"{address}hear/", heard(referral, "did_not_come")).status_code == 303
    assert "/miss/" not in house.browser("shelter-worker").get(address).content.decode(), "it was taken back"
    assert zarina.post(f"{address}hear/", heard(referral, "came")).status_code == 303


def test_who_is_said_to_have_come_and_is_not_there_has_no_place_again(house: Senders) -> None:
    """Red before: the receiver could say so only after the agreed time, and nobody was told of tonight till then."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    zarina, address, lacks = house.browser(), f"/referrals/{referral.code}/", "No place for tonight"
    there = house.browser("shelter-worker")
    assert "The person is not here" not in page_text(there.get(address)), "nobody says that the person came"
    early = {"operation": str(uuid4()), "version": str(version(referral))}
    assert there.post(f"{address}miss/", early).status_code == 409
    assert lacks in page_text(zarina.get("/"))
    assert zarina.post(f"{address}hear/", heard(referral, "came")).status_code == 303
    assert lacks not in page_text(zarina.get("/"))
    shown = page_text(there.get(address))
    assert "The person is not here" in shown
    assert "once the time is over" not in shown
    said = {"operation": str(uuid4()), "version": str(version(referral))}
    assert there.post(f"{address}miss/", said).status_code == 303
    assert "The sender was told" in page_text(there.get(address))
    home = page_text(zarina.get("/"))
    assert home.index("Call now") < home.index(lacks), "the same minute, not the day after"
    assert "The person did not come" in page_text(zarina.get(address))


def test_without_an_hour_it_is_said_who_calls_whom_on_both_sides(house: Senders) -> None:
    """Red before: each side waited for the other, and the sender unlocked an empty box to learn it."""
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["cso-kulob"], phone="(demo) 00-14")
    silent, written = waits(house), waits(house)
    desk, zarina, worker = house.browser("desk-shelter"), house.browser(), house.browser("shelter-worker")
    when = buttons(house, silent)[-1][0]
    desk.post(f"/referrals/{silent.code}/accept/", yes(house, silent, when=when))
    told = page_text(desk.get(f"/referrals/{silent.code}/"))
    assert "Accepted for tomorrow, evening. The sender was told." in told
    assert told.count("Hour and meeting point Not written. Call the sender.") == 1, "once, with the number below"
    assert "no hour written: call the sender, 00\u201114 (invented)" in page_text(worker.get("/"))
    sent = page_text(zarina.get(f"/referrals/{silent.code}/"))
    assert "They wrote no hour and no meeting point. They were told to call you; or call them." in sent
    page = worker.get(f"/referrals/{silent.code}/?do=hour").content.decode()
    assert re.search(r'<details[^>]* id="hour" open>', page), "the green line of whoever was named leads there"
    shown = page_text(desk.get(f"/referrals/{written.code}/"))
    assert shown.index("Write: hour, meeting point") < shown.index("One press accepts."), "directly above the buttons"
    typed = desk.post(f"/referrals/{written.code}/accept/", {**yes(house, written, hour="25:00"), "when": when})
    assert not shut_fold(typed.content.decode()), "what is wrong in it is in sight"
    desk.post(f"/referrals/{written.code}/accept/", yes(house, written, when=when, hour="19:00"))
    told = page_text(desk.get(f"/referrals/{written.code}/"))
    assert "Accepted for tomorrow, evening. Saved: hour. The sender was told." in told
    assert "Not written" not in page_text(desk.get(f"/referrals/{written.code}/"))
    assert page_text(worker.get("/")).count("no hour written") == 1
    sent = page_text(zarina.get(f"/referrals/{written.code}/"))
    assert "They wrote no hour" not in sent
    assert "Hour, meeting point, whom to ask for" in sent, "locked"
    page = f"/referrals/{silent.code}/"
    adds = forms.form_of(shown := worker.get(page).content.decode(), f"{page}expect/")
    assert shown.index("Add hour and meeting point") < shown.index("Shared information")
    added = worker.post(adds[0], {**adds[1], "hour": "19:00", "place": "Canary-Place"})
    assert "Saved: hour, meeting point. The sender has been told." in page_text(worker.get(added["Location"]))
    assert "Add hour and meeting point" not in page_text(worker.get(page))


def test_who_is_needed_today_and_comes_later_is_asked_about_until_then(house: Senders) -> None:
    """Red before: needed today, agreed for tomorrow, and nobody said where the person sleeps; nor of a doctor."""
    case = house.case({"doctor_code": "yes"})
    house.agreed(case)
    referral = house.sent(case)
    desk, worker = house.browser("desk-shelter"), house.browser("shelter-worker")
    desk.post(f"/referrals/{referral.code}/accept/", yes(house, referral, when=buttons(house, referral)[-1][0]))
    asked = "Until then Needed from today. Ask the sender by telephone where the person sleeps."
    assert asked in (page := page_text(worker.get(f"/referrals/{referral.code}/")))
    assert "Doctor The sender knows whether one is asked. Speak with the sender before you ask the person." in page
    house.browser().post(f"/referrals/{referral.code}/hear/", heard(referral, "came"))
    assert "Until then" not in page_text(worker.get(f"/referrals/{referral.code}/")), "the person is there"


def test_what_was_done_is_written_where_there_is_a_place_for_it() -> None:
    """Red before: an investigator was led to the needs, where no field was for their work."""
    for function in FUNCTION_SECTION.keys() - {"supervisor"}:
        assert own_part(function)[0] in rights((function,), began_or_served=True).writes, function
    assert own_part("investigator") == ("criminal", "Write: What was told about the crime"), "as its page is called"


NOBODY = "Tick who is on duty: others do not read who comes."


def test_who_is_on_duty_is_named_before_the_press(house: Senders) -> None:
    """Red before: the desk accepted for tonight, and the page of who worked there that night said nobody comes."""
    referral = waits(house)
    desk = house.browser("desk-shelter")
    page = desk.get(f"/referrals/{referral.code}/")
    shown = page_text(page)
    asked = ["Who will meet this person?", NOBODY, "When do you meet the person?", "One press accepts."]
    assert sorted(asked, key=shown.index) == asked, "beside the names, and not below the hour"
    answer = desk.post(f"/referrals/{referral.code}/accept/", yes(house, referral, when="now"))
    assert answer.status_code == 303, "nothing is refused"


def test_who_answers_at_the_desk_is_nobody_on_duty_and_help_without_a_bed_asks_for_none() -> None:
    officer, worker = (
        Colleague(
            membership_id=uuid4(), user_id=uuid4(), name=name, function="shelter_worker", roles=roles, has_key=True
        )
        for name, roles in (("Gulnora", frozenset({"desk_officer"})), ("Parvina", frozenset({"case_worker"})))
    )
    form = AcceptForm(people=[officer, worker], agreed=(), today=date(2026, 11, 28))
    assert "on duty" not in str(form["team"].help_text)
    form.sleeps_there([officer])
    assert "on duty" not in str(form["team"].help_text), "who answers at the desk reads it anyway"
    form.sleeps_there([officer, worker])
    assert "on duty" in str(form["team"].help_text)


def test_that_no_hour_is_written_stands_beside_the_buttons(house: Senders) -> None:
    """Red before: hour, place and whom to ask for were in a fold, and "tonight" was pressed without them."""
    referral = waits(house)
    shown = page_text(house.browser("desk-shelter").get(f"/referrals/{referral.code}/"))
    unwritten = "Write: hour, meeting point, whom to ask for"
    assert shown.index("Who will meet this person?") < shown.index(unwritten) < shown.index("When do you meet")
