"""A desk that said yes by telephone alone waits, too: it reads first that nobody comes (ADR 191)."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text
from tests.web.test_a_child_was_asked_as_an_adult import corrected
from tests.web.test_agreed_by_telephone import agreed
from tests.web.test_heard_through_somebody import takes_back
from tests.web.test_place_found import today, until
from tests.web.test_rows_of_the_other_side import called, referred
from tests.web.test_told_and_cancelled import cancels

pytestmark = pytest.mark.django_db
DESK = "desk-shelter"
WAIT = "Do not wait for the person"


def reads(house: Senders, sent: Referral) -> tuple[bool, bool]:
    """Whether its Today says so, and its page, which is opened after that."""
    return WAIT in today(house, DESK), WAIT in page_text(house.browser(DESK).get(at(sent)))


@pytest.mark.parametrize("how", ["in_person", "by_phone", "cancelled"])
def test_who_promised_a_bed_by_telephone_does_not_wait(house: Senders, how: str) -> None:
    """Red before: "Ended: …" among what arrived, with hour and meeting point written for tonight."""
    until(20)
    case, sent = agreed(house)
    assert "You said yes by telephone" in today(house, DESK)
    if how == "cancelled":
        cancels(house, sent)
    else:
        takes_back(house, case, how)
    pass_time(minutes=1)
    assert reads(house, sent) == (True, True)
    page = page_text(house.browser(DESK).get(at(sent)))
    assert "referral desk" in page.partition(WAIT)[2], "whom they may ask"
    assert reads(house, sent) == (False, True), "until it was read"


def test_who_said_no_or_nothing_waits_for_nobody(house: Senders) -> None:
    until(20)
    no, nothing = referred(house), referred(house)
    called(house, no, "said_yes")
    pass_time(minutes=1)
    called(house, no, "said_no")
    pass_time(minutes=1)
    for sent in (no, nothing):
        cancels(house, sent)
        assert reads(house, sent) == (False, False)


def test_something_for_a_child_is_not_asked_for_who_is_none(house: Senders) -> None:
    """Red before: "something for a child" of a woman whose age was put right."""
    needed = "something for a child"
    case = house.case({"need_tonight_codes": ["child_things", "documents"], "age_band_code": "a9_17"})
    corrected(house, case, "a18_29")
    pass_time(minutes=1)
    home = today(house)
    assert "documents" in home
    assert needed not in home
    assert needed not in page_text(house.browser().get(f"/cases/{case.code}/")).partition("What happened")[0]
    mother = house.case({"need_tonight_codes": ["child_things"], "children_code": "1", "age_band_code": "a18_29"})
    assert needed in page_text(house.browser().get(f"/cases/{mother.code}/"))
