"""Wall 1 alone: policy, queries and actions with row security out of the way, against the oracle."""

import shutil
import sys
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from hamkori.access.permissions import PERMISSIONS
from tests.policy import decisions, of_rooms, oracle, words
from tests.policy.moments import Moments, each

FLOOR = 10_000


def test_every_act_of_the_oracle_has_its_place_and_every_permission_its_line() -> None:
    assert words.unknown() == set()
    said = {words.PERMISSION[act] for act in oracle.acts() if act in words.PERMISSION}
    assert set(PERMISSIONS) - said == set(), "a permission that stands in no line"


def test_the_oracle_knows_nothing_of_the_product() -> None:
    source = oracle.__file__
    assert source is not None
    with open(source, encoding="utf-8") as file:  # noqa: PTH123 - the module's own text
        imports = [line for line in file if line.startswith(("import ", "from "))]
    assert imports
    assert not [line for line in imports if "hamkori" in line or "tests" in line]


def beside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The oracle as it would be with the files of that folder."""
    shutil.copy(str(oracle.__file__), folder / "oracle.py")
    spec = spec_from_file_location("beside", folder / "oracle.py")
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "beside", found)
    spec.loader.exec_module(found)
    return found


def test_a_new_room_brings_files_and_is_listed_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(oracle.ROOMS, tmp_path / "rooms")
    room = tmp_path / "rooms" / "training"
    room.mkdir()
    (room / "people.csv").write_text("name,body,is\nOisha,Umed,gives trainings\n")
    (room / "things.csv").write_text("name,is\nT1,a training of Umed\n")
    (room / "stories.csv").write_text("moment,who,may,act,thing,because\nany,Oisha,yes,training.view,T1,hers\n")
    another = beside(tmp_path, monkeypatch)
    assert another.answer("start", "Oisha", "training.view", "T1") == "yes"
    assert another.answer("start", "Zarina", "training.view", "T1") == "no"
    assert another.told().items() > oracle.told().items(), "what the others tell stands"
    assert another.answer("start", "Oisha", "directory.view", "services") == "yes", "she is one of everyone"
    (room / "things.csv").write_text("name,is\nK1,a training that is called like a case\n")
    with pytest.raises(ValueError, match=r"K1 stands at casework/things\.csv:2 already"):
        beside(tmp_path, monkeypatch)


def test_each_room_of_the_oracle_is_a_room_of_the_house() -> None:
    assert {"people", "directory", "casework"} <= set(of_rooms.names())
    assert list(of_rooms.names()).index("people") < list(of_rooms.names()).index("casework"), "who stands lower first"
    assert {path.parent.name for path in oracle.ROOMS.glob("*/*")} - {"__pycache__"} == set(of_rooms.names())


@pytest.mark.parametrize("moment", each())
def test_the_policy_says_what_the_oracle_says(moments: Moments, count: Counter[str], moment: str) -> None:
    found = decisions.wall_one(moments, moment)
    count["wall 1: policy and actions"] += len(found)
    assert len(found) >= FLOOR
    assert not decisions.differences(moment, found)


@pytest.mark.parametrize("step", [13, pytest.param(3, marks=pytest.mark.bulk)])
def test_one_and_many_are_the_same_rule(moments: Moments, step: int) -> None:
    """Of every third person; `--fast` asks two."""
    assert not decisions.asked_singly(moments, "accepted", list(oracle.PEOPLE)[::step])
