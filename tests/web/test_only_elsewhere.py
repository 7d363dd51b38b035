"""Where no service names the region of the person: whoever might take them, in the order of what is needed."""

from __future__ import annotations

import re

import pytest

from hamkori.directory.models import Service, ServiceArea
from hamkori.people.models import OrganisationPhone
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
    assert said.count("Nobody in this region for this person: these help elsewhere") == 1
    assert "Nobody here fits" not in said
    assert '<option value="tonight" selected>' in page, "what is looked for is what the person needs tonight"
    assert said.index("Shelter Kulob") < said.index("Legal Aid"), "a place was said to be needed first"
    assert f'value="{place.pk}:' in page


def test_who_takes_women_alone_is_named_to_a_man_with_the_reason_and_no_button(house: Senders) -> None:
    """Red before: the shelter that the worker knew stood nowhere on the page, and nothing said why."""
    with god():
        Service.objects.exclude(pk=None).update(is_active=False)
        OrganisationPhone.objects.update_or_create(
            organisation_id=house.world.bodies["shelter-kulob"], defaults={"phone": "+992 900 00 00 01"}
        )
    known = another(house, "shelter-kulob", service_code="HOME-02", region_code="TJ-KT", admission_codes=["women"])
    taken = another(house, "legal-aid", service_code="HOME-02", region_code="TJ-KT", admission_codes=["men"])
    case = house.case({"need_tonight_codes": ["safe_place"], "sex_code": "male"})
    house.agreed(case)
    answer = house.browser().get(f"/cases/{case.code}/first/?step=service&urgency=urgent")
    page, said = answer.content.decode(), page_text(answer)
    fold = said.partition("Services that do not take this person: 1. They take: women")[2]
    assert "Shelter Kulob" in fold
    assert "It does not take this person. It takes: women" in fold
    assert "Call: +992 900 00 00 01." in fold.partition("</details>")[0], "red before: no number"
    assert f'value="{taken.pk}:' in page
    assert f'value="{known.pk}:' not in page, "nobody is asked to go there (ADR 115)"
    woman = house.case({"need_tonight_codes": ["safe_place"], "sex_code": "female"})
    house.agreed(woman)
    hers = house.browser().get(f"/cases/{woman.code}/first/?step=service&urgency=urgent")
    assert f'value="{known.pk}:' in hers.content.decode()
    assert "They take: men" in page_text(hers)


def test_looking_further_stays_among_the_six_steps(house: Senders) -> None:
    """Red before: "Look further" led to another page, of another title, with the same list."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    zarina = house.browser()
    page = zarina.get(f"/cases/{case.code}/first/?step=service&urgency=urgent").content.decode()
    found = re.search(r'href="([^"]+)"[^>]*>\s*Look further', page)
    assert found is not None
    further = zarina.get(found[1].replace("&amp;", "&"))
    assert "Step 5 of 6" in page_text(further)
    assert "Which help?" in page_text(further)
    assert "The whole page of a referral" in page_text(further), "it says what it leaves to"
    chosen = zarina.get(f"/cases/{case.code}/first/?step=service&urgency=urgent&need=HOME")
    assert "Step 5 of 6" in page_text(chosen)


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"age_band_code": "a30_47", "sex_code": "male"}, False),
        ({"age_band_code": "adult_age_unknown", "sex_code": "male"}, True),
        ({"age_band_code": "a30_47", "children_code": "2"}, True),
    ],
)
def test_help_for_children_is_not_offered_to_a_grown_person(house: Senders, facts: dict[str, str], named: bool) -> None:
    """Red before: "Child placement: Ask anyway", to a man of 30."""
    placed = another(
        house, "shelter-kulob", service_code="HOME-04", region_code="TJ-KT", admission_codes=["girls", "boys"]
    )
    case = house.case({"need_tonight_codes": ["safe_place"], **facts})
    house.agreed(case)
    for at in ("first/?step=service&urgency=urgent&need=HOME", "refer/?need=HOME"):
        page = house.browser().get(f"/cases/{case.code}/{at}").content.decode()
        assert (str(placed.pk) in page) is named
