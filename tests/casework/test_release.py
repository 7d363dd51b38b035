"""Turning the release key: what lives goes on, an old copy stays shut, and a run that is killed is gone on with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from hamkori.audit.models import Ledger
from hamkori.casework.referral.actions import disclosure, release, send
from hamkori.casework.referral.models import PacketSeal, ReleaseEpoch
from hamkori.vault import keyring_file as files
from hamkori.vault import server
from hamkori.vault.proof import prove
from tests import database
from tests.casework.racing import DESK, LEAD, WORKER, House, now
from tests.cast import build
from tests.database import god, raw


@pytest.fixture(scope="module")
def house(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One committed world, with a keyring file of its own that may be turned."""
    before, mine = settings.HAMKORI_KEYRING, tmp_path_factory.mktemp("keys") / "keyring"
    shutil.copy2(before, mine)
    with django_db_blocker.unblock():
        settings.HAMKORI_KEYRING = mine
        with transaction.atomic():
            world = build()
        kept = list(server._loaded)
        server._loaded.clear()  # from here on the file is read, as a server does
        yield House(world)
        server._loaded[:] = kept
        settings.HAMKORI_KEYRING = before
        database.begin_anew()


@pytest.fixture(autouse=True)
def open_database(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def path() -> Path:
    return Path(settings.HAMKORI_KEYRING)


def epochs_of(referral: Any) -> set[int]:
    with transaction.atomic(), god():
        return set(PacketSeal.objects.filter(referral=referral).values_list("release_epoch", flat=True))


def told(action: str) -> list[int | None]:
    with transaction.atomic(), god():
        return list(Ledger.objects.filter(action_code=action).order_by("id").values_list("count", flat=True))


def reads(house: House, referral: Any) -> bool:
    return bool(house.as_(WORKER, lambda actor: disclosure.open_packet(actor, now(referral))))


def test_what_lives_goes_on_and_an_old_copy_stays_shut(house: House) -> None:
    _case, waiting = house.sent()
    _other, accepted = house.accepted()
    former = files.load(path())
    copied = path().read_bytes()

    done = release.turn(path())

    assert (done.epoch, done.destroyed) == (former.release_epoch + 1, former.release_epochs)
    assert done.locked_anew >= 2
    assert epochs_of(waiting) == epochs_of(accepted) == {done.epoch}
    assert server.keyring().release_epochs == (done.epoch,)
    assert reads(house, accepted)
    house.as_(DESK, lambda actor: house.accept(actor, waiting))
    assert reads(house, waiting)
    assert path().read_bytes() != copied
    assert told("release.begin")[-1] == done.epoch
    assert told("release.destroy")[-1] == former.release_epoch
    with transaction.atomic(), god():
        gone = ReleaseEpoch.objects.get(number=former.release_epoch)
        assert gone.destroyed_at is not None


@pytest.mark.parametrize(
    "killed_at", ["release.begin", "release.old", "release.lock_anew", "destroy", "release.destroyed"]
)
@pytest.mark.thin(3)
def test_a_run_that_is_killed_is_gone_on_with(house: House, killed_at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same epoch is finished: no second one is begun beside it, no seal is lost, every old key goes."""
    _case, referral = house.accepted()
    before = files.load(path()).release_epoch

    class Killed(Exception):
        pass

    ask, destroy = release._ask, files.forget

    def asked(ring: Any, step: str, *rest: Any, **more: Any) -> Any:
        if step == killed_at:
            raise Killed
        return ask(ring, step, *rest, **more)

    def destroyed(*rest: Any) -> Any:
        if killed_at == "destroy":
            raise Killed
        return destroy(*rest)

    with monkeypatch.context() as patch:
        patch.setattr(release, "_ask", asked)
        patch.setattr(files, "forget", destroyed)
        with pytest.raises(Killed):
            release.turn(path())
    assert reads(house, referral)

    done = release.turn(path())
    finished = before + (2 if killed_at == "release.destroyed" else 1)
    assert done.epoch == finished
    assert files.load(path()).release_epochs == (finished,)
    assert epochs_of(referral) == {finished}
    assert reads(house, referral)
    with transaction.atomic(), god():
        assert not ReleaseEpoch.objects.filter(number__lt=finished, destroyed_at=None).exists()


def test_whoever_sends_while_the_key_is_turned_sends_under_the_new_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keyring was read a moment before the floor moved: the database refuses the seal, and it is made once more."""
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    old = files.load(path())
    turned = release.turn(path())
    asked = iter([old])
    read = server.keyring
    monkeypatch.setattr("hamkori.casework.referral.actions.send.keyring", lambda: next(asked, None) or read())

    sent = house.as_(LEAD, lambda actor: send.send(actor, draft, version=draft.version))
    assert epochs_of(sent) == {turned.epoch}


STATEMENTS = {
    "release.begin": "select release_begin(99, %(at)s, %(proof)s)",
    "release.old": "select * from release_old(99, gen_random_uuid(), %(at)s, %(proof)s)",
    "release.lock_anew": "select release_lock_anew(99, '{}', %(at)s, %(proof)s)",
    "release.destroyed": "select release_destroyed(99, %(at)s, %(proof)s)",
}


@pytest.mark.parametrize("step", STATEMENTS)
def test_without_a_proof_for_exactly_this_nothing_moves(house: House, step: str) -> None:
    ring = files.load(path())
    with transaction.atomic():
        content = {"release.old": "10", "release.lock_anew": "{}"}.get(step, "")
        at, right = prove(ring, step, 99, content)
        _at, other_epoch = prove(ring, step, 98, content)
        _at, other_step = prove(ring, "release", 99, content)
    with raw("hk_app") as opened:
        for when, proof in ((at, None), (at, b""), (at, other_epoch), (at, other_step), (None, right), (at - 1, right)):
            with pytest.raises(psycopg.Error, match="proof refused"):
                opened.execute(STATEMENTS[step], {"at": when, "proof": proof})
            opened.rollback()
