"""What came of a call, pressed with the form that Today itself drew: it is recorded, and the answer says so."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.web.templatetags.kit import grouped
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
    said = page_text(zarina.post(call, form, follow=True))
    assert SAID[answer] in said
    assert f"This is about case {grouped(case.code)}.".replace("\u00a0", " ") in said


@pytest.mark.parametrize("answer", SAID)
def test_it_comes_back_at_the_row(house: Senders, answer: str) -> None:
    """Red before: at the top of the page, while the row had moved to another list."""
    another(house)
    closes(house)
    case = house.case()
    house.agreed(case)
    zarina, code = house.browser(), house.sent(case).code
    call = f"/referrals/{code}/call/"
    form = {**fields(zarina.get("/"), call), "operation": str(uuid4()), "answer": answer}
    answered = zarina.post(call, form)
    assert answered["Location"] == f"/#r{code}"
    page = zarina.get("/").content.decode()
    row = page.partition(f'id="r{code}" data-land')[2].partition("</li>")[0]
    assert "Saved: " in row.partition('role="status"')[2], "and what came of it stands there"
    assert page.count("Saved: ") == 1
    assert page.count(f'id="r{code}"') == 1


def test_a_place_was_found_is_a_press_away_while_one_is_awaited(house: Senders) -> None:
    """Red before: the row of who has no place had that way, the row of who waits for an answer had none."""
    closes(house)
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    house.sent(case)
    way = f'href="/cases/{case.code}/?found=1#tonight">A place was found</a>'
    page = house.browser().get("/").content.decode()
    assert page.count(way) == 1
    assert 'class="btn quiet' in page[: page.index(way)].rpartition("<a ")[2], "red before: the end of a grey line"
    led, plain = (house.browser().get(f"/cases/{case.code}/{at}").content.decode() for at in ("?found=1", ""))
    fold = r'<details class="fold"{}>\s*<summary>(?:<svg.*?</svg>)?A place was found'
    assert 'id="tonight"' in led
    assert re.search(fold.format(" open"), led), "red before: the same words were pressed once more"
    assert re.search(fold.format(""), plain), "whoever comes another way reads no question"
    assert way not in house.browser("supervisor-cso").get("/").content.decode(), "the team says it"
