"""Which tests of a parallel run one process takes: those that share something that takes seconds to make."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

TREE = Path(__file__).parents[1]
MOMENTS = "tests/policy/"
"""The oracle's databases are made once, for all files here but those with a world of their own."""
HOUSE = "tests/house/"
"""The source is read and parsed once for all of these."""
BY_FILE = (
    "tests/attacks/test_bad_starts.py",
    "tests/attacks/test_consent.py",
    "tests/attacks/test_dead_processes.py",
    "tests/attacks/test_every_connection.py",
    "tests/attacks/test_former_permits.py",
    "tests/attacks/test_other_databases.py",
    "tests/attacks/test_permit.py",
    "tests/attacks/test_planted_casework.py",
    "tests/attacks/test_signed_out_on_the_page_of_her_devices.py",
    "tests/attacks/test_words_that_wait.py",
    "tests/casework/test_races.py",
    "tests/casework/test_released_while_waiting.py",
    "tests/journeys/",
    "tests/policy/test_injection.py",
    "tests/policy/test_replays.py",
    "tests/site/test_given.py",
)
"""A browser or a server belongs to each of these files, or a committed world."""
ON_STAGE = ("tests/web/test_budgets.py", "tests/web/test_today_of_everybody.py")
"""One copy of the invented world is for these (`on_stage` in web/conftest.py)."""
COMMITTED = ("house: House", "house: KeptHouse")
"""Who asks for it in a file of attacks shares a committed world with the others of that file (attacks/conftest.py)."""


@cache
def has_a_world(file: str) -> bool:
    """Whether a world is committed for this file, and would be once more in each process that takes a part of it."""
    if not file.startswith("tests/attacks/"):
        return False
    text = (TREE / file).read_text()
    return any(asked in text for asked in COMMITTED)


def taken_with(nodeid: str) -> str:
    """What this test is taken with: its file, all that look at the moments or at the source, or itself."""
    file = nodeid.partition("::")[0]
    if file.startswith(BY_FILE) or file.endswith("_in_a_browser.py") or has_a_world(file):
        return file
    if file in ON_STAGE:
        return ON_STAGE[0]
    return next((folder for folder in (MOMENTS, HOUSE) if file.startswith(folder)), nodeid)


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist names no types for its schedulers
    """Hands out tests one by one, and together those that `taken_with` says; the largest groups first."""

    def _split_scope(self, nodeid: str) -> str:
        return taken_with(nodeid)
