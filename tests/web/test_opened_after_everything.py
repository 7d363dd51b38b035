"""A case that was closed after everything was withdrawn, and opened again: what was said before is asked (ADR 0179)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.work.queries.no_doctor import ASKED_FOR
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_chain_of_places import card, goes
from tests.web.test_place_found import ASKS, BOTH, NEEDED, STAYS, file, found, rail, stays_there, take_back_all, today
from tests.web.test_place_opened_again import closes

pytestmark = pytest.mark.django_db

LEAD = "caseworker-cso"
SLEEPS = "Where does the person sleep tonight?"
ASK = "Opened again: new danger. Ask the person what may be shared"
NEWS = "A colleague opened this case again"
SAID_NO = "The person said no"
NONE = "No place for tonight"


def opens(house: Senders, case: Case, reason: str = "new_danger") -> None:
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=case.pk)
        cases.reopen(malika, known, version=known.version, reason=reason)
    pass_time(minutes=1)


def stayed_and_closed(house: Senders) -> Case:
    """Everything was withdrawn while the person was in a shelter, where they stay; then the case was closed."""
    case = stays_there(house, NEEDED)
    pass_time(minutes=1)
    goes(house, case, "place-found")
    pass_time(minutes=1)
    closes(house, case)
    return case


def test_the_worker_asks_what_may_be_shared_and_where_the_person_sleeps(house: Senders) -> None:
    """Red before: Today had the step that was planned before, the case "Ask again only if the person raises it"."""
    case = stayed_and_closed(house)
    assert ASK not in today(house)
    opens(house, case)
    page = today(house)
    assert (ASK in page, NEWS in page, SAID_NO in page.partition(NEWS)[0]) == (True, True, False)
    assert f'href="/cases/{case.code}/consent/' in house.browser().get("/").content.decode()
    for who in BOTH:
        assert SLEEPS in today(house, who).partition("Call now")[2], who
        assert SLEEPS in card(house, case, who), who
        assert rail(house, who) == 1, who
        shown = page_text(house.browser(who).get(f"/cases/{case.code}/"))
        assert "that the person stays" not in shown.partition("What happened")[0], who
        assert (STAYS in shown, SAID_NO in shown.partition("What happened")[0]) == (False, False), who
        assert SLEEPS in page_text(house.browser(who).get("/cases/")), who
    shown = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert "The case was opened again: what the person was not asked about since then is not sent." in shown
    assert "The case was opened again: ask the person again." in page_text(
        house.browser().get(f"/cases/{case.code}/consent/")
    )
    assert SLEEPS not in today(house, "stranger")


def test_each_question_ends_with_its_answer(house: Senders) -> None:
    case = stayed_and_closed(house)
    opens(house, case)
    assert ASKS in found(house, case, "own_home")
    for who in BOTH:
        assert (SLEEPS in today(house, who) + card(house, case, who), rail(house, who)) == (False, 0), who
    assert ASK in today(house)
    house.agreed(case)
    assert ASK not in today(house)


def test_who_says_no_again_is_left_in_peace_again(house: Senders) -> None:
    """It is their word of now."""
    case = stayed_and_closed(house)
    opens(house, case)
    house.agreed(case, answer="no")
    pass_time(minutes=1)
    assert ASK not in today(house)
    for who in BOTH:
        assert (rail(house, who), "Call now" in today(house, who)) == (0, False), who


def test_a_doctor_whom_the_person_said_no_to_is_asked_about_again(house: Senders) -> None:
    """Red before: "The person said no", of an answer from before the case was closed."""
    case = house.case({"need_tonight_codes": ["doctor"]})
    house.agreed(case, *ASKED_FOR)
    take_back_all(house, case)
    pass_time(minutes=1)
    assert SAID_NO in today(house)
    closes(house, case)
    opens(house, case, "returned")
    page = today(house)
    assert (SAID_NO in page, "Opened again: the person came back." in page) == (False, True)


def test_what_was_closed_by_mistake_leaves_the_place_as_it_was(house: Senders) -> None:
    case = stayed_and_closed(house)
    opens(house, case, "closed_by_mistake")
    for who in BOTH:
        assert (SLEEPS in today(house, who) + card(house, case, who), rail(house, who)) == (False, 0), who


def test_weeks_later_it_is_asked_too_and_for_a_day(house: Senders) -> None:
    case = stayed_and_closed(house)
    pass_time(days=20)
    opens(house, case, "returned")
    for who in BOTH:
        assert (SLEEPS in today(house, who), rail(house, who)) == (True, 1), who
    pass_time(days=1)
    for who in BOTH:
        assert (SLEEPS in today(house, who), rail(house, who)) == (False, 0), who
        assert "Opened again: the person came back." in today(house, who), "whoever supervises reads it from then on"


def test_one_person_has_one_place_on_today_after_a_no_to_everything(house: Senders) -> None:
    """Red before: "Call now: does the person stay", and far below "The person said no: needs a doctor"."""
    case = stays_there(house, {"need_tonight_codes": ["safe_place", "doctor"]}, *ASKED_FOR)
    for who in BOTH:
        page = today(house, who)
        _above, _between, below = page.partition(STAYS)
        line = below.partition("Needs a doctor")
        assert (line[1], case.code[:4] in line[0].partition(SAID_NO)[0]) == ("Needs a doctor", True), who
        assert "The person said no 1" not in page, who
        assert "the person said no: our own help goes on" in below, who
    assert NONE not in today(house)
    assert file(house, case)


def test_consent_and_search_say_the_same_as_the_case(house: Senders) -> None:
    """Red before: "Ask again only if the person raises it" under each question, and "the person said no" beside each
    shelter, while case and Today asked to ask.
    """
    case = stayed_and_closed(house)
    opens(house, case)
    consent = page_text(house.browser().get(f"/cases/{case.code}/consent/"))
    assert "Before closing: withdrawn. Ask again." in consent
    assert "only if the person raises it" not in consent
    search = page_text(house.browser().get(f"/cases/{case.code}/refer/?need=HOME"))
    assert ("Shelter" in search, "the person said no" in search, "The person said no" in search) == (True, False, False)


def test_a_no_from_before_the_closing_is_not_called_not_asked(house: Senders) -> None:
    """Red before: "Not asked", so that the next worker believes that nobody ever asked."""
    case = stayed_and_closed(house)
    opens(house, case, "closed_by_mistake")
    for who in BOTH:
        shown = page_text(house.browser(who).get(f"/cases/{case.code}/"))
        assert "Said no before closing: ask again" in shown, who
        assert "Said no before the case was closed, ask again: shelter." in shown, who
        assert "Shelter, social help: Not asked" not in shown, who
        assert "Psychologists: Not asked" in shown, f"{who}: of whom nobody asked before"
    house.agreed(case, answer="no")
    assert "before closing" not in page_text(house.browser().get(f"/cases/{case.code}/"))


def test_the_page_that_chooses_an_organisation_says_the_no_of_before(house: Senders) -> None:
    """Red before: "Ask the person first", of lawyers whom the person had refused before the case was closed."""
    case = house.case(NEEDED)
    house.agreed(case, "legal", answer="no")
    pass_time(minutes=1)
    closes(house, case)
    opens(house, case, "closed_by_mistake")
    page = page_text(house.browser().get(f"/cases/{case.code}/refer/?need=LEGAL"))
    assert "Said no before the case was closed, ask again: “Lawyers: help”." in page
    assert "Ask the person first: “Lawyers: help" not in page
    house.agreed(case, "legal")
    assert "Said no before" not in page_text(house.browser().get(f"/cases/{case.code}/refer/?need=LEGAL"))
