"""What takes many seconds to make, a server or a demo: made once in a run of tests, and copied for each who asks.

The folder is of the run and goes with it, so that a copy is never of another state of the source.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4
from zlib import crc32

TREE = Path(__file__).resolve().parents[2]
RUN = f"HK_TESTS_MADE_{crc32(os.fsencode(TREE)):08x}"
"""The variable with the run's folder; the processes of a parallel run inherit it from the one that reports, those of
another tree, in which a fault is planted, do not."""


def begin() -> bool:
    """Name the run's folder, unless it has one; whether it was named here, by whom it is thrown away."""
    if RUN in os.environ:
        return False
    os.environ[RUN] = f"/var/tmp/hk-made-{uuid4().hex}"
    return True


def end() -> None:
    """Throw it away."""
    shutil.rmtree(os.environ.pop(RUN), ignore_errors=True)


def put(name: str, make: Callable[[Path], None], target: Path, *, without: str = "") -> None:
    """A copy of what `make` leaves in a folder, in the place of `target`. Nothing of it may run when `make` is over.

    `without`: an entry of the folder that this one needs no copy of.
    """
    folder = Path(os.environ[RUN])
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        folder.chmod(0o711)  # the user who runs a server for root passes through
    made = folder / name
    with (folder / f"{name}.lock").open("a") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not made.is_dir():
            draft = folder / f"{name}.draft"
            shutil.rmtree(draft, ignore_errors=True)  # of one whose making failed
            draft.mkdir()
            draft.chmod(0o711)
            make(draft)
            draft.rename(made)
    target.mkdir(exist_ok=True)
    # With rights and owners: root's server belongs to another user.
    entries = [str(entry) for entry in made.iterdir() if entry.name != without]
    subprocess.run(["cp", "-Rp", *entries, str(target)], check=True)
