"""Whatever is late, declined, returned, expired or missed in the demo is a row on Today of whoever answers for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from hamkori.site.demo.cast import PERSONAS

pytestmark = pytest.mark.bulk
COORDINATION = "/coordination/late/"


@pytest.fixture(scope="module")
def todays(on_stage: Callable[[str], Any]) -> Mapping[str, Any]:
    """Today of everybody who answers for something, read once."""
    found: Mapping[str, Any] = on_stage("tests.web.todays")
    return found


def test_whatever_is_late_or_stopped_is_a_row_of_whoever_answers_for_it(todays: Mapping[str, Any]) -> None:
    missing = []
    for who, one in todays.items():
        for referral, case, what in one["held"]:
            leads = {f"/referrals/{referral}/"} if referral else set()
            if case and not referral:
                leads |= {f"/cases/{case}/{way}" for way in ("", "edit/", "consent/", "screening/")}
            if what == "consent":  # the row of a referral that stopped says it as well
                leads |= {f"/referrals/{other}/" for other, of, _what in one["held"] if of == case and other}
            told = {code for row, page in one["rows"].items() if row.startswith(COORDINATION) for code in page["codes"]}
            opened = {row.partition("#")[0].partition("?")[0] for row in one["rows"]}
            if not leads & opened and f"{referral[:4]}\xa0{referral[4:]}" not in told:
                missing.append((who, referral, case))
    assert missing == []
    assert {PERSONAS[who].email for who in ("caseworker-cso", "supervisor-cso", "desk-shelter", "coordinator")} <= set(
        todays
    )
    assert sum(len(one["held"]) for one in todays.values()) > 40


def test_every_row_opens_a_page_with_its_button(todays: Mapping[str, Any]) -> None:
    rows = [(who, row, opened) for who, one in todays.items() for row, opened in one["rows"].items()]
    assert len(rows) > 40
    assert [(who, row) for who, row, opened in rows if opened["status"] != 200] == []
    assert [(who, row) for who, row, opened in rows if not (opened["buttons"] or opened["told"])] == []


def test_a_button_opens_the_place_of_what_it_names_and_the_same_is_not_pressed_twice(todays: Mapping[str, Any]) -> None:
    """Red before: "Confirm" and "Answer" opened a page on which "Confirm" and "Answer" stood to be pressed."""
    pressed = [button for one in todays.values() for button in one["pressed"]]
    assert len(pressed) > 40
    assert [one["button"] for one in pressed if one["status"] != 200 or not one["there"]] == []
    assert [one["button"] for one in pressed if one["again"]] == []


def test_the_list_of_cases_has_the_order_of_today(todays: Mapping[str, Any]) -> None:
    """Red before: what had been late for weeks stood above a bed for tonight on Today, and below it in the list."""
    apart = {}
    for who, one in todays.items():
        for part in ("red", "later"):  # what a team still has time for stands below, urgent or not (ADR 0145)
            listed = [code for code in one["cases"] if code in one[part]]
            if listed != [code for code in one[part] if code in one["cases"]]:
                apart[who, part] = (one[part], one["cases"])
    assert apart == {}
    assert sum(len(one["red"]) > 1 for one in todays.values()) > 2, "somebody has more than one case that is red"


def test_the_list_of_cases_has_one_order_for_the_team_and_whoever_supervises(todays: Mapping[str, Any]) -> None:
    """Red before: hers began with an arrival of two weeks ago, above two persons without a bed for tonight."""
    lead, above = (todays[PERSONAS[who].email] for who in ("caseworker-cso", "supervisor-cso"))
    shared = [code for code in lead["cases"] if code in lead["red"] and code in above["cases"]]
    assert [code for code in above["cases"] if code in shared] == shared
    assert len(shared) > 3


def test_no_row_of_anybody_is_a_run_of_facts(todays: Mapping[str, Any]) -> None:
    """Red before: six to eight facts between dots (ADR 242). A row: number, who, where, how grave, two, whose."""
    lines = [(who, line) for who, one in todays.items() for line in one["lines"]]
    assert len(lines) > 40
    assert [one for one in lines if one[1].count("·") > 6] == []
