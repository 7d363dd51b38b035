"""Which parts of a case lie at a receiver, as of when, and how many there can open them; nothing of what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
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


def copies(case: Case) -> tuple[Copy, ...]:
    """Of the parts that the reader holds, as their receivers have them now; of what has ended none is left."""
    columns = "referral_code to_organisation_id section_code sent_at"
    return tuple(Copy(*row) for row in definer.rows("packet_copies", case.pk, columns=columns))


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


def sent_at(referral: Referral) -> dict[str, datetime]:
    """When each part was sent that its receiver may read, the newest time of those that were sent again."""
    rows = PacketBody.objects.filter(referral=referral).order_by("at").values_list("section_code", "at")
    return dict(rows)
