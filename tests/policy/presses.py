"""Every button of the product, ready to be pressed: the address, who presses, what the form sends, and another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, Screening
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.screening.actions import screening
from hamkori.directory.models import Service
from hamkori.people.models import OrganisationPhone
from hamkori.vocabulary import codelist
from tests.cast import tomorrow
from tests.database import god
from tests.policy.presses_coordination import (
    coordination_call,
    coordination_called,
    coordination_child,
    coordination_phone,
)
from tests.policy.presses_first import (
    begun,
    first_answers,
    first_contact,
    first_later,
    first_need,
    first_send,
    first_service,
    first_signs,
    first_who,
)
from tests.policy.presses_keys import keys_agree, keys_create, keys_refuse, keys_take_back
from tests.policy.presses_stopped import (
    ask_alone,
    call_off,
    child_not_told,
    danger_said,
    danger_told,
    help_said,
    looked_for,
    place_found,
    place_needed,
    place_reached,
    referral_arrange,
    referral_ask_part,
    referral_call,
    referral_call_sender,
    referral_keep_part,
    referral_put_back,
    referral_settle,
    referral_tell_person,
    referral_warn_person,
    tell_lead,
)
from tests.policy.pressing import ABOVE, COLLEAGUE, DESK, HELPER, LEAD, SECOND, House, Ready, at, on

# --- cases -----------------------------------------------------------------------------------------------------------


def new_case(house: House) -> Ready:
    form = {"need_tonight_codes": ["safe_place"], "call_name": "Canary-First"}
    return Ready(LEAD, "/cases/new/", form, {"call_name": "Canary-Second"})


def register_second_page(house: House) -> Ready:
    ready = house.sheet(LEAD, f"/cases/{begun(house).code}/register/?page=2", age_band_code="a18_29")
    ready.other = {"age_band_code": "a30_47"}
    return ready


def register(house: House) -> Ready:
    ready = house.sheet(LEAD, f"/cases/{begun(house).code}/register/?page=3", signs=["TJ03"], then="stay")
    ready.other = {"signs": [], "then": "refer"}
    return ready


def edit_case(house: House) -> Ready:
    more = {"next_step_code": "meet", "next_step_on": tomorrow().isoformat(), "risk_code": "raised"}
    ready = house.sheet(LEAD, f"/cases/{house.opened().code}/edit/", **more)
    ready.other = {"risk_code": "high"}
    return ready


def section(house: House) -> Ready:
    ready = house.sheet(LEAD, f"/cases/{house.opened().code}/section/?of=identity", legal_names="Canary-One")
    ready.other = {"legal_names": "Canary-Two"}
    return ready


def discard_case(house: House) -> Ready:
    return on(LEAD, begun(house), "discard", sure="on")


def settle_age(house: House) -> Ready:
    case = house.opened(age_band_code="child_age_unknown")
    return on(LEAD, case, "settle_age", age_band="a18_29", reason="papers")


def tell_child_protection(house: House) -> Ready:
    return on(LEAD, house.opened(age_band_code="child_age_unknown"), "tell_child_protection", told="recorded")


def admit(house: House) -> Ready:
    other = {"membership": house.member("psychologist-cso")}
    return Ready(LEAD, f"/cases/{house.opened().code}/admit/", {"membership": house.member(COLLEAGUE)}, other)


def release(house: House) -> Ready:
    return Ready(LEAD, f"/cases/{house.opened(COLLEAGUE).code}/release/?whom={house.member(COLLEAGUE)}", {})


def leave(house: House) -> Ready:
    return Ready(COLLEAGUE, f"/cases/{house.opened(COLLEAGUE).code}/leave/", {})


def close(house: House) -> Ready:
    ready = on(LEAD, house.opened(), "close", outcome="goals_met", sure="on")
    ready.other = {"outcome": "person_withdrew"}
    return ready


def reopen(house: House) -> Ready:
    case = house.opened()
    house.do(LEAD, cases.close, case, version=case.version, outcome="goals_met")
    return on(ABOVE, case, "reopen", reason="returned")


# --- the signs, the decision, her agreement --------------------------------------------------------------------------


def screening_start(house: House) -> Ready:
    return Ready(LEAD, f"/cases/{house.opened().code}/screening/", {"do": "start"})


def _answering(house: House) -> tuple[Case, Screening]:
    case = house.opened()
    return case, house.do(LEAD, screening.start, case)


def screening_save(house: House) -> Ready:
    case, row = _answering(house)
    form = {"version": row.seal_no, "a_safe_to_talk": "yes", "sets": "", "was": "", "go": "next"}
    return Ready(LEAD, f"/cases/{case.code}/screening/?part=danger", form, {"a_safe_to_talk": "no"})


def screening_complete(house: House) -> Ready:
    case, row = _answering(house)
    answers = dict.fromkeys((entry.code for entry in codelist("danger_question")), "no")
    for part, given in (("danger", answers), ("forms", {"farm_work": "happened"})):
        row = house.do(LEAD, screening.save, case, seal_no=row.seal_no, part=part, answers=given)
    return Ready(LEAD, f"/cases/{case.code}/screening/", {"do": "complete", "version": row.seal_no})


def screening_discard(house: House) -> Ready:
    return Ready(LEAD, f"/cases/{_answering(house)[0].code}/screening/discard/", {})


def decide(house: House) -> Ready:
    case = house.opened(has_danger=True)
    ready = on(LEAD, case, "decide", decision="presumed", reason="signs_together")
    ready.other = {"decision": "not_yet"}
    return ready


def consent_give(house: House) -> Ready:
    until = (timezone.localdate() + timedelta(days=60)).isoformat()
    asked = {"language": "tg", "read": "on", "how_given": "spoken", "word": "0"}
    form = {"a_health_help": "yes", "s_health_help": ["contact"], **asked}
    case = house.opened()
    return Ready(LEAD, f"/cases/{case.code}/consent/", {**form, "until": until}, {"a_health_help": "without_name"})


def consent_withdraw(house: House) -> Ready:
    case = house.asked()
    form = {"took": ["all"], "how_said": "in_person"}
    return Ready(LEAD, f"/cases/{case.code}/consent/withdraw/", form, {"how_said": "by_phone"})


# --- a request: the sender -------------------------------------------------------------------------------------------


def refer_draft(house: House) -> Ready:
    case = house.asked()
    form = house.screen(case, do="draft")
    return Ready(LEAD, f"/cases/{case.code}/refer/", form, {"do": "send", "agreed_text": "Canary-Other"})


def refer_send(house: House) -> Ready:
    case = house.asked()
    return Ready(LEAD, f"/cases/{case.code}/refer/", house.screen(case), {"do": "draft", "urgency": "normal"})


def gap_record(house: House) -> Ready:
    case = house.opened()
    return Ready(LEAD, f"/cases/{case.code}/gap/record/", {"need": "tonight", "district": "TJ-KT-01"})


def _drafted(house: House) -> tuple[Referral, dict[str, Any]]:
    case = house.asked()
    with transaction.atomic():
        draft = house.draft(case)
    return draft, house.screen(case)


def referral_edit(house: House) -> Ready:
    draft, screen = _drafted(house)
    ready = at(LEAD, draft, "edit", **{**screen, "do": "draft", "agreed_text": "Canary-One"})
    ready.other = {"agreed_text": "Canary-Two"}
    return ready


def referral_send(house: House) -> Ready:
    draft, screen = _drafted(house)
    return at(LEAD, draft, "send", **screen)


def referral_discard(house: House) -> Ready:
    return at(LEAD, _drafted(house)[0], "discard")


def referral_stop(house: House) -> Ready:
    return at(LEAD, house.waiting("normal"), "stop")


def referral_recall(house: House) -> Ready:
    ready = at(LEAD, house.waiting(), "recall", reason="mistake")
    ready.other = {"reason": "placed_elsewhere"}
    return ready


def referral_withdraw(house: House) -> Ready:
    return at(LEAD, house.waiting(), "withdraw", how_said="in_person")


def referral_withdraw_said_to_the_team(house: House) -> Ready:
    return at(HELPER, house.taken(), "withdraw", how_said="in_person")


def referral_answer(house: House) -> Ready:
    referral = house.step(DESK, receive.ask, house.waiting(), question_code="can_travel")
    ready = at(LEAD, referral, "answer", answer_code="with_help")
    ready.other = {"answer_code": "no"}
    return ready


def referral_add(house: House) -> Ready:
    referral = house.taken()
    return at(LEAD, referral, "add", sections=["contact"])


def referral_confirm(house: House) -> Ready:
    ready = at(LEAD, house.ended(), "confirm", her_view="content", agrees="yes")
    ready.other = {"agrees": "no"}
    return ready


def _expected_long_ago(house: House) -> Referral:
    referral = house.taken()
    with transaction.atomic(), god():
        Referral.objects.filter(pk=referral.pk).update(arrival_on=tomorrow() - timedelta(days=3))
    return referral


def referral_hear(house: House) -> Ready:
    ready = at(LEAD, _expected_long_ago(house), "hear", heard="came")
    ready.other = {"heard": "called"}
    return ready


def referral_dispute(house: House) -> Ready:
    return at(LEAD, house.ended(), "dispute", reason="not_received")


# --- a request: the receiver -----------------------------------------------------------------------------------------


def referral_accept(house: House) -> Ready:
    form = {"arrival_on": tomorrow().isoformat(), "arrival_part": "morning", "hour": "Canary-Hour"}
    ready = at(DESK, house.waiting(), "accept", team=[house.member(HELPER)], **form)
    ready.other = {"team": [house.member(SECOND)]}
    return ready


def referral_ask(house: House) -> Ready:
    ready = at(DESK, house.waiting(), "ask", question_code="can_travel")
    ready.other = {"question_code": "has_papers"}
    return ready


def referral_decline(house: House) -> Ready:
    return at(DESK, house.waiting(), "decline", reason="full")


def referral_unaccept(house: House) -> Ready:
    return at(DESK, house.taken(), "unaccept", reason="mistake")


def referral_expect(house: House) -> Ready:
    ready = at(
        HELPER, house.taken(), "expect", arrival_on=tomorrow().isoformat(), arrival_part="evening", place="Canary"
    )
    ready.other = {"arrival_part": "morning"}
    return ready


def referral_miss(house: House) -> Ready:
    return at(HELPER, _expected_long_ago(house), "miss")


def referral_serve(house: House) -> Ready:
    return at(HELPER, house.taken(), "serve")


def referral_staff(house: House) -> Ready:
    return at(HELPER, house.taken(), "staff", joins=[house.member(SECOND)])


def referral_staff_leaving(house: House) -> Ready:
    referral = house.step(HELPER, receive.staff, house.taken(), joins=[house.world.membership(SECOND)])
    return at(SECOND, referral, "staff", leaves=[house.member(SECOND)])


def referral_finish(house: House) -> Ready:
    ready = at(HELPER, house.taken(), "finish", result="not_needed")
    ready.other = {"result": "not_given", "reason": "mistake"}
    return ready


def referral_amend(house: House) -> Ready:
    return at(HELPER, house.ended(), "amend", result="given", reason="mistake")


# --- the directory, Today --------------------------------------------------------------------------------------------


def _service(house: House) -> Service:
    with transaction.atomic(), god():
        return Service.objects.get(pk=house.world.services["HOME-02"])


def service_edit(house: House) -> Ready:
    ready = house.sheet(DESK, f"/directory/{_service(house).pk}/edit/", is_full="no", languages=["tg"])
    ready.other = {"languages": ["ru"]}
    return ready


def service_mark(house: House) -> Ready:
    return Ready(DESK, f"/directory/{_service(house).pk}/mark/", {"full": "0"}, {"full": "1"})


def service_add(house: House) -> Ready:
    """A kind that the shelter does not offer yet; each turn another one."""
    with transaction.atomic(), god():
        offered = set(Service.objects.values_list("service_code", flat=True))
    kind = next(entry.code for entry in codelist("service") if entry.code not in offered)
    form = {"service_code": kind, "is_full": "no", "is_active": "yes", "region": "TJ-KT"}
    return Ready(DESK, "/directory/add/", form, {"service_code": "DOC-03"})


def phone_record(house: House) -> Ready:
    with transaction.atomic(), god():  # each turn there is none yet
        OrganisationPhone.objects.all().delete()
    return Ready(DESK, "/desk/phone/record/", {"phone": "+992 00 01"}, {"phone": "+992 00 02"})


def seen(house: House) -> Ready:
    house.waiting()
    return Ready(DESK, "/today/seen/", {"key": ["new"]})


PRESSES: tuple[Callable[[House], Ready], ...] = (
    first_contact, first_later, first_who, first_signs, first_answers, first_need, first_service, first_send, new_case,
    register, register_second_page, edit_case, section, discard_case, settle_age, tell_child_protection, child_not_told,
    tell_lead, danger_said, danger_told, ask_alone, place_found, place_needed, place_reached, call_off, looked_for,
    admit, release, leave, close, reopen, help_said, screening_start, screening_save, screening_complete,
    screening_discard, decide, consent_give, consent_withdraw, refer_draft, refer_send, gap_record, referral_edit,
    referral_send, referral_discard, referral_stop, referral_recall, referral_withdraw,
    referral_withdraw_said_to_the_team, referral_answer, referral_add, referral_confirm, referral_hear,
    referral_dispute, referral_settle, referral_put_back, referral_call, referral_tell_person, referral_arrange,
    referral_warn_person, referral_accept, referral_ask, referral_decline, referral_unaccept, referral_expect,
    referral_miss, referral_serve, referral_ask_part, referral_keep_part, referral_call_sender, referral_staff,
    referral_staff_leaving, referral_finish, referral_amend, coordination_call, coordination_called, coordination_child,
    coordination_phone, service_edit, service_mark, service_add, phone_record, seen, keys_create, keys_agree,
    keys_refuse, keys_take_back,
)  # fmt: skip
"""Every POST of the product but those outside operations (docs/design/engine.md#operations). The name of each function
is the URL name of its address.
"""
PRESSED_IN_A_HURRY = {
    new_case, section, admit, screening_save, consent_withdraw, refer_send, referral_send, referral_withdraw,
    referral_accept, referral_serve, service_edit, seen, keys_agree,
}  # fmt: skip
"""Those that `--fast` presses: each kind of record once, and whatever leaves the body or ends something."""
