"""What may happen to a machine at any moment: each blow strikes, and says what it struck."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import servers, surroundings
from tests.attacks.demos import Demo
from tests.site.waiting import until

AWAY = 3.0  # seconds that a stolen file stays away and a full disk stays full
DISK = 3 << 30  # bytes
MOUNT = shutil.which("mount", path="/usr/sbin:/usr/bin:/sbin:/bin") or ""


class Machine:
    """The demonstration that is struck, with a second worker beside the launcher's own."""

    def __init__(
        self, demo: Demo, drawn: random.Random, *, small_disk: bool, only: str = "", plan: Sequence[str] = ()
    ) -> None:
        """`only`: one kind of blow; `plan`: these first, in their order."""
        self.demo = demo
        self.drawn = drawn
        self.small_disk = small_disk
        self.only = only
        self._planned = list(plan)
        self._second: subprocess.Popen[bytes] | None = None

    # --- the second worker -------------------------------------------------------------------------------------
    def begin_second_worker(self) -> None:
        """Another one on the same database, as on a second machine."""
        data = self.demo.data
        known = surroundings.of_process("worker", "demo", Cluster(data), servers.DATABASE, data)
        with (data / "second-worker.log").open("ab") as log:
            self._second = subprocess.Popen(
                [sys.executable, "-m", "hamkori.site.launch", "worker"],
                env=known | {"PYTHONPATH": "src"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def look_after_second_worker(self) -> None:
        """Start it again if it died or stands still: nobody else does."""
        if self._second is not None and self._second.poll() is None:
            state = Path(f"/proc/{self._second.pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state != "T":
                return
        self.end_second_worker()
        self.begin_second_worker()

    def end_second_worker(self) -> None:
        """It ends with the run."""
        if self._second is not None:
            self._second.kill()
            self._second.wait(30)

    # --- the blows ---------------------------------------------------------------------------------------------
    def pages_killed(self) -> None:
        """One process that serves pages is killed."""
        self._one("web", signal.SIGKILL)

    def pages_stand_still(self) -> None:
        """One process that serves pages stands still."""
        self._one("web", signal.SIGSTOP)

    def worker_killed(self) -> None:
        """One of the two workers is killed."""
        self._one("worker", signal.SIGKILL)

    def worker_stands_still(self) -> None:
        """One of the two workers stands still."""
        self._one("worker", signal.SIGSTOP)

    def database_killed(self) -> None:
        """The database server is killed."""
        if (server := Cluster(self.demo.data).running()) is not None:
            with suppress(ProcessLookupError):
                os.kill(server, signal.SIGKILL)

    def connection_killed(self) -> None:
        """One process of the database server is killed; the server then starts all of them anew."""
        server = Cluster(self.demo.data).running()
        found = [pid for pid in _children(server) if _serves_somebody(pid)] if server is not None else []
        if found:
            with suppress(ProcessLookupError):
                os.kill(self.drawn.choice(found), signal.SIGKILL)

    def database_asked_to_end(self) -> None:
        """The database server is asked to end in the middle of the work."""
        if (server := Cluster(self.demo.data).running()) is not None:
            with suppress(ProcessLookupError):
                os.kill(server, signal.SIGINT)

    def launcher_killed(self) -> None:
        """The launcher is killed and started again."""
        assert self.demo.launcher is not None
        self.demo.launcher.kill()
        self.demo.launcher.wait(30)
        self._run_again()

    def power_cut(self) -> None:
        """All processes at once, and everything is started again."""
        assert self.demo.launcher is not None
        server = Cluster(self.demo.data).running()
        whole = [self.demo.launcher.pid, *([server, *_children(server)] if server else []), *self.demo.processes()]
        for pid in whole:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.demo.launcher.wait(30)
        self._run_again()

    def keyring_stolen(self) -> None:
        """The keyring's file is away for some seconds."""
        keyring = self.demo.data / "keyring"
        away = keyring.with_name("keyring.away")
        keyring.rename(away)
        time.sleep(AWAY)
        if keyring.exists():
            raise AssertionError("a new keyring was made in the place of the one that was away")
        away.rename(keyring)

    def disk_full(self) -> None:
        """No space is left for some seconds: the disk is made as small as what it holds, and large again."""
        until(lambda: self._disk_of(_used(self.demo.data)), 10)
        time.sleep(AWAY)
        assert self._disk_of(DISK)

    def _disk_of(self, size: int) -> bool:
        """Whether the disk has so many bytes now; it cannot be smaller than what was written meanwhile."""
        command = [MOUNT, "-o", f"remount,size={size}", str(self.demo.data)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def next_blow(self) -> Callable[[], None]:
        """The next one of the plan; then one that is drawn."""
        if self._planned:
            blow: Callable[[], None] = getattr(self, self._planned.pop(0))
            return blow
        return self.drawn.choice(self.of_all_kinds())

    def of_all_kinds(self) -> list[Callable[[], None]]:
        """The blows that can be struck here; killing processes of every kind comes most often."""
        often = [self.pages_killed, self.worker_killed, self.database_killed, self.connection_killed]
        seldom = [self.pages_stand_still, self.worker_stands_still, self.database_asked_to_end, self.launcher_killed]
        seldom += [self.power_cut, self.keyring_stolen]
        if self.small_disk:
            seldom.append(self.disk_full)
        return [blow for blow in (*often * 4, *seldom) if self.only in ("", blow.__name__)]

    def _one(self, kind: str, number: signal.Signals) -> None:
        if found := self.demo.processes(kind):
            with suppress(ProcessLookupError):
                os.kill(self.drawn.choice(found), number)

    def _run_again(self) -> None:
        until(lambda: Cluster(self.demo.data).running() is None or self.demo.processes("web") == [], 60)
        self.demo.run()


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.name))
    return found


def _used(folder: Path) -> int:
    disk = os.statvfs(folder)
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize


def _serves_somebody(pid: int) -> bool:
    with suppress(OSError):
        return b"hk_" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
