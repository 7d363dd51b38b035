"""A button that says "Read the hour" leads to the hour: open for whoever may open it, and written down once."""

from __future__ import annotations

import re

import pytest

from hamkori.audit.models import Ledger
from hamkori.casework.referral.models import Referral, ReferralOrigin
from tests.database import god
from tests.web.senders import Senders
from tests.web.test_told_person import ABOVE, I_TOLD, accepted

pytestmark = pytest.mark.django_db
HOUR = "Canary-Dusk"


def opened(referral: Referral) -> int:
    with god():
        return Ledger.objects.filter(action_code="meeting.open", decision_code="done", object_id=referral.pk).count()


@pytest.mark.parametrize("at", ["/", "case"])
def test_whoever_has_unlocked_reads_it_after_one_press(house: Senders, at: str) -> None:
    """Red before: a page on which "Open, and tell the person" was pressed once more."""
    referral = accepted(house, {"hour": HOUR})
    zarina = house.browser()
    with god():
        case = ReferralOrigin.objects.get(referral=referral).case
    page = zarina.get(at if at == "/" else f"/cases/{case.code}/").content.decode()
    link = re.search(rf'href="(/referrals/{referral.code}/\?open=hour)#hour"', page)
    assert link is not None
    assert opened(referral) == 0, "nothing is opened by looking at the list"
    shown = zarina.get(link[1]).content.decode()
    assert HOUR in shown
    assert I_TOLD in shown
    assert "Open, and tell the person" not in shown
    assert opened(referral) == 1


def test_who_has_locked_gives_the_passphrase_and_is_there(house: Senders) -> None:
    referral = accepted(house, {"hour": HOUR})
    went = house.browser(vault=False).get(f"/referrals/{referral.code}/?open=hour")
    assert went["Location"] == f"/account/unlock/?next=%2Freferrals%2F{referral.code}%2F%3Fopen%3Dhour%23hour"
    assert opened(referral) == 0


def test_who_may_not_open_it_reads_the_page_and_nothing_is_refused(house: Senders) -> None:
    referral = accepted(house, {"hour": HOUR})
    page = house.browser(ABOVE).get(f"/referrals/{referral.code}/?open=hour")
    assert page.status_code == 200
    assert HOUR not in page.content.decode()
    assert opened(referral) == 0


def test_where_none_is_written_the_page_stands_as_it_is(house: Senders) -> None:
    referral = accepted(house)
    page = house.browser().get(f"/referrals/{referral.code}/?open=hour")
    assert page.status_code == 200
    assert "They wrote no hour and no meeting point." in page.content.decode()
