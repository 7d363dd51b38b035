"""A press of the coordinator comes back at the line that was pressed, and what came of it stands there."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.web.senders import Senders, page_text
from tests.web.test_one_call import three

pytestmark = pytest.mark.django_db


def test_what_came_of_a_call_stands_in_its_line(house: Senders) -> None:
    """Red before: the page came back at its top, two screens above the row that was pressed."""
    first, _between, last = three(house, "normal")
    farida = house.browser("coordinator")
    form = {"operation": str(uuid4()), "answer": "said_yes", "from": "today"}
    answer = farida.post(f"/coordination/{first.code}/call/", form)
    assert answer["Location"] == f"/#r{first.code}"
    page = farida.get("/").content.decode()
    line = page.partition(f'id="r{first.code}"')[2].partition(f'id="r{last.code}"')[0]
    assert "said yes by telephone" in line.partition('role="status"')[2]
    assert page.count("Saved: ") == 1, "once"
    assert re.search(rf'id="r{last.code}" data-land', page)
    assert "Saved: " not in page_text(farida.get("/"))


def test_from_the_page_of_late_answers_it_comes_back_there(house: Senders) -> None:
    first, _between, _last = three(house, "normal")
    farida = house.browser("coordinator")
    form = {"operation": str(uuid4()), "answer": "not_reached"}
    assert farida.post(f"/coordination/{first.code}/call/", form)["Location"] == "/coordination/late/"
    page = farida.get("/coordination/late/").content.decode()
    assert page.index("Saved: ") < page.index(f'id="r{first.code}"'), "above the page, as ever"
