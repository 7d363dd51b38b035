"""A step that is taken by a statement of one's own stands in the ledger at the end of its transaction, or is not taken.

Red on 344b014: requests were taken back, accepted and declined, and cases closed, with no row of the ledger.
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.access.permissions import PERMISSIONS
from hamkori.audit.models import Ledger
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.casework.referral.models import Referral, ReferralStep
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from tests.attacks.counted import tried
from tests.attacks.test_after_it_was_sent import waiting
from tests.casework.test_story import registered
from tests.cast import World
from tests.database import god

pytestmark = pytest.mark.django_db

RECALLS = "select take('referral', %s, 'recall', null, %s, '{\"reason_code\": \"mistake\"}'::jsonb, '[]'::jsonb)"
DECIDES = "select take('case', %s, 'tell_child_protection', null, %s, '{}'::jsonb, '[]')"
WRITES = "select ledger_append(%s, 'done', '', '', %s, %s, %s, '', null, null, '', null, null)"
"""Values: the act, of what kind the thing is, the thing, the case."""
STEPS_OF_EDIT = (
    "place_found",
    "place_needed",
    "place_reached",
    "child_not_reached",
    "danger_said",
    "danger_told",
    "danger_over",
    "needs_said",
    "ask_alone",
    "doctor_seen",
    "doctor_unseen",
    "is_child",
    "help_goes_on",
    "help_over",
    "region_changed",
    "facts_changed",
)


def ends(*statements: tuple[str, list[object]]) -> None:
    """One transaction with these statements, to its end: a savepoint, and what is asked at a commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, values in statements:
            cursor.execute(statement, values)
        connection.check_constraints()


def is_refused(*statements: tuple[str, list[object]]) -> None:
    tried()
    with pytest.raises(DatabaseError, match="not written down"):
        ends(*statements)


def test_a_request_taken_back_without_a_row_is_not_taken_back(small_world: World) -> None:
    referral = waiting(small_world)
    recall = RECALLS, [referral.pk, referral.version]
    others: list[tuple[str, list[object]]] = [
        (WRITES, ["referral.view", "referral", referral.pk, None]),
        (WRITES, ["referral.accept", "referral", referral.pk, None]),
        (WRITES, ["referral.recall", "referral", None, None]),
        (WRITES, ["case.close", "case", None, None]),
    ]
    with small_world.as_("caseworker-cso") as zarina:
        ends(*others)
        is_refused(recall)
        for other in others:
            is_refused(recall, other)
        with god():
            assert Referral.objects.get(pk=referral.pk).state_code == "sent"
            assert not ReferralStep.objects.filter(referral=referral, step_code="recall").exists()
        ends(recall, (WRITES, ["referral.recall", "referral", referral.pk, None]))
    with god():
        assert Referral.objects.get(pk=referral.pk).state_code == "ended"
        row = Ledger.objects.get(action_code="referral.recall", object_id=referral.pk)
        assert row.membership_id == zarina.membership_id, "and says who it was"


def test_a_step_of_a_case_without_a_row_is_not_taken(small_world: World) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        with god():
            Case.objects.filter(pk=case.pk).update(is_child=True)
        taken = DECIDES, [case.pk, case.version]
        is_refused(taken)
        is_refused(taken, (WRITES, ["case.view", "case", case.pk, case.pk]))
        ends(taken, (WRITES, ["case.tell_child_protection", "case", case.pk, case.pk]))
    with god():
        assert CaseStep.objects.filter(case=case, step_code="tell_child_protection").count() == 1


def test_every_step_that_can_be_taken_has_its_act() -> None:
    """What the wall looks for is a row that an action of ours writes."""
    of_case = {"decide": "screening.decide", "admit": "team.admit", "leave": "team.leave", "release": "team.remove"}
    of_case["child_not_told"] = "case.tell_child_protection"
    of_case |= dict.fromkeys(STEPS_OF_EDIT, "case.edit")
    of_referral = {"meet": "expect"}
    named = {f"referral.{of_referral.get(row.name, row.name)}" for row in REFERRAL.steps if not row.later}
    named |= {of_case.get(row.name, f"case.{row.name}") for row in CASE.steps if not row.later}
    assert named <= {*PERMISSIONS, "case.serve"}, "a case that begins with an arrival is of the act referral.serve"
