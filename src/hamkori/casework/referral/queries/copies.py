"""Which parts of a case lie at a receiver, as of when, and how many there can open them; nothing of what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hamkori import definer
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import PacketBody, Referral


@dataclass(frozen=True)
class Copy:
    """One part at one receiver: what stands there is what was written until `at`."""

    referral: str
    body: UUID
    section: str
    at: datetime
    again: bool = False
    """It was sent more than once: what stood there before is replaced."""


def copies(case: Case) -> tuple[Copy, ...]:
    """Of the parts that the reader holds, as their receivers have them now; of what has ended none is left."""
    columns = "referral_code to_organisation_id section_code sent_at again"
    return tuple(Copy(*row) for row in definer.rows("packet_copies", case.pk, columns=columns))


def lie_at(case: Case, referral: str) -> frozenset[str]:
    """The parts of which a copy lies at this receiver, of those that the reader holds; of an empty one none does."""
    return frozenset(one.section for one in copies(case) if one.referral == referral)


def is_written_since(sent_at: datetime | None, written_at: datetime | None) -> bool:
    """Whether a part was written after a referral had been sent."""
    return sent_at is not None and written_at is not None and sent_at < written_at


def readers(referrals: Iterable[str]) -> dict[str, dict[str, int]]:
    """Code of a referral -> function -> so many people there who can open it. Of whom the sender may not know: none."""
    found: dict[str, dict[str, int]] = {}
    rows = definer.read(
        "select r.code, k.function_code, count(distinct k.membership_id)"
        " from referral r cross join lateral referral_keys(r.id) k"
        " where r.code = any(%s) and k.side_code = 'R' group by 1, 2 order by 1, 2",
        list(referrals),
    )
    for code, function, number in rows:
        found.setdefault(code, {})[function] = number
    return found


def first_opened(referrals: Iterable[str]) -> dict[str, datetime]:
    """Code of a referral -> when somebody there first opened a part of it; nothing for who is not its sender."""
    found = definer.read(
        "select r.code, min(o.first_at) from referral r cross join lateral referral_opened(r.id) o"
        " where r.code = any(%s) group by 1",
        list(referrals),
    )
    return dict(found)


@dataclass(frozen=True)
class Added:
    """A part that was sent after the referral, or sent again."""

    section: str
    at: datetime
    again: bool


def added_by_us(case: Case, referral: str) -> tuple[Added, ...]:
    """The parts that lie at a receiver, to whoever sent them and holds them, each as of when it was sent last."""
    return tuple(Added(one.section, one.at, one.again) for one in copies(case) if one.referral == referral)


def added_here(referrals: Iterable[UUID]) -> dict[UUID, tuple[Added, ...]]:
    """The parts that lie here, to whoever may read them, the oldest first. One query."""
    found: dict[UUID, list[Added]] = {}
    rows = PacketBody.objects.filter(referral__in=[*referrals]).order_by("at")
    for referral, section, at in rows.values_list("referral_id", "section_code", "at"):
        before = found.setdefault(referral, [])
        before.append(Added(section, at, any(one.section == section for one in before)))
    return {referral: tuple(parts) for referral, parts in found.items()}


def sent_with(parts: Iterable[Added], step_at: datetime) -> tuple[Added, ...]:
    """Those of these parts that went in the step that was taken then."""
    return tuple(one for one in parts if abs(one.at - step_at) < AT_ONCE)


AT_ONCE = timedelta(seconds=2)
"""A step and what is sent in it have one time, but for what a row of the database is rounded by."""


def sent_at(referral: Referral) -> dict[str, datetime]:
    """When each part was sent that its receiver may read, the newest time of those that were sent again."""
    rows = PacketBody.objects.filter(referral=referral).order_by("at").values_list("section_code", "at")
    return dict(rows)
