"""A locked part in which nothing was ever written says so before it is opened, and leads to its fields at once."""

from __future__ import annotations

import re

import pytest

from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_looked_for import missed

pytestmark = pytest.mark.django_db


def row(house: Senders, code: str, section: str, slug: str = "caseworker-cso") -> str:
    page = house.browser(slug).get(f"/cases/{code}/").content.decode()
    return page.partition(f'<li id="{section}"')[2].partition("</li>")[0]


def test_an_empty_part_leads_to_its_fields_at_once(house: Senders) -> None:
    """Red before: "Open", then "Nothing is written here yet", then "Change"."""
    case = house.case(needs={"needs": "Canary-Needs"})
    empty, written = row(house, case.code, "health"), row(house, case.code, "needs")
    assert "Nothing is written here yet." in empty
    found = re.search(r'href="(/cases/[^"]+)"', empty)
    assert found
    assert ("Write" in empty, "?open=" in empty) == (True, False)
    assert "medicines" in fields(house.browser().get(found[1]))
    assert ("Nothing is written here yet." in written, "?open=needs" in written) == (False, True)


def test_who_may_not_write_it_is_not_led_to_open_it_either(house: Senders) -> None:
    """Red before: "Unlock" of a part in which nothing stood, and behind it "Nothing is written here yet"."""
    case = house.case(needs={})
    empty = row(house, case.code, "needs", "supervisor-cso")
    assert "Nothing is written here yet." in empty
    assert "<a" not in empty
    filled = house.case(needs={"needs": "Canary-Needs"})
    assert "?open=needs" in row(house, filled.code, "needs", "supervisor-cso")


def test_who_is_looked_for_and_has_no_telephone_written_is_not_said_to_have_one(house: Senders) -> None:
    """Red before: "The person's telephone is locked in the case", where the part held a name alone, or nothing."""
    case, _sent = missed(house)
    page = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert "If the person's telephone is written, it is locked in the case, under: " in page


def test_nobody_is_led_to_write_where_they_may_not(house: Senders) -> None:
    """Red before: "Write it first" led a social worker to what a lawyer alone writes, and that page refused her."""
    case = house.case()
    house.agreed(case, kind="legal", sections=["contact", "needs", "legal"])
    first = house.screen(case, "LEGAL-01", need="LEGAL", do="", shown_for="", sections=[], needed_from="")
    page = house.browser().post(f"/cases/{case.code}/refer/", first)
    said = page_text(page)
    assert "Legal matters: empty" in said
    assert f"/cases/{case.code}/section/?of=legal" not in page.content.decode()
    assert house.browser().get(f"/cases/{case.code}/section/?of=legal").status_code == 403
    assert f"/cases/{case.code}/section/?of=needs" in page.content.decode(), "what she writes leads there"
