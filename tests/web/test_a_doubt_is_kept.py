"""That an adult may be involved is not forgotten with the next press: what they spoke for is asked again (ADR 223)."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import Consent
from tests.database import god
from tests.web.consenting import ask, form_of
from tests.web.senders import Senders, page_text
from tests.web.test_a_child_took_it_back import CHILD, taken_back
from tests.web.test_heard_through_somebody import shown
from tests.web.test_short_way import AGREES, press
from tests.web.test_short_way_of_a_child import read_to_a_child

pytestmark = pytest.mark.django_db
PARENT = {"speaker": "parent", "child_answer": "agrees", "as_child": True}
AUTHORITY = {"speaker": "guardianship_body", "child_answer": "agrees", "as_child": True}
DOUBTED = "Parent: this adult may be involved, and does not speak for the child."
AGAIN = "Ask another adult, and the child, again: Lawyers: help."
HELD = "Parent: it was said before that this adult may be involved."
TAKES = {"took": ["shelter_social:help"], "speaker": "parent", "suspected": "yes"}


def spoken(house: Senders) -> Case:
    """The shelter and the lawyers were agreed to by the parent, the doctors by the authority."""
    case = house.case({"age_band_code": "a9_17"}, contact=CHILD)
    house.agreed(case, **PARENT)
    house.agreed(case, kind="legal", **PARENT)
    house.agreed(case, kind="health", **AUTHORITY)
    return case


def versions(case: Case) -> int:
    with god():
        return Consent.objects.filter(case=case).count()


def test_what_a_doubted_adult_said_yes_to_is_to_be_asked_again(house: Senders) -> None:
    """Red before: saved without a word; the lawyers stayed agreed, and the doubt stood in an old version alone."""
    case = spoken(house)
    done, version = taken_back(house, case, **TAKES)
    assert (version.speaker_code, version.speaker_suspected) == ("parent", True), "it acts at once, and is kept"
    assert f'href="/cases/{case.code}/consent/"' in done.partition("Ask another adult")[2].partition("</section>")[0]
    at = f"/cases/{case.code}/consent/"
    for page in (done, shown(house, at), shown(house, at, "supervisor-cso")):
        assert DOUBTED in page
        assert AGAIN in page, "of what the authority said yes to nothing is asked"
    said = {"speaker": "guardianship_body", "suspected": "no", "child_answer": "agrees"}
    assert ask(house.browser(), case, anew=["legal:help"], **said).status_code == 303
    assert DOUBTED not in shown(house, at).partition("History")[0].partition("versions")[0]
    assert AGAIN not in shown(house, at)


def test_who_knows_of_it_and_is_not_doubted_is_asked_nothing_more(house: Senders) -> None:
    case = spoken(house)
    done, _version = taken_back(house, case, **TAKES | {"suspected": "no"})
    assert "Ask another adult, and the child" not in done
    assert "Ask another adult, and the child" not in shown(house, f"/cases/{case.code}/consent/")


def test_a_doubt_on_the_page_of_the_consent_is_held_once(house: Senders) -> None:
    """Red before: one tap from "Yes, or I am not sure" to "No", and the same adult had spoken for the child."""
    case = house.case({"age_band_code": "a9_17"}, contact=CHILD)
    said = {"a_health_help": "yes", "speaker": "parent", "child_answer": "agrees"}
    refused = ask(house.browser(), case, **said, suspected="yes")
    assert "Choose another person." in page_text(refused)
    assert HELD not in page_text(refused)
    kept = doubt_in(refused)
    assert kept == {"doubted": ["parent"], "settled": [""]}
    again = ask(house.browser(), case, **said, suspected="no", **kept)
    assert HELD in page_text(again)
    assert versions(case) == 0
    kept = doubt_in(again)
    assert ask(house.browser(), case, **said | {"speaker": "guardian"}, suspected="no", **kept).status_code == 303
    assert versions(case) == 1, "another adult is not held"
    slip = {"a_legal_help": "yes", "speaker": "parent", "child_answer": "agrees", "suspected": "no"}
    assert ask(house.browser(), case, **slip, **kept).status_code == 303, "a slip is saved at the second press"


def test_a_doubt_that_was_saved_is_held_once_too(house: Senders) -> None:
    case = spoken(house)
    taken_back(house, case, **TAKES)
    said = {"a_psychological_help": "yes", "speaker": "parent", "suspected": "no", "child_answer": "agrees"}
    held = ask(house.browser(), case, **said)
    assert HELD in page_text(held)
    assert versions(case) == 4
    assert ask(house.browser(), case, **said, **doubt_in(held)).status_code == 303


def test_so_it_is_in_the_short_way(house: Senders, zarina) -> None:
    at = read_to_a_child(zarina)
    child = {"child_answer": "agrees", "speaker": "parent"}
    refused = press(zarina, at, **AGREES, **child, suspected="yes", how="child_speaker")
    assert "Choose another person." in page_text(refused)
    kept = doubt_in(refused)
    held = press(zarina, at, **AGREES, **child, suspected="no", how="child_speaker", **kept)
    assert (held.status_code, HELD in page_text(held)) == (400, True)
    kept = doubt_in(held)
    assert press(zarina, at, **AGREES, **child, suspected="no", how="child_speaker", **kept).status_code in (302, 303)


def doubt_in(answer: HttpResponse) -> dict[str, list[str]]:
    """The hidden answers with which the page comes back."""
    drawn = form_of(answer)
    return {name: drawn.get(name, [""]) for name in ("doubted", "settled")}
