"""The owner spoils seals of packets, or puts old ones back: the turn of the release key goes on, and the old key ends.

Red on eb870d0: one such row ended the run with a traceback or a line without an id, the old key lived on for ever, and
`status` called a young epoch beside it well. Of what he writes of epochs only `above` held a turn up.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from hamkori.casework.referral.actions import disclosure, release
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from hamkori.site.health import key_ages, pulse
from hamkori.site.management.commands import keys
from hamkori.vault import bytes as raw
from hamkori.vault import keyring_file
from tests.attacks.counted import tried
from tests.attacks.planting import watched
from tests.audit.working import intruding
from tests.casework.racing import WORKER, House, now
from tests.database import address
from tests.site import turned
from tests.site.turned import path, sql

pytestmark = [pytest.mark.alarms]
open_database = turned.open_database


@pytest.fixture
def house(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """A world for each test: what is spoilt stays spoilt."""
    monkeypatch.setattr("hamkori.vault.marks.AGAIN", 0.0)
    with turned.a_house(django_db_blocker, tmp_path) as made:
        yield made


def reads(house: House, referral: Referral) -> bool:
    return bool(house.as_(WORKER, lambda actor: disclosure.open_packet(actor, now(referral))))


def seal_of(referral: Referral) -> tuple[UUID, bytes, int]:
    """A seal of this packet: its id, its bytes, the epoch of its row."""
    row, seal, epoch = sql(
        "select id, seal, release_epoch from packet_seal where referral_id = %s order by id limit 1", referral.pk
    )[0]
    return row, bytes(seal), epoch


def write(row: UUID, **columns: object) -> None:
    """Past every trigger. The owner gets as far by taking them off first; then each test would need a new database."""
    said = ", ".join(f"{name} = %s" for name in columns)
    with intruding() as superuser:
        done = superuser.execute(f"update packet_seal set {said} where id = %s".encode(), [*columns.values(), row])
        assert done.rowcount == 1


def later(by: timedelta) -> type[datetime]:
    """The machine's clock, this much on."""

    class Later(datetime):
        @classmethod
        def now(cls, zone: Any = None) -> Any:
            return datetime.now(zone) + by

    return Later


def flipped(seal: bytes) -> bytes:
    return seal[:-1] + bytes([seal[-1] ^ 1])


def named(seal: bytes, epoch: int) -> bytes:
    return seal[:2] + epoch.to_bytes(2, "big") + seal[4:]


SPOILT: dict[str, Callable[[bytes, int], dict[str, object]]] = {
    "one bit": lambda seal, _epoch: {"seal": flipped(seal)},
    "no bytes": lambda _seal, _epoch: {"seal": b""},
    "three bytes": lambda _seal, _epoch: {"seal": b"\x01\x01\x00"},
    "no lock at all": lambda seal, _epoch: {"seal": b"\xff" * len(seal)},
    "another section's": lambda _seal, _epoch: {"packet_no": 9},
    "an epoch that never was": lambda seal, _epoch: {"seal": named(seal, 40_000), "release_epoch": 40_000},
    "spoilt, under the epoch to come": lambda seal, epoch: {
        "seal": named(flipped(seal), epoch + 1),
        "release_epoch": epoch,
    },
}


@pytest.mark.parametrize("how", SPOILT)
@pytest.mark.thin(3)
def test_one_that_is_spoilt_holds_up_none_and_is_named(
    house: House, how: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _case, his = house.accepted()
    _other, hers = house.accepted()
    row, seal, epoch = seal_of(his)
    write(row, **SPOILT[how](seal, epoch))
    monkeypatch.setenv("HAMKORI_DATABASE_URL", "postgresql:///the-connection-of-this-test")
    with watched() as seen:
        assert keys.main(argparse.Namespace(act="rotate-release")) == 1
        tried()
    assert seen.found == {("seal", row.hex)}
    told = sql(
        "select object_kind_code, reason_code from ledger where action_code = 'tag.mismatch' and object_id = %s", row
    )
    assert told == [("seal", "command.keys")]
    assert f"Seal {row} does not open and was left behind." in capsys.readouterr().out
    assert reads(house, hers)
    left = sql("select count(*) from packet_seal where get_byte(seal, 3) = %s and octet_length(seal) > 4", epoch)[0][0]
    assert left <= 1, "all the others came over"
    monkeypatch.setattr(release, "PATIENCE", timedelta(0))
    done = release.turn(path())
    assert epoch in (*done.destroyed, *({epoch} - set(keyring_file.load(path()).release_epochs)))
    assert keyring_file.load(path()).release_epochs == (done.epoch,)
    assert reads(house, hers)


def test_one_put_back_from_the_time_of_a_key_that_is_gone(house: House) -> None:
    """It opens with nothing that there is, so no key waits for it; and every further run says it again."""
    _case, his = house.accepted()
    row, seal, epoch = seal_of(his)
    assert release.turn(path()).destroyed == (epoch,)
    write(row, seal=seal, release_epoch=epoch)
    for _run in (1, 2):
        before = keyring_file.load(path()).release_epoch
        done = release.turn(path())
        assert set(done.shut) == {row}
        assert (done.destroyed, done.kept) == ((before,), {})
        tried()
    gone = sql("select number from release_epoch where destroyed_at is not null order by 1")
    assert (epoch,) in gone, "that row's word does not count"


def test_one_whose_row_claims_the_newest_epoch_comes_over_too(house: House) -> None:
    """Asked by its row alone it would not be locked anew, and would be lost with the old key."""
    _case, his = house.accepted()
    row, _seal, epoch = seal_of(his)
    for claimed in (epoch + 1, epoch + 9):
        write(row, release_epoch=claimed)
        done = release.turn(path())
        assert done.shut == {}
        assert reads(house, his)
        tried()


def test_the_old_key_waits_six_days_and_what_is_mended_comes_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _case, mended = house.accepted()
    _other, never = house.accepted()
    (first, good, epoch), (second, whole, _epoch) = seal_of(mended), seal_of(never)
    write(first, seal=flipped(good))
    write(second, seal=flipped(whole))
    began = datetime.now(UTC)
    done = release.turn(path())
    assert set(done.shut) == {first, second}
    assert set(done.kept) == {epoch}
    assert timedelta(days=6) <= done.kept[epoch] - began + timedelta(seconds=1) < timedelta(days=6, minutes=1)

    write(first, seal=good)
    sql("update release_epoch set begun_at = now() + interval '1 year'")  # the owner would like it longer
    until = done.kept[epoch]
    done = release.turn(path())
    assert set(done.shut) == {second}
    assert reads(house, mended)
    assert done.kept == {epoch: until}, "no later for a second run"

    monkeypatch.setattr(release, "datetime", later(timedelta(days=6, seconds=2)))
    done = release.turn(path())
    assert epoch in done.destroyed
    assert keyring_file.load(path()).release_epochs == (done.epoch,)
    tried(2)


@pytest.mark.parametrize("rows", ["above", "taken out", "ended", "years old"])
@pytest.mark.thin(3)
def test_what_the_owner_writes_of_epochs_ends_no_turn_early_and_holds_none_up(house: House, rows: str) -> None:
    _case, his = house.accepted()
    statement = {
        "above": "insert into release_epoch (number, begun_at) values (40000, now()), (65000, now())",
        "taken out": "delete from release_epoch",
        "ended": "update release_epoch set destroyed_at = now()",
        "years old": "update release_epoch set begun_at = now() - interval '9 years'",
    }[rows]
    release.turn(path())
    sql(statement)
    with watched() as seen:
        done = release.turn(path())
        tried()
    assert done.foreign == ((40_000, 65_000) if rows == "above" else ())
    assert seen.found == {("release", str(one)) for one in done.foreign}
    assert keyring_file.load(path()).release_epochs == (done.epoch,)
    house.sent()  # sealing goes on
    assert reads(house, his)
    assert sql("select destroyed_at is null from release_epoch where number = %s", done.epoch) == [(True,)]


def test_an_invented_epoch_stops_sealing_with_its_alarm_and_not_for_ever(house: House) -> None:
    case = house.case()
    house.agreed(case)
    sql("insert into release_epoch (number, begun_at) values (40000, now())")
    with watched() as seen, pytest.raises(NotNow, match="tag_mismatch"):
        house.sent(case)
    assert seen.found == {("version", "release.40000")}
    tried()
    assert release.turn(path()).foreign == (40_000,)
    house.sent(case)


def signs(*, all_seen: bool = True) -> list[pulse.Sign]:
    with psycopg.connect(address("hk_clock"), autocommit=True) as connection:
        here = pulse.Here(connection=connection)
        if all_seen:
            here = pulse.Here(connection=connection, keyring=path(), marks=Path(settings.HAMKORI_MARKS))
        return list(key_ages.release_key(here))


def test_status_says_which_older_key_lives_and_since_when(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [sign.well for sign in signs()] == [True]
    _case, his = house.accepted()
    row, seal, epoch = seal_of(his)
    write(row, seal=flipped(seal))
    release.turn(path())
    assert all(f"older and not destroyed: {epoch} (for " in sign.text for sign in (*signs(), *signs(all_seen=False)))
    assert [sign.well for sign in signs()] == [True], "a turn may take an hour"
    sql("update release_epoch set begun_at = begun_at - interval '3 hours'")
    (sign,) = signs(all_seen=False)
    assert sign.well is False, "by the rows alone, where nothing else is seen"
    assert f"older and not destroyed: {epoch} (for 3 h); turn it: " in sign.text
    # Now he hides it, three days later. The keyring and the marks know better.
    monkeypatch.setattr(key_ages, "datetime", later(timedelta(days=3)))
    for hidden in (
        "update release_epoch set begun_at = now() + interval '3 days', destroyed_at = now()",
        "insert into release_epoch (number, begun_at) values (60000, now() + interval '3 days')",
        "delete from release_epoch",
    ):
        sql(hidden)
        first, *more = signs()
        assert first.well is False
        assert f"older and not destroyed: {epoch} (for 3 d)" in first.text
        assert bool(more) == ("60000" in hidden)
        tried()


@pytest.mark.parametrize("spoilt", [False, True])
def test_the_lowest_id_is_locked_anew_or_named(house: House, spoilt: bool) -> None:
    """Red on 2d21747: a walk that began after the id of zeros left its seal, told nothing, and destroyed its key."""
    _case, his = house.accepted()
    row, seal, epoch = seal_of(his)
    nil = UUID(int=0)
    write(row, id=nil, seal=flipped(seal) if spoilt else seal)
    with watched() as seen:
        done = release.turn(path())
        tried()
    if spoilt:
        assert set(done.shut) == {nil}
        assert set(done.kept) == {epoch}
        assert seen.of("seal", nil)
    else:
        assert (done.shut, done.destroyed) == ({}, (epoch,))
        (anew,) = sql("select seal, release_epoch from packet_seal where id = %s", nil)
        assert (raw.epoch_of(bytes(anew[0])), anew[1]) == (done.epoch, done.epoch)
        assert reads(house, his)


def test_no_key_is_destroyed_over_what_the_walk_did_not_meet(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever passes a seal by: before a key goes, what still lies under an older one is asked for once more."""
    _case, his = house.accepted()
    row, _seal, epoch = seal_of(his)
    monkeypatch.setattr(release, "_lock_all_anew", lambda *_all: None)
    with watched() as seen:
        done = release.turn(path())
        tried()
    assert row in done.shut
    assert set(done.kept) == {epoch}
    assert seen.of("seal", row)
    monkeypatch.undo()
    assert epoch in release.turn(path()).destroyed
    assert reads(house, his)
