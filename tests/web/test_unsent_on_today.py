"""A referral that was written and not sent is a row of Today: nobody there knows of it."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_red_alike import counted

pytestmark = pytest.mark.django_db
UNSENT = "Not sent yet: Information on rights and procedure &nbsp;"


def test_who_wrote_a_referral_and_did_not_send_it_reads_so_until_it_is_sent(house: Senders) -> None:
    """Red before: the draft stood on its case alone, and whoever had written it took it for sent."""
    house.agreed(case := house.case(), "legal")
    draft = house.draft(case, "normal", "LEGAL-01")
    pass_time(minutes=1)
    zarina = house.browser()
    today = zarina.get("/")
    assert page_text(today).count(UNSENT) == 1
    assert f'href="/referrals/{draft.code}/edit/">Go on writing' in today.content.decode(), "red before: its page"
    assert "Continue, and send" in page_text(zarina.get(f"/referrals/{draft.code}/"))
    assert draft.code in {row.referral for row in counted(house, "caseworker-cso").rows}
    for who in ("supervisor-cso", "lawyer", "stranger", "coordinator"):
        assert UNSENT not in page_text(house.browser(who).get("/")), who
    with house.as_() as lead:
        send.send(lead, Referral.objects.get(pk=draft.pk), version=draft.version)
    assert UNSENT not in page_text(zarina.get("/"))


def test_what_was_thrown_away_is_no_row(house: Senders) -> None:
    house.agreed(case := house.case(), "legal")
    draft = house.draft(case, "normal", "LEGAL-01")
    with house.as_() as lead:
        send.discard(lead, Referral.objects.get(pk=draft.pk), version=draft.version)
    assert UNSENT not in page_text(house.browser().get("/"))
