"""`audit-verify` and `audit-head` answer with sentences and with a number that a script can use."""

from pathlib import Path

import pytest
from django.core.management import call_command

from hamkori.audit import signing
from tests.audit.working import Worker, superuser
from tests.database import as_role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _on_the_workers_machine(worker: Worker, settings: object) -> None:
    settings.HAMKORI_SIGNING_KEY = worker.witness.signing_key  # type: ignore[attr-defined]


def asked(*words: str) -> int:
    return ended("audit_verify", *words)


def head() -> int:
    return ended("audit_head")


def ended(command: str, *words: str) -> int:
    with as_role("hk_clock"), pytest.raises(SystemExit) as end:
        call_command(command, *words)
    return int(str(end.value.code))


def test_a_whole_ledger_is_said_to_be_whole(worker: Worker, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked() == 0
    worker.days(1)
    assert asked() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing was changed, removed or added."


def test_a_bad_row_is_named_and_the_number_says_so(worker: Worker, capsys: pytest.CaptureFixture[str]) -> None:
    worker.days(1)
    superuser("update ledger set action_code = 'referral.accept'")
    assert asked() == 1
    assert "was changed." in capsys.readouterr().out.splitlines()[-1]


def test_a_sealer_that_stands_still_is_a_number_too(worker: Worker, capsys: pytest.CaptureFixture[str]) -> None:
    worker.days(1)
    superuser("update sealer set beat = beat - interval '1 hour'")
    assert asked() == 1
    assert "The sealer has not worked since 60 min." in capsys.readouterr().out.splitlines()


def test_a_copy_of_the_key_outside_the_server_is_believed_rather_than_the_file(
    worker: Worker, capsys: pytest.CaptureFixture[str]
) -> None:
    path = worker.witness.signing_key
    outside = worker.witness.signer()
    path.unlink()
    signing.public_path(path).unlink()
    signing.create(path)
    worker.days(1)
    assert asked() == 0
    assert asked("--public-key", signing.public_text(outside)) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "The signature of batch 1 is not right."


def test_without_the_workers_files_it_says_what_was_not_checked(
    worker: Worker, settings: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worker.days(1)
    settings.HAMKORI_SIGNING_KEY = tmp_path / "nowhere" / "signing-key"  # type: ignore[attr-defined]
    assert asked() == 0
    said = capsys.readouterr().out.splitlines()
    assert "Signatures were not checked: the public key is not here." in said
    assert "Who made the batches was not checked: the chain's key is not here." in said


def test_files_of_another_user_are_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal is played."""

    def closed(self: object) -> object:
        raise PermissionError

    monkeypatch.setattr("hamkori.audit.witness.Witness.keys", closed)
    assert asked() == 0
    monkeypatch.setattr("hamkori.audit.witness.Witness.head", closed)
    assert head() == 2


def test_a_lost_head_beside_the_key_is_said(worker: Worker, capsys: pytest.CaptureFixture[str]) -> None:
    worker.witness.signing_key.with_name("head").unlink()
    assert asked() == 1
    assert capsys.readouterr().out == "The sealer refuses: the file head is not beside the signing key.\n"


@pytest.mark.parametrize("words", [("--public-key", "zz"), ("--head", "zz"), ("--head", "/")])
def test_what_cannot_be_read_is_said(words: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(*words) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_head_is_printed_kept_and_found_again(
    worker: Worker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worker.days(3)
    assert head() == 0
    kept = capsys.readouterr().out.strip()
    assert kept == worker.witness.head().text
    assert asked("--head", kept) == 0
    mails = tmp_path / "mails"
    mails.write_text(f"Of Monday:\n{kept}\nOf Tuesday:\n3:{'0' * 64}\n")
    assert asked("--head", str(mails)) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "Batch 3 is not the one that was kept outside."


def test_a_file_without_any_head_is_no_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.write_text("nothing here")
    assert asked("--head", str(empty)) == 2
    assert "the head cannot be read" in capsys.readouterr().err


def test_no_head_is_given_out_of_a_chain_that_lacks_the_last_one(
    worker: Worker, capsys: pytest.CaptureFixture[str]
) -> None:
    worker.days(2)
    superuser("update ledger_seal set chain = sha256('x') where id = 2")
    assert head() == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("hamkori: there is no head to keep: ")
