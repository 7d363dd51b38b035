"""A part of the case in which nothing stands was not sent: no page lists it among what was."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web import test_short_way as way
from tests.web.forms_of import press
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
REACH = "How to reach the person safely"


def test_an_empty_part_is_not_named_among_what_was_sent(house: Senders, zarina) -> None:
    """Red before: "The person's own words; How to reach the person safely; Needs, risk, plan", with nothing in it."""
    at = way.to_check(zarina)
    way.goes(way.press(zarina, at, do="send"))
    with god():
        sent = Referral.objects.get()
    house.accepted(sent)
    page = zarina.get(f"/referrals/{sent.code}/")
    said = page_text(page).partition("Parts of the case ")[2].partition(" Consent until")[0]
    assert said == f"The person's own words; Needs, risk, plan. Still empty: {REACH} Write it down"
    assert f'href="/cases/{way.case_of(at).code}/section/?of=contact">Write it down' in page.content.decode()


def test_what_is_written_once_they_accepted_is_offered_to_be_sent(house: Senders, zarina) -> None:
    """Red before: "Saved and locked", and on every page it stayed "Still empty"; the shelter never got it."""
    at = way.to_check(zarina)
    way.goes(way.press(zarina, at, do="send"))
    with god():
        sent = Referral.objects.get()
    house.accepted(sent)
    pass_time(minutes=5)
    code, add = way.case_of(at).code, f"/referrals/{sent.code}/add/?part=contact"
    written = press(zarina, f"/cases/{code}/section/?of=contact", safe_phone="Canary-Phone")
    page = zarina.get(written["Location"].split("#")[0])
    for shown in (page, zarina.get(f"/cases/{code}/")):
        assert "does not have this part yet." in page_text(shown)
        assert f'href="{add}"' in shown.content.decode()
    said = page_text(zarina.get(f"/referrals/{sent.code}/"))
    assert f"Needs, risk, plan. Written since, not sent: {REACH} Send this part Consent until" in said
    form = zarina.get(add)
    assert f"{REACH} sent before" not in page_text(form)
    assert "Send this part again" not in page_text(form)
    assert press(zarina, add, sections="contact").status_code in (302, 303)
    assert "does not have this part yet" not in page_text(zarina.get(f"/cases/{code}/"))
    assert "not sent:" not in page_text(zarina.get(f"/referrals/{sent.code}/"))


def test_what_was_written_is_named_as_sent(house: Senders) -> None:
    case = house.case(contact={"call_name": "Canary-Name", "safe_phone": "Canary-Phone"})
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent)
    page = house.browser().get(f"/referrals/{sent.code}/")
    said = page_text(page).partition("Parts of the case ")[2].partition(" Consent until")[0]
    assert said == f"The person's own words; {REACH}"
    house.agreed(case, answer="no")
    said = page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert "Still empty" not in said, "what was sent is not empty because nothing can be opened now"


def test_of_an_open_case_it_is_said_before_it_is_sent_and_not_listed_after(house: Senders, zarina) -> None:
    """Red before: it went as if something stood in it, and the page of the referral listed it among what was sent."""
    case = way.case_of(way.to_service(zarina))
    at = f"/cases/{case.code}/refer/"
    form = house.screen(case, sections=["contact", "needs"])
    looked = zarina.post(at, form)
    for said in ("Look once more, then send.", f"Nothing is written yet: {REACH}."):
        assert said in page_text(looked), said
    assert 'name="was_lacking" value="contact"' in looked.content.decode()
    with god():
        assert not Referral.objects.exists()
    there = zarina.post(at, {**form, "was_lacking": "contact"})
    assert there.status_code == 303
    said = page_text(zarina.get(there["Location"].partition("?")[0]))
    assert f"Still empty: {REACH}" in said, "not among what goes"
