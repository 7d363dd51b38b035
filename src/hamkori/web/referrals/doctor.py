"""A doctor who is needed in a case, and of whom nobody is asked: said alike on each page that follows a sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.unused import was_asked
from hamkori.casework.referral.rules.card import NEEDED, no_is_for
from hamkori.casework.work.queries.beside import is_no
from hamkori.casework.work.queries.no_doctor import DOCTOR, HEALTH, doctor_unasked
from hamkori.web.words import place, red

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.queries.referrals import SenderPage


def is_missing(case: Case) -> bool:
    """Whether a doctor is needed, today or this week, and nobody of the health service was asked."""
    return is_needed(case) and not was_asked(case, HEALTH)


def is_needed(case: Case) -> bool:
    """Whether a doctor is needed, today or this week."""
    return DOCTOR in case.need_tonight_codes or case.doctor_code in NEEDED


def line(case: Case, answer: str | None, *, agreed: bool) -> dict[str, Any] | None:
    """What is said of one that `is_missing`, and where one is asked for, or the person is. `answer`: what they said
    last to doctors. After a no nobody asks again.
    """
    today = DOCTOR in case.need_tonight_codes
    whose = red.no_doctor(case.doctor_code)
    if is_no(answer) and no_is_for(case.doctor_code):
        said = red.NO_DOCTOR if today else red.DOCTOR_NEEDED
        return {"said": said, "no": red.SAID_NO_HERE, "url": "", "label": ""}
    url, label = place.asked_of_doctor(case.code), red.ASK_PERSON
    if agreed:
        url, label = place.doctors_at(case.code), red.ASK_DOCTOR
    no = red.NO_FOR_THE_CHILD if is_no(answer) else ""
    return {"said": whose if today else red.STILL_DOCTOR, "no": no, "url": url, "label": label}


def still(page: SenderPage) -> dict[str, Any] | None:
    """The same on the page of a referral that waits for an answer or for the person, to whoever may ask. One query,
    where a doctor is needed.
    """
    works = Side.SENDER in page.sides and not page.asks_child and page.case.state_code == "open"
    if not works or page.referral.state_code not in ("sent", "accepted") or not is_needed(page.case):
        return None
    said = doctor_unasked(page.case, page.at)
    return line(page.case, said[0], agreed=said[1]) if said is not None else None
