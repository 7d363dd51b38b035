"""The world as it was built, kept in the data folder: what would be built of the same again is put back in a second.

A copy of the stopped server's folder and of the keys that fit it. Its people are invented; nobody else reads it anyway.
Its dates lie before the day on which it was built, so that day is part of what it is made of.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from hamkori.calendar.rules import Calendar
from hamkori.site.rooms import HOUSE, hash_of

LOCKS = HOUSE.parents[1] / "requirements"
# How a page looks and what it says in which language is read when it is shown: no record is made of it.
SHOWN = frozenset({"templates", "static", "locale", "formats", "__pycache__"})
# Of the data folder, what belongs to one world. The mark that it is whole comes last.
BUILT = "world-built"
PARTS = (
    "server",
    "passwords",
    "keyring",
    "secret-key",
    "demo-secret",
    "demo-walk.json",
    "sign",
    "marks",
    "static",
    "clock.json",
    BUILT,
)
ASIDE = "thrown-away"


def made_of(programs: str, *, house: Path = HOUSE, locks: Path = LOCKS, at: datetime | None = None) -> str:
    """A hash of everything that a world is made of: sources, locks, programs, and the day on the country's calendar.

    `programs`: the version of PostgreSQL, whose folder fits no other.
    """
    beside = (Calendar().day(at or datetime.now(UTC)), programs, sys.version, os.geteuid())
    return hash_of(house, sorted(sources(house)), *beside, hash_of(locks, sorted(sources(locks))))


def sources(folder: Path) -> Iterator[Path]:
    """Every file of it that may shape a record."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in SHOWN]
        yield from (Path(place, name) for name in names)


def rows_of(connection: psycopg.Connection) -> dict[str, str]:
    """Every table with the number of its rows and a sum over their contents. As superuser."""
    tables = connection.execute("select tablename from pg_catalog.pg_tables where schemaname = 'public'").fetchall()
    found = {}
    for (name,) in tables:
        table = sql.Identifier("public", name)
        question = "select count(*), coalesce(sum(pg_catalog.hashtextextended(t::text, 0)), 0) from {} t"
        count, content = connection.execute(sql.SQL(question).format(table)).fetchone() or (0, 0)
        found[name] = f"{count} {content}"
    return found


@dataclass(frozen=True, kw_only=True)
class Note:
    """What is known of a kept world: its rows as they were built, in how many seconds, by which state of the source."""

    rows: dict[str, str]
    took: float
    state: str


class Kept:
    """The one world that a data folder keeps, under the hash of what it is made of."""

    def __init__(self, data: Path, made_of: str) -> None:
        self.data = data
        self.folder = data / "kept"
        self.place = self.folder / made_of

    def is_there(self) -> bool:
        """Whether a world made of the same is kept."""
        return (self.place / "note.json").exists()

    def keep(self, note: Note) -> None:
        """Copy it, while its server is stopped. What was made of something else is forgotten."""
        self.forget()
        self.folder.mkdir(mode=0o700)
        draft = self.folder / "draft"
        draft.mkdir(mode=0o700)
        _copy(self.data, draft)
        (draft / "note.json").write_text(json.dumps(asdict(note)))
        draft.rename(self.place)

    def put_back(self) -> Note:
        """Copy it back in the place of whatever is there, which does not run; how it was built."""
        note = Note(**json.loads((self.place / "note.json").read_text()))
        throw_away(self.data)
        _copy(self.place, self.data)
        return note

    def forget(self) -> None:
        """Keep nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)


def throw_away(data: Path) -> None:
    """A world that does not run, out of its place. The mark that it is whole goes first.

    Aside and not away: where many files were just deleted, ext4 makes new ones ten times as slowly.
    """
    sweep(data)
    (data / ASIDE).mkdir(mode=0o700)
    for name in (*reversed(PARTS), "running.json", "prepared", "socket", "mail", "demo-walk-done.json"):
        with suppress(FileNotFoundError):
            (data / name).rename(data / ASIDE / name)


def sweep(data: Path) -> None:
    """What was thrown away is gone."""
    shutil.rmtree(data / ASIDE, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """In the order of PARTS, with rights and owners: root's server belongs to another user. `cp` is faster than we."""
    parts = [str(source / name) for name in PARTS]
    done = subprocess.run(["cp", "-Rp", *parts, str(target)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(errno.EIO, done.stderr.strip().rpartition("\n")[2])
