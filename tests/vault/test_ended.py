"""Which sessions are over, whatever the database says: kept for as long as one could have lasted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from hamkori.vault.ended import Ended
from hamkori.vault.marks import MarksLost

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def test_what_was_ended_is_over_and_nothing_else(tmp_path: Path) -> None:
    ended, gone, other, user = Ended(tmp_path), uuid4(), uuid4(), uuid4()
    assert not ended.is_over(gone, user, NOON - HOUR, NOON)
    ended.end(gone, NOON)
    assert ended.is_over(gone, user, NOON - HOUR, NOON)
    assert not ended.is_over(other, user, NOON - HOUR, NOON)


def test_all_before_a_moment_are_over_but_who_was_confirmed(tmp_path: Path) -> None:
    ended, session, user, colleague = Ended(tmp_path), uuid4(), uuid4(), uuid4()
    ended.end_before(user, NOON)
    assert ended.is_over(session, user, NOON - SECOND, NOON)
    assert not ended.is_over(session, user, NOON, NOON)
    assert not ended.is_over(session, colleague, NOON - SECOND, NOON)


def test_another_process_knows_it_at_once_and_after_midnight(tmp_path: Path) -> None:
    late = NOON.replace(hour=23, minute=59)
    here, there, session, user = Ended(tmp_path), Ended(tmp_path), uuid4(), uuid4()
    assert not there.is_over(session, user, late - HOUR, late)
    here.end(session, late)
    here.end_before(user, late)
    assert there.is_over(session, user, late, late)
    assert there.is_over(session, user, late, late + HOUR)
    assert Ended(tmp_path).is_over(session, uuid4(), late, late + 7 * HOUR)


def test_how_many_times_a_vault_was_sealed_is_known_to_all_and_after_midnight(tmp_path: Path) -> None:
    late = NOON.replace(hour=23, minute=59)
    here, there, session = Ended(tmp_path), Ended(tmp_path), uuid4()
    assert there.sealed(session, late) == 0
    here.seal(session, late)
    here.seal(session, late)
    assert (there.sealed(session, late), there.sealed(uuid4(), late)) == (2, 0)
    there.seal(session, late + HOUR)
    assert here.sealed(session, late + HOUR) == 3
    assert not here.is_over(session, uuid4(), NOON, late + HOUR), "the session goes on"


def test_what_no_session_outlives_is_forgotten(tmp_path: Path) -> None:
    ended, first = Ended(tmp_path), uuid4()
    (tmp_path / "marks").write_bytes(b"")
    ended.end(first, NOON)
    ended.end(uuid4(), NOON + 24 * HOUR)
    assert ended.is_over(first, uuid4(), NOON, NOON + 24 * HOUR)
    ended.end(uuid4(), NOON + 72 * HOUR)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ended-2026-11-29", "marks"]
    assert not ended.is_over(first, uuid4(), NOON, NOON + 72 * HOUR)


def test_what_another_process_tidies_away_is_no_loss(tmp_path: Path) -> None:
    here, there, session = Ended(tmp_path), Ended(tmp_path), uuid4()
    here.end(session, NOON)
    assert there.is_over(session, uuid4(), NOON, NOON)
    here.end(uuid4(), NOON + 72 * HOUR)
    assert not there.is_over(session, uuid4(), NOON, NOON + 72 * HOUR)
    here.end(uuid4(), NOON)  # its clock is wrong: what is newer stays
    assert (tmp_path / "ended-2026-11-29").exists()


def test_a_file_of_a_day_that_was_read_and_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    """Red on d7c4e56: its sessions were alive again."""
    ended, session = Ended(tmp_path), uuid4()
    ended.end(session, NOON)
    ended.end(uuid4(), NOON)
    file, later = tmp_path / "ended-2026-11-26", NOON + 14 * HOUR
    assert ended.is_over(session, uuid4(), NOON, later)
    text = file.read_text()
    file.unlink()
    for call in (
        lambda: ended.is_over(session, uuid4(), NOON, NOON),
        lambda: ended.is_over(uuid4(), uuid4(), NOON, later),
        lambda: ended.end(uuid4(), NOON),
    ):
        with pytest.raises(MarksLost):
            call()
    assert not file.exists()
    file.write_text(text)
    assert ended.is_over(session, uuid4(), NOON, later)
    file.write_text(text[: text.index("\n") + 1])
    with pytest.raises(MarksLost):
        ended.is_over(session, uuid4(), NOON, NOON)


def test_two_processes_that_tidy_at_once_do_no_harm(tmp_path: Path, monkeypatch) -> None:
    Ended(tmp_path).end(uuid4(), NOON)
    monkeypatch.setattr(Path, "unlink", lambda self: (_ for _ in ()).throw(FileNotFoundError))
    Ended(tmp_path).end(uuid4(), NOON + 72 * HOUR)
