"""A committed world with a keyring and marks of its own, whose keys may be turned; and a turn that is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from hamkori.site.keys import turning
from hamkori.site.keys.versions import KEYS
from hamkori.vault import keyring_file, server
from tests import database, doors
from tests.casework.racing import House
from tests.cast import World, build
from tests.database import god
from tests.resetting import Snapshot


@pytest.fixture(scope="module")
def house(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One committed world for the tests of a file."""
    with a_house(django_db_blocker, tmp_path_factory.mktemp("keys")) as made:
        yield made


@dataclass(frozen=True)
class _Built:
    """A house that nobody has entered: its rows, a folder with its files, and who is who."""

    rows: Snapshot
    folder: Path
    world: World


_built: list[_Built] = []
"""The first of this process. Each house has files of its own, so the next ones begin with its rows and its files."""
FILES = ("keyring", "marks")


def _build(keyring: Path, folder: Path) -> World:
    shutil.copy2(keyring, folder / "keyring")
    server.make_marks()
    with transaction.atomic():
        world = build()
    if not _built:
        kept = Path(tempfile.mkdtemp(dir=os.environ["HAMKORI_DATA"]))
        _copy(folder, kept)
        _built.append(_Built(database.as_it_is(), kept, copy(world)))
    return world


def _put(folder: Path) -> World | None:
    """The house of this process as it was built; None: there is none yet, or it can not be put back."""
    if not _built or not database.put(_built[0].rows):
        return None
    _copy(_built[0].folder, folder)
    doors.house()
    return copy(_built[0].world)


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-Rp", *(str(source / name) for name in FILES), str(target)], check=True)


@contextmanager
def a_house(django_db_blocker: DjangoDbBlocker, folder: Path) -> Iterator[House]:
    """A committed world; once it is built its files are read, as a server does."""
    before = settings.HAMKORI_KEYRING, settings.HAMKORI_MARKS
    with django_db_blocker.unblock():
        settings.HAMKORI_KEYRING, settings.HAMKORI_MARKS = folder / "keyring", folder / "marks"
        world = _put(folder) or _build(before[0], folder)
        kept = list(server._loaded)
        server._loaded.clear()
        clock = turning.clock
        yield House(world)
        _end_the_warm()
        turning.clock = clock
        server._loaded[:] = kept
        settings.HAMKORI_KEYRING, settings.HAMKORI_MARKS = before
        database.begin_anew()


@pytest.fixture(autouse=True)
def open_database(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def path() -> Path:
    return Path(settings.HAMKORI_KEYRING)


@contextmanager
def as_owner() -> Iterator[None]:
    """Outside any transaction, as the owner's process is: each step of a turn commits."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user where %s", [True])
        (before,) = cursor.fetchone()
        cursor.execute("select set_config('role', 'hk_owner', false)")
        try:
            yield
        finally:
            cursor.execute("select set_config('role', %s, false)", [before])


def turn(name: str) -> turning.Turned:
    with as_owner():
        return turning.turn(name, path())


def counted(name: str) -> dict[str, Counter[int]]:
    """What lies under which version."""
    with as_owner():
        return {of: versions for of, versions in KEYS[name].count(server.trust()).items() if versions}


def all_under(name: str) -> set[int]:
    return {version for versions in counted(name).values() for version in versions}


def sql(statement: str, *values: object) -> list[tuple[Any, ...]]:
    """As the owner, committed."""
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        return cursor.fetchall() if cursor.description else []


def a_day_later() -> None:
    """Forms of the last day are older now, sessions are over: the machine's clock says so, until the house is gone."""
    now = turning.clock() + timedelta(days=1, minutes=1)
    by = now - datetime.now(UTC)
    turning.clock = lambda: datetime.now(UTC) + by


WARM = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from django.db import connections, transaction
from pathlib import Path
from dataclasses import replace
from datetime import timedelta
from hamkori.site.keys import turning
from hamkori.vault import keyring_file, server

for name, key in turning.KEYS.items():
    turning.KEYS[name] = replace(key, lasts=timedelta(0))  # so that it forgets, and can be killed there
calls, at = 0, 0
def counted(call):
    def called(*args, **more):
        global calls
        for _ in (0, 1):  # before it, and after it
            calls += 1
            if calls == at:
                os.kill(os.getpid(), signal.SIGKILL)
            if _ == 0:
                done = call(*args, **more)
        return done
    return called
transaction.Atomic.__exit__ = counted(transaction.Atomic.__exit__)
for name in ("link", "unlink"):
    setattr(os, name, counted(getattr(os, name)))
Path.replace = counted(Path.replace)
for line in sys.stdin:
    assert server._loaded == [] and connections["default"].connection is None, "what is forked has read nothing yet"
    child = os.fork()
    if child == 0:
        status = 1
        try:
            name, at = line.split()
            at = int(at)
            turning.turn(name, settings.HAMKORI_KEYRING)
            status = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
_warm: dict[Path, subprocess.Popen[str]] = {}


def killed_turn(name: str, at: int) -> int:
    """A real process that turns this key and is killed by SIGKILL at its n-th commit or change of a file; how it ended.

    Each is forked from one that has imported everything and read nothing: to start Python anew costs seconds.
    """
    waiting = _warm.get(path()) or _warm.setdefault(path(), _warmed())
    assert waiting.stdin is not None
    assert waiting.stdout is not None
    waiting.stdin.write(f"{name} {at}\n")
    waiting.stdin.flush()
    ended = waiting.stdout.readline()
    assert ended.strip() in ("0", str(-signal.SIGKILL)), f"{ended} {(path().parent / 'said').read_text()}"
    return int(ended)


def _warmed() -> subprocess.Popen[str]:
    told = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("HAMKORI_", "PYTEST_", "DJANGO_", "COV_"))
    }
    told |= {
        "PYTHONPATH": "src",
        "DJANGO_SETTINGS_MODULE": "hamkori.site.settings",
        "HAMKORI_MODE": "test",
        "HAMKORI_PROCESS": "owner",
        "HAMKORI_SECRET_KEY": "of a test, and long enough to be one",
        "HAMKORI_DATA": str(path().parent),
        "HAMKORI_KEYRING": str(path()),
        "HAMKORI_MARKS": str(settings.HAMKORI_MARKS),
        "HAMKORI_OWNER_URL": database.address("hk_migrate"),
    }
    with (path().parent / "said").open("w") as said:
        return subprocess.Popen(
            [sys.executable, "-c", WARM],
            env=told,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )


def _end_the_warm() -> None:
    """Without a further line it ends by itself."""
    waiting = _warm.pop(path(), None)
    if waiting is not None:
        with waiting:
            waiting.communicate(timeout=60)


def versions(name: str) -> tuple[int, ...]:
    return keyring_file.load(path()).versions(name)
