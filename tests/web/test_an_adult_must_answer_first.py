"""A child without an adult: what is there already is named, and what is planned for the child is not replaced."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries import order
from hamkori.casework.work.queries.today import today
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_a_child_took_it_back import CHILD, SPOKEN
from tests.web.test_an_age_put_right_twice import accepted, put_right

pytestmark = pytest.mark.django_db

FIRST = "An adult must answer for the child"


def planned(house: Senders, step: str, days: int = 3, **more: Any) -> tuple[Case, date, str]:
    """A girl at high risk, of whom nobody was asked yet, with this step planned; and where it is read whom to call."""
    with god():
        on = timezone.localdate(now()) + timedelta(days=days)
    facts = {"age_band_code": "a9_17", "risk_code": "high", "next_step_code": step, "next_step_on": on, **more}
    case = house.case(facts, contact=CHILD)
    return case, on, f"/cases/{case.code}/first/?step=alone"


def step_of(case: Case) -> tuple[str, date | None]:
    with god():
        found = Case.objects.get(pk=case.pk)
    return found.next_step_code, found.next_step_on


def rows(house: Senders, who: str = "caseworker-cso") -> list[str]:
    with house.as_(who) as actor:
        lists = order.cards(today(actor, "en"))
    return [row.what for card in ("danger", "unread", "late", "soon", "later") for row in lists[card]]


def test_what_is_planned_for_a_child_is_not_replaced(house: Senders) -> None:
    """Red before: "Keep it on Today" put asking in place of "Look at the risk again"."""
    case, on, alone = planned(house, "review_risk")
    assert "adult_first" in rows(house), "whatever else is planned, and however far that is"
    shown = house.browser().get("/").content.decode()
    row = shown.partition(FIRST)[2].partition("</li>")[0]
    assert (alone in row, "See whom to call" in row) == (True, True)
    page = page_text(house.browser().get(alone))
    assert "Choose the next step" in page, "red before: what is planned could not be changed from here"
    assert "Keep it on Today" not in page
    assert "Replaces" not in page
    assert "Today says that an adult must answer, until one has. The next step stays: Look at the risk again, " in page
    form = {"operation": str(uuid4()), "version": str(case.version)}
    assert house.browser().post(alone, form, follow=True).status_code == 200
    assert step_of(case) == ("review_risk", on), "pressed on a page that was drawn before"


@pytest.mark.parametrize("step", ["", "signs"])
def test_where_nobody_has_planned_anything_it_is_kept_on_today_as_before(house: Senders, step: str) -> None:
    case, _on, alone = planned(house, step) if step else planned(house, "", next_step_on=None)
    assert "adult_first" not in rows(house)
    assert "Keep it on Today" in page_text(house.browser().get(alone))
    with god():
        version = Case.objects.get(pk=case.pk).version
    house.browser().post(alone, {"operation": str(uuid4()), "version": str(version)})
    assert step_of(case)[0] == "ask_agreement"


def test_once_an_adult_has_answered_nobody_is_asked_for(house: Senders) -> None:
    case, _on, _alone = planned(house, "review_risk")
    assert FIRST in page_text(house.browser().get(f"/cases/{case.code}/"))
    assert FIRST not in page_text(house.browser("supervisor-cso").get("/")), "it is the team who asks"
    house.agreed(case, **SPOKEN)
    assert "adult_first" not in rows(house)
    assert FIRST not in page_text(house.browser().get(f"/cases/{case.code}/"))


def test_the_case_leads_to_whom_to_call(house: Senders) -> None:
    """Red before: only a small link in the form of consent."""
    case, _on, alone = planned(house, "review_risk")
    shown = house.browser().get(f"/cases/{case.code}/").content.decode()
    row = shown.partition(FIRST)[2].partition("</li>")[0]
    assert ("No adult can be asked now?" in row, alone in row) == (True, True)
    aged, _sent = accepted(house, "a18_29")
    put_right(house, aged, "a9_17")
    shown = house.browser().get(f"/cases/{aged.code}/").content.decode()
    assert f"/cases/{aged.code}/first/?step=alone" in shown
    assert "See whom to call" in shown


def test_who_is_there_already_is_not_asked_whether_the_child_can_come(house: Senders) -> None:
    """Red before: weeks after the child had come "has accepted the person: ask them first"."""
    case, sent = accepted(house, "a18_29")
    put_right(house, case, "a9_17")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=sent.pk)
        receive.serve(parvina, mine, version=mine.version)
    text = page_text(house.browser().get(f"/cases/{case.code}/first/?step=alone"))
    assert "ask them first whether the child can come" not in text
    assert "Shelter Kulob: the child is there, and help goes on" in text
    assert "No place for tonight yet" not in text


def test_what_was_sent_before_and_waits_is_named(house: Senders) -> None:
    """Red before: "Nothing can be sent until an adult answers", while a referral waited for its answer."""
    case = house.case({"age_band_code": "a18_29"}, contact=CHILD)
    house.agreed(case)
    sent = house.sent(case)
    put_right(house, case, "a9_17")
    shown = house.browser().get(f"/cases/{case.code}/first/?step=alone")
    text = page_text(shown)
    assert "Nothing more can be sent until an adult answers for the child." in text
    assert re.search(r"Sent, and waits for an answer: .*, Shelter Kulob", text)
    assert f"/referrals/{sent.code}/" in shown.content.decode()
