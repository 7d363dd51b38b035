"""Who may be on the way to somebody who waits no more: a receiver had agreed that they come, and took it back.

The one definition is in walls/59_on_the_way.sql: `referral_on_the_way` for the sender's side, who tells the person, and
`referral_calls_sender` for the desk and the team that took it back, who call the sender.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, Case, Func, JSONField, Q, When
from django.utils import timezone

from hamkori import definer
from hamkori.casework.referral.models import Referral, ReferralStep
from hamkori.casework.referral.rules.tonight import night_of
from hamkori.refusal import ENDED

BY_RECEIVER: Final = ("declined", "unaccepted", "finished", "disputed")
"""States in which a receiver leaves what it took back. What expired nobody there took back."""
STATES: Final = (*BY_RECEIVER, "lapsed", ENDED, "sent")
"""For the sender's side, what expired, what it ended itself, and what was taken back by telephone, too."""
AGREES: Final = ("arrange", "accept", "expect", "meet")
"""Steps after which the person is told anew."""
LATELY: Final = timedelta(hours=24)
"""The longest that the desk is asked to call."""
NIGHT: Final = timedelta(hours=36)
"""Longer than a day and its night."""


def may_come(found: Referral, at: datetime, no: datetime | None = None) -> bool:
    """Whether it is worth asking: help has not begun, and the night of the agreed day, or of the no, is not over. `no`:
    since when their last word by telephone is that, of what has not ended.
    """
    until = found.arrival_on if found.agreed_at is not None else None
    over = found.ended_at or no
    last = until or (night_of(timezone.localtime(over + LATELY)) if over is not None else None)
    return found.served_at is None and last is not None and night_of(timezone.localtime(at)) <= last


class OnTheWay(Func):
    """Beside a referral, for its sender's side: what is to be told to the person, who may be on the way."""

    function = "referral_on_the_way"
    output_field = JSONField()
    arity = 1


class CallsSender(Func):
    """The same for the desk and the team that took it back: whom they call."""

    function = "referral_calls_sender"
    output_field = JSONField()
    arity = 1


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """Since when nobody waits there; where the other side's desk is called ('': none is recorded); to the sender's side
    when its team told the person, and opened hour and meeting point; when nobody was reached last; and whether the yes
    was a slip, which was put back: of the coordinator (N), or of the sender's side (S).
    """

    at: datetime
    phone: str | None
    told: datetime | None
    opened: datetime | None
    tried: datetime | None
    slip: str = ""
    unheard: bool = False
    """A no that somebody else brought has ended it, and the person was not asked since (ADR 0190)."""
    kept: bool = False
    """Beside that: whoever waits there reads that the person may still come (ADR 0196)."""
    earlier: bool = False
    """They were told before day, hour or meeting point were agreed last, and may go at another hour."""
    asks_first: bool = False
    """They said yes by telephone, and nobody has a place for tonight: whether theirs is still free is asked before."""
    warned: datetime | None = None
    """The other way round: the person was told not to go then, and is expected since `at` after all."""


def taken_back(said: Mapping[str, Any] | None) -> TakenBack | None:
    """The same, of what was read with one of both."""
    if not said:
        return None
    return TakenBack(
        at=_when(said["at"]),
        phone=said["phone"],
        told=_moment(said, "told"),
        opened=_moment(said, "opened"),
        tried=_moment(said, "tried"),
        slip=said.get("slip") or "",
        unheard=bool(said.get("unheard")),
        kept=bool(said.get("kept")),
        warned=_moment(said, "warned"),
    )


def _when(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _moment(said: Mapping[str, Any], name: str) -> datetime | None:
    return _when(said[name]) if said.get(name) else None


def on_the_way(referral: UUID) -> TakenBack | None:
    """To the sender's side, asked now."""
    return told_earlier({referral: _read(definer.value("referral_on_the_way", referral))})[referral]


def calls_sender(referral: UUID) -> TakenBack | None:
    """To the desk and the team that took it back, asked now."""
    return _read(definer.value("referral_calls_sender", referral))


def _read(said: Any) -> TakenBack | None:
    return taken_back(json.loads(said) if isinstance(said, str) else said)


def told_earlier(read: Mapping[UUID, TakenBack | None]) -> dict[UUID, TakenBack | None]:
    """By their referrals, with whether the person was told of what was agreed before. One query, where one was told."""
    told = {pk: one.told for pk, one in read.items() if one is not None and one.told is not None}
    if not told:
        return dict(read)
    agreed = ReferralStep.objects.filter(referral__in=[*told], step_code__in=AGREES)
    later = {pk for pk, at in agreed.values_list("referral_id", "at") if at > told[pk]}
    return {pk: replace(one, earlier=pk in later) if one is not None else None for pk, one in read.items()}


def no_was_brought(referral: UUID) -> bool:
    """Whether a no that somebody else brought has ended it, and the person was not asked since: for both sides, and to
    the other one not who brought it (ADR 0190).
    """
    return definer.value("referral_no_brought", referral) is True


KEPT: Final = "kept"
"""Somebody there waits, or keeps a place, and the person was not asked yet whether the no is theirs."""
WANTED: Final = "wanted"
"""The person was asked since, and wants it after all: the sender asks there again."""


def stands_here(found: Referral) -> str:
    """To the other side, of what the person's word ended before they came: one of both, or ''. How it ended it does not
    read otherwise (ADR 0196).
    """
    if found.served_at is not None or found.missed_at is not None:
        return ""
    if no_was_brought(found.pk):
        return KEPT
    return WANTED if wanted_after_all(found.pk) else ""


def wanted_after_all(referral: UUID) -> bool:
    """To the other side, also of whom it helped: whether the person wants what somebody else's no had ended, and that
    organisation was not asked again since (ADR 0196).
    """
    return definer.value("referral_wanted_after_all", referral) is True


def no_again(referral: UUID) -> datetime | None:
    """To the other side: when the person said no themselves to what somebody else's no had ended, if they did so last
    (ADR 0224).
    """
    said: datetime | None = definer.value("referral_no_again", referral)
    return said


class WantedAfterAll(Func):
    """The same, beside a row."""

    function = "referral_wanted_after_all"
    output_field = BooleanField()
    arity = 1


class NoBrought(Func):
    """That a no was brought, beside a row."""

    function = "referral_no_brought"
    output_field = BooleanField()
    arity = 1


def may_know(referral: UUID) -> bool:
    """Whether the sender's team has told the person to come, or may have: it has read hour and meeting point since."""
    return definer.value("referral_may_know", referral) is True


def ended_since(night: date, at: datetime) -> Q:
    """Of a referral's origin: it may be such a one, and has ended. What awaits a confirmation is read anyhow."""
    agreed = Q(referral__agreed_at__isnull=False, referral__arrival_on__gte=night)
    by_telephone = Q(referral__agreed_at=None, referral__ended_at__gt=at - NIGHT)
    over = Q(referral__state_code__in=("declined", "unaccepted", "lapsed", ENDED))
    return over & (agreed | by_telephone)


def by_receiver(at: datetime, of: str = "") -> Q:
    """Of a referral, or of what has one under this name: its receiver took it back lately, and may have to call."""
    lately = Q(**{f"{of}ended_at__gt": at - LATELY}) | Q(**{f"{of}finished_at__gt": at - LATELY})
    return Q(**{f"{of}state_code__in": BY_RECEIVER, f"{of}served_at__isnull": True}) & lately


def beside_receiver(of: str = "") -> dict[str, Case]:
    """Read beside those: whom they call."""
    calls = When(**{f"{of}state_code__in": BY_RECEIVER}, then=CallsSender("pk" if not of else f"{of.rstrip('_')}_id"))
    return {"calls_sender": Case(calls, default=None, output_field=JSONField())}


def beside_origin() -> dict[str, Case]:
    """Read beside the origins: what is to be told to the person."""
    told = When(referral__state_code__in=STATES, then=OnTheWay("referral_id"))
    return {"on_the_way": Case(told, default=None, output_field=JSONField())}
