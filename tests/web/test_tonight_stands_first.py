"""Who has no place for tonight keeps a list of their own above other help, and after a call the next thing is there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.casework.case.queries.coordination import TEAM, Call
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.stopped import EMERGENCY
from hamkori.casework.work.queries import order
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.today import Today
from hamkori.casework.work.rules.worklist import WAITING
from hamkori.web.kit.meeting import with_minutes
from hamkori.web.today import head
from hamkori.web.words.referral import meeting_rows, opened_hour
from tests.cast import pass_time
from tests.web.forms_of import fields
from tests.web.senders import Senders, closes, page_text, records
from tests.web.test_place_found import until

LEAD, ABOVE = "caseworker-cso", "supervisor-cso"
BED = {"need_tonight_codes": ["safe_place"]}
COORDINATOR = "+992 00 000-Canary"


def today(house: Senders, who: str = LEAD) -> str:
    return page_text(house.browser(who).get("/"))


def lists_of(*rows: Due) -> dict[str, tuple[Due, ...]]:
    found = Today(now=timezone.now(), rows=rows, next_at=None, cases={}, referrals={}, bodies={})
    return {card: whole for card, whole in order.cards(found).items() if whole}


@pytest.mark.parametrize("above", [False, True])
def test_who_has_no_bed_stands_above_an_emergency_that_was_declined_weeks_ago(above: bool) -> None:
    """Red before: once the coordinator was reached the girl stood below it, and outside every red list."""
    now = timezone.now()
    told = Call(side=TEAM, answer="coordinator", at=now - timedelta(minutes=5))
    girl = Due(
        what=WAITING,
        late=False,
        urgency=URGENT,
        referral="1",
        case="1",
        at=now + timedelta(hours=1),
        opens=now + timedelta(hours=6),
        rests_until=now + timedelta(hours=1),
        awaits_place=True,
        call=told,
    )
    care = Due(what="stopped.declined", late=False, service=EMERGENCY, referral="2", case="2", at=now)
    other = replace(girl, referral="3", case="3", awaits_place=False, call=None, opens=None, rests_until=None)
    late = replace(girl, referral="4", case="4", what="sent.answer", late=True, at=now - timedelta(hours=1))
    rows = [replace(one, supervised=above) for one in (care, other, girl, late)]
    lists = lists_of(*rows)
    assert [*lists] == ["tonight", "overdue", "urgent"]
    assert [one.referral for one in lists["tonight"]] == ["4", "1"]
    standing = head.Standing({card: lists.get(card, ()) for card in order.CARDS}, 0)
    assert (standing.places(), [one.referral for one in standing.late()[0]]) == (1, ["4", "2"]), "each counted once"
    assert order.cases_in_order({card: lists.get(card, ()) for card in order.CARDS})[:2] == ["4", "1"], "the list, too"
    calm = replace(girl, rests_until=None, opens=None, call=None)
    assert [*lists_of(calm, other)] == ["urgent"], "beside what only waits, too, one list is enough"


@pytest.mark.django_db
def test_after_the_coordinator_was_reached_the_bed_is_still_missing_in_red(house: Senders) -> None:
    """Red before: "Urgent: no answer yet", with an amber number, was all that stood above the girl."""
    until(19)
    closes(house)
    house.agreed(case := house.case(BED))
    sent = house.sent(case)
    pass_time(minutes=1)
    page = house.browser().get("/")
    form = {**fields(page, f"/referrals/{sent.code}/call/"), "answer": "coordinator"}
    house.browser().post(f"/referrals/{sent.code}/call/", form)
    for who in (LEAD, ABOVE):
        shown = house.browser(who).get("/").content.decode()
        title = shown.partition("No place for tonight yet")[2].partition("</header>")[0]
        assert "Urgent: no answer yet" not in shown, who
        assert "late" in title, (who, "the number is red")
        row = page_text(house.browser(who).get("/")).partition("No place for tonight yet")[2]
        assert "Coordinator reached: NGO shelter" in row, who
        assert re.search(r"call again at \d\d:\d\d", row), who


@pytest.mark.django_db
def test_after_nobody_answered_the_coordinator_is_next_on_both(house: Senders, settings) -> None:
    """Red before: the supervisor read "still open" and the desk's number; the lead worker one button."""
    settings.HAMKORI_COORDINATOR = COORDINATOR
    until(19)
    records(house)
    closes(house)
    house.agreed(case := house.case(BED))
    sent = house.sent(case)
    pass_time(minutes=1)
    call = f"/referrals/{sent.code}/call/"
    for who, other in ((ABOVE, "Tell the team"), (LEAD, "Nobody reached")):
        zarina = house.browser(who)
        answers = re.compile(r'<button[^>]*name="answer" value="(\w+)"')
        zarina.post(call, {"operation": str(uuid4()), "answer": "not_reached"})
        for reader in (LEAD, ABOVE):
            shown = house.browser(reader).get("/").content.decode()
            said = page_text(house.browser(reader).get("/")).partition("Nobody reached: NGO shelter")[2]
            assert f"Coordinator: {COORDINATOR}" in said, (who, reader)
            assert ("Then again: Shelter Kulob" in said) == (reader == ABOVE), "nobody else is listed"
            row = shown.partition("Nobody reached: NGO shelter")[2].partition("</ul>")[0]
            given = [one for one in answers.findall(row) if one != "put_back"]  # and Undo of the call
            assert given == ["coordinator", "no_coordinator", "said_yes", "said_no", "calls_back"]
            assert reader == LEAD or "Tell the team" in said
        assert other in today(house, who)
        pass_time(minutes=2)


@pytest.mark.django_db
def test_below_a_number_to_call_about_tonight_stand_the_ways_after_a_no_and_a_yes(house: Senders) -> None:
    """Red before: the number of who accepted from tomorrow, and no way on; then a sentence that said what two buttons
    say (ADR 242).
    """
    until(10)
    records(house)
    house.agreed(case := house.case(BED))
    house.accepted(house.sent(case))
    pass_time(minutes=1)
    row = today(house).partition("No place for tonight ")[2]
    assert row.index("Ask another organisation") < row.index(" A place was found ")


@pytest.mark.parametrize(
    ("written", "read"), [("19", "19:00"), (" 7 ", "07:00"), ("9:30", "9:30"), ("after 19", "after 19"), ("", "")]
)
def test_an_hour_is_read_with_its_minutes(written: str, read: str) -> None:
    """Red before: "today, 2 December, 19", which reads like a date."""
    assert with_minutes(written) == read
    assert opened_hour(None, "", None, timezone.now(), written) == read
    assert [text for _label, text in meeting_rows({"hour": written})] == ([read] if written else [])
    said = [text for _label, text in meeting_rows({"hour": written}, "today, 2 December")]
    assert said == ([f"today, 2 December, {read}"] if written else [])
