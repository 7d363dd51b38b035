"""Keeping processes alive, and ending them all: a dead one is started again and said, none outlives the launcher."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PATIENCE = 10.0  # seconds between asking a process to end and ending it
LONGEST_PAUSE = 30.0  # seconds between two starts of a process that keeps dying
STEADY = 60.0  # seconds after which an old death is forgotten


class Ended(BaseException):
    """Somebody asked the launcher to end. Not an Exception: nothing but the launcher may take it for an error."""


def say(sentence: str) -> None:
    """One line to whoever watches; nobody watching is no reason to stop."""
    with suppress(OSError, ValueError):
        sys.stdout.write(sentence + "\n")
        sys.stdout.flush()


@contextmanager
def ending_by_signal() -> Iterator[None]:
    """Ctrl-C, TERM and a closed terminal raise Ended once; what is then cleaned up is not interrupted again."""
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end(number: int, frame: object) -> None:
        for kind in kinds:
            signal.signal(kind, signal.SIG_IGN)
        raise Ended

    for kind in kinds:
        signal.signal(kind, end)
    yield


def die_with_parent() -> None:
    """Linux: ask the kernel for a TERM when the launcher dies, even by a kill that it cannot catch."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@dataclass
class Child:
    """One process with its name for people, and how often it died lately."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    inherits: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only the launcher."""
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=self.inherits,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - the launcher has one thread
        )
        self.started = time.monotonic()

    def watch(self) -> None:
        """Start it again if it died, after a pause that grows with each death."""
        if self.process is None:
            if time.monotonic() >= self.again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self._kill_group()
        self.deaths = 1 if time.monotonic() - self.started > STEADY else self.deaths + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (self.deaths - 1))
        reason = f"signal {-code}" if code < 0 else f"code {code}"
        say(f"The {self.name} process died ({reason}); it is started again in {pause:.1f} s.")
        self.process = None
        self.again_at = time.monotonic() + pause

    def ask_to_end(self) -> None:
        """Send TERM, if it lives."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait for its end until then, and take what is left of its group with it."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, deadline - time.monotonic()))
        self._kill_group()
        self.process.wait()
        self.process = None

    def _kill_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def keep_alive(children: Sequence[Child], each_second: Callable[[], None]) -> None:
    """Watch until Ended is raised."""
    while True:
        for child in children:
            child.watch()
        each_second()
        time.sleep(1)


def end_all(children: Sequence[Child]) -> None:
    """Ask all, then wait for all."""
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        child.end(deadline)


def step(words: str, command: Sequence[str], environment: Mapping[str, str], *, aloud: bool = False) -> bool:
    """Run something that has an end, saying how long it took; its own words only if it failed, or `aloud`."""
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - the launcher has one thread
    )
    try:
        assert process.stdout is not None
        lines = []
        for raw in process.stdout:
            lines.append(raw.decode(errors="replace").rstrip())
            if aloud:
                say(lines[-1])
        process.wait()
    except BaseException:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()
    if process.returncode:
        if not aloud:
            say("\n".join(lines))
        say(f"{words}: failed.")
        return False
    say(f"{words} ({time.monotonic() - started:.1f} s)")
    return True
