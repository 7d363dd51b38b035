"""A draft that was changed in another window says in which answers."""

from __future__ import annotations

import pytest

from tests.web.senders import Senders, page_text, version

pytestmark = pytest.mark.django_db


def test_it_names_the_answers_that_are_not_the_same(house: Senders) -> None:
    """Red before: that it was changed, and not in what."""
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    url, client, old = f"/referrals/{draft.code}/edit/", house.browser(), version(draft)
    mine = house.screen(case, do="draft", need="HOME", version=old)
    assert client.post(url, mine).status_code == 303
    late = house.screen(case, do="draft", need="HOME", version=old)
    assert "Not the same in theirs" not in page_text(client.post(url, late))
    said = page_text(client.post(url, {**late, "urgency": "normal", "sections": []}))
    assert "Not the same in theirs: how soon; what is sent." in said
