"""They said no by telephone while a colleague told the person to come: the refusal says so (ADR 180)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text, records
from tests.web.test_agreed_by_telephone import OPEN, agreed
from tests.web.test_place_found import NEEDED, until
from tests.web.test_taken_back import HELPER, LEAD, TITLE, presses, steps, today
from tests.web.test_taken_back_by_telephone import HERS, says
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

NO = "they said no by telephone today "
TELL = "If you told the person to come, tell them not to go, then say so on Today."


def presses_told(house: Senders, sent: Referral, form: dict[str, str]) -> str:
    form = {**form, "answer": "told", "operation": str(uuid4())}
    said = page_text(house.browser().post(at(sent, "tell_person"), form, follow=True))
    pass_time(minutes=1)
    return said


@pytest.mark.parametrize("who", ["supervisor-cso", HERS])
def test_whoever_told_the_person_reads_that_they_said_no_since(house: Senders, who: str) -> None:
    """Red before: 'Not now. It is now "Waiting for an answer". Nothing was changed.'"""
    until(20)
    _case, sent = agreed(house)
    form = form_of(house.browser().get(at(sent) + OPEN).content.decode(), at(sent, "tell_person"))[1]
    says(house, sent, "said_no", who)
    said = presses_told(house, sent, form)
    assert NO in said
    assert TELL in said
    assert "It is now" not in said
    assert steps(sent, "tell_person") == []
    assert TITLE in today(house), "there it is said that they know"
    presses(house, sent, "warn_person", "warned", who=LEAD)
    assert TITLE not in today(house)


def test_whoever_told_the_person_reads_that_somebody_elses_no_has_ended_it_since(house: Senders) -> None:
    """Red before: 'It is now "Ended by the person"', and that they had been told was lost without a word."""
    until(18)
    records(house)
    case = house.case(NEEDED)
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent, {"hour": "", "place": "canary-station", "ask_for": ""}, part="now")
    pass_time(minutes=1)
    form = form_of(house.browser().get(at(sent) + OPEN).content.decode(), at(sent, "tell_person"))[1]
    with house.as_(HELPER) as parvina:
        send.withdraw(parvina, Referral.objects.get(pk=sent.pk), how_said="through_other")
    pass_time(minutes=1)
    said = presses_told(house, sent, form)
    assert (
        "it was ended by a no that is not certain to be the person's. If you told the person to come, they may" in said
    )
    assert ("Ended by the person" in said, steps(sent, "tell_person")) == (False, [])
