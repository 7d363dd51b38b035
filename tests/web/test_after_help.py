"""Once help has ended the sender reads what is still missing for the person: beside the result, and afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse

from hamkori.casework.case.actions import place
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralOrigin
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text, state, version

pytestmark = pytest.mark.django_db

PLACE = {"need_tonight_codes": ["safe_place"]}
NOTHING = {"need_tonight_codes": ["nothing_now"]}
CONFIRMED = "Confirmed. Nothing more is to be done for this referral."
NO_PLACE = "No place for tonight"
SLEEPS = "Where does the person sleep tonight?"
NO_DOCTOR = "Needs a doctor: nobody is asked now"


def ended(house: Senders, facts: dict[str, Any], result: str = "partly") -> Referral:
    """A shelter helped, and has said how it ended."""
    case = house.case(facts)
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    house.finished(referral, result)
    return referral


def confirmed(house: Senders, referral: Referral, who: str = "caseworker-cso") -> HttpResponse:
    """The page that is read after "Confirm" was pressed."""
    here, browser = f"/referrals/{referral.code}/confirm/", house.browser(who)
    asked = fields(browser.get(here), here) | {"her_view": ["content"], "agrees": ["yes"]}
    return browser.post(here, asked, follow=True)


def after_it(page: HttpResponse, said: str) -> str:
    """The box that begins with this: its words and where its buttons lead."""
    before, found, box = page.content.decode().partition(said)
    assert found, said
    assert "note late" in before[-400:], said
    return box[: box.index("</div>")]


def test_no_place_for_tonight_is_said_beside_the_result_and_after_it(house: Senders) -> None:
    """Red before: green "nothing more is to be done", while Today had the same person under "Call now"."""
    referral = ended(house, PLACE)
    asked = house.browser().get(f"/referrals/{referral.code}/confirm/")
    after = confirmed(house, referral)
    assert state(referral) == "confirmed"
    assert CONFIRMED in page_text(after)
    for page in (asked, after):
        box = after_it(page, NO_PLACE)
        assert "Ask another organisation" in box
        assert "/refer/?need=HOME" in box
    assert NO_PLACE in page_text(house.browser().get(f"/referrals/{referral.code}/")), "until there is one"


def test_a_doctor_who_is_needed_is_said_there_too_with_the_question_first(house: Senders) -> None:
    referral = ended(house, {"need_tonight_codes": ["safe_place", "doctor"]}, "given")
    after = confirmed(house, referral)
    assert NO_PLACE not in page_text(after), "nobody knows that there is none"
    assert "Open the case" in after_it(after, SLEEPS)
    assert "Ask the person" in after_it(after, NO_DOCTOR)


def test_whoever_supervises_is_led_to_the_case(house: Senders) -> None:
    referral = ended(house, PLACE)
    box = after_it(confirmed(house, referral, "supervisor-cso"), NO_PLACE)
    assert "Open the case" in box
    assert "Ask another organisation" not in box


def test_after_a_no_nobody_is_sent_to_ask(house: Senders) -> None:
    """Of whom is in danger: more is owed to them than peace, and a place is asked for once they raise it."""
    referral = ended(house, {**PLACE, "has_danger": True})
    with house.as_():
        case = ReferralOrigin.objects.get(referral=referral).case
    house.agreed(case, answer="no")
    box = after_it(confirmed(house, referral), NO_PLACE)
    assert "The person said no. Ask again only if the person raises it." in box
    assert "Ask another organisation" not in box


def test_where_nothing_is_missing_nothing_is_said(house: Senders) -> None:
    """A place was found since: until then it is asked where the person sleeps (ADR 136)."""
    referral = ended(house, PLACE, "given")
    with house.as_() as zarina:
        case = ReferralOrigin.objects.get(referral=referral).case
        nothing = {"need_tonight_codes": ["nothing_now"]}
        place.place_found(zarina, case, version=case.version, reason="own_home", codes=nothing)
    after = page_text(confirmed(house, referral))
    assert CONFIRMED in after
    assert not any(said in after for said in (NO_PLACE, SLEEPS, NO_DOCTOR, "Nobody helps now"))


def test_after_the_last_result_there_is_a_way_to_close_the_case(house: Senders) -> None:
    """Red before: "Nothing more is to be done for this referral", and no way on."""
    one, other = ended(house, NOTHING, "given"), ended(house, NOTHING, "given")
    with god():
        case, open_one = (ReferralOrigin.objects.get(referral=each).case for each in (one, other))
    pass_time(days=3)  # the night after the shelter is over: nobody asks where the person sleeps
    way = f'<a href="/cases/{case.code}/close/">Close the case</a>'
    assert way in confirmed(house, one).content.decode()
    waiting = house.sent(open_one, "normal")
    assert "Close the case" not in confirmed(house, other).content.decode().partition("</main>")[0]
    pass_time(minutes=30)
    with house.as_("desk-shelter") as gulnora:
        receive.decline(gulnora, Referral.objects.get(pk=waiting.pk), version=version(waiting), reason="full")
    here = f"/referrals/{waiting.code}/settle/"
    asked = fields(house.browser().get(here), here) | {"reason": ["help_outside"]}
    assert (
        f'href="/cases/{open_one.code}/close/">Close the case'
        in house.browser().post(here, asked, follow=True).content.decode()
    )
