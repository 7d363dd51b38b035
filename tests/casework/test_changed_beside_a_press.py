"""An age that is put right beside a press on the summary: the press is first, or says that the summary has changed.

The second acts while the first is done and not yet committed, each on a connection of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries import as_read
from hamkori.casework.referral.queries.origin import case_of
from hamkori.casework.referral.queries.received import cards_of
from tests.casework.racing import DESK, LEAD, House, committed_house, state
from tests.casework.side_by_side import Deed, beside
from tests.database import god


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """One committed world; each test makes a case of its own in it."""
    with committed_house(django_db_blocker) as made:
        yield made


def press(house: House, referral: Referral, step: str) -> Deed:
    """On the page as it is now."""
    with transaction.atomic(), god():
        row = Referral.objects.get(pk=referral.pk)
        would_say = as_read.of_case(case_of(row), row.service_code)
        read = would_say if step == "send" else as_read.of_card(cards_of([row], {})[row.pk])
    match step:
        case "accept":
            return Deed(DESK, lambda actor: house.accept(actor, row, read))
        case "decline":
            return Deed(DESK, lambda actor: receive.decline(actor, row, version=row.version, reason="full", read=read))
    return Deed(LEAD, lambda actor: send.send(actor, row, version=row.version, read=read))


def put_right(house: House, case: Case) -> Deed:
    known = house.as_(LEAD, lambda _actor: Case.objects.get(pk=case.pk))
    said = {"version": known.version, "age_band": "a30_47", "reason": "papers"}
    return Deed(LEAD, lambda actor: cases.settle_age(actor, known, **said))


@pytest.mark.parametrize("changed_first", [True, False])
@pytest.mark.parametrize("step", ["accept", "decline", "send"])
def test_what_was_read_is_answered_and_sent_or_has_changed(house: House, step: str, changed_first: bool) -> None:
    """Red before: compared when the page was read at the press, an age that was just being put right was not seen."""
    case = house.case()
    house.agreed(case)
    referral = house.draft(case) if step == "send" else house.sent(case)[1]
    was, pressed, changes = state(referral), press(house, referral, step), put_right(house, case)
    if changed_first:
        assert beside(house.world, changes, pressed) == ("done", "summary_same")
        assert state(referral) == was, "nothing was done"
    else:
        assert beside(house.world, pressed, changes) == ("done", "done")
        assert state(referral) != was
