"""What the person ended at one organisation is not offered there first again; how one organisation alone is ended."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests.database import god
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
ENDED = "The person ended the help of this organisation"
YES = "before that referral ended"


def _sent_and_ended(house: Senders, *, accepted: bool):
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    if accepted:
        house.accepted(sent)
    with house.as_() as zarina:
        sending.withdraw(zarina, Referral.objects.get(pk=sent.pk), how_said="in_person")
    return case, sent


def _chosen(page: str) -> list[str]:
    return re.findall(r'type="hidden" name="service"', page)


def test_who_accepted_and_was_ended_by_the_person_is_not_chosen_again(house: Senders) -> None:
    _case, sent = _sent_and_ended(house, accepted=True)
    page = house.browser().get(f"/referrals/{sent.code}/again/")
    assert not _chosen(page.content.decode())
    assert ENDED in page_text(page)
    assert YES not in page_text(page), "it reads like a recommendation"


def test_who_had_not_answered_yet_is_not_chosen_again_either(house: Senders) -> None:
    case, sent = _sent_and_ended(house, accepted=False)
    page = house.browser().get(f"/referrals/{sent.code}/again/")
    assert not _chosen(page.content.decode())
    assert ENDED in page_text(page)
    assert ENDED in page_text(house.browser().get(f"/cases/{case.code}/refer/")), "the ordinary way says it too"


def test_who_was_asked_again_since_may_go_there_as_before(house: Senders) -> None:
    case, sent = _sent_and_ended(house, accepted=True)
    house.agreed(case)
    page = house.browser().get(f"/referrals/{sent.code}/again/")
    assert ENDED not in page_text(page)
    assert YES in page_text(page)


def test_other_help_of_the_same_organisation_says_it_too(house: Senders) -> None:
    """Red before: four services of the office that the person had just left stood there without a word."""
    case, sent = _sent_and_ended(house, accepted=True)
    with god():
        Service.objects.create(
            organisation_id=sent.to_organisation_id,
            service_code="HOME-01",
            region_code="TJ-KT",
            changed_at=timezone.now(),
        )
    for address in (f"/referrals/{sent.code}/again/", f"/cases/{case.code}/refer/?need=HOME"):
        page = house.browser().get(address)
        assert ENDED in page_text(page)
        assert not _chosen(page.content.decode())
    with god():
        Service.objects.filter(service_code="HOME-02", organisation_id=sent.to_organisation_id).update(is_active=False)
    assert ENDED in page_text(house.browser().get(f"/cases/{case.code}/refer/?need=HOME")), (
        "beside the other help alone"
    )


def test_what_the_worker_cancelled_is_still_chosen(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    with house.as_() as zarina:
        gone = Referral.objects.get(pk=sent.pk)
        sending.recall(zarina, gone, version=gone.version, reason="mistake")
    page = house.browser().get(f"/referrals/{sent.code}/again/")
    assert _chosen(page.content.decode())
    assert ENDED not in page_text(page)


def test_the_page_of_withdrawing_leads_to_one_organisation_alone(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    page = house.browser().get(f"/cases/{case.code}/consent/withdraw/")
    asked = page_text(page)
    order = ("Everything, to everybody", "Or only one organisation", "Or only one kind of help", "In person")
    assert [*map(asked.index, order)] == sorted(map(asked.index, order)), "the buttons end all of it"
    assert f'href="/referrals/{sent.code}/withdraw/?only=1"' in page.content.decode()
    with house.as_() as zarina:
        sending.withdraw(zarina, Referral.objects.get(pk=sent.pk), how_said="in_person")
    assert "Or only one organisation" not in page_text(house.browser().get(f"/cases/{case.code}/consent/withdraw/"))
