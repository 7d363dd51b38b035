"""A child: the child's own word counts, row by row, and a "no" to the police is final."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import ConsentRow
from hamkori.refusal import NotNow
from tests.cast import FACTS, SEALED, World

pytestmark = pytest.mark.django_db

HELP = consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))
POLICE = consent.Answer("police", "justice", "yes", frozenset({"identity"}))


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


def a_child(zarina: Actor) -> Case:
    sealed = {**SEALED, "contact": {**SEALED["contact"], "child_contact": "canary-child-contact"}}
    case = cases.begin(zarina, codes={**FACTS, "age_band_code": "a9_17"}, sealed=sealed)
    return cases.register(zarina, case, version=case.version)


def asking(child_answer: str, **more: str) -> consent.Asking:
    return consent.Asking(
        language="tg",
        how_given="child_speaker",
        how_said="in_person",
        until_on=timezone.localdate() + timedelta(days=60),
        speaker="guardianship_body",
        child_answer=child_answer,
        as_child=True,
        **more,
    )


def states(case: Case) -> dict[str, str]:
    return {key[0]: row.answer for key, row in consent.rows_of(case).items()}


def test_a_childs_no_to_the_police_is_a_no_and_stays_one(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = a_child(zarina)
        consent.record(zarina, case, answers=[POLICE], asking=asking("says_no"))
        assert states(case) == {"police": "no"}
        with pytest.raises(NotNow, match="child_final"):
            consent.record(zarina, case, answers=[POLICE], asking=asking("agrees"))
        assert states(case) == {"police": "no"}


@pytest.mark.parametrize("said", ["", "says_no", "agrees", "not_asked"])
def test_a_plain_no_to_the_police_is_the_childs_own_unless_it_is_said_otherwise(world: World, said: str) -> None:
    """The plain way to write it down is "no" at the question: on that form nobody is asked who said it."""
    with world.as_("caseworker-cso") as zarina:
        case = a_child(zarina)
        no, why = (
            consent.Answer("police", "justice", "no"),
            {"child_reason": "distressed"} if said == "not_asked" else {},
        )
        consent.record(zarina, case, answers=[no], asking=asking(said, **why))
        assert states(case) == {"police": "no"}
        if said in ("", "says_no"):
            with pytest.raises(NotNow, match="child_final"):
                consent.record(zarina, case, answers=[POLICE], asking=asking("agrees"))
            assert states(case) == {"police": "no"}
        else:
            if said == "agrees":  # the child was there: it may have been its own no
                with pytest.raises(NotNow, match="child_no"):
                    consent.record(zarina, case, answers=[POLICE], asking=asking("agrees"))
            consent.record(zarina, case, answers=[replace(POLICE, by_child=True)], asking=asking("agrees"))
            assert states(case) == {"police": "yes"}


def test_what_the_child_says_of_the_police_changes_nothing_about_help(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = a_child(zarina)
        consent.record(zarina, case, answers=[HELP], asking=asking("agrees"))
        consent.record(zarina, case, answers=[POLICE], asking=asking("says_no"))
        rows = consent.rows_of(case)
        help_row = rows["shelter_social", "help"]
        assert (help_row.answer, help_row.child_answer) == ("yes", "agrees")
        consent.withdraw(zarina, case, rows=[("shelter_social", "help")], how_said="in_person")
        assert states(case) == {"shelter_social": "withdrawn", "police": "no"}


def test_a_child_is_asked_or_it_is_said_why_not(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = a_child(zarina)
        with pytest.raises(NotNow, match="child_answer"):
            consent.record(zarina, case, answers=[HELP], asking=asking("not_asked"))
        assert not ConsentRow.objects.filter(consent__case=case).exists()
        consent.record(zarina, case, answers=[HELP], asking=asking("not_asked", child_reason="not_alone"))
        assert states(case) == {"shelter_social": "yes"}
