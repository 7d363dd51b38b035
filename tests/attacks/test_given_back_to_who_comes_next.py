"""On a computer that several share: what she wrote comes back to whose session ended after hers, or to anybody then.

She has signed out. Whoever signs in after her in that browser, and stays away until that session ends by itself, leaves
there what says "somebody had a session that ended by itself" (`hk_over`, or a cookie that is over); whose, it does not
say. A form of hers, sent again from the history, is answered with her words, though nobody is signed in. SECURITY.md:
"until somebody has signed out or in in that browser, and to nobody else". Red on 87c1ae0.
"""

from __future__ import annotations

import pytest
from django.db import OperationalError

from hamkori.web.sessions import signed_in
from tests import doors
from tests.web.forms_of import text
from tests.web.scene import Scene
from tests.web.test_given_back import said, written_and_open

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("told", [False, True])
def test_whose_session_ended_after_hers_reads_nothing_of_hers(scene: Scene, told: bool) -> None:
    client, address, typed = written_and_open(scene)
    assert client.post("/account/sign-out/").status_code == 302
    assert said(client.post(address, typed)) == {}
    client.cookies.update(doors.client_for(scene.manzura).cookies)
    assert said(client.post(address, typed)) == {}, "she is another person"
    with doors.idle(scene.manzura, 16):
        if told:
            assert "why=ended" in client.get("/")["Location"]
        given = said(client.post(address, typed))
    assert "anor" not in given.values(), "she has signed out, and another one has sat here since"


def test_nor_in_an_outage(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is recognised then; whose browser it is, says its cookie, or nobody: an outage is the owner's to make."""

    def away(*_of: object) -> None:
        raise OperationalError("gone")

    client, address, typed = written_and_open(scene)
    assert client.post("/account/sign-out/").status_code == 302
    client.cookies.update(doors.client_for(scene.manzura).cookies)
    monkeypatch.setattr(signed_in, "read", away)
    answer = client.post(address, typed)
    assert answer.status_code == 503
    assert "anor" not in text(answer), "Manzura sits here now"
