"""The launcher at the root: what it offers exists, and what is missing is one plain line."""

import ast
import importlib
import importlib.util
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from hamkori.site.launch import __main__ as rooms
from hamkori.site.launch import places

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
    for name, command in rooms.COMMANDS.items():
        room = importlib.import_module(f"hamkori.site.{command.room}")
        assert callable(room.configure), name
        assert callable(room.main), name


def test_help_needs_no_environment_and_lists_every_command(launcher: ModuleType):
    done = run("--help", HOME="/nonexistent")
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in launcher.COMMANDS)


@pytest.mark.parametrize("word", ["dmeo", "serve"])
def test_what_does_not_exist_is_one_plain_line(word: str):
    done = run(word)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("hamkori: ")
    assert done.stderr.count("\n") == 1


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
    monkeypatch.setattr(launcher, "install", lambda uv, path: installed.append(Path(path).name) or True)
    for _ in range(2):
        launcher.need_environment("demo")
    assert installed == ["run.txt"]
    lock.write_text("Django==5.2.20\n")
    launcher.need_environment("demo")
    assert installed == ["run.txt", "run.txt"]
