"""An own case is closed while help goes on, and then the person's word ends the referral (ADR 0158)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.models import Referral
from hamkori.notices.models import Notice
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, at, page_text, records
from tests.web.test_here_now import ASK_SHORT, HERE, advised, came, home, listed
from tests.web.test_own_case_closed import CLOSED, WHO, closes, closing, state
from tests.web.test_place_found import BOTH, rail, take_back_all, today, until
from tests.web.test_which_place import shown

pytestmark = pytest.mark.django_db

ASKS = "Your own case was closed before that. Does help go on?"
WENT_ON = "It was said that help goes on; your own case is closed."
OWN_CLOSED = "your own case is closed"
ON, OVER = "Help goes on", "Help has ended"


def closed_first(house: Senders) -> tuple[Case, Referral, Case]:
    """She sleeps in the shelter, which closes its own case all the same; then she takes everything back."""
    until(15)
    records(house)
    case = house.case()
    referral, own = came(house, case)
    pass_time(minutes=1)
    closes(house, own, sure="on")
    assert state(own) == "closed"
    pass_time(minutes=1)
    take_back_all(house, case)
    pass_time(minutes=1)
    return case, referral, own


def says(house: Senders, own: Case, referral: Referral | None, answer: str, who: str = "shelter-worker") -> str:
    form = {"operation": str(uuid4()), "answer": answer, "referral": referral.code if referral else ""}
    return page_text(house.browser(who).post(f"/cases/{own.code}/help_said/", form, follow=True))


def test_who_sleeps_there_stays_on_today_until_it_is_answered(house: Senders) -> None:
    """Red before: she left "Here now" with the news, and once the referral was opened she stood nowhere."""
    case, referral, own = closed_first(house)
    (row,) = listed(home(house), HERE)
    assert OWN_CLOSED in row
    assert len(listed(home(house), "Referral ended")) == 1, "in red, until it is opened"
    worker = house.browser("shelter-worker")
    page = worker.get(at(referral)).content.decode()
    assert ASKS in page
    assert "plan the help there, or close it" not in page
    assert (ON in page, OVER in page) == (True, True)
    for _days in (0, 9):
        pass_time(days=_days)
        (row,) = listed(shown_today := home(house), HERE)
        assert row.startswith(f"Woman, 18\u201129: {ASK_SHORT} "), "to open it answers nothing, and no clock either"
        assert OWN_CLOSED in row
        assert row.endswith("Say what you know")
        assert f'href="{at(referral)}#goes-on"' in shown_today
    file = page_text(worker.get(f"/cases/{own.code}/"))
    assert (ASKS in file, "It goes on: plan it" in file) == (True, False)
    assert WHO not in today(house) + shown(house, case)


def test_that_it_goes_on_keeps_her_there_and_that_it_has_ended_is_told_to_the_sender(house: Senders) -> None:
    case, referral, own = closed_first(house)
    house.browser("shelter-worker").get(at(referral))
    page = says(house, own, referral, "goes_on")
    assert "Saved: help goes on. A supervisor can open your own case again." in page
    assert (ASKS in page, WENT_ON in page) == (False, True)
    (row,) = listed(home(house), HERE)
    assert (ASK_SHORT in row, OWN_CLOSED in row) == (False, True)
    assert row.endswith("Open the referral")
    assert WHO not in today(house) + shown(house, case)
    pass_time(minutes=1)
    page = says(house, own, referral, "over")
    assert "Saved: help has ended. The sender is told, and asked where the person sleeps." in page
    assert WENT_ON not in page
    assert listed(home(house), HERE) == []
    for who in BOTH:
        assert rail(house, who) == 1, who
        assert WHO in today(house, who), who
        assert CLOSED in shown(house, case, who), who
    with god():
        told = Notice.objects.filter(key_code="news", about_id=referral.pk).values_list("membership_id", flat=True)
        assert house.world.membership("caseworker-cso") in told
        steps = list(CaseStep.objects.filter(case=own).order_by("at").values_list("step_code", flat=True))
    assert steps[-2:] == ["help_goes_on", "help_over"]
    answer = house.browser("shelter-worker").post(
        f"/cases/{own.code}/help_said/", {"operation": str(uuid4()), "answer": "goes_on"}
    )
    assert answer.status_code == 409
    assert "Nobody asks whether help goes on any more." in page_text(answer)


def test_once_it_is_opened_again_the_own_case_asks(house: Senders) -> None:
    _case, referral, own = closed_first(house)
    house.browser("shelter-worker").get(at(referral))
    with god():  # as its supervisor does; the cast has none there
        Case.objects.filter(pk=own.pk).update(state_code="open", closed_at=None, outcome_code="")
    (row,) = listed(page := home(house), HERE)
    assert (ASK_SHORT in row, OWN_CLOSED in row) == (True, False)
    assert f'href="/cases/{own.code}/#goes-on"' in page
    assert ASKS not in page_text(house.browser("shelter-worker").get(at(referral)))


def test_of_other_help_the_sender_is_not_asked_where_the_person_sleeps(house: Senders) -> None:
    case, _referral, own = advised(house)
    closes(house, own, "lawyer", sure="on")
    pass_time(minutes=1)
    take_back_all(house, case)
    assert len(listed(home(house, "lawyer"), "Helped now")) == 1
    page = says(house, own, None, "over", "lawyer")
    assert "Saved: help has ended. Today no longer asks." in page
    assert listed(home(house, "lawyer"), "Helped now") == []
    assert "closed its own case" not in today(house)


def test_nobody_else_answers_it(house: Senders) -> None:
    _case, _referral, own = closed_first(house)
    form = {"operation": str(uuid4()), "answer": "over"}
    for who in ("caseworker-cso", "lawyer", "desk-shelter"):
        assert house.browser(who).post(f"/cases/{own.code}/help_said/", form).status_code == 404, who


def test_while_help_goes_on_today_says_that_the_own_case_is_closed(house: Senders) -> None:
    """Red before: the row led to a case in which nothing can be written, and the referral offered to write there."""
    referral, own = came(house)
    page = closing(house, own)
    assert "the person sleeps here, and no result is said." in page
    assert "Where do they sleep" not in page, "nobody asks it afterwards: the result is asked for"
    closes(house, own, sure="on")
    (row,) = listed(home(house), HERE)
    assert OWN_CLOSED in row
    assert "no next step" not in row
    page = page_text(house.browser("shelter-worker").get(at(referral)))
    assert "Write: " not in page
    assert "Set the next step" not in page
    assert "It is closed." in page
