"""What was put right after referrals were sent, the age and the rest. What it was, their summaries alone know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from hamkori.casework.case.models import CaseStep
from hamkori.casework.referral.models import Referral, ReferralCard, ReferralOrigin
from hamkori.casework.referral.rules.ages import former
from hamkori.casework.referral.rules.facts import FACTS, Fact, code, facts, was_at
from hamkori.casework.referral.rules.lifecycle import LIVE

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


class Ages(NamedTuple):
    """Bands of an age before and since it was corrected."""

    before: str
    since: str


def put_right(pairs: Iterable[Any]) -> dict[datetime, Ages]:
    """When -> from what to what, of each correction of each summary: a step of the case at the same moment. Of each is
    read what stands beside a row (`doubt.beside_row`).
    """
    found: dict[datetime, Ages] = {}
    for pair in pairs:
        ages = former(pair.card_former_ages or ())
        since = [*(one.age for one in ages[1:]), pair.card_age_band_code]
        found |= {one.until: Ages(one.age, after) for one, after in zip(ages, since, strict=False)}
    return found


def corrected_since(referral: UUID, at: datetime) -> bool:
    """Whether the age on its summary was corrected after this moment."""
    return ReferralCard.objects.filter(referral=referral, corrected_at__gt=at).exists()


class Changed(NamedTuple):
    """One thing that summaries say, before and since it was corrected, as codes."""

    name: str
    before: str
    since: str


def facts_put_right(pairs: Iterable[Any], case: Case) -> dict[datetime, tuple[Changed, ...]]:
    """When -> what else was corrected, of all summaries of the case together; what it is now, the case says."""
    kept = sorted({one for pair in pairs for one in facts(pair.card_former_ages or ())}, key=lambda one: one.until)
    found: dict[datetime, tuple[Changed, ...]] = {}
    for at in dict.fromkeys(one.until for one in kept):
        found[at] = tuple(_changed(kept, name, at, case) for name in FACTS if any(_is(one, name, at) for one in kept))
    return found


def _is(one: Fact, name: str, at: datetime) -> bool:
    return one.name == name and one.until == at


def _changed(kept: list[Fact], name: str, at: datetime, case: Case) -> Changed:
    was = next(one.was for one in kept if _is(one, name, at))
    return Changed(name, was, was_at(kept, name, code(getattr(case, name)), at))


class Corrections(NamedTuple):
    """What summaries of a case said before, by the moment at which it was corrected."""

    ages: dict[datetime, Ages]
    facts: dict[datetime, tuple[Changed, ...]]


def corrections(pairs: Iterable[Any], case: Case) -> Corrections:
    """Both together."""
    return Corrections(put_right(pairs), facts_put_right(pairs, case))


class Told(NamedTuple):
    """What the last correction changed in summaries that were sent, whose they are, and what is agreed with them."""

    names: tuple[str, ...]
    referrals: tuple[Referral, ...]


def told_last(case: Case, step: str, since: datetime | None = None) -> Told:
    """Of the last step of this kind, `since` that moment; nothing where no summary says it."""
    rows = ReferralOrigin.objects.filter(case=case, referral__state_code__in=LIVE)
    live = {one.referral_id: one.referral for one in rows.select_related("referral__to_organisation")}
    taken = CaseStep.objects.filter(case=case, step_code=step, **({"at__gte": since} if since is not None else {}))
    last = taken.order_by("-at").first()
    names: set[str] = set()
    to: list[Referral] = []
    for card in ReferralCard.objects.filter(pk__in=list(live)) if last is not None else ():
        said = {one.name for one in facts(card.former_ages) if last is not None and one.until == last.at}
        if said:
            names |= said
            to.append(live[card.pk])
    return Told(tuple(one for one in FACTS if one in names), tuple(sorted(to, key=lambda one: one.code)))
