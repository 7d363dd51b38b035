"""What Today lets somebody deal with now: it is counted, its row leads there, and "A place was found" stays."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, closes, page_text, version
from tests.web.test_place_found import NEEDED, until
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db

RAIL = r'<span class="n(?: late)?">\s*<span aria-hidden="true">(\S+)</span>\s*<span class="quiet-label"> ([^<]*)</span>'
DOCTOR = {"need_tonight_codes": ["doctor"], "doctor_code": "yes"}


def asks(house: Senders, needed: dict[str, object]) -> tuple[Case, Referral]:
    case = house.case(needed)
    house.agreed(case)
    return case, house.sent(case)


def test_who_waits_for_a_place_and_who_needs_a_doctor_count_in_the_menu_and_on_the_page(house: Senders) -> None:
    """Red before: both stood on the page, and neither in the sentence at the top nor in the number beside Today."""
    until(19)
    asks(house, NEEDED)
    house.case(DOCTOR)
    zarina = house.browser()
    said = page_text(zarina.get("/"))
    assert re.search(r"1 without a confirmed place · 1 needs a doctor", said), said[:900]
    for at in ("/", "/cases/", "/directory/"):
        found = re.search(RAIL, zarina.get(at).content.decode())
        assert found is not None, at
        assert found.groups() == ("2", "1 without a confirmed place · 1 needs a doctor"), at


def test_a_place_was_found_stays_after_a_shelter_declined_in_hamkori(house: Senders) -> None:
    """Red before: after the no there was no way but another organisation, while somebody may have found a bed."""
    until(19)
    another(house)
    case, sent = asks(house, NEEDED)
    pass_time(minutes=1)
    with house.as_("desk-shelter") as gulnora:
        receive.decline(gulnora, Referral.objects.get(pk=sent.pk), version=version(sent), reason="full")
    pass_time(minutes=1)
    way = f'href="/cases/{case.code}/?found=1#tonight">A place was found</a>'
    assert house.browser().get("/").content.decode().count(way) == 1
    assert way not in house.browser("supervisor-cso").get("/").content.decode(), "the team says it"
    led = house.browser().get(f"/cases/{case.code}/?found=1").content.decode()
    assert 'id="tonight"' in led
    assert f"/cases/{case.code}/place-found/" in led


def test_who_is_expected_today_is_said_to_have_come_where_the_row_leads(house: Senders) -> None:
    """Red before: "Open the referral", and there a closed fold in which people who came early were said."""
    until(9)
    _case, sent = asks(house, NEEDED)
    pass_time(minutes=1)
    house.accepted(sent, part="evening")
    parvina, button = house.browser("shelter-worker"), "Say whether they came"
    assert button not in page_text(parvina.get("/")), "of tomorrow the referral is opened"
    pass_time(hours=24)
    led = f'href="/referrals/{sent.code}/?do=come#come">{button}'
    assert led in parvina.get("/").content.decode()
    fold = r'<details class="card fold no-print" data-land id="come"{}>'
    at = f"/referrals/{sent.code}/"
    assert re.search(fold.format(" open"), parvina.get(f"{at}?do=come").content.decode())
    assert re.search(fold.format(""), parvina.get(at).content.decode())


def test_whose_desk_is_closed_is_said(house: Senders) -> None:
    """Red before: "Call the coordinator … but closed until tomorrow 08:00": nobody knew who was closed."""
    closes(house)
    asks(house, NEEDED)
    assert "but the organisation is closed until" in page_text(house.browser().get("/"))
