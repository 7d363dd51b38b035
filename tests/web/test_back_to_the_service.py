"""Whoever was led from a chosen service to the question about it comes back to that service."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.web.forms_of import fields
from tests.web.senders import Senders
from tests.web.test_refer import address

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("answer", "sends"), [("yes", True), ("no", False)])
def test_after_the_answer_the_service_stands_chosen_for_which_the_person_was_asked(
    house: Senders, answer: str, *, sends: bool
) -> None:
    """Red before: from a chosen lawyer to the question, and after it to the page of the case."""
    case, zarina = house.case(), house.browser()
    looked = zarina.post(address(case), house.screen(case, do="preview", sections=[])).content.decode()
    asks = re.search(rf'href="(/cases/{case.code}/consent/\?then=[^"#]+)#id_a_shelter_social_help_0"', looked)
    assert asks is not None
    asked = fields(zarina.get(unescape(asks[1])), f"/cases/{case.code}/consent/")
    asked |= {"a_shelter_social_help": [answer], "how_said": ["in_person"], "how_given": ["spoken"]}
    saved = zarina.post(f"/cases/{case.code}/consent/", asked | {"language": ["tg"], "read": ["on"]})
    assert saved["Location"].startswith(f"{address(case)}?need=") == sends, "after a no nobody is asked"
    if sends:
        page = zarina.get(saved["Location"]).content.decode()
        chosen = house.world.services["HOME-02"]
        assert f'name="service" value="{chosen}"' in page
        assert 'value="send"' in page
    for wrong in ("https://example.org", "tonight:x", "refer:"):
        again = zarina.get(f"/cases/{case.code}/consent/", {"then": wrong}).content.decode()
        assert 'name="then"' not in again
