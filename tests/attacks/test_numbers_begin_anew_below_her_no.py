"""The file of given numbers is lost, as the handbook allows, and what she agrees to afterwards counts for nothing.

A "no" that the database refused is a mark with a number of its own among those of her versions, taken from `given`. Of
that file docs/operating.md says that it needs no backup: "where it is lost, stop the pages and start them, and it
begins anew". It begins at the mark of her newest version, which is below the mark of her "no" by as many numbers as
presses have failed: her next word gets a number below it, and is taken for one of before. The page says that it was
saved; nothing is sent, nothing is read, and nobody is told why.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.conf import settings

from hamkori.casework.case.models import Case
from hamkori.casework.consent.queries.said import newest
from hamkori.refusal import NotNow
from hamkori.vault import server
from tests.attacks.counted import tried
from tests.attacks.hers import accept, says, sends
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import HELP, a_no, everything, not_this_body, raising
from tests.casework.racing import LEAD, House, state

pytestmark = pytest.mark.alarms


@contextmanager
def lost() -> Iterator[None]:
    """A start of the pages without the file; what it had is put back for the tests that follow."""
    path = settings.HAMKORI_MARKS / "given"
    kept = path.read_bytes()
    path.unlink()
    server._beside.clear()
    try:
        yield
    finally:
        path.write_bytes(kept + path.read_bytes())
        server._beside.clear()


def answer_of(house: House, case: Case) -> str:
    word: Any = house.as_(LEAD, lambda _actor: newest(case.pk))
    return str(word.as_rules[HELP].answer)


@pytest.mark.parametrize("no", [a_no, everything])
def test_her_next_yes_counts(house: House, no: Any) -> None:
    case = house.case()
    house.agreed(case)
    for _ in range(2):  # it is pressed again
        with raising("consent"), suppress(NotNow):
            no(house, case, None)
    draft = house.draft(case)
    with lost():
        says(house, case)
        tried()
        assert answer_of(house, case) == "yes", "the page has said that it was saved"
        sends(house, draft)
        accept(house, draft)
        assert reads(house, draft)


def test_whom_she_takes_again_gets_it(house: House) -> None:
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    for _ in range(2):
        with raising("consent"), suppress(NotNow):
            not_this_body(house, case, draft)
    with lost():
        says(house, case, again=(draft.to_organisation_id,))
        tried()
        with suppress(NotNow):
            sends(house, draft)
        assert state(draft) == "sent", "she has taken it again, and the page has said that this was saved"
