"""Help that ended answers what was said before it, and nothing that is said later: danger, and a place for tonight."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.screening.actions import screening as signs
from hamkori.casework.work.queries import case_list
from hamkori.casework.work.queries.counts import Counts, counts
from hamkori.casework.work.queries.today import today
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, state, version
from tests.web.test_place_found import found_of
from tests.web.test_short_way import NEEDS, case_of, goes, needs_of, press, to_need
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

NONE = {"need_tonight_codes": ["not_asked"]}
DANGER = {**NONE, "has_danger": True, "risk_code": "high"}
PLACE = {"need_tonight_codes": ["safe_place"]}
DOCTOR_TOO = {"need_tonight_codes": ["safe_place", "doctor"]}


def rail(house: Senders) -> Counts:
    """What the rail counts; Today must count the same."""
    with house.as_() as zarina:
        found, asked = counts(zarina), today(zarina, "en")
    rows = [row for row in asked.rows if row.calls_now and row.no_place and not row.stopped]
    assert (found.in_danger, found.without_place) == (len(asked.danger), len(rows))
    return found


def ended(house: Senders, referral: Referral, result: str = "given", **why: str) -> None:
    with house.as_("shelter-worker") as parvina:
        if result == "given":
            receive.serve(parvina, Referral.objects.get(pk=referral.pk), version=version(referral))
        mine = Referral.objects.get(pk=referral.pk)
        receive.finish(parvina, mine, version=mine.version, result=result, **why)
    with house.as_() as zarina:
        done = Referral.objects.get(pk=referral.pk)
        confirm.confirm(zarina, done, version=done.version, her_view="content", agrees=True)


def edited(house: Senders, case: Case, **codes: Any) -> None:
    with house.as_() as zarina:
        now = Case.objects.get(pk=case.pk)
        cases.edit(zarina, now, version=now.version, codes=codes)


def helped(house: Senders, facts: dict[str, Any] = NONE) -> tuple[Case, Referral]:
    case = house.case(facts)
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    return case, referral


def took_back(house: Senders, case: Case) -> HttpResponse:
    """The shelter, and no other help: of whom said no to everything nobody is to call (test_said_no_to_all.py)."""
    house.agreed(case, kind="legal", sections={"contact"})
    form = {"operation": str(uuid4()), "took": ["shelter_social:help"], "how_said": "in_person"}
    answer = house.browser().post(f"/cases/{case.code}/consent/withdraw/", form)
    return house.browser().get(answer["Location"])


def found(house: Senders, case: Case) -> str:
    """What is said after "A place was found" was pressed on the page of the case."""
    page = house.browser().get(f"/cases/{case.code}/").content.decode()
    return page_text(house.browser().post(*found_of(page, f"/cases/{case.code}/place-found/"), follow=True))


def test_danger_stays_on_today_after_help_that_was_not_given(house: Senders) -> None:
    _case, referral = helped(house, DANGER)
    assert rail(house).in_danger == 0
    ended(house, referral, "not_given", reason="no_place_now")
    assert (state(referral), rail(house).in_danger) == ("confirmed", 1)
    assert "Nobody helps now" in page_text(house.browser().get("/"))


def test_danger_is_said_again_after_help_has_ended_and_comes_back_by_nothing_else(house: Senders) -> None:
    """Red before: any later edit of the case brought it back, and a second danger could not be ticked."""
    case, referral = helped(house, DANGER)
    address = f"/cases/{case.code}/"
    assert "Say that danger is back" not in page_text(house.browser().get(address)), "somebody helps"
    ended(house, referral)
    pass_time(days=40)
    edited(house, case, language_code="ru", has_danger=True)
    assert rail(house).in_danger == 0, "help was given, and no danger was said since"
    page = house.browser().get(address).content.decode()
    assert "Somebody was in danger. Help has ended since." in page
    assert "danger is back" not in page_text(house.browser("supervisor-cso").get(address)), "the team says it"
    said = page_text(house.browser().post(*form_of(page, f"{address}danger/"), follow=True))
    assert "Somebody is in danger. Nobody helps now." in said
    happened = page_text(house.browser().get(f"{address}?events=all")).partition("What happened")[2]
    assert happened.count("Somebody is in danger") == 2, "the case says when that was said"
    assert rail(house).in_danger == 1


def test_danger_that_is_answered_anew_among_the_signs_is_new(house: Senders) -> None:
    case, referral = helped(house, DANGER)
    ended(house, referral)
    with house.as_() as zarina:
        now = Case.objects.get(pk=case.pk)
        asking = signs.start(zarina, now)
        for answer in ("no", "yes", "yes"):
            asking = signs.save(zarina, now, seal_no=asking.seal_no, part="danger", answers={"danger_now": answer})
    assert rail(house).in_danger == 1
    with god():
        assert CaseStep.objects.filter(case=case, step_code="danger_said").count() == 2, "once in each asking"


def test_a_place_that_was_needed_again_or_taken_back_after_one_was_given(house: Senders) -> None:
    case, referral = helped(house)
    ended(house, referral)
    pass_time(minutes=1)
    edited(house, case, **PLACE)
    assert rail(house).without_place == 1
    assert "No place for tonight" in page_text(house.browser().get("/"))
    two = house.sent(case)
    house.accepted(two, part="now")
    assert rail(house).without_place == 0
    ended(house, two)
    assert rail(house).without_place == 1, "help that was given has ended, too (ADR 136)"
    three = house.sent(case)
    house.accepted(three)
    assert "Where does the person sleep tonight?" in page_text(took_back(house, case))
    assert (state(three), rail(house).without_place) == ("withdrawn", 1)


@pytest.mark.parametrize("said", [NONE, PLACE, {"need_tonight_codes": ["nothing_now"]}, DOCTOR_TOO])
def test_a_place_taken_back_has_the_button_that_ends_its_row(house: Senders, said: dict[str, Any]) -> None:
    case, _referral = helped(house, said)
    took_back(house, case)
    pass_time(minutes=1)
    edited(house, case, language_code="ru")
    assert rail(house).without_place == 1, "what was ticked before is no answer, whatever is written after"
    assert "Today asks whether the person got there." in found(house, case)
    assert rail(house).without_place == 0
    page = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert "A place was found" not in page
    assert "No place for tonight" not in page


def test_the_case_says_it_while_a_shelter_that_is_not_urgent_is_asked(house: Senders) -> None:
    case = house.case(PLACE)
    house.agreed(case)
    house.sent(case, "normal")
    assert rail(house).without_place == 1
    assert "No place for tonight" in page_text(house.browser().get(f"/cases/{case.code}/"))


def test_help_that_has_ended_is_no_place_for_tonight(house: Senders) -> None:
    """Red before: the shelter ended its help, and nobody was asked where the person sleeps."""
    for result, said in (("given", "Where does the person sleep tonight?"), ("partly", "No place for tonight")):
        lacks = rail(house).without_place
        case = house.case(PLACE)
        house.agreed(case)
        referral = house.sent(case)
        house.accepted(referral, part="now")
        with house.as_("shelter-worker") as parvina:
            mine = Referral.objects.get(pk=referral.pk)
            receive.serve(parvina, mine, version=mine.version)
        house.finished(referral, result)
        assert rail(house).without_place == lacks + 1, result
        assert said in page_text(house.browser().get(f"/cases/{case.code}/")), result


def test_a_place_that_was_found_is_needed_no_more_in_the_part(house: Senders) -> None:
    zarina = house.browser()
    case = case_of(goes(press(zarina, to_need(zarina), **NEEDS, do="go")))
    assert "Needed now: a safe place" in needs_of(house, case)["needs"]
    found(house, case)
    assert "Needed now: a safe place" not in needs_of(house, case)["needs"]


def test_a_late_dispute_stands_in_the_lists_that_the_rail_counts(house: Senders) -> None:
    case, referral = helped(house)
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on="2030-01-01", next_step_code="meet")
    house.finished(referral)
    with house.as_() as zarina:
        done = Referral.objects.get(pk=referral.pk)
        confirm.dispute(zarina, done, version=done.version, reason="not_received")
    assert "No answer to the dispute yet" not in page_text(house.browser().get("/cases/"))
    pass_time(days=20)
    assert rail(house).late == 1
    with house.as_() as zarina:
        assert case_list.listing(zarina, case_list.Filters(late=True)).totals.late == 1
    assert "No answer to the dispute yet late since" in page_text(house.browser().get("/cases/?late=1"))
    assert "no answer to the dispute" in page_text(house.browser().get("/referrals/?show=needs_me"))
