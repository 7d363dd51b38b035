"""A form that was opened before her "no", and sent after it: the database refused the row of the "no" in between.

Nothing was written of it, so no number of her word says that it was said: the mark `taken` has one, and the form does
not name it. `consent.record` compares what a form has seen with the number of the newest version alone, which is the
one of before; so the yes of the older form is taken, gets a number above the mark, and stands above her newer "no".
Nobody asked her again. ADR 0062: "an older yes" does not "stand above a no said since"; ADR 0066: what could not be
written down holds.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from hamkori.vault.trust import Trust
from tests.attacks.counted import tried
from tests.attacks.hers import accept, sends
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import HELP, SENTENCE, a_no, everything, opened, raising, this_row
from tests.attacks.test_replaced_meanwhile import meanwhile
from tests.attacks.test_without_her_name_is_not_written import recorded
from tests.casework.racing import COLLEAGUE, LEAD, House, state
from tests.cast import tomorrow
from tests.web.consenting import form_of, page
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.alarms


def older_yes(house: House, case: Case, seen: int) -> None:
    """The form of a colleague, who asked her before she said no; `seen`: the word that it drew."""
    asking = consent.Asking(language="tg", how_given="spoken", until_on=tomorrow() + timedelta(days=59))
    answers = [consent.Answer(*HELP, "yes", frozenset({"contact"}))]
    house.as_(COLLEAGUE, lambda actor: consent.record(actor, case, answers=answers, asking=asking, seen=seen))


def read_after_it(house: House, case: Case, draft: Referral) -> dict[str, Any]:
    """What the receiver reads once that form was sent, if it was taken."""
    read: dict[str, Any] = {}
    with suppress(NotNow):
        older_yes(house, case, 1)
        sends(house, draft)
        accept(house, draft)
        read = reads(house, draft)
    tried()
    return read


@pytest.mark.parametrize("says", [everything, this_row, a_no])
def test_her_newer_no_stands_above_an_older_yes(house: House, says: Callable[..., None]) -> None:
    case = house.case(COLLEAGUE)
    house.agreed(case)
    draft = house.draft(case)
    with raising("consent"), pytest.raises(NotNow, match="unwritten"):
        says(house, case, draft)
    read = read_after_it(house, case, draft)
    assert (state(draft), read) == ("draft", {}), "she said no after that form was opened"


def test_so_does_her_name(house: House) -> None:
    case = house.case(COLLEAGUE)
    house.agreed(case)
    draft = house.draft(case)
    with raising("consent"), pytest.raises(NotNow, match="unwritten"):
        recorded(house, case)
    read = read_after_it(house, case, draft)
    assert "call_name" not in str(read), "she said without my name after that form was opened"


def test_the_older_form_comes_again_on_the_page(house: House) -> None:
    """Two windows: the answers are filled in in one, everything is taken back in the other, and that is not written."""
    case = house.case(COLLEAGUE)
    house.agreed(case)
    with transaction.atomic():
        colleague = Senders(house.world).browser(COLLEAGUE)
    older = form_of(colleague.get(page(case))) | {"anew": ["shelter_social:help"], "language": "tg"}
    client, form = opened(house, case)
    with raising("consent"):
        told = client.post(page(case, "withdraw/"), form)
    assert SENTENCE in page_text(told), "and that it goes nowhere all the same"
    answer = colleague.post(page(case), older | {"read": "on", "how_given": "spoken"})
    tried()
    assert answer.status_code == 409, "a yes of before is asked again"


def test_the_same_worker_s_other_window(house: House) -> None:
    case = house.case()
    house.agreed(case)
    with transaction.atomic():
        other = Senders(house.world).browser(LEAD)
    older = form_of(other.get(page(case))) | {"anew": ["shelter_social:help"], "language": "tg"}
    with raising("consent"), suppress(NotNow):
        everything(house, case, None)  # type: ignore[arg-type]
    answer = other.post(page(case), older | {"read": "on", "how_given": "spoken"})
    tried()
    assert answer.status_code == 409, "a yes of before is asked again"


def test_a_no_that_fails_while_the_older_yes_is_written(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between what the yes has seen and its number: the "no" waits for no lock, since it fails before that."""
    case = house.case(COLLEAGUE)
    house.agreed(case)
    client, form = opened(house, case)
    next_number, others = Trust.next_number, [lambda: client.post(page(case, "withdraw/"), form)]

    def later(trust: Trust, *given: Any) -> int:
        if others and given[0] == "consent":
            meanwhile(others.pop())
        return next_number(trust, *given)

    monkeypatch.setattr(Trust, "next_number", later)
    with raising("operation"), pytest.raises(NotNow, match="version_same"):
        older_yes(house, case, 1)
    tried()
    assert not others, "she said no in between"
