"""What was said to be needed soonest is offered first, and where only a call helps everybody with a number is named."""

from __future__ import annotations

import re

import pytest

from hamkori.directory.models import Service
from tests import doors
from tests.database import god
from tests.web import test_short_way as way
from tests.web.senders import Senders, closes, page_text, records
from tests.web.test_still_needed import offered
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
FILLED = re.compile(r'<button class="btn" type="submit" name="service"\s+value="[^:]+:[^:]+:([^"]+)"')
OFFERED = re.compile(r'<button class="btn(?: quiet)?" type="submit" name="service"\s+value="[^:]+:[^:]+:([^"]+)"')
HOURS = "After rape: care that helps within 72 hours"


def asks(zarina: doors.DoorClient, **said: object) -> str:
    """Who can help: a doctor today, a lawyer and documents, and no word of anything else."""
    need = way.to_need(zarina, a_health_help="yes", a_legal_help="yes", a_shelter_social_help="yes")
    answers = {"doctor": "today", "more": ["lawyer", "documents"], "urgency": "urgent", **said}
    return way.goes(way.press(zarina, need, **answers, do="go"))


def doctor_far_away(house: Senders, *codes: str, **more: object) -> None:
    for code in codes:
        another(house, slug="cso-pamir", service_code=code, region_code="TJ-GB", **more)


def test_a_doctor_today_stands_before_the_lawyer_who_is_nearer(house: Senders, zarina) -> None:
    """Red before: the lawyer's "Information on rights" was the filled button, and care after rape the fourth card."""
    offered(house, "LEGAL-01", "LEGAL-02", "DOC-01")
    doctor_far_away(house, "HEALTH-01", "HEALTH-03")
    at = asks(zarina)
    page = zarina.get(at).content.decode()
    assert FILLED.findall(page) == ["HEALTH-01"]
    open_cards, title, folded = page.partition(HOURS)
    assert title
    assert [code.split("-")[0] for code in OFFERED.findall(open_cards)] == ["HEALTH", "LEGAL", "LEGAL", "LEGAL", "DOC"]
    assert OFFERED.findall(folded)[0] == "HEALTH-03", "named by one line, and chosen there"
    heads = re.findall(r'<b class="what">([^<]+)</b>', page)
    assert {"Cso Pamir", "Legal Aid"} < set(heads), "a row begins with the organisation"
    more = set(heads) - {"Cso Pamir", "Legal Aid"}
    assert more == {"Free lawyer", "Information on rights and procedure"}, "but where one has several beside each other"


def test_where_no_doctor_fits_for_certain_the_lawyer_is_not_the_one_to_press(house: Senders, zarina) -> None:
    """Red before: the lawyer first and filled, and whom to ask for a doctor below."""
    offered(house, "LEGAL-02")
    doctor_far_away(house, "HEALTH-01", language_codes=["fr"])
    page = zarina.get(asks(zarina)).content.decode()
    assert FILLED.findall(page) == []
    assert OFFERED.findall(page)[0] == "HEALTH-01"
    assert page.index("It may decline") < page.index('LEGAL-02"')


def test_a_place_tonight_stands_before_a_doctor_and_a_doctor_is_on_the_page_with_many_shelters(house, zarina) -> None:
    """Red before: by distance alone."""
    offered(house, *["HOME-01"] * 5, "LEGAL-02")
    doctor_far_away(house, "HEALTH-01")
    page = zarina.get(asks(zarina, tonight="needs")).content.decode()
    shown, _fold, more = page.partition("more that fit")
    codes = [code.split("-")[0] for code in OFFERED.findall(shown)]
    assert codes == sorted(codes, key=["HOME", "HEALTH", "LEGAL"].index)
    assert set(codes) == {"HOME", "HEALTH", "LEGAL"}, "none is pushed off by many of one kind"
    assert OFFERED.findall(more), "and the others are not lost"
    with god():
        Service.objects.filter(service_code__startswith="HOME").update(language_codes=["fr"])
    page = zarina.get(asks(zarina, tonight="needs")).content.decode()
    assert OFFERED.findall(page)[0].startswith("HOME"), "who may decline comes before what is no place"
    assert FILLED.findall(page) == []


@pytest.mark.parametrize("closed", [False, True])
def test_care_after_rape_lies_open_for_nobody_of_whom_it_was_not_said(house: Senders, zarina, *, closed: bool) -> None:
    """Red before: an open card, where it was the only doctor or where all were closed, to a man of 48 as to anybody."""
    doctor_far_away(house, "HEALTH-03")
    if closed:
        closes(house)
        records(house)
    at = asks(zarina)
    title = "The only doctor listed: care after rape, within 72 hours"
    for address in (at, f"/cases/{way.case_of(at).code}/refer/"):
        page = zarina.get(address).content.decode()
        before, said, after = page.partition(title)
        assert said, address
        assert "clinical care after rape" not in before, address
        assert re.search(r"<details[^>]*>\s*<summary[^>]*>(?:(?!</?details).)*$", before, re.DOTALL), "folded"
        assert before.rpartition("<details")[2].partition(">")[0].endswith('class="fold"'), "and not open"
        assert "clinical care after rape" in after, "and lost to nobody"


def test_on_the_whole_page_it_is_folded_behind_the_others_too(house: Senders, zarina) -> None:
    offered(house, "HEALTH-01", "HEALTH-03")
    refer = f"/cases/{way.case_of(asks(zarina)).code}/refer/"
    page = page_text(zarina.get(refer))
    assert page.index("Emergency medical care") < page.index(HOURS) < page.index("clinical care after rape")
    assert HOURS not in page_text(zarina.get(f"{refer}?need=HEALTH")), "whoever looks for doctors sees them all"


def test_where_all_are_closed_who_may_decline_is_named_with_the_number_and_lies_open(
    house: Senders, zarina, second_shelter: Service
) -> None:
    """Red before: the box named the coordinator alone, and the one shelter with a number lay in the fold; the first
    card had no word of being closed.
    """
    with god():
        Service.objects.filter(pk=second_shelter.pk).update(language_codes=["fr"])
    closes(house)
    records(house)
    at = way.to_service(zarina)
    case = way.case_of(at)
    for address in (at, f"/cases/{case.code}/refer/"):
        page = zarina.get(address)
        box = page_text(page).partition("All these referral desks are closed")[2].partition("In danger")[0]
        assert "Shelter Kulob, 00\u201111 (invented) " in box, address
        assert "Legal Aid, +992 00 000 00 31. They may decline." in box, address
        drawn = page.content.decode()
        assert '<details class="fold" open>' in drawn, address
        card = drawn.partition('value="' + str(house.world.services["HOME-02"]))
        row = card[0].rpartition("<li>")[2]
        assert "closed until" in row, address
