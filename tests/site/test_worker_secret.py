"""The worker's secret: made once, known once, and a worker with another is refused in one line."""

from __future__ import annotations

import argparse
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from hamkori.site.database import startcheck, worker_secret
from hamkori.site.database.startcheck import MayNotServe
from hamkori.site.database.worker_secret import SecretRefused
from hamkori.site.management.commands import keys
from tests.attacks.working import Workers, ask
from tests.database import address, god
from tests.site.beating import beat
from tests.site.waiting import until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sign" / "worker-secret"


def reason_of(path: Path) -> str:
    with pytest.raises(SecretRefused) as refused:
        worker_secret.read(path)
    assert str(refused.value).startswith(f"The worker's secret {path} can not be used: ")
    return refused.value.reason


def test_it_is_made_once_and_for_its_owner_alone(path: Path) -> None:
    assert worker_secret.read(path) == ""
    assert worker_secret.options(path) == {}
    made = worker_secret.ensure(path)
    assert (len(made), stat.S_IMODE(path.stat().st_mode)) == (64, 0o400)
    assert worker_secret.ensure(path) == made
    assert worker_secret.options(path) == {"hk.worker": made}
    assert [one.name for one in path.parent.iterdir()] == ["worker-secret"], "no draft is left"


def test_of_two_that_make_it_at_once_one_is_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = worker_secret.ensure(path)
    looks = iter(["", first])
    monkeypatch.setattr(worker_secret, "read", lambda _path: next(looks))
    assert worker_secret.ensure(path) == first
    assert path.read_text().strip() == first


def test_what_cannot_be_used_is_said_and_brought_along_by_nobody(path: Path) -> None:
    worker_secret.ensure(path)
    path.chmod(0o440)
    assert reason_of(path) == "mode"
    assert worker_secret.options(path) == {}
    path.chmod(0o600)
    path.write_text("short\n")
    assert reason_of(path) == "format"
    path.write_bytes(b"\xff" * 64)
    assert reason_of(path) == "format"
    path.unlink()
    path.mkdir(mode=0o700)
    assert reason_of(path) == "unreadable"


# --- at the database ----------------------------------------------------------------------------------------------


def forgotten() -> int:
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        return superuser.execute("delete from worker_known").rowcount


def refused(path: Path) -> str:
    with psycopg.connect(address("hk_clock")) as clock, pytest.raises(SecretRefused) as said:
        worker_secret.come(clock, path)
    return said.value.reason


@pytest.mark.django_db(transaction=True)
def test_the_first_worker_is_known_from_then_on(path: Path, tmp_path: Path) -> None:
    assert forgotten() == 1
    for _start in range(2):
        with psycopg.connect(address("hk_clock")) as clock:
            worker_secret.come(clock, path)
    stranger = tmp_path / "other" / "worker-secret"
    assert refused(stranger) == "missing"
    assert not stranger.exists(), "none was made either"
    worker_secret.ensure(stranger)
    assert refused(stranger) == "other"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_not_known_is_refused_in_one_line(tmp_path: Path) -> None:
    workers = Workers(tmp_path / "log")
    other = tmp_path / "other" / "worker-secret"
    for sentence in ("it is not there, and this database knows", "it is not the one that this database knows"):
        started = subprocess.run(
            [sys.executable, "-m", "hamkori.site.launch", "worker"],
            env=workers.environment() | {"HAMKORI_WORKER_SECRET": str(other)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert started.returncode == 1
        assert started.stderr.startswith(f"hamkori: The worker's secret {other} can not be used: {sentence}")
        assert len(started.stderr.splitlines()) == 1
        worker_secret.ensure(other)


@pytest.mark.django_db(transaction=True)
def test_a_secret_that_cannot_be_made_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten()
    (tmp_path / "no folder").touch()
    monkeypatch.setenv("HAMKORI_WORKER_SECRET", str(tmp_path / "no folder" / "worker-secret"))
    with psycopg.connect(address("hk_clock")) as clock, pytest.raises(MayNotServe) as said:
        startcheck.check_worker_secret(clock)
    assert str(said.value).startswith("The worker's secret ")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_forgotten_at_its_work_says_so(tmp_path: Path) -> None:
    workers = Workers(tmp_path / "log")
    try:
        workers.begin()
        until(lambda: ask("select count(*) from worker_beat where act_code = 'seal'") == 1, 60)
        forgotten()
        unknown = "the worker does nothing: the database does not know this worker's secret"
        until(lambda: unknown in workers.said(), 60)
        enough = time.monotonic() + 5
        until(lambda: time.monotonic() > enough, 30)
        assert workers.said().count(unknown) == 1, "it is tried several times a second"
        assert "Traceback" not in workers.said()
        assert "File " not in workers.said()
    finally:
        workers.end()


@pytest.mark.django_db(transaction=True)
def test_the_owner_forgets_a_worker_whose_folder_is_lost(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = argparse.Namespace(act="forget-worker", apply=False)
    beat(heartbeat=31)
    with god():
        assert keys.main(words) == 0
    assert "The worker is forgotten." in capsys.readouterr().out
    with god():
        assert keys.main(words) == 1
    assert ask("select count(*) from ledger where action_code = 'key.forget' and object_kind_code = 'worker'") == 1
    with psycopg.connect(address("hk_clock")) as clock:
        worker_secret.come(clock, path)


@pytest.mark.django_db(transaction=True)
def test_a_worker_at_its_work_is_forgotten_only_when_it_is_meant(capsys: pytest.CaptureFixture[str]) -> None:
    """Red before: typed to see its help, it stopped the clock, the mail and the sealer of a healthy system."""
    beat(heartbeat=5)
    with god():
        assert keys.main(argparse.Namespace(act="forget-worker", apply=False)) == 1
    said = capsys.readouterr().out
    assert "gave a sign of life 5 s ago" in said
    assert "Nothing was changed." in said
    assert said.endswith("./hamkori keys forget-worker --apply\n")
    assert ask("select count(*) from worker_known") == 1
    assert ask("select count(*) from ledger where action_code = 'key.forget' and object_kind_code = 'worker'") == 0
    with god():
        assert keys.main(argparse.Namespace(act="forget-worker", apply=True)) == 0
    assert "The worker is forgotten." in capsys.readouterr().out
    assert ask("select count(*) from worker_known") == 0
    with god():
        assert keys.main(argparse.Namespace(act="forget-worker", apply=False)) == 1
    assert "No worker is known here" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_owner_makes_known_what_lies_in_the_folder(path: Path) -> None:
    with psycopg.connect(address("postgres"), autocommit=True) as owner:
        worker_secret.make_known(owner, path)
        worker_secret.make_known(owner, path)
    with psycopg.connect(address("hk_clock")) as clock:
        worker_secret.come(clock, path)


def test_the_pages_bring_nothing_of_it() -> None:
    """Their process, with the file in reach, as in a demonstration."""
    told = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.DATABASES)"],
        env=os.environ | {"PYTHONPATH": "src", "HAMKORI_PROCESS": "web"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "lock_timeout" in told
    assert "hk.worker" not in told
