"""`./hamkori status` says what whoever runs the server must not miss: among it, acts of the clock that keep failing."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from hamkori.site.launch import status
from tests.database import address, raw

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _of_a_worker_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMKORI_DATA", str(tmp_path))
    monkeypatch.setenv("HAMKORI_CLOCK_URL", address("hk_clock"))


def said(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """How it ends, and what it says of the clock."""
    code = status.main(argparse.Namespace())
    lines = capsys.readouterr().out.splitlines()
    return code, [line.removeprefix("Clock: ") for line in lines if line.startswith("Clock: ")]


def failed(*acts: tuple[str, str]) -> None:
    with psycopg.connect(address("hk_clock")) as clock:
        for act, fault in acts:
            clock.execute("select clock_failed(%s, %s)", [act, fault])


def test_a_clock_that_does_its_work_is_well(capsys: pytest.CaptureFixture[str]):
    assert said(capsys) == (0, ["no act has failed in the last hour"])


def test_each_act_that_fails_is_a_line_and_not_well(capsys: pytest.CaptureFixture[str]):
    failed(("lapse", "23514"), ("lapse", "40P01"), ("escalate", "KeyError"))
    code, (first, second) = said(capsys)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert code == 1
    assert first.startswith(f"escalate fails (KeyError), 1 time since {today} ")
    assert second.startswith(f"lapse fails (40P01), 2 times since {today} "), "the newest fault of both"
    assert second.endswith("UTC; see the worker's log")


def test_after_a_quiet_hour_it_is_well_again(capsys: pytest.CaptureFixture[str]):
    failed(("lapse", "23514"))
    with psycopg.connect(address("postgres")) as superuser:
        superuser.execute("update clock_failure set last_at = last_at - interval '61 minutes'")
    assert said(capsys) == (0, ["no act has failed in the last hour"])


def test_a_database_that_cannot_say_is_not_taken_for_a_good_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    with psycopg.connect(address("postgres")) as superuser:
        superuser.execute("drop table clock_failure")
    assert said(capsys) == (1, ["not known, its database does not say"])
    monkeypatch.setenv("HAMKORI_CLOCK_URL", "postgresql://hk_clock@127.0.0.1:1/nowhere")
    assert said(capsys) == (1, ["not known, its database does not say"])


def test_no_address_and_no_server_of_ours_is_no_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("HAMKORI_CLOCK_URL")
    assert said(capsys) == (0, [])


def test_readiness_of_the_pages_is_another_question(client):
    failed(("lapse", "23514"))
    with raw("hk_app") as pages, pytest.raises(psycopg.errors.InsufficientPrivilege):
        pages.execute("select failures from clock_failure")
    assert client.get("/health/ready").content == b"ready\n"
