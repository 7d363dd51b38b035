"""A yes by telephone stays until a no: a later call that reached nobody takes it off no page (ADR 185)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.cast import pass_time
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import agreed
from tests.web.test_place_found import until
from tests.web.test_red_alike import counted
from tests.web.test_taken_back import ABOVE, DESK, LEAD, page, today
from tests.web.test_taken_back_by_telephone import HERS, file, says

pytestmark = pytest.mark.django_db
YES = r"called (today|yesterday) \d\d:\d\d: yes, not confirmed"
LATER = {"not_reached": "not reached", "calls_back": "they will call back", "reached": "reached"}


@pytest.mark.parametrize("answers", [["not_reached"], ["calls_back"], ["calls_back", "not_reached"]])
def test_a_call_to_remind_them_takes_no_yes_away(house: Senders, answers: list[str]) -> None:
    """Red before: "No place for tonight yet", "Ask another organisation", and the yes was on no line of any page."""
    until(20)
    _case, sent = agreed(house)
    for answer in answers:
        says(house, sent, answer)
    for who in (LEAD, ABOVE):
        for shown in (today(house, who), page(house, sent, who), file(house, sent, who)):
            assert "No place for tonight yet" not in shown.partition("What happened")[0], who
        for shown in (page(house, sent, who), file(house, sent, who)):
            assert "Yes by telephone, not confirmed" in shown.partition("What happened")[0], who
        assert (today(house, who).count("Yes by telephone"), len(re.findall(YES, today(house, who)))) == (0, 1), "once"
        for shown in (today(house, who), page(house, sent, who).partition("What happened")[0]):
            assert re.search(YES, shown), who
            assert re.search(rf"called (today|yesterday) \d\d:\d\d: {LATER[answers[-1]]}", shown), who
        assert not counted(house, who).unread, who
    assert "somebody of yours said yes" in page(house, sent, DESK)
    says(house, sent, "said_no")
    assert "Yes by telephone, not confirmed" not in page(house, sent)


def test_a_yes_is_said_once_in_its_row_and_changes_to_a_no_at_one_press(house: Senders) -> None:
    """Red before: twice in bold in one row; and that they changed it was two pages away."""
    until(20)
    _case, sent = agreed(house)
    zarina, call = house.browser(), f"/referrals/{sent.code}/call/"
    row = page_text(zarina.get("/"))
    assert (row.count("Yes by telephone"), len(re.findall(YES, row))) == (0, 1)
    assert row.count("They changed to no") == 1
    assert "They changed to no" not in today(house, ABOVE), "the team hears it"
    form = {**fields(zarina.get("/"), call), "operation": str(uuid4()), "answer": "said_no"}
    answer = page_text(zarina.post(call, form, follow=True))
    assert "said no by telephone" in answer
    assert "They changed to no" not in answer
    assert re.search(r"called (today|yesterday) \d\d:\d\d: no, not confirmed", page(house, sent, LEAD))


def test_the_coordinator_reads_the_last_answer_of_the_sender(house: Senders) -> None:
    """Red before: "they will call back" beside "called the coordinator", and that nobody was reached since nowhere."""
    until(20)
    _case, sent = agreed(house)
    for answer in ("said_no", "calls_back", "not_reached", "coordinator"):
        says(house, sent, answer)
    pass_time(hours=3)
    shown = today(house, HERS)
    assert re.search(r"called (today|yesterday) \d\d:\d\d: not reached", shown)
    assert "they will call back" not in shown
