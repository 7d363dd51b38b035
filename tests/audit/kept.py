"""What a worker has sealed and signed, made once in each process: whoever asks again finds it as it was made."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import connection

from tests import database
from tests.audit.working import Worker, superuser
from tests.resetting import Snapshot


@dataclass(frozen=True)
class _Kept:
    """The rows, a folder with the worker's files, how far its world was ahead, and when that was."""

    rows: Snapshot
    folder: Path
    ahead: timedelta
    at: float


_kept: dict[Callable[[Path], Worker], _Kept] = {}


def put(build: Callable[[Path], Worker], folder: Path) -> Worker:
    """The worker that `build` makes in the empty database of this process and in this folder, in its second of then.

    For tests that commit (`transaction=True`): the empty database is put back after them.
    """
    assert not connection.in_atomic_block, "rows are put back behind a transaction"
    found = _kept.get(build)
    if found is None:
        return _made(build, folder)
    if not database.put(found.rows):
        database.begin_anew()
        return _made(build, folder)
    shutil.copytree(found.folder, folder, dirs_exist_ok=True)
    gone = timedelta(seconds=time.monotonic() - found.at)
    superuser(f"update sealer set beat = beat + interval '{gone.total_seconds()} seconds'")
    worker = Worker(folder)
    worker.wait(seconds=(found.ahead - gone).total_seconds())
    return worker


def _made(build: Callable[[Path], Worker], folder: Path) -> Worker:
    worker = build(folder)
    here = Path(tempfile.mkdtemp(dir=os.environ["HAMKORI_DATA"]))
    shutil.copytree(folder, here, dirs_exist_ok=True)
    _kept[build] = _Kept(database.as_it_is(), here, worker.ahead, time.monotonic())
    return worker
