"""What somebody is typing and has not saved: locked under a key of their own, for the form that they type it in.

The key is made of the writer's private key, and so is the name of the form. Nobody else opens a row, and nobody without
that key can tell which form it is of. Whoever took a new passphrase with a new key finds none of before.
See docs/adr/0091-typing-is-kept-for-its-writer.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hamkori import definer
from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Sealed, Secret

LONGEST = 200_000
"""Bytes of one form's typing; more is not kept."""


@dataclass(frozen=True)
class Typed:
    """What was typed into one form, field by field, and when last."""

    id: UUID
    at: datetime
    fields: Mapping[str, list[str]]


def keep(user: UUID, keys: OpenKey, form: str, draft: UUID, fields: Mapping[str, list[str]], at: datetime) -> bool:
    """Locks it and puts it in the place of what this draft held before. False: it is too long, or not theirs."""
    text = json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":")).encode()
    if len(text) > LONGEST:
        return False
    place = _place(keys, form)
    body = raw.lock(_key(keys, draft), text, _context(user, place, draft, at))
    return bool(definer.value("typed_keep", draft, place, body, at))


def newest(user: UUID, keys: OpenKey, form: str) -> Typed | None:
    """What was typed last into this form and neither saved nor thrown away. Sealed: somebody has changed the row."""
    place = _place(keys, form)
    row = definer.row("typed_newest", place, columns="id body at")
    if row is None:
        return None
    draft, body, at = row
    if not (isinstance(draft, UUID) and isinstance(at, datetime)):
        raise Sealed
    text = raw.unlock(_key(keys, draft), bytes(body), _context(user, place, draft, at))
    found: dict[str, Any] = json.loads(text)
    return Typed(draft, at, {name: [str(one) for one in values] for name, values in found.items()})


def drop(draft: UUID) -> None:
    """It was thrown away by its writer."""
    definer.run("typed_drop", draft)


def saved(keys: OpenKey, form: str) -> None:
    """The form was saved: whatever was typed into it goes."""
    definer.run("typed_drop_all", _place(keys, form))


def _place(keys: OpenKey, form: str) -> bytes:
    """The name of a form, as only this writer can make it."""
    of = raw.h(form.encode(), person=b"hk.typed.v1", size=16)
    return raw.digest_of(raw.derived(keys.private, salt=of, person=b"hk.typed.v1"), person=b"hk.typed.at.v1")


def _key(keys: OpenKey, draft: UUID) -> Secret:
    return raw.derived(keys.private, salt=draft.bytes, person=b"hk.typed.key.v1")


def _context(user: UUID, place: bytes, draft: UUID, at: datetime) -> bytes:
    return raw.context("typed", user, place, draft, int(at.timestamp()))
