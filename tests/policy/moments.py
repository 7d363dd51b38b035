"""One committed database for each moment of the oracle's world, copied from the moment before."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

from hamkori.site.database import binaries, roles
from hamkori.vault import keyring_file, server
from tests import database
from tests.policy import world as building
from tests.policy.oracle import MOMENTS

T = TypeVar("T")

FAST = ("accepted", "withdrawn")
"""The moments that `--fast` looks at: everything is alive, and her word has ended it."""


def each(what: Iterable[Any] = MOMENTS, fast: Collection[Any] = FAST) -> list[Any]:
    """Moments, people or presses as parameters of a test; all but the fast ones are bulk."""
    return [one if one in fast else pytest.param(one, marks=pytest.mark.bulk) for one in what]


NAME = "hk_policy_{process}_{moment}"


class Moments:
    """Databases by moment, and who and what is in them."""

    def __init__(self) -> None:
        assert database._server is not None
        self._cluster = database._server.cluster
        self._home = str(connection.settings_dict["NAME"])
        self.ring = keyring_file.load(settings.HAMKORI_KEYRING)
        self.worlds: dict[str, building.World] = {}
        self.decided: dict[tuple[str, str], dict[tuple[str, str, str], bool]] = {}
        self._once: dict[Any, Any] = {}

    def build(self) -> None:
        """About ten seconds: the people once, then one copy for each moment."""
        self._sweep()
        server.use(self.ring)
        self._copy(self._home, "start")
        with self.at("start"):
            self.worlds["start"] = building.found(self.ring)
        for moment, (before, happens) in building.STAGES.items():
            self._copy(self._name(before), moment)
            shutil.copytree(self.marks(before), self.marks(moment), dirs_exist_ok=True)
            world = copy(self.worlds[before])
            world.things = dict(world.things)
            with self.at(moment):
                happens(world)
            self.worlds[moment] = world
        assert set(self.worlds) == set(MOMENTS)

    @contextmanager
    def at(self, moment: str) -> Iterator[building.World | None]:
        """Django's connection looks at this moment's database; afterwards at the process's own again."""
        server.use(self.ring)
        connections.close_all()
        home = settings.HAMKORI_MARKS
        connection.settings_dict["NAME"] = self._name(moment)
        settings.HAMKORI_MARKS = self.marks(moment)
        assert moment not in self.worlds or (self.marks(moment) / "marks").exists(), "its marks were taken away"
        server.make_marks()
        try:
            yield self.worlds.get(moment)
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = self._home
            settings.HAMKORI_MARKS = home

    def once(self, what: Any, ask: Callable[[], T]) -> T:
        """What several tests look at is asked once in a process: what `--fast` keeps of a whole is a part of it."""
        if what not in self._once:
            self._once[what] = ask()
        found: T = self._once[what]
        return found

    def marks(self, moment: str) -> Path:
        """Each moment's own: what has ended in a later one has not ended here."""
        return Path(settings.HAMKORI_DATA, f"marks-{moment}")

    @contextmanager
    def branch(self, before: str, moment: str) -> Iterator[building.World]:
        """One more database, as a moment was; it is dropped at the end."""
        self._copy(self._name(before), moment)
        shutil.copytree(self.marks(before), self.marks(moment), dirs_exist_ok=True)
        world = copy(self.worlds[before])
        world.things = dict(world.things)
        try:
            with self.at(moment):
                yield world
        finally:
            connections.close_all()
            self._drop(self._name(moment))
            self._forget_marks(moment)

    def _forget_marks(self, moment: str) -> None:
        shutil.rmtree(self.marks(moment), ignore_errors=True)
        server._beside.pop(self.marks(moment), None)  # the next one of this name has others

    def dump(self, moment: str) -> bytes:
        """What `pg_dump` writes of this moment's database."""
        done = subprocess.run(
            [self._programs() / "pg_dump", "--dbname", self._cluster.superuser_url(self._name(moment))],
            capture_output=True,
            check=True,
        )
        return done.stdout

    def server_log(self) -> bytes:
        """What the database server has written of itself."""
        server = self._cluster.root / "server"
        return b"".join(
            log.read_bytes() for log in (server / "log", *(server / "data" / "log").glob("*")) if log.exists()
        )

    def _programs(self) -> Path:
        return binaries.find(self._cluster.root, self._cluster.user).folder

    def address(self, moment: str, login: str) -> str:
        """The address of this moment's database for one of the real logins."""
        return self._cluster.url(login, self._name(moment))

    @contextmanager
    def raw(self, moment: str, login: str) -> Iterator[psycopg.Connection]:
        """A plain connection as a real login, hk_app as the pages; what it does is undone."""
        shown = f"-c hk.pages={next(iter(self.worlds.values())).ring.shown()}" if login == "hk_app" else ""
        with psycopg.connect(self.address(moment, login), options=shown) as opened:
            yield opened
            opened.rollback()

    @contextmanager
    def superuser(self, moment: str) -> Iterator[psycopg.Connection]:
        """The database itself, as whoever holds the machine."""
        with psycopg.connect(self._cluster.superuser_url(self._name(moment))) as opened:
            yield opened
            opened.rollback()

    def owner(self, moment: str, statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """One statement of whoever owns the database, committed."""
        with psycopg.connect(self._cluster.superuser_url(self._name(moment)), autocommit=True) as opened:
            cursor = opened.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def end(self) -> None:
        """Drop the databases and forget their marks: who has run out of tests and is given more builds them anew."""
        connections.close_all()
        for moment in MOMENTS:
            self._drop(self._name(moment))
            self._forget_marks(moment)

    def _name(self, moment: str) -> str:
        return NAME.format(process=os.getpid(), moment=moment)

    def _copy(self, template: str, moment: str) -> None:
        connections.close_all()
        name = self._name(moment)
        self._drop(name)
        with psycopg.connect(self._cluster.superuser_url(), autocommit=True) as connected:
            # A connection that an earlier test has left open would hold the copy up.
            connected.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [template])
            roles.make_database(connected, name, template, tests=True)

    def _drop(self, name: str) -> None:
        with psycopg.connect(self._cluster.superuser_url(), autocommit=True) as connected:
            connected.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _sweep(self) -> None:
        """Drop what killed runs have left."""
        with psycopg.connect(self._cluster.superuser_url(), autocommit=True) as connected:
            names = connected.execute("select datname from pg_database where datname like 'hk\\_policy\\_%'").fetchall()
        for (name,) in names:
            if not Path("/proc", name.split("_")[2]).exists():
                self._drop(name)
