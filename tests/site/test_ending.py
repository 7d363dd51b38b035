"""A launcher that is told to end does so, also where the word comes while Python takes an object away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import hamkori

TAKEN_AWAY = """
import os, signal, sys, time
from hamkori.site.launch.supervise import Ended, ending_by_signal

class Leaves:
    def __del__(self):
        os.kill(os.getpid(), signal.{kind})
        for _ in range(1000):
            pass  # here the handler runs, and its exception is nobody's

cleaned = False
try:
    with ending_by_signal():
        try:
            one = Leaves()
            del one
            time.sleep(20)
        finally:
            time.sleep(0.3)  # longer than until it is asked for again: nothing interrupts this
            cleaned = True
except Ended:
    sys.exit(7 if cleaned else 8)
"""


@pytest.mark.parametrize("kind", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_an_end_that_was_thrown_away_is_asked_for_again(kind: str) -> None:
    # "7": Ended came out of the block, and what stood in `finally` was done in peace.
    done = subprocess.run(
        [sys.executable, "-c", TAKEN_AWAY.format(kind=kind)],
        env={"PYTHONPATH": str(Path(hamkori.__file__).parents[1])},
        capture_output=True,
        timeout=15,
        check=False,
    )
    assert (done.returncode, done.stderr) == (7, b"")
