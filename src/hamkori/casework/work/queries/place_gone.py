"""Rows of who has no place for tonight since whoever promised one said no: the person may go there (ADR 0177)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.rules.lifecycle import THEY_SAID_NO
from hamkori.casework.referral.rules.tonight import is_asked
from hamkori.casework.work.queries.due import Due


def they_said_no(rows: Iterable[Due], cases: Iterable[CaseAccess], at: datetime) -> list[Due]:
    """The same rows, with that and since when, until the noon after that night; nothing where more was said since."""
    now = timezone.localtime(at)
    said = {
        row.case.code: row.found_at  # type: ignore[attr-defined]
        for row in cases
        if row.found_whose == THEY_SAID_NO and is_asked(timezone.localtime(row.found_at), now)  # type: ignore[attr-defined]
    }
    return [
        replace(row, heard=THEY_SAID_NO, heard_at=said[row.case]) if row.no_place and row.case in said else row
        for row in rows
    ]
