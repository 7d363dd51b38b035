"""While a question of a desk waits its answer can still be heard by telephone; and who can answer it is named."""

from __future__ import annotations

import pytest

from hamkori.people.actions import desk_phone
from tests.web.senders import Senders, asked, page_text

pytestmark = pytest.mark.django_db


def test_a_call_can_be_recorded_while_a_question_waits(house: Senders) -> None:
    """Red before: a supervisor read that she can call, and "I called" was gone because of the question."""
    house.agreed(case := house.case())
    sent = house.sent(case)
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="+992 00 01")
    at = f"/referrals/{sent.code}/"
    asked(house, sent)
    for slug in ("supervisor-cso", "caseworker-cso"):
        page = house.browser(slug).get(at)
        form = page.content.decode().partition(f'action="{at}call/"')[2].partition("</form>")[0]
        for answer in ("said_yes", "said_no", "calls_back", "not_reached"):
            assert f'value="{answer}"' in form, (slug, answer)
        assert "wait for this answer" not in page_text(page), "they wait for an answer themselves"
    text = page_text(house.browser("supervisor-cso").get(at))
    assert "Only who works on the case can answer: Caseworker Cso." in text
    said = page_text(
        house.browser("supervisor-cso").post(
            f"{at}call/", {"operation": "7d6c2c8e-6a83-4ab6-8f5c-7b2f3d9f5a10", "answer": "said_yes"}, follow=True
        )
    )
    assert "said yes by telephone" in said
