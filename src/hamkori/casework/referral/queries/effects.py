"""Which running requests another answer of hers would end or narrow. Codes only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case as Either
from django.db.models import JSONField, When

from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.sections import sections_of
from hamkori.casework.consent.queries.consent import Said
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.referral.models import (
    Referral,
    ReferralNarrowed,
    ReferralOrigin,
    ReferralStep,
    ReferralWord,
)
from hamkori.casework.referral.queries.meeting import SendersLine, line_of
from hamkori.casework.referral.queries.promised import Promise, Promised, promise_of
from hamkori.casework.referral.queries.referrals import has_begun

OPEN = ("sent", "accepted", "serving")
ONE_PRESS = timedelta(minutes=1)
"""Longer than any press takes."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A request that waits, or whose help goes on, and what it stands on."""

    id: UUID
    code: str
    state: str
    service: str
    body: UUID
    rows: tuple[rules.RowKey, ...]
    sections: tuple[str, ...]
    begun: bool = False
    promise: Promise | None = None
    """Of what waits: one of theirs said yes on the telephone."""
    met_at: datetime | None = None
    """When somebody there opened last the hour and meeting point that were agreed by telephone."""


@dataclass(frozen=True)
class Effect:
    """What another answer does to a running request: it ends, or it loses sections, or the name, and goes on."""

    running: Running
    ends: bool
    lost: tuple[str, ...]
    unnamed: bool


def is_being_closed(found: Case) -> bool:
    """Whether her word has ended a request of this case that somebody holds: the clock closes it."""
    waiting = ReferralWord.objects.values("referral")
    return ReferralOrigin.objects.filter(case=found, referral__in=waiting).exists()


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A referral that a word of the person ended, or from which it took `parts`. `waited`: nobody had accepted it.

    `shared`: what the row of a referral that goes on names as shared now; whoever shows it checks it.
    """

    id: UUID
    code: str
    body: UUID
    ended: bool
    waited: bool
    parts: tuple[str, ...]
    service: str
    shared: tuple[str, ...] = ()
    begun: bool = False
    served: bool = False
    """They have written down that help has begun: they read that only the person's word can have ended it."""


def hit_at(found: Case, at: datetime, before: datetime | None) -> tuple[Hit, ...]:
    """What was done to this case's referrals by a word that was said `at` this time. Two queries.

    Word and steps are of one press. `before`: when the next word was said.
    """
    over = at + ONE_PRESS
    during = {"at__gte": at, "at__lt": min(over, before) if before is not None else over}
    of_case = ReferralOrigin.objects.filter(case=found).values("referral")
    ended = ReferralStep.objects.filter(referral__in=of_case, step_code="withdraw", **during).select_related("referral")
    lost: dict[UUID, list[str]] = {}
    narrowed = ReferralNarrowed.objects.filter(referral__in=of_case, **during)
    less = narrowed.select_related("referral__sender").order_by("pk")
    for row in less:
        lost.setdefault(row.referral_id, []).append(row.section_code)
    known = {row.referral_id: row.referral for row in less}
    return (
        *(_hit(step.referral, ended=True, waited=step.from_code == "sent") for step in ended),
        *(_less(known[pk], tuple(parts)) for pk, parts in lost.items()),
    )


def _hit(row: Referral, *, ended: bool, waited: bool) -> Hit:
    return Hit(
        id=row.pk,
        code=row.code,
        body=row.to_organisation_id,
        ended=ended,
        waited=waited,
        parts=(),
        service=row.service_code,
        begun=not waited and has_begun(row),
        served=row.served_at is not None,
    )


def _less(row: Referral, parts: tuple[str, ...]) -> Hit:
    return Hit(
        id=row.pk,
        code=row.code,
        body=row.to_organisation_id,
        ended=False,
        waited=row.state_code == "sent",
        parts=parts,
        service=row.service_code,
        shared=tuple(row.sender.sections),
    )


def running(found: Case) -> tuple[Running, ...]:
    """The case's open requests. One query."""
    return tuple(_running(pair.referral, pair) for pair in _pairs(found, OPEN))


def running_and_drafts(found: Case) -> tuple[tuple[Running, ...], tuple[Referral, ...]]:
    """The same, and what is written and not sent yet. One query for both."""
    pairs = list(_pairs(found, (*OPEN, "draft")))
    going = tuple(_running(pair.referral, pair) for pair in pairs if pair.referral.state_code != "draft")
    return going, tuple(pair.referral for pair in pairs if pair.referral.state_code == "draft")


def _pairs(found: Case, states: Iterable[str]) -> Any:
    pairs = ReferralOrigin.objects.filter(case=found, referral__state_code__in=states)
    told = When(referral__state_code="sent", then=Promised("referral_id"))
    line = When(referral__state_code__in=("sent", "accepted"), then=SendersLine("referral_id"))
    pairs = pairs.annotate(
        promised=Either(told, default=None, output_field=JSONField()),
        line=Either(line, default=None, output_field=JSONField()),
    )
    return pairs.select_related("referral__sender").order_by("referral__sent_at")


def _running(row: Referral, pair: Any) -> Running:
    begun, line = has_begun(row), line_of(pair.line)
    return Running(
        id=row.pk,
        code=row.code,
        state=row.state_code,
        service=row.service_code,
        body=row.to_organisation_id,
        rows=rules.keys_of(row.sender.consent_rows),
        sections=sections_of("referral", row.pk, row.sender.sections),
        begun=begun,
        promise=promise_of(pair.promised),
        met_at=line.opened_at if line is not None and not begun else None,
    )


def effects(
    open_now: Iterable[Running],
    before: Mapping[rules.RowKey, Said],
    answers: Mapping[rules.RowKey, Said],
    excluded: Iterable[UUID],
) -> tuple[Effect, ...]:
    """What these answers, in place of those `before`, would do. What only runs out by time, or waits, ends nothing."""
    without = set(excluded)
    found = []
    for one in open_now:
        said = [answers.get(key) for key in one.rows]
        ends = one.body in without or any(row is None or not (row.agrees or row.waits) for row in said)
        if not ends and any(row is not None and row.waits for row in said):
            continue
        first = said[0] if said else None
        kept = set(first.sections) if first is not None else set()
        nameless = _nameless(first)
        if nameless:
            kept.discard("identity")
        lost = tuple(section for section in one.sections if section not in kept)
        was_named = bool(one.rows) and not _nameless(before.get(one.rows[0]))
        unnamed = nameless and was_named and "contact" in one.sections and "contact" not in lost
        if ends or lost or unnamed:
            found.append(Effect(one, ends, lost, unnamed))
    return tuple(found)


def _nameless(row: Said | None) -> bool:
    return row is not None and row.answer == "without_name"
