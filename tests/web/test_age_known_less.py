"""An age that is known well is not put right by a weaker word without a question; and the day on which answers end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case, CaseStep
from hamkori.web.kit.moments import full_day
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields, press
from tests.web.senders import Senders, page_text
from tests.web.test_a_yes_for_another_age import put_right

pytestmark = pytest.mark.django_db
CHILD = {"call_name": "canary", "child_contact": "canary-guardianship"}
SPOKEN: dict[str, Any] = {"speaker": "guardianship_body", "child_answer": "agrees", "as_child": True}


def band(case: Case) -> tuple[str, int]:
    with god():
        steps = CaseStep.objects.filter(case=case, step_code="settle_age").count()
        return Case.objects.get(pk=case.pk).age_band_code, steps


def in_days(days: int) -> str:
    today = timezone.localdate()
    return full_day(today + timedelta(days=days), today)


def test_a_word_against_documents_is_asked_about_once_and_nothing_is_written_before(house: Senders) -> None:
    """Red before: "9-17" by documents became "30-47" by the person's own word a minute later, without a question."""
    case = house.case()
    put_right(house, case, "a9_17")
    at, client = f"/cases/{case.code}/settle_age/", house.browser()
    said = {"age_band": "a30_47", "reason": "own_word"}
    asked = press(client, at, **said)
    assert asked.status_code == 400
    text = page_text(asked)
    assert "Which counts?" in text
    assert "Nothing is saved yet: say which of the two ages counts." in text
    assert band(case) == ("a9_17", 1)
    drawn = fields(asked, at)
    assert (drawn["age_band"], drawn["reason"], drawn["counts"]) == (["a30_47"], ["own_word"], [])
    other = press(client, at, age_band="a18_29", reason="own_word", counts="a30_47:own_word")
    assert (other.status_code, band(case)) == (400, ("a9_17", 1)), "that was the answer to another question"
    stays = press(client, at, **said, counts="stays")
    assert (stays.status_code, stays["Location"], band(case)) == (303, f"/cases/{case.code}/", ("a9_17", 1))
    assert "Nothing was changed. The age stays: " in page_text(client.get(stays["Location"]))
    saved = press(client, at, **said, counts="a30_47:own_word")
    assert (saved.status_code, band(case)) == (303, ("a30_47", 2))
    pass_time(minutes=1)
    again = press(client, at, age_band="a18_29", reason="relative")
    assert (again.status_code, band(case)) == (303, ("a18_29", 3)), "what is known as well asks nothing"


def test_documents_and_the_same_age_ask_nothing(house: Senders) -> None:
    case = house.case()
    put_right(house, case, "a9_17")
    at, client = f"/cases/{case.code}/settle_age/", house.browser()
    assert press(client, at, age_band="a9_17", reason="own_word").status_code == 303
    pass_time(minutes=1)
    assert press(client, at, age_band="a18_29", reason="papers").status_code == 303


def test_the_page_before_and_the_page_after_say_one_day(
    house: Senders, django_capture_on_commit_callbacks: Any
) -> None:
    """Red before: "valid for 14 more days" where the answers end sooner, and where they are valid again for months."""
    case = house.case({"age_band_code": "a9_17"}, contact=CHILD)
    house.agreed(case, **SPOKEN)
    at, client = f"/cases/{case.code}/settle_age/", house.browser()
    said = f"the earlier answers are valid until {in_days(14)}; for the police they end at once."
    assert f"If the person is an adult, {said}" in page_text(client.get(at))
    with django_capture_on_commit_callbacks(execute=True):  # the mark that says so is raised on commit
        put_right(house, case, "a18_29")
    after = page_text(client.get(f"/cases/{case.code}/consent/"))
    assert f"yes, with name. Ends {in_days(14)}." in after
    put_back = page_text(client.get(at))
    assert "The answers that were given as a child are valid again then, until " in put_back
    with django_capture_on_commit_callbacks(execute=True):
        put_right(house, case, "a9_17")
    shown = page_text(client.get(f"/cases/{case.code}/consent/"))
    day = put_back.partition("valid again then, until ")[2].partition(". ")[0]
    assert f"Valid until {day}." in shown


def test_where_nothing_was_agreed_no_day_is_named(house: Senders) -> None:
    case = house.case({"age_band_code": "a9_17"}, contact=CHILD)
    assert "the earlier answers are valid" not in page_text(house.browser().get(f"/cases/{case.code}/settle_age/"))


def test_after_another_age_nothing_is_chosen_as_after_an_end(house: Senders) -> None:
    """Red before: all former answers stood chosen, and each was to be ticked as asked again."""
    case = house.case()
    for kind in ("shelter_social", "legal"):
        house.agreed(case, kind, "help")
    house.agreed(case, "psychological", "help", "no")
    put_right(house, case, "a9_17")
    at, client = f"/cases/{case.code}/consent/", house.browser()
    shown = client.get(at)
    drawn, text = fields(shown, at), page_text(shown)
    assert [drawn[f"a_{one}"] for one in ("shelter_social_help", "legal_help")] == [["not_asked"]] * 2
    assert drawn["a_psychological_help"] == ["no"], "a no is a no at any age"
    assert text.count("Before, as an adult: yes, with name. Ends ") == 2
    assert text.count("The age was corrected since these answers were given: they end earlier.") == 1
    assert text.count("Asked again today") == 1, "of the no alone"
    assert "All that the person had agreed to ended" not in text
    nothing = press(client, at)
    assert nothing.status_code == 400
    assert "Nothing was asked." in page_text(nothing)
