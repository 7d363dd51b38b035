"""Where no service names the region of the person: whoever might take them, in the order of what is needed."""

from __future__ import annotations

import pytest

from hamkori.directory.models import Service, ServiceArea
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db


def test_a_place_in_another_region_stands_first_and_nobody_is_said_not_to_fit(house: Senders) -> None:
    """Red before: "Nobody here fits" stood above a shelter that takes men and has room, and a hospital stood first."""
    with god():
        Service.objects.exclude(pk=None).update(is_active=False)
    place = another(house, "shelter-kulob", service_code="HOME-02", region_code="TJ-SU", admission_codes=["men"])
    doctor = another(house, "legal-aid", service_code="HEALTH-01", region_code="TJ-SU")
    with god():
        for one in (place, doctor):
            ServiceArea.objects.create(service=one, area_code="TJ-SU")
    case = house.case({"need_tonight_codes": ["safe_place", "doctor"], "sex_code": "male"})
    house.agreed(case)
    answer = house.browser().get(f"/cases/{case.code}/first/?step=service&urgency=urgent")
    page, said = answer.content.decode(), page_text(answer)
    assert "Nobody says that they help in this region" in said
    assert "Nobody here fits" not in said
    assert '<option value="tonight" selected>' in page, "what is looked for is what the person needs tonight"
    assert said.index("Shelter Kulob") < said.index("Legal Aid"), "a place was said to be needed first"
    assert f'value="{place.pk}:' in page
