"""A case that was opened from the page of a referral leads back there, and a case from elsewhere to the list."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.web.senders import Senders
from tests.web.test_left_without_a_word import own_of

pytestmark = pytest.mark.django_db


def back(house: Senders, at: str, who: str = "caseworker-cso") -> str:
    """Where the arrow of this page leads."""
    page = house.browser(who).get(at).content.decode()
    found = re.search(r'<header class="top">\s*<a href="([^"]+)"', page)
    assert found is not None
    return found[1]


def way(house: Senders, referral: Referral, code: str, who: str = "caseworker-cso") -> str:
    """The link of the page of the referral to this case."""
    page = house.browser(who).get(f"/referrals/{referral.code}/").content.decode()
    found = re.search(rf'href="(/cases/{code}/(?:[?][^"#]*)?)"', page)
    assert found is not None
    return found[1]


def test_the_sender_comes_back_to_the_referral(house: Senders) -> None:
    """Red before: to the list of cases."""
    house.agreed(case := house.case())
    sent = house.sent(case)
    for who in ("caseworker-cso", "supervisor-cso"):
        assert back(house, way(house, sent, case.code, who), who) == f"/referrals/{sent.code}/"
        assert back(house, f"/cases/{case.code}/", who) == "/cases/"


def test_who_received_the_person_comes_back_to_it_from_the_own_case(house: Senders) -> None:
    house.agreed(case := house.case())
    house.accepted(sent := house.sent(case), part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=sent.pk)
        receive.serve(parvina, mine, version=mine.version)
    own = own_of(sent).code
    assert back(house, way(house, sent, own, "shelter-worker"), "shelter-worker") == f"/referrals/{sent.code}/"
    assert back(house, f"/cases/{own}/", "shelter-worker") == "/cases/"


def test_what_is_no_referral_of_the_case_leads_to_the_list(house: Senders) -> None:
    """No address that somebody made up, and no other referral."""
    house.agreed(case := house.case())
    house.agreed(other := house.case())
    sent, others = house.sent(case), house.sent(other)
    assert back(house, f"/cases/{case.code}/?from={sent.code}") == f"/referrals/{sent.code}/"
    for came in (others.code, "", "//example.org", case.code, f"{sent.code}/../x"):
        assert back(house, f"/cases/{case.code}/?from={came}") == "/cases/", came
