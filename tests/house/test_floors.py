"""Nobody imports upwards, and each of the contracts really refuses."""

import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.house.tree import ROOT, SOURCE

DRAWERS = {"core", "common", "utils", "helpers", "services", "misc"}
# One breach for each contract; the skeleton around them is empty.
BREACHES = {
    "utils.py": "",
    "people/queries.py": "import hamkori.people.actions\n",
    "site/launch.py": "",
    "site/database.py": "import hamkori.site.launch\n",
    "casework/work/rules/__init__.py": "import django\n",
    "casework/case/rules/__init__.py": "import hamkori.casework.referral.rules\n",
    "casework/referral/queries/__init__.py": "import hamkori.casework.case.machinery\n",
    "web/cases.py": "from hamkori.casework.case import models\n",
    "web/desk.py": "import hamkori.web.cases\n",
    "web/kit.py": "import hamkori.directory.queries\n",
    "directory/queries/one.py": "import hamkori.directory.queries.two\n",
    "directory/queries/two.py": "import hamkori.directory.queries.one\n",
}
KEPT_WHEN_SOUND = 10


@pytest.fixture(autouse=True)
def loggers_as_they_were() -> Iterator[None]:
    """import-linter configures logging for itself and switches ours off for the rest of the process."""
    ours = [one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    were = [one.disabled for one in ours]
    yield
    for one, was in zip(ours, were, strict=True):
        one.disabled = was


def test_the_house_keeps_its_floors(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_there_is_no_drawer() -> None:
    assert not [path for path in SOURCE.rglob("*") if path.suffix in {"", ".py"} and path.stem in DRAWERS]


def skeleton(folder: Path) -> Path:
    """A house of empty rooms under our contracts."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for room in SOURCE.iterdir():
        if room.name.startswith(("_", ".")):
            continue
        place = folder / "hamkori" / room.name
        if room.is_dir():
            place.mkdir(parents=True)
            (place / "__init__.py").touch()
        else:
            place.parent.mkdir(exist_ok=True)
            place.touch()
    (folder / "hamkori" / "__init__.py").touch()
    packages = [path.relative_to(SOURCE) for path in (SOURCE / "casework").iterdir() if (path / "rules").is_dir()]
    for room in (*packages, Path("people"), Path("directory")):
        for floor in ("actions", "machinery", "queries", "models", "rules"):
            inner = folder / "hamkori" / room / floor
            inner.mkdir(parents=True)
            for place in (inner.parent, inner):
                (place / "__init__.py").touch()
    for floor in ("kit", "templatetags"):
        (folder / "hamkori" / "web" / f"{floor}.py").touch()
    return folder


def lint(folder: Path) -> str:
    script = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [script, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder)}
    )
    return done.stdout + done.stderr


def test_a_sound_skeleton_keeps_all_contracts(tmp_path: Path) -> None:
    assert f"Contracts: {KEPT_WHEN_SOUND} kept, 0 broken" in lint(skeleton(tmp_path))


def test_every_contract_refuses_its_breach(tmp_path: Path) -> None:
    house = skeleton(tmp_path)
    for place, content in BREACHES.items():
        target = house / "hamkori" / place
        shutil.rmtree(target.with_suffix(""), ignore_errors=True)
        target.write_text(content)
    assert f"Contracts: 0 kept, {KEPT_WHEN_SOUND} broken" in lint(house)
