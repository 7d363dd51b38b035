"""Something that is no mark stands in the file of the marks. Found on commit a94f599: every page was a fault of ours,
and `/health/ready` and a start called it well, or ended in a traceback.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hamkori.site.database import startcheck
from hamkori.site.health import pulse
from hamkori.vault import marks
from tests.attacks.counted import tried

ROW = b"post 0123456789abcdef0123456789abcdef 3\n"


def rubbish(path: Path) -> None:
    path.write_bytes(b"\x00\xff rubbish\n")


def a_foreign_line(path: Path) -> None:
    path.write_bytes(ROW + b"a line of somebody else\n" + ROW)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("spoil", [rubbish, a_foreign_line, a_folder])
def test_it_is_said_in_a_sentence_and_nothing_starts(tmp_path: Path, spoil: object) -> None:
    folder = tmp_path / "marks"
    marks.create(folder / "marks")
    (folder / "marks").write_bytes(ROW)
    here = pulse.Here(connection=None, marks=folder)  # type: ignore[arg-type]
    startcheck.check_marks(folder)
    assert [sign.well for sign in pulse.marks(here)] == [True]
    spoil(folder / "marks")  # type: ignore[operator]
    assert [sign.well for sign in pulse.marks(here)] == [False]
    with pytest.raises(startcheck.MayNotServe):
        startcheck.check_marks(folder)
    tried(2)


def test_alarms_that_can_not_be_read_are_not_well(tmp_path: Path) -> None:
    folder = tmp_path / "marks"
    (folder / "alarms").mkdir(parents=True)
    here = pulse.Here(connection=None, marks=folder)  # type: ignore[arg-type]
    assert [sign.well for sign in pulse.alarms(here)] == [False]
    shutil.rmtree(folder)
    tried()
