"""A draft is open in two windows: what the person wants known, written in one, is not lost by a press in the other."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions.disclosure import open_agreed_text
from hamkori.casework.referral.models import Referral
from tests import doors
from tests.database import god
from tests.web import test_short_way as way
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
WORDS = "Canary-Asthma"


def test_the_words_of_the_other_window_stand_in_the_form_that_is_pressed_again(
    house: Senders, zarina: doors.DoorClient
) -> None:
    """Red before: the form came back empty, and the second press sent the referral without the person's words."""
    at = way.to_check(zarina)
    older = fields(zarina.get(at), at)
    way.goes(way.press(zarina, at, do="keep", agreed_text=WORDS))
    again = zarina.post(at, {**older, "do": "send", "agreed_text": ""})
    assert again.status_code == 409
    assert WORDS in again.content.decode()
    sent = way.goes(zarina.post(at, {**fields(again, at), "do": "send"}))
    assert "What comes next" in page_text(zarina.get(sent))
    with god():
        referral = Referral.objects.get()
    assert referral.state_code == "sent"
    with house.as_() as actor:
        assert open_agreed_text(actor, way.case_of(at), referral=referral.pk) == WORDS
