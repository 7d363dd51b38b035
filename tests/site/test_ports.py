"""A port on this machine: a number that is one, and one that is free where the wanted one is not.

Red before: OverflowError for 99999 from `serving` too, and the next number was offered though it was taken as well.
"""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from hamkori.site.launch import demo
from hamkori.site.serving import ports


@pytest.fixture
def two_taken() -> Iterator[int]:
    """The lower of two neighbours that are both taken."""
    for _try in range(200):
        with ExitStack() as held:
            first, second = (held.enter_context(socket.socket()) for _ in range(2))
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            first.listen()
            second.listen()
            yield port
            return
    pytest.fail("no two neighbours are free")


def test_what_is_offered_instead_is_free(two_taken: int) -> None:
    assert not ports.is_free(two_taken)
    offered = ports.next_free(two_taken)
    assert offered not in (two_taken, two_taken + 1)
    assert ports.is_free(offered)


def test_the_demo_offers_a_free_one(two_taken: int) -> None:
    said = demo.in_the_way(two_taken)
    assert said.startswith(f"Port {two_taken} is taken by another program: ./hamkori demo --port ")
    assert ports.is_free(int(said.rpartition(" ")[2]))
    assert demo.in_the_way(ports.next_free(two_taken)) == ""


def test_after_the_last_one_it_looks_below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: port == 8000)
    assert ports.next_free(65535) == 8000
    monkeypatch.setattr(ports, "is_free", lambda _port: False)
    assert ports.next_free(8000) is None
    assert demo.in_the_way(8000) == "Port 8000 is taken by another program, and no other one is free."


@pytest.mark.parametrize("port", ["99999", "-5", "0"])
def test_the_pages_alone_say_it_in_one_line(port: str) -> None:
    command = [sys.executable, "-m", "hamkori.site.serving", f"--port={port}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"hamkori: {port} is no port: a whole number from 1 to 65535.\n"
