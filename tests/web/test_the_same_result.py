"""A disputed result that is given once more is no correction: both sides read that it is kept."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions import confirm
from tests.web.senders import Senders, page_text, state, version
from tests.web.test_received import look, press, record, taken

pytestmark = pytest.mark.django_db


def test_the_same_result_once_more_is_no_correction(house: Senders) -> None:
    """Red before: after a dispute the same answer was "Result corrected" to both sides."""
    referral = taken(house)
    press(house, referral, "serve")
    press(house, referral, "finish", result="given", sleeps="no")
    with house.as_() as zarina:
        confirm.dispute(zarina, record(referral), version=version(referral), reason="only_part")
    text = page_text(look(house, referral))
    assert "Correct the result, or keep it" in text
    assert "you keep it: no reason is needed" in text
    assert "we keep it" not in text, "it is said by the same result alone"
    other = press(house, referral, "amend", result="partly", reason="stands")
    assert other.status_code == 400
    assert press(house, referral, "amend", result="given", reason="").status_code == 303
    assert (state(referral), record(referral).reason_code) == ("finished", "stands")
    text = page_text(look(house, referral))
    assert "Your organisation keeps the result" in text
    sent = page_text(house.browser().get(f"/referrals/{referral.code}/"))
    assert "They keep their result." in sent
    assert "They keep their result" in sent.partition("What happened")[2]
    for said in (text, sent):
        assert "corrected" not in said
