"""What came of a call, pressed with the form that Today itself drew: it is recorded, and the answer says so."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.web.forms_of import fields
from tests.web.senders import Senders, closes, page_text
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
SAID = {
    "said_yes": "said yes by telephone",
    "said_no": "said no by telephone. Ask another organisation.",
    "not_reached": "Saved: you called and reached nobody. Ask another organisation.",
}


@pytest.mark.parametrize("answer", SAID)
def test_each_answer_of_today_says_what_was_saved(house: Senders, answer: str) -> None:
    """Red before: it was recorded, and answered as if it had been refused, since Today names the referral alone."""
    another(house)
    closes(house)
    case = house.case()
    house.agreed(case)
    zarina, call = house.browser(), f"/referrals/{house.sent(case).code}/call/"
    form = {**fields(zarina.get("/"), call), "operation": str(uuid4()), "answer": answer}
    assert form["from"] == ["today"]
    assert SAID[answer] in page_text(zarina.post(call, form, follow=True))
