"""A draft that is red on Today is not erased in one press: what stands in it is named, and who else sees it."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from tests import doors
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_a_childs_no_stays_a_no import alone
from tests.web.test_short_way import begun, case_of, goes, press, to_consent

pytestmark = pytest.mark.django_db
READ = "Tick that you have read what is thrown away."


def is_kept(case: Case) -> bool:
    with god():
        return Case.objects.filter(pk=case.pk, state_code="draft").exists()


def test_a_child_alone_is_not_erased_in_one_press(house: Senders, zarina: doors.DoorClient) -> None:
    """Red before: one neutral sentence, one press, and nobody found the girl again, the supervisor neither."""
    case = case_of(alone(zarina))
    at = f"/cases/{case.code}/discard/"
    text = page_text(zarina.get(at))
    assert ("The person is a child." in text, "sees it now, and will not find it again." in text) == (True, True)
    assert f"{case.code[:4]} {case.code[4:]}" in text.replace("\xa0", " "), "by its number"
    refused = press(zarina, at)
    assert (refused.status_code, READ in page_text(refused), is_kept(case)) == (400, True, True)
    assert goes(press(zarina, at, sure="on")) == "/"
    assert not is_kept(case)


def test_danger_is_named(zarina: doors.DoorClient) -> None:
    case = case_of(begun(zarina, danger="danger"))
    at = f"/cases/{case.code}/discard/"
    assert "Somebody is in danger." in page_text(zarina.get(at))
    assert (press(zarina, at).status_code, is_kept(case)) == (400, True)


def test_any_other_draft_goes_in_one_press(zarina: doors.DoorClient) -> None:
    case = case_of(to_consent(zarina))
    at = f"/cases/{case.code}/discard/"
    assert "I have read this" not in page_text(zarina.get(at))
    assert goes(press(zarina, at))
    assert not is_kept(case)
