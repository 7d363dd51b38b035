"""Of what is late the coordinator calls first about help that comes too late a day later, and reads why."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F

from hamkori.casework.referral.models import ReferralClock
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
PAGE = "/coordination/late/"


def test_a_place_to_sleep_is_called_about_before_a_question_that_is_older_and_says_why(house: Senders) -> None:
    """Red before: what was due earlier stood above it, and nothing but the time told them apart."""
    older, bed = house.case(), house.case()
    house.agreed(older, kind="legal")
    house.agreed(bed)
    sent = [house.sent(older, urgency="normal", service="LEGAL-01", sections=[])]
    sent.append(house.sent(bed, urgency="normal"))
    with god():  # at whatever hour of whichever day it is sent
        ReferralClock.objects.filter(referral=sent[0].pk).update(due_at=F("due_at") - timedelta(hours=1))
    pass_time(days=6)
    coordinator = house.browser("coordinator")
    for page in (PAGE, "/"):
        text = page_text(coordinator.get(page))
        places = [text.index(f"{one.code[:4]} {one.code[4:]}") for one in reversed(sent)]
        assert places == sorted(places), page
        assert "elp of this kind comes first" in text, page
    late = coordinator.post(
        f"/coordination/{sent[0].code}/call/", {"operation": str(uuid4()), "answer": "said_no"}, follow=True
    )
    assert "said no by telephone. The sender reads it, and asks elsewhere." in page_text(late)
    assert "The coordinator called today" in page_text(house.browser().get(f"/referrals/{sent[0].code}/"))
