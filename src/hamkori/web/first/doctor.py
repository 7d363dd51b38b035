"""A doctor who was said to be needed, while the person was not asked about one: which question is the one to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.referral.rules.card import no_is_for
from hamkori.casework.work.queries.no_doctor import ASKED_FOR
from hamkori.directory.rules.suit import kinds
from hamkori.web.consent.rows import answer_name
from hamkori.web.first.frame import address
from hamkori.web.first.said import HIDES
from hamkori.web.first.tongues import CAN_BE_SAID
from hamkori.web.referrals.doctor import is_missing
from hamkori.web.referrals.listed import NO_ANSWER
from hamkori.web.referrals.soon import DOCTORS, doctor_this_week

if TYPE_CHECKING:
    from hamkori.casework.referral.queries.refer import Prepared

QUESTION: Final = answer_name(ASKED_FOR)


def is_unasked(known: Prepared) -> bool:
    """Whether the person gave no answer about a doctor that holds for whoever needs one."""
    row = known.rows.get(ASKED_FOR)
    said = rules.row_state(row, known.at, known.age) if row is not None else ""
    return not said or said in NO_ANSWER or (said in rules.SAID_NO and not no_is_for(known.case.doctor_code))


def asked_at(known: Prepared, urgency: str = "") -> str:
    """That question of step 3, past the text that was read, from where the way goes back to the services that are asked
    this soon; '' where there is nothing to ask.
    """
    case = known.case
    if not is_missing(case) or not is_unasked(known):
        return ""
    read = known.asked_in if known.asked_in in CAN_BE_SAID else ""
    return f"{address(case.code, 'consent', read=read, urgency=urgency)}#id_{QUESTION}_0"


def found_at(known: Prepared, need: str, urgency: str) -> str:
    """Where doctors are chosen from, who may be told and whom this search leaves out; '' where nothing is left out. A
    doctor of this week is no need of tonight, which is what is searched first.
    """
    if need == DOCTORS or not _can_wait(known):
        return ""
    return address(known.case.code, "service", urgency=urgency, need=DOCTORS)


def alone(known: Prepared) -> str:
    """The group of doctors, where one of this week is all that was said to be needed: they are what is looked for. That
    somebody looks for the person is said to whoever helps, and is no help to begin with.
    """
    needs = set(known.case.need_tonight_codes) - {HIDES}
    return DOCTORS if _can_wait(known) and not kinds(needs) else ""


def _can_wait(known: Prepared) -> bool:
    """Whether a doctor is needed this week, is still to ask, and may be told."""
    row = known.rows.get(ASKED_FOR)
    agrees = row is not None and rules.live(row, known.at, known.age)
    return agrees and is_missing(known.case) and doctor_this_week(known.case)
