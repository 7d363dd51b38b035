"""`audit-verify` answers with sentences and with a number that a script can use."""

import argparse
from pathlib import Path

import psycopg
import pytest

from hamkori.audit import command, ledger, sealer, signing
from hamkori.audit.ledger import LedgerRow
from hamkori.audit.models import LedgerSeal
from tests.audit.horizon import settled
from tests.database import address, as_role, god

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key_file(tmp_path: Path, settings: object) -> Path:
    path = tmp_path / "signing-key"
    settings.HAMKORI_SIGNING_KEY = path  # type: ignore[attr-defined]
    return path


def asked(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    with as_role("hk_clock"):
        return command.main(parser.parse_args(words))


def test_a_whole_ledger_is_said_to_be_whole(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    signing.create(key_file)
    assert asked() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing was changed, removed or added."


def test_a_bad_row_is_named_and_the_number_says_so(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = signing.create(key_file)
    with as_role("hk_clock"):
        ledger.append(LedgerRow("referral.lapse"), system=True)
    settled()
    with as_role("hk_clock"):
        assert sealer.seal_once() == 1
        assert sealer.checkpoint_if_due(key)
    assert asked() == 0
    with psycopg.connect(address("postgres"), autocommit=True) as intruder:
        intruder.execute("set session_replication_role = replica")
        intruder.execute("update ledger set action_code = 'referral.accept'")
    assert asked() == 1
    assert "was changed." in capsys.readouterr().out.splitlines()[-1]
    with god():
        assert LedgerSeal.objects.count() == 1


def test_a_copy_of_the_key_outside_the_server_is_believed_rather_than_the_file(
    key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = signing.create(key_file)
    key_file.unlink()
    signing.public_path(key_file).unlink()
    forger = signing.create(key_file)
    with as_role("hk_clock"):
        ledger.append(LedgerRow("referral.lapse"), system=True)
    settled()
    with as_role("hk_clock"):
        sealer.seal_once()
        sealer.checkpoint_if_due(forger)
    assert asked() == 0
    assert asked("--public-key", signing.public_text(outside)) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "The signature of batch 1 is not right."


def test_without_any_key_it_says_that_signatures_were_not_checked(
    key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked() == 0
    assert "Signatures were not checked: the public key is not here." in capsys.readouterr().out.splitlines()


def test_a_key_that_is_none_is_said(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("--public-key", "zz") == 2
    assert capsys.readouterr().err == "hamkori: the public key cannot be read (format)\n"
