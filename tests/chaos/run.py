"""`./hamkori chaos`: people work at a demonstration whose processes are killed and stopped at random moments.

By hand it takes as long as its numbers ask for; `--write` keeps its figures in docs/reliability.md. Ends with 0 when
nothing that was answered is lost, doubled or half, and the clock and the sealer went on in time after every blow.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from hamkori.site.database import world
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch.servers import DATABASE
from tests.attacks.demos import Demo, ended
from tests.chaos import report
from tests.chaos.blows import DISK, MOUNT, Machine
from tests.chaos.judge import Judgement, judge
from tests.chaos.people import Worker

PERSONAS = ("caseworker-cso", "stranger", "shelter-worker", "lawyer", "social-service", "investigator")
WITHIN = 30.0  # seconds in which the clock and the sealer go on after a blow
PATIENCE = 180.0  # seconds, after which they are given up
READ_BACK = 40  # cases of each worker


@dataclass
class Figures:
    """What a run has found."""

    seed: int
    kills: int = 0
    seconds: float = 0.0
    went_on: dict[str, list[float]] = field(default_factory=dict)
    unanswered: int = 0
    entered: int = 0
    refused: list[str] = field(default_factory=list)
    stuck: str = ""
    judged: Judgement = field(default_factory=Judgement)

    def late(self) -> list[str]:
        """The blows after which something stood still for too long."""
        stuck = [self.stuck] if self.stuck else []
        return stuck + [
            f"{kind}: {took:.0f} s" for kind, all_of in self.went_on.items() for took in all_of if took > WITHIN
        ]


def chaos(
    kills: int,
    acts: int,
    seed: int,
    say: Callable[[str], None],
    log: Path,
    *,
    only: str = "",
    plan: Sequence[str] = (),
    rests: bool = False,
    prepare: Callable[[Path], None] = lambda _folder: None,
) -> Figures:
    """Blows until there were so many, and work until so much was done.

    `log`: where the demonstration writes. `only`: the one kind of blow that is struck; `plan`: those that come first.
    `rests`: after a blow each goes on until one press is answered, and then waits with the others until the clock has
    gone on: the processor is theirs who get up again. `prepare`: puts a demonstration into the empty folder, that it
    need not be made.
    """
    figures, drawn, began = Figures(seed), random.Random(seed), time.monotonic()
    with _disk() as (folder, small_disk):
        prepare(folder)
        demo = Demo(folder)
        demo.log = log
        demo.run()
        with psycopg.connect(Cluster(folder).superuser_url(DATABASE), autocommit=True) as opened:
            since = world.now(opened).isoformat()
        over, on = threading.Event(), threading.Event()
        on.set()
        people = [Worker(demo.port, who, number, over, on) for number, who in enumerate(PERSONAS)]
        machine = Machine(demo, drawn, small_disk=small_disk, only=only, plan=plan)
        machine.begin_second_worker()
        try:
            for one in people:
                one.start()
            moved, before = time.monotonic(), -1
            while figures.kills < kills or _done(people) < acts:
                if (now := _done(people)) != before:
                    moved, before = time.monotonic(), now
                elif time.monotonic() - moved > PATIENCE:
                    figures.stuck = f"nothing was done for {PATIENCE:.0f} s after {now} acts"
                    break
                said = say if figures.kills % 10 == 0 else _quietly
                _one_blow(machine, figures, said, people, kills, on if rests else threading.Event())
            over.set()
            for one in people:
                one.join(60)
            over.clear()
            figures.judged = judge(folder, [one.notes for one in people], since)
            for one in people:
                figures.judged.half += [f"the text in case {code} does not open" for code in one.read_back(READ_BACK)]
        finally:
            over.set()
            machine.end_second_worker()
            ended(demo)
    figures.seconds = time.monotonic() - began
    figures.unanswered = sum(one.notes.unanswered for one in people)
    figures.entered = sum(one.notes.entered for one in people)
    figures.refused = [words for one in people for words in one.notes.refused]
    return figures


def _aloud(sentence: str) -> None:
    print(sentence, flush=True)


def _quietly(_sentence: str) -> None:
    """Nothing is said."""


def _done(people: list[Worker]) -> int:
    return sum(len(one.notes.acts) for one in people)


def _one_blow(
    machine: Machine,
    figures: Figures,
    say: Callable[[str], None],
    people: list[Worker],
    kills: int,
    on: threading.Event,
) -> None:
    """Strike while they work, and wait until the clock and the sealer have gone on: `on` is not set meanwhile."""
    time.sleep(machine.drawn.uniform(0.2, 2.0))
    if figures.kills >= kills:
        return  # enough of them: the rest of the work is done in peace
    blow = machine.next_blow()
    began = time.monotonic()
    blow()
    figures.kills += 1
    on.clear()
    machine.look_after_second_worker()
    while not all(machine.demo.age(sign) < time.monotonic() - began for sign in ("tick", "seal")):
        if time.monotonic() - began > PATIENCE:
            break
        time.sleep(0.25)
        machine.look_after_second_worker()
    while not machine.demo.answers() and time.monotonic() - began < PATIENCE:
        time.sleep(0.25)
    on.set()
    took = time.monotonic() - began
    figures.went_on.setdefault(blow.__name__, []).append(took)
    say(f"{figures.kills:>4} blows, {_done(people):>6} acts; {blow.__name__}: all goes on after {took:.1f} s")


@contextmanager
def _disk() -> Iterator[tuple[Path, bool]]:
    """A folder for the demonstration, as root on a small disk of its own, and whether it is one: it can be filled."""
    folder = Path(tempfile.mkdtemp(prefix="hk-chaos-", dir="/var/tmp"))
    command = [MOUNT, "-t", "tmpfs", "-o", f"size={DISK}", "none", str(folder)]
    may = os.geteuid() == 0 and MOUNT != ""
    small = may and subprocess.run(command, check=False, capture_output=True).returncode == 0
    folder.chmod(0o711)
    try:
        yield folder, small
    finally:
        if small:
            subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run, say what was found, and keep the figures if asked to."""
    parser = argparse.ArgumentParser(prog="chaos")
    parser.add_argument("--kills", type=int, default=200, help="how many blows (200)")
    parser.add_argument("--acts", type=int, default=20_000, help="how many acts at least (20000)")
    parser.add_argument("--seed", type=int, default=None, help="the same blows again")
    parser.add_argument("--only", default="", help="one kind of blow, by its name in tests/chaos/blows.py")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/reliability.md")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 30)
    log = Path(tempfile.mkdtemp(prefix="hk-chaos-log-")) / "demo.log"
    print(f"Seed {seed}; what the demonstration says is in {log}. It is made first.", flush=True)
    figures = chaos(arguments.kills, arguments.acts, seed, _aloud, log, only=arguments.only)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    text = report.page(figures, machine)
    print(text)
    if arguments.write:
        report.PAGE.write_text(text, encoding="utf-8")
    return 1 if figures.judged.faults() or figures.late() or figures.refused else 0


if __name__ == "__main__":
    sys.exit(main())
