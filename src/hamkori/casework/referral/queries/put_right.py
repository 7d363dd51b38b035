"""What was put right after referrals were sent, the age and the rest. What it was, their summaries alone know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from hamkori import definer
from hamkori.casework.case.models import CaseStep
from hamkori.casework.referral.models import Referral, ReferralCard, ReferralOrigin
from hamkori.casework.referral.queries.paused import Holds
from hamkori.casework.referral.rules.ages import former
from hamkori.casework.referral.rules.facts import FACTS, became, code, facts
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


def every_age(at: Iterable[datetime], known: dict[datetime, Ages], now: str) -> dict[datetime, Ages]:
    """The same of each correction of the case, also where no summary was read then: before it stood what the one before
    made of it, and since then what the next one found, or what the case says `now`. Before the first nobody may know.
    """
    times, found = sorted(at), dict(known)
    for place, one in enumerate(times):
        earlier = found.get(times[place - 1]) if place else None
        later = known.get(times[place + 1]) if place + 1 < len(times) else Ages(now, now)
        if one not in found and later is not None:
            found[one] = Ages(earlier.since if earlier else "", later.before)
    return found


def corrected_since(referral: UUID, at: datetime) -> bool:
    """Whether the age on its summary was corrected after this moment."""
    return ReferralCard.objects.filter(referral=referral, corrected_at__gt=at).exists()


class Changed(NamedTuple):
    """One thing that summaries say, before and since it was corrected, as codes."""

    name: str
    before: str
    since: str


def beside_said() -> dict[str, Any]:
    """What a row of a referral's origin reads beside it for `facts_put_right`: all that its summary says now."""
    card = ReferralCard.objects.filter(referral=OuterRef("referral_id"))
    return {"card_said": Subquery(card.values(said=JSONObject(**{name: name for name in FACTS}))[:1])}


def facts_put_right(pairs: Iterable[Any]) -> dict[datetime, tuple[Changed, ...]]:
    """When -> what else was corrected, of all summaries of the case together: from what to what at that moment,
    whatever was changed since (ADR 0159). What nobody read when it changed stands in none of them.
    """
    found: dict[datetime, set[Changed]] = {}
    for pair in pairs:
        kept, said = facts(pair.card_former_ages or ()), pair.card_said or {}
        for one in kept:
            since = became(kept, one, code(said.get(one.name)))
            found.setdefault(one.until, set()).add(Changed(one.name, one.was, since))
    return {at: tuple(sorted(all_, key=_in_order)) for at, all_ in found.items()}


def _in_order(one: Changed) -> tuple[int, str]:
    return FACTS.index(one.name), one.before


def readers(case: Case, *, of_region: bool) -> tuple[Referral, ...]:
    """Referrals whose summary somebody reads, or will, and is told of what is changed: of a region the police is not.
    While the consent for one is not valid nobody there is told (ADR 0156).
    """
    rows = ReferralOrigin.objects.filter(case=case, referral__state_code__in=LIVE)
    rows = rows.select_related("referral__to_organisation").annotate(holds=Holds("referral"))
    found = (one.referral for one in rows if one.holds)
    return tuple(
        sorted((one for one in found if not of_region or one.recipient_kind_code != "police"), key=lambda one: one.code)
    )


def received_once(case: Case) -> list[UUID]:
    """Organisations where help of the case has begun and whose referral has ended: where they have an open case of
    their own, they are told of an age that is put right (ADR 0167).
    """
    rows = ReferralOrigin.objects.filter(case=case, referral__served_at__isnull=False)
    rows = rows.exclude(referral__state_code__in=LIVE)
    return list(rows.values_list("referral__to_organisation", flat=True))


def told_of_age(case: Case) -> list[UUID]:
    """The organisations that were told of the age as it was put right last: who reads a summary of it, and who received
    the person and has an open case of their own (ADR 0167). For the sender's team alone.
    """
    return [organisation for (organisation,) in definer.rows("age_told", case.pk, columns="organisation_id")]


def shown_since(case: Case) -> bool:
    """Whether a summary that was sent says another age since the age was confirmed last, and its readers were told."""
    cards = ReferralCard.objects.filter(corrected_at=case.age_settled_at).values("referral_id")
    return ReferralOrigin.objects.filter(case=case, referral__in=cards).exists()


class Corrections(NamedTuple):
    """What summaries of a case said before, by the moment at which it was corrected."""

    ages: dict[datetime, Ages]
    facts: dict[datetime, tuple[Changed, ...]]


def corrections(pairs: Iterable[Any]) -> Corrections:
    """Both together."""
    return Corrections(put_right(pairs), facts_put_right(pairs))


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
