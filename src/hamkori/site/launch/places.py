"""Where things lie on this machine: the source tree, and a data folder for each purpose."""

import fcntl
import hashlib
import os
from pathlib import Path
from typing import TextIO

TREE = Path(__file__).resolve().parents[4]


# Made from the rest of the source.
DERIVED = ("__pycache__", ".mo", "web/static/hamkori")


def state_of_source() -> str:
    """A hash that changes when a file of the source or a lock does, by size and time: fast enough for every start."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted([*(TREE / "src").rglob("*"), *(TREE / "requirements").iterdir()]):
        name = path.relative_to(TREE).as_posix()
        if path.is_file() and not any(part in name for part in DERIVED):
            known = path.stat()
            digest.update(f"{name}\0{known.st_size}\0{known.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def data_folder(purpose: str) -> Path:
    """The data folder of the demo, the tests or developers; made if missing, for nobody else to read.

    HAMKORI_DATA decides for the demo. Otherwise it lies in the source tree, so that a second copy of the tree has its
    own; only root's lies outside, because root's home is closed to the user who runs PostgreSQL for root.
    """
    chosen = os.environ.get("HAMKORI_DATA", "")
    if chosen and purpose == "demo":
        folder = Path(chosen).absolute()
    elif os.geteuid() == 0:
        tree = hashlib.blake2b(os.fsencode(TREE), digest_size=4).hexdigest()
        folder = Path("/var/lib/hamkori") / tree / purpose
    else:
        folder = TREE / ".hamkori" / purpose
    for part in (*([folder.parent.parent, folder.parent] if os.geteuid() == 0 and not chosen else []), folder):
        if not part.is_dir():
            part.mkdir(parents=True)
            # Root's is entered, not read, by the user who runs the server.
            part.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


def is_ours(lock: TextIO) -> bool:
    """Whether this process has the lock now, for as long as the file is open; False: another one has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
