"""The head of a case says of each kind of organisation what was agreed: what nobody asked takes nothing from a yes."""

from __future__ import annotations

import pytest

from hamkori.casework.consent.rules import consent as rules
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
OF_DOCTORS = [purpose for kind, purpose in rules.ROWS if kind == "health"]


def test_a_yes_beside_what_nobody_asked_is_a_yes_and_beside_a_no_it_is_one_in_part(house: Senders) -> None:
    """Red before: "Consent in part" after a plain yes to doctors, since nobody had asked about an examination."""
    assert len(OF_DOCTORS) == 2
    case = house.case()
    house.agreed(case, kind="health", purpose=OF_DOCTORS[0], sections=set())
    at = f"/cases/{case.code}/"
    assert "Doctors: Consent given" in page_text(house.browser().get(at))
    house.agreed(case, kind="health", purpose=OF_DOCTORS[1], answer="no")
    assert "Doctors: Consent in part" in page_text(house.browser().get(at))
