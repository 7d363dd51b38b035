"""A case is opened again after something went wrong that nobody meant: her next yes is still one on which it is sent.

Closing leaves the mark `closed` at the last number that was given, also where nothing with it was ever written. What is
said of a case whose mark `consent` is not above that raises `closed` with it: each new word of hers is then one "on
which it was closed", and nothing is sent on it, with an alarm each time. Red on 87c1ae0.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.vault import server
from hamkori.vault.marks import Marks
from tests.attacks.hers import says, sends
from tests.attacks.test_opened_again import closes, opens_again
from tests.casework.racing import LEAD, House, state
from tests.cast import tomorrow

pytestmark = pytest.mark.alarms


class _Fails(Exception):
    """The page around the press fails: the database is gone for a moment, the process is stopped."""


def fails_to_say(house: House, case: Case) -> None:
    """Her first answer, in a press that is undone as a whole."""

    def do(actor: Any) -> None:
        answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
        asking = consent.Asking(language="tg", how_given="spoken", until_on=tomorrow())
        consent.record(actor, case, answers=answers, asking=asking)
        raise _Fails

    with suppress(_Fails):
        house.as_(LEAD, do)


def test_her_first_answer_was_not_kept_and_the_case_was_closed(house: House) -> None:
    case: Case = house.case()
    fails_to_say(house, case)
    closes(house, case)
    opens_again(house, case)
    says(house, case)
    draft = house.draft(case)
    sends(house, draft)
    assert state(draft) == "sent"


def test_the_process_died_between_the_opening_and_its_mark(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other processes go on; nobody starts the pages anew."""
    case: Case = house.case()
    says(house, case)
    closes(house, case)
    raised = Marks.raise_to

    def dies(self: Marks, kind: str, thing: Any, number: int) -> None:
        if kind != "consent":
            raised(self, kind, thing, number)

    with monkeypatch.context() as patched:
        patched.setattr(Marks, "raise_to", dies)
        opens_again(house, case)
    assert server.marks().least("consent", case.pk) == 1
    says(house, case)
    draft = house.draft(case)
    sends(house, draft)
    assert state(draft) == "sent"
