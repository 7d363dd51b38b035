"""The tests' database: one server, one template for each state of the source, one clone for each process.

Tests are hk_app, before the walls, like the pages. `god()` looks behind them inside the same transaction, `raw()` opens
a second connection as one of the real logins. Django's own test databases are not used: hk_app may not make any, and
may not empty a table.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import IO

import psycopg
from django.db import connection, connections, transaction
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from hamkori.site.database import binaries, roles, walls, worker_secret, world
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import places, surroundings
from hamkori.vault import server
from hamkori.vault.keyring import Keyring, KeyringRefused
from hamkori.vault.server import make_marks
from hamkori.web.sessions import counters
from tests import hour, plans
from tests.resetting import Snapshot
from tests.site import made

CLONE = f"hk_clone_{os.getpid()}"
"""This process's database; copies for other uses have a word behind it."""
TEMPLATES_KEPT = 4
PACKAGES_WITH_TABLES = ("Django", "django-allauth", "procrastinate")


class TestServer:
    """The server while this process uses it; the last user stops it."""

    __test__ = False

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or places.data_folder("test")
        self.cluster = Cluster(self.folder, hasty=True)
        self._using = (self.folder / "users.lock").open("a")
        self._copies: set[str] = set()
        self._template_used: IO[str] | None = None
        self._fresh: Snapshot | None = None
        self._behind: psycopg.Connection | None = None
        self._standing: dict[str, psycopg.Connection] = {}

    def begin(self) -> None:
        """Start or join the server and make this process's clone."""
        with suppress(BlockingIOError):
            fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self.cluster.running() is None:
                made.keep_in_memory(self.folder / "server")
        fcntl.flock(self._using, fcntl.LOCK_SH)
        make_marks()
        self.cluster.start()
        with self.cluster.lock("template.lock"):
            roles.ensure_roles(self.cluster.superuser_url(), self.cluster.passwords(), tests=True)
            # Whoever sweeps beside us, for another state of the source, leaves a template alone that is held.
            self._template_used = self._mark_of(self.template).open("a")
            fcntl.flock(self._template_used, fcntl.LOCK_SH)
            self._sweep()
            self._build_template()
            self.clone()
        with psycopg.connect(self.cluster.superuser_url(CLONE)) as connected:
            self._fresh = Snapshot.of(connected)

    def end(self) -> None:
        """Drop the clone and its copies; stop the server if nobody else uses it."""
        self._leave()
        for name in (CLONE, *self._copies):
            self._drop(name)
        if self._template_used is not None:
            self._template_used.close()
        fcntl.flock(self._using, fcntl.LOCK_UN)
        with suppress(BlockingIOError):
            fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.cluster.stop()
        self._using.close()

    def clone(self, use: str = "") -> str:
        """A new copy of the template under this process's name."""
        name = f"{CLONE}_{use}" if use else CLONE
        self._drop(name)
        self._copies |= {name} if use else set()
        with self._superuser() as connected:
            roles.make_database(connected, name, self.template, tests=True)
        hour.put_ahead(self.cluster.superuser_url(name))
        return name

    def begin_anew(self) -> None:
        """The clone as it was: its rows put back or, if more was changed than rows, a new one."""
        assert self._fresh is not None
        if not self.put(self._fresh):
            self._leave()
            self.clone()

    def behind(self) -> psycopg.Connection:
        """One connection for all tests: each new one would read the catalogues first."""
        if self._behind is None or not _answers(self._behind):
            self._behind = psycopg.connect(self.cluster.superuser_url(CLONE))
        return self._behind

    def standing(self, login: str) -> psycopg.Connection:
        """The same as this login, outside any transaction."""
        found = self._standing.get(login)
        if found is None or not _answers(found):
            found = self._standing[login] = psycopg.connect(self.cluster.url(login, CLONE), autocommit=True)
            found.prepare_threshold = None  # what it keeps is discarded after each use
        return found

    def put(self, rows: Snapshot) -> bool:
        """These rows in the place of what is there; False, and nothing is done, if more was changed than rows."""
        return rows.put_back(self.behind())

    def _leave(self) -> None:
        if self._behind is not None:
            self._behind.close()
            self._behind = None
        while self._standing:
            self._standing.popitem()[1].close()

    @cached_property
    def template(self) -> str:
        """Its name follows from everything that shapes a database, so a rerun finds it and a change does not.

        Once for a run: the source may change under it.
        """
        state = hashlib.blake2b(walls.fingerprint().encode(), digest_size=8)
        for name in PACKAGES_WITH_TABLES:
            state.update(f"{name}=={version(name)}".encode())
        # The template holds what the definer `issue` compares with; it comes from the tests' keyring.
        state.update(self.keyring().proof_key())
        # And the hash of the worker's secret, which is made here as well.
        state.update(worker_secret.ensure(Path(os.environ["HAMKORI_WORKER_SECRET"])).encode())
        return f"hk_template_{state.hexdigest()}"

    def keyring(self) -> Keyring:
        """The one that its databases are founded with."""
        kept = self.folder / "keyring"
        try:
            return world.ensure_keyring(kept, "test")
        except (KeyringRefused, world.OtherWorld):  # of a former state of the source
            kept.unlink()
            return world.ensure_keyring(kept, "test")

    def _build_template(self) -> None:
        with self._superuser() as connected:
            if connected.execute("select 1 from pg_database where datname = %s", [self.template]).fetchone():
                return
        draft = "hk_template_draft"
        self._drop(draft)
        superuser = self.cluster.superuser_url
        roles.ensure_database(superuser(), draft)
        roles.harden(superuser(draft), tests=True)
        environment = surroundings.of_process("owner", "test", self.cluster, draft, self.folder)
        done = subprocess.run(
            [sys.executable, "-m", "hamkori.site.launch", "migrate", "--found", "test"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"The template database could not be built:\n{done.stderr[-3000:]}")
        with self._superuser() as connected:
            names = sql.Identifier(draft), sql.Identifier(self.template)
            connected.execute(sql.SQL("alter database {} rename to {}").format(*names))
            # Nobody may ever connect to it: a template in use cannot be copied, and a changed one tells lies.
            connected.execute(sql.SQL("alter database {} allow_connections false").format(names[1]))

    def _sweep(self) -> None:
        """Drop what killed runs and former states of the source have left."""
        with self._superuser() as connected:
            names = [
                name
                for (name,) in connected.execute(
                    "select datname from pg_database where datname like %s order by oid desc", ["hk\\_%"]
                )
            ]
        templates = [name for name in names if name.startswith("hk_template_") and name != "hk_template_draft"]
        clones = [name for name in names if name.startswith("hk_clone_")]
        for name in templates[TEMPLATES_KEPT:]:
            if not self._is_held(name):
                self._drop(name)
        for name in clones:
            if not Path("/proc", name.split("_")[2]).exists():
                self._drop(name)

    def _mark_of(self, template: str) -> Path:
        return self.folder / f"{template}.lock"

    def _is_held(self, template: str) -> bool:
        """Whether a run that is going on makes its clones from it."""
        mark = self._mark_of(template)
        if not mark.exists():
            return False
        with mark.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            mark.unlink()
            return False

    def _drop(self, name: str) -> None:
        with self._superuser() as connected:
            connected.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _superuser(self) -> psycopg.Connection:
        return psycopg.connect(self.cluster.superuser_url(), autocommit=True)


def _answers(connected: psycopg.Connection) -> bool:
    """Whether it stands still open: a test may have ended it, or its server."""
    try:
        connected.execute("select 1")
    except psycopg.OperationalError:
        connected.close()
        return False
    return True


_server: TestServer | None = None


def begin() -> None:
    """Give this process its database and point Django at it."""
    global _server  # noqa: PLW0603 - one per process, like Django's own connections
    _server = TestServer()
    _server.begin()
    parts = conninfo_to_dict(_server.cluster.url("hk_test", CLONE))
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    connection.settings_dict.update({key: str(parts[name]) for key, name in names.items()})
    plans.keep(connection.settings_dict)
    counters.table.open()  # to this database, also if the first who counts stands in a world of tests/worlds.py


def end() -> None:
    """Give it back."""
    global _server  # noqa: PLW0603 - see begin
    from tests import worlds

    worlds.end()
    connections.close_all()
    if _server is not None:
        _server.end()
        _server = None


def copy_for(use: str) -> str:
    """The name of one more fresh database of this process; it is dropped at the end."""
    assert _server is not None
    return _server.clone(use)


def begin_anew() -> None:
    """Make this process's database as fresh as it was: what a test with real commits leaves behind."""
    connections.close_all()
    assert _server is not None
    assert connection.settings_dict["NAME"] == CLONE, "what is committed in a world of several tests stays in it"
    _server.begin_anew()


def as_it_is() -> Snapshot:
    """What is committed in this process's database, to be put there again."""
    assert _server is not None
    with psycopg.connect(_server.cluster.superuser_url(CLONE)) as connected:
        return Snapshot.of(connected)


def put(rows: Snapshot) -> bool:
    """These rows and no others, committed; False, and nothing is done, if more than rows was changed since."""
    connections.close_all()
    assert _server is not None
    return _server.put(rows)


def behind() -> psycopg.Connection:
    """The superuser's one connection to this process's database, for whoever puts rows back."""
    assert _server is not None, "ask for a database first: pytest.mark.django_db"
    return _server.behind()


@contextmanager
def as_owner() -> Iterator[psycopg.Connection]:
    """The owner of all tables in a transaction of his own, committed; nothing of it stays in the connection."""
    assert _server is not None, "ask for a database first: pytest.mark.django_db"
    with ExitStack() as stack:
        if threading.current_thread() is threading.main_thread():
            connected = _server.standing("hk_test")
            stack.callback(_discard, connected)
        else:
            connected = stack.enter_context(psycopg.connect(address("hk_test"), autocommit=True))
        with connected.transaction():
            connected.execute("set role hk_owner")
            yield connected


def _discard(connected: psycopg.Connection) -> None:
    if not connected.broken:
        connected.execute("discard all")


def forget_counts() -> None:
    """Tries that a test has counted are committed, whatever becomes of its transaction: here they are forgotten."""
    counters.table.mend()
    if counters.memory.empty() and _server is not None:
        with as_owner() as connected:
            connected.execute("delete from attempt")


def forget_given() -> None:
    """Numbers that a test has given in a world that others will find as it was: they are given again."""
    marks = server.marks()
    marks.given.path.unlink(missing_ok=True)
    vars(marks).pop("given", None)  # read anew; no test may have asked for it


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Be that role inside the same transaction; the clock's with the worker's secret.

    `session_user` stays hk_test: for the clock's own steps see raw().
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Who it was is read before the role is set: what a statement asks for is found from the left to the right.
        cursor.execute("select current_user, set_config('role', %s, false)", [role])
        before, _role = cursor.fetchone()
        if role == "hk_clock":
            cursor.execute("select set_config(%s, %s, true)", [worker_secret.SETTING, secret()])
        yield
        # After an error the savepoint brings role and secret back by itself.
        cursor.execute("select set_config('role', %s, false)", [before])
        if role == "hk_clock" and before != role:
            cursor.execute("select set_config(%s, '', true)", [worker_secret.SETTING])


def god() -> AbstractContextManager[None]:
    """See everything, as the owner of all tables, inside the same transaction."""
    return as_role("hk_owner")


def address(login: str) -> str:
    """The address of this process's database for one of the real logins."""
    assert _server is not None, "ask for a database first: pytest.mark.django_db"
    return _server.cluster.url(login, CLONE)


def make_roles_anew() -> list[str]:
    """What the launcher does at each start of its own server; the names of those made."""
    assert _server is not None, "ask for a database first: pytest.mark.django_db"
    with _server.cluster.lock("template.lock"):
        return roles.ensure_roles(_server.cluster.superuser_url(), _server.cluster.passwords(), tests=True)


def programs() -> Path:
    """The folder of the server's own programs, pg_dump among them."""
    assert _server is not None, "ask for a database first: pytest.mark.django_db"
    return binaries.find(_server.cluster.root, _server.cluster.user).folder


def secret() -> str:
    """What the worker of this process's database shows beside its password."""
    return worker_secret.read(Path(os.environ["HAMKORI_WORKER_SECRET"]))


def worker(*, autocommit: bool = False) -> psycopg.Connection:
    """A connection of the clock's login as the worker opens it. With the password alone: `address("hk_clock")`."""
    return psycopg.connect(address("hk_clock"), autocommit=autocommit, options=worker_options())


def worker_options() -> str:
    """What such a connection brings."""
    return f"-c {worker_secret.SETTING}={secret()}"


def pages_options() -> str:
    """What the pages show with each token. With the password alone: `address("hk_app")`."""
    assert _server is not None, "ask for a database first: pytest.mark.django_db"
    return f"-c hk.pages={_server.keyring().shown()}"


@contextmanager
def raw(login: str) -> Iterator[psycopg.Connection]:
    """A second connection as a real login, hk_app as the pages, hk_clock as the worker; sees only what is committed."""
    options = {"hk_app": pages_options, "hk_clock": worker_options}.get(login, str)()
    with psycopg.connect(address(login), options=options) as opened:
        yield opened
        opened.rollback()
