"""Of one person what is to do now stands in one card of Today, each with its sentence and its buttons (ADR 216)."""

from __future__ import annotations

import re

import pytest

from hamkori.web.today import once, one_card
from tests.web.senders import Senders, records
from tests.web.test_cancelled_but_still_free import ABOVE, FIRST, LEAD, told_and_cancelled
from tests.web.test_free_after_all import ASKS
from tests.web.test_taken_back import TITLE

DO = re.compile(r'action="([^"]+)"')


@pytest.mark.django_db
def test_who_may_be_on_the_way_is_called_off_and_has_no_bed_is_one_card(house: Senders) -> None:
    """Red before: three cards of one person on the first two screens of a phone."""
    records(house)
    case, sent = told_and_cancelled(house)
    for who in (LEAD, ABOVE):
        page = house.browser(who).get("/").content.decode()
        card = page.partition(TITLE)[2].partition("</section>")[0]
        main = page.partition("<main")[2].partition('id="news"')[0]
        assert page.count('id="call-off"') == 0, (who, "no box of its own")
        assert card.count('class="what"') == 1, who
        assert main.count('class="what"') == 1, (who, "nor a row in a list below")
        lines = re.findall(r'<a class="line" href="[^"]+">([^<]+)</a>', card)
        assert lines[:2] == ["NGO shelter or crisis room", "No place for tonight"], who
        for said in (ASKS, FIRST):
            assert said in " ".join(card.split()), (who, said)
        done = [one for one in DO.findall(card) if "call" in one or "warn" in one or "tell_lead" in one]
        asked = {f"/referrals/{sent.code}/warn_person/", f"/referrals/{sent.code}/call/"}
        assert asked <= {*done}, who
        assert done.count(f"/cases/{case.code}/tell_lead/") == (who == ABOVE), (who, "one press says it of all")
        assert who == ABOVE or "Their place is still free" in card


def test_only_the_first_of_a_person_heads_a_card() -> None:
    warn = [{"case": "1", "what": "a", "also": [{"what": "bed"}]}, {"case": "2", "what": "b"}]
    off = [{"case": "1", "what": "c"}, {"case": "1", "what": "d"}, {"case": "3", "what": "e"}]
    heads, others = one_card.of_each(warn, off)
    assert [one["what"] for one in heads] == ["a", "b"]
    assert [one["what"] for one in others] == ["e"]
    assert [line["what"] for line in heads[0]["also"]] == ["c", "d", "bed"], "nothing disappears"
    assert once.beneath({}, ()) == ({}, {})


def test_a_card_tells_the_team_once() -> None:
    """Red before: four same buttons "Tell the team" in one card, of which one press ended all."""
    tell = {"url": "/cases/1/tell_lead/"}
    line = {"what": "bed", "acts": tell, "button": "Tell the team", "calls": {}}
    warn = [{"case": "1", "what": "a", "acts": tell, "button": "Tell the team", "calls": {}, "also": [line]}]
    calls = {"answers": [("told", "They know")], "beside": True}
    off = [{"case": "1", "what": "c", "acts": tell, "button": "Tell the team", "calls": calls}]
    (head,), _none = one_card.of_each(warn, off)
    assert head["acts"] == tell
    assert [(one["acts"], one["button"], one["calls"].get("beside")) for one in head["also"]] == [
        ({}, "", False),
        ({}, "", None),
    ]
    assert head["also"][0]["calls"]["answers"], "what is said of the call stays"
