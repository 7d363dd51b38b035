"""Waiting for another process, without guessing how long it takes."""

import threading
import time
from collections.abc import Callable
from pathlib import Path


def until(true: Callable[[], object], seconds: float = 600, pause: float = 0.05) -> None:
    """Ask again and again, leaving the processor to those who are waited for; a failure if it never comes true."""
    deadline = time.monotonic() + seconds
    waiting = threading.Event()
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        waiting.wait(pause)


def lives(pid: int) -> bool:
    """Whether the process is there and not dead already."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
