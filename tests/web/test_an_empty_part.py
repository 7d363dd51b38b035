"""A part of the case in which nothing stands was not sent: no page lists it among what was."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web import test_short_way as way
from tests.web.forms_of import press
from tests.web.senders import Senders, page_text
from tests.web.test_nobody_answers import closes

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
    task = page_text(zarina.get(f"/cases/{code}/")).partition("What is next")[2].partition("Referrals")[0]
    assert f"Send: {REACH}" in task, "red before: it stood at the locked part alone, deep in the case"
    assert "Send: " not in page_text(house.browser("supervisor-cso").get(f"/cases/{code}/")), "who works on it sends"
    said = page_text(zarina.get(f"/referrals/{sent.code}/"))
    assert f"Needs, risk, plan. Written since, not sent: {REACH} Send this part Consent until" in said
    form = zarina.get(add)
    assert f"{REACH} sent before" not in page_text(form)
    assert "Send this part again" not in page_text(form)
    assert press(zarina, add, sections="contact").status_code in (302, 303)
    assert f"Send: {REACH}" not in page_text(zarina.get(f"/cases/{code}/"))
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


def _agreed(house: Senders, **contact: object) -> Case:
    case = house.case(contact=contact)
    house.agreed(case)
    return case


def test_every_page_that_lists_it_says_that_the_telephone_is_missing(house: Senders) -> None:
    """Red before: one page said that it was never asked how to reach the person, though name and hours were written;
    the same part, chosen by a press, went without a word.
    """
    case, said = _agreed(house, call_name="Canary-Name", hours="Canary-Hours"), "No safe telephone is written."
    zarina, at = house.browser(), f"/cases/{case.code}/refer/"
    link = f"{at}?service={house.world.services['HOME-02']}"
    for page in (zarina.post(at, {**house.screen(case), "do": "look"}), zarina.get(link)):
        shown = page_text(page)
        assert shown.count(said) == 1
        assert "Not asked so far" not in shown
        assert "Of the name: what to call the person. Not the full name and documents." in shown
    again = page_text(zarina.post(at, {**house.screen(case), "do": "look"}))
    assert again.count(said) == 1, "red before: it was forgotten once somebody had written there"
    locked = page_text(zarina.get(f"/cases/{case.code}/")).partition("Locked parts")[2]
    assert said in locked, "red before: the case showed the part as if everything stood in it"
    draft = zarina.post(at, {**house.screen(case), "do": "draft"})
    assert said in page_text(zarina.get(draft["Location"]))
    press(zarina, f"/cases/{case.code}/section/?of=contact", safe_phone="Canary-Phone")
    assert said not in page_text(zarina.post(at, {**house.screen(case), "do": "look"}))
    assert said not in page_text(zarina.get(draft["Location"]))
    assert said not in page_text(zarina.get(f"/cases/{case.code}/"))


def test_without_a_name_the_page_says_so(house: Senders) -> None:
    case = _agreed(house, by_code=True, safe_phone="Canary-Phone")
    page = page_text(house.browser().post(f"/cases/{case.code}/refer/", {**house.screen(case), "do": "look"}))
    assert "Nothing of the name: what to call the person is not written." in page
    assert "They do not see your name." in page, "red before: it was locked with the rest"
    assert "No safe telephone" not in page


def test_what_was_not_sent_is_called_so_by_everybody(house: Senders) -> None:
    """Red before: the shelter read "nothing was written yet" and "(empty)" stood on the case, though it was written
    since; the supervisor read as if it lay there.
    """
    case = _agreed(house, call_name="Canary-Name")
    sent = house.sent(case, sections=["contact", "needs"])
    house.accepted(sent)
    here = f"/cases/{case.code}/who/"
    assert "(empty)" not in page_text(house.browser().get(here))
    pass_time(minutes=5)
    press(house.browser(), f"/cases/{case.code}/section/?of=needs", wishes="Canary-Wishes")
    assert "Needs, risk, plan (not sent yet)" in page_text(house.browser().get(here))
    seen = page_text(house.browser("supervisor-cso").get(here))
    assert f"{REACH} (if written before it was sent)" in seen, "the walls tell a supervisor no more of it"
    assert "Needs, risk, plan (not sent yet)" in seen
    shelter = page_text(house.browser("shelter-worker").get(f"/referrals/{sent.code}/"))
    assert "Needs, risk, plan Agreed, nothing was sent yet. Ask for it." in shelter
    assert "nothing was written" not in shelter


def test_of_a_closed_organisation_no_word_of_the_program_stands_in_the_warning(house: Senders) -> None:
    """Red before: the warning began with "True.": what to call the person is written, said under the name of a call."""
    closes(house)
    case = _agreed(house, call_name="Canary-Name")
    page = page_text(house.browser().post(f"/cases/{case.code}/refer/", {**house.screen(case), "do": "look"}))
    assert "but the organisation is closed until" in page
    assert "True" not in page
