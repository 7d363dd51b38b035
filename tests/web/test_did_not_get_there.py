"""Of whom a place was found, and who did not get there: the person is looked for, not only a bed (ADR 0124)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_age_confirmed import CHILD
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, file, found, rail, steps, today
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

MISSING = "The person did not get to the place: find out whether they are safe"
NO_PLACE = "No place for tonight"
GIRL = {**NEEDED, "age_band_code": "a9_17", "sex_code": "female"}


def registered(house: Senders, codes: dict[str, object]) -> Case:
    return house.case(codes, contact=CHILD) if codes is GIRL else house.case(codes)


def says(house: Senders, case: Case, why: str, page: str = "") -> tuple[int, str]:
    """The button of the page that says why a place is needed."""
    at = f"/cases/{case.code}/{'looked_for' if why == 'is_safe' else 'place-needed'}/"
    shown = page or file(house, case)
    assert f'name="why" value="{why}"' in shown
    answer = house.browser().post(at, {**form_of(shown, at)[1], "why": why}, follow=True)
    return answer.status_code, page_text(answer)


def missed(house: Senders, codes: dict[str, object] = NEEDED) -> Case:
    case = registered(house, codes)
    found(house, case, "organisation")
    pass_time(minutes=1)
    says(house, case, "did_not_get_there")
    return case


def calls(page: str) -> str:
    """What stands under "Call now"."""
    return page.partition("Call now")[2]


def test_who_did_not_get_there_is_looked_for_before_a_bed(house: Senders) -> None:
    """Red before: "No place after all" was the only word for a girl who set out at night and did not arrive."""
    case = registered(house, GIRL)
    found(house, case, "organisation")
    pass_time(minutes=1)
    status, said = says(house, case, "did_not_get_there")
    assert status == 200
    assert "Saved: the person did not get there. Today asks you to find out whether they are safe." in said
    assert said.index(MISSING) < said.index("What happened"), "the alarm of the case"
    assert "A place for tonight is needed" in said
    assert "The person did not get there" in said, "the history names it"
    assert ASKS not in said
    for who in BOTH:
        shown = calls(today(house, who))
        assert MISSING in shown, who
        row = shown.partition(MISSING)[2][:200]
        assert "Girl, 9\N{NON-BREAKING HYPHEN}17" in row, who
        assert NO_PLACE in row, who
        assert ROW not in shown, who
        assert rail(house, who) == 1, who
        assert MISSING in file(house, case, who), who
        assert MISSING in page_text(house.browser(who).get("/cases/")), who
    assert "Tell the team" in today(house, "supervisor-cso").partition(MISSING)[2]
    assert f'href="/cases/{case.code}/#missing"' in house.browser().get("/").content.decode()
    assert 'id="missing"' in file(house, case)
    assert MISSING not in today(house, "stranger")
    assert steps(case)[-1] == ("place_needed", "did_not_get_there")


def test_the_alarm_says_who_is_missing_and_then_the_place(house: Senders) -> None:
    case = missed(house)
    for who in BOTH:
        shown = page_text(house.browser(who).get(f"/cases/{case.code}/"))
        assert shown.index(MISSING) < shown.index(NO_PLACE), who
    assert "The person is safe" in file(house, case, "supervisor-cso"), "the supervisor says it, too"


def test_who_is_safe_is_looked_for_no_more_and_has_no_place(house: Senders) -> None:
    case = missed(house)
    pass_time(minutes=1)
    old = file(house, case)
    status, said = says(house, case, "is_safe")
    assert (status, "Saved: the person is safe. A place for tonight is still needed." in said) == (200, True)
    for who in BOTH:
        page = today(house, who)
        assert (MISSING in page, NO_PLACE in page) == (False, True), who
        assert (MISSING in file(house, case, who), rail(house, who)) == (False, 1), who
    assert says(house, case, "is_safe", old)[0] == 409, "an older window moves nothing"
    assert steps(case)[-1] == ("place_needed", "did_not_get_there"), "the need stands as it was"


def test_a_need_that_is_taken_out_and_ticked_again_finds_nobody(house: Senders) -> None:
    case = missed(house)
    for needs in (["nothing_now"], ["safe_place"]):
        pass_time(minutes=1)
        with house.as_() as zarina:
            known = Case.objects.get(pk=case.pk)
            cases.edit(zarina, known, version=known.version, codes={"need_tonight_codes": needs})
        for who in BOTH:
            assert MISSING in calls(today(house, who)), (who, needs)
            assert rail(house, who) == 1, (who, needs)
    pass_time(minutes=1)
    assert says(house, case, "is_safe")[0] == 200


def test_another_place_ends_nothing_and_of_an_adult_a_day_does(house: Senders) -> None:
    case = missed(house)
    pass_time(minutes=1)
    assert "Say that they got to the place" in found(house, case, "own_home")
    for who in BOTH:
        assert (MISSING in today(house, who), ROW in today(house, who), rail(house, who)) == (True, False, 1)
    pass_time(hours=23)
    assert MISSING in today(house)
    pass_time(hours=1)
    for who in BOTH:
        assert MISSING not in today(house, who) + file(house, case, who), who
        assert rail(house, who) == 0, who


def test_a_bed_that_is_accepted_afterwards_ends_it(house: Senders) -> None:
    case = missed(house)
    house.agreed(case)
    pass_time(minutes=1)
    referral = house.sent(case)
    for who in BOTH:
        assert MISSING in calls(today(house, who)), "who was asked has not answered"
        assert rail(house, who) >= 1, who
    pass_time(minutes=1)
    house.accepted(referral, part="now")
    for who in BOTH:
        assert (MISSING in today(house, who) + file(house, case, who), rail(house, who)) == (False, 0), who


def test_a_closed_case_looks_for_them_for_a_day(house: Senders) -> None:
    """Of a child, and of who is in danger or at risk, for three (ADR 0133)."""
    case = missed(house)
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=case.pk)
        cases.close(malika, known, version=known.version, outcome="lost_contact", older_case=None)
    for who in BOTH:
        assert MISSING in today(house, who), who
        assert (MISSING in file(house, case, who), rail(house, who)) == (True, 1), who
    pass_time(days=1)
    for who in BOTH:
        assert (MISSING in today(house, who) + file(house, case, who), rail(house, who)) == (False, 0), who


def test_a_child_who_is_missing_stands_above_a_child_without_a_place(house: Senders) -> None:
    """And a woman who is missing above a woman without a place, below the children."""
    cases_of = {
        "girl": registered(house, GIRL),
        "woman": house.case(NEEDED),
        "missing_girl": missed(house, GIRL),
        "missing_woman": missed(house),
    }
    for who in BOTH:
        page = house.browser(who).get("/").content.decode().partition("Call now")[2]
        stands = sorted(cases_of, key=lambda name: page.index(f"/cases/{cases_of[name].code}/"))
        assert stands == ["missing_girl", "girl", "missing_woman", "woman"], who


def test_of_a_word_that_is_none_and_where_nobody_asks_nothing_is_written(house: Senders) -> None:
    case = house.case(NEEDED)
    found(house, case)
    pass_time(minutes=1)
    page = file(house, case)
    at = f"/cases/{case.code}/place-needed/"
    for why in ("papers", "Canary-Name", "is_safe"):
        assert house.browser().post(at, {**form_of(page, at)[1], "why": why}).status_code == 409, why
    assert len(steps(case)) == 1
    with god():
        assert "safe_place" not in Case.objects.get(pk=case.pk).need_tonight_codes
