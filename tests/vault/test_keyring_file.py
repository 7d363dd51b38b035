"""Changes of the keyring's file: one at a time, whole or not at all, whatever kills them; the old bytes are gone."""

import fcntl
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hamkori.vault import keyring_file as module
from hamkori.vault.bytes import Sealed
from hamkori.vault.keyring import KeyringRefused
from hamkori.vault.keyring_file import begin, create, forget, load


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keyring.json"


def test_a_destroyed_release_epoch_shuts_its_locks_for_ever(path: Path) -> None:
    first = create(path, "real")
    locked = first.lock_release(b"seal", b"hk1|release|1")

    second = begin(path, "release")
    assert (second.release_epoch, second.release_epochs) == (2, (1, 2))
    assert second.unlock_release(locked, b"hk1|release|1") == b"seal"
    assert second.lock_release(b"seal", b"hk1|release|2")[:4] == b"\x01\x01\x00\x02"

    third = forget(path, "release", 1)
    assert third.release_epochs == load(path).release_epochs == (2,)
    with pytest.raises(Sealed):
        third.unlock_release(locked, b"hk1|release|1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]
    assert third.tag(b"x") == first.tag(b"x")


def test_the_former_file_is_overwritten_and_not_only_forgotten(path: Path) -> None:
    create(path, "real")
    with path.open("rb") as former:  # whoever still holds the old file finds zeros in it
        begin(path, "release")
        assert set(former.read()) == {0}


@pytest.mark.parametrize("epoch", [1, 7])
def test_the_newest_and_unknown_epochs_are_not_destroyed(path: Path, epoch: int) -> None:
    create(path, "real")
    with pytest.raises(KeyringRefused, match="release_epoch"):
        forget(path, "release", epoch)
    assert load(path).release_epochs == (1,)


@pytest.mark.parametrize("name", ["pepper", "tag", "kept", "proof"])
def test_every_key_has_a_next_version_and_loses_its_old_one(path: Path, name: str) -> None:
    create(path, "real")
    assert begin(path, name).versions(name) == load(path).versions(name) == (1, 2)
    with path.open("rb") as former:
        assert forget(path, name, 1).versions(name) == load(path).versions(name) == (2,)
        assert set(former.read()) == {0}
    with pytest.raises(KeyringRefused, match="version"):
        forget(path, name, 2)
    assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]


@pytest.mark.parametrize("left_over", [".new", ".old"])
def test_what_a_killed_change_left_is_overwritten_and_cleared_away(path: Path, left_over: str) -> None:
    create(path, "real")
    beside = path.with_name(path.name + left_over)
    beside.write_text("another keyring")
    with beside.open("rb") as held:
        assert begin(path, "tag").versions("tag") == (1, 2)
        assert set(held.read()) == {0}
    assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]


def test_nothing_is_written_through_a_link_that_leads_nowhere(path: Path, tmp_path: Path) -> None:
    create(path, "real")
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    path.with_name("keyring.json.new").symlink_to(elsewhere)
    with pytest.raises(KeyringRefused, match="unwritable"):
        begin(path, "tag")
    assert not elsewhere.exists()
    assert load(path).versions("tag") == (1,)


def test_a_second_name_of_the_keyring_itself_is_not_overwritten(path: Path) -> None:
    """Killed between the second name and the exchange: the former file is still the keyring."""
    made = create(path, "real")
    os.link(path, path.with_name(path.name + ".old"))
    with path.open("rb") as held:
        with pytest.raises(KeyringRefused, match="version"):
            forget(path, "tag", 7)
        assert held.read().decode() == made.file_text()
    assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]


def test_two_changes_at_once_are_refused_and_the_second_touches_nothing(path: Path) -> None:
    create(path, "real")
    before = path.read_bytes()
    beside = path.with_name(path.name + ".new")
    beside.write_text("of the first")
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with pytest.raises(KeyringRefused, match="being_changed"):
            begin(path, "tag")
    finally:
        os.close(folder)
    assert path.read_bytes() == before
    assert beside.read_text() == "of the first"


KILLED = """
import os, signal, sys, traceback
from pathlib import Path
from hamkori.vault import keyring_file

calls, at = 0, 0
def counted(call):
    def called(*args, **more):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **more)
    return called
for module, names in ((os, ("link", "fsync", "unlink")), (Path, ("replace", "unlink", "chmod"))):
    for name in names:
        setattr(module, name, counted(getattr(module, name)))
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            at = int(line)
            getattr(keyring_file, sys.argv[2])(Path(sys.argv[1]), "tag", *map(int, sys.argv[3:]))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@contextmanager
def ends(*words: str) -> Iterator[Callable[[int], int]]:
    """How the process ends that does this and is killed at a call. Each is forked from one that has begun."""
    begun = [sys.executable, "-c", KILLED, *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(begun, env={**os.environ, "PYTHONPATH": "src"}, stdin=pipe, stdout=pipe, text=True) as warm:
        assert warm.stdin is not None
        assert warm.stdout is not None
        sent, told = warm.stdin, warm.stdout

        def end(at: int) -> int:
            sent.write(f"{at}\n")
            sent.flush()
            return int(told.readline())

        yield end


@pytest.mark.parametrize(("act", "number"), [("begin", ()), ("forget", (1,))])
def test_a_process_killed_at_any_step_leaves_the_one_file_or_the_other(
    path: Path, act: str, number: tuple[int, ...]
) -> None:
    """A real SIGKILL before each call that changes the folder; the next run finishes, and nothing is left beside."""
    before, done = {"begin": (1,), "forget": (1, 2)}[act], {"begin": (1, 2), "forget": (2,)}[act]
    seen, at = set(), 0
    with ends(str(path), act, *map(str, number)) as end:
        while True:
            at += 1
            path.unlink(missing_ok=True)
            create(path, "test")
            if act == "forget":
                begin(path, "tag")
            tag = load(path).tag(b"x")
            ended = end(at)
            if ended == 0:
                break
            assert ended == -signal.SIGKILL
            left = load(path)
            seen.add(left.versions("tag"))
            assert left.versions("tag") in (before, done)
            assert left.tag_holds(b"x", tag)
            if left.versions("tag") == before:
                getattr(module, act)(path, "tag", *number)
            else:
                begin(path, "kept")  # any later change clears away what was left
            assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]
    assert at >= 8
    assert seen == {before, done}
