"""A no by telephone beside a yes of somebody else: whose no it is, and until when it is said (ADR 177)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders, at, records
from tests.web.test_agreed_by_telephone import arrange, call
from tests.web.test_bed_nobody_calls_off import needed, promised
from tests.web.test_place_found import BOTH, today
from tests.web.test_taken_back import presses
from tests.web.test_told_and_cancelled import cancels, told

pytestmark = pytest.mark.django_db

NOT_TO = "said no by telephone: if the person was told to go there, tell them not to"


def row(house: Senders, case: Case, who: str) -> str:
    """What Today says of the place that is missing."""
    shown = today(house, who).partition("No place for tonight")[2]
    assert case.code[:4] in shown
    return shown


def test_the_no_of_one_stands_by_name_beside_the_yes_of_another(house: Senders, second_shelter: Service) -> None:
    """Red before: "Call Shelter Kulob · accepted from tomorrow · they said no by telephone", of Legal Aid's no."""
    case = promised(house)
    needed(house, case, "they_said_no")
    house.agreed(case)
    house.accepted(house.sent(case))
    for who in BOTH:
        shown = row(house, case, who)
        assert "accepted from tomorrow" in shown, who
        assert f"Legal Aid {NOT_TO}" in shown, who
        assert f"they {NOT_TO}" not in shown, who


def test_once_the_person_was_told_it_is_said_no_more(house: Senders) -> None:
    """Red before: "I told them not to go", and Today went on saying that they are to be told."""
    records(house)
    case = promised(house, "shelter-kulob")
    needed(house, case, "they_said_no")
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    call(house, sent, "said_yes")
    arrange(house, sent)
    pass_time(minutes=1)
    told(house, sent)
    cancels(house, sent, reason="they_said_no")
    assert all(NOT_TO in today(house, who) for who in BOTH)
    presses(house, sent, "warn_person", "not_reached")
    assert all(NOT_TO in today(house, who) for who in BOTH), "nobody has told them yet"
    presses(house, sent, "warn_person", "warned")
    assert not any(NOT_TO in today(house, who) for who in BOTH)
    assert all("No place for tonight" in today(house, who) for who in BOTH)
    presses(house, sent, "warn_person", "put_back", on=at(sent))
    assert all(NOT_TO in today(house, who) for who in BOTH), "it was a slip"
