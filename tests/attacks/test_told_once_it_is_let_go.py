"""Somebody of the receiving side holds the request while the person agrees again: the yes stands at once.

What the summary did not say meanwhile is told with the next change of the case, whatever that changes (ADR 156).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hamkori.access import context
from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.models import ReferralCard
from tests.attacks.holding import held
from tests.casework.racing import LEAD, WORKER, House
from tests.cast import pass_time
from tests.database import god

pytestmark = pytest.mark.django_db(transaction=True)


def edited(house: House, case: Case, **codes: Any) -> None:
    def edit(actor: Actor) -> None:
        mine = Case.objects.get(pk=case.pk)
        cases.edit(actor, mine, version=mine.version, codes=codes)

    house.as_(LEAD, edit)


def agreed_again(house: House, case: Case) -> None:
    with god():
        until = timezone.localdate(context.now()) + timedelta(days=60)
    answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
    asking = consent.Asking(language="tg", how_given="spoken", until_on=until)

    def record(actor: Actor) -> None:
        consent.record(actor, Case.objects.get(pk=case.pk), answers=answers, asking=asking)

    house.as_(LEAD, record)


def test_a_correction_that_was_held_is_made_with_the_next_change(house: House) -> None:
    case, referral = house.accepted()

    def children() -> str:
        with god():
            return str(ReferralCard.objects.get(pk=referral.pk).children_code)

    pass_time(days=61)
    edited(house, case, children_code="2")
    with held(house, referral, WORKER, "select referral_lock(%(referral)s)"):
        agreed_again(house, case)
        assert children() == "not_asked"
    edited(house, case, next_step_code="meet")
    assert children() == "2"
