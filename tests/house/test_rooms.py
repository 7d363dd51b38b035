"""No list names the rooms: one that lies there is an app, its walls run in their place, what it seeds counts."""

import ast
import re
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from graphlib import CycleError
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve

from hamkori.lifecycle import NEW, Machine, Step
from hamkori.site import rooms as house_rooms
from hamkori.site.database.walls import fingerprint, walls
from hamkori.site.docs import command as docs
from hamkori.site.rooms import HOUSE, made_of, rooms, rule_files
from hamkori.site.screens.pages import Page, World, pages
from tests.house.tree import ROOT, tree_at

APPS = '"""Planted."""\n\n\nclass HotlineConfig:\n    name = "hamkori.hotline"\n    stands_on = {on}\n'
PLANTED = {
    "apps.py": APPS.format(on='("directory",)'),
    "walls/10_hotline.sql": "select 1",
    "migrations/0001_initial.py": "",
    "seed.py": "from hamkori.hotline.rules import steps\n",
    "rules/__init__.py": "",
    "rules/steps.py": "FIRST = 1\n",
    "calls/rules/lines.py": "FREE = 1\n",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house with one room more, that nothing else names."""
    copy = tmp_path / "hamkori"
    shutil.copytree(HOUSE, copy, ignore=shutil.ignore_patterns("__pycache__", "static", "locale", "templates"))
    for place, content in PLANTED.items():
        (copy / "hotline" / place).parent.mkdir(parents=True, exist_ok=True)
        (copy / "hotline" / place).write_text(content)
    return copy


def test_a_room_that_no_list_names_has_its_place(house: Path) -> None:
    found = rooms(house)
    assert found.index("hotline") > found.index("directory")
    assert set(found) - {"hotline"} == set(rooms())
    order = [path.relative_to(house).parts[0] for path in walls(house)]
    assert order.index("hotline") > max(place for place, room in enumerate(order) if room == "directory")


def test_whatever_of_it_shapes_the_database_counts(house: Path) -> None:
    """Red before: rules and seeds of a new room were taken for no change."""
    before = fingerprint(house)
    shaping = ("walls/10_hotline.sql", "migrations/0001_initial.py", "seed.py", "apps.py", "rules/steps.py")
    for place in (*shaping, "calls/rules/lines.py"):
        with (house / "hotline" / place).open("a") as file:
            file.write("\n")
        after = fingerprint(house)
        assert after != before, place
        before = after
    assert fingerprint(house) == before


def test_what_shapes_the_database_today_counts() -> None:
    seeds = {path.relative_to(HOUSE).as_posix() for path in made_of(*HOUSE.glob("*/seed.py"), *rule_files())}
    assert any(re.match(r"casework/referral/rules/lifecycle\.py", place) for place in seeds)
    assert {"people/rules/two_person.py", "lifecycle.py", "casework/known.py"} <= seeds


def test_every_room_is_installed_in_its_order() -> None:
    assert [app for app in settings.INSTALLED_APPS if app.startswith("hamkori.")] == [f"hamkori.{r}" for r in rooms()]


def test_what_has_tables_or_walls_says_that_it_is_a_room() -> None:
    with_tables = {path.parent.name for name in ("walls", "migrations", "seed.py") for path in HOUSE.glob(f"*/{name}")}
    assert with_tables <= set(rooms())


def test_a_room_that_says_nothing_and_two_that_stand_on_each_other_are_refused(house: Path) -> None:
    (house / "hotline/apps.py").write_text(APPS.partition("    stands_on")[0])
    with pytest.raises(LookupError, match="hotline"):
        rooms(house)
    (house / "hotline/apps.py").write_text(APPS.format(on='("directory",)'))
    (house / "access/apps.py").write_text(APPS.format(on='("hotline",)'))
    with pytest.raises(CycleError):
        rooms(house)


def imported(room: str) -> Iterator[str]:
    for path in (HOUSE / room).rglob("*.py"):
        for node in ast.walk(tree_at(path)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("hamkori."):
                yield node.module.split(".")[1]


def test_each_stands_on_what_it_imports_and_only_downwards() -> None:
    on = {room: house_rooms._stands_on(HOUSE / room / "apps.py") for room in rooms()}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["id"] == "floors")
    floor = {room: number for number, layer in enumerate(reversed(layers)) for room in re.findall(r"\w+", layer)}
    for room, below in on.items():
        assert all(floor[one] <= floor[room] for one in below), room
        reached, waiting = {room}, list(below)
        while waiting:
            reached.add(one := waiting.pop())
            waiting += on[one]
        assert set(imported(room)) & set(on) <= reached, room


def test_a_lifecycle_that_no_list_names_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    step = Step(name="ring", from_states=(NEW,), to_state="rung", sides=("S",))
    planted = SimpleNamespace(CALL=Machine("call", ("rung",), ("rung",), (step,)), SENTENCES={"line_free": "It rings."})
    before = list(house_rooms.rules())
    monkeypatch.setattr(docs, "rules", lambda: iter([*before, planted]))
    page = docs.page_of_lifecycles()
    assert "## call\n" in page
    assert "|line_free|It rings.|" in page


def test_the_start_raises_the_marks_of_every_room_that_has_some() -> None:
    called = (HOUSE / "site/tags/raising.py").read_text()
    for path in HOUSE.glob("*/raising.py"):
        assert f"from hamkori.{path.parent.name} import raising" in called


def pictured(shot: list[Page]) -> set[str]:
    """The areas of `web` to which these pages belong."""
    found = set()
    for page in shot:
        with suppress(Resolver404):  # the demo's own
            match = resolve(page.path.partition("?")[0])
            found |= {match.func.__module__.split(".")[2], str(match.url_name)}  # "/" is two areas' in one
    return found


def test_every_area_of_pages_has_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "first", lambda *_question, **_more: "00000000-0000-0000-0000-000000000007")
    areas = {path.parent.name for path in (HOUSE / "web").glob("*/urls.py")}
    shot = pages(None)
    assert areas <= pictured(shot)
    assert areas - pictured([page for page in shot if not page.path.startswith("/keys/")]) == {"keys"}
