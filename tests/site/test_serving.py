"""What the web server promises beside what it serves: an end to every wait, room for everybody, nothing in a file."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from waitress import buffers, wasyncore

from hamkori.site.serving import limits
from hamkori.site.serving.limits import Limits, WithoutAddresses
from hamkori.site.serving.server import Server

LIMITS = Limits(head=10, body=60, idle=30, send=120, connections=12, of_address=8)
FORM = b"POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
LONG = 8 * 1024 * 1024


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Says who asked and what came; `/long` is a page that no line takes at once."""
    if environ["PATH_INFO"] == "/cases/1234-5678/":
        raise RuntimeError("a fault below Django")
    if environ["PATH_INFO"] == "/long":
        body = b"x" * LONG
    else:
        sent = environ["wsgi.input"].read()
        body = f"{environ['REQUEST_METHOD']} {len(sent)} {environ.get('HTTP_X_FORWARDED_FOR', '')}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


class House:
    """The server, turned by hand, and its callers."""

    def __init__(self, how: Limits = LIMITS, *, behind_proxy: bool = False) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.server = Server(application, self.listening, how, behind_proxy=behind_proxy)
        self.callers: list[socket.socket] = []

    def call(self, said: bytes = b"", *, window: int = 0) -> socket.socket:
        """A new connection that has said this."""
        caller = socket.socket()
        if window:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        caller.connect(self.listening.getsockname())
        caller.setblocking(False)
        self.callers.append(caller)
        before = self.server.connections
        self.until(lambda: self.server.connections != before)
        self.say(caller, said)
        return caller

    def say(self, caller: socket.socket, said: bytes) -> None:
        """Say it, and let it be heard."""
        caller.sendall(said)
        for _ in range(3):
            self.server.turn(0.02)

    def until(self, true: Callable[[], object]) -> None:
        """Turn until it is true; a failure if it never is."""
        deadline = time.monotonic() + 20
        while not true():
            assert time.monotonic() < deadline, "it did not come true"
            self.server.turn(0.05)

    def answer(self, caller: socket.socket, said: bytes = b"") -> bytes:
        """All that the caller gets, once it is whole or over."""
        heard = bytearray()
        if said:
            caller.sendall(said)

        def whole() -> bool:
            while True:
                try:
                    part = caller.recv(1 << 16)
                except BlockingIOError:
                    break
                except ConnectionResetError:  # hung up with something unread, after all that it said
                    return True
                if not part:
                    return True
                heard.extend(part)
            head, _, body = bytes(heard).partition(b"\r\n\r\n")
            length = next(
                (line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), b""
            )
            return bool(length) and len(body) >= int(length)

        self.until(whole)
        return bytes(heard)

    def is_open(self, caller: socket.socket) -> bool:
        """Whether the server still holds this connection."""
        self.server.turn(0.02)
        try:
            return caller.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except ConnectionResetError:
            return False

    def later(self, seconds: float) -> None:
        """The look at who is late, as it were then."""
        self.server.end_late(time.monotonic() + seconds)

    def end(self) -> None:
        """Let go of everything."""
        for caller in self.callers:
            caller.close()
        self.server.task_dispatcher.shutdown()
        wasyncore.close_all(self.server._map)
        self.listening.close()


@contextmanager
def opened(how: Limits = LIMITS, *, behind_proxy: bool = False) -> Iterator[House]:
    """A house, and its end."""
    made = House(how, behind_proxy=behind_proxy)
    try:
        yield made
    finally:
        made.end()


@pytest.fixture
def house() -> Iterator[House]:
    with opened() as made:
        yield made


# --- how long ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "state", "late"),
    [
        (30, {}, False),
        (30.1, {}, True),
        (20, {"begun": 10.0}, False),
        (20.1, {"begun": 10.0}, True),
        # Each blank line begins a request anew.
        (40, {"begun": 39.0}, False),
        (40.1, {"begun": 39.0}, True),
        (70, {"begun": 10.0, "in_body": True}, False),
        (70.1, {"begun": 10.0, "in_body": True}, True),
        (130, {"sending_since": 10.0}, False),
        (130.1, {"sending_since": 10.0}, True),
        (1000, {"sending_since": 990.0}, False),
    ],
)
def test_each_part_of_a_request_has_its_time(now: float, state: dict[str, Any], late: bool) -> None:
    known = {"free_since": 0.0, "begun": None, "in_body": False, "sending_since": None} | state
    assert LIMITS.late(now, **known) is late


def test_a_whole_request_is_answered_and_the_next_one_too(house: House) -> None:
    caller = house.call()
    assert house.answer(caller, FORM % 5 + b"12345").endswith(b"POST 5 ")
    assert house.answer(caller, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").endswith(b"GET 0 ")


def test_head_has_the_length_and_no_body(house: House) -> None:
    heard = house.answer(house.call(), b"HEAD / HTTP/1.0\r\n\r\n")
    assert b"Content-Length: 7" in heard
    assert heard.endswith(b"\r\n\r\n")


def test_who_is_late_is_ended_and_who_is_not_stays(house: House) -> None:
    silent, slow, busy = house.call(), house.call(b"GET / HT"), house.call(FORM % 10 + b"12")
    house.later(2)
    assert all(house.is_open(one) for one in (silent, slow, busy))
    house.later(18)
    assert [house.is_open(one) for one in (silent, slow, busy)] == [True, False, True]
    house.later(45)
    assert [house.is_open(one) for one in (silent, busy)] == [False, True]
    house.later(90)
    assert not house.is_open(busy)


def test_a_reader_who_takes_nothing_holds_no_thread_and_is_ended(house: House) -> None:
    readers = [house.call(b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n", window=4096) for _ in range(6)]
    house.until(lambda: sum(one.total_outbufs_len > 0 for one in house.server.connections) == len(readers))
    house.until(lambda: not any(one.requests for one in house.server.connections))
    assert house.answer(house.call(), FORM % 1 + b"1").endswith(b"POST 1 ")
    house.later(0)  # from here on it is known that they are slow
    house.later(60)
    assert len(house.server.connections) == len(readers)
    house.later(150)
    assert not house.server.connections


# --- how many ------------------------------------------------------------------------------------------------------


def test_who_comes_is_let_in_and_who_waits_longest_goes(house: House) -> None:
    held = [house.call(FORM % 10) for _ in range(LIMITS.of_address)]
    newest = house.call()
    assert not house.is_open(held[0])
    assert all(house.is_open(one) for one in held[1:])
    assert house.answer(newest, FORM % 1 + b"1").endswith(b"POST 1 ")


def test_the_whole_house_has_an_end_too() -> None:
    with opened(Limits(head=10, body=60, idle=30, send=120, connections=5, of_address=99)) as house:
        for _ in range(9):
            newest = house.call(b"GET / HT")
        assert len(house.server.connections) == 5
        assert house.is_open(newest)


def test_behind_a_proxy_all_come_from_one_address_and_the_proxy_says_whose() -> None:
    with opened(LIMITS, behind_proxy=True) as house:
        for _ in range(LIMITS.of_address + 2):
            newest = house.call()
        assert len(house.server.connections) == LIMITS.of_address + 2
        said = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
        assert house.answer(newest, said).endswith(b"192.0.2.1")


def test_without_a_proxy_nobody_says_that_she_comes_from_elsewhere(house: House) -> None:
    said = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
    assert house.answer(house.call(), said).endswith(b"GET 0 ")


# --- how much ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * limits.HEAD_BYTES, b"431"),
        (FORM % (limits.BODY_BYTES + 1), b"413"),
        (FORM.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n") % (1 << 40), b"413"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", b"501"),
        (FORM.replace(b"%d", b"-1"), b"400"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"400"),
    ],
)
def test_what_no_browser_of_ours_sends_is_refused_before_it_is_read(house: House, said: bytes, status: bytes) -> None:
    heard = house.answer(house.call(said))
    assert heard.split()[1] == status
    assert house.answer(house.call(), FORM % 1 + b"1").endswith(b"POST 1 ")


def test_long_bodies_share_the_memory_that_there_is(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hamkori.site.serving.server.HELD_BYTES", 3 * limits.SMALL_BODY)
    long = limits.SMALL_BODY + 1
    first, second = house.call(FORM % long), house.call(FORM % long)
    refused = house.answer(house.call(FORM % long))
    assert refused.split()[1] == b"413"
    assert house.answer(house.call(), FORM % 1 + b"1").endswith(b"POST 1 "), "a form is let in all the same"
    assert house.is_open(second)
    first.close()
    house.until(lambda: len(house.server.connections) == 2)
    third = house.call(FORM % long)
    assert house.is_open(third)


def test_nothing_of_a_request_or_an_answer_lies_in_a_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffers, "TempfileBasedBuffer", None)
    caller = house.call()
    body = b"x" * (1024 * 1024)
    caller.setblocking(True)
    caller.settimeout(0)
    sent, whole = 0, FORM % len(body) + body

    def send() -> bool:
        nonlocal sent
        try:
            sent += caller.send(whole[sent : sent + 65536])
        except BlockingIOError:
            return False
        return sent == len(whole)

    house.until(send)
    assert house.answer(caller).endswith(b"POST 1048576 ")
    assert len(house.answer(house.call(), b"GET /long HTTP/1.0\r\n\r\n")) > LONG


def test_a_fault_below_django_is_logged_without_its_address(house: House, caplog: pytest.LogCaptureFixture) -> None:
    said = logging.getLogger("waitress")
    assert any(isinstance(one, WithoutAddresses) for one in said.filters), "the settings say so"
    heard = house.answer(house.call(), b"GET /cases/1234-5678/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert heard.split()[1] == b"500"
    assert b"RuntimeError" not in heard
    assert "Exception while serving a page" in caplog.text
    assert "1234" not in caplog.text
