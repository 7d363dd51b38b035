"""What was agreed has ended, and the person was asked again of a part of it, or of nothing."""

from __future__ import annotations

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text, press

pytestmark = pytest.mark.django_db


def test_who_came_and_was_not_asked_again_waits_for_the_team_and_for_no_call(house: Senders) -> None:
    """Red before: "They have not confirmed yet" without a word that they cannot, and the coordinator called them."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    pass_time(days=61)
    lead, above, coordinator = house.browser(), house.browser("supervisor-cso"), house.browser("coordinator")
    shown = f"{referral.code[:4]} {referral.code[4:]}"
    assert shown in page_text(coordinator.get("/coordination/late/")), "nobody has said anything"
    lead.post(at(referral, "hear"), press(referral, heard="came"))
    late = "they can confirm it only after the person was asked again"
    for days in (0, 5):
        pass_time(days=days)
        assert late in page_text(lead.get("/"))
        assert f'href="/cases/{case.code}/consent/"' in lead.get("/").content.decode()
        assert "Ask the person again" not in page_text(above.get("/"))
        assert shown not in page_text(coordinator.get("/coordination/late/")), "a call there brings nothing"
    assert late in page_text(above.get("/"))


def test_what_was_not_asked_again_is_named_by_its_purpose_where_the_other_stands(house: Senders) -> None:
    """Red before: "Yes: shelter, lawyers" above "Not asked again: Lawyers"."""
    case = house.case()
    house.agreed(case, "legal")
    house.agreed(case, "legal", "justice")
    house.agreed(case, "health")
    pass_time(days=61)
    house.agreed(case, "legal")
    said = page_text(house.browser().get(f"/cases/{case.code}/")).partition("Not asked again: ")[2]
    assert said.startswith(("Doctors; Lawyers: a case or a claim", "Lawyers: a case or a claim; Doctors")), said[:80]
