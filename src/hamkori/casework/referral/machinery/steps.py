"""A referral is locked, and its state moved, by the definer functions that do so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from hamkori.casework.case.machinery.take import Values, as_json, read_again
from hamkori.casework.referral.models import Referral
from hamkori.vault.server import alone_at


def lock_referral(referral: Referral) -> None:
    """Who writes in one request does so after the other. Of the sender's side the case comes first. NotVisible."""
    alone_at(referral.pk)
    with connection.cursor() as cursor:
        cursor.execute("select referral_lock(%s)", [referral.pk])
    read_again(referral)


def referral_take(
    referral: Referral, step: str, version: int, values: Values, clocks: Iterable[Mapping[str, Any]] | None
) -> None:
    """One step of a referral; the record is read again. `clocks` None leaves them, a list replaces them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select referral_take(%s, %s, %s, %s::jsonb, %s::jsonb)",
            [referral.pk, step, version, as_json(dict(values)), None if clocks is None else as_json(list(clocks))],
        )
