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
from tests.web.forms_of import press
from tests.web.senders import Senders, page_text
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
STILL = "Your own case still says that a doctor is needed, and nobody is asked."


@pytest.mark.parametrize("how", ["asked", "not needed", "a week"])
def test_the_sender_is_asked_about_a_doctor_until_that_is_settled_here(house: Senders, how: str) -> None:
    """Red before: that the sender is asked was said weeks into the stay."""
    case = house.case({"doctor_code": "yes"})
    house.agreed(case)
    house.accepted(referral := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    worker, asks, at = (
        house.browser("shelter-worker"),
        "The sender knows whether one is asked. Speak with the sender before you ask the person.",
        f"/referrals/{referral.code}/",
    )
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


def _received(house: Senders) -> tuple[Referral, Case, Case]:
    """Somebody who needs a doctor is at the shelter: the referral, the sender's case and that of the shelter."""
    case = house.case({"doctor_code": "yes"})
    house.agreed(case)
    house.agreed(case, kind="health")
    house.accepted(referral := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    with god():
        own = Case.objects.filter(from_referral=True).latest("begun_at")
    return referral, case, own


def test_the_shelter_is_led_to_the_sender_before_the_person(house: Senders) -> None:
    """Red before: the person had said no to doctors, and on the same day the shelter read "Ask the person"."""
    referral, _case, own = _received(house)
    worker, way = house.browser("shelter-worker"), f'href="/cases/{own.code}/consent/?then=doctor'
    home = worker.get("/")
    assert "speak with the sender before you ask the person" in page_text(home)
    assert f'href="/cases/{own.code}/#doctor"' in home.content.decode()
    here = worker.get(f"/cases/{own.code}/")
    assert "Speak with the sender before you ask the person." in page_text(here)
    row = here.content.decode().partition('id="doctor"')[2].partition("</section>")[0]
    assert f'href="/referrals/{referral.code}/"' in row
    assert way not in home.content.decode() + here.content.decode()
    pass_time(days=8)
    home, here = worker.get("/"), worker.get(f"/cases/{own.code}/")
    assert "before you ask the person" not in page_text(home) + page_text(here), "the own case says what is needed"
    assert way in home.content.decode()
    assert way in here.content.decode()


def test_who_withdraws_from_doctors_hears_who_goes_on_reading_of_it(house: Senders) -> None:
    """Red before: "Tell the person" was silent; the shelter's summary says "Needs a doctor", and it asks about one."""
    _referral, case, _own = _received(house)
    page = f"/cases/{case.code}/consent/withdraw/"
    answer = press(house.browser(), page, took="health:help", how_said="in_person")
    said = "Shelter Kulob still reads that you need a doctor, and may speak of it. You can say no there too."
    assert said in page_text(house.browser().get(answer["Location"]))


def test_who_withdraws_from_lawyers_hears_nothing_of_a_doctor(house: Senders) -> None:
    _referral, case, _own = _received(house)
    house.agreed(case, kind="legal", sections={"contact"})
    page = f"/cases/{case.code}/consent/withdraw/"
    answer = press(house.browser(), page, took="legal:help", how_said="in_person")
    assert "still reads that you need a doctor" not in page_text(house.browser().get(answer["Location"]))
