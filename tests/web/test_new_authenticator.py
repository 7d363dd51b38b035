"""An authenticator is set up with the code that it shows now, on both pages where one is: not with one of before.

Red when a code of up to ten minutes ago is accepted (`people.totp.right`): whoever has seen the picture and a code over
her shoulder would have ten minutes to put her own telephone in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from hamkori.people import totp
from hamkori.people.actions import welcome
from tests import doors

pytestmark = pytest.mark.django_db
OLD = (-20, -10, -3, -2)
"""Steps of half a minute: ten minutes, five, and two that no slow typing explains."""


@pytest.fixture
def zarina() -> doors.Person:
    doors.house()
    return doors.person(doors.body("umed"), "Zarina")


def shown(page: str) -> tuple[str, str]:
    """What the page hands over: the kept secret, locked, and the secret for typing."""
    kept = re.search(r'name="kept" value="([0-9a-f]+)"', page)
    secret = re.search(r'<b translate="no">([A-Z2-7 ]+)</b>', page)
    assert kept
    assert secret
    return kept.group(1), secret.group(1).replace(" ", "")


def own_page(zarina: doors.Person) -> tuple[Client, str, dict[str, str]]:
    return doors.client_for(zarina), "/account/authenticator/", {}


def invited(zarina: doors.Person) -> tuple[Client, str, dict[str, str]]:
    token = welcome.invite(
        doors.house(),
        organisation_id=zarina.organisation_id,
        email="n@e.org",
        name="Nigina",
        roles=["case_worker"],
        language="en",
    )
    words = "three grey herons over the river Varzob"
    return doors.stranger(), f"/invitation/{token}/", {"passphrase": words, "again": words}


@pytest.mark.parametrize("page", [own_page, invited])
def test_a_code_of_before_sets_nothing_up(
    zarina: doors.Person, page: Callable[[doors.Person], tuple[Client, str, dict[str, str]]]
) -> None:
    client, address, form = page(zarina)
    kept, secret = shown(client.get(address).content.decode())
    for step in OLD:
        answer = client.post(address, {**form, "kept": kept, "code": totp.code(secret, step)})
        assert answer.status_code == 200, step
        assert "does not fit" in answer.content.decode()
    done = client.post(address, {**form, "kept": kept, "code": totp.code(secret)})
    assert "does not fit" not in done.content.decode(), "the control: the code of now does"
