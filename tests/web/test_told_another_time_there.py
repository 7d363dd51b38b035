"""The desk agrees another day than the person was told: whoever waits reads that they may come earlier (ADR 251)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori import definer
from hamkori.access.context import now
from hamkori.casework.referral.models import Referral
from tests.cast import PEOPLE, pass_time
from tests.database import god
from tests.web.senders import Senders
from tests.web.test_accepted_tonight import yes
from tests.web.test_agreed_by_telephone import agreed
from tests.web.test_heard_through_somebody import takes_back
from tests.web.test_place_found import BOTH, today, until
from tests.web.test_taken_back import DESK, HELPER, page
from tests.web.test_told_and_cancelled import told

pytestmark = pytest.mark.django_db

BE_THERE = "be there then too, unless the sender says that they know"
EARLIER = "told an earlier time ("
TO_COME, BEFORE = "The person was told to come (", "The person was told before that was agreed ("


def tomorrow(house: Senders, sent: Referral) -> None:
    """The desk has opened the sender's line, and accepts for tomorrow morning."""
    desk = house.browser(DESK)
    desk.get(f"/referrals/{sent.code}/?open=meeting")
    with god():
        day = timezone.localdate(now()) + timedelta(days=1)
    answer = desk.post(f"/referrals/{sent.code}/accept/", yes(house, sent, when=f"{day.isoformat()}.morning"))
    assert answer.status_code == 303
    pass_time(minutes=1)


def test_who_waits_reads_that_the_person_may_come_earlier(house: Senders) -> None:
    """Red before: the receiver read "tomorrow, morning", and of the earlier hour nothing."""
    until(16)
    _case, sent = agreed(house)
    told(house, sent)
    tomorrow(house, sent)
    for who in (HELPER, DESK):
        assert EARLIER in page(house, sent, who), who
        assert BE_THERE in page(house, sent, who), who
    assert BE_THERE in today(house, HELPER)
    for who in BOTH:
        assert BE_THERE not in today(house, who), who
        with house.as_(who):
            assert definer.value("referral_told_before", sent.pk) is None, who
    told(house, sent)
    for shown in (page(house, sent, HELPER), page(house, sent, DESK), today(house, HELPER)):
        assert EARLIER not in shown, "they know tomorrow"


@pytest.mark.parametrize("answer", ["not_told", None])
def test_who_was_not_told_is_not_said_to_be(house: Senders, answer: str | None) -> None:
    until(16)
    _case, sent = agreed(house)
    if answer is not None:
        told(house, sent)
        told(house, sent, answer)
    tomorrow(house, sent)
    for shown in (page(house, sent, HELPER), today(house, HELPER)):
        assert EARLIER not in shown


def test_after_a_no_of_somebody_else_the_sender_reads_that_it_was_an_earlier_time(house: Senders) -> None:
    """Red before: "had agreed: tomorrow, morning. The person was told to come": they were told tonight."""
    until(16)
    case, sent = agreed(house)
    told(house, sent)
    tomorrow(house, sent)
    takes_back(house, case, "by_message")
    for who in BOTH:
        for shown in (today(house, who), page(house, sent, who)):
            assert BEFORE in shown, who
            assert TO_COME not in shown, who
            assert "ask them first, before anybody is called off" in shown, who


def test_nobody_else_is_told(house: Senders) -> None:
    """Asked by everybody's own SQL: whoever waits there, and nobody else."""
    until(16)
    _case, sent = agreed(house)
    told(house, sent)
    tomorrow(house, sent)
    for who in PEOPLE:
        with house.as_(who):
            reads = definer.value("referral_told_before", sent.pk) is not None
        assert reads is (who in (HELPER, DESK)), who
