"""Each process starts and works with the files that docs/operating.md gives its user, and with none of the others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings

from hamkori.audit import founding
from hamkori.audit.witness import Witness
from tests import database
from tests.database import address, god
from tests.site.elsewhere import free_port
from tests.site.waiting import until

pytestmark = [pytest.mark.bulk, pytest.mark.django_db(transaction=True)]
ROLES = {"web": ("HAMKORI_DATABASE_URL", "hk_app"), "worker": ("HAMKORI_CLOCK_URL", "hk_clock")}


@contextmanager
def running(process: str, folder: Path, *command: str) -> Iterator[subprocess.Popen[str]]:
    """This process in a folder of its own, with the login of its own and no other."""
    known = {k: v for k, v in os.environ.items() if not k.startswith(("HAMKORI_", "PYTEST_", "DJANGO_", "COV_"))}
    variable, login = ROLES[process]
    known |= {
        "PYTHONPATH": "src",
        "DJANGO_SETTINGS_MODULE": "hamkori.site.settings",
        "HAMKORI_MODE": "test",
        "HAMKORI_PROCESS": process,
        "HAMKORI_SECRET_KEY": "of a test, and long enough to be one",
        "HAMKORI_DATA": str(folder),
        variable: address(login),
    }
    started = subprocess.Popen(
        [sys.executable, "-m", *command], env=known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield started
    finally:
        started.terminate()
        started.communicate(timeout=60)


@pytest.fixture
def web_folder(tmp_path: Path) -> Path:
    """Keyring and marks, and nothing of the worker."""
    folder = tmp_path / "web"
    (folder / "marks").mkdir(parents=True)
    (folder / "static").mkdir()
    shutil.copy2(settings.HAMKORI_KEYRING, folder / "keyring")
    (folder / "marks" / "marks").touch(mode=0o600)
    return folder


@pytest.fixture
def worker_folder(tmp_path: Path) -> Iterator[Path]:
    """The worker's four files, and neither keyring nor marks."""
    folder = tmp_path / "worker"
    folder.mkdir()
    with god():
        founding.ensure(Witness(folder / "sign" / "signing-key"))
    shutil.copy2(settings.HAMKORI_WORKER_SECRET, folder / "sign" / "worker-secret")
    yield folder
    database.begin_anew()


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_the_pages_serve_without_a_key_of_the_worker(web_folder: Path) -> None:
    port = free_port()
    with running("web", web_folder, "hamkori.site.serving", "--port", str(port)) as pages:
        until(lambda: answers(port) or pages.poll() is not None)
        assert pages.poll() is None, pages.communicate()[0]
        with urlopen(f"http://127.0.0.1:{port}/account/sign-in/", timeout=30) as answer:
            assert answer.status == 200
    assert not (web_folder / "sign").exists(), "none was made either"


def test_the_worker_seals_and_signs_without_a_key_of_the_pages(worker_folder: Path) -> None:
    with database.worker(autocommit=True) as clock:
        clock.execute(
            "select ledger_system('referral.lapse', 'done', '', '', '', null, null, '', null, null, '', null, null)"
        )

        def signed() -> bool:
            row = clock.execute("select count(*) from ledger_checkpoint").fetchone()
            return bool(row and row[0])

        with running("worker", worker_folder, "hamkori.site.launch", "worker") as worker:
            until(lambda: signed() or worker.poll() is not None)
            assert worker.poll() is None, worker.communicate()[0]
            assert signed()
    assert sorted(one.name for one in worker_folder.iterdir() if one.name in ("keyring", "marks")) == []


@pytest.mark.parametrize(("process", "lacks"), [("web", "keyring"), ("web", "marks"), ("worker", "sign")])
def test_neither_starts_without_its_own(web_folder: Path, worker_folder: Path, process: str, lacks: str) -> None:
    folder = {"web": web_folder, "worker": worker_folder}[process]
    gone = folder / lacks
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    command = {
        "web": ("hamkori.site.serving", "--port", str(free_port())),
        "worker": ("hamkori.site.launch", "worker"),
    }[process]
    with running(process, folder, *command) as started:
        until(lambda: started.poll() is not None)
        said = started.communicate()[0]
    assert started.returncode == 1
    assert "Traceback" not in said
    assert said.startswith("hamkori: The "), said


def test_the_worker_copies_alarms_of_a_file_that_it_only_reads(worker_folder: Path) -> None:
    """In a process of its own, with its own login: a line that is a minute old gets its row."""
    (worker_folder / "marks").mkdir()
    alarms = worker_folder / "marks" / "alarms"
    alarms.write_text("2026-11-26T14:00:00+00:00 proof session_proof 0123456789abcdef0123456789abcdef\n")
    alarms.chmod(0o440)
    with database.worker(autocommit=True) as clock:

        def copied() -> int:
            row = clock.execute("select count(*) from ledger where scope_code = 'from_file'").fetchone()
            return row[0] if row else 0

        with running("worker", worker_folder, "hamkori.site.launch", "worker") as worker:
            until(lambda: copied() or worker.poll() is not None)
            assert worker.poll() is None, worker.communicate()[0]
            assert copied() == 1
    assert sorted(one.name for one in (worker_folder / "marks").iterdir()) == ["alarms"]
