"""What definers compare proofs with is made anew by `migrate`, where the right keyring is at hand, and only there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hamkori.access.models import SessionProof
from hamkori.site.database import migrate
from hamkori.vault import keyring_file
from tests import doors
from tests.database import god

pytestmark = pytest.mark.django_db


def renewed() -> bool:
    with god():
        before = set(SessionProof.objects.filter(ended_at=None).values_list("pk", flat=True))
        migrate.renew_proof()
        after = set(SessionProof.objects.filter(ended_at=None).values_list("pk", flat=True))
    assert len(after) == 1
    return before != after


def test_each_migrate_makes_it_anew() -> None:
    doors.house()
    assert renewed()
    assert renewed()


def test_without_a_keyring_it_stays_and_that_is_said(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.HAMKORI_KEYRING = tmp_path / "keyring"
    assert not renewed()
    assert "No keyring is readable here" in capsys.readouterr().out


def test_the_keyring_of_another_world_does_not_touch_it(tmp_path: Path, settings: Any) -> None:
    settings.HAMKORI_KEYRING = tmp_path / "keyring"
    keyring_file.create(settings.HAMKORI_KEYRING, "demo")
    assert not renewed()
