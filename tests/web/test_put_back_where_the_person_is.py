"""That the person is with them, which the coordinator puts back as a slip, was read: the sender hears of it."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text, version
from tests.web.test_said_in_an_older_window import expected
from tests.web.test_said_on_the_telephone import press

pytestmark = pytest.mark.django_db

HERS = "coordinator"
PUT_BACK = (
    r"[Tt]he coordinator put back today \d\d:\d\d what they had recorded of where the person is: it was a mistake"
)


def head_and_past(house: Senders, sent: Referral, who: str = "caseworker-cso") -> tuple[str, str]:
    head, _, past = page_text(house.browser(who).get(f"/referrals/{sent.code}/")).partition("What happened")
    return head, past


@pytest.mark.parametrize("told", ["with_them", "not_with_them"])
def test_the_sender_reads_that_it_was_a_slip(house: Senders, told: str) -> None:
    """Red before: the call was gone from every page, also where the sender had said "came" because of it."""
    sent, call = expected(house)
    farida = house.browser(HERS)
    press(farida, call, told)
    pass_time(minutes=1)
    with house.as_() as lead:
        said = "came" if told == "with_them" else "did_not_come"
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard=said)
    pass_time(minutes=1)
    press(farida, call, "put_back")
    pass_time(minutes=1)
    for who in ("caseworker-cso", "supervisor-cso"):
        head, past = head_and_past(house, sent, who)
        assert re.search(PUT_BACK, head), who
        assert "Put back: that call counts no more" in past, who
        assert past.count("is with them") + past.count("is not with them") == 2, "what was said stands there too"
    assert not re.search(PUT_BACK, page_text(house.browser("desk-shelter").get(f"/referrals/{sent.code}/")))


def test_what_is_said_since_takes_its_place(house: Senders) -> None:
    sent, call = expected(house)
    farida = house.browser(HERS)
    press(farida, call, "with_them")
    press(farida, call, "put_back")
    pass_time(minutes=1)
    assert re.search(PUT_BACK, head_and_past(house, sent)[0])
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="came")
    pass_time(minutes=1)
    assert not re.search(PUT_BACK, head_and_past(house, sent)[0]), "the sender has said it anew"
