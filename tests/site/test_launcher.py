"""The launcher at the root: what it offers exists, and what is missing is one plain line."""

import ast
import errno
import importlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from hamkori.site.launch import __main__ as rooms
from hamkori.site.launch import places
from tests.site.waiting import lives, until

SCRIPT = places.TREE / "hamkori"


@pytest.fixture
def launcher() -> ModuleType:
    loader = SourceFileLoader("launcher", str(SCRIPT))
    spec = importlib.util.spec_from_loader("launcher", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"} | environment
    )


def test_every_command_offered_has_its_room_and_the_other_way_round(launcher: ModuleType):
    assert set(launcher.COMMANDS) == set(rooms.COMMANDS)
    assert set(rooms.COMMANDS) > rooms.HANDS_ON
    for name, place in rooms.COMMANDS.items():
        assert rooms.words_of(name) == launcher.COMMANDS[name]
        room = importlib.import_module(f"hamkori.site.{place}")
        assert callable(room.configure), name
        assert callable(room.main), name


def test_help_needs_no_environment_and_lists_every_command(launcher: ModuleType):
    done = run("--help", HOME="/nonexistent")
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in launcher.COMMANDS)


@pytest.mark.parametrize(("word", "code"), [("dmeo", 2), ("--verson", 2), ("serve", 1)])
def test_what_does_not_exist_is_one_plain_line(word: str, code: int):
    """Red with 1 for all: 2 is what --help says of a command that is called in an unknown way."""
    done = run(word)
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.startswith("hamkori: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("dmeo",),
        ("status", "--verson"),
        ("worker", "now"),
        ("tags", "vouhc"),
        ("tags", "vouch", "post", "no-id", "0000-0000-0000", "--by", "a@b", "c@d"),
        ("tags", "vouch", "post", "00000000-0000-0000-0000-000000000007", "--by", "a@b", "c@d"),
        ("keys",),
        ("keys", "rotate", "nothing"),
        ("audit-mend", "--aply"),
        ("demo", "--port", "much"),
        ("demo", "--port", "99999"),
        ("demo", "--port", "-5"),
        ("demo", "--port", "0"),
    ],
)
def test_what_is_called_in_an_unknown_way_is_one_line_and_ends_with_2(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
):
    """Red with four lines: how it is called, twice, before what was wrong."""
    try:
        code = rooms.main(list(words))
    except SystemExit as end:
        code = int(str(end.code))
    assert code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("hamkori: ")
    assert said.err.count("\n") == 1


def test_a_full_disk_is_one_line_and_a_fault_of_ours_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Red before: a traceback."""

    def fails(error: Exception) -> None:
        def main(_arguments: object) -> int:
            raise error

        monkeypatch.setattr("hamkori.site.launch.status.main", main)

    fails(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/srv/keyring"))
    assert rooms.main(["status"]) == 1
    assert capsys.readouterr().err == "hamkori: No space left on device: /srv/keyring\n"
    for error in (FileNotFoundError(errno.ENOENT, "x"), KeyError("x")):
        fails(error)
        with pytest.raises(type(error)):
            rooms.main(["status"])


def test_an_old_python_can_at_least_read_what_to_install(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys):
    ast.parse(SCRIPT.read_text(), feature_version=(3, 7))
    monkeypatch.setattr(launcher.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit):
        launcher.need_python()
    assert "python3 is 3.9 here" in capsys.readouterr().err


def test_debians_python_without_venv_is_named_with_its_package(launcher: ModuleType, monkeypatch, capsys):
    monkeypatch.setattr(launcher.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(launcher, "on_debian_as_root", lambda: False)
    with pytest.raises(SystemExit):
        launcher.need_venv_module()
    assert f"apt-get install python3.{sys.version_info[1]}-venv" in capsys.readouterr().err


def test_a_changed_lock_is_installed_anew_and_an_unchanged_one_is_not(
    launcher: ModuleType, monkeypatch, tmp_path: Path
):
    tree = tmp_path / "a b"
    (tree / "requirements").mkdir(parents=True)
    lock = tree / "requirements" / "run.txt"
    lock.write_text("Django==5.2.19\n")
    (tree / ".venv" / "bin").mkdir(parents=True)
    (tree / ".venv" / "bin" / "python").touch()
    installed = []
    monkeypatch.setattr(launcher, "TREE", str(tree))
    monkeypatch.setattr(launcher, "VENV", str(tree / ".venv"))
    monkeypatch.setattr(launcher, "PYTHON", str(tree / ".venv" / "bin" / "python"))
    monkeypatch.setattr(launcher, "make_environment", lambda uv: None)
    monkeypatch.setattr(launcher, "install", lambda uv, path: installed.append(Path(path).name) or "")
    for _ in range(2):
        launcher.need_environment("demo")
    assert installed == ["run.txt"]
    lock.write_text("Django==5.2.20\n")
    launcher.need_environment("demo")
    assert installed == ["run.txt", "run.txt"]


# --- an installation that is stopped or can not go on -------------------------------------------------------------

UV = """#!/bin/sh
if [ "$1" = venv ]; then
  for place; do :; done
  "$PYTHON_OF_THE_TEST" -m venv --without-pip "$place"
elif [ -n "$HANGS" ]; then
  sleep 300 &
  echo "$$ $!" > "$HANGS.draft" && mv "$HANGS.draft" "$HANGS"
  wait
else
  echo "error: Failed to fetch: http://127.0.0.1:9/simple/django/"
  echo "  Caused by: Connection refused"
  exit 2
fi
"""


@pytest.fixture
def bare_tree(tmp_path: Path) -> Path:
    """The launcher alone, with a lock of one package and a uv of ours."""
    tree = tmp_path / "a b"
    (tree / "requirements").mkdir(parents=True)
    (tree / "requirements" / "run.txt").write_text(f"Django==5.2.19 --hash=sha256:{'0' * 64}\n")
    shutil.copy(SCRIPT, tree / "hamkori")
    (tree / "uv").write_text(UV)
    (tree / "uv").chmod(0o755)
    return tree


def preparing(tree: Path, **more: str) -> subprocess.Popen[str]:
    known = {"PATH": f"{tree}:/usr/bin:/bin", "PYTHON_OF_THE_TEST": sys.executable, "PIP_RETRIES": "0", **more}
    return subprocess.Popen(
        [sys.executable, str(tree / "hamkori"), "demo"],
        env=known,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_who_stops_an_installation_leaves_nothing_running(bare_tree: Path, tmp_path: Path, number: signal.Signals):
    note = tmp_path / "pids"
    launcher = preparing(bare_tree, HANGS=str(note))
    until(note.exists, 60)
    child, grandchild = (int(pid) for pid in note.read_text().split())
    assert lives(child)
    assert lives(grandchild)
    launcher.send_signal(number)
    until(lambda: not lives(child), 30)
    if number == signal.SIGKILL:
        os.kill(grandchild, signal.SIGKILL)  # the real uv has none
        launcher.communicate(timeout=30)
        return
    assert launcher.communicate(timeout=30)[1] == "hamkori: stopped while preparing; start again and it goes on.\n"
    assert launcher.returncode == 1
    until(lambda: not lives(grandchild), 30)


@pytest.mark.bulk
def test_without_a_package_index_it_says_so_in_one_line(bare_tree: Path):
    launcher = preparing(bare_tree, PIP_INDEX_URL="http://127.0.0.1:9/simple")
    said = launcher.communicate(timeout=200)[1]
    assert launcher.returncode == 1
    assert said == (
        "hamkori: the packages of requirements/run.txt could not be installed: no package index answers"
        " (all of it: .venv.log)\n"
    )
    assert "Connection refused" in (bare_tree / ".venv.log").read_text()
