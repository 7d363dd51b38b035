"""The own organisation among who can help: a colleague is added, and a place of its own stands first."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.models import CaseAccess
from hamkori.directory.models import Service, ServiceArea
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db


def test_a_colleague_is_added_by_a_link_and_who_may_not_reads_why(house: Senders) -> None:
    case = house.case()
    refer = f"/cases/{case.code}/refer/"
    another(house, "cso-kulob")
    at_first = f"/cases/{case.code}/first/?step=service&urgency=urgent"
    with god():
        Service.objects.exclude(organisation_id=house.world.bodies["cso-kulob"]).update(is_active=False)
    for at in (refer, at_first):
        drawn = house.browser().get(at)
        assert ("Nobody there can answer in Hamkori." in page_text(drawn)) is (at != at_first), "it has a place itself"
        ways = re.findall(r'href="([^"]+)">Add a colleague instead</a>', drawn.content.decode())
        assert ways == [f"/cases/{case.code}/admit/"], "red before: words, no way; and in the six steps each row twice"
        assert page_text(drawn).count("This is your own organisation. Add a colleague instead") == 1, at
    with god():
        CaseAccess.objects.filter(case=case, kind_code="lead").update(kind_code="member")
    drawn = house.browser().get(refer)
    assert "This is your own organisation. Add a colleague instead." in page_text(drawn), "who may not reads why"
    assert "Add a colleague instead</a>" not in drawn.content.decode()


def test_a_free_place_of_the_own_organisation_stands_first_and_nobody_is_not_said(house: Senders) -> None:
    """Red before: "Nobody in this region for this person" stood above the own house, which has room."""
    with god():
        Service.objects.exclude(pk=None).update(is_active=False)
    own = another(house, "cso-kulob", service_code="HOME-02", region_code="TJ-KT")
    far = another(house, "shelter-kulob", service_code="HOME-02", region_code="TJ-SU")
    with god():
        ServiceArea.objects.create(service=far, area_code="TJ-SU")
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    at = f"/cases/{case.code}/first/?step=service&urgency=urgent"
    said = page_text(house.browser().get(at))
    assert "Nobody in this region" not in said
    row = "You have a place yourselves Nothing is sent for a place of your own. Others are below: they may decline."
    assert row in said
    assert said.index(row) < said.index("Cso Kulob has room") < said.index("Shelter Kulob")
    assert said.count("Add a colleague instead") == 1
    assert said.count("It may decline: outside the area served.") == 1
    with god():
        Service.objects.filter(pk=own.pk).update(is_full=True)
    assert "Nobody in this region for this person" in page_text(house.browser().get(at)), "it has no room"
    with god():
        Service.objects.filter(pk=own.pk).update(is_full=False)
    near = another(house, "legal-aid", service_code="HOME-02", region_code="TJ-KT")
    assert f'value="{near.pk}:' in (page := house.browser().get(at).content.decode())
    assert "Add a colleague instead" not in page, "whoever can be asked is looked for"
