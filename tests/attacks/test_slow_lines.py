"""One address, without an account, holds every thread: 24 forms whose bodies come a byte at a time.

The hole: the web server gave a request to a thread once its headers had come, and the thread waited for the rest. With
8 threads, 24 such forms stopped every page and `/health/live` for as long as their sender liked. Red on ff6e3b1:
`test_every_page_answers_while_forms_trickle_in` and `test_who_trickles_is_ended`, also with 200 idle connections held
beside; the others are the same promise from other sides.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from tests.attacks import counted
from tests.attacks.served import Pages
from tests.site.waiting import until

pytestmark = pytest.mark.bulk

HELD = 24
# Django reads the body of a form only for who has this cookie. Anybody can say that she has it.
FORM = (
    b"POST /account/sign-in/ HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-hk_csrf=" + b"a" * 32 + b"\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nlogin=a"
)
BEGINNINGS = {
    "the body of a form": FORM,
    "headers": b"GET /account/sign-in/ HTTP/1.1\r\nHost: localhost\r\nX-A",
    "the first line": b"GET /acc",
    "blank lines": b"\r\n",
    "a body that was to be asked for": FORM.replace(b"\r\n\r\nlogin=a", b"\r\nExpect: 100-continue\r\n\r\n"),
    "nothing": b"",
}


@pytest.fixture(scope="module")
def pages(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    made = Pages(tmp_path_factory.mktemp("pages"))
    assert made.status("/account/sign-in/") == 200  # the first page takes longest, and a form has one second
    yield made
    made.end()


def is_ended(caller: socket.socket) -> bool:
    """Whether the server lets go of it; what it says before that is not looked at."""
    try:
        while caller.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


def test_every_page_answers_while_forms_trickle_in(pages: Pages) -> None:
    with ExitStack() as held:
        callers = pages.hold(FORM, HELD, held)
        for path in ("/health/live", "/account/sign-in/", "/health/live"):
            assert pages.status(path) == 200
            for caller in callers:
                with suppress(ConnectionError):  # on a busy machine it has had its second, and was ended
                    caller.sendall(b"a")
    counted.tried(HELD)


@pytest.mark.parametrize("what", BEGINNINGS)
def test_who_trickles_is_ended(pages: Pages, what: str) -> None:
    with ExitStack() as held:
        callers = pages.hold(BEGINNINGS[what], HELD, held)
        assert pages.status("/health/live") == 200
        assert all(is_ended(caller) for caller in callers)
    counted.tried(HELD)


def test_who_reads_nothing_holds_no_page(pages: Pages) -> None:
    asked = b"GET /account/sign-in/ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20
    with ExitStack() as held:
        callers = pages.hold(asked, HELD, held)
        until(lambda: pages.status("/account/sign-in/") == 200, 30)
        assert all(caller.fileno() >= 0 for caller in callers)
    counted.tried(HELD)


def test_two_hundred_open_connections_and_a_burst(pages: Pages) -> None:
    """A ministry sits behind one address: 200 stay open, and whoever comes then is served."""
    with ExitStack() as held:
        pages.hold(b"", 230, held)
        for _ in range(30):
            assert pages.status("/health/live") == 200
        pages.hold(FORM, 230, held)
        assert pages.status("/account/sign-in/") == 200
    counted.tried(460)
