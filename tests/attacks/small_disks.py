"""A disk that is small, to be filled."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

MB = 1024 * 1024


def may_mount(folder: Path) -> bool:
    """Whether this process may lay a small disk over a folder."""
    if os.geteuid() != 0:
        return False
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False, capture_output=True)
    if done.returncode == 0:
        subprocess.run(["umount", folder], check=True)
    return done.returncode == 0


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk of this many MB at this place, gone afterwards. Skips where nobody may mount one."""
    folder.mkdir(exist_ok=True)
    if not may_mount(folder):
        pytest.skip("a small disk can only be mounted by root, in a container that may mount")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=0711", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    """Takes all the room that is left."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (MB, 4096, 1):
            while _fits(file, size):
                pass
    return filler


def _fits(file: IO[bytes], size: int) -> bool:
    try:
        return file.write(b"\0" * size) == size
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
