"""What her page reads comes too late, or not at all, and the form is not finished: that is an outage, no attack.

Readings that fail before her word becomes an act are gone on from, and who could not be read by an outage alarms nobody
(`AWAY`). But a form in which something is missing was then called Untrusted all the same, whether what stands there was
spoilt or only not read in time: the file of alarms says that her word was changed, and the page that the operator has
been told. What was forgotten is not said at its field either. Red on 248b16c.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from hamkori.casework.case.models import Case
from hamkori.web.consent import views, withdrawing
from tests.attacks.hers import says, version_of
from tests.attacks.owned import owner
from tests.attacks.test_her_no_is_not_written import opened
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import House
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms

NO = {"a_shelter_social_help": "no", "how_said": "in_person", "seen": "1"}
YES = {"a_legal_help": "yes", "language": "tg", "read": "on", "how_given": "spoken"}
UNFINISHED = {
    "a yes, and how is not said": {"a_legal_help": "yes"},
    "a no, and how is not said": {"a_legal_help": "no"},
}


def restarted(reads: Callable[..., Any]) -> Callable[..., Any]:
    """The line to the database is cut where this reads."""

    def read(*args: Any, **kwargs: Any) -> Any:
        with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
        return reads(*args, **kwargs)

    return read


def slow(_reads: Callable[..., Any]) -> Callable[..., Any]:
    """A statement takes longer than it may; what comes after it does not."""

    def read(*_args: Any, **_kwargs: Any) -> Any:
        raise OperationalError("canceling statement due to statement timeout")

    return read


@pytest.mark.parametrize("said", UNFINISHED)
@pytest.mark.parametrize("how", [restarted, slow])
def test_an_unfinished_form_alarms_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch, how: Callable[..., Any], said: str
) -> None:
    case, _referral = house.accepted()
    client, _form = opened(house, case)
    form = form_of(client.get(page(case))) | UNFINISHED[said]
    client.raise_request_exception = False
    before = alarms()
    with monkeypatch.context() as away:
        away.setattr(views, "asked", how(views.asked))
        answer = client.post(page(case), form)
    connection.close()
    assert (answer.status_code in (200, 503), alarms()[len(before) :]) == (True, ""), answer.status_code


@pytest.mark.parametrize("said", ["all", "no", "yes"])
def test_a_finished_one_is_told_as_an_outage(house: House, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    case, _referral = house.accepted()
    client, form = opened(house, case)
    where, of = ("withdraw/", withdrawing) if said == "all" else ("", views)
    if said != "all":
        form = form_of(client.get(page(case))) | {"no": NO, "yes": YES}[said]
    client.raise_request_exception = False
    before = alarms()
    with monkeypatch.context() as away:
        away.setattr(of, "asked", restarted(of.asked))
        answer = client.post(page(case, where), form)
    connection.close()
    assert (answer.status_code, alarms()[len(before) :]) == (503, "")


def test_whom_she_takes_again_is_not_left_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A yes, and the tick taken away from an organisation: the page of her case follows, and half of it was written."""
    case, referral = house.accepted()
    body = referral.to_organisation_id
    says(house, case, "yes", without=(body,))
    client, _form = opened(house, case)
    form = form_of(client.get(page(case))) | YES
    assert form.pop("excluded") == [str(body)]
    with monkeypatch.context() as away:
        away.setattr(views, "asked", slow(views.asked))
        answer = client.post(page(case), form)
    left_out = [row["organisation_id"] for row in excluded(case)]
    assert answer.status_code != 303 or left_out == [], f"{answer.status_code}, and she still does not want {left_out}"


def excluded(case: Case) -> list[dict[str, Any]]:
    return owner("select organisation_id from consent_excluded where consent_id = %s", version_of(case)["id"])
