"""`./hamkori check --faults`: plants each fault of the table in a copy of the tree, and asks whether the tests notice.

By hand, for it takes a while: each fault runs the tests that its row names, until the first that fails. A fault that
nothing notices is a test that is missing. Ends with 0 when all but those explained in the table were caught. Several
are tried side by side, each in a tree of its own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.faults.fault import Fault
from tests.faults.table import FAULTS

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "tests", "docs", "requirements", "bench", ".ci")
SECONDS = 900


@contextmanager
def copy() -> Iterator[Path]:
    """A tree of its own: no fault is ever planted in the one that somebody works in."""
    with tempfile.TemporaryDirectory(prefix="hk-faults-") as folder:
        tree = Path(folder)
        for name in COPIED:
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        for path in ROOT.iterdir():
            if path.is_file() and not path.name.startswith(".coverage"):
                shutil.copy2(path, tree / path.name)
        yield tree


@contextmanager
def planted(tree: Path, fault: Fault) -> Iterator[None]:
    """The fault in its file, and the file as it was afterwards. Its place must be found exactly once."""
    path = tree / fault.file
    before = path.read_text(encoding="utf-8")
    if before.count(fault.old) != 1:
        raise SystemExit(f"{fault.name}: its place is found {before.count(fault.old)} times in {fault.file}")
    path.write_text(before.replace(fault.old, fault.new), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def asked(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What pytest says in that tree."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *words]
    surroundings = {**os.environ, "PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=tree, env=surroundings, capture_output=True, text=True, check=False, timeout=SECONDS
    )


def require_found(tree: Path, tests: tuple[str, ...]) -> None:
    """SystemExit: without any fault pytest finds none of these tests, or does not begin, and nothing would be caught."""
    if (done := asked(tree, "--collect-only", *tests)).returncode != 0:
        raise SystemExit(f"{' '.join(tests)}: {(done.stdout or done.stderr).splitlines()[-1]}")


def noticed(tree: Path, tests: tuple[str, ...]) -> tuple[bool, str]:
    """Whether these tests fail in that tree, and the first of them that does."""
    try:
        done = asked(tree, "-x", *tests)
    except subprocess.TimeoutExpired:
        return False, f"nothing failed in {SECONDS} s"
    lines = done.stdout.splitlines()
    # A captured line of the log may begin so too.
    first = next((line for line in lines if line.startswith(("FAILED ", "ERROR tests/"))), "")
    if done.returncode not in (0, 1) and not first:
        first = (lines or done.stderr.splitlines() or ["it did not start"])[-1]
    return done.returncode != 0, first.partition(" - ")[0].removeprefix("FAILED ").removeprefix("ERROR ")


def tried(chosen: list[Fault], jobs: int) -> Iterator[tuple[Fault, bool, str]]:
    """Each of them as it is done: whether it was caught, and by which test."""
    free: SimpleQueue[Path] = SimpleQueue()

    def one(fault: Fault) -> tuple[Fault, bool, str]:
        tree = free.get()
        try:
            require_found(tree, fault.tests)
            with planted(tree, fault):
                return fault, *noticed(tree, fault.tests)
        finally:
            free.put(tree)

    with ExitStack() as trees, ThreadPoolExecutor(jobs) as pool:
        for _ in range(jobs):
            free.put(trees.enter_context(copy()))
        for done in as_completed([pool.submit(one, fault) for fault in chosen]):
            yield done.result()


def main() -> int:
    """Plant them, as many at a time as there are processors; name some to try these alone."""
    parser = argparse.ArgumentParser(prog="check --faults")
    parser.add_argument("names", nargs="*", help="only these faults")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time (%(default)s)")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in {fault.name for fault in FAULTS}]:
        parser.error(f"no fault is called {', '.join(unknown)}")  # else nothing is tried, and all is well
    chosen = [fault for fault in FAULTS if not arguments.names or fault.name in arguments.names]
    alive, began = [], time.monotonic()
    for number, (fault, caught, by) in enumerate(tried(chosen, arguments.jobs), 1):
        print(f"{number:>3}/{len(chosen)} {'caught' if caught else 'ALIVE '} {fault.name}  {by}", flush=True)
        if not caught:
            alive.append(fault)
    unexplained = [fault.name for fault in alive if not fault.explained]
    for fault in alive:
        print(f"alive: {fault.name}: {fault.explained or 'a test is missing'}")
    print(f"{len(chosen) - len(alive)} of {len(chosen)} faults caught, in {time.monotonic() - began:.0f} s")
    return 1 if unexplained else 0


if __name__ == "__main__":
    raise SystemExit(main())
