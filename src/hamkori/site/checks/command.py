"""`./hamkori check`: everything a reviewer's machine can see without running the product. One line a check.

Nothing here repairs; what it prints for a failed check is that tool's own words.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
TEMPLATES = "src/hamkori/web/templates"


@dataclass(frozen=True)
class Check:
    """A tool, and what its success means in one line."""

    name: str
    command: tuple[str, ...]
    means: str


def _module(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *words)


def _tool(name: str, *words: str) -> tuple[str, ...]:
    """A script of the same environment that has no `python -m` door."""
    return (str(Path(sys.executable).with_name(name)), *words)


LINTED = ("src", "tests", "bench", "hamkori", ".ci/demo.py")
"""All that is written in Python; the launcher has no ending."""

CHECKS: tuple[Check, ...] = (
    Check("format", _module("ruff", "format", "--check", "--quiet", *LINTED), "one format"),
    Check("lint", _module("ruff", "check", "--quiet", *LINTED), "no likely mistakes"),
    Check("types", _module("mypy"), "types hold, strictly"),
    Check("floors", _tool("lint-imports", "--no-cache"), "nobody imports upwards"),
    Check("safety", _module("bandit", "--quiet", "-ll", "-c", "pyproject.toml", "-r", "src"), "no known unsafe call"),
    Check(
        "source", _module("hamkori.site.checks.source_rules"), "nothing stored is unpickled, no proof is a bare hash"
    ),
    Check("shut", _module("hamkori.site.checks.shut_rules"), "what stays shut becomes an answer at every door"),
    Check("templates", _module("djlint", TEMPLATES, "--lint", "--quiet"), "templates are well formed"),
    Check("catalogues", _module("hamkori.site.launch", "catalogues", "check"), "every string in tg, ru, fr"),
    Check("docs", _module("hamkori.site.launch", "docs", "--check"), "generated pages match their tables"),
)


def run(check: Check) -> tuple[bool, str, float]:
    """Whether it passed, what it printed, and how many seconds it took."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
    started = time.monotonic()
    done = subprocess.run(check.command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr).strip(), time.monotonic() - started


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `check`."""
    parser.add_argument("--faults", action="store_true", help="plant the faults of tests/faults and see them caught")
    parser.add_argument("names", nargs="*", metavar="check", help=f"only these of {', '.join(c.name for c in CHECKS)}")


def main(arguments: argparse.Namespace) -> int:
    """Runs the named checks, or all. 0: all passed, 1: some did not, 2: a name is unknown."""
    if arguments.faults:
        return subprocess.run(_module("tests.faults.run", *arguments.names), cwd=ROOT, check=False).returncode
    known = {check.name for check in CHECKS}
    if unknown := [name for name in arguments.names if name not in known]:
        print(f"No check is called {', '.join(unknown)}. There are: {', '.join(check.name for check in CHECKS)}.")
        return 2
    failed = []
    for check in CHECKS:
        if arguments.names and check.name not in arguments.names:
            continue
        passed, output, seconds = run(check)
        print(f"{'ok  ' if passed else 'FAIL'} {check.name:<10} {check.means} ({seconds:.1f} s)", flush=True)
        if not passed:
            failed.append(check.name)
            print("\n".join(f"     {line}" for line in output.splitlines()), flush=True)
    if failed:
        print(f"Not yet: {', '.join(failed)}.")
    return 1 if failed else 0
