"""Commands of the launcher, each a process of its own, without the second that each takes to read the same sources.

One process has read them, with no environment of ours and no settings, and does nothing but make a child of itself for
each command: the child has the command's environment and no other, reads the settings as any start does, and ends with
its own code. Where the start of Python itself is in question, a test starts it: `elsewhere.from_nothing`.
A command that goes on, pages or a worker, is begun the same way, and answers to its process's number.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from threading import Lock

READ = (
    "django.contrib.auth.hashers",
    "django.contrib.postgres.forms.array",
    "django.contrib.postgres.search",
    "django.contrib.staticfiles.finders",
    "django.core.management",
    "django.db.backends.postgresql.base",
    "django.db.migrations.utils",
    "django.middleware.csrf",
    "django.utils.translation.trans_real",
    "django.views.debug",
    "email.policy",
    "hamkori.audit.daily",
    "hamkori.casework.consent.rules.packet",
    "hamkori.casework.referral.rules.lifecycle",
    "hamkori.casework.work.rules.guards",
    "hamkori.people.sign_in",
    "hamkori.site.database.outages",
    "hamkori.site.database.startcheck",
    "hamkori.site.launch.acting",
    "hamkori.vault.server",
    "hamkori.vocabulary",
    "logging.config",
    "nacl.bindings",
    "procrastinate.contrib.django.django_connector",
    "psycopg_pool",
    "smtplib",
    "sqlparse",
)
"""What most commands read, and what asks for no settings."""

_waiting: subprocess.Popen[str] | None = None
_one_at_a_time = Lock()


LAUNCHER = "hamkori.site.launch"


def run(
    words: Sequence[str], environment: Mapping[str, str], module: str = LAUNCHER
) -> subprocess.CompletedProcess[str]:
    """`./hamkori` (or this module) with these words, from begin to end, in this environment and no other."""
    with tempfile.TemporaryDirectory(prefix="hk-said-") as folder:
        said = [str(Path(folder, name)) for name in ("stdout", "stderr")]
        code = int(_ask("run", module, list(words), dict(environment), said))
        return subprocess.CompletedProcess(list(words), code, *(Path(one).read_text() for one in said))


class Begun:
    """A command that goes on: it says all at the end of `log`, and whoever has begun it ends it."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], log: Path, module: str = LAUNCHER) -> None:
        log.touch()
        self.pid = int(_ask("begin", module, list(words), dict(environment), [str(log)] * 2))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended; None: it lives, or stands still."""
        if self.returncode is None and (said := _ask("ended", self.pid)):
            self.returncode = int(said)
        return self.returncode

    def wait(self, seconds: float) -> int:
        """How it ended. TimeoutError: it has not."""
        deadline = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.pid} lives after {seconds} seconds")
            time.sleep(0.02)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Nobody else has its number while nobody has been told of its end."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def _ask(*question: object) -> str:
    waiting = _begun()
    assert waiting.stdin is not None
    assert waiting.stdout is not None
    with _one_at_a_time:
        waiting.stdin.write(json.dumps(question) + "\n")
        waiting.stdin.flush()
        return waiting.stdout.readline().strip()


def _begun() -> subprocess.Popen[str]:
    global _waiting  # noqa: PLW0603 - one for this process of tests
    if _waiting is None:
        known = {name: value for name, value in os.environ.items() if name.startswith("PYTHON") or name == "PATH"}
        _waiting = subprocess.Popen(
            [sys.executable, "-m", "tests.site.ready"],
            env=known | {"PYTHONPATH": "src:.", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(_end, _waiting)
    return _waiting


def _end(waiting: subprocess.Popen[str]) -> None:
    waiting.communicate()


def becomes() -> str:
    """Make a child for each command until nobody can send one; in a child the module as which it goes on, else ''."""
    for name in READ:
        import_module(name)
    gc.collect()
    gc.freeze()  # a child that ends looks through what it has read itself, and copies no page of the rest
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        asked, *of = json.loads(line)
        if asked == "ended":
            number, status = os.waitpid(of[0], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if number else ""
        else:
            module, words, environment, said = of
            child = os.fork()
            if child == 0:
                os.close(answers.fileno())
                _become(words, environment, said)
                return str(module)
            answer = child if asked == "begin" else os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        answers.write(f"{answer}\n")
        answers.flush()
    return ""


def _become(words: Sequence[str], environment: Mapping[str, str], said: Sequence[str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for number, path in enumerate(said, start=1):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["hamkori", *words]


if __name__ == "__main__" and (module := becomes()):
    runpy.run_module(module, run_name="__main__", alter_sys=True)
