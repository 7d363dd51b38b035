"""A stage: the invented world, built once for each state of the source, copied for each player, served for real.

The copies of one state are alike: the world's clock stands where it stood when the world was built, and everybody is
signed in already (screen_doors.py). Browser journeys and `./hamkori screens` play here; nothing of it is kept.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from hamkori.site.database import logins, roles, walls, world
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import places, surroundings
from hamkori.site.launch.demo import answers
from hamkori.site.launch.supervise import Child, end_all
from hamkori.site.rooms import HOUSE, hash_of, made_of

# With what these import, and what each room makes known when it is an app, the world is made.
BUILDS = ("site/management/commands/demo_build.py", "site/management/commands/screen_doors.py")
KEPT = timedelta(hours=6)  # sessions of a browser live for twelve
READY_SECONDS = 60
# Each copy of the world goes on with these; the keyring is what its locks were made with.
FILES = ("keyring", "secret-key", "demo-secret", "demo-walk.json")
BESIDE = ("sign", "marks")  # the worker's folder and the marks: they belong to the world that is copied


class NoStage(Exception):
    """The world could not be built or served; the text says why."""


@dataclass(frozen=True)
class Template:
    """A finished world: its database, the moment it stands at, and the cookies of everybody by e-mail or persona."""

    name: str
    folder: Path
    at: datetime
    doors: Mapping[str, Mapping[str, str]]


class Stage:
    """The server of all stages of this tree; the last user stops it."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: a place of its own, for a server that a play may stop."""
        self.folder = folder or places.data_folder("stage")
        self.cluster = Cluster(self.folder, hasty=True)
        self._using = (self.folder / "users.lock").open("a")

    def begin(self) -> Template:
        """Start or join the server; the world, built if the source has changed."""
        fcntl.flock(self._using, fcntl.LOCK_SH)
        self.cluster.start()
        with self.cluster.lock("template.lock"):
            roles.ensure_roles(self.cluster.superuser_url(), self.cluster.passwords())
            self._sweep()
            return self._template()

    def end(self) -> None:
        """Stop the server if nobody else uses it."""
        fcntl.flock(self._using, fcntl.LOCK_UN)
        if places.is_ours(self._using):
            self.cluster.stop()
        self._using.close()

    def superuser(self, database: str = "postgres") -> psycopg.Connection:
        """Whoever holds the whole server."""
        return psycopg.connect(self.cluster.superuser_url(database), autocommit=True, options=logins.options())

    def copy(self, template: Template, name: str) -> None:
        """The world anew under this name; whoever used it is cut off."""
        with self.superuser() as connected:
            roles.drop_database(connected, name)
            roles.make_database(connected, name, template.name)
        with self.superuser(name) as connected:
            world.stand(connected, template.at)
            # Sessions end by the machine's clock, which did not stand; nobody has left a screen.
            connected.execute("update access_session set idle_until = least(expires_at, now() + interval '15 minutes')")

    def environment(self, process: str, database: str, data: Path) -> dict[str, str]:
        """What a process of this stage needs, as in the demonstration."""
        return surroundings.of_process(process, "demo", self.cluster, database, data)

    def page_files(self, data: Path) -> None:
        """Collected files for one player: another state of the source may be collected while they play."""
        with self.cluster.lock("template.lock"):
            shutil.copytree(self.folder / "static", data / "static", dirs_exist_ok=True)

    # --- the world ---------------------------------------------------------------------------------------------
    def _template(self) -> Template:
        name = f"hk_world_{_state()}"
        folder = self.folder / name
        with self.superuser() as connected:
            known = connected.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        note = folder / "doors.json"
        if not known or not note.exists():
            with self.superuser() as connected:
                roles.drop_database(connected, name)
            self._build(name, folder)
        # Page files change more often than the world.
        self._run("hamkori.site.serving.assemble", self.environment("web", name, self.folder), "--collect")
        said = json.loads(note.read_text())
        return Template(name, folder, datetime.fromisoformat(said["at"]), said["doors"])

    def _build(self, name: str, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        draft = "hk_draft"
        with self.superuser() as connected:
            roles.drop_database(connected, draft)
        roles.ensure_database(self.cluster.superuser_url(), draft)
        roles.harden(self.cluster.superuser_url(draft))
        environment = partial(self.environment, database=draft, data=folder)
        builder = surroundings.of_builder(environment)
        self._run("hamkori.site.launch", environment("owner"), "migrate", "--found", "demo")
        self._run("hamkori.site.serving.assemble", self.environment("web", draft, self.folder), "--collect")
        shutil.copytree(self.folder / "static", folder / "static")
        self._run("django", builder, "demo_build")
        doors = json.loads(self._run("django", builder, "screen_doors"))
        with self.superuser(draft) as connected:
            at = world.now(connected)
        (folder / "doors.json").write_text(json.dumps({"at": at.isoformat(), "doors": doors}))
        with self.superuser() as connected:
            names = sql.Identifier(draft), sql.Identifier(name)
            connected.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()",
                [draft],
            )
            connected.execute(sql.SQL("alter database {} rename to {}").format(*names))
            connected.execute(sql.SQL("alter database {} allow_connections false").format(names[1]))

    def _run(self, module: str, environment: Mapping[str, str], *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoStage(f"{module}: {(done.stderr or done.stdout)[-3000:]}")
        return done.stdout

    def _sweep(self) -> None:
        """Drop worlds of former states and copies of runs that were killed."""
        with self.superuser() as connected:
            rows = connected.execute("select datname from pg_database where datname ~ '^hk_(world|play)_'").fetchall()
            for (name,) in rows:
                if name.startswith("hk_play_"):
                    stale = not Path("/proc", name.split("_")[2]).exists()
                else:
                    stale = _is_old(self.folder / name / "doors.json")
                if stale:
                    roles.drop_database(connected, name)
                    shutil.rmtree(self.folder / name, ignore_errors=True)


class Play:
    """A copy of the world with the real server before it, for one process."""

    _numbers = count()

    def __init__(self, stage: Stage, template: Template) -> None:
        self.stage = stage
        self.template = template
        self.database = f"hk_play_{os.getpid()}_{next(self._numbers)}"
        self.data = stage.folder / self.database
        self.port = 0
        self._web: Child | None = None

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://localhost:{self.port}"

    def begin(self) -> None:
        """Copy the world and serve it."""
        self.make()
        self.serve()

    def make(self) -> None:
        """The copy and its files, not served."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.stage.page_files(self.data)
        self.anew()

    def anew(self, folders: Iterable[str] = BESIDE) -> None:
        """The world as it was, also its keyring and these folders."""
        for name in FILES:
            if (self.template.folder / name).exists():
                shutil.copy2(self.template.folder / name, self.data / name)
        for name in folders:
            shutil.rmtree(self.data / name, ignore_errors=True)
            shutil.copytree(self.template.folder / name, self.data / name)
        self.stage.copy(self.template, self.database)

    def serve(self) -> None:
        """Start the web server and wait until it answers."""
        self.port = _free_port()
        command = [sys.executable, "-m", "hamkori.site.serving", "--port", str(self.port)]
        environment = {**self.environment("web"), "HAMKORI_ADDRESS": f"{self.address}/"}
        self._web = Child(name="web", command=command, environment=environment, log=self.data / "web.log")
        self._web.start()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until the pages answer, and their database with them."""
        deadline = time.monotonic() + READY_SECONDS
        while not answers(self.port):
            if self._web is None or not self._web.lives() or time.monotonic() > deadline:
                raise NoStage(f"The pages do not answer: {self.log()[-3000:]}")
            time.sleep(0.05)

    def end(self) -> None:
        """Stop serving, forget the copy."""
        self.stop()
        with suppress(psycopg.OperationalError), self.stage.superuser() as connected:
            roles.drop_database(connected, self.database)
        shutil.rmtree(self.data, ignore_errors=True)

    def stop(self) -> None:
        """Serve no more."""
        if self._web is not None:
            end_all([self._web])
            self._web = None

    def environment(self, process: str) -> dict[str, str]:
        """What a process on this copy needs."""
        return self.stage.environment(process, self.database, self.data)

    def log(self) -> str:
        """What the web server said."""
        return (self.data / "web.log").read_text(errors="replace")

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection]:
        """The owner of all tables, who moves the world's clock."""
        address = self.stage.cluster.url("hk_migrate", self.database)
        with psycopg.connect(address, autocommit=True, options="-c role=hk_owner") as connection:
            yield connection

    def cookies(self, who: str) -> list[dict[str, Any]]:
        """The cookies of somebody who is signed in, for a browser. Not that of a language: each reads her account's."""
        return [
            {"name": name, "value": value, "url": self.address, "httpOnly": True, "sameSite": "Lax"}
            for name, value in self.template.doors[who].items()
            if not name.endswith("hk_language")
        ]


def _is_old(note: Path) -> bool:
    return not note.exists() or datetime.now(UTC).timestamp() - note.stat().st_mtime > KEPT.total_seconds()


def _state() -> str:
    builds = (*(HOUSE / name for name in BUILDS), *HOUSE.glob("site/demo/plans/**/*.py"), *HOUSE.glob("*/apps.py"))
    tables = (path for path in HOUSE.rglob("*.yaml") if path.name != "pages.yaml")  # which page is looked at makes none
    return hash_of(HOUSE, [*made_of(*builds), *sorted(tables)], walls.fingerprint())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
