"""Whose age nobody knows is not offered help for children first."""

from __future__ import annotations

import re

import pytest

from hamkori.directory.models import Service
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
FILLED = re.compile(r'<button class="btn" type="submit" name="service"')


def test_help_for_children_stands_last_and_is_no_filled_button_where_no_age_is_recorded(house: Senders) -> None:
    """Red before: of a woman whose age was not recorded the one filled button chose a placement for children."""
    placement = another(house, service_code="HOME-04", admission_codes=["children"]).pk
    shelter = house.world.services["HOME-02"]
    asked = {"need_tonight_codes": ["safe_place"]}
    case, adult = house.case({**asked, "age_band_code": "unknown"}), house.case(asked)
    for one in (case, adult):
        house.agreed(one)
    zarina = house.browser()
    at = "/cases/{}/first/?step=service&urgency=urgent"
    shown = zarina.get(at.format(case.code))
    page = shown.content.decode()
    assert page.index(f'value="{shelter}:') < page.index(f'value="{placement}:')
    assert "Age not recorded: set it" in page_text(shown)
    assert f'href="/cases/{case.code}/first/?step=who"' in page
    assert "Age not recorded" not in page_text(zarina.get(at.format(adult.code)))
    with god():
        Service.objects.filter(pk=shelter).update(is_active=False)
    alone = zarina.get(at.format(case.code)).content.decode()
    assert f'value="{placement}:' in alone
    assert not FILLED.search(alone)
