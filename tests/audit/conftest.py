"""A worker for whoever asks for one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.audit.working import Worker


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Worker:
    """A worker whose ledger begins now."""
    from tests.audit.working import Worker

    return Worker(tmp_path)
