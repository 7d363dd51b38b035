"""After a no to everything no page pushes what was refused; while emergency care is awaited its number stands there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, version
from tests.web.test_here_now import ASK_ONLY, came
from tests.web.test_place_found import take_back_all
from tests.web.test_said_no_to_all import declined
from tests.web.test_still_needed import offered
from tests.web.test_withdrawing import take_back

pytestmark = pytest.mark.django_db

FITS = "Planned before the person said no to everything. Does it still fit?"


def test_what_was_refused_is_not_pushed_and_the_plan_is_asked_about_until_it_is_written(house: Senders) -> None:
    """Red before: "Still without: a shelter. Decide what comes next." and the planned call as if nothing was said."""
    with god():
        on = timezone.localdate(now()) + timedelta(days=2)
    case = house.case({"next_step_code": "meet", "next_step_on": on, "need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    declined(house, case)
    at = f"/cases/{case.code}/"
    before = page_text(house.browser().get(at))
    assert ("Still without: " in before, FITS in before) == (True, False)
    pass_time(minutes=1)
    take_back(house, case)
    pass_time(minutes=1)
    page = page_text(house.browser().get(at))
    assert "Still without: " not in page
    assert "Decide what comes next" not in page
    assert page.count(FITS) == 1
    assert FITS not in page_text(house.browser("supervisor-cso").get(at)), "the team answers it"
    with god():
        Case.objects.filter(pk=case.pk).update(edited_at=now())
    assert FITS not in page_text(house.browser().get(at)), "once it was written anew nobody asks"


def test_whoever_helps_reads_first_that_they_ask_in_person_alone(house: Senders) -> None:
    """Red before: a filled "Refer" and "Not asked" stood above it."""
    referral, own = came(house)
    pass_time(minutes=1)
    with god():
        sent = ReferralOrigin.objects.get(referral=referral).case
    take_back_all(house, sent)
    shown = house.browser("shelter-worker").get(f"/cases/{own.code}/")
    page = page_text(shown)
    assert page.count(ASK_ONLY) == 1
    assert page.index(ASK_ONLY) < page.index("What is next")
    assert "Ask only in person, when you meet." in page.partition("What may be shared with whom")[2][:200]
    strip = shown.content.decode().partition(ASK_ONLY[:20])[0]
    assert 'class="btn"' not in strip.partition("<main")[2], "nothing above it is filled"


def test_while_emergency_care_is_awaited_the_number_of_the_ambulance_stands_there(house: Senders) -> None:
    """Red before: one page before, and then only until when they answer."""
    case = house.case()
    house.agreed(case)
    house.agreed(case, kind="health", sections={"contact"})
    offered(house, "HEALTH-01")
    with god():
        house.world.services["HEALTH-01"] = Service.objects.get(service_code="HEALTH-01").pk
    referral = house.sent(case)
    line = "If it cannot wait, call an ambulance: "
    at = f"/referrals/{referral.code}/"
    assert line not in page_text(house.browser().get(at)), "of another kind of help"
    urgent = house.sent(case, service="HEALTH-01")
    assert line in page_text(house.browser().get(f"/referrals/{urgent.code}/"))
    with house.as_() as zarina:
        send.recall(zarina, Referral.objects.get(pk=urgent.pk), version=version(urgent), reason="mistake")
    assert line not in page_text(house.browser().get(f"/referrals/{urgent.code}/")), "nobody is waited for any more"
