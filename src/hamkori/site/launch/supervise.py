"""Keeping processes alive, and ending them all: a dead one is started again and said, a hanging one is replaced.

None outlives the launcher.
See docs/design/engine.md#starts.
"""

import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 10.0  # seconds between asking a process to end and ending it
PAUSE = 0.5  # seconds before a process is started again,
LONGEST_PAUSE = 10.0  # and at most, before one that keeps dying by itself
STEADY = 60.0  # seconds after which an old death is forgotten
STANDING_STILL = 15.0  # seconds without a sign of life, after which a process is replaced
LOOKED = 2.0  # seconds between two looks that count
FIRST_SIGN = 90.0  # the same for one that has only been started
SOON = 0.05  # seconds after which an end that was thrown away is asked for again


class Ended(BaseException):
    """Somebody asked the launcher to end. Not an Exception: nothing but the launcher may take it for an error."""


def say(sentence: str) -> None:
    """One line to whoever watches; nobody watching is no reason to stop."""
    with suppress(OSError, ValueError):
        sys.stdout.write(sentence + "\n")
        sys.stdout.flush()


@contextmanager
def ending_by_signal() -> Iterator[None]:
    """Ctrl-C, TERM and a closed terminal raise Ended once; what is then cleaned up is not interrupted again.

    Where the signal comes while Python takes an object away, it throws the exception away too: then it is raised anew.
    """
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end(number: int, frame: object) -> None:
        for kind in (*kinds, signal.SIGALRM):
            signal.signal(kind, signal.SIG_IGN)
        raise Ended

    def thrown_away(lost: "sys.UnraisableHookArgs") -> None:
        if isinstance(lost.exc_value, Ended):
            signal.signal(signal.SIGALRM, end)
            signal.setitimer(signal.ITIMER_REAL, SOON)
        else:
            sys.__unraisablehook__(lost)

    sys.unraisablehook = thrown_away
    for kind in kinds:
        signal.signal(kind, end)
    yield


def die_with_parent() -> None:
    """Linux: ask the kernel for an end when the launcher dies, even by a kill that it cannot catch.

    KILL, so that a process ends too that stands still. None of ours loses anything by it.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@dataclass(kw_only=True)
class Child:
    """One process with its name for people, and how often it died lately."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    inherits: Sequence[int] = ()
    log: Path | None = None
    """Where it writes what it says; None: where we do."""
    alive: Callable[[], bool] | None = None
    """Asked each second: whether it has given a sign of life since the last time. Must not wait."""
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    shown: bool = False  # whether this process ever gave a sign,
    silent: float = 0.0  # seconds without one since, as far as we looked
    asked: float = 0.0
    again_at: float = 0.0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only the launcher."""
        with self.log.open("ab") if self.log else nullcontext() as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT if self.log else None,
                start_new_session=True,
                pass_fds=self.inherits,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - the launcher has one thread
            )
        self.started = self.asked = time.monotonic()
        self.shown, self.silent = False, 0.0

    def watch(self) -> None:
        """Start it again if it died, after a pause that grows if it keeps dying; end it if it stands still."""
        if self.process is None:
            if time.monotonic() >= self.again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            if not self._stands_still():
                return
            say(f"The {self.name} process does not answer; it is replaced.")
        self._kill_group()
        code = self.process.wait()
        # Whoever was killed has done nothing wrong: it comes back at once.
        itself = code not in (-signal.SIGKILL, -signal.SIGTERM)
        self.deaths = (1 if time.monotonic() - self.started > STEADY else self.deaths + 1) if itself else 0
        pause = min(LONGEST_PAUSE, PAUSE * 2 ** max(0, self.deaths - 1))
        reason = f"signal {-code}" if code < 0 else f"exit status {code}"
        say(f"The {self.name} process died ({reason}); it is started again in {pause:.1f} s.")
        self.process = None
        self.again_at = time.monotonic() + pause

    def _stands_still(self) -> bool:
        if self.alive is None:
            return False
        now = time.monotonic()
        # While we were busy elsewhere, or the machine slept, nobody has looked: that is nobody's silence.
        self.silent += min(LOOKED, now - self.asked)
        self.asked = now
        if self.alive():
            self.shown, self.silent = True, 0.0
        return self.silent > (STANDING_STILL if self.shown else FIRST_SIGN)

    def lives(self) -> bool:
        """Whether it was started and has not died."""
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        """Send TERM, if it lives."""
        if self.process is not None:
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


NO_SPACE = os.strerror(errno.ENOSPC)


def keep_alive(children: Sequence[Child], each_second: Callable[[], None]) -> None:
    """Watch until Ended is raised."""
    while True:
        each_second()  # first: it brings the database back, and without one the others would die again
        for child in children:
            child.watch()
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
        if any(NO_SPACE in line for line in lines):
            say(f"{words}: failed: {NO_SPACE}.")  # whatever it was doing, this is why
            return False
        if not aloud:
            say("\n".join(lines))
        say(f"{words}: failed.")
        return False
    say(f"{words} ({time.monotonic() - started:.1f} s)")
    return True
