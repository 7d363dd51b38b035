"""The process's keyring: read once from the file that the settings name, and kept."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from hamkori.vault import server
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import Keyring, KeyringRefused
from hamkori.vault.keyring_file import begin, create
from hamkori.vault.marks import Nameless

ONE = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture(autouse=True)
def _of_a_process_that_has_just_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_loaded", [])


def test_it_is_read_once_while_its_file_stays_as_it_is(tmp_path: Path, settings) -> None:
    settings.HAMKORI_KEYRING = tmp_path / "keyring"
    made = create(settings.HAMKORI_KEYRING, "test")
    first = server.keyring()
    assert server.keyring() is first
    settings.HAMKORI_KEYRING.unlink()

    assert first.file_text() == made.file_text()
    assert server.keyring() is first


def test_a_rotation_is_seen_at_the_next_call(tmp_path: Path, settings) -> None:
    settings.HAMKORI_KEYRING = tmp_path / "keyring"
    create(settings.HAMKORI_KEYRING, "test")
    before = server.keyring()
    rotated = begin(settings.HAMKORI_KEYRING, "release")

    assert server.keyring().release_epochs == rotated.release_epochs != before.release_epochs


def test_a_file_that_is_spoilt_while_it_serves_leaves_the_last_good_one(tmp_path: Path, settings) -> None:
    settings.HAMKORI_KEYRING = tmp_path / "keyring"
    create(settings.HAMKORI_KEYRING, "test")
    good = server.keyring()
    settings.HAMKORI_KEYRING.chmod(0o600)
    settings.HAMKORI_KEYRING.write_text("spoilt, and longer than before")

    assert server.keyring() is good


def test_a_mark_is_made_when_the_act_is_committed_and_not_before(tmp_path: Path, settings, transactional_db) -> None:
    settings.HAMKORI_MARKS = tmp_path / "marks"
    server.make_marks()
    with transaction.atomic():
        server.mark("post", ONE, 2)
        assert server.marks().least("post", ONE) == 0
    assert server.marks().least("post", ONE) == 2
    with transaction.atomic():
        server.mark("post", ONE, 3)
        transaction.set_rollback(True)
    assert server.marks().least("post", ONE) == 2


def test_what_is_no_mark_is_refused_while_all_can_be_undone(tmp_path: Path, settings, transactional_db) -> None:
    """Red on 7f405bd: found out after the commit, and the marks behind it were lost."""
    settings.HAMKORI_MARKS = tmp_path / "marks"
    server.make_marks()
    with suppress(Nameless), transaction.atomic():
        server.mark("post", ONE, 2)
        server.mark("epoch", "\u00e91.contact", 1)
        raise AssertionError("it was taken for a mark")
    assert server.marks().all() == {}


def test_what_has_no_number_is_over_where_its_press_failed(tmp_path: Path, settings, transactional_db, caplog) -> None:
    settings.HAMKORI_MARKS = tmp_path / "marks"
    server.make_marks()
    ids = [uuid4() for _ in range(7)]
    server.over_unless_committed("team", ids[0], 2)  # nobody watches: a command, which nobody presses
    with server.one_press(), transaction.atomic():
        server.over_unless_committed("team", ids[1], 2)
        with server.one_press(), transaction.atomic():
            server.over_unless_committed("team", ids[2], 2)
        with suppress(Untrusted), server.one_press(), transaction.atomic():
            server.over_unless_committed("team", ids[3], 2)
            raise Untrusted("team", ids[3])
        with suppress(Untrusted), transaction.atomic(), server.one_press():
            with server.one_press():
                server.over_unless_committed("team", ids[4], 2)
            raise Untrusted("team", ids[4])
    with server.one_press(), transaction.atomic():
        with server.one_press(), transaction.atomic():
            server.over_unless_committed("team", ids[5], 2)
        transaction.set_rollback(True)
    with transaction.atomic(), server.one_press():
        server.over_unless_committed("team", ids[6], 2)
    assert [server.marks().least("team", one) for one in ids] == [0, 0, 0, 2, 2, 2, 0]

    server.marks().path.unlink()
    with caplog.at_level(logging.ERROR, "hamkori.vault"), server.one_press(), transaction.atomic():
        server.over_unless_committed("team", ids[6], 2)
        transaction.set_rollback(True)
    assert [one.getMessage() for one in caplog.records] == ["what was undone could not be marked: team"]


@pytest.mark.alarms
@pytest.mark.parametrize(
    ("error", "told", "line"),
    [
        (Untrusted("team", ONE), ("team", ONE), f"team {ONE.hex}"),
        (Untrusted("epoch", f"{ONE.hex}.contact"), ("epoch", ONE), f"epoch {ONE.hex}.contact"),
        (Untrusted("invite", "ab" * 32), ("invite", None), f"invite {'ab' * 32}"),
        (Sealed(), ("sealed", None), "sealed -"),
    ],
)
def test_what_did_not_match_is_written_down_once(error, told, line, tmp_path: Path, settings, caplog) -> None:
    settings.HAMKORI_MARKS = tmp_path / "marks"
    with caplog.at_level(logging.ERROR, "hamkori.vault"):
        first, second = server.alarm(error), server.alarm(error)

    (written,) = (tmp_path / "marks" / "alarms").read_text().splitlines()
    said, _space, number = written.partition(" ")[2].rpartition(" ")
    assert said == line
    assert first == second == (*told, UUID(number)), "within the minute it is the same line"
    assert len(caplog.records) == 1


def test_a_file_that_cannot_be_used_is_refused_until_it_can(tmp_path: Path, settings) -> None:
    settings.HAMKORI_KEYRING = tmp_path / "keyring"
    for _ in range(2):
        with pytest.raises(KeyringRefused):
            server.keyring()

    made = create(settings.HAMKORI_KEYRING, "test")
    assert server.keyring().file_text() == made.file_text()


def test_a_process_that_has_just_made_one_puts_it_in_its_place() -> None:
    fresh = Keyring.fresh("test")
    server.use(fresh)
    assert server.keyring() is fresh


@pytest.mark.django_db
def test_a_session_ends_for_good_when_it_is_committed(
    tmp_path: Path, settings, django_capture_on_commit_callbacks
) -> None:
    settings.HAMKORI_MARKS = tmp_path
    session, other, user, now = uuid4(), uuid4(), uuid4(), datetime.now(UTC)
    with django_capture_on_commit_callbacks() as later:
        server.end_session(session)
        server.end_sessions_before(user, now)
    assert not server.ended().is_over(session, user, now, now)
    for one in later:
        one()
    assert server.ended().is_over(session, uuid4(), now, now)
    assert server.ended().is_over(other, user, now - timedelta(seconds=1), now)
    assert not server.ended().is_over(other, user, now, now)


@pytest.mark.alarms
def test_marks_that_are_gone_are_said_once_a_minute(tmp_path: Path, settings, caplog) -> None:
    settings.HAMKORI_MARKS = tmp_path / "marks"
    with caplog.at_level(logging.ERROR, "hamkori.vault"):
        assert server.marks_lost()
        assert not (tmp_path / "marks").exists(), "somebody is about to put it back"
        server.make_marks()
        assert server.marks_are_there()
        server.marks().raise_to("post", ONE, 2)
        assert server.marks_are_there()
        (tmp_path / "marks" / "marks").write_bytes(b"")
        assert not server.marks_are_there()
        assert not server.marks_lost()
    assert [one.split()[1:3] for one in (tmp_path / "marks" / "alarms").read_text().splitlines()] == [["marks", "-"]]
    assert len(caplog.records) == 2


def test_a_key_of_before_is_former_unless_two_people_say_that_a_backup_was_put_back(tmp_path: Path, settings) -> None:
    settings.HAMKORI_MARKS = tmp_path / "marks"
    server.make_marks()
    assert not server.is_former(ONE, 1)
    server.marks().raise_to("key", ONE, 3)
    assert [server.is_former(ONE, number) for number in (2, 3, "3", None)] == [True, False, True, True]
    server.marks().raise_to(server.AGAIN, server.again(ONE.hex, 2, 3), 1)
    assert not server.is_former(ONE, 2)
    server.marks().raise_to("key", ONE, 4)
    assert server.is_former(ONE, 2), "she has another one since"


def test_each_change_of_a_key_is_counted_after_its_commit(tmp_path: Path, settings, transactional_db) -> None:
    settings.HAMKORI_MARKS = tmp_path / "marks"
    server.make_marks()
    for times in (1, 2):
        with transaction.atomic():
            server.key_changed()
            assert server.keys_changed() == times - 1
        assert server.keys_changed() == times
    with transaction.atomic():
        server.key_changed()
        transaction.set_rollback(True)
    assert server.keys_changed() == 2
