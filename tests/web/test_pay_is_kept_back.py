"""Pay that is kept back is asked first: the question about a claim stands open, and a lawyer is sent the signs."""

from __future__ import annotations

import pytest

from hamkori.casework.consent.rules import packet
from tests import doors
from tests.web.senders import Senders
from tests.web.test_short_way import to_answers

CLAIM = 'name="a_legal_justice"'


def _folded(page: str) -> bool:
    """Whether the question about a claim stands in the fold of those who are not asked about now."""
    before = page.partition(CLAIM)[0]
    return before.count("<details") > before.count("</details>")


@pytest.mark.django_db
def test_where_pay_is_withheld_the_question_about_a_claim_stands_open(house: Senders, zarina: doors.DoorClient) -> None:
    """Red before: folded among those whom nobody needs now."""
    open_page = zarina.get(to_answers(zarina, pay="present")).content.decode()
    assert CLAIM in open_page
    assert not _folded(open_page)
    for said in ({"pay": "absent"}, {}):
        assert _folded(zarina.get(to_answers(zarina, **said)).content.decode()), said


@pytest.mark.parametrize("purpose", ["help", "justice"])
def test_the_signs_go_to_a_lawyer_unless_the_tick_is_taken_out_and_never_beyond_consent(purpose: str) -> None:
    """Red before: no tick, so what was asked first reached no lawyer."""
    every = frozenset(packet.SECTIONS)
    assert packet.offered("legal", purpose, every, every, every)["screening"] is True
    for agreed, held, filled in (({"contact"}, every, every), (every, {"contact"}, every), (every, every, {"contact"})):
        assert "screening" not in packet.offered("legal", purpose, agreed, held, filled)
    assert "screening" not in packet.packet_sections("legal", purpose, {"contact"}, every, every)


def test_to_nobody_else_they_go_of_themselves() -> None:
    every = frozenset(packet.SECTIONS)
    others = [key for key, rule in packet.RULE.items() if key[0] != "legal" and rule["screening"] != packet.NEVER]
    assert others
    assert not any(packet.offered(*key, every, every, every)["screening"] for key in others)
