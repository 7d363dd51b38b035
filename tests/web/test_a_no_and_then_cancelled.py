"""Who said no by telephone, and was cancelled: the reason is known, and the no is not forgotten (ADR 0166)."""

from __future__ import annotations

import re

import pytest
from django.contrib.messages import get_messages

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text, state, version
from tests.web.test_said_on_the_telephone import press
from tests.web.test_two_are_asked import reads, two

pytestmark = pytest.mark.django_db
NO = r"Shelter Kulob[^;]*, said no by telephone (today|yesterday) \d\d:\d\d"


def test_why_it_is_cancelled_is_known_and_one_press_does_it(house: Senders) -> None:
    """Red before: the page asked why once more, and no answer of it was "they said no"."""
    _case, first, _second = two(house)
    zarina, at = house.browser(), f"/referrals/{first.code}/recall/"
    assert fields(zarina.get(at))["reason"] == [], "nobody called yet"
    press(zarina, f"/referrals/{first.code}/call/", "said_no")
    form = fields(zarina.get(at))
    assert form["reason"] in ("they_said_no", ["they_said_no"])
    went = zarina.post(at, form)
    said = " ".join(str(one) for one in get_messages(went.wsgi_request))
    assert said.startswith("Cancelled. They read only that it ended.")
    assert len(said) <= 110, "three lines of a telephone"
    assert state(first) == "recalled"


def test_the_page_of_another_one_names_the_no_and_does_not_lead_back_there(house: Senders) -> None:
    """Red before: the button "Ask another organisation", where only the shelter was left that had said no."""
    _case, first, second = two(house)
    zarina = house.browser()
    press(zarina, f"/referrals/{first.code}/call/", "said_no")
    zarina.post(at := f"/referrals/{first.code}/recall/", fields(zarina.get(at)))
    pass_time(minutes=1)
    with house.as_("lawyer") as desk:
        receive.decline(desk, Referral.objects.get(pk=second.pk), version=version(second), reason="full")
    pass_time(minutes=1)
    text = reads(zarina, second)
    assert re.search(NO, text), text
    assert "Nobody else is listed: call the coordinator" in text
    assert f'href="/referrals/{second.code}/again/"' not in zarina.get(f"/referrals/{second.code}/").content.decode()
    pass_time(hours=5)
    assert f'href="/referrals/{second.code}/again/' in zarina.get(f"/referrals/{second.code}/").content.decode()
    assert "said no by telephone" in page_text(zarina.get(f"/referrals/{second.code}/again/"))
