"""`demo`: Hamkori with invented people on this machine, from an empty folder to a page, and down again.

The demo is production's code with three locks: its database and keyring are marked `demo`, it listens on this machine
only, and production refuses both (startcheck).
"""

import argparse
import fcntl
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from subprocess import Popen
from typing import TextIO

import psycopg

from hamkori.site.database import outages, startcheck, world
from hamkori.site.database.binaries import NoDatabase
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import afterwards, places, servers, surroundings
from hamkori.site.launch.asking import Health
from hamkori.site.launch.servers import DATABASE
from hamkori.site.launch.supervise import Child, Ended, end_all, ending_by_signal, keep_alive, say, step
from hamkori.site.serving import ports
from hamkori.vault.keyring_file import load

READY_SECONDS = 120
OTHERS_SECONDS = 600  # how long a second start waits for the first
BUILT = "world-built"
PUT_BACK = "Put it back, or begin anew with --reset."
# Everything in the data folder that --reset takes away, beside the database.
NOTES = ("keyring", "secret-key", "demo-secret", "clock.json", "running.json", "prepared", BUILT)
# After a kill the last written time may be some seconds old; the world's clock must not go back.
CLOCK_SLACK = timedelta(seconds=10)
CLOCK_EVERY = 5  # seconds
ASK_WORKER_EVERY = 3
# The worker lives, and its clock goes on: a job that hangs gives no tick, and a process that stands still no heartbeat.
WORKER_MOVES = """
select count(*) = 2 from worker_signs()
 where sign_code = 'heartbeat' and at > statement_timestamp() - interval '5 seconds'
    or sign_code = 'tick' and at > statement_timestamp() - interval '2 minutes'
"""
WEB_PROCESSES = 2


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `demo`."""
    where = "where to listen on this machine (default: 8000)"
    parser.add_argument("--port", type=ports.number, default=8000, help=where)
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away and begin anew")
    parser.add_argument("--no-input", action="store_true", help="do not ask, with --reset")


def main(arguments: argparse.Namespace) -> int:
    """Start, and stay until Ctrl-C or TERM."""
    data = places.data_folder("demo")
    with (data / "demo.lock").open("a") as guard:
        if not _ours(guard) and (code := _wait_for_others(data, guard, reset=arguments.reset)) is not None:
            return code
        if said := in_the_way(arguments.port):
            say(said)
            return 1
        if arguments.reset and not _reset(data, ask=not arguments.no_input):
            return 1
        return _live(Demo(data, arguments.port))


def _live(demo: "Demo") -> int:
    """Run until somebody ends it, or say in one line why it can not; then end all of it."""
    try:
        with ending_by_signal():
            return demo.run()
    except Ended:
        say("Ending ...")
        return 0
    except CanNotGoOn as error:
        why = str(error)
    except OSError as error:
        why = f"{error.strerror}: {error.filename}" if error.filename else str(error)
    except psycopg.OperationalError as error:
        if (found := outages.of(error)) is None:
            raise
        why = found.words
    finally:
        demo.end()
    sys.stderr.write(f"hamkori: {why}\n")
    return 1


class CanNotGoOn(Exception):
    """Something of the demo's own is missing or broken; the text says what, in one line."""


class Demo:
    """One running demo: a database server, the pages, the jobs."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.server = servers.choose(data)
        self._state = places.state_of_source()
        self.children: list[Child] = []
        self._listening: socket.socket | None = None
        self._healths: list[Health] = []
        self._watcher: Popen[bytes] | None = None
        self._clock_written = self._worker_asked = 0.0
        self._no_database = ""  # why it did not start, as said last
        self._worker_moves = self._clock_is_set = False

    @property
    def address(self) -> str:
        """localhost, not 127.0.0.1: passkeys work only there."""
        return f"http://localhost:{self.port}"

    def run(self) -> int:
        """Everything in order; returns only when something could not be done."""
        began = time.monotonic()
        if self._is_prepared():
            self._look_at_files()
        self._begin_database()
        if not self._prepare():
            return 1
        self._start_children()
        if not self._wait_until_ready():
            say("The pages did not answer; the lines above say why.")
            return 1
        self._note_running()
        took = time.monotonic() - began
        step("Personas", [sys.executable, "-m", "hamkori.site.demo.doors"], self._environment("web"), aloud=True)
        say(f"Hamkori is ready at {self.address} ({took:.1f} s). Ctrl-C ends it.")
        keep_alive(self.children, self._each_second)
        return 0

    def end(self) -> None:
        """Stop all of it. Nothing of ours runs afterwards."""
        (self.data / "running.json").unlink(missing_ok=True)
        end_all(self.children)
        for open_here in (self._listening, *self._healths):
            if open_here is not None:
                open_here.close()
        if self._clock_is_set:
            self._write_clock(clean=True)
        self.server.stop()
        if self._watcher is not None:
            afterwards.ended_in_order(self._watcher)
        say("Hamkori has ended.")

    # --- steps -------------------------------------------------------------------------------------------------
    def _begin_database(self) -> None:
        began = time.monotonic()
        anew = not (self.data / BUILT).exists()
        if anew:
            # A world whose making was interrupted is not gone on with.
            (self.data / "clock.json").unlink(missing_ok=True)
        if isinstance(self.server, servers.Own):
            self._watcher = afterwards.watch(self.data)
        words = self.server.begin(anew=anew)
        say(f"Database {words} ({time.monotonic() - began:.1f} s)")

    def _is_prepared(self) -> bool:
        """Whether this world was made, by this state of the source."""
        note = self.data / "prepared"
        return (self.data / BUILT).exists() and note.exists() and note.read_text() == self._state

    def _prepare(self) -> bool:
        if not self._is_prepared():
            note = self.data / "prepared"
            note.unlink(missing_ok=True)
            if not self._prepare_anew():
                return False
            note.write_text(self._state)
        self._look_at_files()
        self._look_at_database()
        self._set_clock()
        self._clock_is_set = True
        return True

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
        with self._as_owner() as connection:
            if not world.is_of(connection, load(self.data / "keyring")):
                why = startcheck.NO_KEYRING["other"]
                raise CanNotGoOn(f"The keyring {self.data / 'keyring'} can not be used: {why}. {PUT_BACK}")

    def _prepare_anew(self) -> bool:
        python = sys.executable
        owner = self._environment("owner")
        web = self._environment("web")
        if not step("Languages and page files", [python, "-m", "hamkori.site.serving.assemble", "--collect"], web):
            return False
        if not step("Tables and walls", [python, "-m", "hamkori.site.launch", "migrate", "--found", "demo"], owner):
            return False
        if (self.data / BUILT).exists():
            return True
        clock = self._environment("worker")
        builder = {
            **web,
            "HAMKORI_POOL": "0",  # Python 3.13 waits half a minute for a pool that nobody closes
            "HAMKORI_OWNER_URL": owner["HAMKORI_OWNER_URL"],
            "HAMKORI_CLOCK_URL": clock["HAMKORI_CLOCK_URL"],
        }
        if not step("Invented people", [python, "-m", "hamkori.site.demo.build"], builder, aloud=True):
            return False
        (self.data / BUILT).touch()
        return True

    def _start_children(self) -> None:
        python, its = sys.executable, self._environment
        # One socket for all, held here: whoever comes while a process starts again waits a moment and is served.
        self._listening = socket.create_server(("127.0.0.1", self.port), backlog=1024)
        place = self._listening.fileno()
        for _ in range(WEB_PROCESSES):
            health = Health()
            own = health.listening.fileno()
            web = [python, "-m", "hamkori.site.serving", "--fd", str(place), "--health-fd", str(own)]
            child = Child(name="web", command=web, environment=its("web"), inherits=(place, own), alive=health.answered)
            self._healths.append(health)
            self.children.append(child)
        worker = [python, "-m", "hamkori.site.launch", "worker"]
        self.children.append(Child(name="worker", command=worker, environment=its("worker"), alive=self._ask_worker))
        for child in self.children:
            child.start()

    def _wait_until_ready(self) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if answers(self.port):
                return True
            if self.children[0].process is None or self.children[0].process.poll() is not None:
                return False
            time.sleep(0.1)
        return False

    def _environment(self, process: str) -> Mapping[str, str]:
        known = surroundings.of_process(process, "demo", self.server, DATABASE, self.data)
        return {**known, "HAMKORI_ADDRESS": f"{self.address}/"}

    def _note_running(self) -> None:
        note = {"address": self.address, "process": os.getpid()}
        draft = self.data / ".running.json"
        draft.write_text(json.dumps(note))
        draft.rename(self.data / "running.json")

    def _each_second(self) -> None:
        self._revive()
        if time.monotonic() - self._clock_written > CLOCK_EVERY:
            self._write_clock(clean=False)

    def _revive(self) -> None:
        """Start the database again if it died. One that does not start is tried again: the pages say so meanwhile."""
        try:
            if self.server.revive():
                say("The database server had died; it was started again.")
                self._no_database = ""
        except (NoDatabase, OSError) as why:  # on a full disk its settings cannot be written
            if str(why) != self._no_database:
                self._no_database = str(why)
                say(f"The database server died, and is tried again: {why}")

    def _ask_worker(self) -> bool:
        """Whether it gives signs of life; while the database cannot say, it is not suspected."""
        if time.monotonic() - self._worker_asked > ASK_WORKER_EVERY:
            self._worker_asked = time.monotonic()
            self._worker_moves = True
            with suppress(psycopg.Error), self._as_owner() as connection:
                row = connection.execute(WORKER_MOVES).fetchone()
                self._worker_moves = row is not None and bool(row[0])
        return self._worker_moves

    # --- the world's clock -------------------------------------------------------------------------------------
    def _set_clock(self) -> None:
        if (until := self._written_time()) is not None:
            with self._as_owner() as connection:
                world.stand(connection, until)

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
                f"The world's time in {note} can not be read. Delete the file, and its clock goes on where it was set."
            ) from None

    def _as_owner(self) -> psycopg.Connection:
        return psycopg.connect(self.server.url("hk_migrate", DATABASE), autocommit=True, options="-c role=hk_owner")

    def _write_clock(self, *, clean: bool) -> None:
        self._clock_written = time.monotonic()
        with suppress(psycopg.Error, OSError):
            with self._as_owner() as connection:
                moment = world.now(connection)
            draft = self.data / ".clock.json"
            draft.write_text(json.dumps({"world": moment.isoformat(), "clean": clean}))
            draft.rename(self.data / "clock.json")


def answers(port: int) -> bool:
    """Whether the pages on that port live. They do not begin to without their database and their keyring."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/live", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def running(data: Path) -> dict[str, str] | None:
    """Address and process of the running demo. The note that a killed launcher has left says nothing."""
    with suppress(OSError, ValueError):
        note: dict[str, str] = json.loads((data / "running.json").read_text())
        return note if _is_launcher(int(note["process"])) else None
    return None


def _is_launcher(pid: int) -> bool:
    if not Path("/proc/self").exists():  # a system without /proc: believe the note
        return True
    with suppress(OSError):
        return b"hamkori.site.launch" in Path("/proc", str(pid), "cmdline").read_bytes()
    return False


def _ours(guard: TextIO) -> bool:
    """Whether no other launcher holds the demo."""
    try:
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for_others(data: Path, guard: TextIO, *, reset: bool) -> int | None:
    """How this start ends because of another one; None: the other has ended, and this one goes on."""
    if running(data) is None:
        say("Another start of the demo is under way; waiting for it ...")
    deadline = time.monotonic() + OTHERS_SECONDS
    while time.monotonic() < deadline:
        note = running(data)
        if note is not None:
            say(f"Hamkori runs already at {note['address']} (process {note['process']}).")
            if reset:
                say("End it first (Ctrl-C there), then --reset.")
            return 1 if reset else 0
        time.sleep(0.2)
        if _ours(guard):
            return None
    say("The other start has not come to an end; see its terminal.")
    return 1


def in_the_way(port: int) -> str:
    """What keeps it from listening there, with a way out; '' where it may."""
    if ports.is_free(port):
        return ""
    way = f": ./hamkori demo --port {other}" if (other := ports.next_free(port)) else ", and no other one is free."
    return f"Port {port} is taken by another program{way}"


def _reset(data: Path, *, ask: bool) -> bool:
    if ask:
        if not sys.stdin.isatty():
            say("Nobody is here to confirm; add --no-input to throw the demo's data away.")
            return False
        if input("Throw the demo's data away? [y/N] ").strip().lower() not in ("y", "yes"):
            return False
    if isinstance(servers.choose(data), servers.Given):
        say("The database is not ours: drop it yourself, then start without --reset.")
        return False
    Cluster(data).destroy()
    for name in NOTES:
        (data / name).unlink(missing_ok=True)
    for name in ("static", "mail", "marks", "sign"):
        shutil.rmtree(data / name, ignore_errors=True)
    return True
