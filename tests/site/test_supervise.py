"""A dead process is started again and said; none outlives the launcher."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hamkori.site.launch import supervise
from hamkori.site.launch.supervise import Child, Ended, end_all, ending_by_signal, step
from tests.site.waiting import lives, until


def python(code: str, name: str = "web") -> Child:
    return Child(name=name, command=[sys.executable, "-c", code], environment=os.environ)


def test_a_dead_process_is_said_and_started_again_after_a_growing_pause(capsys: pytest.CaptureFixture[str]):
    child = python("raise SystemExit(3)")
    pauses = []
    for _ in range(3):
        child.start()
        assert child.process is not None
        child.process.wait(30)
        child.watch()
        assert child.process is None, "not started again at once"
        pauses.append(child.again_at - time.monotonic())
        child.watch()
        assert child.process is None, "the pause has not passed"
        child.again_at = 0
        child.watch()
        assert child.process is not None
        end_all([child])
    assert pauses[0] < pauses[1] < pauses[2]
    assert "The web process died (exit status 3)" in capsys.readouterr().out


def test_ending_takes_the_deaf_and_their_children_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(supervise, "PATIENCE", 0.3)
    note = tmp_path / "pids"
    deaf = python(
        "import os, pathlib, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "grandchild = subprocess.Popen(['sleep', '300'])\n"
        f"draft = pathlib.Path({str(note)!r} + '.draft')\n"
        "draft.write_text(f'{os.getpid()} {grandchild.pid}')\n"
        f"draft.rename({str(note)!r})\n"
        "time.sleep(300)\n"
    )
    deaf.start()
    until(note.exists, 30)
    pids = [int(pid) for pid in note.read_text().split()]
    assert all(map(lives, pids))
    end_all([deaf])
    until(lambda: not any(map(lives, pids)), 10)


def test_the_first_signal_ends_and_the_second_does_not_disturb_the_cleaning():
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {kind: signal.getsignal(kind) for kind in kinds}
    cleaned = False
    try:
        with pytest.raises(Ended), ending_by_signal():
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        cleaned = True
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
    assert cleaned


def test_a_step_speaks_only_when_it_fails(capsys: pytest.CaptureFixture[str]):
    assert step("Tables", [sys.executable, "-c", "print('much talk')"], os.environ)
    said = capsys.readouterr().out
    assert said.startswith("Tables (")
    assert "much talk" not in said
    assert not step("Tables", [sys.executable, "-c", "print('why'); raise SystemExit(1)"], os.environ)
    assert capsys.readouterr().out == "why\nTables: failed.\n"


def test_a_child_dies_with_a_launcher_that_was_killed(tmp_path: Path):
    note = tmp_path / "pid"
    code = (
        "import os, pathlib, sys, time\n"
        "from hamkori.site.launch.supervise import Child\n"
        "child = Child(name='web', command=['sleep', '300'], environment=os.environ); child.start()\n"
        f"draft = pathlib.Path({str(note)!r} + '.draft'); draft.write_text(str(child.process.pid)); "
        f"draft.rename({str(note)!r}); time.sleep(300)\n"
    )
    environment = os.environ | {"PYTHONPATH": "src"}
    with subprocess.Popen([sys.executable, "-c", code], env=environment) as launcher:
        until(note.exists, 30)
        pid = int(note.read_text())
        assert lives(pid)
        launcher.kill()
    until(lambda: not lives(pid), 10)
