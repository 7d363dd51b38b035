"""What stands on the page that says that nothing works: all that a form of ours carried, and never a passphrase."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.test import RequestFactory

from hamkori.vault.marks import MarksLost
from hamkori.web.kit import refusals
from hamkori.web.kit.appearance import cookie
from hamkori.web.kit.written import by_whom
from hamkori.web.sessions.door import WHOSE, Door

ANSWERS = {503: refusals.unavailable, 500: refusals.broken}
WISH = 'Canary-Wish "><script>'


@pytest.mark.parametrize("status", ANSWERS)
def test_what_was_sent_is_kept_to_be_sent_again(status: int) -> None:
    operation = str(uuid4())
    form = {"operation": operation, "by_whom": "hers", "wishes": WISH, "signs": ["DR01", "DR02"]}
    request = RequestFactory().post("/cases/12345674/section/?of=needs", form)
    request.COOKIES[cookie(WHOSE)] = "hers"
    request.door = Door.take(request)
    answer = ANSWERS[status](request)
    page = answer.content.decode()
    assert answer.status_code == status
    assert '<form action="/cases/12345674/section/?of=needs" method="post">' in page
    assert f'name="operation" value="{operation}"' in page
    assert 'value="Canary-Wish &quot;&gt;&lt;script&gt;"' in page
    assert page.count('name="signs"') == 2
    assert "<script>" not in page


@pytest.mark.parametrize("status", ANSWERS)
@pytest.mark.parametrize("by", ["her", "another"])
def test_where_somebody_acts_it_is_hers_without_the_cookie(status: int, by: str) -> None:
    """What was done is undone by then, the cookie too that a session of before it would have been given."""
    her = uuid4()
    form = {"operation": str(uuid4()), "by_whom": by_whom(her if by == "her" else uuid4()), "wishes": WISH}
    request: Any = RequestFactory().post("/cases/12345674/section/?of=needs", form)
    request.door, request.actor = Door.take(request), SimpleNamespace(user_id=her)
    assert ("Canary-Wish" in ANSWERS[status](request).content.decode()) is (by == "her")


@pytest.mark.parametrize("status", ANSWERS)
def test_a_form_without_an_operation_leaves_nothing_on_the_page(status: int) -> None:
    """Sign-in and the passphrase travel so; a page to read has nothing to keep."""
    typed = {"login": "zarina@example.org", "password": "Canary-Passphrase"}
    for request in (RequestFactory().post("/account/sign-in/", typed), RequestFactory().get("/cases/?q=Canary")):
        page = ANSWERS[status](request).content.decode()
        assert "Canary" not in page
        assert "<form" not in page


@pytest.mark.parametrize("language", ["en", "tg", "ru", "fr"])
@pytest.mark.parametrize("status", ANSWERS)
def test_the_rail_stays_where_it_was_known(status: int, language: str) -> None:
    request: Any = RequestFactory().get("/cases/")
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = language
    assert 'class="rail"' not in ANSWERS[status](request).content.decode()
    request.rail = lambda: [{"url": "/cases/", "icon": "cases", "label": "Canary-Place", "key": "c"}]
    page = ANSWERS[status](request).content.decode()
    assert 'class="rail"' in page
    assert "Canary-Place" in page
    assert f'<html lang="{language}"' in page
    heading = page.split("<h1>")[1].split("</h1>")[0]
    assert f"<title>{heading} – Hamkori</title>" in page


def test_a_body_that_cannot_be_read_is_no_second_fault() -> None:
    request = RequestFactory().post("/cases/new/", b"x", content_type="multipart/form-data; boundary=")
    assert refusals.unavailable(request).status_code == 503


@pytest.mark.parametrize("fault", [OperationalError("gone"), InterfaceError("gone"), MarksLost(), OSError(28, "full")])
def test_a_database_that_goes_under_a_middleware_is_no_fault_of_ours(fault: Exception) -> None:
    """Found red on commit 4787818: what leaves a middleware is a 500 before any of ours can see it."""
    request = RequestFactory().get("/cases/")
    try:
        raise fault
    except type(fault):
        assert refusals.broken(request).status_code == 503
    assert refusals.broken(request).status_code == 500
