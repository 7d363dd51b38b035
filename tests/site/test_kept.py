"""A world that is kept is put back only where the same would be built, and only as it was built.

The invented world itself, with its keys and what they open: test_demo.py. Here is a small one on a server of its own.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from hamkori.site.database.cluster import Cluster
from hamkori.site.demo import kept
from hamkori.site.launch import demo_world
from hamkori.site.launch.servers import DATABASE
from tests.site import bare, made

NOTE = kept.Note(rows={"people": "1 7"}, took=70.0, state="of the source")
NOON = datetime(2026, 11, 28, 7, tzinfo=UTC)


# --- what it is made of -------------------------------------------------------------------------------------------
@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("src/a/rules.py", "src/a/walls/10.sql", "src/a/lists/codes.yaml", "src/a/words.txt", "locks/run.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    for name in ("src/web/templates/page.html", "src/web/locale/tg/django.po", "src/web/static/page.css"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def of(tree: Path, programs: str = "18.1", at: datetime = NOON) -> str:
    return kept.made_of(programs, house=tree / "src", locks=tree / "locks", at=at)


@pytest.mark.parametrize(
    "changed", ["src/a/rules.py", "src/a/walls/10.sql", "src/a/lists/codes.yaml", "src/a/words.txt", "locks/run.txt"]
)
def test_a_changed_source_is_another_world(tree: Path, changed: str) -> None:
    before = of(tree)
    (tree / changed).write_text("another")
    other = of(tree)
    assert other != before
    (tree / changed).write_text(changed)
    assert of(tree) == before, "what it says counts, not when it was written"


def test_a_new_file_is_another_world(tree: Path) -> None:
    before = of(tree)
    (tree / "src/a/plan.py").touch()
    assert of(tree) != before


def test_yesterdays_world_and_that_of_other_programs_are_others(tree: Path) -> None:
    assert of(tree) == of(tree, at=NOON.replace(hour=8))
    # Midnight is the country's: 19:00 UTC.
    assert of(tree, at=NOON.replace(hour=18, minute=59)) == of(tree)
    assert of(tree, at=NOON.replace(hour=19)) != of(tree)
    assert of(tree, at=NOON.replace(day=27)) != of(tree)
    assert of(tree, programs="18.2") != of(tree)


def test_how_pages_look_makes_no_record(tree: Path) -> None:
    before = of(tree)
    for name in ("src/web/templates/page.html", "src/web/locale/tg/django.po", "src/web/static/page.css"):
        (tree / name).write_text("another")
    assert of(tree) == before


def test_the_real_one_reads_the_demos_plans_and_the_locks() -> None:
    read = {path.relative_to(kept.HOUSE).as_posix() for path in kept.sources(kept.HOUSE)}
    builds = {"site/demo/plans/casework/cases.yaml", "site/management/commands/demo_build.py"}
    assert builds | {"casework/walls/10_case.sql"} <= read
    assert any(name.startswith("casework/migrations/") for name in read)
    assert {path.name for path in kept.sources(kept.LOCKS)} >= {"run.txt", "test.txt"}


# --- a small world on a server ------------------------------------------------------------------------------------
@contextmanager
def a_folder() -> Iterator[Path]:
    with made.room("kept") as folder:
        yield folder
        Cluster(folder).stop()


@pytest.fixture
def data() -> Iterator[Path]:
    with a_folder() as folder:
        yield folder


class Maker:
    """In the place of the steps that make the world: one table with one row, and a file for every key."""

    def __init__(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data = data
        self.built = 0
        self.source = "made-of-this"
        monkeypatch.delenv("HAMKORI_DATABASE_URL", raising=False)
        monkeypatch.setattr(demo_world, "step", self.step)
        monkeypatch.setattr(demo_world, "_made_of", lambda _server: self.source)
        for looked in ("_look_at_files", "_look_at_database"):
            monkeypatch.setattr(demo_world.World, looked, lambda _world: None)
        monkeypatch.setattr(demo_world.World, "_write_clock", lambda _world, *, clean: self.clock())
        monkeypatch.setattr(demo_world.world, "stand", lambda _connection, _until: None)

    def step(self, words: str, *_command: object, **_aloud: bool) -> bool:
        if words == "Invented people":
            self.built += 1
            for name in ("keyring", "secret-key", "demo-secret", "demo-walk.json"):
                (self.data / name).unlink(missing_ok=True)
                (self.data / name).write_text(f"{name} of building {self.built}")
                (self.data / name).chmod(0o400)
            for name in ("sign", "marks", "static"):
                (self.data / name).mkdir(exist_ok=True)
            with self.superuser() as connection:
                connection.execute("create table people as select %s as building", [self.built])
        return True

    def clock(self) -> None:
        (self.data / "clock.json").write_text('{"world": "2026-11-28T07:00:00+00:00", "clean": true}')

    def superuser(self) -> psycopg.Connection:
        return psycopg.connect(Cluster(self.data).superuser_url(DATABASE), autocommit=True)

    def made(self) -> demo_world.World:
        return demo_world.World(self.data, lambda _kind: dict.fromkeys(("HAMKORI_OWNER_URL", "HAMKORI_CLOCK_URL"), ""))

    def world(self) -> int:
        """Begins it, looks which building it is, ends it. How an empty folder gets a server is no matter here."""
        if not self.built:
            bare.put_server(self.data)
        world = self.made()
        try:
            assert world.begin()
            with self.superuser() as connection:
                row = connection.execute("select building from people").fetchone()
            assert row is not None
            assert (self.data / "keyring").read_text() == f"keyring of building {row[0]}", "the key fits its database"
            assert stat.S_IMODE((self.data / "keyring").stat().st_mode) == 0o400
            return int(row[0])
        finally:
            world.end()

    def reset(self) -> None:
        Cluster(self.data).stop()
        kept.throw_away(self.data)

    @property
    def place(self) -> Path:
        return self.data / "kept" / self.source


@pytest.fixture
def maker(data: Path, monkeypatch: pytest.MonkeyPatch) -> Maker:
    return Maker(data, monkeypatch)


@pytest.fixture(scope="module")
def whole() -> Iterator[Path]:
    """What a small world keeps."""
    with a_folder() as folder, pytest.MonkeyPatch.context() as patched:
        Maker(folder, patched).world()
        yield folder / "kept"


@pytest.mark.bulk
def test_it_is_put_back_and_what_was_done_in_it_is_gone(maker: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    assert maker.world() == 1
    assert "Kept for the next --reset of today" in capsys.readouterr().out
    assert stat.S_IMODE((maker.data / "kept").stat().st_mode) == 0o700
    assert stat.S_IMODE(maker.place.stat().st_mode) == 0o700
    Cluster(maker.data).start()
    with maker.superuser() as connection:
        connection.execute("create table worked (); update people set building = 77")
    assert maker.data.joinpath(kept.BUILT).exists()
    maker.reset()
    assert not [name for name in kept.PARTS if (maker.data / name).exists()], "nothing of the former is left"
    assert maker.world() == 1
    assert maker.built == 1
    assert "World put back as it was built" in capsys.readouterr().out
    assert not (maker.data / kept.ASIDE).exists(), "and nothing of it beside"
    maker.reset()
    assert maker.world() == 1, "more than once"


def test_what_was_made_of_something_else_is_forgotten(tmp_path: Path) -> None:
    for name in kept.PARTS:
        (tmp_path / name).write_text(name)
    former, new = kept.Kept(tmp_path, "former"), kept.Kept(tmp_path, "new")
    former.keep(NOTE)
    assert former.is_there()
    assert not new.is_there()
    new.keep(NOTE)
    assert not former.is_there()
    (tmp_path / "keyring").write_text("of a world that goes")
    assert new.put_back() == NOTE
    assert (tmp_path / "keyring").read_text() == "keyring"


def lacks_a_key(place: Path) -> None:
    (place / "keyring").unlink()


def says_other_rows(place: Path) -> None:
    note = place / "note.json"
    note.write_text(note.read_text().replace('"1 ', '"2 '))


def is_cut_off(place: Path) -> None:
    (place / "note.json").write_text("{")


def lacks_its_database(place: Path) -> None:
    shutil.rmtree(place / "server" / "data" / "base")


@pytest.mark.bulk
@pytest.mark.parametrize("spoil", [lacks_a_key, says_other_rows, is_cut_off, lacks_its_database])
def test_what_is_not_as_it_was_built_is_not_taken(
    whole: Path, maker: Maker, spoil: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["cp", "-Rp", str(whole), str(maker.data)], check=True)
    spoil(maker.place)
    world = maker.made()
    try:
        assert not world._put_back(world.server)
    finally:
        world.end()
    assert "is not what was built: it is built anew" in capsys.readouterr().out
    assert not [name for name in (*kept.PARTS, kept.ASIDE, "kept") if (maker.data / name).exists()], (
        "nothing of it is left"
    )


@pytest.mark.bulk
def test_a_source_that_changes_while_it_is_built_is_not_kept(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    states = iter(("before", "after"))
    monkeypatch.setattr(demo_world, "_made_of", lambda _server: next(states))
    assert maker.world() == 1
    assert not (maker.data / "kept").exists()


@pytest.mark.bulk
def test_a_disk_without_room_for_it_is_no_reason_to_stop(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_source: Path, _target: Path) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(kept, "_copy", full)
    assert maker.world() == 1
    assert not (maker.data / "kept").exists()
