"""After a no that somebody else brought: what each can do about it, and what is said of it (ADR 196)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hamkori.casework.case.actions.team import tell_lead
from tests.cast import pass_time
from tests.web.senders import Senders, at
from tests.web.test_a_brought_no_on_both_sides import accepted
from tests.web.test_asked_before_anybody_is_called_off import serves
from tests.web.test_heard_through_somebody import ASK, shown, takes_back
from tests.web.test_place_found import BOTH, NEEDED, today, until
from tests.web.test_taken_back import ABOVE, HELPER, LEAD

pytestmark = pytest.mark.django_db


def row(house: Senders, who: str) -> str:
    page = house.browser(who).get("/").content.decode()
    return page.partition('id="warn"')[2].partition("</section>")[0]


def test_who_supervises_tells_the_team_and_has_called_nobody(house: Senders) -> None:
    """Red before: "Ask the person" led to a page that she only reads, and "Not reached" was written as a call."""
    until(18)
    case, sent = accepted(house)
    takes_back(house, case, "through_other")
    tell = f'action="{reverse("tell_lead", args=[case.code])}"'
    above = row(house, ABOVE)
    assert tell in above
    assert "Not reached" not in above
    assert f"/cases/{case.code}/consent/" not in above
    page = house.browser(ABOVE).get(at(sent)).content.decode().partition("ask them first")[2].partition("</section>")[0]
    assert tell in page
    assert "Not reached" not in page
    with house.as_(ABOVE) as malika:
        tell_lead(malika, case)
    assert tell not in row(house, ABOVE)
    assert "told about this case" in row(house, ABOVE)


def test_who_leads_is_led_to_the_telephone_first(house: Senders) -> None:
    """Red before: the verb led to the text of four minutes, while somebody may be on the way."""
    until(18)
    case, _sent = accepted(house)
    takes_back(house, case, "through_other")
    found = row(house, LEAD)
    button = found.partition('class="do"')[2]
    assert f"/cases/{case.code}/?open=contact#contact" in button
    assert "How to reach the person" in button
    assert "Not reached" in button
    assert f"/cases/{case.code}/consent/" in found.partition('class="do"')[0], "then the person is asked"


def test_who_helped_reads_that_it_was_not_so(house: Senders) -> None:
    """Red before: after the person's yes the helper read that the person withdrew consent for everything."""
    case = house.case(NEEDED)
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    house.accepted(sent)
    serves(house, sent)
    pass_time(minutes=1)
    takes_back(house, case, "by_message")
    house.agreed(case)
    pass_time(minutes=1)
    for page in (today(house, HELPER), shown(house, at(sent), HELPER)):
        assert "wants this help" in page
        assert "the person withdrew" not in page.lower()
        assert "has not been asked" not in page


def test_what_was_not_answered_yet_stands_under_what_is_next(house: Senders) -> None:
    """Red before: of whoever leads the case the page was silent about what Today asks."""
    case = house.case()
    for kind in ("shelter_social", "health"):
        house.agreed(case, kind=kind)
        pass_time(minutes=1)
    takes_back(house, case, "by_message")
    house.agreed(case)
    pass_time(minutes=1)
    for who in BOTH:
        next_of = shown(house, f"/cases/{case.code}/", who).partition("What is next")[2].partition("What happened")[0]
        assert ASK in today(house, who), who
        assert ASK in next_of, who


def test_the_history_says_that_it_was_brought(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    pass_time(minutes=1)
    takes_back(house, case, "through_other")
    for page in (f"/cases/{case.code}/", f"/cases/{case.code}/consent/"):
        whole = shown(house, page)
        assert "A no was brought: it may not be the person's own" in whole, page
        assert "The person withdrew something" not in whole, page
    takes_back(house, case, "in_person")
    assert "The person withdrew something" in shown(house, f"/cases/{case.code}/")
