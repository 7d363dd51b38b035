"""Somebody with only a browser and an account makes the installation say that the owner of its database moved things.

A form's `page_of` is a plain digest that any page of hers gives: sent with another of her own pages, it is taken for a
swap of codes, and raises the alarm for whatever she may see; so does `shown_for` with another organisation in it.
Each minute anew, for each case and service: in the lines of `status` nobody finds the alarm that is true.
Red on 3f58cb0: both were alarms.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tests.attacks.counted import tried
from tests.cast import World
from tests.web.consenting import form_of, page
from tests.web.senders import Senders

pytestmark = [pytest.mark.django_db, pytest.mark.alarms]


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


def lines() -> list[str]:
    path = Path(settings.HAMKORI_MARKS, "alarms")
    return path.read_text().splitlines() if path.exists() else []


def test_a_form_of_another_page_of_hers_is_no_alarm(house: Senders) -> None:
    first, second = house.case(), house.case()
    client = house.browser()
    form = form_of(client.get(page(first)))
    before = len(lines())
    answer = client.post(page(second), form)
    tried()
    assert answer.status_code == 409
    assert lines()[before:] == []


def test_another_organisation_typed_into_the_form_is_no_alarm(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    form = house.screen(case)
    service, _organisation, kind, purpose = str(form["shown_for"]).split(":")
    before = len(lines())
    client = house.browser()
    client.post(
        f"/cases/{case.code}/refer/",
        {**form, "shown_for": f"{service}:{house.world.bodies['cso-kulob']}:{kind}:{purpose}", "do": "send"},
    )
    tried()
    assert lines()[before:] == []
