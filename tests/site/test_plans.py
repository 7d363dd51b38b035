"""The invented world asks the rooms what they plan: none is listed, and whoever plans needs no order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from hamkori.site.demo import plans
from hamkori.site.demo.director import Director
from hamkori.site.demo.hands import Hands
from hamkori.site.demo.tables import rows

NOTHING: Any = None  # no clock, no keyring, no database: nothing happens here


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Adds a file to the plans and changes nothing else."""
    monkeypatch.setattr(plans, "__path__", [*plans.__path__, str(tmp_path)])

    def add(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source)

    return add


def test_the_rooms_of_the_world_are_found() -> None:
    names = {room.__name__.rpartition(".")[2] for room in plans.of_rooms()}  # type: ignore[attr-defined]
    assert {"people", "directory", "casework"} <= names
    silent: Any = SimpleNamespace(run=dict)
    director, hands = Director(NOTHING, silent), Hands(NOTHING, NOTHING)
    for planned in plans.of_rooms():
        planned.plan(director, hands)


def test_a_new_room_adds_a_file_and_is_listed_nowhere(room: Callable[[str, str], None]) -> None:
    room(
        "learning_tried", "def plan(director, hands):\n    director.founds('courses', lambda: None, after=['people'])\n"
    )
    director, said = Director(NOTHING, NOTHING), []
    director.founds("people", lambda: None)
    found = [planned for planned in plans.of_rooms() if planned.__name__.endswith("learning_tried")]  # type: ignore[attr-defined]
    assert len(found) == 1
    found[0].plan(director, NOTHING)
    director.found(said.append)
    assert said == ["people", "courses"]


def test_a_room_without_a_plan_is_said(room: Callable[[str, str], None]) -> None:
    room("learning_forgot", "def plans(director, hands): ...\n")
    with pytest.raises(TypeError, match="learning_forgot has no plan"):
        list(plans.of_rooms())


def test_what_is_founded_waits_for_what_it_needs() -> None:
    director, done = Director(NOTHING, NOTHING), []
    for what, after in (("services", ["bodies"]), ("people", ["keys"]), ("keys", ["bodies"]), ("bodies", [])):
        director.founds(what, lambda what=what: done.append(what), after=after)  # type: ignore[misc]
    director.found(lambda _what: None)
    assert sorted(done) == ["bodies", "keys", "people", "services"]
    assert done[0] == "bodies"
    assert done.index("keys") < done.index("people")


def test_what_no_room_founds_is_said_and_what_two_found_too() -> None:
    director = Director(NOTHING, NOTHING)
    director.founds("courses", lambda: None, after=["teachers"])
    with pytest.raises(LookupError, match="no room founds teachers"):
        director.found(lambda _what: None)
    with pytest.raises(ValueError, match="two rooms found courses"):
        director.founds("courses", lambda: None)


def test_what_was_made_is_known_by_name_and_counted() -> None:
    hands, course = Hands(NOTHING, NOTHING), uuid4()
    assert hands.remember("courses", "first", made=course) == course
    assert hands.known("courses", "first") == course
    assert hands.counts() == {"courses": 1}
    with pytest.raises(LookupError, match="nobody has made second of the courses yet"):
        hands.known("courses", "second")


@dataclass(frozen=True, kw_only=True)
class Tried:
    key: str
    needs: tuple[str, ...] = ()


def test_a_table_says_each_field_by_its_name(tmp_path: Path) -> None:
    table = tmp_path / "tried.yaml"
    table.write_text("- {key: one, needs: [a, b]}\n- {key: two}\n")
    assert rows(Tried, table) == (Tried(key="one", needs=("a", "b")), Tried(key="two"))
    table.write_text("- {key: one, need: [a]}\n")
    with pytest.raises(TypeError, match="need"):
        rows(Tried, table)
    table.write_text("- {needs: [a]}\n")
    with pytest.raises(TypeError, match="key"):
        rows(Tried, table)
