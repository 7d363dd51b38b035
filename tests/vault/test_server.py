"""The process's keyring: read once from the file that the settings name, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from hamkori.vault import server
from hamkori.vault.keyring import Keyring, KeyringRefused, create


@pytest.fixture(autouse=True)
def _of_a_process_that_has_just_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_loaded", [])


def test_it_is_read_at_the_first_call_and_never_again(tmp_path: Path, settings) -> None:
    settings.HAMKORI_KEYRING = tmp_path / "keyring"
    made = create(settings.HAMKORI_KEYRING, "test")
    first = server.keyring()
    settings.HAMKORI_KEYRING.unlink()

    assert first.file_text() == made.file_text()
    assert server.keyring() is first


def test_a_file_that_cannot_be_used_is_refused_until_it_can(tmp_path: Path, settings) -> None:
    settings.HAMKORI_KEYRING = tmp_path / "keyring"
    for _ in range(2):
        with pytest.raises(KeyringRefused):
            server.keyring()

    made = create(settings.HAMKORI_KEYRING, "test")
    assert server.keyring().file_text() == made.file_text()


def test_a_process_that_has_just_made_one_puts_it_in_its_place() -> None:
    fresh = Keyring.fresh("test")
    server.use(fresh)
    assert server.keyring() is fresh
