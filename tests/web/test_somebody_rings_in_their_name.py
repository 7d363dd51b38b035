"""Somebody rings in the person's name: the safe way comes first, and nothing ends (ADR 0195). A call is the person's
own only with the code word.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.case.rules.days import next_step
from hamkori.casework.consent.models import Consent
from tests.cast import pass_time
from tests.database import god
from tests.web.consenting import form_of
from tests.web.senders import Senders, page_text, state
from tests.web.test_heard_through_somebody import ASK, RAISES, shown, takes_back
from tests.web.test_place_found import NEEDED, today

pytestmark = pytest.mark.django_db
SAYS = "Somebody else says so: ask the person first, nothing ends"
STEP = "Ask the person, alone: somebody rang in their name"


def rung(house: Senders, case: Case) -> str:
    """The line that stands after the press, which is made from the page as it is drawn."""
    browser, at = house.browser(), f"/cases/{case.code}/consent/withdraw/"
    page = browser.get(at).content.decode()
    assert f'action="/cases/{case.code}/ask-alone/"' in page
    answer = browser.post(f"/cases/{case.code}/ask-alone/", {"operation": str(uuid4())})
    assert answer.status_code == 303
    pass_time(minutes=1)
    return page_text(browser.get(answer["Location"]))


def test_a_brother_rings_and_nothing_ends(house: Senders) -> None:
    """Red before: four buttons, each of which withdrew at once."""
    case = house.case(NEEDED)
    house.agreed(case)
    house.accepted(sent := house.sent(case), part="now")
    with god():
        before = Consent.objects.filter(case=case).count()
    said = rung(house, case)
    assert "Nothing was withdrawn, and nobody was told." in said
    assert f"{STEP}, today." in said
    assert "Write who rang in “Needs, risk, plan”" in said, "and where"
    with god():
        assert Consent.objects.filter(case=case).count() == before, "nothing was withdrawn"
        assert CaseStep.objects.filter(case=case, step_code="ask_alone").count() == 1
    assert state(sent) == "accepted"
    page = shown(house, f"/cases/{case.code}/")
    assert STEP in page.partition("What happened")[0]
    assert "Somebody rang in the person's name: nothing ended, the person is to be asked" in page
    assert STEP in today(house)
    for who in ("desk-shelter", "shelter-worker", "stranger"):
        assert "rang in" not in today(house, who), who
        assert "rang in" not in shown(house, f"/referrals/{sent.code}/", who), who


def test_it_stands_on_today_beside_no_place_for_tonight(house: Senders) -> None:
    case = house.case(NEEDED)
    house.agreed(case)
    rung(house, case)
    home = today(house)
    assert STEP in home
    assert "No place for tonight" in home, "and it takes nothing away"


def test_the_safe_way_comes_first_and_its_line_says_what_to_tell_the_caller(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    page = shown(house, f"/cases/{case.code}/consent/withdraw/")
    places = [
        page.find(text)
        for text in (
            SAYS,
            "Confirm nothing to the caller, not even that you know the person.",
            "Ask the person first",
            "Everything, to everybody",
            "The button withdraws what is ticked: it counts at once, and organisations are told.",
            "In person: withdraw",
            "Phone, code word: withdraw",
            "Phone, no code word: withdraw",
            "Somebody else says so, and it must end at once",
            "What is ticked ends now, and organisations are told. The person is asked afterwards.",
            "Through somebody else: withdraw",
        )
    ]
    assert places == sorted(places)
    assert -1 not in places


def test_what_was_planned_before_is_named(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    with house.as_() as zarina:
        mine = Case.objects.get(pk=case.pk)
        day = next_step(timezone.localdate(now()))[0]
        cases.edit(zarina, mine, version=mine.version, codes={"next_step_code": "meet", "next_step_on": day})
    pass_time(minutes=1)
    assert "Not done, replaced: Meet again." in rung(house, case)


def test_nobody_else_presses_it(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    for who in ("supervisor-cso", "desk-shelter", "stranger"):
        answer = house.browser(who).post(f"/cases/{case.code}/ask-alone/", {"operation": str(uuid4())})
        assert answer.status_code in (403, 404), who
    with god():
        assert not CaseStep.objects.filter(case=case, step_code="ask_alone").exists()


def test_a_call_without_the_code_word_is_not_the_persons_own(house: Senders) -> None:
    """Red before: "By phone: withdraw" was the person's own, whoever spoke."""
    case = house.case(NEEDED)
    house.agreed(case)
    pass_time(minutes=1)
    takes_back(house, case, "by_phone_no_word")
    assert ASK in today(house)
    page = shown(house, f"/cases/{case.code}/")
    assert ASK in page.partition("What happened")[0]
    assert RAISES not in page
    takes_back(house, case, "by_phone")
    assert ASK not in today(house), "the person called, and gave the code word"


def test_of_one_referral_too(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    house.accepted(sent := house.sent(case), part="now")
    at = f"/referrals/{sent.code}/withdraw/"
    page = house.browser().get(f"{at}?only=1")
    assert "Ask the person first: nothing ends" in page_text(page)
    assert f'href="/cases/{case.code}/consent/withdraw/?alone=1"' in page.content.decode()
    assert house.browser().post(at, form_of(page) | {"how_said": "by_phone_no_word"}).status_code == 303
    pass_time(minutes=1)
    assert "ask the person" in today(house).lower()
    assert "without the code word" in shown(house, f"/referrals/{sent.code}/")


@pytest.mark.parametrize("needed", [NEEDED, {"need_tonight_codes": ["nothing_now"]}])
def test_the_supervisor_reads_it_at_once(house: Senders, needed: dict[str, list[str]]) -> None:
    """Red before: on their Today only once it was late; at night the lead worker is not there to ask."""
    case = house.case(needed)
    house.agreed(case)
    assert STEP not in today(house, "supervisor-cso")
    rung(house, case)
    said = today(house, "supervisor-cso")
    where = "Call now" if needed is NEEDED else "Your team: in time"
    assert STEP in said.partition(where)[2], "beside what is missing, else calm"
    assert "lead worker: " in said.partition(where)[2]
