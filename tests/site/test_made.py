"""What is made once in a run (tests/site/made.py): by the first who asks, whole or not at all, and nobody's alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site import made


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of its own."""
    monkeypatch.setenv(made.RUN, str(tmp_path / "run"))


def test_it_is_made_once_and_each_has_a_copy(tmp_path: Path) -> None:
    making: list[Path] = []

    def make(folder: Path) -> None:
        making.append(folder)
        (folder / "sign").mkdir()
        (folder / "sign" / "key").write_text("whole")
        (folder / "sign" / "key").chmod(0o400)
        (folder / ".socket").touch()

    for name in ("one", "other"):
        made.put("thing", make, tmp_path / name)
        key = tmp_path / name / "sign" / "key"
        assert (key.read_text(), key.stat().st_mode & 0o777) == ("whole", 0o400)
        assert (tmp_path / name / ".socket").exists()
        key.unlink()  # what one does to it the other does not see
    made.put("thing", make, tmp_path / "third", without="sign")
    assert [path.name for path in (tmp_path / "third").iterdir()] == [".socket"]
    assert len(making) == 1


def test_a_making_that_failed_leaves_nothing_to_the_next_one(tmp_path: Path) -> None:
    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        made.put("thing", fails, tmp_path / "one")
    assert not (tmp_path / "one").exists()
    made.put("thing", lambda folder: (folder / "whole").touch(), tmp_path / "one")
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["whole"]


def test_who_finds_a_folder_of_the_run_makes_none() -> None:
    assert made.begin() is False
