"""`demo`: Hamkori with invented people on this machine, from an empty folder to a page, and down again.

The demo is production's code with three locks: its database and keyring are marked `demo`, it listens on this machine
only, and production refuses both (startcheck).
"""

import argparse
import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import psycopg

from hamkori.site.database import outages
from hamkori.site.database.cluster import Cluster
from hamkori.site.demo.kept import throw_away
from hamkori.site.launch import places, servers, surroundings
from hamkori.site.launch.asking import Health, ask
from hamkori.site.launch.demo_world import CanNotGoOn, World
from hamkori.site.launch.servers import DATABASE
from hamkori.site.launch.supervise import Child, Ended, end_all, ending_by_signal, keep_alive, say, step
from hamkori.site.serving import ports

READY_SECONDS = 120
OTHERS_SECONDS = 600  # how long a second start waits for the first
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
    anew = "throw the demo's data away and begin anew, with the world as it was built today of this source"
    parser.add_argument("--reset", action="store_true", help=anew)
    parser.add_argument("--no-input", action="store_true", help="do not ask, with --reset")


def main(arguments: argparse.Namespace) -> int:
    """Start, and stay until Ctrl-C or TERM."""
    data = places.data_folder("demo")
    with (data / "demo.lock").open("a") as guard:
        if not places.is_ours(guard) and (code := _wait_for_others(data, guard, reset=arguments.reset)) is not None:
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


class Demo:
    """One running demo: a database server, the pages, the jobs."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.world = World(data, self._environment)
        self.children: list[Child] = []
        self._listening: socket.socket | None = None
        self._healths: list[Health] = []
        self._worker_asked = 0.0
        self._worker_moves = False

    @property
    def address(self) -> str:
        """localhost, not 127.0.0.1: passkeys work only there."""
        return f"http://localhost:{self.port}"

    def run(self) -> int:
        """Everything in order; returns only when something could not be done."""
        began = time.monotonic()
        if not self.world.begin():
            return 1
        self._start_children()
        if not self._wait_until_ready():
            say("The pages did not answer; the lines above say why.")
            return 1
        self._note_running()
        took = time.monotonic() - began
        step("Personas", [sys.executable, "-m", "django", "demo_doors"], self._environment("web"), aloud=True)
        say(f"Hamkori is ready at {self.address} ({took:.1f} s). Ctrl-C ends it.")
        keep_alive(self.children, self.world.each_second)
        return 0

    def end(self) -> None:
        """Stop all of it. Nothing of ours runs afterwards."""
        (self.data / "running.json").unlink(missing_ok=True)
        end_all(self.children)
        for open_here in (self._listening, *self._healths):
            if open_here is not None:
                open_here.close()
        self.world.end()
        say("Hamkori has ended.")

    # --- steps -------------------------------------------------------------------------------------------------
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
            if not self.children[0].lives():
                return False
            time.sleep(0.1)
        return False

    def _environment(self, process: str) -> Mapping[str, str]:
        known = surroundings.of_process(process, "demo", self.world.server, DATABASE, self.data)
        return {**known, "HAMKORI_ADDRESS": f"{self.address}/"}

    def _note_running(self) -> None:
        note = {"address": self.address, "process": os.getpid()}
        draft = self.data / ".running.json"
        draft.write_text(json.dumps(note))
        draft.rename(self.data / "running.json")

    def _ask_worker(self) -> bool:
        """Whether it gives signs of life; while the database cannot say, it is not suspected."""
        if time.monotonic() - self._worker_asked > ASK_WORKER_EVERY:
            self._worker_asked = time.monotonic()
            self._worker_moves = True
            with suppress(psycopg.Error), self.world.as_owner() as connection:
                row = connection.execute(WORKER_MOVES).fetchone()
                self._worker_moves = row is not None and bool(row[0])
        return self._worker_moves


def answers(port: int) -> bool:
    """Whether the pages on that port live. They do not begin to without their database and their keyring."""
    return ask(port, "/health/live", seconds=5)[0] == 200


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
        if places.is_ours(guard):
            return None
    say("The other start has not come to an end; see its terminal.")
    return 1


def in_the_way(port: int) -> str:
    """What keeps it from listening there, with a way out; '' where it may."""
    if ports.is_free(port):
        return ""
    other = ports.next_free(port)
    way = f": ./hamkori demo --port {other}" if other else ", and no other one is free."
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
    Cluster(data).stop()
    throw_away(data)
    return True
