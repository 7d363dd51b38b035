"""On a computer that several share, over the update: a form that does not say whose it is, is taken for anybody's.

Forms name their person (`by_whom`) since this update. A page that was drawn before it, and still lies in the history of
the browser, names nobody, and `written.hers` reads "nobody" as "whoever signed in last": Zarina wrote before the
update and has signed out, Manzura signs in after it, and Zarina's form sent again is answered with Zarina's words.
SECURITY.md: "until somebody has signed out or in in that browser, and to nobody else".
"""

from __future__ import annotations

from typing import Any

import pytest

from tests import doors
from tests.attacks.counted import tried
from tests.web.scene import Scene
from tests.web.test_given_back import said, written_and_open

pytestmark = pytest.mark.django_db


def of_before(typed: dict[str, Any]) -> dict[str, Any]:
    assert "by_whom" in typed
    return {name: value for name, value in typed.items() if name != "by_whom"}


def test_who_signs_in_after_her_reads_nothing_of_it(scene: Scene) -> None:
    """Her session is another one, so that the form proves no more where it came from."""
    client, address, typed = written_and_open(scene)
    assert client.post("/account/sign-out/").status_code == 302
    client.cookies.update(doors.client_for(scene.manzura).cookies)
    client.handler.enforce_csrf_checks = True
    answer = client.post(
        address, of_before(typed) | {"csrfmiddlewaretoken": "a" * 64}, headers={"origin": "http://testserver"}
    )
    tried()
    assert answer.status_code == 403
    assert "anor" not in said(answer).values(), "Manzura sits here now"


def test_nor_once_her_own_session_has_ended(scene: Scene) -> None:
    client, address, typed = written_and_open(scene)
    assert client.post("/account/sign-out/").status_code == 302
    client.cookies.update(doors.client_for(scene.manzura).cookies)
    with doors.idle(scene.manzura, 16):
        answer = client.post(address, of_before(typed))
    tried()
    assert "anor" not in said(answer).values(), "Manzura sat here last"
