"""A need stays until it is met: what our own side took back has asked nobody, and after a no it calls nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_said_no_to_all import NO
from tests.web.test_the_way_on import another
from tests.web.test_withdrawing import take_back

pytestmark = pytest.mark.django_db

DOCTOR = "Needs a doctor: nobody is asked now"
CLOSING = "A doctor is needed, and nobody is asked now."
NEEDED = "Needed; your team has no referral to an organisation yet: "


def doctor_asked(house: Senders) -> tuple[Case, Referral]:
    """A doctor is needed, the person agrees, and one was asked."""
    house.world.services["HEALTH-02"] = another(house, service_code="HEALTH-02").pk
    case = house.case({"need_tonight_codes": ["doctor"]})
    house.agreed(case, kind="health")
    return case, house.sent(case, service="HEALTH-02")


def read(house: Senders, *addresses: str, who: str = "caseworker-cso") -> list[str]:
    return [page_text(house.browser(who).get(address)) for address in addresses]


def cancelled(house: Senders, referral: Referral) -> None:
    pass_time(minutes=10)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        send.recall(zarina, mine, version=mine.version, reason="mistake")


def withdrawn(house: Senders, referral: Referral) -> None:
    pass_time(minutes=10)
    with house.as_() as zarina:
        send.withdraw(zarina, Referral.objects.get(pk=referral.pk), how_said="in_person")


@pytest.mark.parametrize("ends", [cancelled, withdrawn])
def test_a_doctor_is_needed_again_once_our_side_took_the_referral_back(house: Senders, ends) -> None:
    """Red before: neither the case, nor Today, nor the page of closing said that a doctor is needed."""
    case, referral = doctor_asked(house)
    here = f"/cases/{case.code}/"
    assert not any(DOCTOR in page for page in read(house, "/", here)), "somebody is asked"
    ends(house, referral)
    assert all(DOCTOR in page for page in read(house, "/", here, "/cases/"))
    assert DOCTOR in read(house, "/", who="supervisor-cso")[0]
    assert CLOSING in read(house, f"{here}close/")[0]


def test_an_organisation_that_must_get_nothing_leaves_the_need(house: Senders) -> None:
    case, referral = doctor_asked(house)
    pass_time(minutes=10)
    house.agreed(case, kind="health", excluded=[referral.to_organisation_id])
    assert all(DOCTOR in page for page in read(house, "/", f"/cases/{case.code}/"))


def says_no(house: Senders, case: Case) -> None:
    house.agreed(case, kind="health", answer="no")


@pytest.mark.parametrize("refuses", [says_no, take_back])
def test_after_a_no_the_need_stays_and_nobody_is_to_ask(house: Senders, refuses) -> None:
    """Red before: no page of the team said any more that the person needs a doctor."""
    case, _referral = doctor_asked(house)
    pass_time(minutes=10)
    refuses(house, case)
    for slug in ("caseworker-cso", "supervisor-cso"):
        today = read(house, "/", who=slug)[0]
        assert DOCTOR in today, slug
        assert NO in today, slug
        assert "Ask a doctor" not in today, slug
    assert DOCTOR in read(house, f"/cases/{case.code}/")[0]
    assert "Ask a doctor" not in read(house, f"/cases/{case.code}/")[0]


def test_a_doctor_who_came_is_needed_no_more(house: Senders) -> None:
    case, referral = doctor_asked(house)
    pass_time(minutes=10)
    with god():
        Referral.objects.filter(pk=referral.pk).update(served_at=referral.sent_at, state_code="ended")
    assert not any(DOCTOR in page for page in read(house, "/", f"/cases/{case.code}/"))


def test_a_lawyer_who_was_ticked_is_named_again_everywhere(house: Senders) -> None:
    """Red before: gone from Today once the referral was cancelled as sent by mistake."""
    case = house.case({"need_tonight_codes": ["lawyer", "documents"]})
    house.agreed(case, kind="legal")
    referral = house.sent(case, "normal", service="LEGAL-01")
    here = f"/cases/{case.code}/"
    assert all(f"{NEEDED}help with documents" in page for page in read(house, "/", here))
    cancelled(house, referral)
    assert all(f"{NEEDED}a lawyer, help with documents" in page for page in read(house, "/", here))


def test_after_a_shelter_was_asked_documents_are_named_by_all_three(house: Senders) -> None:
    """Red before: named on Today alone; a shelter had been asked for a place, the same kind of organisation."""
    case = house.case({"need_tonight_codes": ["safe_place", "documents"]})
    house.agreed(case)
    sent = house.sent(case)
    after = f"/cases/{case.code}/first/?step=sent&of={sent.code}"
    for page in read(house, "/", f"/cases/{case.code}/", after):
        assert f"{NEEDED}help with documents" in page


def test_the_planned_step_stands_in_the_case_beside_what_is_needed(house: Senders) -> None:
    """Red before: the way to take the doctor out leads to the page of the plan, and hid the plan."""
    tomorrow = timezone.localdate(now()) + timedelta(days=1)
    case = house.case({"need_tonight_codes": ["doctor"], "next_step_code": "meet", "next_step_on": tomorrow})
    house.agreed(case, kind="health")
    shown = page_text(house.browser().get(f"/cases/{case.code}/")).partition("What is next")[2]
    assert DOCTOR in shown
    assert "Meet again" in shown
    assert "Done, set the next step" in shown
