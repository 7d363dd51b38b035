"""Waitress with an end to every wait.

Waitress reads a request, with its body, and sends an answer in one loop; a thread has nothing to do with slow lines.
What it leaves open is decided here: how long each part may take (limits.py), who goes when the house is full, how much
memory long bodies may hold, and that nothing of a request or an answer is put into a file.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, TransferEncodingNotImplemented
from waitress.server import TcpWSGIServer
from waitress.utilities import RequestEntityTooLarge

from hamkori.site.serving.limits import BODY_BYTES, HEAD_BYTES, HELD_BYTES, SMALL_BODY, THREADS, Limits

log = logging.getLogger("hamkori.site.serving")
# Waitress puts what is longer than this into a file, and what people told us must never lie in one.
NO_FILE = 1 << 40
FULL_EVERY = 60.0  # seconds between two lines in the log on a full house


class Request(HTTPRequestParser):
    """A request with its length said beforehand; a long body is let in while there is room for it."""

    error: Any = None
    """What is answered in place of the application."""

    def __init__(self, adj: Adjustments, room: Callable[[], bool]) -> None:
        super().__init__(adj)
        self._room: Callable[[], bool] | None = room

    def parse_header(self, header_plus: bytes) -> None:
        """Browsers and proxies say how long a form is. A body without an end needs no answer but this."""
        super().parse_header(header_plus)
        if self.chunked:
            raise TransferEncodingNotImplemented("Say beforehand how long the content is.")

    def received(self, data: bytes) -> int:
        """How much of it was taken."""
        consumed: int = super().received(data)
        if self.headers_finished and self._room is not None:
            room, self._room = self._room, None
            if self.error is None and self.content_length > SMALL_BODY and not room():
                self.error = RequestEntityTooLarge("too many long forms at once")
                self.completed = True
            if self.error is not None:
                self.expect_continue = False  # else its body would be asked for and read all the same
        return consumed


class Connection(HTTPChannel):
    """One connection, which knows since when it keeps us waiting."""

    server: Server

    def __init__(self, server: Server, sock: socket.socket, addr: Any, adj: Adjustments, map: Any = None) -> None:
        super().__init__(server, sock, addr, adj, map=map)
        self.parser_class = partial(Request, room=server.room)
        self.free_since = time.monotonic()
        self._begun, self._of = 0.0, None
        self._sending_since: float | None = None

    def received(self, data: bytes) -> bool:
        """Read on; note when a request begins."""
        done: bool = super().received(data)
        if self.request is not self._of:
            self._begun, self._of = time.monotonic(), self.request
        return done

    def service(self) -> None:
        """In a thread: answer."""
        super().service()
        self.free_since = time.monotonic()

    def late(self, now: float, limits: Limits) -> bool:
        """Whether its time is over. While a thread works for it, it waits for us."""
        if not self.total_outbufs_len:
            self._sending_since = None
            if self.requests:
                return False
        elif self._sending_since is None:
            self._sending_since = now
        reading = self.request
        return limits.late(
            now,
            free_since=self.free_since,
            begun=None if reading is None else self._begun,
            in_body=reading is not None and reading.headers_finished,
            sending_since=self._sending_since,
        )

    @property
    def promised(self) -> int:
        """Bytes of long bodies that were let in and are not answered yet."""
        bodies = [one.content_length for one in (self.request, *self.requests) if one is not None and one.error is None]
        return sum(length for length in bodies if length > SMALL_BODY)


class Server(TcpWSGIServer):
    """Serves one application at a socket that listens already, perhaps beside other processes at the same socket."""

    channel_class = Connection

    def __init__(
        self,
        application: WSGIApplication,
        listening: socket.socket,
        limits: Limits,
        *,
        behind_proxy: bool = False,
        beside: Server | None = None,
    ) -> None:
        """`behind_proxy`: it counts addresses and says whose they are, so that its headers are believed.

        `beside`: one more socket of that server, answered in its loop and by its threads.
        """
        self.limits = limits
        self._behind_proxy = behind_proxy
        self._next_round = self._said_full = 0.0
        adjustments = Adjustments(
            sockets=[listening],
            threads=THREADS,
            max_request_header_size=HEAD_BYTES,
            max_request_body_size=BODY_BYTES,
            inbuf_overflow=NO_FILE,
            outbuf_overflow=NO_FILE,
            connection_limit=NO_FILE,  # who goes is decided below; none must wait at the door
            clear_untrusted_proxy_headers=not behind_proxy,
            log_socket_errors=False,
            ident="",
        )
        place = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(
            without_bodies_of_head(application),
            _sock=listening,
            adj=adjustments,
            sockinfo=place,
            bind_socket=False,
            map=beside and beside._map,
            dispatcher=beside and beside.task_dispatcher,
        )

    def run(self) -> None:
        """Serve until SystemExit; then let the threads finish."""
        try:
            while True:
                self.turn(1.0)
        finally:
            self.task_dispatcher.shutdown()

    def turn(self, patience: float) -> None:
        """One round of reading and sending, after at most `patience` seconds; each second a look at who is late."""
        self.asyncore.loop(timeout=patience, map=self._map, use_poll=True, count=1)
        now = time.monotonic()
        if now >= self._next_round:
            self._next_round = now + 1
            self.end_late(now)

    def end_late(self, now: float) -> None:
        """Close who has had their time. At once: a reader who takes nothing would never let us say goodbye."""
        for connection in self.connections:
            if connection.late(now, self.limits):
                connection.handle_close()

    def maintenance(self, now: float) -> None:
        """Waitress's own look at who was silent: ours is stricter, and a byte a minute does not count as talk."""

    def handle_accept(self) -> None:
        """Let in whoever comes; if that is too many, one goes who keeps us waiting, the longest first."""
        super().handle_accept()
        everybody = self.connections
        if not everybody:
            return
        newest = everybody[-1]
        neighbours = [one for one in everybody if one.addr[0] == newest.addr[0]]
        if not self._behind_proxy and len(neighbours) > self.limits.of_address:
            self._make_room(neighbours)
        elif len(everybody) > self.limits.connections:
            self._make_room(everybody)

    def _make_room(self, among: Sequence[Connection]) -> None:
        """Who waits for a thread of ours stays; of the others first who has nothing to fetch."""
        waiting = [one for one in among if not one.requests] or [among[-1]]
        min(waiting, key=lambda one: (one.total_outbufs_len > 0, one.free_since)).handle_close()
        now = time.monotonic()
        if now - self._said_full > FULL_EVERY:
            self._said_full = now
            log.warning("too many connections: who kept the server waiting for the longest time was let go")

    def room(self) -> bool:
        """Whether the long bodies that were let in, with the one that asks, fit into memory."""
        return sum(one.promised for one in self.connections) <= HELD_BYTES

    @property
    def connections(self) -> list[Connection]:
        """All that are open, the newest last."""
        return list(self.active_channels.values())


def without_bodies_of_head(application: WSGIApplication) -> WSGIApplication:
    """The answer to HEAD without its body, which Django leaves to the server."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        close = getattr(body, "close", None)
        if close is not None:
            close()
        return []

    return answer
