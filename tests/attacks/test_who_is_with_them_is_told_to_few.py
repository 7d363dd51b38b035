"""That an organisation says that a missing person is with them is read by the sender's side alone (ADR 0232).

No commit is red here: the wall of `case_looked_for` stood, and nothing asked it for this.
"""

from __future__ import annotations

import json

import pytest

from hamkori.casework.referral.models import Referral
from tests.attacks.counted import tried
from tests.attacks.test_who_left_is_told_to_few import PLACES, SENDERS, asked
from tests.cast import PEOPLE, World
from tests.database import god
from tests.web.senders import Senders
from tests.web.test_two_words_of_where import missed_on_an_old_page, saved_all_the_same

pytestmark = pytest.mark.django_db

OF_CASES = "select case_looked_for(%s, %s)"


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


def test_who_says_that_they_are_there_is_told_to_the_team_and_its_supervisor(house: Senders) -> None:
    """Organisation, hour and number of another referral: not to those who are named, nor to whoever else asks."""
    case, referral, _held = missed_on_an_old_page(house)
    saved_all_the_same(house, case)
    with god():
        served_at = Referral.objects.get(pk=referral.pk).served_at
    assert served_at is not None
    for who in PEOPLE:
        found = asked(house, who, OF_CASES, case.pk, PLACES)
        if who not in SENDERS:
            assert found is None, who
            tried()
            continue
        said = json.loads(found) if isinstance(found, str) else found
        assert isinstance(said, dict), who
        assert said["here"]["to"] == str(house.world.bodies["shelter-kulob"]), who
        assert said["here"]["at"][:16] == served_at.isoformat()[:16], who


def test_what_it_is_made_of_answers_nobody(house: Senders) -> None:
    """The search itself asks for no side: it is granted to no login."""
    case, _referral, _held = missed_on_an_old_page(house)
    saved_all_the_same(house, case)
    for who in PEOPLE:
        assert asked(house, who, "select case_search(%s, %s)", case.pk, PLACES) == "42501", who
        tried()
