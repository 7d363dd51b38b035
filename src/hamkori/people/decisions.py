"""Decisions of two, as a session may read them: who holds the keys today, what waits, and what must be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.people import queries
from hamkori.people.models import BodyKey
from hamkori.people.rules.two_person import CREATE, key_is_due
from hamkori.vault import tags
from hamkori.vault.declared import set_of, tag_of
from hamkori.vault.recipients import CONTINUITY, PersonKey
from hamkori.vault.tags import Fact
from hamkori.vault.trust import Trust


@dataclass(frozen=True, kw_only=True)
class Question:
    """What somebody asked and another must agree to. `is_over`: too late, or what it is about is no more."""

    id: UUID
    act: str
    organisation: UUID
    subjects: frozenset[UUID]
    reason: str
    asked_by: UUID
    asked_user: UUID
    asked_at: datetime
    expires_at: datetime
    tag: bytes = field(repr=False)
    is_over: bool

    @property
    def fact(self) -> Fact:
        """What its tag covers."""
        return tags.request(
            self.id, self.act, self.organisation, self.subjects, self.asked_by, self.asked_user, self.expires_at
        )


@dataclass(frozen=True)
class Keys:
    """What a key holder is told: who holds, the present key, whether one is due, and the question to be answered."""

    holders: tuple[PersonKey, ...]
    number: int | None
    since: datetime | None
    is_due: bool
    question: Question | None


def waiting(actor: Actor, trust: Trust, act: str) -> Question | None:
    """The question of this kind that waits in the actor's organisation; one that is not ours raises the alarm."""
    assert actor.organisation_id is not None
    columns = "id act_code subject_ids reason_code asked_by asked_user asked_at expires_at tag is_over"
    for row in definer.rows("two_person_waiting", columns=columns):
        row_id, code, subjects, reason, by, user, at, until, tag, is_over = row
        if code != act:
            continue
        found = Question(
            id=row_id,
            act=code,
            organisation=actor.organisation_id,
            subjects=set_of(subjects),
            reason=reason,
            asked_by=by,
            asked_user=user,
            asked_at=at,
            expires_at=until,
            tag=tag_of(tag),
            is_over=is_over,
        )
        if trust.believes(found.fact, found.tag) and _asked_by_a_holder(actor, found):
            return found
    return None


def _asked_by_a_holder(actor: Actor, asked: Question) -> bool:
    """Whether the post of who asked still makes them a key holder here."""
    asker = queries.colleague(actor, asked.asked_by)
    return asker is not None and asker.user_id == asked.asked_user and "custodian" in asker.roles


def by_key(holders: list[PersonKey]) -> Mapping[UUID, UUID]:
    """Key row -> person, as the rules ask."""
    return {one.id: one.user for one in holders}


def pairs() -> set[tuple[UUID, UUID]]:
    """The pairs of the present key, outer and inner, for those who hold keys."""
    return set(definer.rows("continuity_pairs", columns="outer_key inner_key"))


def keys(actor: Actor, trust: Trust) -> Keys:
    """The page of a key holder."""
    assert actor.organisation_id is not None
    holders = queries.custodian_keys(actor.organisation_id)
    key, asked = queries.body_key(actor.organisation_id, CONTINUITY), waiting(actor, trust, CREATE)
    if asked is not None and (asked.is_over or asked.subjects != {one.id for one in holders}):
        asked = None  # it no longer fits; whoever asks anew puts an end to it
    since = BodyKey.objects.values_list("since", flat=True).get(pk=key.id) if key else None
    return Keys(
        tuple(holders),
        key.key_no if key else None,
        since,
        key_is_due(by_key(holders), pairs()),
        asked,
    )


def newest(organisation_id: UUID, kind: str) -> int:
    """The highest number that a key of this kind ever had here; 0: there was none."""
    row = BodyKey.objects.filter(organisation_id=organisation_id, kind_code=kind).order_by("-key_no").first()
    return row.key_no if row else 0
