"""What is made once in a run (tests/site/made.py): by the first who asks, whole or not at all, and nobody's alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.site import made


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of its own."""
    monkeypatch.setenv(made.RUN, str(tmp_path / "run"))


def test_it_is_made_once_and_each_has_a_copy(tmp_path: Path) -> None:
    making: list[Path] = []

    def make(folder: Path) -> None:
        making.append(folder)
        (folder / "sign").mkdir()
        (folder / "sign" / "key").write_text("whole")
        (folder / "sign" / "key").chmod(0o400)
        (folder / ".socket").touch()

    for name in ("one", "other"):
        made.put("thing", make, tmp_path / name)
        key = tmp_path / name / "sign" / "key"
        assert (key.read_text(), key.stat().st_mode & 0o777) == ("whole", 0o400)
        assert (tmp_path / name / ".socket").exists()
        key.unlink()  # what one does to it the other does not see
    made.put("thing", make, tmp_path / "third", without="sign")
    assert [path.name for path in (tmp_path / "third").iterdir()] == [".socket"]
    assert len(making) == 1


def test_a_making_that_failed_leaves_nothing_to_the_next_one(tmp_path: Path) -> None:
    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        made.put("thing", fails, tmp_path / "one")
    assert not (tmp_path / "one").exists()
    made.put("thing", lambda folder: (folder / "whole").touch(), tmp_path / "one")
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["whole"]


def test_a_room_is_gone_afterwards_and_lies_in_the_runs_folder(tmp_path: Path) -> None:
    with made.room("server") as folder:
        (folder / "data").mkdir()
        assert folder.parent == tmp_path / "run"
        assert folder.stat().st_mode & 0o777 == 0o711
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.parametrize(
    ("room", "left", "place"), [(0, 0, made.MEMORY), (1 << 60, 0, made.DISK), (0, 1 << 60, made.DISK)]
)
def test_servers_lie_in_memory_only_where_there_is_plenty(
    monkeypatch: pytest.MonkeyPatch, room: int, left: int, place: Path
) -> None:
    if not os.access(made.MEMORY, os.W_OK) or os.statvfs(made.MEMORY).f_flag & os.ST_NOEXEC:
        place = made.DISK
    monkeypatch.setattr(made, "ROOM", room)
    monkeypatch.setattr(made, "LEFT", left)
    assert made._place() == place


def test_what_a_killed_run_has_left_in_memory_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "MEMORY", tmp_path)
    dead = subprocess.Popen(["true"])
    dead.wait()
    for number in (dead.pid, os.getpid()):
        (tmp_path / f"{made.OURS}{number}-abc" / "server").mkdir(parents=True)
    (tmp_path / "of somebody else").mkdir()
    made._sweep()
    assert sorted(one.name for one in tmp_path.iterdir()) == [f"{made.OURS}{os.getpid()}-abc", "of somebody else"]


def test_who_finds_a_folder_of_the_run_makes_none() -> None:
    assert made.begin() is False


def test_a_server_lies_in_memory_and_its_tree_finds_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, server = tmp_path / "memory", tmp_path / "tree" / "server"
    memory.mkdir()
    (server / "data").mkdir(parents=True)
    monkeypatch.setattr(made, "MEMORY", memory)
    monkeypatch.setattr(made, "_place", lambda: memory)
    made.keep_in_memory(server)
    server.resolve().mkdir()
    (server / "template").touch()
    made.keep_in_memory(server)
    assert (server / "template").exists()
    assert server.resolve().is_relative_to(memory)

    monkeypatch.setattr(made, "_place", lambda: made.DISK)
    made.keep_in_memory(server)
    assert (server / "template").exists(), "what is there already is used"
    made._sweep()
    assert (server / "template").exists(), "its tree is still there"
    server.unlink()
    made._sweep()
    assert list(memory.iterdir()) == [], "its tree is gone"


def test_where_memory_was_emptied_the_server_is_made_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = tmp_path / "server"
    server.symlink_to(tmp_path / "gone" / "server")
    monkeypatch.setattr(made, "_place", lambda: made.DISK)
    made.keep_in_memory(server)
    assert not server.is_symlink()
