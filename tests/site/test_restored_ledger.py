"""A backup that is older than what the worker sealed last, from the dump to the batch after it, by the commands alone.

Red on 344b014: the worker refused for ever, no command let it go on, and its log got some eighteen lines a second that
did not say why.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hamkori.audit import signing
from hamkori.audit.witness import Head
from hamkori.vault.marks import Alarms
from tests.attacks.working import LEDGER_ROW, Workers
from tests.audit.working import Worker
from tests.database import address, worker_options
from tests.site.elsewhere import hamkori
from tests.site.restoring import dump, elsewhere, empty_database, migrate, put_back
from tests.site.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = """
select count(*) from ledger l
 where l.tx >= coalesce((select max(s.next_tx) from ledger_seal s where s.cluster = l.cluster), 0)
"""


@pytest.fixture
def empty() -> Iterator[str]:
    with empty_database() as name:
        yield name


class There(Workers):
    """Real workers on the restored database, with the folder that sealed more than it holds."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder / "log")
        self.folder = folder
        self.marks = folder / "marks"
        self.marks.mkdir()
        self.name = name

    def environment(self) -> dict[str, str]:
        return super().environment() | {"HAMKORI_CLOCK_URL": elsewhere(address("hk_clock"), self.name)}

    def ask(self, question: str) -> int:
        with psycopg.connect(elsewhere(address("postgres"), self.name), autocommit=True) as opened:
            row = opened.execute(question.encode()).fetchone()
        assert row is not None
        return int(row[0])

    def command(self, *words: str, **instead: str) -> tuple[int, str]:
        files = {
            "HAMKORI_CLOCK_URL": elsewhere(address("hk_clock"), self.name),
            "HAMKORI_MARKS": str(self.marks),
            "HAMKORI_SIGNING_KEY": str(self._key),
            "HAMKORI_WORKER_SECRET": os.environ["HAMKORI_WORKER_SECRET"],
        }
        done = hamkori(*words, **files | instead)
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout


def says_why_in_one_line(there: There) -> None:
    """The worker refuses, also after many turns, and beside it nothing is given up."""
    worker = there.begin()
    until(lambda: "the job seal does nothing" in there.said(), 60)
    jobs = "select last_value from procrastinate_jobs_id_seq"
    begun = there.ask(jobs)
    until(lambda: there.ask(jobs) > begun + 8, 60)
    (line,) = [one for one in there.said().splitlines() if "seal" in one]
    assert line.endswith("if you put a backup back: ./hamkori audit-mend --restored")
    assert "File " not in there.said()
    code, said = there.command("audit-mend", "--restored", "--apply")
    assert (code, said) == (1, "Nothing was changed: a worker runs with these files; stop it first.\n")
    worker.send_signal(signal.SIGTERM)
    worker.wait(30)


def is_shown(there: There, outside: Head) -> None:
    """Both ends, and nothing is changed; by somebody without the worker's secret neither."""
    code, said = there.command("audit-mend", "--restored")
    assert code == 1
    assert f"The worker's folder knows batch {outside.text}, written at " in said
    assert "The database ends with batch 2:" in said
    assert "2 batches after it are missing" in said
    assert said.endswith("./hamkori audit-mend --restored --apply\n")
    stranger = {"HAMKORI_WORKER_SECRET": str(there.folder / "none")}
    code, said = there.command("audit-mend", "--restored", "--apply", **stranger)
    assert (code, said.count("the database does not know this worker's secret")) == (1, 1), said


def is_given_up(there: There) -> None:
    """With an alarm, whose row names its line; once."""
    code, said = there.command("audit-mend", "--restored", "--apply")
    assert code == 0, said
    assert "That is given up. Begin the worker" in said
    alarm = [one for one in Alarms(there.marks / "alarms").read()[0] if one.kind == "ledger"][-1]
    told = f"select count(*) from ledger where action_code = 'tag.mismatch' and operation_id = '{alarm.line}'"
    assert there.ask(told) == 1
    code, said = there.command("audit-mend", "--restored", "--apply")
    assert (code, said.count("nothing was put back")) == (0, 1)


def seals_again(there: There) -> None:
    """At once what was written of the restore, with its signature, and then what people do."""
    there.begin()
    until(lambda: there.ask(WAITS) == 0, 60)
    until(lambda: there.ask("select count(*) from ledger_checkpoint where lost_batch = 4") == 1, 60)
    clock = elsewhere(address("hk_clock"), there.name)
    with psycopg.connect(clock, options=worker_options(), autocommit=True) as someone:
        someone.execute(LEDGER_ROW)
    until(lambda: there.ask(WAITS) == 0, 60)


def test_an_older_backup_is_gone_on_from_by_a_command_and_what_was_given_up_is_said(
    tmp_path: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing = Worker(tmp_path)
    monkeypatch.setenv("HAMKORI_SIGNING_KEY", str(sealing.witness.signing_key))
    sealing.days(2)
    dump(address("hk_backup"), tmp_path / "dump")
    sealing.days(2)
    outside = sealing.witness.head()  # as an auditor has it from his mail
    public = signing.public_text(sealing.witness.signer())
    put_back(empty, tmp_path / "dump")
    done = migrate(empty)
    assert done.returncode == 0, done.stderr

    there = There(tmp_path, empty)
    try:
        says_why_in_one_line(there)
        is_shown(there, outside)
        assert sealing.witness.head() == outside
        is_given_up(there)
        seals_again(there)
        for evidence in ((), ("--public-key", public, "--head", outside.text)):
            code, said = there.command("audit-verify", *evidence)
            assert code == 0, said
            assert "2 batches after batch 2 were given up at " in said
            assert ("1 kept head is of batches that were lost" in said) is bool(evidence)
        assert there.command("audit-verify", "--head", f"4:{'0' * 64}")[0] == 1
    finally:
        there.end()
