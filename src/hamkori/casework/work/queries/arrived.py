"""What arrived for one member and asks nothing of them: real rows, newest first.

What asks for something is a row of work (queries/today.py), and is not told twice. What has ended since is no news, but
for the ending itself and what was said of it, read by whoever had the referral; and for a day for whoever sent it: that
somebody was accepted, or came, and the person ended it since.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.models import Referral, ReferralCard, ReferralOrigin, ReferralStep
from hamkori.casework.referral.queries.copies import added_here, sent_with
from hamkori.casework.referral.queries.narrowed import not_called
from hamkori.casework.referral.queries.on_the_way import no_again, no_was_brought, stands_here, wanted_after_all
from hamkori.casework.referral.queries.promised import promised_here
from hamkori.casework.referral.queries.put_right import Changed
from hamkori.casework.referral.queries.referrals import ended_by_her_word, has_begun, read_state
from hamkori.casework.referral.rules.facts import FACTS, Fact, became, code, facts
from hamkori.casework.referral.rules.lifecycle import FINAL
from hamkori.casework.work.queries.due import Due, is_near
from hamkori.casework.work.queries.today import Today
from hamkori.casework.work.rules.worklist import COMES, DOUBT
from hamkori.notices.queries import One, unread
from hamkori.refusal import ENDED

WORK: Final = frozenset(
    {"now", "late", "waiting", "new", "asked", "task", "choose_again", "questioned", "result"},
)
"""Events that are a row of work for as long as they ask for something."""
WHILE: Final = {
    "accepted": frozenset({"accepted"}),
    "news": frozenset({"accepted", "serving"}),
    "answered": frozenset({"sent", "accepted", "serving"}),
}
"""The states in which an event of a referral is still news; another event is, until the referral ends."""
EXPECTED: Final = (COMES, DOUBT)
"""Rows that say what the notice of an acceptance says."""
CORRECTED: Final = "corrected"
NARROWED: Final = "narrowed"
AGE_THERE: Final = "age_there"
ABOVE: Final = "heard_above"
CLOSED_ABOVE: Final = "closed_above"
"""A supervisor closed a case: it is on no row any more."""
OPENED_ABOVE: Final = "opened_above"
LATELY: Final = timedelta(hours=24)
"""So long it is told what happened to a referral that has ended since: a night is read of in the morning."""
OF_ENDING: Final = frozenset({"closed", "settled"})


@dataclass(frozen=True, kw_only=True)
class News:
    """One thing that arrived. `referral` and `case`: numbers as far as the reader may know them; '' else."""

    key: str
    at: datetime
    case: str = ""
    own_case: str = ""
    """For the receiver, once help has begun: the number of their own case, as the row of work has it."""
    referral: str = ""
    service: str = ""
    body: str = ""
    state: str = ""
    heard: str = ""
    arrival_on: date | None = None
    arrival_part: str = ""
    agreed_at: datetime | None = None
    sex: str = ""
    age_band: str = ""
    former_age: str = ""
    """Of a summary that was corrected: the age that it says now, and what it said before."""
    region: str = ""
    """The same of a region: what it says now."""
    facts: tuple[Changed, ...] = ()
    """The same of the rest, each with what it was."""
    waited_for: bool = False
    """Of what has ended, for its receiver: somebody is still waited for there."""
    begun: bool = False
    """The same where the person has come: help may go on."""
    withdrew: bool = False
    """The same where help had begun: only the person's word ends such a referral (ADR 0126)."""
    brought: bool = False
    """Beside that: somebody else brought that no, and the person was not asked since (ADR 0190)."""
    wants: bool = False
    """The same, and the person was asked since: they want that help (ADR 0196)."""
    stands: str = ""
    """Of what has ended for whoever waits: a no was brought, the person not asked yet; or they want it (ADR 0196)."""
    no_again: datetime | None = None
    """When the person said no themselves, after a no that somebody else had brought (ADR 0224)."""
    not_called: bool = False
    """The person took back how to reach them: nobody there calls or writes any more."""
    parts: tuple[tuple[str, bool], ...] = ()
    """Of what was sent after a referral, for its receiver: the parts, each with whether it had been sent before."""
    over: bool = False
    """Of what happened to a referral of the reader's team: it has ended since."""

    @property
    def first(self) -> bool:
        """Read before everything else: somebody may stand before a door, or sleep behind it."""
        return self.waited_for or self.begun or self.not_called


@dataclass(frozen=True)
class Arrived:
    """Rows of news, and the keys of everything unread: what was work, or has ended, is read with the rest."""

    rows: tuple[News, ...]
    keys: tuple[str, ...]
    above: tuple[datetime, ...] = ()
    """When that arrived which a row of work says already."""

    @property
    def called_off(self) -> tuple[News, ...]:
        """What has ended for somebody who is waited for, or is there: until it is opened."""
        return tuple(one for one in self.rows if one.waited_for or one.begun)

    @property
    def not_called(self) -> tuple[News, ...]:
        """Whom the reader is not to call any more: until it is opened."""
        return tuple(one for one in self.rows if one.not_called)

    @property
    def until_opened(self) -> frozenset[str]:
        """The keys of both: they are not marked as seen with the rest."""
        return frozenset(one.key for one in self.rows if one.first)


def arrived(actor: Actor, found: Today) -> Arrived:
    """What is news beside this Today. One query, one more if something is told of what is not on it, one for what
    summaries say that were corrected, one for what was taken back, and one for the parts that were sent afterwards.
    """
    told = unread(actor)
    named = {one.about_id for one in told if one.about == "referral" and one.about_id is not None}
    elsewhere = named - found.referrals.keys()
    others = _elsewhere(elsewhere) if elsewhere else {}
    above = frozenset(
        row.referral
        for row in found.rows
        if row.late or row.stopped or row.came_at or (row.what in EXPECTED and is_near(row, found.now))
    )
    corrected = {one.about_id for one in told if one.key == CORRECTED and one.about_id is not None}
    summaries = ReferralCard.objects.filter(pk__in=corrected).annotate(seen_from=F("referral__visible_at"))
    cards = {card.pk: card for card in summaries} if corrected else {}
    less = {one.about_id for one in told if one.key == NARROWED and one.about_id is not None}
    quiet = not_called(less) if less else frozenset[UUID]()
    got = {one.about_id for one in told if one.key == "news" and one.about_id is not None} & named
    got = {about for about in got if not _sends(about, found)}
    parts = added_here(got) if got else {}
    said = heard_above({one.about_id for one in told if one.key == ABOVE and one.about_id is not None})
    shown, rows, seen = {row.referral for row in found.rows}, [], set()
    own = {row.referral: row.own_case for row in found.rows if row.own_case}
    also: dict[tuple[str, str, UUID | None], datetime] = {}
    for one in told:
        about = (one.key, one.about, one.about_id)
        row = _row(actor, one, found, others, above, quiet)
        card = cards.get(one.about_id) if one.key == CORRECTED and one.about_id is not None else None
        if card is not None and _of_region(one, card):
            what = ",".join(fact.name for fact in _facts(one, card))
            about = (f"{one.key}.{what}", one.about, one.about_id)
        if row is not None and one.key == ABOVE and one.about_id in said:
            row = replace(row, heard=said[one.about_id])
        if row is not None and (one.about_id is None or about not in seen):
            seen.add(about)
            went = sent_with(parts.get(one.about_id, ()), one.at) if one.key == "news" and one.about_id else ()
            more = tuple((part.section, part.again) for part in went)
            rows.append(replace(_as_corrected(row, one, card), parts=more, own_case=own.get(row.referral, "")))
        elif row is None and (of := found.referrals.get(one.about_id or UUID(int=0))) and of[0].code in shown:
            also.setdefault(about, one.at)
    return Arrived(tuple(rows), tuple(dict.fromkeys(one.key for one in told)), tuple(also.values()))


def heard_above(of: Collection[UUID]) -> dict[UUID, str]:
    """What a supervisor said last of each arrival: what stands there now may be another's word."""
    if not of:
        return {}
    hers = ReferralStep.objects.filter(referral__in=of, step_code="hear", side_code=Side.SENDER_SUPERVISOR)
    return dict(hers.order_by("at").values_list("referral_id", "reason_code"))


def _sends(referral: UUID, found: Today) -> bool:
    """Whether the reader's team sent the referral that is told of."""
    return referral in found.referrals and found.referrals[referral][1] is not None


def _elsewhere(of: Collection[UUID]) -> dict[UUID, Referral]:
    """Referrals that are told of and are on no row of Today, each with the number of the case that sent it, where the
    reader works on that.
    """
    origin = ReferralOrigin.objects.filter(referral=OuterRef("pk")).values("case__code")[:1]
    return {one.pk: one for one in Referral.objects.filter(pk__in=of).annotate(sent_from=Subquery(origin))}


def _row(
    actor: Actor,
    one: One,
    found: Today,
    others: dict[UUID, Referral],
    above: frozenset[str],
    quiet: frozenset[UUID],
) -> News | None:
    """The row of a notice; None where it is work, or is over."""
    if one.about_id is None or one.about not in ("case", "referral"):
        return News(key=one.key, at=one.at)
    if one.about == "case":
        return _of_case(one, found)
    referral, of = found.referrals.get(one.about_id, (others.get(one.about_id), None))
    if one.key in WORK:
        # Whoever is told of what she may not see, as the supervisor of a desk is, has no row of it.
        unseen = referral is None and "national_coordinator" not in actor.roles
        return News(key=one.key, at=one.at) if unseen else None
    # Whoever waits for the person may be about to call: that is said also beside a row of the same referral.
    silent = one.key == NARROWED and one.about_id in quiet
    if referral is None or (referral.code in above and not silent):
        return None
    sent_from: str = of.code if of is not None else getattr(referral, "sent_from", None) or ""
    over = bool(sent_from) and _is_over(one, referral, found.now)
    if not (over or silent or _is_news(one, referral, found.now)):
        return None
    other = referral.to_organisation_id if sent_from else referral.from_organisation_id
    ends = not sent_from and one.key == "closed"
    return News(
        key=one.key,
        at=one.at,
        case=sent_from,
        referral=referral.code,
        service=referral.service_code,
        body=found.bodies.get(other, ""),
        state=read_state(referral),
        heard=referral.heard_code,
        arrival_on=referral.arrival_on,
        arrival_part=referral.arrival_part_code,
        agreed_at=referral.agreed_at,
        waited_for=(waits := ends and (_is_waited_for(referral) or _was_promised(referral))),
        stands=(stands := stands_here(referral) if waits else ""),
        no_again=no_again(referral.pk) if waits and not stands else None,
        begun=ends and read_state(referral) == ENDED and has_begun(referral),
        withdrew=(withdrew := ends and ended_by_her_word(referral)),
        brought=withdrew and no_was_brought(referral.pk),
        wants=withdrew and wanted_after_all(referral.pk),
        not_called=silent,
        over=over,
    )


def _of_case(one: One, found: Today) -> News | None:
    """The same of a case; that it was closed is told though it is on no row any more."""
    case = found.cases.get(one.about_id) if one.about_id is not None else None
    if case is None:
        return News(key=one.key, at=one.at) if one.key == CLOSED_ABOVE else None
    asks = any(row.case == case.code and _says(row, one) for row in found.rows)
    return None if asks else News(key=one.key, at=one.at, case=case.code)


def _of_region(one: One, card: ReferralCard) -> bool:
    """Whether what was corrected is no age. What an age was corrected to is told as of that moment, and to a desk that
    sees it later as of then.
    """
    if any(fact.until == one.at for fact in facts(card.former_ages)):
        return True
    return card.corrected_at is None or one.at > max(card.corrected_at, card.seen_from)  # type: ignore[attr-defined]


def _facts(one: One, card: ReferralCard) -> tuple[Changed, ...]:
    """What was corrected then; for a desk that sees it later, all that was."""
    kept = facts(card.former_ages)
    then = [fact for fact in kept if fact.until == one.at] or [*reversed(kept)]
    was = {fact.name: fact for fact in then}
    found = ((name, was[name].was, _since(kept, was[name], card, one)) for name in FACTS if name in was)
    return tuple(Changed(*fact) for fact in found)


def _since(kept: Collection[Fact], fact: Fact, card: ReferralCard, one: One) -> str:
    """What it said once that was corrected; to a desk that sees it later, what it says now."""
    now = code(getattr(card, fact.name))
    return became(kept, fact, now) if fact.until == one.at else now


def _as_corrected(row: News, one: One, card: ReferralCard | None) -> News:
    if card is None:
        return row
    if _of_region(one, card):
        told = _facts(one, card)
        region = next((fact.since for fact in told if fact.name == "region_code"), card.region_code)
        return replace(row, region=region, facts=told)
    return replace(row, sex=card.sex_code, age_band=card.age_band_code, former_age=card.former_age_code)


def _is_waited_for(referral: Referral) -> bool:
    """Whether it ended between the yes and the arrival, and nobody had said that the person did not come."""
    agreed = read_state(referral) == ENDED and referral.arrival_on is not None
    come = referral.served_at is not None or has_begun(referral)
    return agreed and not come and referral.missed_at is None


def _was_promised(referral: Referral) -> bool:
    """Whether it ended after a yes on the telephone alone: for that, too, somebody may be waited for."""
    return read_state(referral) == ENDED and referral.agreed_at is None and promised_here(referral.pk)


def _says(row: Due, one: One) -> bool:
    """Whether a row of work says what the notice about its case says."""
    if one.key == AGE_THERE:
        return bool(row.said_age)
    if one.key == OPENED_ABOVE:
        return False  # who is on the team reads it too, and has no row
    return row.late or row.stopped or row.danger if one.key == "look" else row.what == "consent"


def _is_over(one: One, referral: Referral, at: datetime) -> bool:
    """Whether it was accepted, or the person came, within a day, and the person or the team has ended it since. The
    farther of both is told.
    """
    came = referral.served_at is not None
    return read_state(referral) == ENDED and one.key == ("news" if came else "accepted") and one.at > at - LATELY


def _is_news(one: One, referral: Referral, at: datetime) -> bool:
    """An event while it lasts; whatever else was told of a referral, until that ends; and its ending.

    That it was accepted is old once the agreed day is over, or the person came; an answer to a question, once its desk
    has answered the referral.
    """
    state = read_state(referral)
    if one.key in OF_ENDING:
        return True
    on = referral.arrival_on
    if one.key == "accepted" and on is not None and (on < timezone.localdate(at) or referral.heard_code == "came"):
        return False
    if one.key == "answered" and referral.answered_at is not None and one.at <= referral.answered_at:
        return False
    if one.key in WHILE:
        return state in WHILE[one.key]
    return state not in FINAL and state != ENDED
