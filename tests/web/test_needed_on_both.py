"""A need that was ticked stands on Today and in the case, in the same words, until it is asked for or taken away."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text
from tests.web.test_goes_on import left, says
from tests.web.test_needed_again import cancelled, doctor_asked

pytestmark = pytest.mark.django_db
ALL = ["doctor", "lawyer", "documents"]
DOCTOR = "Needs a doctor: nobody is asked now"


def ticked(house: Senders, case: Case, *needs: str) -> None:
    with house.as_() as zarina:
        now = Case.objects.get(pk=case.pk)
        cases.edit(zarina, now, version=now.version, codes={"need_tonight_codes": [*needs]})


def on_both(house: Senders, case: Case, *said: str) -> bool:
    today, of_case = (page_text(house.browser().get(one)) for one in ("/", f"/cases/{case.code}/"))
    return all(one in today and one in of_case.partition("What happened")[0] for one in said)


def test_a_doctor_hides_no_other_need(house: Senders) -> None:
    """Red before: in the case only the doctor stood, whose button leads to the same choice."""
    case = house.case({"need_tonight_codes": ALL})
    house.agreed(case, kind="health")
    assert on_both(
        house, case, DOCTOR, "Needed; your team has no referral to an organisation yet: a lawyer, help with documents"
    )


def test_a_need_that_was_ticked_after_that_help_had_ended_is_named(house: Senders) -> None:
    """Red before: "a lawyer" was named nowhere, because one had helped before."""
    case, referral = left(house)
    for said in ("told_them", "put_back", "told_them"):
        pass_time(minutes=5)
        if said == "put_back":
            house.browser().post(at(referral, "put_back"), {"operation": str(uuid4())})
        else:
            says(house, referral, said)
    pass_time(minutes=5)
    ticked(house, case, *ALL)
    house.agreed(case, "legal")
    house.agreed(case, "health")
    assert on_both(
        house, case, DOCTOR, "Needed; your team has no referral to an organisation yet: a lawyer, help with documents"
    )
    ticked(house, case, "documents")
    assert on_both(house, case, "Needed; your team has no referral to an organisation yet: help with documents")


def test_while_help_goes_on_by_their_word_it_is_not_named(house: Senders) -> None:
    case, referral = left(house)
    says(house, referral, "goes_on")
    ticked(house, case, "lawyer")
    house.agreed(case, "legal")
    assert "Needed; your team has no referral to an organisation yet: a lawyer" not in page_text(
        house.browser().get("/")
    )


def test_the_case_names_what_today_names_where_a_doctor_was_asked_in_vain(house: Senders) -> None:
    case, referral = doctor_asked(house)
    ticked(house, case, *ALL)
    assert on_both(
        house, case, "Needed; your team has no referral to an organisation yet: a lawyer, help with documents"
    )
    cancelled(house, referral)
    assert on_both(
        house, case, DOCTOR, "Needed; your team has no referral to an organisation yet: a lawyer, help with documents"
    )
