"""The coordinator has spoken with a desk that has no number recorded: what it said is written, before any number is."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_call_put_back import open_of, to_call

pytestmark = pytest.mark.django_db
ANYHOW = "Spoken with in another way"


def test_a_yes_is_written_before_a_number_is_recorded(house: Senders) -> None:
    """Red before: "Record the number" and "Not reached", and nothing else could be said."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    sent = house.sent(case)
    pass_time(hours=3)
    farida, call = house.browser("coordinator"), f"/coordination/{sent.code}/call/"
    html = farida.get("/").content.decode()
    assert "Record the number" in page_text(farida.get("/"))
    assert "/phone/?from=today" in html
    assert open_of(html, call) == ["not_reached"]
    assert ANYHOW in page_text(farida.get("/"))
    folded = re.findall(r"<details.*?</details>", html, re.S)
    said = [re.findall(r'name="answer"[^>]*value="(\w+)"', one) for one in folded if ANYHOW in one]
    assert said == [["said_yes", "said_no", "calls_back"]]
    pass_time(minutes=1)
    form = {"operation": str(uuid4()), "answer": "said_yes", "from": "today"}
    answer = farida.post(call, form, follow=True)
    assert "said yes by telephone." in page_text(answer)
    assert answer.redirect_chain[-1][0].partition("#")[0] == "/"
    assert to_call(house) == 0
    assert "sender" in open_of(farida.get("/").content.decode(), call)
    assert "The coordinator called" in page_text(house.browser().get(f"/referrals/{sent.code}/"))
