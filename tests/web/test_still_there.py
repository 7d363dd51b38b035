"""After a night with people the person knows, or in a hotel, it is asked whether they still sleep there (ADR 0138)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import place
from hamkori.casework.case.models import Case
from hamkori.refusal import NotNow
from tests.cast import operation, pass_time
from tests.web.senders import Senders, answering, at
from tests.web.test_place_found import BOTH, NEEDED, file, found, page_text, pressed, rail, steps, today, until

pytestmark = pytest.mark.django_db

KNOWN = "Does the person still sleep with people they know?"
FIRST = "Saved: the person is there. From the next morning on, Today asks whether they still sleep there."
AGAIN = "Saved: the person still sleeps there. Today asks again in 7 days."


def slept(house: Senders, whose: str = "known_people") -> Case:
    """Late in the evening a place was found, and the person is there."""
    until(21)
    case = house.case(NEEDED)
    found(house, case, whose)
    pass_time(minutes=1)
    assert FIRST in pressed(house, case, "place-reached")
    return case


def asked(house: Senders, case: Case, who: str = "caseworker-cso", question: str = KNOWN) -> tuple[bool, bool]:
    return question in today(house, who), question in page_text(house.browser(who).get(f"/cases/{case.code}/"))


NO = (False, False)
YES = (True, True)


def test_the_next_morning_it_is_asked_once_and_calmly(house: Senders) -> None:
    """Red before: of a neighbour's sofa for one night nobody ever asked again."""
    case = slept(house)
    assert asked(house, case) == NO
    until(5)
    assert asked(house, case) == NO, "the night is not over"
    until(6)
    assert asked(house, case) == YES
    page = today(house)
    assert "Call now" not in page
    assert KNOWN in page.partition("There is no next step")[2], "a line of the person's row (ADR 164)"
    assert (rail(house), KNOWN in today(house, "stranger")) == (0, False)
    assert f'href="/cases/{case.code}/#tonight"' in house.browser().get("/").content.decode()
    assert asked(house, case, "supervisor-cso") == (False, True), "a supervisor reads it on the case"
    assert f'action="/cases/{case.code}/place-reached/"' not in file(house, case, "supervisor-cso"), "the team says it"


def test_after_yes_it_is_asked_again_in_seven_days(house: Senders) -> None:
    case = slept(house)
    until(9)
    assert AGAIN in pressed(house, case, "place-reached")
    assert steps(case) == [("place_found", "known_people"), ("place_reached", ""), ("place_reached", "")]
    assert asked(house, case) == NO
    pass_time(days=6)
    assert asked(house, case) == NO
    pass_time(days=1)
    assert asked(house, case) == YES
    assert AGAIN in pressed(house, case, "place-reached")
    assert asked(house, case) == NO


def test_no_place_is_the_alarm_at_once(house: Senders) -> None:
    case = slept(house)
    until(9)
    said = pressed(house, case, "place-needed")
    assert "Saved: no place for tonight. Today says it until there is one." in said
    assert KNOWN not in said
    for who in BOTH:
        assert "No place for tonight" in today(house, who), who
        assert KNOWN not in today(house, who), who
    assert rail(house) == 1


def test_a_supervisor_reads_what_nobody_has_answered_for_two_days(house: Senders) -> None:
    case = slept(house)
    until(6)
    pass_time(days=1, hours=23)
    assert asked(house, case, "supervisor-cso")[0] is False
    pass_time(hours=2)
    assert asked(house, case, "supervisor-cso") == YES
    line = f'<a class="line" href="/cases/{case.code}/#tonight">{KNOWN}'
    assert line in house.browser("supervisor-cso").get("/").content.decode(), "in the row that tells the lead worker"


@pytest.mark.parametrize(
    ("whose", "question"),
    [
        ("own_home", "Does the person still sleep in their own home?"),
        ("another", "Does the person still sleep at the place that was found?"),
        ("organisation", "Does the person still sleep at the organisation that said yes by telephone?"),
    ],
)
def test_each_kind_of_place_is_called_by_its_name(house: Senders, whose: str, question: str) -> None:
    case = slept(house, whose)
    until(9)
    assert asked(house, case, question=question) == YES


def test_who_is_in_a_shelter_since_is_not_asked(house: Senders) -> None:
    """A shelter that accepted by referral says itself where the person is, also after its help has ended."""
    case = slept(house)
    until(9)
    house.agreed(case)
    referral = house.sent(case)
    assert asked(house, case) == YES, "nobody has accepted"
    house.accepted(referral, part="now")
    assert asked(house, case) == NO
    house.browser("shelter-worker").post(at(referral, "serve"), answering(referral))
    assert asked(house, case) == NO


def test_the_next_morning_is_not_jumped_over(house: Senders) -> None:
    """Who presses once more in the same night has not answered for the next one."""
    case = slept(house)
    with house.as_("caseworker-cso") as actor:
        case.refresh_from_db()
        with pytest.raises(NotNow, match="place_asked"):
            place.place_reached(operation(actor), case, version=case.version)
