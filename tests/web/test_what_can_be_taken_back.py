"""What can be taken back is found from the case, in one order, and only what is ticked is coloured."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.cast import pass_time
from tests.house.tree import ROOT
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db


def address(case: object) -> str:
    return f"/cases/{case.code}/consent/withdraw/"  # type: ignore[attr-defined]


def test_what_has_run_out_can_be_taken_back_from_the_head_of_the_case(house: Senders) -> None:
    """Red before: the link was gone with the consent, and what had been shared lay where it went."""
    case = house.case()
    there = f'href="{address(case)}"'
    assert there not in house.browser().get(f"/cases/{case.code}/").content.decode()
    house.agreed(case)
    pass_time(days=61)
    shown = house.browser().get(f"/cases/{case.code}/")
    assert "Ended: shelter." in page_text(shown)
    assert shown.content.decode().count(there) == 2, "on the phone and on the desk"
    assert "There is nothing to withdraw." not in page_text(house.browser().get(address(case)))


def test_everything_then_one_organisation_then_one_kind_of_help_stand_before_the_buttons(house: Senders) -> None:
    """Red before: one organisation stood below the buttons, and the name behind "such as the telephone"."""
    case = house.case()
    house.agreed(case, sections={"contact", "needs", "identity"})
    house.accepted(house.sent(case, sections=["contact", "needs"]))
    shown = page_text(house.browser().get(address(case)))
    order = [
        "What is withdrawn",
        "Everything, to everybody",
        "Or only one organisation",
        "Or only one kind of help, or a part",
        "Only a part, such as the name or the telephone",
        "How did the person tell you?",
    ]
    places = [shown.index(one) for one in order]
    assert places == sorted(places)


def test_the_name_alone_says_that_it_was_read(house: Senders) -> None:
    """It stands in the part that says how the person is reached. Red before: its row said only that help goes on."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    said = "Shelter Kulob has already opened the part that holds the name: How to reach the person safely"
    assert said not in page_text(house.browser().get(address(case)))
    house.browser("shelter-worker").get(f"/referrals/{referral.code}/?open=packet")
    shown = page_text(house.browser().get(address(case)))
    assert said in shown
    form = {"operation": str(uuid4()), "took": ["shelter_social:help:identity"], "how_said": "in_person"}
    after = page_text(house.browser().get(house.browser().post(address(case), form)["Location"]))
    assert "Shelter Kulob opened the part that holds your name (today" in after


def test_of_a_part_that_is_ticked_its_own_row_is_coloured() -> None:
    css = (ROOT / "src/hamkori/web/kit/css/asking.css").read_text()
    coloured = re.search(r"^(.+) \{ background: var\(--brand-tint\); \}$", css[css.index(".took > li + li") :], re.M)
    assert coloured is not None
    assert "li:has(:checked)" not in coloured[1], "red before: a tick inside coloured the whole card"
