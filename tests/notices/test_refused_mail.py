"""A mailbox that a server refuses, or hangs up on, keeps nobody else's mail back.

Red on c288705: the first refusal left the round, each time at the same person, and the auditors' head was not sent.
"""

from __future__ import annotations

import logging
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from hamkori.access.actor import SYSTEM
from hamkori.casework.case.machinery import notices as actions
from hamkori.notices.mail import send_due, send_head
from hamkori.notices.models import Notice, NoticeMail
from tests.access import cast
from tests.access.cast import Cast
from tests.database import as_role, god

pytestmark = pytest.mark.django_db

HEAD = f"12:{'ab' * 32}"


class Postman(socketserver.ThreadingTCPServer):
    """As much of a mail server as a client needs; what is done with a recipient is told to it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Spoken)
        self.refused: dict[str, bytes] = {}
        self.delivered: list[str] = []


class Spoken(socketserver.StreamRequestHandler):
    """One connection."""

    server: Postman

    def handle(self) -> None:
        self._say(b"220 here")
        to = ""
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                answer = self.server.refused.get(to, b"250 yes")
                if not answer:
                    return  # hangs up
                self._say(answer)
            elif word == b"DATA":
                self._say(b"354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self.server.delivered.append(to)
                self._say(b"250 taken")
            elif word == b"QUIT":
                self._say(b"221 bye")
                return
            else:
                self._say(b"250 yes")

    def _say(self, answer: bytes) -> None:
        self.wfile.write(answer + b"\r\n")


@pytest.fixture
def postman(settings: Any) -> Iterator[Postman]:
    with Postman() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.server_address[1]
        settings.EMAIL_USE_TLS = False
        serving = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        yield made
        made.shutdown()
        serving.join()


HOW = {"refused": b"550 no such mailbox", "busy": b"421 not now", "hangs up": b""}


@pytest.fixture
def two() -> list[str]:
    """The addresses of two who are due."""
    people = Cast()
    with as_role("hk_clock"):
        actions.add(SYSTEM, key="news", sides=["S"], about=("referral", people.refers().pk), urgent=True, mail=True)
    with god():
        found = Notice.objects.order_by("membership_id").values_list("membership__user__email", flat=True)
        return list(found)


def send() -> int:
    with as_role("hk_clock"):
        return send_due("https://hamkori.example/")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("place", [0, 1])
def test_a_mailbox_that_is_refused_stops_no_other(
    postman: Postman, two: list[str], caplog: pytest.LogCaptureFixture, how: str, place: int
) -> None:
    postman.refused[two[place]] = HOW[how]
    with caplog.at_level(logging.ERROR, "hamkori.notices"):
        assert send() == 1
    assert postman.delivered == [two[1 - place]]
    (line,) = [one.getMessage() for one in caplog.records if one.name == "hamkori.notices"]
    assert "@" not in line
    with god():
        assert NoticeMail.objects.filter(mailed_at=None).count() == 1, "it is tried again"
    postman.refused.clear()
    assert send() == 1
    assert sorted(postman.delivered) == sorted(two)


def test_a_server_that_is_not_there_ends_the_round(postman: Postman, two: list[str], settings: Any) -> None:
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    with pytest.raises(ConnectionRefusedError):
        send()
    settings.EMAIL_PORT = there
    assert send() == len(two)


@pytest.mark.parametrize("how", HOW)
def test_one_auditor_who_is_refused_keeps_the_head_from_no_other(postman: Postman, how: str) -> None:
    people = Cast()
    secretariat = cast.body("secretariat", "oversight")
    auditors = [cast.member(secretariat, name, "auditor") for name in ("nargis", "said")]
    cast.member(people.umed, "lola", "auditor")
    first = auditors[0].user.email
    postman.refused[first] = HOW[how]
    with as_role("hk_clock"):
        assert send_head(HEAD) == 2
    assert len(postman.delivered) == 2
    assert first not in postman.delivered


def test_a_head_that_nobody_takes_is_not_told(postman: Postman) -> None:
    only = cast.member(cast.body("secretariat", "oversight"), "nargis", "auditor")
    postman.refused[only.user.email] = HOW["refused"]
    with as_role("hk_clock"), pytest.raises(Exception, match="550"):
        send_head(HEAD)
