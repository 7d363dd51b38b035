"""What takes many seconds to make, a server or a demo: made once in a run of tests, and copied for each who asks.

The folder is of the run and goes with it, so that a copy is never of another state of the source.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4
from zlib import crc32

TREE = Path(__file__).resolve().parents[2]
RUN = f"HK_TESTS_MADE_{crc32(os.fsencode(TREE)):08x}"
"""The variable with the run's folder; the processes of a parallel run inherit it from the one that reports, those of
another tree, in which a fault is planted, do not."""


MEMORY, DISK = Path("/dev/shm"), Path("/var/tmp")
OURS, KEPT = "hk-made-", "hk-tests-"
ROOM, LEFT = 6 << 30, 8 << 30
"""Bytes that must be free in memory's own file system, and in memory, before servers are put there: a run needs two."""


def begin() -> bool:
    """Name the run's folder, unless it has one; whether it was named here, by whom it is thrown away."""
    if RUN in os.environ:
        return False
    _sweep()
    os.environ[RUN] = str(_place() / f"{OURS}{os.getpid()}-{uuid4().hex}")
    return True


def _place() -> Path:
    """Where servers are made and thrown away by the dozen: in memory, where there is plenty of it.

    A thousand files of a server are deleted after each test, and where many were just deleted, ext4 makes new ones ten
    times as slowly: most of what a test with a server of its own costs.
    """
    with suppress(OSError, ValueError, IndexError):
        found = os.statvfs(MEMORY)
        free = Path("/proc/meminfo").read_text().partition("MemAvailable:")[2].split()[0]
        roomy = found.f_bavail * found.f_frsize > ROOM and int(free) * 1024 > LEFT
        if roomy and not found.f_flag & os.ST_NOEXEC and os.access(MEMORY, os.W_OK):
            return MEMORY
    return DISK


def keep_in_memory(server: Path) -> None:
    """Let what is at `server`, which nobody uses now, lie in memory, if there is plenty, and be found by the next run.

    Half of what a run makes and drops in databases is done in memory at a tenth of the work (see _place). Whoever
    starts the machine anew begins with an empty one.
    """
    if _place() != MEMORY:
        if server.is_symlink() and not server.exists():
            server.unlink()
        return
    target = MEMORY / f"{KEPT}{crc32(os.fsencode(server.absolute())):08x}"
    if server.is_symlink():
        server.unlink()
    elif server.exists():
        shutil.rmtree(server)  # as of before, and made again in a few seconds
        shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o711, exist_ok=True)
    (target / "of").write_text(str(server.absolute()))
    server.symlink_to(target / "server")


def _sweep() -> None:
    """Take from memory what runs have left there that were killed, and the servers of trees that are gone."""
    for kept in MEMORY.glob(f"{KEPT}*/of"):
        if not Path(kept.read_text()).is_symlink():
            shutil.rmtree(kept.parent, ignore_errors=True)
    for folder in MEMORY.glob(f"{OURS}*-*"):
        number = folder.name.removeprefix(OURS).partition("-")[0]
        if number.isdigit() and not Path("/proc", number).exists():
            shutil.rmtree(folder, ignore_errors=True)


def run_folder() -> Path:
    """The run's folder, there from the first who asks."""
    folder = Path(os.environ[RUN])
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        folder.chmod(0o711)  # the user who runs a server for root passes through
    return folder


@contextmanager
def room(name: str) -> Iterator[Path]:
    """A folder for one server, which its user may pass through; it is gone afterwards, with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"hk-{name}-", dir=run_folder()))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def end() -> None:
    """Throw it away."""
    shutil.rmtree(os.environ.pop(RUN), ignore_errors=True)


def put(name: str, make: Callable[[Path], None], target: Path, *, without: str = "") -> None:
    """A copy of what `make` leaves in a folder, in the place of `target`. Nothing of it may run when `make` is over.

    `without`: an entry of the folder that this one needs no copy of.
    """
    folder = run_folder()
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
    target.mkdir(parents=True, exist_ok=True)
    # With rights and owners: root's server belongs to another user.
    entries = [str(entry) for entry in made.iterdir() if entry.name != without]
    subprocess.run(["cp", "-Rp", *entries, str(target)], check=True)
