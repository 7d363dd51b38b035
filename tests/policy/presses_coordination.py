"""The coordinator's buttons (presses.py)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import CaseStep
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import ReferralClock
from hamkori.people.models import OrganisationPhone
from tests.database import god
from tests.policy.pressing import LEAD, House, Ready


def coordination_phone(house: House) -> Ready:
    with transaction.atomic(), god():  # each turn there is none yet
        OrganisationPhone.objects.all().delete()
    page = "/coordination/shelter-kulob/phone/"
    return Ready("coordinator", page, {"phone": "+992 00 01"}, {"phone": "+992 00 02"})


def coordination_call(house: House) -> Ready:
    referral = house.waiting()
    with transaction.atomic(), god():
        ReferralClock.objects.filter(referral=referral).update(due_at=timezone.now() - timedelta(days=1))
    return Ready(
        "coordinator", f"/coordination/{referral.code}/call/", {"answer": "reached"}, {"answer": "not_reached"}
    )


def coordination_called(house: House) -> Ready:
    referral = house.step(LEAD, confirm.dispute, house.ended(), reason="not_received")
    with transaction.atomic(), god():
        ReferralClock.objects.filter(referral=referral, clock_code="dispute").update(
            due_at=timezone.now() - timedelta(days=1)
        )
    return Ready("coordinator", "/coordination/shelter-kulob/called/", {"answer": "reached"}, {"answer": "not_reached"})


def coordination_child(house: House) -> Ready:
    case = house.opened(age_band_code="child_age_unknown")
    house.do(LEAD, cases.child_not_reached, case, version=case.version, reason="coordinator")
    with transaction.atomic(), god():
        told = CaseStep.objects.get(case=case, step_code="child_not_reached").pk
    return Ready("coordinator", f"/coordination/child/{told}/called/", {"answer": "knows"}, {"answer": "they_tell"})
