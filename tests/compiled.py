"""The tests' own files, compiled once before the processes of a parallel run read them.

pytest writes every assert anew, which takes four times what reading the compiled file does. In a fresh copy each of the
processes would do it for each file, all at the same time. Here two of them share the files out.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).parent
SHARES = 2  # the processors that a run is measured on


def compile_tests() -> None:
    """Read every file of tests in a child of this process; pytest keeps what it compiles where Python is told to."""
    kept = sys.pycache_prefix
    if kept is None or sys.dont_write_bytecode or any(Path(f"{kept}{TESTS}").glob("*/test_*")):
        return  # nothing is kept, or most of it is there: each process looks for itself which file has changed
    names = [
        ".".join(path.relative_to(TESTS.parent).with_suffix("").parts) for path in sorted(TESTS.rglob("test_*.py"))
    ]
    children = [_read(names[share::SHARES]) for share in range(SHARES)]
    for child in children:
        os.waitpid(child, 0)


def _read(names: list[str]) -> int:
    """The child that reads them. What cannot be read, the run itself says."""
    child = os.fork()
    if child:
        return child
    try:
        for name in names:
            with suppress(BaseException):
                import_module(name)
    finally:
        os._exit(0)
