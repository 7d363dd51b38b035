"""A referral that was written and not sent stands among what is next in its case."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
ROW = "Not sent yet: NGO shelter or crisis room"


def test_a_draft_is_a_row_of_what_is_next_until_it_is_sent(house: Senders) -> None:
    """Red before: it stood among the referrals alone, with a grey word."""
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    here = f"/cases/{case.code}/"
    page = house.browser().get(here)
    assert ROW in page_text(page).partition("What is next")[2]
    assert f'href="/referrals/{draft.code}/edit/">Go on writing' in page.content.decode(), "red before: its page"
    assert ROW not in page_text(house.browser("supervisor-cso").get(here)), "who works on the case sends it"
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=draft.pk)
        send.send(zarina, mine, version=mine.version)
    pass_time(minutes=1)
    assert ROW not in page_text(house.browser().get(here))
