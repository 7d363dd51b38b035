"""Something is missing or broken at a start: the demo said "ready" and every sign-in failed, or it hung, or it lied.

A keyring that was gone, empty or of another world was found out at the first sign-in, and once a new one was made over
a filled database. A making of the database that was interrupted left a half one that later starts waited for in
silence; the reason that was said was the last one of an older log. Each is one line now, and nothing is left running.
They were written with the code.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hamkori.site.database.cluster import LOGINS, Cluster
from hamkori.vault import keyring_file
from tests.attacks.counted import tried
from tests.attacks.demos import FIRST_START, Demo, that_has_run
from tests.site import ready
from tests.site.elsewhere import bare

pytestmark = [pytest.mark.bulk, pytest.mark.long]

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away and mounts a small disk")


@pytest.fixture(scope="module")
def made() -> Iterator[Demo]:
    """A demo that has run once and ended in order."""
    with that_has_run() as folder:
        yield folder


@pytest.fixture
def demo(made: Demo) -> Iterator[Demo]:
    """The same, with what a test breaks in its folder put right again."""
    kept = {
        path: (path.read_bytes(), path.stat())
        for path in [*made.data.iterdir(), *(made.data / "sign").iterdir(), made.data / "server/data/pg_hba.conf"]
        if path.is_file()
    }
    yield made
    for path, (content, known) in kept.items():
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(known.st_mode & 0o777)
        os.chown(path, known.st_uid, known.st_gid)


def another(world: str) -> Callable[[Path], None]:
    """A keyring of that world in the place of ours."""

    def put(path: Path) -> None:
        path.unlink()
        keyring_file.create(path, world)

    return put


def emptied(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"")
    path.chmod(0o400)


KEYRINGS: dict[str, tuple[Callable[[Path], None], str]] = {
    "gone": (Path.unlink, "there is none"),
    "empty": (emptied, "it is not a whole keyring"),
    "open to all": (lambda path: path.chmod(0o444), "its mode is not 0400"),
    "of another world": (another("test"), "it is of another world"),
    "of another demo": (another("demo"), "it is not the one that this database was founded with"),
    "a folder": (lambda path: (path.unlink(), path.mkdir(0o400))[1], "its mode is not 0400, or it is no file"),
}


BEFORE_MIGRATING = ("gone", "of another demo")


@pytest.mark.parametrize(
    ("what", "source"), [(what, "as it was") for what in KEYRINGS] + [(what, "changed") for what in BEFORE_MIGRATING]
)
def test_a_keyring_that_can_not_be_used_is_said_and_none_is_made(demo: Demo, what: str, source: str) -> None:
    spoil, why = KEYRINGS[what]
    path = demo.data / "keyring"
    spoil(path)
    spoilt = path.read_bytes() if path.is_file() else None
    if source == "changed":
        (demo.data / "prepared").write_text("another state of the source: everything is migrated again")
    said = demo.refused()
    assert [line for line in said if "keyring" in line and (why in line or "put it back" in line)], said
    assert (path.read_bytes() if path.is_file() else None) == spoilt, "it was left as it is"
    if path.is_dir():
        path.rmdir()
    tried()


@only_root
def test_a_keyring_of_another_user_is_said(demo: Demo) -> None:
    os.chown(demo.data / "keyring", 65534, 65534)
    assert any("it belongs to another user" in line for line in demo.refused())
    tried()


def test_the_pages_themselves_refuse_a_keyring_that_is_not_theirs(demo: Demo) -> None:
    cluster = Cluster(demo.data)
    cluster.start()
    known = bare(
        HAMKORI_MODE="demo",
        HAMKORI_PROCESS="web",
        HAMKORI_SECRET_KEY="for this test",
        HAMKORI_DATA=str(demo.data),
        HAMKORI_DATABASE_URL=cluster.url("hk_app", "hamkori"),
    )
    try:
        for spoil, why in KEYRINGS.values():
            path = demo.data / "keyring"
            kept = path.read_bytes()
            spoil(path)
            done = ready.run(["--port", str(demo.port)], known, "hamkori.site.serving")
            assert done.returncode == 1
            assert done.stderr.startswith("hamkori: The keyring "), done.stderr
            assert why in done.stderr
            assert done.stderr.count("\n") == 1
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            path.write_bytes(kept)
            path.chmod(0o400)
            tried()
    finally:
        cluster.stop()


def test_the_workers_key_that_is_gone_is_said(demo: Demo) -> None:
    (demo.data / "sign" / "signing-key").unlink()
    assert any("The worker's signing key" in line and "there is none" in line for line in demo.refused())
    assert not (demo.data / "sign" / "signing-key").exists()
    tried()


@pytest.mark.parametrize("content", ["", "{", '"soon"', '{"world": "yesterday", "clean": true}', '{"clean": true}'])
def test_a_clock_that_can_not_be_read_is_said_and_left(demo: Demo, content: str) -> None:
    note = demo.data / "clock.json"
    note.write_text(content)
    assert any(f"The world's time in {note} can not be read." in line for line in demo.refused())
    assert note.read_text() == content
    tried()


@pytest.mark.parametrize("content", ["", "[]", json.dumps(dict.fromkeys(LOGINS, "guessed"))])
def test_passwords_that_are_not_the_servers_are_said_at_once(demo: Demo, content: str) -> None:
    (demo.data / "passwords").write_text(content)
    assert any("passwords" in line for line in demo.refused())
    tried()


def test_the_reason_is_the_one_of_this_start(demo: Demo) -> None:
    with (demo.data / "server/log").open("a") as log:
        log.write("2026-01-01 00:00:00 UTC [1] FATAL:  an old story\n")
    with (demo.data / "server/data/pg_hba.conf").open("a") as rules:
        rules.write("nonsense\n")
    said = demo.refused()
    assert any("could not load" in line and "pg_hba.conf" in line for line in said), said
    assert not any("an old story" in line for line in said)
    tried()


def test_a_making_that_was_interrupted_is_made_anew(made: Demo) -> None:
    """The demo that all are copied from began beside half a server (`demos._run_once`), which many seconds make."""
    assert json.loads((made.data / FIRST_START).read_text()) == {"half a server": True, "answers": True}
    assert not (made.data / "server/data.draft").exists()
    assert (made.data / "server/data/PG_VERSION").is_file()
    tried()
