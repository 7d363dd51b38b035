"""After a no to shelters alone, one page does not say to ask the person and another not to (ADR 150)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.web.senders import Senders, page_text
from tests.web.test_place_found import until

pytestmark = pytest.mark.django_db

SAID = (
    "The person said no to shelters. If they ask for a place, ask again what may be shared. Otherwise say where they"
    " sleep."
)
ASK, OLD, RAISES = "Ask again what may be shared", "Ask the person", "only if the person raises it."


def test_both_pages_say_what_may_be_done(house: Senders) -> None:
    """Red before: "Ask the person" after the withdrawal, and on the case "Ask again only if the person raises it."."""
    until(15)
    case = house.case()
    house.agreed(case, "legal")
    house.agreed(case)
    house.accepted(house.sent(case), part="now")
    form = {"operation": str(uuid4()), "took": ["shelter_social:help"], "how_said": "in_person"}
    after = house.browser().get(house.browser().post(f"/cases/{case.code}/consent/withdraw/", form)["Location"])
    said = page_text(after)
    assert (SAID in said, OLD in said, RAISES in said) == (True, False, False)
    main = after.content.decode().partition("<main")[2]
    assert re.search(rf'href="[^"]*/consent/#id_a_shelter_social_help_0"[^>]*>\s*(<[^>]+>\s*)*{ASK}', main)
    assert main.index(f"/cases/{case.code}/place-found/") < main.index(ASK), "where they sleep comes first"
    page = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert SAID in page
    assert RAISES not in page.partition("What happened")[0]
