"""A version that was not kept: sealed with its part, read by the two who wrote, gone after 30 days.

Who the two are and when it was decided is under the lock: other names beside it open nothing, and nobody prolongs it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.action import Act
from hamkori.casework.case.machinery import sealing
from hamkori.casework.case.machinery.own_row import membership_of
from hamkori.casework.case.machinery.tagged import require_kept
from hamkori.casework.case.models import Case, SetAside
from hamkori.casework.case.rules.merging import MINE, readable
from hamkori.vault.asked import require_asked
from hamkori.vault.bytes import OpenKey
from hamkori.vault.sections import Field, lock_field, unlock_field


@dataclass(frozen=True, slots=True)
class NotKept:
    """One field's version that was not kept: what it said, who wrote it, when another was chosen."""

    field: str
    value: Any
    by: UUID
    at: datetime


def put(
    act: Act, case: Case, section: str, versions: Mapping[str, Mapping[str, Any]], not_kept: Mapping[str, str], by: UUID
) -> None:
    """Seals the version of each field that was not kept. `versions`: side -> fields; `by`: who wrote theirs."""
    me = membership_of(act.actor)
    said = {name: [versions[side].get(name, ""), (me if side == MINE else by).hex] for name, side in not_kept.items()}
    epoch, key = sealing.key_for_writing(act, case, section)
    row = SetAside(id=uuid4(), case=case, section_code=section, first_by=by, second_by=me, epoch=epoch, at=act.at)
    row.body = lock_field(key, _place(row), json.dumps(said, ensure_ascii=False, separators=(",", ":")))
    row.save(force_insert=True)


def kept(actor: Actor, case_id: UUID, section: str, now: datetime) -> list[SetAside]:
    """The rows of this part that the actor may read now, newest first; shut."""
    me = membership_of(actor)
    rows = SetAside.objects.filter(case=case_id, section_code=section).order_by("-at")
    return [row for row in rows if me in (row.first_by, row.second_by) and readable(row.at, now)]


def opened(rows: list[SetAside], case_id: UUID, section: str, keys: OpenKey) -> list[NotKept]:
    """What these rows say. A row that does not open is NotVisible or Sealed; Untrusted: it is of another case."""
    require_kept(case_id)
    found = []
    for row in rows:
        require_asked("set_aside", (row.case_id, row.section_code), (case_id, section))
        key = sealing.key_for_reading(case_id, section, row.epoch, keys)
        said = json.loads(unlock_field(key, _place(row), bytes(row.body)))
        found += [NotKept(name, value, UUID(by), row.at) for name, (value, by) in said.items()]
    return found


def tell_other(actor: Actor, case: Case, other: UUID | None) -> None:
    """Whoever wrote the same at the same time hears that one of two versions was chosen; not which, and no content.

    Who wrote in two windows knows it.
    """
    if other not in (None, membership_of(actor)):
        definer.run("notice_other_writer", case.pk, other)


def _place(row: SetAside) -> Field:
    of = ("set_aside", row.first_by, row.second_by)
    return Field(row.case_id, row.section_code, "set_aside.body", row.pk, row.epoch, int(row.at.timestamp()), of)
