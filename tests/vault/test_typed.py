"""What is typed and not saved opens to its writer alone, and only where it was typed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.vault import typed
from hamkori.vault.bytes import OpenKey, Sealed
from tests.cast import World

pytestmark = pytest.mark.django_db
FORM, OTHER = "/cases/48273162/section/?of=needs", "/cases/48273162/section/?of=contact"
DRAFT = UUID(int=7)
WORDS = {"wishes": ["Canary-Typed"]}


def keys_of(actor: Actor) -> OpenKey:
    assert actor.keys is not None
    return actor.keys


def kept(actor: Actor, **more: Any) -> bool:
    return typed.keep(actor.user_id, keys_of(actor), FORM, DRAFT, more or WORDS, timezone.now())


def test_it_is_there_for_its_form_until_it_is_thrown_away_or_saved(small_world: World) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        assert typed.newest(zarina.user_id, keys_of(zarina), FORM) is None
        for ends in (lambda: typed.drop(DRAFT), lambda: typed.saved(keys_of(zarina), FORM)):
            assert kept(zarina)
            found = typed.newest(zarina.user_id, keys_of(zarina), FORM)
            assert found is not None
            assert (found.id, found.fields) == (DRAFT, WORDS)
            assert typed.newest(zarina.user_id, keys_of(zarina), OTHER) is None
            ends()
            assert typed.newest(zarina.user_id, keys_of(zarina), FORM) is None


def test_what_is_too_long_is_not_kept(small_world: World) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        assert not kept(zarina, wishes=["x" * typed.LONGEST])


@pytest.mark.parametrize("row", [("no id", b"", datetime(2026, 1, 1, tzinfo=UTC)), (DRAFT, b"", "no time")])
def test_a_database_that_answers_something_else_is_not_believed(
    small_world: World, monkeypatch: pytest.MonkeyPatch, row: tuple[object, ...]
) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        keys = keys_of(zarina)
        monkeypatch.setattr(definer, "row", lambda *_args, **_named: row)
        with pytest.raises(Sealed):
            typed.newest(zarina.user_id, keys, FORM)
