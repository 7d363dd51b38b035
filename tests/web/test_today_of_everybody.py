"""Whatever is late, declined, returned, expired or missed in the demo is a row on Today of whoever answers for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from hamkori.site.demo.cast import PERSONAS
from hamkori.site.launch import places
from hamkori.site.screens.stage import Play, Stage

pytestmark = pytest.mark.bulk
COORDINATION = "/coordination/late/"


@pytest.fixture(scope="module")
def todays() -> Iterator[Mapping[str, Any]]:
    """Today of everybody who answers for something, read once in a world of its own."""
    stage = Stage()
    play = Play(stage, stage.begin())
    try:
        play.make()
        environment = play.environment("web")
        environment["HAMKORI_OWNER_URL"] = play.environment("owner")["HAMKORI_OWNER_URL"]
        done = subprocess.run(
            [sys.executable, "-m", "tests.web.todays", str(play.template.folder / "doors.json")],
            cwd=places.TREE,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        yield json.loads(done.stdout)
    finally:
        play.end()
        stage.end()


def test_whatever_is_late_or_stopped_is_a_row_of_whoever_answers_for_it(todays: Mapping[str, Any]) -> None:
    missing = []
    for who, one in todays.items():
        for referral, case in one["held"]:
            leads = {f"/referrals/{referral}/"} if referral else set()
            leads |= {f"/cases/{case}/"} if case else set()
            told = one["rows"].get(COORDINATION, {}).get("codes", [])
            if not leads & one["rows"].keys() and f"{referral[:4]}\xa0{referral[4:]}" not in told:
                missing.append((who, referral, case))
    assert missing == []
    assert {PERSONAS[who].email for who in ("caseworker-cso", "supervisor-cso", "desk-shelter", "coordinator")} <= set(
        todays
    )
    assert sum(len(one["held"]) for one in todays.values()) > 40


def test_every_row_opens_a_page_with_its_button(todays: Mapping[str, Any]) -> None:
    rows = [(who, row, opened) for who, one in todays.items() for row, opened in one["rows"].items()]
    assert len(rows) > 40
    assert [(who, row) for who, row, opened in rows if opened["status"] != 200] == []
    # The coordinator's page says whom to call: nothing is pressed there.
    assert [(who, row) for who, row, opened in rows if not opened["buttons"] and row != COORDINATION] == []
