"""That a danger was taken off is said, and it comes back only where somebody says so (ADR 230)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseStep, Screening
from hamkori.casework.screening.actions import screening
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import BOTH

pytestmark = pytest.mark.django_db
TAKEN_OFF = "The mark “danger” was removed"
NOBODY = {"danger_now": "no", "held_or_watched": "no", "looked_for": "no", "thoughts_of_death": "no"}


def marks(house: Senders, case: Case, *, danger: bool) -> None:
    """Ticked, or taken off, among the details."""
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        cases.edit(zarina, known, version=known.version, codes={"has_danger": danger})


def answers(house: Senders, case: Case, said: dict[str, str]) -> bool:
    """Part 1 of the signs; whether somebody is in danger since."""
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        screening.start(zarina, known)
        draft = Screening.objects.get(case=known, state_code="draft")
        screening.save(zarina, known, seal_no=draft.seal_no, part="danger", answers=said)
    with god():
        return bool(Case.objects.get(pk=case.pk).has_danger)


def steps(case: Case) -> list[str]:
    with god():
        said = CaseStep.objects.filter(case=case, step_code__startswith="danger_").order_by("at")
        return [*said.values_list("step_code", flat=True)]


def test_who_took_it_off_and_when_stands_in_what_happened(house: Senders) -> None:
    """Red before: "Somebody is in danger" was the last word of the history, of a danger that was none."""
    case = house.case({"has_danger": True})
    marks(house, case, danger=False)
    assert steps(case)[-1] == "danger_over"
    for who in BOTH:
        page = page_text(house.browser(who).get(f"/cases/{case.code}/")).partition("What happened")[2]
        assert TAKEN_OFF in page, who
    marks(house, case, danger=False)
    assert steps(case).count("danger_over") == 1, "once"


def test_a_page_that_is_saved_as_it_stood_brings_nothing_back(house: Senders) -> None:
    """Red before: part 1 was opened again, nothing changed and saved: "Somebody is in danger" stood there anew."""
    case = house.case()
    assert answers(house, case, NOBODY | {"looked_for": "yes"})
    marks(house, case, danger=False)
    assert not answers(house, case, NOBODY | {"looked_for": "yes"})
    assert not answers(house, case, NOBODY | {"looked_for": "yes", "hurt_or_ill": "yes"}), "a doctor is no danger"
    assert answers(house, case, NOBODY | {"looked_for": "yes", "held_or_watched": "yes"}), "another answer is"
    assert steps(case)[-1] == "danger_said"


def test_nor_does_it_take_off_what_was_marked_since(house: Senders) -> None:
    case = house.case()
    assert not answers(house, case, NOBODY)
    marks(house, case, danger=True)
    assert answers(house, case, NOBODY)
    assert "danger_over" not in steps(case)


def test_a_doctor_today_marks_none_when_the_page_is_saved_again(house: Senders) -> None:
    """The case that was found: a cut hand, danger said no on the same page."""
    case = house.case()
    said = NOBODY | {"hurt_or_ill": "yes", "safe_to_talk": "yes"}
    assert not answers(house, case, said)
    assert not answers(house, case, said)
    assert steps(case) == []
