"""A coordinator puts a call back after the desk or the sender said something else: she reads what, and whom to call."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from hamkori.access.context import now
from hamkori.casework.consent.models import ConsentRow
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, version
from tests.web.test_call_put_back import late, press
from tests.web.test_said_in_an_older_window import expected
from tests.web.test_said_on_the_telephone import press as press_at

pytestmark = pytest.mark.django_db


def test_the_desk_accepted_after_its_own_no(house: Senders) -> None:
    """Red before: "There is nothing here"."""
    sent = late(house)
    press(house, sent, "said_no")
    house.accepted(sent)
    said = page_text(house.browser("coordinator").get("/"))
    assert "Nothing was put back" not in said
    said = press(house, sent, "put_back")
    assert "There is nothing here" not in said
    assert re.search(r"Nothing was put back at .*: .* accepted in Hamkori today \d\d:\d\d\.", said)
    assert "That counts now, not your call; your call stays in the history." in said
    assert "If your call was a mistake, call and say so: " in said


def test_the_sender_said_that_the_person_came(house: Senders) -> None:
    """Red before: where the person has to be asked again her row goes with the word of the sender, and an old Undo of
    hers read "There is nothing here".
    """
    sent, call = expected(house)
    farida = house.browser("coordinator")
    press_at(farida, call, "with_them")
    pass_time(minutes=1)
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="came")
    with god():
        ConsentRow.objects.filter(until__isnull=False).update(until=now() - timedelta(minutes=1))
    pass_time(minutes=1)
    assert "The person is with them" not in page_text(farida.get("/")), "her row has gone"
    said = press(house, sent, "put_back")
    assert re.search(r"Nothing was put back at .*: the sender said today \d\d:\d\d that the person came\.", said), said
    assert "Your call is shown beside it, and the sender reads it. If your call was a mistake, call and say so" in said
    assert "call and say so: Cso Kulob" in said, "whom to call; no number of it is recorded here"
