"""She says yes to less, which the database refuses; a form of before, of a colleague, says yes to more, and stands.

What a yes leaves out is marked where it fails, but not as something that she has said (`_said`, `beside_a_yes`): so
the form of an older yes, which is asked again after a "no" that was not kept, is taken here and stands above her newer
word. With an honest database it is 409 `version_same`. The page had said that what she takes back goes nowhere all the
same. ADR 0062: an older yes stands above nothing that was said since. Red on 8937fd2.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.test_an_older_form_after_an_unwritten_no import older_yes, read_after_it
from tests.attacks.test_her_no_is_not_written import HELP, raising
from tests.casework.racing import COLLEAGUE, LEAD, House
from tests.cast import tomorrow

pytestmark = pytest.mark.alarms

NEEDS = frozenset({"needs"})


def less(house: House, case: Case) -> None:
    """Her newer word, on the form that shows what she said last: her contact goes to nobody any more."""
    asking = consent.Asking(language="tg", how_given="spoken", until_on=tomorrow() + timedelta(days=59))
    answers = [consent.Answer(*HELP, "yes", NEEDS)]
    house.as_(LEAD, lambda actor: consent.record(actor, case, answers=answers, asking=asking, seen=1))


def test_it_is_asked_again_where_the_database_kept_her_word(house: House) -> None:
    case = house.case(COLLEAGUE)
    house.agreed(case)
    less(house, case)
    tried()
    with pytest.raises(NotNow, match="version_same"):
        older_yes(house, case, 1)


def test_so_it_is_where_it_did_not(house: House) -> None:
    case = house.case(COLLEAGUE)
    house.agreed(case)
    draft = house.draft(case)
    with raising("consent"), pytest.raises(NotNow, match="unwritten"):
        less(house, case)
    read = read_after_it(house, case, draft)
    assert "contact" not in read, "she said yes to less after that form was opened"
