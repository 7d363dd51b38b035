"""Who works at a case does so alone, until the transaction is over and its marks are raised, however it ends."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from hamkori.vault import alone, server
from hamkori.vault.alone import Busy, hold, place_of
from hamkori.vault.marks import Marks, MarksLost, Nameless

ONE, OTHER = UUID("00000000-0000-4000-8000-000000000001"), UUID("00000000-0000-4000-8000-000000000002")

IN_ANOTHER_PROCESS = """
import sys, time
from pathlib import Path
from uuid import UUID
from hamkori.vault.alone import hold, place_of
held = hold(Path(sys.argv[1]), place_of(UUID(sys.argv[2])), 0)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.HAMKORI_MARKS = tmp_path / "marks"
    server.make_marks()
    return settings.HAMKORI_MARKS


def is_free(folder: Path, thing: UUID = ONE) -> bool:
    """Whether somebody else, here or in another process, would get it now."""
    try:
        hold(folder, place_of(thing), 0).let_go()
    except Busy:
        return False
    return True


# --- the lock itself -------------------------------------------------------------------------------------------------


def test_the_second_waits_for_the_first_and_no_other_case_does(folder: Path) -> None:
    first = hold(folder, place_of(ONE), 0)
    assert first.stands
    assert not is_free(folder)
    assert is_free(folder, OTHER)
    got: list[float] = []

    def second() -> None:
        held = hold(folder, place_of(ONE), 5)
        got.append(time.monotonic())
        held.let_go()

    waiting = threading.Thread(target=second)
    waiting.start()
    time.sleep(0.2)
    assert got == []
    first.let_go()
    first.let_go()
    freed = time.monotonic()
    waiting.join(5)
    assert not first.stands
    assert freed - 0.01 <= got[0] < freed + 1
    assert is_free(folder)


def test_nobody_waits_longer_than_she_said(folder: Path) -> None:
    first, began = hold(folder, place_of(ONE), 0), time.monotonic()
    with pytest.raises(Busy):
        hold(folder, place_of(ONE), 0.3)
    assert 0.3 <= time.monotonic() - began < 2
    first.let_go()
    assert is_free(folder)


def test_it_is_free_when_nothing_refers_to_it(folder: Path) -> None:
    first = hold(folder, place_of(ONE), 0)
    assert not is_free(folder)
    del first
    assert is_free(folder)


def test_it_is_free_when_its_process_was_killed(folder: Path) -> None:
    call = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(folder), str(ONE)]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert not is_free(folder)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert is_free(folder)


def test_the_file_says_nothing_and_is_for_nobody_else(folder: Path) -> None:
    held = hold(folder, place_of(ONE), 0)
    (path,) = set(folder.iterdir()) - {folder / "marks"}
    assert (path.name, path.stat().st_size, path.stat().st_mode & 0o777) == ("locks", 0, 0o600)
    held.let_go()


def test_a_folder_that_is_gone_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(MarksLost):
        hold(tmp_path / "gone", place_of(ONE), 0)
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("made", [Path.mkdir, lambda path: path.symlink_to(path.with_name("marks"))])
def test_a_file_that_is_none_of_ours_is_not_used(folder: Path, made: Callable[[Path], None]) -> None:
    made(folder / "locks")
    with pytest.raises(MarksLost):
        hold(folder, place_of(ONE), 0)


def test_no_room_is_no_loss(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_asked: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(OSError, match="No space"):
        hold(folder, place_of(ONE), 0)


def test_an_id_that_is_none_has_no_place() -> None:
    with pytest.raises(Nameless):
        place_of(str(ONE))
    assert place_of(ONE) != place_of(OTHER)


def test_elsewhere_one_works_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "OF_ITS_OWN", None)
    held = hold(folder, place_of(ONE), 0)
    assert not is_free(folder, OTHER)
    held.let_go()
    assert is_free(folder, OTHER)


# --- of a transaction ------------------------------------------------------------------------------------------------


def test_nobody_works_alone_outside_a_transaction(folder: Path, transactional_db) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        server.alone_at(ONE)
    assert is_free(folder)


def test_it_lasts_until_the_marks_are_raised(folder: Path, transactional_db, monkeypatch: pytest.MonkeyPatch) -> None:
    free: list[bool] = []
    raised = Marks.raise_to

    def raise_to(marks: Marks, *mark: object) -> None:
        free.append(is_free(folder))
        raised(marks, *mark)

    monkeypatch.setattr(Marks, "raise_to", raise_to)
    with transaction.atomic():
        server.alone_at(ONE)
        server.mark("post", ONE, 2)
        server.mark("post", ONE, 3)
        transaction.on_commit(lambda: free.append(is_free(folder)))
        server.mark("post", ONE, 4)
    assert free == [False] * 4
    assert is_free(folder)
    with server.one_press(), transaction.atomic():
        server.alone_at(ONE)
        transaction.on_commit(lambda: free.append(is_free(folder)))
    assert not free.pop()
    assert is_free(folder)


def test_it_lasts_until_what_was_undone_is_marked(
    folder: Path, transactional_db, monkeypatch: pytest.MonkeyPatch
) -> None:
    free: list[bool] = []
    monkeypatch.setattr(Marks, "raise_to", lambda *_mark: free.append(is_free(folder)))
    with server.one_press(), transaction.atomic():
        with suppress(ValueError), server.one_press(), transaction.atomic():
            server.alone_at(ONE)
            server.over_unless_committed("team", OTHER, 2)
            raise ValueError
        assert not is_free(folder), "the page is not over"
        with server.one_press(), transaction.atomic():
            server.over_unless_committed("team", ONE, 2)
        transaction.set_rollback(True)
    assert free == [False, False]
    assert is_free(folder)


@contextmanager
def pressed():
    with server.one_press(), transaction.atomic():
        yield


@pytest.mark.parametrize("within", [transaction.atomic, pressed])
def test_it_is_free_however_the_transaction_ends(folder: Path, transactional_db, within) -> None:
    with within():
        server.alone_at(ONE)
        assert not is_free(folder)
    assert is_free(folder)
    with within():
        server.alone_at(ONE)
        transaction.set_rollback(True)
    assert is_free(folder)
    with suppress(ValueError), within():
        server.alone_at(ONE)
        raise ValueError
    assert is_free(folder)
    with suppress(Exception), within():
        server.alone_at(ONE)
        connection.connection.close()
        connection.cursor().execute("select 1")
    assert is_free(folder)
    with suppress(MarksLost), within():
        server.alone_at(ONE)
        server.mark("post", ONE, 2)
        server.marks().path.unlink()
    assert is_free(folder)


def test_no_error_that_is_kept_keeps_it(folder: Path, transactional_db) -> None:
    server.mark("post", ONE, 2)
    kept: list[BaseException] = []
    try:
        with server.one_press(), transaction.atomic():
            server.alone_at(ONE)
            server.mark("post", ONE, 3)
            server.marks().path.unlink()
    except MarksLost as error:
        kept.append(error)
    assert kept
    assert is_free(folder)
    with transaction.atomic():
        server.alone_at(ONE)  # one that was let go is none
        assert not is_free(folder)


def test_a_savepoint_that_is_undone_frees_it_as_it_frees_a_row(folder: Path, transactional_db) -> None:
    with transaction.atomic():
        server.alone_at(OTHER)
        with suppress(ValueError), transaction.atomic():
            server.alone_at(ONE)
            server.alone_at(OTHER)
            raise ValueError
        assert is_free(folder)
        assert not is_free(folder, OTHER)
        with transaction.atomic():
            server.alone_at(ONE)
        with suppress(ValueError), transaction.atomic():
            server.alone_at(ONE)
            raise ValueError
        assert not is_free(folder)


def test_what_waits_for_the_end_of_a_press_comes_once_its_page_is_over_however_it_ends(
    folder: Path, transactional_db
) -> None:
    ended: list[str] = []
    server.when_over(lambda: ended.append("of none"))
    assert ended == ["of none"]
    with server.one_press(), transaction.atomic():
        with server.one_press(), transaction.atomic():
            server.when_over(lambda: ended.append("done"))
        assert ended == ["of none"], "its page is not over"
    assert ended == ["of none", "done"]
    with suppress(ValueError), server.one_press(), transaction.atomic():
        server.when_over(lambda: ended.append("undone"))
        raise ValueError
    assert ended == ["of none", "done", "undone"]
    with transaction.atomic(), server.one_press():
        server.alone_at(ONE)
    assert is_free(folder)


def test_an_act_opens_the_file_once(folder: Path, transactional_db, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    real = alone._opened

    def count(path: Path) -> int:
        opened.append(path)
        return real(path)

    monkeypatch.setattr(alone, "_opened", count)
    with transaction.atomic():
        for thing in (ONE, ONE, OTHER, *(uuid4() for _ in range(2000))):  # more than a process may open
            server.alone_at(thing)
        assert not is_free(folder)
        assert not is_free(folder, OTHER)
        opened_by_us = opened[:-2]
    assert opened_by_us == [folder / "locks"]
    assert is_free(folder)
    assert is_free(folder, OTHER)


def test_one_that_is_let_go_leaves_the_others_of_its_transaction(folder: Path) -> None:
    first = hold(folder, place_of(ONE), 0)
    second = hold(folder, place_of(OTHER), 0, beside=first)
    first.let_go()
    assert is_free(folder)
    assert not is_free(folder, OTHER)
    third = hold(folder, place_of(ONE), 0, beside=first)
    assert third.file is not second.file
    second.let_go()
    third.let_go()
    assert is_free(folder, OTHER)


def test_the_bound_is_the_databases_own_or_less(folder: Path, transactional_db, settings) -> None:
    settings.HAMKORI_LOCK_SECONDS = 1
    held = hold(folder, place_of(ONE), 0)
    for least, most in ((1.0, 2.0), (0.1, 0.9)):
        began = time.monotonic()
        with pytest.raises(Busy), transaction.atomic(), server.patient(least):
            server.alone_at(ONE)
        assert least <= time.monotonic() - began < most
    began = time.monotonic()
    with pytest.raises(Busy), transaction.atomic():
        server.alone_at(ONE)
    assert 1.0 <= time.monotonic() - began < 2
    held.let_go()


def test_two_who_wait_for_each_other_do_not_wait_for_ever(folder: Path, transactional_db, settings) -> None:
    settings.HAMKORI_LOCK_SECONDS = 1
    both, heard = threading.Barrier(2), dict[str, str]()

    def works(name: str, first: UUID, second: UUID, seconds: float) -> None:
        try:
            with transaction.atomic():
                server.alone_at(first)
                both.wait(5)
                with server.patient(seconds):
                    server.alone_at(second)
            heard[name] = "done"
        except Busy:
            heard[name] = "busy"
        finally:
            connection.close()

    ids = uuid4(), uuid4()
    threads = [
        threading.Thread(target=works, args=("one", *ids, 0.3)),
        threading.Thread(target=works, args=("two", *reversed(ids), 3)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert heard == {"one": "busy", "two": "done"}
    assert all(is_free(folder, one) for one in ids)
