"""A demo that really runs, without invented people so that it begins at once, and its processes by name."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from hamkori.site.database.cluster import Cluster
from hamkori.site.demo.kept import BUILT
from hamkori.site.launch import demo
from tests.site import made
from tests.site.elsewhere import bare, free_port, hamkori
from tests.site.waiting import until

FIRST_START = "first-start"
"""The file in a demo that has run once: what it found there, and whether it then answered."""
SIGN_OF = {"web": b"HAMKORI_PROCESS=web", "worker": b"HAMKORI_PROCESS=worker"}


class Demo:
    """One folder of a demo, and the launcher that runs there now."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.launcher: subprocess.Popen[str] | None = None
        self.log: Path | None = None  # where a long run writes: nobody reads a pipe meanwhile, and a full one stops all

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start the launcher, and do not wait."""
        known = bare(HAMKORI_DATA=str(self.data))
        command = [sys.executable, "-m", "hamkori.site.launch", "demo", "--port", str(self.port), *words]
        for pipe in (self.launcher.stdout, self.launcher.stderr) if self.launcher else ():
            if pipe:
                pipe.close()  # of one that was killed
        with self.log.open("a") if self.log else nullcontext(subprocess.PIPE) as told:
            self.launcher = subprocess.Popen(
                command, env=known, stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.STDOUT, text=True
            )
        return self.launcher

    def run(self) -> None:
        """Start the launcher, and wait until the demo runs."""
        running = self.begin()
        until(lambda: demo.running(self.data) or running.poll() is not None)
        assert running.poll() is None, running.communicate()[0]

    def refused(self, *words: str) -> list[str]:
        """Start the launcher where it can not start: the lines that it says, once it has ended."""
        launcher = hamkori("demo", "--port", str(self.port), *words, HAMKORI_DATA=str(self.data))
        said = launcher.stdout + launcher.stderr
        assert launcher.returncode == 1, said
        assert self.left() == [], "nothing is left running"
        assert Cluster(self.data).running() is None, "the server neither"
        assert "Traceback" not in said, said
        return said.splitlines()

    def end(self) -> str:
        """Ask the launcher to end; what it has said."""
        assert self.launcher is not None
        self.launcher.send_signal(signal.SIGTERM)
        return self.launcher.communicate(timeout=120)[0]

    def processes(self, kind: str = "") -> list[int]:
        """Those of this demo that live: of this kind, or all; of a family only those without children."""
        found, parents = set(), set()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                told = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            signs = {b"HAMKORI_DATA=" + os.fsencode(self.data)} | ({SIGN_OF[kind]} if kind else set())
            if state not in "ZX" and signs <= set(told):
                found.add(int(entry.name))
                parents.add(int(parent))
        return sorted(found - parents) if kind else sorted(found)

    def left(self) -> list[str]:
        """The commands of those that live; of one that ends meanwhile nothing."""
        commands = []
        for pid in self.processes():
            with suppress(OSError):
                commands.append(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        return commands

    def serving(self) -> list[int]:
        """The processes of the pages that answer, each asked at its own address of health."""
        return [pid for pid in self.processes("web") if (port := _health(pid)) and _answers(port)]

    def answers(self) -> bool:
        """Whether a page comes."""
        return _answers(self.port)

    def age(self, sign: str) -> float:
        """Seconds since the worker's last tick, seal or the like; a great number while nobody can say."""
        question = (
            "select extract(epoch from statement_timestamp() - at)::float from worker_signs() where sign_code = %s"
        )
        with suppress(psycopg.Error, KeyError), psycopg.connect(self.address("hk_clock"), connect_timeout=3) as clock:
            row = clock.execute(question, [sign]).fetchone()
            return row[0] if row else 1e6
        return 1e6

    def address(self, login: str) -> str:
        """The address of its database for this login."""
        return Cluster(self.data).url(login, "hamkori")


def _answers(port: int) -> bool:
    with suppress(URLError, OSError), urlopen(f"http://127.0.0.1:{port}/health/live", timeout=3) as answer:
        return answer.status == 200
    return False


def _health(pid: int) -> int | None:
    """The port at which this process alone listens: the launcher hands it a socket, and says which."""
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if b"--health-fd" in words:
            handle = words[words.index(b"--health-fd") + 1].decode()
            inode = Path(f"/proc/{pid}/fd/{handle}").readlink().name.removeprefix("socket:[").removesuffix("]")
            for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
                address, of_line = (columns := line.split())[1], columns[9]
                if of_line == inode:
                    return int(address.rpartition(":")[2], 16)
    return None


@contextmanager
def without_people() -> Iterator[Demo]:
    """A folder in which a demo begins with an empty world, and has never begun; nothing is left of it."""
    with made.room("demo") as folder:
        (folder / BUILT).touch()
        one = Demo(folder)
        try:
            yield one
        finally:
            ended(one)


@contextmanager
def that_has_run() -> Iterator[Demo]:
    """The same, as it is when such a demo has run once and ended in order."""
    with without_people() as one:
        put_one_that_has_run(one.data)
        yield one


def put_one_that_has_run(folder: Path) -> None:
    """The files of a demo without people that has run once and ended in order."""
    made.put("demo", _run_once, folder)


def _run_once(folder: Path) -> None:
    """Its first start finds a making of the server that was interrupted, and what came of that is noted beside."""
    (folder / BUILT).touch()
    found = _half_a_server(folder).is_dir()
    answered = _built(folder)
    (folder / FIRST_START).write_text(json.dumps({"half a server": found, "answers": answered}))


def put_one_with_people(folder: Path, *, without: str = "") -> None:
    """The files of a demo that has begun in an empty folder, with its invented people, and ended in order.

    `without`: what a copy needs not, as `kept`, the world put aside for another time.
    """
    made.put("demo-with-people", _built, folder, without=without)


def _built(folder: Path) -> bool:
    """Whether it answered; that it also ended in order is asserted."""
    one = Demo(folder)
    try:
        one.run()
        answered = one.answers()
        said = one.end()
        assert one.launcher is not None
        assert one.launcher.returncode == 0, said
        until(lambda: one.processes() == [], 60)
        assert demo.running(folder) is None
        return answered
    finally:
        ended(one)


def _half_a_server(folder: Path) -> Path:
    home = folder / "server"
    draft = home / "data.draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    if user := Cluster(folder).user:
        for path in (home, draft, draft / "PG_VERSION"):
            os.chown(path, user.uid, user.gid)
    home.chmod(0o700)
    return draft


def ended(one: Demo) -> None:
    """Its launcher asked to end, and nothing of it left running."""
    if one.launcher is not None and one.launcher.poll() is None:
        one.end()
    for pid in one.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    Cluster(one.data).stop()
