"""What is done when the launcher was killed: the own database server ends too, so that nothing is left running.

A process of its own that waits at the end of a pipe. The launcher's other children are ended by the kernel; the server
is no child of its, because tests and a second start share one.
"""

import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from hamkori.site.database.binaries import NoDatabase
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import places

IN_ORDER = b"ended\n"


def watch(data: Path) -> subprocess.Popen[bytes]:
    """Begin to wait for the launcher's death."""
    return subprocess.Popen(
        [sys.executable, "-m", "hamkori.site.launch.afterwards", str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def ended_in_order(watcher: subprocess.Popen[bytes]) -> None:
    """The launcher has done all of it itself."""
    with suppress(OSError, subprocess.TimeoutExpired):
        watcher.communicate(IN_ORDER, timeout=10)


def main() -> int:
    """Wait; then end the server, unless a new launcher has taken it over already."""
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, signal.SIG_IGN)
    data = Path(sys.argv[1])
    if sys.stdin.buffer.read() == IN_ORDER:
        return 0
    with (data / "demo.lock").open("a") as guard:
        if not _ours(guard):
            return 0
        (data / "running.json").unlink(missing_ok=True)
        with suppress(NoDatabase):
            Cluster(data).stop()
    return 0


def _ours(guard: TextIO) -> bool:
    """Whether nobody has begun anew. A process that is being killed gives back its pipe before its lock."""
    for _ in range(20):
        if places.is_ours(guard):
            return True
        time.sleep(0.1)
    return False


if __name__ == "__main__":
    raise SystemExit(main())
