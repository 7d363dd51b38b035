"""A form that is far too large: what was typed is gone, and the log gets a traceback.

The hole: Django refuses more than 2.5 MB or 1,000 fields by a fault of its own, before any page of ours is asked. The
answer was its bare "Bad Request", in English, without a word of what was typed, and each try wrote a traceback into the
log. Red on ff6e3b1: all of these.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape

from hamkori.web.kit.refusals import MOST_TEXTS
from hamkori.web.kit.written import by_whom
from tests import doors
from tests.attacks import counted
from tests.web.forms_of import text
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
WISH = 'Canary wish, long and dear "><script>'
MEGABYTE = 1024 * 1024


def sent(*fields: tuple[str, str], operation: bool = True, by: object = "") -> str:
    """A form as a browser sends it."""
    first = [("operation", str(uuid4())), ("by_whom", by_whom(by))] if operation else []
    return urlencode([*first, ("wishes", WISH), *fields])


# Each is made when its test asks: every process of every run would hold 60 MB of them.
LARGE: dict[str, Callable[..., str]] = {
    "20 MB in one text": lambda by="": sent(("story", "a " * (10 * MEGABYTE)), by=by),
    "20 MB in many fields": lambda by="": sent(*[(f"f{n}", "x" * 1000) for n in range(20_000)], by=by),
    "10,000 fields": lambda by="": sent(*[(f"f{n}", "two words") for n in range(10_000)], by=by),
    "one field too many": lambda by="": sent(*[("signs", "DR01")] * 1000, by=by),
}


@pytest.mark.parametrize("what", LARGE)
def test_what_was_typed_comes_back_and_the_log_has_one_line(
    scene: Scene, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = doors.client_for(scene.zarina)
    with caplog.at_level(logging.INFO):
        body = LARGE[what](scene.zarina.user_id)
        answer = client.post(f"/cases/{scene.case().code}/section/?of=needs", body, content_type=FORM)
    page = answer.content.decode()
    assert answer.status_code == 413
    assert "Nothing was written." in text(answer)
    assert escape(WISH) + "</textarea>" in page
    assert "<script>" not in page
    assert page.count("<textarea") <= MOST_TEXTS
    assert len(page) < MEGABYTE
    assert [(line.levelname, line.exc_info) for line in caplog.records] == [("WARNING", None)]
    assert "Canary" not in caplog.text
    counted.tried()


@pytest.mark.parametrize("language", ["tg", "ru", "fr"])
def test_it_is_said_in_the_readers_language(scene: Scene, language: str) -> None:
    answer = Client(headers={"accept-language": language}).post(
        "/cases/new/", LARGE["10,000 fields"](), content_type=FORM
    )
    assert answer.status_code == 413
    assert f'<html lang="{language}"' in answer.content.decode()
    assert "This is too long" not in text(answer)
    counted.tried()


def test_of_what_carries_a_passphrase_nothing_is_repeated() -> None:
    body = sent(("password", "Canary passphrase"), ("login", "a " * (2 * MEGABYTE)), operation=False)
    answer = Client().post("/account/sign-in/", body, content_type=FORM)
    assert answer.status_code == 413
    assert "Canary" not in answer.content.decode()
    counted.tried()


def test_no_form_of_ours_comes_in_pieces_and_none_of_them_is_kept(scene: Scene) -> None:
    """A body of several parts is how files travel. Nobody has typed it into a page of ours."""
    parts = {f"f{n}": "Canary two words" for n in range(1100)}
    answer = doors.client_for(scene.zarina).post("/cases/new/", {"operation": str(uuid4()), **parts})
    assert answer.status_code == 413
    assert "Canary" not in answer.content.decode()
    counted.tried()
