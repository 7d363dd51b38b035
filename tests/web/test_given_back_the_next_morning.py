"""A page that was left open overnight gives back what was typed in it, as it did before: her session is long over.

Whose session ended is read from Django's session, which is over by then too (or was cleaned up by somebody's sign-
in): nobody is named in it, `hk_over` is not set, and what she typed is lost with the answer. The browser's own cookie
is still there. Green on 89e2727, red on 80efc35.
"""

from __future__ import annotations

import pytest
from django.db import connection

from tests import doors
from tests.database import god
from tests.web.scene import Scene
from tests.web.test_given_back import said, written_and_open

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("row", ["is over", "was cleaned up"])
def test_what_was_typed_comes_back_to_her_browser(scene: Scene, row: str) -> None:
    client, address, typed = written_and_open(scene)
    with doors.idle(scene.zarina, 16 * 60), god(), connection.cursor() as cursor:
        if row == "is over":
            cursor.execute("update django_session set expire_date = expire_date - interval '16 hours'")
        else:
            cursor.execute("delete from django_session")
    given = said(client.post(address, typed))
    assert "anor" in given.values(), "nobody has signed out or in there since"
