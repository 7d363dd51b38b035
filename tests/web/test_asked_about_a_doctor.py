"""Whoever received the person reads to ask the sender about a doctor, until that is settled in their own case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
STILL = "Your own case still says that a doctor is needed, and nobody is asked."


@pytest.mark.parametrize("how", ["asked", "not needed", "a week"])
def test_the_sender_is_asked_about_a_doctor_until_that_is_settled_here(house: Senders, how: str) -> None:
    """Red before: "Ask the sender by telephone whether one was asked" weeks into the stay."""
    case = house.case({"doctor_code": "yes"})
    house.agreed(case)
    house.accepted(referral := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    worker, asks, at = house.browser("shelter-worker"), "whether one was asked", f"/referrals/{referral.code}/"
    assert asks in page_text(worker.get(at))
    assert STILL in page_text(worker.get(f"{at}?do=finish")), "red before: where help is ended nothing said it"
    with god():
        own = Case.objects.filter(from_referral=True).latest("begun_at")
    with house.as_("shelter-worker") as parvina:
        if how == "asked":
            until = timezone.localdate(now()) + timedelta(days=60)
            said = consent.Asking(language="tg", how_given="spoken", how_said="in_person", until_on=until)
            yes_to_doctors = consent.Answer("health", "help", "yes", frozenset({"contact", "needs"}))
            consent.record(parvina, own, answers=[yes_to_doctors], asking=said)
            doctor = another(house, service_code="HEALTH-02").pk
            values = {"purpose": "help", "sections": ["contact"], "agreed_text": "", "told_body": True}
            draft = sending.write(parvina.doing(None), own, service=doctor, urgency="urgent", **values)
            sending.send(parvina.doing(None), draft, version=draft.version)
        elif how == "not needed":
            cases.edit(parvina, own, version=own.version, codes={"doctor_code": "no"})
    if how == "a week":
        pass_time(days=8)
    assert asks not in page_text(worker.get(at))
    assert (STILL in page_text(worker.get(f"{at}?do=finish"))) is (how == "a week"), "until it is settled"
