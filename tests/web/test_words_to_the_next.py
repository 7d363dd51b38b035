"""What the person said to one organisation goes to the next only where the person wants that."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hamkori.casework.referral.actions.disclosure import open_agreed_text
from hamkori.web.kit import moments
from tests.cast import pass_time
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text, referrals
from tests.web.test_the_way_on import address, another, declines, second

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("wanted", [True, False])
def test_words_to_one_organisation_go_to_the_next_only_where_the_person_wants_it(house: Senders, wanted: bool) -> None:
    """Red before: what was said to the first stood ready for the next, and one press sent it."""
    case = house.case()
    house.agreed(case)
    gone = house.sent(case)
    declines(house, gone)
    other = another(house)
    house.belongs[other.pk] = other.organisation_id
    house.world.services["legal-aid:HOME-02"] = other.pk
    zarina = house.browser()
    again = fields(zarina.get(f"/referrals/{gone.code}/again/"), address(case))
    assert (again["earlier"], again["taken"], again["agreed_text"]) == ([gone.code], ["Canary-Words"], [""])
    chosen = {**house.screen(case, "legal-aid:HOME-02"), "earlier": gone.code, "taken": "Canary-Words"}
    chosen |= {"do": "", "agreed_text": ""}
    looked = zarina.post(address(case), chosen)
    day = moments.full_day(timezone.localdate(), timezone.localdate())
    assert f"The person's words to Shelter Kulob, {day} Canary-Words" in page_text(looked)
    assert not fields(looked, address(case)).get("taken_too"), "off at first"
    first = house.screen(case, do="", earlier=gone.code)
    moved = zarina.post(address(case), {**chosen, "taken_too": "on", "shown_for": first["shown_for"]})
    assert not fields(moved, address(case)).get("taken_too"), "and off again for another organisation"
    for wrong in ("12345678", "nonsense", house.sent(second(house)).code):
        strange = zarina.post(address(case), {**chosen, "earlier": wrong})
        assert "The person's words to" not in page_text(strange), "of another case nothing is said"
    pass_time(minutes=1)
    tick = {"taken_too": "on"} if wanted else {}
    assert zarina.post(address(case), {**chosen, **tick, "do": "send", "agreed_text": "Canary-New"}).status_code == 303
    (sent,) = [one for one in referrals() if one.service_id == other.pk]
    with house.as_() as actor:
        text = open_agreed_text(actor, case, referral=sent.pk)
    assert text == ("Canary-Words\nCanary-New" if wanted else "Canary-New")
