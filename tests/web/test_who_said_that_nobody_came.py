"""At the head of the referral stands who said that the person did not come, or was looked for in vain, and when."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, at, page_text, version
from tests.web.test_looked_for import FIND_OUT, NOT_HERE, missed, says
from tests.web.test_not_here import READERS

pytestmark = pytest.mark.django_db

DID_NOT_COME, IN_VAIN, HAPPENED = "The person did not come.", "Looked for, not found.", "What happened"


def head(house: Senders, referral: Referral, who: str) -> str:
    """What stands above the history."""
    return page_text(house.browser(who).get(at(referral))).partition(HAPPENED)[0]


def said(text: str, what: str) -> str:
    """The words that stand right before what was said."""
    assert what in text, text[:2500]
    return text.partition(what)[0][-60:]


@pytest.mark.parametrize("who", READERS)
def test_of_the_other_side_its_organisation_and_of_the_own_team_the_name(house: Senders, who: str) -> None:
    """Red before: "The person did not come", and by whose word only the history said."""
    case, referral = missed(house)
    before = head(house, referral, who)
    assert FIND_OUT in before
    assert "Shelter Kulob said today" in said(before, DID_NOT_COME)
    assert "Shelter Worker" not in before, "nobody of theirs by name"
    assert IN_VAIN not in before
    says(house, case, "not_found", "supervisor-cso")
    pass_time(minutes=1)
    after = head(house, referral, who)
    assert "Supervisor Cso said today" in said(after, IN_VAIN)
    assert after.count(IN_VAIN) == after.count(DID_NOT_COME) == 1


@pytest.mark.parametrize("who", READERS)
def test_of_the_senders_own_word_who_of_the_team_said_it(house: Senders, who: str) -> None:
    case = house.case(NOT_HERE)
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    pass_time(days=1)
    with house.as_() as zarina:
        confirm.hear(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), heard="did_not_come")
    pass_time(minutes=1)
    shown = head(house, referral, who)
    assert "Caseworker Cso said today" in said(shown, DID_NOT_COME)
    assert shown.count(DID_NOT_COME) == 1, "once"


def test_who_is_known_to_be_safe_is_not_said_to_be_missing_above_what_comes_next(house: Senders) -> None:
    case, referral = missed(house)
    says(house, case, "is_safe")
    pass_time(minutes=1)
    shown = head(house, referral, READERS[0])
    assert "the person is safe." in shown
    assert DID_NOT_COME not in shown
