"""Referral desks ask which ages the children are: several are ticked, and its pages say them (ADR 142)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralQuestion
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, at, page_text
from tests.web.senders import press as form

pytestmark = pytest.mark.django_db
UNASKED = re.compile(r"Not asked[^.]{0,80}children who come along", re.IGNORECASE)
BOTH = "0-6 and 14-17 years"


def text(house: Senders, page: str, who: str = "desk-shelter") -> str:
    return page_text(house.browser(who).get(page)).replace("\N{NON-BREAKING HYPHEN}", "-")


def asks(house: Senders, facts: dict[str, Any] | None = None) -> Referral:
    case = house.case(facts)
    house.agreed(case)
    sent = house.sent(case)
    with house.as_("desk-shelter") as gulnora:
        mine = Referral.objects.get(pk=sent.pk)
        receive.ask(gulnora, mine, version=mine.version, question_code="children_ages")
    pass_time(minutes=1)
    return sent


def answers(house: Senders, sent: Referral, *codes: str) -> Any:
    return house.browser().post(at(sent, "answer"), form(sent, answer_code=list(codes)))


def kept() -> str:
    with god():
        return ReferralQuestion.objects.get().answer_code


def test_several_ages_are_ticked_and_the_desk_reads_them(house: Senders) -> None:
    """Red before: one age alone could be chosen, and the summary went on saying that nobody had asked."""
    sent = asks(house)
    page = f"/referrals/{sent.code}/"
    assert UNASKED.search(text(house, page)), "nobody has answered yet"
    assert house.browser().get(at(sent, "answer")).content.decode().count('type="checkbox"') == 5
    assert answers(house, sent, "children_0_6", "children_14_17").status_code == 303
    assert kept() == "children_0_6_and_14_17"
    for who, there in (("desk-shelter", page), ("caseworker-cso", page)):
        said = text(house, there, who)
        assert not UNASKED.search(said), who
        assert f"Children who come along {BOTH}" in said, who
    title = f"A place for a woman, 18-29, with children: {BOTH}"
    for there in (page, "/desk/", "/"):
        assert title in text(house, there), there
    house.accepted(sent)
    for who in ("shelter-worker", "desk-shelter"):
        said = text(house, page, who)
        assert f"Children who come along {BOTH}" in said, who
        assert not UNASKED.search(said), who
    today = text(house, "/", "shelter-worker")
    assert f"18-29, with children: {BOTH}" in today.partition("Expected soon")[2]


def test_of_counted_children_the_ages_stand_beside_their_number(house: Senders) -> None:
    sent = asks(house, {"children_code": "2"})
    answers(house, sent, "children_7_13")
    said = text(house, f"/referrals/{sent.code}/")
    assert "A place for a woman, 18-29, with 2 children: 7-13 years" in said
    assert "Children who come along 2 · 7-13 years" in said


def test_ages_go_with_no_other_answer(house: Senders) -> None:
    sent = asks(house)
    for wrong in (("no_children", "children_0_6"), ("not_known", "children_0_6"), ("one_night",), ()):
        assert answers(house, sent, *wrong).status_code == 200, wrong
    assert "Tick the ages of the children, or one other answer alone." in page_text(
        answers(house, sent, "no_children", "children_0_6")
    )
    assert kept() == ""
    assert answers(house, sent, "no_children").status_code == 303
    said = text(house, f"/referrals/{sent.code}/")
    assert "Children who come along No children" in said
    assert "A place for a woman, 18-29" in said
    assert "with children" not in said
