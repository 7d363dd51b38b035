"""The record of access says what a change of a case was, where the ledger keeps its reason."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import place as places
from hamkori.casework.case.models import Case
from tests.web.senders import Senders
from tests.web.test_heard_through_somebody import shown
from tests.web.test_place_found import BOTH, NEEDED

pytestmark = pytest.mark.django_db


def test_that_a_place_was_found_is_said_as_that(house: Senders) -> None:
    """Red before: "Changed the details that are not locked"."""
    case = house.case(NEEDED)
    with house.as_() as zarina:
        mine = Case.objects.get(pk=case.pk)
        places.place_found(zarina, mine, version=mine.version, reason="known_people", codes={"need_tonight_codes": []})
    for who in BOTH:
        record = shown(house, f"/cases/{case.code}/history/", who)
        assert "A place for tonight was found: People the person knows" in record, who
        assert "Changed the details that are not locked" not in record, who
