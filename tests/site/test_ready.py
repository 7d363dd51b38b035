"""Commands for which Python is not started say and end as those that an operator begins (tests/site/ready.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.elsewhere import bare, free_port, from_nothing, hamkori


@pytest.mark.parametrize(
    ("words", "code"),
    [("nonsense", 2), ("worker --loud", 2), ("worker", 1), ("audit-verify", 1), ("migrate --roles", 0)],
)
def test_a_command_says_and_ends_as_it_does_when_python_is_started_for_it(
    words: str, code: int, tmp_path: Path
) -> None:
    nobody = f"postgresql://hk_clock:secret@127.0.0.1:{free_port()}/hamkori"
    known = {"HAMKORI_DATA": str(tmp_path), "HAMKORI_SECRET_KEY": "of this test", "HAMKORI_CLOCK_URL": nobody}
    short, long = (begun(*words.split(), **known) for begun in (hamkori, from_nothing))
    assert short.returncode == long.returncode == code
    assert short.stderr == long.stderr
    assert short.stdout == long.stdout
    assert short.stdout + short.stderr


def test_it_has_the_environment_that_it_is_given_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither that of the tests nor that of the command before it."""
    monkeypatch.setenv("HAMKORI_MODE", "test")
    assert "HAMKORI_MODE" not in bare()
    first = hamkori("audit-verify", HAMKORI_DATA=str(tmp_path), HAMKORI_MODE="prodution", HAMKORI_CLOCK_URL="x")
    assert "HAMKORI_MODE is 'prodution'" in first.stderr
    then = hamkori("audit-verify", HAMKORI_DATA=str(tmp_path))
    assert then.returncode == 1
    assert "HAMKORI_CLOCK_URL" in then.stderr
    assert "HAMKORI_MODE" not in then.stderr


def test_a_fault_of_ours_shows_its_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    told = [begun("status", HAMKORI_DATA=str(tmp_path / "file" / "in")) for begun in (hamkori, from_nothing)]
    assert {one.returncode for one in told} == {1}
    assert told[0].stderr.splitlines()[-1] == told[1].stderr.splitlines()[-1]
    assert "NotADirectoryError" in told[0].stderr
