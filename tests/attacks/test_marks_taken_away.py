"""Who writes the machine's files empties the marks while the pages serve, or takes lines or a whole file away.

On commit d7c4e56 these were red: an emptied file of marks, a line taken out and another file in its place were read as
if nothing had ever been marked, so that an old row that its owner puts back counted again, without a word; the same for
`ended-<day>`; and a start beside an empty file filled it from the rows of that moment.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.db import transaction

from hamkori.access.models import AccessSession
from hamkori.audit.models import Ledger
from hamkori.vault.models import VaultSession
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.database import address, god
from tests.site import ready
from tests.site.elsewhere import free_port
from tests.site.waiting import until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.alarms,
    pytest.mark.usefixtures("own_marks"),
]
own_marks = planting.own_marks
ACCOUNT, SERVED, OVER, REFUSED = "/account/", 200, 302, 503
SENTENCE = "Hamkori does not answer now"


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def an_empty_one_in_its_place(path: Path) -> None:
    beside = path.with_name("beside")
    beside.touch(mode=0o600)
    beside.replace(path)


def a_line_taken_out(path: Path) -> None:
    """As `sed -i` does it: another file, and all lines but the last."""
    lines = path.read_bytes().splitlines(keepends=True)
    beside = path.with_name("beside")
    beside.write_bytes(b"".join(lines[:-1]))
    beside.replace(path)


def a_line_taken_out_in_place(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))


def others_in_its_place(path: Path) -> None:
    """Longer than it was, every line well formed."""
    path.write_bytes(b"".join(b"since %032x 1\n" % number for number in range(200)))


def a_number_lowered_in_place(path: Path) -> None:
    """As long as it was."""
    text = path.read_bytes()
    number = text.split()[-1]
    less = str(int(number) - 1).zfill(len(number)).encode()
    path.write_bytes(text[: -len(number) - 1] + less + b"\n")
    assert path.stat().st_size == len(text)


def the_first_number_lowered_and_a_line_added(path: Path) -> None:
    """Red on 2d21747: what was read was known by its last line, and all that was before it could be another."""
    first, rest = path.read_bytes().split(b"\n", 1)
    number = first.split()[-1]
    less = str(int(number) - 1).zfill(len(number)).encode()
    path.write_bytes(first[: -len(number)] + less + b"\n" + rest + b"since %032x 1\n" % 1)


def gone(path: Path) -> None:
    path.unlink()


SPOILT: tuple[Callable[[Path], None], ...] = (
    emptied, an_empty_one_in_its_place, a_line_taken_out, a_line_taken_out_in_place, others_in_its_place,
    a_number_lowered_in_place, the_first_number_lowered_and_a_line_added, gone,
)  # fmt: skip


@pytest.fixture
def zarina() -> doors.Person:
    doors.house()
    who = doors.person(doors.body("umed"), "Zarina", ("case_worker", "desk_officer"), function="social_worker")
    doors.person(who.organisation_id, "Farida")
    return who


class Pages:
    """The real server on this test's database."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.log = folder / "log"
        known = os.environ | {
            "PYTHONPATH": "src",
            "HAMKORI_PROCESS": "web",
            "HAMKORI_MARKS": str(configured.HAMKORI_MARKS),
            "HAMKORI_DATABASE_URL": address("hk_app"),
        }
        self.process = ready.Begun(["--port", str(self.port)], known, self.log, "hamkori.site.serving")

    def said(self, path: str, cookies: str = "") -> tuple[int, str]:
        """Status and text of a page."""
        caller = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            caller.request("GET", path, headers={"Host": "localhost", "Cookie": cookies})
            answer = caller.getresponse()
            return answer.status, answer.read().decode()
        finally:
            caller.close()

    def lives(self) -> bool:
        """Whether it answers; an end is an end."""
        with suppress(OSError):
            return self.said("/health/live")[0] == SERVED
        return self.process.poll() is not None


@contextmanager
def serving(folder: Path) -> Iterator[Pages]:
    pages = Pages(folder)
    try:
        until(pages.lives, 60)
        yield pages
    finally:
        pages.process.terminate()
        pages.process.wait(20)


def signs_in(who: doors.Person) -> doors.DoorClient:
    with transaction.atomic():
        return doors.client_for(who)


def cookies(client: doors.DoorClient) -> str:
    names = (configured.SESSION_COOKIE_NAME, configured.HAMKORI_KEY_COOKIE)
    return "; ".join(f"{name}={client.cookies[name].value}" for name in names)


def marks_file() -> Path:
    return Path(configured.HAMKORI_MARKS) / "marks"


def alarms() -> list[str]:
    path = marks_file().with_name("alarms")
    return path.read_text().splitlines() if path.exists() else []


@contextmanager
def kept(path: Path) -> Iterator[None]:
    """Afterwards the file is as it was: somebody puts it back."""
    shutil.copy2(path, path.with_name("kept"))
    yield
    shutil.copy2(path.with_name("kept"), path)


@pytest.mark.bulk
def test_the_pages_believe_nobody_while_a_mark_that_they_knew_is_gone(zarina: doors.Person, tmp_path: Path) -> None:
    hers = cookies(signs_in(zarina))
    with god():
        old = planting.row("membership", zarina.membership_id)
        (held,) = planting.sql_as_owner(
            "select id from role_held where membership_id = %s and role_code = 'desk_officer'", zarina.membership_id
        )
    doors.works(zarina.membership_id, roles=frozenset({"case_worker"}))
    assert f"post {zarina.membership_id.hex} 2" in marks_file().read_text().splitlines()
    with serving(tmp_path) as pages:
        assert pages.said(ACCOUNT, hers)[0] == SERVED
        for spoil in SPOILT:
            with kept(marks_file()):
                spoil(marks_file())
                status, text = pages.said(ACCOUNT, hers)
                assert (status, SENTENCE in text) == (REFUSED, True), spoil
                ready = pages.said("/health/ready")
                assert (ready[0], "Marks: " in ready[1]) == (REFUSED, True), spoil
                assert all(" marks " in line for line in alarms()), spoil
                assert alarms(), spoil
            assert pages.said(ACCOUNT, hers)[0] == SERVED, "it is put back: they go on by themselves"
            tried()
        with god():
            assert Ledger.objects.filter(action_code="tag.mismatch", object_kind_code="marks").exists()

        emptied(marks_file())
        planting.change("membership", zarina.membership_id, serial=old["serial"], tag=old["tag"])
        planting.sql_as_owner("update role_held set ended_at = null where id = %s", held[0])
        assert pages.said(ACCOUNT, hers)[0] == REFUSED, "the old row is nobody's word"
        tried()


@pytest.mark.bulk
def test_a_session_that_was_ended_is_over_without_its_file(zarina: doors.Person, tmp_path: Path) -> None:
    mine, another = signs_in(zarina), signs_in(zarina)
    stolen, hers = cookies(mine), cookies(another)
    tables = (AccessSession, VaultSession, Session)
    with god():
        rows: list[list[dict[str, Any]]] = [list(table.objects.values()) for table in tables]
    mine.post("/account/sign-out/")
    (file,) = marks_file().parent.glob("ended-*")

    def thief(pages: Pages) -> int:
        """All rows are put back, and he comes with both cookies."""
        with god():
            for table, lines in zip(tables, rows, strict=True):
                for row in lines:
                    key = {table._meta.pk.attname: row[table._meta.pk.attname]}
                    table.objects.update_or_create(**key, defaults=row)
        return pages.said(ACCOUNT, stolen)[0]

    with serving(tmp_path) as pages:
        assert thief(pages) == OVER
        assert pages.said(ACCOUNT, hers)[0] == SERVED
        for spoil in SPOILT:
            with kept(file):
                spoil(file)
                assert thief(pages) == REFUSED, spoil
                assert "Marks: something" in pages.said("/health/ready")[1], spoil
                assert any(" marks " in line for line in alarms()), spoil
            assert pages.said(ACCOUNT, hers)[0] == SERVED
            tried()


def test_nothing_starts_beside_an_emptied_file(zarina: doors.Person, tmp_path: Path) -> None:
    doors.works(zarina.membership_id, roles=frozenset({"case_worker"}))
    emptied(marks_file())
    with serving(tmp_path) as pages:
        until(lambda: pages.process.poll() is not None, 20)
        said = pages.log.read_text()
    assert pages.process.returncode == 1, said
    assert said.startswith("hamkori: The marks "), said
    assert "tags rebuild" in said
    assert "Traceback" not in said
    assert marks_file().read_bytes() == b"", "nothing is filled in"
    tried()


@pytest.mark.bulk
def test_the_first_start_of_a_new_database_is_no_loss(tmp_path: Path) -> None:
    """Nobody has changed anything yet: no mark is missing."""
    doors.house()
    doors.body("umed")
    assert marks_file().read_bytes() == b""
    with serving(tmp_path) as pages:
        assert pages.said("/account/sign-in/")[0] == SERVED
    tried()
