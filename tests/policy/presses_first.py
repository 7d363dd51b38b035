"""The presses of the first contact: each step of the way, on a case of its own."""

from __future__ import annotations

import re

from django.db import transaction

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from tests.cast import tomorrow
from tests.policy.pressing import LEAD, House, Ready


def begun(house: House) -> Case:
    """A draft."""
    sealed = {"contact": {"call_name": "Canary"}, "place": {"district": "TJ-KT-01"}}
    found: Case = house.do(LEAD, cases.begin, codes={"need_tonight_codes": ["safe_place"]}, sealed=sealed)
    return found


def first_contact(house: House) -> Ready:
    return Ready(LEAD, "/cases/first/", {"danger": "talk"}, {"danger": "danger"})


def _way(house: House, case: Case, step: str, **answers: object) -> Ready:
    return house.sheet(LEAD, f"/cases/{case.code}/first/?step={step}", **answers)


def first_later(house: House) -> Ready:
    return _way(house, begun(house), "later", next_step_code="meet", next_step_on=tomorrow().isoformat())


def first_who(house: House) -> Ready:
    ready = _way(house, begun(house), "who", sex_code="female", do="go")
    ready.other = {"call_name": "Canary-Other"}
    return ready


def first_signs(house: House) -> Ready:
    ready = _way(house, begun(house), "consent", pay="present", read="tg")
    ready.other = {"pay": "absent"}
    return ready


def first_answers(house: House) -> Ready:
    ready = _way(house, house.opened(), "consent&read=tg", a_shelter_social_help="yes", how="spoken")
    ready.other = {"a_shelter_social_help": "no"}
    return ready


def first_need(house: House) -> Ready:
    return _way(house, house.asked(), "need", tonight="needs", urgency="urgent", do="go")


def first_service(house: House) -> Ready:
    case = house.asked()
    page = house.client(LEAD).get(f"/cases/{case.code}/first/?step=service&urgency=urgent").content.decode()
    chosen = re.search(r'name="service"\s+value="([^"]+)"', page)
    assert chosen, page
    return _way(house, case, "service&urgency=urgent", service=chosen[1])


def first_send(house: House) -> Ready:
    case = house.asked()
    with transaction.atomic():
        draft = house.draft(case)
    ready = _way(house, case, f"check&of={draft.code}", do="send")
    ready.other = {"agreed_text": "Canary-Other"}
    return ready
