"""A case that was opened again: whoever asks for help reads that what is needed was said before it was closed."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.web.kit.forms import DateField
from tests.cast import pass_time, wall_clock
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_opened_after_everything import opens
from tests.web.test_place_opened_again import closes
from tests.web.test_refer import address

pytestmark = pytest.mark.django_db
BEFORE = "before the case was closed: "
ASK = "Ask what is needed now, and whether somebody is in danger."


def test_what_was_needed_before_the_closing_is_called_so_until_it_is_written_anew(house: Senders) -> None:
    """Red before: a bed was asked for because one had been needed weeks ago, and nobody asked about danger."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    pass_time(minutes=1)
    zarina = house.browser()
    assert ASK not in page_text(zarina.get(address(case))), "never closed"
    closes(house, case)
    opens(house, case)
    house.agreed(case)
    page = zarina.get(address(case))
    assert page_text(page).count(ASK) == 1
    assert f"{BEFORE}A safe place" in page_text(page)
    assert f'href="/cases/{case.code}/edit/?all=1#id_need_tonight_codes_0"' in page.content.decode()
    with house.as_() as lead:
        found = Case.objects.get(pk=case.pk)
        cases.edit(lead, found, version=found.version, codes={"need_tonight_codes": ["nothing_now"]})
    assert ASK not in page_text(zarina.get(address(case)))


def test_a_bed_of_a_case_that_was_opened_again_is_for_tonight(house: Senders) -> None:
    """Red before: what was needed weeks ago made it "Within a day", from tomorrow, folded where nobody looks."""
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    pass_time(minutes=1)
    shelter = house.world.services["HOME-02"]
    chosen = f"{address(case)}?need=HOME&service={shelter}"
    zarina = house.browser()
    assert fields(zarina.get(chosen), address(case))["urgency"] == ["within_a_day"], "no place for tonight is needed"
    closes(house, case)
    opens(house, case)
    house.agreed(case)
    asked = fields(zarina.get(chosen), address(case))
    assert asked["urgency"] == ["urgent"]
    assert asked["needed_from"] == [str(DateField().prepare_value(timezone.localdate(wall_clock())))]
