"""Writing and reading sealed sections of one case: rule M of access.md 3.3, nothing decided here.

A write uses the newest open epoch of its section; if none is open it mints one for everybody entitled and for the
body's continuity key. What is read is read with the reader's own wrap.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from hamkori.casework.models import SECTION_MODELS, Case, SectionKey, SectionRow, SectionWrap
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault.bytes import OpenKey, Secret
from hamkori.vault.recipients import BodyKey, PersonKey, TeamRow
from hamkori.vault.sections import Epoch, Field, lock_field, mint, open_wrap, unlock_field
from hamkori.vault.server import keyring

Fields = dict[str, Any]

alarm = logging.getLogger("hamkori.alarm")


def team(case_id: UUID) -> list[TeamRow]:
    """The live team rows with their keys and tags: who is entitled to what. Empty for a stranger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select membership_id, user_id, kind_code, sections, writes, tag, key_id, key_no, public_key, key_tag"
            " from case_people(%s) where suspended_at is null and key_id is not null",
            [case_id],
        )
        rows = cursor.fetchall()
    return [
        TeamRow(
            case=case_id,
            membership=membership,
            kind=kind,
            sections=frozenset(sections),
            writes=frozenset(writes),
            tag=bytes(tag),
            key=PersonKey(key_id, user, key_no, bytes(public), bytes(key_tag)),
        )
        for membership, user, kind, sections, writes, tag, key_id, key_no, public, key_tag in rows
    ]


def continuity(case_id: UUID) -> BodyKey:
    """The continuity key of the case's body. NotNow("body_ready") without one: then no case can be written."""
    with connection.cursor() as cursor:
        cursor.execute("select id, organisation_id, key_no, public_key, tag from continuity_key(%s)", [case_id])
        row = cursor.fetchone()
    if row is None:
        raise NotNow("body_ready")
    key_id, organisation, key_no, public, tag = row
    return BodyKey(key_id, organisation, "continuity", key_no, bytes(public), bytes(tag))


def _opened(holder: OpenKey, key: SectionKey) -> Secret | None:
    wrap = SectionWrap.objects.filter(section_key=key, recipient_key_id=holder.id).first()
    if wrap is None:
        return None
    epoch = Epoch(key.case_id, key.section_code, key.epoch)
    return open_wrap(keyring(), holder, epoch, bytes(wrap.seal), bytes(key.tag))


def key_for_writing(case: Case, section: str, holder: OpenKey, at: datetime) -> tuple[int, Secret]:
    """The epoch and key of the next write: the newest open one, or a fresh one for all who are entitled.

    Under the lock of the case: of two who would mint at once the second finds the first's epoch, and nobody who is
    released at the same moment gets a wrap of a new one.
    """
    with connection.cursor() as cursor:
        cursor.execute("select case_lock(%s)", [case.pk])
    newest = SectionKey.objects.filter(case=case, section_code=section).order_by("-epoch").first()
    if newest is not None and newest.closed_at is None:
        opened = _opened(holder, newest)
        if opened is None:
            raise NotVisible
        return newest.epoch, opened
    number = newest.epoch + 1 if newest is not None else 1
    body = continuity(case.pk)
    entitled = [row for row in team(case.pk) if section in row.sections]
    minted = mint(keyring(), Epoch(case.pk, section, number), entitled, body, case.organisation_id, holder)
    if minted.refused:
        alarm.error("team row without a valid tag", extra={"count": len(minted.refused)})
    key = SectionKey(
        case=case,
        section_code=section,
        epoch=number,
        commitment=minted.commitment,
        tag=minted.tag,
        since=at,
    )
    key.save(force_insert=True)
    SectionWrap.objects.bulk_create(
        [
            SectionWrap(section_key=key, recipient_key_id=recipient, seal=seal)
            for recipient, seal in minted.wraps.items()
        ]
    )
    return number, minted.key


def _place(row: SectionRow, section: str) -> Field:
    table = row._meta.db_table
    return Field(row.case_id, section, f"{table}.body", row.pk, row.epoch, row.seal_no)


def put(
    case: Case,
    section: str,
    fields: Fields,
    *,
    holder: OpenKey,
    at: datetime,
    membership_id: UUID,
    kind: str = "sheet",
    referral_id: UUID | None = None,
    row: SectionRow | None = None,
    coded: Mapping[str, Any] | None = None,
) -> SectionRow:
    """Locks the fields and saves them: a new row, or `row` written over with the next seal number."""
    epoch, key = key_for_writing(case, section, holder, at)
    fresh = row is None
    if row is None:
        row = SECTION_MODELS[section](id=uuid4(), case=case, kind_code=kind, referral_id=referral_id, seal_no=1)
    else:
        row.seal_no += 1
    row.epoch = epoch
    row.written_at = at
    row.written_by = membership_id
    for name, value in (coded or {}).items():
        setattr(row, name, value)
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    row.body = lock_field(key, _place(row, section), text)
    if fresh:
        row.save(force_insert=True)
    else:
        changed = ["body", "epoch", "seal_no", "written_at", "written_by", *(coded or {})]
        row.save(force_update=True, update_fields=changed)
    return row


def get(rows: Iterable[SectionRow], section: str, holder: OpenKey) -> list[tuple[SectionRow, Fields]]:
    """The opened fields of rows of one section and case, in their order. A row that does not open is NotVisible."""
    keys: dict[int, Secret] = {}
    found: list[tuple[SectionRow, Fields]] = []
    for row in rows:
        if row.epoch not in keys:
            key = SectionKey.objects.filter(case=row.case_id, section_code=section, epoch=row.epoch).first()
            opened = _opened(holder, key) if key is not None else None
            if opened is None:
                raise NotVisible
            keys[row.epoch] = opened
        found.append((row, json.loads(unlock_field(keys[row.epoch], _place(row, section), bytes(row.body)))))
    return found


def sheet_row(case_id: UUID, section: str) -> SectionRow | None:
    """The one sheet of a section, still locked."""
    return SECTION_MODELS[section]._default_manager.filter(case=case_id, kind_code="sheet").first()


def sheet(case_id: UUID, section: str, holder: OpenKey) -> tuple[SectionRow | None, Fields]:
    """The one sheet of a section, opened; empty fields if it was never written."""
    row = sheet_row(case_id, section)
    if row is None:
        return None, {}
    return get([row], section, holder)[0]


def merge(
    case: Case, section: str, changed: Fields, *, holder: OpenKey, at: datetime, membership_id: UUID
) -> SectionRow:
    """Writes some fields of a sheet and leaves the others as they are."""
    row, fields = sheet(case.pk, section, holder)
    return put(case, section, {**fields, **changed}, holder=holder, at=at, membership_id=membership_id, row=row)
