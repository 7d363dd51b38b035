"""The age is put right to that of a child after something was sent on the yes of an adult (ADR 0137)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from hamkori.notices.models import Notice
from hamkori.refusal import NotNow
from hamkori.web.words.lists import label
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import press as press_form
from tests.web.senders import Senders, page_text, records
from tests.web.test_a_yes_for_another_age import put_right
from tests.web.test_age_confirmed import NOTHING_NEW

pytestmark = pytest.mark.django_db
WOMAN = {"sex_code": "female", "age_band_code": "a18_29"}
SPOKEN: dict[str, Any] = {"speaker": "guardianship_body", "child_answer": "agrees", "as_child": True}
UNASKED = "the person is a child. Neither the child nor an adult who acts for the child has been asked since."
CALL = "Call the sender before you call the person or speak with them."
STOPPED = "The referral to Shelter Kulob was stopped before anybody there read it. Send it once the child and the adult"
GOES_ON = "The person agreed to the referral to Shelter Kulob as an adult."
AGAIN = "Ask for consent again: the person is a child"
END_HERE = "If either says no, end this referral"
END_IT = "If the child or the adult who acts for the child says no, end it."


def page(house: Senders, slug: str, at: str) -> str:
    return page_text(house.browser(slug).get(at))


def corrected(house: Senders, case: Case, band: str) -> str:
    """On the page where it is done; what the page of the case says then."""
    client = house.browser()
    saved = press_form(client, f"/cases/{case.code}/settle_age/", age_band=band, reason="papers")
    assert saved.status_code == 303
    return page_text(client.get(saved["Location"]))


def waits(house: Senders, urgency: str = "normal") -> tuple[Case, Referral]:
    case = house.case(WOMAN)
    house.agreed(case)
    return case, house.sent(case, urgency=urgency)


def test_what_no_desk_could_see_yet_is_a_draft_again(house: Senders) -> None:
    """Red before: it left for the desk some seconds later, on the yes of an adult, and no page said so."""
    case, sent = waits(house)
    assert STOPPED in corrected(house, case, "a9_17")
    with god():
        found = Referral.objects.get(pk=sent.pk)
        assert (found.state_code, found.packets, found.sent_at) == ("draft", 0, None)
        assert not Notice.objects.filter(about_id=sent.pk).exists(), "nobody is told of it"
    pass_time(minutes=2)
    assert house.browser("desk-shelter").get(f"/referrals/{sent.code}/").status_code == 404
    assert sent.code not in page(house, "desk-shelter", "/desk/")
    assert GOES_ON not in page(house, "caseworker-cso", f"/cases/{case.code}/")
    with house.as_() as zarina, pytest.raises(NotNow, match="child_speaker"):
        send.send(zarina, found, version=found.version)
    house.agreed(case, **SPOKEN)
    with house.as_() as zarina, pytest.raises(NotNow, match="child_contact"):
        send.send(zarina, found, version=found.version)


def test_a_child_of_another_age_or_an_adult_stops_nothing(house: Senders) -> None:
    case = house.case({**WOMAN, "age_band_code": "a9_17"}, contact={"call_name": "c", "child_contact": "canary"})
    house.agreed(case, **SPOKEN)
    sent = house.sent(case, urgency="normal")
    for band in ("a0_8", "a18_29"):
        assert "was stopped before" not in corrected(house, case, band)
        with god():
            assert Referral.objects.get(pk=sent.pk).state_code == "sent", band


def test_the_sender_reads_what_goes_on_until_when_and_ends_it_there(house: Senders) -> None:
    """Red before: "Nothing new can be sent", and the desk accepted with one press."""
    records(house)
    case, sent = waits(house)
    pass_time(minutes=2)
    assert GOES_ON not in page(house, "caseworker-cso", f"/referrals/{sent.code}/")
    shown = corrected(house, case, "a9_17")
    # Red before, on the case: three paragraphs, the day twice, and "end it" twice.
    for text in (shown, page(house, "caseworker-cso", f"/cases/{case.code}/")):
        assert re.search(
            rf"{NOTHING_NEW} Until .+ Shelter Kulob can still accept the referral and open what is shared\.", text
        )
        assert (text.count(END_HERE), END_IT in text, "The earlier answers end" in text) == (1, False, False)
    text = page(house, "caseworker-cso", f"/referrals/{sent.code}/")
    assert NOTHING_NEW in text
    assert re.search(rf"{GOES_ON} Until .+ they can still accept it and open what is shared\.", text)
    assert END_IT in text
    html = house.browser().get(f"/cases/{case.code}/").content.decode()
    assert f'href="/referrals/{sent.code}/withdraw/"' in html
    house.accepted(sent, part="now")
    assert re.search(
        r"Until .+ Shelter Kulob can open what is shared\.", page(house, "caseworker-cso", f"/cases/{case.code}/")
    )
    text = page(house, "caseworker-cso", f"/referrals/{sent.code}/")
    assert re.search(rf"{GOES_ON} They accepted it, and can open what is shared until ", text)
    assert END_IT in text
    house.agreed(case, **SPOKEN)
    for at in (f"/cases/{case.code}/", f"/referrals/{sent.code}/"):
        text = page(house, "caseworker-cso", at)
        assert (GOES_ON in text, END_HERE in text) == (False, False)


def test_asking_again_stands_once_and_whoever_supervises_reads_it(house: Senders) -> None:
    """Red before: beside that box the plan to ask, whose button was "Done, set the next step"; and to the supervisor
    only that child protection is to be told.
    """
    case, _sent = waits(house, "urgent")
    plan = {"next_step_code": "ask_agreement", "next_step_on": timezone.localdate() + timedelta(days=1)}
    with house.as_() as zarina:
        found = Case.objects.get(pk=case.pk)
        cases.edit(zarina, found, version=found.version, codes=plan)
    asks = label("next_step", "ask_agreement")
    assert asks in page(house, "caseworker-cso", f"/cases/{case.code}/")
    shown = corrected(house, case, "a9_17").partition("What happened")[0]
    assert (AGAIN in shown, asks in shown) == (True, False)
    for at in (f"/cases/{case.code}/", "/"):
        assert AGAIN in page(house, "supervisor-cso", at), at


def test_the_desk_and_the_team_read_that_the_child_was_not_asked_until_one_was(house: Senders) -> None:
    """Red before: "Accept" and "Open" as if the child had agreed."""
    records(house)
    case, sent = waits(house)
    pass_time(minutes=2)
    at = f"/referrals/{sent.code}/"
    assert "Neither the child" not in page(house, "desk-shelter", at)
    put_right(house, case, "a9_17")
    text = page(house, "desk-shelter", at)
    assert re.search(rf"The age was corrected (today|yesterday) \d\d:\d\d: {UNASKED} {CALL}", text)
    assert text.index(CALL) < text.index("Ask first"), "beside what it speaks of"
    house.accepted(sent, part="now")
    text = page(house, "shelter-worker", at)
    assert UNASKED in text
    assert CALL in text
    assert "of the sender's referral desk" in text.partition(CALL)[2], "whom to call stands under it"
    put_right(house, case, "a18_29")
    assert "Neither the child" not in page(house, "shelter-worker", at), "an adult said yes"
    put_right(house, case, "a9_17")
    assert UNASKED in page(house, "shelter-worker", at)
    house.agreed(case, **SPOKEN)
    assert "Neither the child" not in page(house, "shelter-worker", at)


def test_on_the_short_way_it_is_stopped_and_said_too(house: Senders) -> None:
    case, sent = waits(house)
    client = house.browser()
    said = press_form(
        client, f"/cases/{case.code}/first/?step=who", age_band_code="a9_17", adult="yes", district="TJ-KT-01", do="on"
    )
    assert said.status_code == 303, page_text(said)
    assert STOPPED in page_text(client.get(said["Location"]))
    with god():
        assert Referral.objects.get(pk=sent.pk).state_code == "draft"


def test_answers_that_ended_at_once_have_no_day_on_today(house: Senders) -> None:
    """Red before: "answers end 16 December" on Today, and "The earlier answers have ended" in the case."""
    case = house.case(WOMAN)
    house.agreed(case)
    corrected(house, case, "a9_17")
    assert "answers end " in page(house, "caseworker-cso", "/")
    with god():  # the age was changed before the registration, in another window
        Case.objects.filter(pk=case.pk).update(age_settled_at=None)
    today = page(house, "caseworker-cso", "/")
    assert AGAIN in today
    assert "answers end " not in today
    assert "The earlier answers have ended." in page(house, "caseworker-cso", f"/cases/{case.code}/")
