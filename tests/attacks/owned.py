"""Who owns the database, and what everybody's keys open of it: a committed house in which rows are changed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from psycopg.rows import dict_row

from hamkori.refusal import NotNow
from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Sealed
from hamkori.vault.keyring import Keyring
from tests import database
from tests.cast import World

Row = dict[str, Any]
Reads = set[tuple[str, str]]
"""(person, section)"""


def owner(statement: str, *values: Any) -> list[Row]:
    """One statement as hk_owner, committed: what a stolen account of an administrator does."""
    with database.as_owner() as connected, connected.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def copy_back(table: str, row: Row, **changed: Any) -> None:
    """A row put into a table as it was kept aside, but for these columns."""
    row = {**row, **changed}
    names = ", ".join(f'"{name}"' for name in row)
    owner(f"insert into {table} ({names}) values ({', '.join(['%s'] * len(row))})", *row.values())


def sections_read(world: World, case: UUID) -> Reads:
    """Who opens which wrap of a case, each person's key tried on each; the newest epoch of each section only."""
    wraps = owner(
        "select k.case_id, k.section_code, k.epoch, w.recipient_key_id, w.seal from section_wrap w"
        " join section_key k on k.id = w.section_key_id where k.case_id = %s and k.epoch ="
        " (select max(x.epoch) from section_key x where x.case_id = k.case_id and x.section_code = k.section_code)",
        case,
    )
    return {
        (name, wrap["section_code"])
        for name, key in keys(world).items()
        for wrap in wraps
        if opens(key, bytes(wrap["seal"]), raw.wrap_context(case, wrap["section_code"], wrap["epoch"], key.id))
    }


def packet_read(world: World, referral: UUID, keyring: Keyring) -> Reads:
    """Who opens which seal of a packet once the server has taken off the outer lock; '<number>.<section>'."""
    found: Reads = set()
    for seal in owner("select * from packet_seal where referral_id = %s", referral):
        number, section = seal["packet_no"], seal["section_code"]
        place = (referral, number, section, seal["recipient_key_id"])
        inner = keyring.unlock_release(bytes(seal["seal"]), raw.release_context(*place, seal["release_epoch"]))
        for name, key in keys(world).items():
            if opens(key, inner, raw.packetwrap_context(referral, number, section, key.id)):
                found.add((name, f"{number}.{section}"))
    return found


def keys(world: World) -> dict[str, OpenKey]:
    """Every private key of every person."""
    return {name: person.key for name, person in world.people.items()}


def opens(key: OpenKey, sealed: bytes, place: bytes) -> bool:
    try:
        raw.open_seal(key, sealed, place)
    except Sealed:
        return False
    return True


@contextmanager
def alarmed(kind: str) -> Iterator[None]:
    """At least one alarm of this kind is raised inside."""
    path = Path(settings.HAMKORI_MARKS, "alarms")
    before = path.stat().st_size if path.exists() else 0
    yield
    after = path.read_text()[before:] if path.exists() else ""
    assert any(f" {kind} " in line for line in after.splitlines()), f"no alarm of {kind}"


@contextmanager
def refused(kind: str) -> Iterator[None]:
    """It is refused as a mismatch of this kind, and the alarm says so."""
    with alarmed(kind), pytest.raises(NotNow, match="tag_mismatch"):
        yield
