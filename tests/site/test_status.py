"""`./hamkori status` says what whoever runs the server must not miss, and ends with 1 if something is not well."""

from __future__ import annotations

import argparse
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
from django.conf import settings

from hamkori.site.health import pulse
from hamkori.site.launch import places, status
from tests import doors
from tests.database import CLONE, address, worker
from tests.site.beating import beat, unsealed, with_room_on_the_disk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _of_a_worker_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMKORI_DATA", str(tmp_path))
    monkeypatch.delenv("HAMKORI_KEYRING")
    monkeypatch.setenv("HAMKORI_CLOCK_URL", address("hk_clock"))
    with_room_on_the_disk(monkeypatch)
    beat()


def said(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, list[str]]]:
    """How it ends, and what it says, by what it is about."""
    code = status.main(argparse.Namespace())
    told: dict[str, list[str]] = {}
    for line in capsys.readouterr().out.splitlines():
        about, _, text = line.partition(": ")
        told.setdefault(about, []).append(text)
    return code, told


ROW = UUID(int=7)
NOTHING_KNOWN = ", so nothing of the worker, the mail and the ledger is known"


def failed(*acts: tuple[str, str]) -> None:
    with worker() as clock:
        for act, fault in acts:
            clock.execute("select clock_failed(%s, %s, %s)", [act, fault, ROW])


def test_a_worker_that_does_its_work_is_well_and_what_lies_elsewhere_is_not_called_so(
    capsys: pytest.CaptureFixture[str],
):
    code, told = said(capsys)
    assert code == 0, told
    assert told["Automatic steps"] == ["none has failed in the last hour"]
    assert told["Clock"] == ["ticked 0 s ago"]
    assert told["Ledger"] == ["no act waits for its seal"]
    assert told["Keyring"] == told["Signing key"] == ["not seen from here"]


@pytest.mark.parametrize(
    ("job", "seconds", "about", "sentence"),
    [
        ("tick", 61, "Clock", r"last ticked 6\d s ago, at most 60 s is well"),
        ("seal", 61, "Sealer", r"last looked through the ledger 6\d s ago"),
        ("post", 601, "Mail", "last was looked through 10 min ago"),
        ("heartbeat", 31, "Worker", r"last gave a sign of life 3\d s ago"),
    ],
)
def test_what_stands_still_is_said_and_what_is_only_slow_is_not(
    capsys: pytest.CaptureFixture[str], job: str, seconds: int, about: str, sentence: str
):
    beat(**{job: seconds - 5})
    assert said(capsys)[0] == 0
    beat(**{job: seconds})
    code, told = said(capsys)
    assert code == 1
    assert re.match(sentence, told[about][0]), told


def test_a_worker_that_never_was_is_not_well(capsys: pytest.CaptureFixture[str]):
    with psycopg.connect(address("postgres")) as superuser:
        superuser.execute("delete from worker_beat")
        superuser.execute("delete from procrastinate_workers")
    code, told = said(capsys)
    assert code == 1
    assert told["Clock"] == ["never ticked; start ./hamkori worker"]
    assert told["Worker"] == ["never gave a sign of life; start ./hamkori worker"]


def test_an_act_that_waits_for_its_seal_is_said(capsys: pytest.CaptureFixture[str]):
    with unsealed(older_by=90):
        code, told = said(capsys)
    assert code == 1
    assert re.match(r"an act waits 9\d s for its seal, at most 60 s is well", told["Ledger"][0])


def test_a_database_that_only_reads_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    only_reads = f"{address('hk_clock')}&options=-c%20default_transaction_read_only%3Don"
    monkeypatch.setenv("HAMKORI_CLOCK_URL", only_reads)
    code, told = said(capsys)
    assert code == 1
    assert told["Database"] == ["it can only be read; nothing that is pressed can be written"]


@pytest.mark.parametrize(
    ("variable", "about"), [("HAMKORI_KEYRING", "Keyring"), ("HAMKORI_SIGNING_KEY", "Signing key")]
)
def test_a_key_that_is_named_is_looked_at(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, about: str
):
    name = {"HAMKORI_KEYRING": "keyring", "HAMKORI_SIGNING_KEY": "sign/signing-key"}[variable]
    key = tmp_path / "key"
    monkeypatch.setenv(variable, str(key))
    code, told = said(capsys)
    assert (code, told[about]) == (1, ["it can not be used: there is none"])
    shutil.copy2(Path(settings.HAMKORI_KEYRING).parent / name, key)
    code, told = said(capsys)
    assert (code, told[about]) == (0, ["it can be read"])
    key.chmod(0o444)
    assert said(capsys)[0] == 1


def test_each_act_that_fails_is_a_line_and_not_well(capsys: pytest.CaptureFixture[str]):
    failed(("lapse", "23514"), ("lapse", "40P01"), ("escalate", "KeyError"))
    code, told = said(capsys)
    first, second = told["Automatic steps"]
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert code == 1
    assert first.startswith(f"escalate fails (KeyError), 1 time since {today} ")
    assert second.startswith(f"lapse fails (40P01), 2 times since {today} "), "the newest fault of both"
    assert second.endswith(f"UTC at row {ROW}; see the worker's log")


def test_after_a_quiet_hour_it_is_well_again(capsys: pytest.CaptureFixture[str]):
    failed(("lapse", "23514"))
    with psycopg.connect(address("postgres")) as superuser:
        superuser.execute("update clock_failure set last_at = last_at - interval '61 minutes'")
    code, told = said(capsys)
    assert (code, told["Automatic steps"]) == (0, ["none has failed in the last hour"])


def test_a_database_that_cannot_say_is_not_taken_for_a_good_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    with psycopg.connect(address("postgres")) as superuser:
        superuser.execute("drop table clock_failure")
    code, told = said(capsys)
    assert code == 1
    assert told["Database"][0].startswith("the database is not of the state of this source, ./hamkori migrate makes")
    assert told["Database"][0].endswith(NOTHING_KNOWN)
    monkeypatch.setenv("HAMKORI_CLOCK_URL", "postgresql://hk_clock@127.0.0.1:1/nowhere")
    code, told = said(capsys)
    assert code == 1
    assert told["Database"][0].startswith("the database does not answer: ")
    assert told["Database"][0].endswith(NOTHING_KNOWN)


def test_a_login_that_is_refused_is_not_called_silence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """Red before: it "does not answer"."""
    url = address("hk_clock")
    monkeypatch.setenv("HAMKORI_CLOCK_URL", url.replace(str(urlsplit(url).password), "guessed-and-wrong"))
    code, told = said(capsys)
    assert code == 1
    why = 'the login hk_clock was refused: password authentication failed for user "hk_clock"'
    assert told["Database"][0].startswith(why)
    assert told["Database"][0].endswith(NOTHING_KNOWN)
    assert "guessed" not in str(told)


def test_a_worker_that_was_and_is_no_more_was_heard_of(capsys: pytest.CaptureFixture[str]):
    """Red before: it "never gave a sign of life", since another worker, or its own end, takes its row away."""
    beat(tick=300, seal=240, post=700)
    with psycopg.connect(address("postgres")) as superuser:
        superuser.execute("delete from procrastinate_workers")
    code, told = said(capsys)
    assert code == 1
    assert told["Worker"] == ["none is there; the last one was heard of 4 min ago; start ./hamkori worker"]


def test_alarms_that_are_gone_are_not_called_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Red before: "none in 24 hours"."""
    folder = tmp_path / "keys" / "marks"
    monkeypatch.setenv("HAMKORI_MARKS", str(folder))
    gone = [f"they can not be read: there is no folder {folder}"]
    for _ in range(2):  # without the folder above it, and with it
        code, told = said(capsys)
        assert (code, told["Alarms"]) == (1, gone)
        folder.parent.mkdir(exist_ok=True)
    folder.mkdir()
    assert said(capsys)[1]["Alarms"] == ["none in 24 hours"]
    (folder / "alarms").mkdir()
    code, told = said(capsys)
    assert (code, told["Alarms"]) == (1, ["they can not be read"])


def test_a_worker_that_could_not_begin_is_said_by_its_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Red before: of the file that a worker shows the database nothing was said."""
    about = "Worker's secret"
    monkeypatch.delenv("HAMKORI_WORKER_SECRET")
    assert said(capsys)[1][about] == ["not seen from here"]
    secret = tmp_path / "sign" / "worker-secret"
    monkeypatch.setenv("HAMKORI_WORKER_SECRET", str(secret))
    missing = f"{secret} can not be used: it is not there, and this database knows a worker already. docs/operating.md"
    for _ in range(2):
        code, told = said(capsys)
        assert code == 1
        assert told[about][0].startswith(missing)
        secret.parent.mkdir(exist_ok=True)
    secret.write_text("0" * 64)
    secret.chmod(0o440)
    code, told = said(capsys)
    assert (code, told[about]) == (1, [f"{secret} can not be used: others than its owner may read it"])
    secret.chmod(0o400)
    assert said(capsys)[1][about] == ["it can be read"]
    secret.unlink()
    with psycopg.connect(address("postgres")) as superuser:
        superuser.execute("delete from worker_known")
    code, told = said(capsys)
    assert (code, told[about]) == (0, ["there is none yet; the first worker that begins makes it"])


def test_a_sealer_without_its_row_says_why_and_what_makes_it_again(capsys: pytest.CaptureFixture[str]):
    """Red before: all was well for two minutes, and then rows waited for no reason."""
    with psycopg.connect(address("postgres")) as superuser:
        superuser.execute("delete from sealer")
    code, told = said(capsys)
    assert code == 1
    assert told["Chain"][0].startswith("the sealer refuses: the row by which the sealer works is missing")
    assert told["Chain"][0].endswith("./hamkori migrate makes it again")


def test_no_address_and_no_server_of_ours_is_no_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("HAMKORI_CLOCK_URL")
    code, told = said(capsys)
    assert code == 0
    assert set(told) == {"Demo", "Database server", "Data"}


def test_a_disk_that_fills_up_is_said():
    gigabyte = 2**30
    assert pulse.disk_free(16 * gigabyte, 84 * gigabyte, Path("/srv")).well is True
    assert pulse.disk_free(40 * gigabyte, 960 * gigabyte, Path("/srv")).well is True, "4 %, and long enough"
    full = pulse.disk_free(14 * gigabyte, 86 * gigabyte, Path("/srv"))
    assert (full.well, full.text) == (False, "14 % free where /srv is, 15 % is well; make room")


def test_a_launcher_that_was_killed_leaves_a_note_that_is_not_believed(tmp_path: Path):
    from hamkori.site.launch import demo

    (tmp_path / "running.json").write_text('{"address": "http://localhost:8000", "process": 4194399}')
    assert demo.running(tmp_path) is None
    assert places.data_folder("demo") == tmp_path


def test_the_ages_of_the_keys_and_the_destroyed_ones_are_told(capsys: pytest.CaptureFixture[str]):
    with psycopg.connect(address("postgres"), autocommit=True) as owner:
        owner.execute(
            "insert into release_epoch (number, begun_at, destroyed_at) values"
            " (1, statement_timestamp() - interval '30 d', statement_timestamp() - interval '9 d'),"
            " (2, statement_timestamp() - interval '9 d', null)"
        )
        owner.execute("insert into key_version values ('tag', 2, statement_timestamp() - interval '3 d', null)")
        code, told = said(capsys)
        assert code == 0, told
        assert told["Release key"] == ["epoch 2, 9 d old; destroyed: 1 (9 d ago)"]
        assert "tag 2 (3 d old), kept 1 (" in told["Other keys"][0]
        owner.execute("update release_epoch set begun_at = begun_at - interval '6 d' where number = 2")
        code, told = said(capsys)
        assert code == 1
        assert told["Release key"][0].endswith(
            "15 d old; destroyed: 1 (9 d ago); turn it: ./hamkori keys rotate-release"
        )


def test_organisations_whose_key_is_due_are_counted_and_not_named(capsys: pytest.CaptureFixture[str]):
    _code, told = said(capsys)
    assert told["Continuity keys"] == ["every organisation has its own"]
    body = doors.body("panoh")
    doors.person(body, "Anora", ["custodian"])
    code, told = said(capsys)
    assert code == 1
    assert told["Continuity keys"] == ["due in 1 organisation: two key holders make it on the page Keys"]
    assert "panoh" not in str(told).lower()


def test_a_log_that_repeats_what_is_bound_is_named(capsys: pytest.CaptureFixture[str]):
    """Red before: with slow statements logged, tokens and what the pages show stood in it, and nothing said so."""
    assert said(capsys)[1]["Log of the server"] == ["repeats no value of a statement"]
    for name, value in (("log_parameter_max_length", "-1"), ("log_error_verbosity", "default")):
        with psycopg.connect(address("postgres"), autocommit=True) as superuser:
            superuser.execute(f"alter role hk_clock in database {CLONE} set {name} = '{value}'".encode())
        try:
            code, told = said(capsys)
            assert code == 1
            assert told["Log of the server"][0].startswith("it may repeat tokens")
            assert name in told["Log of the server"][0]
        finally:
            with psycopg.connect(address("postgres"), autocommit=True) as superuser:
                superuser.execute(f"alter role hk_clock in database {CLONE} reset all".encode())
