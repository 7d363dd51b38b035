"""She sees what her answer ends, thinks again, "Change the answer" is pressed: and the answer is saved.

Nothing of a form is written before what it ends was shown; from there two buttons lead on, and one of them goes back to
the form. Where her page cannot read what stands there, what takes something away is done without it. That was asked
before it was looked which button had been pressed: one statement that took too long, or one spoilt value, and what she
did not say after all was written down, what was running ended, and a yes beside it given. The page leads on to her case
as if it had been asked for. The page of withdrawing asks nothing twice: its button is the answer. Red on 248b16c.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from hamkori.vault.bytes import Untrusted
from hamkori.web.consent import views
from tests.attacks.hers import version_of
from tests.attacks.test_her_no_is_not_written import opened
from tests.casework.racing import House, state
from tests.web.consenting import form_of, page
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms

NO = {"a_shelter_social_help": "no", "how_said": "in_person"}
MIXED = {**NO, "a_legal_help": "yes", "language": "tg", "read": "on", "how_given": "spoken"}


def late(*_args: Any, **_kwargs: Any) -> Any:
    raise OperationalError("canceling statement due to statement timeout")


def spoilt(found: Any, *_args: Any, **_kwargs: Any) -> Any:
    raise Untrusted("consent", found.pk)


@pytest.mark.parametrize(
    ("said", "how"),
    [(NO, late), (MIXED, late), (NO, spoilt)],
)
def test_nothing_is_written(
    house: House, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], how: Callable[..., Any]
) -> None:
    case, referral = house.accepted()
    client, _form = opened(house, case)
    shown = client.post(page(case), form_of(client.get(page(case))) | said)
    assert "Not written yet." in page_text(shown)
    back = form_of(shown) | {"again": "1"}
    with monkeypatch.context() as away:
        away.setattr(views, "asked", how)
        answer = client.post(page(case), back)
    told = answer.status_code, version_of(case)["number"], state(referral)
    assert told[1:] == (1, "accepted"), f'"Change the answer" was pressed, and it was saved: {told}'


def test_what_ends_by_it_is_shown_before_it_is_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first press only shows; one reading that takes too long, and her help has ended without a word of it."""
    case, referral = house.accepted()
    client, _form = opened(house, case)
    form = form_of(client.get(page(case))) | NO
    with monkeypatch.context() as away:
        away.setattr(views, "asked", late)
        answer = client.post(page(case), form)
    assert (version_of(case)["number"], state(referral)) == (1, "accepted"), f"{answer.status_code}: never shown, saved"
