"""Writing and reading sealed sections of one case: who writes, mints; nothing is decided here.

See docs/design/keys-and-walls.md#sections-epochs-and-wraps.

A write uses the newest open epoch of its section; if none is open it mints one for everybody entitled and for the
body's continuity key. What is read is read with the reader's own wrap.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet

from hamkori import definer
from hamkori.access.worded import worded
from hamkori.action import Act
from hamkori.casework.case.machinery.tagged import epoch_of, require_kept
from hamkori.casework.case.models import SECTION_MODELS, Case, SectionKey, SectionRow, SectionWrap
from hamkori.people.queries import body_key
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault import tags
from hamkori.vault.asked import require_asked
from hamkori.vault.bytes import OpenKey, Secret, Untrusted
from hamkori.vault.declared import set_of, tag_of
from hamkori.vault.recipients import CONTINUITY, BodyKey, PersonKey, TeamRow
from hamkori.vault.sections import Epoch, Field, lock_field, mint, open_wrap, unlock_field
from hamkori.vault.server import alone_at, keyring, keys_changed, mark, marks, trust

Fields = dict[str, Any]
MINTED = "minted"
"""The kind of mark that says how many keys had changed when the newest epoch of a section was minted."""


def team(case_id: UUID) -> list[TeamRow]:
    """The live team rows with their keys and tags: who is entitled to what. Empty for a stranger."""
    rows = definer.read(
        "select access_id, membership_id, user_id, kind_code, sections, writes, tag, key_id, key_no, public_key,"
        " key_tag from case_people(%s) where suspended_at is null and key_id is not null",
        case_id,
    )
    return [
        TeamRow(
            id=row,
            case=case_id,
            membership=membership,
            kind=kind,
            sections=set_of(sections),
            writes=set_of(writes),
            tag=tag_of(tag),
            key=PersonKey(key_id, user, key_no, bytes(public), tag_of(key_tag)),
        )
        for row, membership, user, kind, sections, writes, tag, key_id, key_no, public, key_tag in rows
    ]


def _continuity(act: Act, case: Case) -> BodyKey:
    """The continuity key of the actor's organisation. NotNow("body_ready") without one: then no case can be written.

    Untrusted: the case's row names another organisation than that of who writes in it.
    """
    organisation = act.actor.organisation_id
    if organisation is None or case.organisation_id != organisation:
        raise Untrusted("case", case.pk)
    key = body_key(organisation, CONTINUITY)
    if key is None:
        raise NotNow("body_ready")
    return key


def _opened(holder: OpenKey, key: SectionKey) -> Secret | None:
    wrap = next(iter(_wrap(key.pk, holder.id)), None)
    if wrap is None:
        return None
    epoch = Epoch(key.case_id, key.section_code, key.epoch)
    return open_wrap(keyring(), holder, epoch, bytes(wrap.seal), bytes(key.tag))


@worded
def _wrap(key: UUID, recipient: UUID) -> QuerySet[SectionWrap]:
    return SectionWrap.objects.filter(section_key=key, recipient_key_id=recipient).order_by("pk")[:1]


def holder(act: Act) -> OpenKey:
    """The open key of whoever acts. NotNow("vault_open") while it is sealed."""
    keys: OpenKey | None = act.actor.keys
    if keys is None:
        raise NotNow("vault_open")
    return keys


def key_for_writing(act: Act, case: Case, section: str) -> tuple[int, Secret]:
    """The epoch and key of the next write: the newest open one, or a fresh one for all who are entitled.

    Under the lock of the case: of two who would mint at once the second finds the first's epoch, and nobody who is
    released at the same moment gets a wrap of a new one.
    """
    alone_at(case.pk)
    require_kept(case.pk)
    definer.run("case_lock", case.pk)
    newest = next(iter(_newest(case.pk, section)), None)
    if newest is not None:
        require_asked("epoch", (newest.case_id, newest.section_code), (case.pk, section))
    if newest is not None and newest.closed_at is None and _may_be_written_under(newest):
        opened = _opened(holder(act), newest)
        if opened is None:
            raise NotVisible
        return newest.epoch, opened
    return _mint(act, case, section, newest.epoch if newest is not None else 0)


def _may_be_written_under(key: SectionKey) -> bool:
    """An epoch that we minted and that nobody closed. One that was closed and stands open again is passed by.

    So is one of before somebody took a new passphrase: their former key has held it, or its like. Whose, the database
    would say; so it is any one's.
    """
    fact = tags.epoch(key.case_id, key.section_code, key.epoch, bytes(key.commitment))
    if not trust().believes(fact, bytes(key.tag)):
        return False
    return marks().least(MINTED, fact.thing) >= keys_changed()


def _mint(act: Act, case: Case, section: str, newest: int) -> tuple[int, Secret]:
    """A new epoch, past what stands, its mark, and each that was begun: a restored backup does not know of them."""
    believing, thing, changed = trust(), epoch_of(case.pk, section), keys_changed()  # before any key is read
    number = believing.open_number("epoch", thing, newest)
    entitled = [row for row in team(case.pk) if section in row.sections]
    epoch, continuity = Epoch(case.pk, section, number), _continuity(act, case)
    minted = mint(believing, epoch, entitled, continuity, continuity.organisation, holder(act))
    key = SectionKey(
        case=case,
        section_code=section,
        epoch=number,
        commitment=minted.commitment,
        tag=minted.tag,
        since=act.at,
    )
    key.save(force_insert=True)
    SectionWrap.objects.bulk_create(
        [
            SectionWrap(section_key=key, recipient_key_id=recipient, seal=seal)
            for recipient, seal in minted.wraps.items()
        ]
    )
    mark("epoch", thing, number)
    mark(MINTED, thing, changed)
    return number, minted.key


def _place(row: SectionRow, section: str) -> Field:
    table = row._meta.db_table
    of = (row.kind_code, row.referral_id) if row.referral_id is not None else ()
    return Field(row.case_id, section, f"{table}.body", row.pk, row.epoch, row.seal_no, of)


def put(
    act: Act,
    case: Case,
    section: str,
    fields: Fields,
    *,
    kind: str = "sheet",
    referral_id: UUID | None = None,
    row: SectionRow | None = None,
    coded: Mapping[str, Any] | None = None,
) -> SectionRow:
    """Locks the fields and saves them: a new row, or `row` written over with the next seal number."""
    assert act.actor.membership_id
    epoch, key = key_for_writing(act, case, section)
    fresh = row is None
    if row is not None:
        require_asked("sheet", (row.case_id, row.referral_id), (case.pk, referral_id))
    if row is None:
        row = SECTION_MODELS[section](id=uuid4(), case=case, kind_code=kind, referral_id=referral_id, seal_no=1)
    else:
        row.seal_no += 1
    row.epoch = epoch
    row.written_at = act.at
    row.written_by = act.actor.membership_id
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


@worded
def _newest(case: UUID, section: str) -> QuerySet[SectionKey]:
    return SectionKey.objects.filter(case=case, section_code=section).order_by("-epoch")[:1]


@worded
def _key(case: UUID, section: str, epoch: int) -> QuerySet[SectionKey]:
    return SectionKey.objects.filter(case=case, section_code=section, epoch=epoch).order_by("pk")[:1]


def key_for_reading(case_id: UUID, section: str, epoch: int, holder: OpenKey) -> Secret:
    """The key of one epoch, by the reader's own wrap. NotVisible: they have none, or there is no such epoch."""
    key = next(iter(_key(case_id, section, epoch)), None)
    if key is not None:
        require_asked("epoch", (key.case_id, key.section_code, key.epoch), (case_id, section, epoch))
    opened = _opened(holder, key) if key is not None else None
    if opened is None:
        raise NotVisible
    return opened


def get(
    case_id: UUID, section: str, rows: Iterable[SectionRow], holder: OpenKey, *, referral_id: UUID | None = None
) -> list[tuple[SectionRow, Fields]]:
    """The opened fields of rows of one section of this case, of this request if one is named, in their order.

    A row that does not open is NotVisible. Untrusted: one of them is of another case, or of another request; or
    what it is of was thrown away.
    """
    require_kept(case_id, referral_id)
    keys: dict[int, Secret] = {}
    found: list[tuple[SectionRow, Fields]] = []
    for row in rows:
        require_asked("sheet", (row.case_id, row.referral_id), (case_id, referral_id))
        if row.epoch not in keys:
            keys[row.epoch] = key_for_reading(case_id, section, row.epoch, holder)
        found.append((row, json.loads(unlock_field(keys[row.epoch], _place(row, section), bytes(row.body)))))
    return found


def sheet(case_id: UUID, section: str, holder: OpenKey) -> tuple[SectionRow | None, Fields]:
    """The one sheet of a section, opened; empty fields if it was never written."""
    row = next(iter(_sheet(case_id, section=section)), None)
    if row is None:
        return None, {}
    return get(case_id, section, [row], holder)[0]


@worded
def _sheet(case: UUID, *, section: str) -> QuerySet[SectionRow]:
    return SECTION_MODELS[section]._default_manager.filter(case=case, kind_code="sheet").order_by("pk")[:1]


def merge(act: Act, case: Case, section: str, changed: Fields) -> SectionRow:
    """Writes some fields of a sheet and leaves the others as they are."""
    row, fields = sheet(case.pk, section, holder(act))
    return put(act, case, section, {**fields, **changed}, row=row)
