"""Presses after a no: nothing more to do, put it back, tell the lead worker, a place for tonight was found."""

from __future__ import annotations

from django.db import transaction

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import place
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm as confirming
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from tests.database import god
from tests.policy.pressing import ABOVE, DESK, HELPER, LEAD, House, Ready, at, case_now, on

NEEDED = {"need_tonight_codes": ["safe_place"]}


def referral_settle(house: House) -> Ready:
    return at(LEAD, _declined(house), "settle", reason="other_help")


def referral_put_back(house: House) -> Ready:
    referral = _declined(house)
    house.do(LEAD, confirming.settle, referral, reason="mistake")
    return at(LEAD, referral, "put_back")


def referral_call(house: House) -> Ready:
    ready = at(LEAD, house.waiting(), "call", answer="reached")
    ready.other = {"answer": "coordinator"}
    return ready


def referral_tell_person(house: House) -> Ready:
    ready = at(LEAD, house.taken(), "tell_person", answer="told")
    ready.other = {"answer": "not_told"}
    return ready


def referral_arrange(house: House) -> Ready:
    referral = house.waiting()
    house.do(LEAD, confirming.call, referral, answer="said_yes")
    ready = at(LEAD, referral, "arrange", hour="tonight, 18:30")
    ready.other = {"hour": "tonight, 19:30"}
    return ready


def referral_warn_person(house: House) -> Ready:
    ready = at(LEAD, _returned(house), "warn_person", answer="warned")
    ready.other = {"answer": "never_told"}
    return ready


def referral_call_sender(house: House) -> Ready:
    ready = at(DESK, _returned(house), "call_sender", answer="reached")
    ready.other = {"answer": "not_reached"}
    return ready


def _returned(house: House) -> Referral:
    return house.step(DESK, receive.unaccept, house.taken(), reason="mistake")


def _declined(house: House) -> Referral:
    return house.step(DESK, receive.decline, house.waiting(), reason="full")


def child_not_told(house: House) -> Ready:
    case = house.opened(age_band_code="child_age_unknown")
    house.do(LEAD, cases.tell_child_protection, case, version=case_now(case).version)
    return on(LEAD, case, "child_not_told")


def tell_lead(house: House) -> Ready:
    return on(ABOVE, house.opened(), "tell_lead")


def danger_said(house: House) -> Ready:
    return on(LEAD, house.opened(), "danger")


def danger_told(house: House) -> Ready:
    with transaction.atomic():
        case = house.case()
        house.agreed(case)
        referral = house.sent(case)
    house.do(LEAD, cases.danger_said, case, version=case_now(case).version)
    return on(LEAD, case, "danger-told", which=referral.code)


def ask_alone(house: House) -> Ready:
    return on(LEAD, house.opened(), "ask-alone")


def place_found(house: House) -> Ready:
    ready = on(LEAD, house.opened(), "place-found", whose="known_people")
    ready.other = {"whose": "own_home"}
    return ready


def place_needed(house: House) -> Ready:
    return on(LEAD, _found(house), "place-needed")


def place_reached(house: House) -> Ready:
    return on(LEAD, _found(house), "place-reached")


def call_off(house: House) -> Ready:
    case = house.opened()
    codes = {"need_tonight_codes": ["nothing_now"]}
    house.do(LEAD, place.place_found, case, version=case.version, reason="organisation", codes=codes)
    house.do(LEAD, place.place_found, case, version=case_now(case).version, reason="own_home", codes=codes)
    ready = on(LEAD, case, "call_off", which="", answer="reached")
    ready.other = {"which": "", "answer": "not_reached"}
    return ready


def looked_for(house: House) -> Ready:
    case = _found(house)
    house.do(LEAD, place.place_needed, case, version=case_now(case).version, reason="did_not_get_there", codes=NEEDED)
    ready = on(LEAD, case, "looked_for", why="not_found")
    ready.other = {"why": "is_safe"}
    return ready


def help_said(house: House) -> Ready:
    """The own case was closed while help went on, and the person's word ended the referral since."""
    referral = house.step(HELPER, receive.serve, house.taken())
    with transaction.atomic(), god():
        own = ReferralOwnCase.objects.get(referral=referral.pk).case
    house.do(HELPER, cases.close, own, version=own.version, outcome="goals_met")
    house.do(LEAD, send.withdraw, referral, how_said="by_phone")
    ready = on(HELPER, own, "help_said", answer="goes_on")
    ready.other = {"answer": "over"}
    return ready


def _found(house: House) -> Case:
    case = house.opened()
    codes = {"need_tonight_codes": ["nothing_now"]}
    house.do(LEAD, place.place_found, case, version=case.version, reason="own_home", codes=codes)
    return case


def referral_ask_part(house: House) -> Ready:
    ready = at(HELPER, house.taken(), "ask_part", section="contact")
    ready.other = {"section": "needs"}
    return ready


def referral_keep_part(house: House) -> Ready:
    referral = house.taken()
    house.do(HELPER, receive.ask_part, referral, section="identity")
    return at(LEAD, referral, "keep_part", section="identity")
