"""After a no to everything nothing tells the worker to ask again: whom to call is said, and no plan is replaced."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries.counts import counts
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_a_child_took_it_back import CHILD, SPOKEN, taken_back

pytestmark = pytest.mark.django_db

ASKS = "Ask what may be shared with whom"
NO_ADULT = "No adult who speaks for the child is known"


def said_no(house: Senders, step: str, days: int = 1, **adult: str) -> tuple[Case, str]:
    """A child took everything back, with this step planned in so many days; and where it is read whom to call."""
    later = timezone.localdate(now()) + timedelta(days=days)
    facts: dict[str, Any] = {"age_band_code": "a9_17", "next_step_code": step, "next_step_on": later}
    case = house.case(facts, contact=CHILD)
    house.agreed(case, **SPOKEN)
    taken_back(house, case, **{"speaker": "nobody", **adult})
    return case, f"/cases/{case.code}/first/?step=alone"


def test_the_page_of_whom_to_call_plans_no_asking_and_replaces_nothing(house: Senders) -> None:
    """Red before: "Keep it on Today" replaced "Look at the risk again" with asking for consent, today."""
    case, alone = said_no(house, "review_risk")
    page = page_text(house.browser().get(alone))
    assert "Keep it on Today" not in page
    assert "An adult answers now" not in page
    assert NO_ADULT in page
    assert "Look at the risk again" in page
    assert "Nothing can be sent until an adult answers" not in page
    here = f"/cases/{case.code}/"
    shown = house.browser().get(here).content.decode()
    assert NO_ADULT in shown
    assert alone in shown
    assert "Look at the risk again" in shown
    assert "Consent waits for an adult" not in shown
    assert "An adult answers now" not in shown
    house.browser().post(alone, {"version": str(case.version)})
    with god():
        assert Case.objects.get(pk=case.pk).next_step_code == "review_risk"


def test_a_plan_to_ask_that_was_made_before_asks_nobody(house: Senders) -> None:
    """Red before: Today said "Ask now", and the case that consent waits for an adult."""
    case, alone = said_no(house, "ask_agreement")
    today, here = house.browser().get("/").content.decode(), f"/cases/{case.code}/"
    assert NO_ADULT in today
    assert alone in today
    shown = page_text(house.browser().get(here))
    for page in (today, shown, page_text(house.browser().get(f"/cases/{case.code}/refer/"))):
        assert "Ask now" not in page
        assert ASKS not in page
        assert "Nothing can be sent until an adult answers" not in page
    assert "was not asked for consent again" not in page_text(house.browser().get(f"{here}close/"))
    with god():
        Case.objects.filter(pk=case.pk).update(age_band_code="a18_29", is_child=False)
    for page in (page_text(house.browser().get("/")), page_text(house.browser().get(here))):
        assert "Ask now" not in page, "an adult by now, who said no"
        assert ASKS not in page


@pytest.mark.parametrize("days", [1, 40])
def test_an_adult_is_still_missing_whatever_else_is_planned(house: Senders, days: int) -> None:
    """Red before: Today showed the planned step alone, and of one that is weeks ahead nothing."""
    case, alone = said_no(house, "review_risk", days)
    page = house.browser().get("/")
    assert page.content.decode().count(f">{NO_ADULT}<") == 1
    assert alone in page.content.decode()
    assert "Look at the risk again" not in page_text(page), "what is planned for another day is on the case (ADR 194)"
    assert "Ask now" not in page_text(page)
    assert ASKS not in page_text(page)
    assert NO_ADULT not in page_text(house.browser("supervisor-cso").get("/")), "the team's, and not late"
    with house.as_() as actor:
        assert counts(actor).late == 0
    with god():
        Case.objects.filter(pk=case.pk).update(age_band_code="a18_29", is_child=False)
    assert NO_ADULT not in page_text(house.browser().get("/")), "an adult by now"


@pytest.mark.parametrize("step", ["review_risk", "ask_agreement"])
def test_once_an_adult_knows_nobody_is_looked_for(house: Senders, step: str) -> None:
    """Red before: beside a plan to ask Today said that none is known, and the case did not."""
    case, _alone = said_no(house, step, speaker="guardian", suspected="no")
    for address in ("/", f"/cases/{case.code}/"):
        assert NO_ADULT not in page_text(house.browser().get(address)), address


def test_whom_to_call_says_nothing_of_a_place_while_the_bed_has_not_ended(house: Senders) -> None:
    """Red before: "No place for tonight yet", of a child who was in a bed that had not ended."""

    case = house.case({"age_band_code": "a9_17", "need_tonight_codes": ["safe_place"]}, contact=CHILD)
    house.agreed(case, **SPOKEN)
    house.accepted(sent := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=sent.pk)
        receive.serve(parvina, mine, version=mine.version)
    taken_back(house, case, speaker="nobody")
    page = page_text(house.browser().get(f"/cases/{case.code}/first/?step=alone"))
    assert "No place for tonight yet" not in page
    assert "Does the person stay in the shelter?" in page
