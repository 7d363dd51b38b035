"""The demo's world in its data folder: built, or put back as it was built; its database, its keys and its time."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen

import psycopg

from hamkori.site.database import binaries, logins, startcheck, world
from hamkori.site.database.binaries import NoDatabase
from hamkori.site.demo import walk
from hamkori.site.demo.cast import PERSONAS
from hamkori.site.demo.kept import BUILT, Kept, Note, made_of, rows_of, sweep, throw_away
from hamkori.site.launch import afterwards, places, servers, surroundings
from hamkori.site.launch.servers import DATABASE
from hamkori.site.launch.supervise import say, step
from hamkori.vault.keyring_file import load

PUT_BACK = "Put it back, or begin anew with --reset."
OLDER = "An older version built this world: not everybody of the first page is in it. Begin anew with --reset."
WHO_IS_THERE = "select count(*), count(*) filter (where email = any(%s)) from app_user"
# After a kill the last written time may be some seconds old; the world's clock must not go back.
CLOCK_SLACK = timedelta(seconds=10)
CLOCK_EVERY = 5  # seconds


class CanNotGoOn(Exception):
    """Something of the demo's own is missing or broken; the text says what, in one line."""


class World:
    """One data folder's world and the server that holds it."""

    def __init__(self, data: Path, environment: Callable[[str], Mapping[str, str]]) -> None:
        """`environment`: of a process of the demo, by its kind."""
        self.data = data
        self.server = servers.choose(data)
        self._environment = environment
        self._state = places.state_of_source()
        self._made_of = ""  # what a world is made of that is built now
        self._watcher: Popen[bytes] | None = None
        self._clock_written = 0.0
        self._clock_is_set = False
        self._no_database = ""  # why it did not start, as said last

    def begin(self) -> bool:
        """Its server runs; it is whole, of this state of the source, at its time. False: a line has said why not."""
        if self._is_prepared():
            self._look_at_files()
        if isinstance(self.server, servers.Own):
            self._watcher = afterwards.watch(self.data)
        if not self._put_back(self.server):
            self._begin_database()
        sweep(self.data)
        if not self._is_prepared():
            (self.data / "prepared").unlink(missing_ok=True)
            if not self._prepare():
                return False
            (self.data / "prepared").write_text(self._state)
        self._look_at_files()
        self._look_at_database()
        if (until := self._written_time()) is not None:
            with self.as_owner() as connection:
                world.stand(connection, until)
        self._clock_is_set = True
        return True

    def each_second(self) -> None:
        """Start the database again if it died. One that does not start is tried again: the pages say so meanwhile."""
        try:
            if self.server.revive():
                say("The database server had died; it was started again.")
                self._no_database = ""
        except (NoDatabase, OSError) as why:  # on a full disk its settings cannot be written
            if str(why) != self._no_database:
                self._no_database = str(why)
                say(f"The database server died, and is tried again: {why}")
        if time.monotonic() - self._clock_written > CLOCK_EVERY:
            self._write_clock(clean=False)
            with suppress(psycopg.Error, OSError, ValueError), self.as_owner() as owner:
                walk.look(owner, self.data)

    def end(self) -> None:
        """Its time is written down, and its server ends if it is ours."""
        if self._clock_is_set:
            self._write_clock(clean=True)
        self.server.stop()
        sweep(self.data)
        if self._watcher is not None:
            afterwards.ended_in_order(self._watcher)

    def as_owner(self) -> psycopg.Connection:
        """The owner of all tables."""
        return psycopg.connect(self.server.url("hk_migrate", DATABASE), autocommit=True, options="-c role=hk_owner")

    # --- steps -------------------------------------------------------------------------------------------------
    def _begin_database(self) -> None:
        began = time.monotonic()
        anew = not (self.data / BUILT).exists()
        if anew:
            # A world whose making was interrupted is not gone on with.
            (self.data / "clock.json").unlink(missing_ok=True)
        words = self.server.begin(anew=anew)
        say(f"Database {words} ({time.monotonic() - began:.1f} s)")

    def _is_prepared(self) -> bool:
        """Whether this world was made, by this state of the source."""
        note = self.data / "prepared"
        return (self.data / BUILT).exists() and note.exists() and note.read_text() == self._state

    def _prepare(self) -> bool:
        began = time.monotonic()
        if not make_tables(self._environment):
            return False
        if (self.data / BUILT).exists():
            return True
        if not make_people(surroundings.of_builder(self._environment)):
            return False
        (self.data / BUILT).touch()
        self._keep(self.server, time.monotonic() - began)
        return True

    # --- kept for another time ---------------------------------------------------------------------------------
    def _put_back(self, server: servers.Server) -> bool:
        """Whether what would be built was kept, and is here again: row by row as it was built. Else nothing is left."""
        if not isinstance(server, servers.Own) or (self.data / BUILT).exists():
            return False
        began = time.monotonic()
        self._made_of = _made_of(server)
        kept = Kept(self.data, self._made_of)
        if not kept.is_there():
            return False
        server.cluster.stop()
        try:
            note = kept.put_back()
            server.begin()
            with logins.superuser(server.cluster.superuser_url(DATABASE)) as connection:
                same = rows_of(connection) == note.rows
        except (OSError, ValueError, TypeError, NoDatabase, psycopg.Error):
            same = False
        if not same:
            say("The world that was kept is not what was built: it is built anew.")
            server.cluster.stop()
            throw_away(self.data)
            kept.forget()
            return False
        if note.state == self._state:
            (self.data / "prepared").write_text(self._state)
        took = time.monotonic() - began
        say(f"World put back as it was built, in {took:.1f} s instead of {note.took:.0f} s")
        return True

    def _keep(self, server: servers.Server, took: float) -> None:
        """Copy what was built: nobody has worked in it. A disk without room for that is no reason to stop."""
        if not isinstance(server, servers.Own) or self._made_of != _made_of(server):
            return  # somebody else's database, or the source was changed meanwhile
        began = time.monotonic()
        kept = Kept(self.data, self._made_of)
        with logins.superuser(server.cluster.superuser_url(DATABASE)) as connection:
            note = Note(rows=rows_of(connection), took=took, state=self._state)
        self._write_clock(clean=True)
        server.stop()
        try:
            kept.keep(note)
            say(f"Kept for the next --reset of today ({time.monotonic() - began:.1f} s)")
        except OSError as error:
            kept.forget()
            say(f"The world is not kept for another time: {error.strerror}")
        server.begin()

    # --- whether it fits ---------------------------------------------------------------------------------------
    def _look_at_files(self) -> None:
        """Before anything is started: without its keys and its time a world that was made would begin and not work."""
        keyring, signing_key = self.data / "keyring", self.data / "sign" / "signing-key"
        if fault := startcheck.keyring_fault(keyring, "demo"):
            raise CanNotGoOn(f"The keyring {keyring} can not be used: {startcheck.NO_KEYRING[fault]}. {PUT_BACK}")
        if fault := startcheck.signing_key_fault(signing_key):
            why = startcheck.NO_SIGNING_KEY[fault]
            raise CanNotGoOn(f"The worker's signing key {signing_key} can not be used: {why}. {PUT_BACK}")
        self._written_time()

    def _look_at_database(self) -> None:
        """Every sign-in would fail with the keyring of another database."""
        with self.as_owner() as connection:
            if not world.is_of(connection, load(self.data / "keyring")):
                why = startcheck.NO_KEYRING["other"]
                raise CanNotGoOn(f"The keyring {self.data / 'keyring'} can not be used: {why}. {PUT_BACK}")
            look_for_cast(connection)

    # --- the world's clock -------------------------------------------------------------------------------------
    def _written_time(self) -> datetime | None:
        """Where the world's clock goes on."""
        note = self.data / "clock.json"
        if not note.exists():
            return None
        try:
            content = json.loads(note.read_text())
            until = datetime.fromisoformat(content["world"]).astimezone(UTC)
            return until if content["clean"] else until + CLOCK_SLACK
        except (ValueError, KeyError, TypeError, OverflowError):
            raise CanNotGoOn(
                f"The world's time in {note} can not be read. Delete the file; time then runs on from where it was set."
            ) from None

    def _write_clock(self, *, clean: bool) -> None:
        self._clock_written = time.monotonic()
        with suppress(psycopg.Error, OSError):
            with self.as_owner() as connection:
                moment = world.now(connection)
            draft = self.data / ".clock.json"
            draft.write_text(json.dumps({"world": moment.isoformat(), "clean": clean}))
            draft.rename(self.data / "clock.json")


def look_for_cast(owner: psycopg.Connection) -> None:
    """A world that an older version built may lack somebody: a door of the first page would refuse its visitor."""
    emails = [persona.email for persona in PERSONAS.values()]
    row = owner.execute(WHO_IS_THERE, [emails]).fetchone()
    assert row is not None
    if row[0] and row[1] != len(emails):
        raise CanNotGoOn(OLDER)


def make_tables(environment: Callable[[str], Mapping[str, str]]) -> bool:
    """Page files; then a database of this source, with keys of its own. False: a line has said why not."""
    python = sys.executable
    collect = [python, "-m", "hamkori.site.serving.assemble", "--collect"]
    migrate = [python, "-m", "hamkori.site.launch", "migrate", "--found", "demo"]
    return step("Languages and page files", collect, environment("web")) and step(
        "Tables and walls", migrate, environment("owner")
    )


def make_people(environment: Mapping[str, str]) -> bool:
    """The invented world in these tables; `environment`: surroundings.of_builder."""
    # Python 3.13 waits half a minute for a pool that nobody closes.
    without_pool = {**environment, "HAMKORI_POOL": "0"}
    return step("Invented people", [sys.executable, "-m", "django", "demo_build"], without_pool, aloud=True)


def _made_of(server: servers.Own) -> str:
    return made_of(binaries.find(server.cluster.root, server.cluster.user).version)
