"""Starts the demo of a fresh copy twice and ends it; prints one line that says how it went, or what went wrong.

Needs nothing but Python: the copy makes its own environment.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

FIRST_START = 900  # seconds, with the making of the environment and of the invented world
NEXT_START = 120
GOING = 20  # in which a process that was told to end is gone


def ready(port: int) -> bool:
    """Whether the pages answer."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def front_page(port: int) -> bool:
    """Whether there is something to read at the front door."""
    with urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
        return answer.status == 200 and b"<h1" in answer.read()


def status(tree: Path) -> dict[str, str]:
    """The lines of `./hamkori status`."""
    done = subprocess.run([sys.executable, "hamkori", "status"], cwd=tree, capture_output=True, text=True, check=False)
    return dict(line.partition(": ")[::2] for line in done.stdout.splitlines())


def left_over(*places: str) -> list[str]:
    """Processes whose command names one of these folders."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) in (os.getpid(), os.getppid()):
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if "demo.py" not in command and any(place in command for place in places):
            found.append(command.strip())
    return found


def start(tree: Path, port: int, seconds: int) -> tuple[subprocess.Popen[str], float]:
    """A started demo that is ready, and how long that took."""
    began = time.monotonic()
    log = (tree.parent / "demo.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "hamkori", "demo", "--port", str(port), "--no-input"],
        cwd=tree, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    while time.monotonic() - began < seconds:
        if ready(port):
            return process, time.monotonic() - began
        if process.poll() is not None:
            break
        time.sleep(0.2)
    process.terminate()
    process.wait(60)
    sys.exit(f"it did not start:\n{(tree.parent / 'demo.log').read_text()}")


def end(process: subprocess.Popen[str]) -> None:
    """TERM, and a clean end."""
    process.send_signal(signal.SIGTERM)
    code = process.wait(40)
    if code:
        sys.exit(f"it ended with code {code}")


def main(tree: Path, port: int) -> None:
    """The story in order."""
    process, first = start(tree, port, FIRST_START)
    before = status(tree)
    page = front_page(port) if (tree / "src/hamkori/web/urls.py").exists() else True
    end(process)
    process, again = start(tree, port, NEXT_START)
    after = status(tree)
    end(process)
    if not before.get("Data since") or before["Data since"] != after.get("Data since"):
        sys.exit(f"the second start did not keep the data: {before} then {after}")
    if not page:
        sys.exit("the front door shows nothing")
    began = time.monotonic()
    while (left := left_over(str(tree), before["Data"])) and time.monotonic() - began < GOING:
        time.sleep(0.2)
    if left:
        sys.exit(f"processes were left: {left}")
    if not Path(before["Data"]).is_relative_to(tree):
        shutil.rmtree(Path(before["Data"]).parent)  # root's data lies outside the copy
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"Python {version}, ready in {first:.0f} s, again in {again:.1f} s with its data, ended, nothing left")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
