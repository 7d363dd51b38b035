"""Danger that is written in the locked contact is said by the case, and those who hold a copy are to be called."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields, press
from tests.web.senders import Senders, page_text, records
from tests.web.test_danger_taken_off import marks, steps

pytestmark = pytest.mark.django_db
SAYS = "Somebody is in danger: the case says so now, to the team and the supervisor."
CALL = "Call those who were sent this part, before they call the person; then send it again, below."


def writes(house: Senders, case: Case, safe: str) -> str:
    """How safe it is to talk, in the contact; what is said after it."""
    client, at = house.browser(), f"/cases/{case.code}/section/?of=contact"
    said = page_text(client.get(press(client, at, safe_to_talk=safe)["Location"]))
    pass_time(minutes=1)
    return said


def in_danger(case: Case) -> bool:
    with god():
        return bool(Case.objects.get(pk=case.pk).has_danger)


def test_danger_in_the_contact_is_said_by_the_case_where_the_supervisor_reads_it(house: Senders) -> None:
    """Red before: "Saved and locked", and nobody but whoever unlocks the contact read it."""
    case = house.case()
    assert SAYS not in writes(house, case, "no")
    assert not in_danger(case)
    said = writes(house, case, "danger")
    assert (SAYS in said, CALL in said, in_danger(case)) == (True, False, True)
    assert "Danger" in page_text(house.browser("supervisor-cso").get(f"/cases/{case.code}/"))
    assert steps(case) == ["danger_said"]


def test_those_who_hold_a_copy_are_to_be_called(house: Senders) -> None:
    records(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent, part="now")
    pass_time(minutes=1)
    said = writes(house, case, "danger")
    assert (SAYS in said, CALL in said) == (True, True)


def test_what_was_taken_off_comes_back_only_where_somebody_says_so(house: Senders) -> None:
    case = house.case()
    writes(house, case, "danger")
    marks(house, case, danger=False)
    client, at = house.browser(), f"/cases/{case.code}/section/?of=contact"
    assert fields(client.get(at))["safe_to_talk"] == ["danger"]
    press(client, at, hours="Canary-Hours")
    assert not in_danger(case), "untouched, it says nothing anew"
