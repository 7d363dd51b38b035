"""What was added after sending lay there unread until help ended: the sender reads it."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("opens", [False, True])
def test_what_was_added_and_never_opened_is_said_once_help_has_ended(house: Senders, *, opens: bool) -> None:
    """Red before: the sender took it for read."""
    case = house.case()
    house.agreed(case)
    house.accepted(sent := house.sent(case), part="now")
    reads = f"{at(sent)}?open=packet"
    assert house.browser("shelter-worker").get(reads).status_code == 200
    pass_time(minutes=1)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=sent.pk)
        send.add(zarina, mine, version=mine.version, sections=["needs"])
    pass_time(minutes=1)
    if opens:
        assert house.browser("shelter-worker").get(reads).status_code == 200
    assert "opened what was added" not in page_text(house.browser().get(at(sent))), "help has not ended"
    house.finished(sent)
    assert ("Nobody there opened what was added (" in page_text(house.browser().get(at(sent)))) is not opens
