"""What the screen of a request knows by itself: where she is, when a desk is there, and what nobody has asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.audit.models import Ledger
from hamkori.casework.case.actions import team
from hamkori.casework.case.actions.section import write_section
from hamkori.casework.case.models import Case
from hamkori.directory.models import ServiceHours
from hamkori.refusal import Invalid
from tests.database import god
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db


def address(case) -> str:
    return f"/cases/{case.code}/refer/"


def test_where_the_person_is_comes_from_a_code_and_opens_nothing(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    zarina = house.browser()
    with god():
        before = Ledger.objects.filter(action_code="section.open").count()
    for _time in range(3):
        first = zarina.get(address(case)).content.decode()
        assert 'value="TJ-KT-01" selected' in first
    with god():
        assert Ledger.objects.filter(action_code="section.open").count() == before, "looking at services opens nothing"
    other = zarina.post(address(case), house.screen(case, do="", district="")).content.decode()
    assert 'value="TJ-KT-01" selected' not in other, "what she says here counts"


def test_a_place_that_is_written_anew_moves_the_code_with_it(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    with house.as_() as zarina:
        row = Case.objects.get(pk=case.pk)
        write_section(zarina, row, section="place", fields={"district": "TJ-KT-02", "stay": "elsewhere"}, seal_no=1)
    with god():
        moved = Case.objects.get(pk=case.pk)
    assert (moved.region_code, moved.district_code) == ("TJ-KT", "TJ-KT-02")
    assert 'value="TJ-KT-02" selected' in house.browser().get(address(case)).content.decode()
    with house.as_() as zarina, pytest.raises(Invalid):
        write_section(zarina, moved, section="place", fields={"district": "Gharm"}, seal_no=2)


def test_whoever_cannot_open_her_place_starts_without_a_district(house: Senders) -> None:
    case = house.case()
    with house.as_() as zarina:
        team.admit(zarina, Case.objects.get(pk=case.pk), membership=house.world.membership("psychologist-cso"))
    page = house.browser("psychologist-cso").get(address(case))
    assert page.status_code == 200
    assert 'value="TJ-KT-01" selected' not in page.content.decode()


def test_a_desk_where_nobody_is_until_the_target_is_said_to_be_so(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    warning = ", but the organisation is closed until "
    zarina = house.browser()
    look = {"do": "", "urgency": "urgent"}
    assert warning not in page_text(zarina.post(address(case), house.screen(case, **look))), "hours not known"
    yesterday = (timezone.localtime() - timedelta(days=1)).isoweekday()
    with god():
        ServiceHours.objects.create(service_id=house.world.services["HOME-02"], day=yesterday, opens=0, closes=60)
    assert warning in page_text(zarina.post(address(case), house.screen(case, **look)))


def test_what_is_not_known_is_named(house: Senders) -> None:
    case = house.case({"age_band_code": "unknown", "language_code": "unknown"})
    house.agreed(case)
    text = page_text(house.browser().post(address(case), house.screen(case, do="")))
    assert "Woman or girl, age not known" in text
    assert "language not recorded" in text


def test_a_code_that_is_none_looks_like_one_that_is_hidden(house: Senders) -> None:
    for code in ("12345678", "1234", "abcdefgh", "1234567890"):
        assert house.browser().get(f"/cases/{code}/refer/").status_code == 404, code
