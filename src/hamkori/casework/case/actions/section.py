"""Opening and writing one section of a case. To read a secret is to do something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hamkori.action import Act, Disclosure, action, disclosure
from hamkori.casework.case.actions.case import wrong_fields
from hamkori.casework.case.machinery import older_wraps, own_row, sealing, set_aside, take
from hamkori.casework.case.machinery.district import say_region, where
from hamkori.casework.case.machinery.set_aside import NotKept
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.merging import MINE, THEIRS, merged
from hamkori.refusal import Invalid, NotNow


@dataclass(frozen=True, slots=True)
class Sheet:
    """An opened section: its fields and the number of the seal they were read under (0: never written)."""

    section: str
    fields: Mapping[str, Any]
    seal_no: int
    written_at: datetime | None
    written_by: UUID | None


IN_STEP: Final = "in_step"
"""Of a part that was read, in the ledger: by a form of one's own work."""


@dataclass(frozen=True, slots=True)
class Written:
    """A section as it is now: its fields, the number of its seal, and which fields are as the `other` writer wrote."""

    fields: Mapping[str, Any]
    seal_no: int
    by_them: tuple[str, ...]
    other: UUID | None = None


@disclosure("section.open", on="case")
def open_section(act: Disclosure, case: Case, *, section: str, in_step: bool = False) -> Sheet:
    """Reads one section's sheet. One ledger row per request and section. NotNow("vault_open") while sealed.

    `in_step`: a form of one's own work reads it, and nobody has opened it by hand; the ledger keeps that.
    """
    own_row.require_held(act.actor, case.pk, section)
    keys = act.disclose(section=section, case_id=case.pk, reason=IN_STEP if in_step else "")
    older_wraps.seal_on(act, case, keys)
    row, fields = sealing.sheet(case.pk, section, keys)
    if row is None:
        return Sheet(section, {}, 0, None, None)
    return Sheet(section, fields, row.seal_no, row.written_at, row.written_by)


@disclosure("section.open", on="case")
def open_set_aside(act: Disclosure, case: Case, *, section: str) -> list[NotKept]:
    """Reads the versions of a part that were not kept, by one of the two who wrote. NotNow("vault_open")."""
    own_row.require_held(act.actor, case.pk, section)
    keys = act.disclose(section=section, case_id=case.pk)
    rows = set_aside.kept(act.actor, case.pk, section, act.at)
    return set_aside.opened(rows, case.pk, section, keys)


@action("section.write", on="case")
def write_section(
    act: Act,
    case: Case,
    *,
    section: str,
    fields: Mapping[str, Any],
    seal_no: int,
    was: Mapping[str, Any] | None = None,
    keep: Mapping[str, str] | None = None,
) -> Written:
    """Writes a section's sheet as read under `seal_no`. NotNow: case_open, vault_open, version_same(who, time).

    `was`: the fields as the form was opened with. Then what only one of two people changed is put together, and only
    what both changed is refused, until `keep` says whose version is kept. A choice is for the versions that were shown.
    """
    take.lock_case(case)
    # Under the lock: who writes may have been released while waiting for it.
    own_row.require_held(act.actor, case.pk, section, "section.write")
    if case.state_code not in ("draft", "open"):
        raise NotNow("case_open")
    keys = sealing.holder(act)
    errors = wrong_fields({section: fields})
    if errors:
        raise Invalid(errors)
    row, before = sealing.sheet(case.pk, section, keys)
    as_read = (row.seal_no if row is not None else 0) == seal_no
    by_them: tuple[str, ...] = ()
    if row is not None and (was is not None or not as_read):
        both = merged(was, fields, before, (keep or {}) if as_read else {})
        if both.asked or was is None:
            raise NotNow("version_same", who=str(row.written_by), time=row.written_at.isoformat())
        if both.not_kept:
            set_aside.put(act, case, section, {MINE: fields, THEIRS: before}, both.not_kept, row.written_by)
            set_aside.tell_other(act.actor, case, row.written_by)
        fields, by_them = both.fields, both.by_them
    other = row.written_by if row is not None else None
    row = sealing.put(act, case, section, {**before, **fields}, row=row)
    codes, region = where({section: fields}), case.region_code
    for name, code in codes.items():
        setattr(case, name, code)
    if codes:
        case.save(force_update=True, update_fields=[*codes])
        say_region(case, region)
    act.note(section=section, seal_no=row.seal_no)
    return Written({**before, **fields}, row.seal_no, by_them, other)
