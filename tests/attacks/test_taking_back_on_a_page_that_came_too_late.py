"""She takes one thing back, her page's reading takes too long once: she is told that all her help ends by it.

What stands there is unknown then, and the page of taking back takes it for spoilt, as the page of her answers does not
any more (`AWAY`). Before it is done it is shown "what this answer ends", to be told to her: reckoned from nothing, that
is every request that runs, also those to which what she takes back has nothing to do. And opened anew in that moment
the page says that her answers cannot be confirmed, and offers only to take back everything. Red on 248b16c.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError

from hamkori.web.consent import withdrawing
from tests.attacks.hers import says
from tests.attacks.test_her_no_is_not_written import opened
from tests.casework.racing import House
from tests.web.consenting import page
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms


def late(*_args: Any, **_kwargs: Any) -> Any:
    raise OperationalError("canceling statement due to statement timeout")


def test_she_is_not_told_that_what_goes_on_ends(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _shelter = house.accepted()
    says(house, case, kind="legal", purpose="help")
    client, form = opened(house, case)
    legal = {**form, "took": ["legal:help"]}
    legal.pop("seen")
    with monkeypatch.context() as away:
        away.setattr(withdrawing, "asked", late)
        answer = client.post(page(case, "withdraw/"), legal)
    assert "What this answer ends" not in page_text(answer), page_text(answer)[:600]


def test_her_answers_are_not_called_unconfirmed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _shelter = house.accepted()
    client, _form = opened(house, case)
    with monkeypatch.context() as away:
        away.setattr(withdrawing, "asked", late)
        answer = client.get(page(case, "withdraw/"))
    assert "cannot be confirmed" not in page_text(answer), answer.status_code
