"""That a person could not be reached is said once the agreed time is over, as that they did not come (ADR 260)."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.cast import pass_time
from tests.web.senders import Senders, page_text, state, steps
from tests.web.test_received import look, press, taken

pytestmark = pytest.mark.django_db
WHAT = 'value="not_reached"'
WHY = "can be chosen here once the agreed time is over ("


def finishes(house: Senders, referral: Referral, **values: str) -> tuple[int, str]:
    answer = press(house, referral, "finish", result="not_reached", note="canary-note", **values)
    return answer.status_code, answer.content.decode()


def test_before_the_agreed_time_nobody_can_say_that_the_person_was_not_reached(house: Senders) -> None:
    """Red before: a place for tomorrow was given away today by one press, and the sender read that it had ended."""
    referral = taken(house)
    form = look(house, referral, query="?do=finish").content.decode()
    assert WHAT not in form
    assert 'value="refused"' in form, "the other endings are as before"
    assert WHY in page_text(look(house, referral, query="?do=finish"))
    assert "Until then, call the sender." in form
    status, back = finishes(house, referral)
    assert status == 409
    assert WHY in back, "at its place"
    assert "canary-note" in back, "what was typed is kept"
    assert (state(referral), "finish" in steps(referral)) == ("accepted", False)


def test_the_guard_says_so_whatever_page_it_is_pressed_on(house: Senders) -> None:
    referral = taken(house)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        with pytest.raises(NotNow, match="arrival_passed"):
            receive.finish(parvina, mine, version=mine.version, result="not_reached")
    assert state(referral) == "accepted"


def test_once_the_time_is_over_it_is_offered_and_done(house: Senders) -> None:
    referral = taken(house)
    pass_time(days=2)
    form = look(house, referral, query="?do=finish").content.decode()
    assert WHAT in form
    assert WHY not in form
    assert finishes(house, referral)[0] == 303
    assert state(referral) == "finished"


def test_where_help_has_begun_it_is_as_before(house: Senders) -> None:
    referral = taken(house)
    assert press(house, referral, "serve").status_code == 303
    form = look(house, referral, query="?do=finish").content.decode()
    assert WHAT in form
    assert WHY not in form
    assert finishes(house, referral)[0] == 303
