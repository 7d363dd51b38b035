"""Asking the pages for their health; and one of their processes without waiting for it, at an address of its own."""

import socket
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException

QUESTION = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
ANSWER = b"HTTP/1."
PATIENCE = 5.0  # seconds after which a question is asked anew


def ask(port: int, path: str, *, seconds: float) -> tuple[int, str]:
    """The number and the words of what is answered on that port of this machine; 0: nothing is, in that time."""
    connection = HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, HTTPException):
        return 0, ""
    finally:
        connection.close()


class Health:
    """One process's own address: a socket that is made here, listens for it, and outlives it."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=8)
        self._open: socket.socket | None = None
        self._asked = 0.0

    def answered(self) -> bool:
        """Whether it has answered since the last call; asks again where no question is under way. Never waits."""
        heard = self._open is not None and self._heard()
        if heard or time.monotonic() - self._asked > PATIENCE:
            self._drop()
        if self._open is None:
            self._ask()
        return heard

    def close(self) -> None:
        """Nobody listens here any more."""
        self._drop()
        self.listening.close()

    def _ask(self) -> None:
        self._asked = time.monotonic()
        asking = socket.socket()
        try:
            # On this machine a connection stands at once, also to a process that stands still.
            asking.settimeout(0.5)
            asking.connect(self.listening.getsockname())
            asking.setblocking(False)
            asking.send(QUESTION)
        except OSError:
            asking.close()
            return
        self._open = asking

    def _heard(self) -> bool:
        assert self._open is not None
        with suppress(BlockingIOError):
            try:
                heard = self._open.recv(64)
            except ConnectionError:
                heard = b""
            if heard.startswith(ANSWER):
                return True
            self._drop()
        return False

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
