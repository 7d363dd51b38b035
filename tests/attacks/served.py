"""The pages as they are really served, for attacks with raw bytes."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

from hamkori.vault.marks import create
from tests import database
from tests.site import ready
from tests.site.elsewhere import free_port
from tests.site.waiting import until


class Pages:
    """The pages of the product, served by its own process with short limits."""

    def __init__(self, data: Path, **more: str) -> None:
        self.port = free_port()
        environment = os.environ | {
            "HAMKORI_DATABASE_URL": database.address("hk_app"),
            "HAMKORI_DATA": str(data),
            "HAMKORI_HEAD_SECONDS": "1",
            "HAMKORI_BODY_SECONDS": "1",
            "HAMKORI_IDLE_SECONDS": "1",
            "HAMKORI_SEND_SECONDS": "2",
            "PYTHONPATH": "src",
            **more,
        }
        (data / "static").mkdir()
        create(data / "marks" / "marks")
        self.log = data / "log"
        self.process = ready.Begun(["--port", str(self.port)], environment, self.log, "hamkori.site.serving")
        until(self.listens, 60)

    def listens(self) -> bool:
        """Whether somebody answers at the port."""
        assert self.process.poll() is None, self.log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def hold(self, said: bytes, times: int, held: ExitStack) -> list[socket.socket]:
        """So many connections, each of which has said this and says no more."""
        callers = []
        for _ in range(times):
            caller = held.enter_context(socket.create_connection(("127.0.0.1", self.port), timeout=20))
            caller.sendall(said)
            callers.append(caller)
        return callers

    def status(self, path: str) -> int:
        """What an honest caller gets within five seconds."""
        honest = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            honest.request("GET", path, headers={"Host": "localhost"})
            answer = honest.getresponse()
            answer.read()
            return answer.status
        finally:
            honest.close()

    def end(self) -> None:
        """It ends when it is asked to, and has met no fault."""
        self.process.terminate()
        assert self.process.wait(20) == 0
        assert "Traceback" not in self.log.read_text()
