"""Before a request is written: what stands in its way, and which parts of the file could go. Asks, opens nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Subquery

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import visible
from hamkori.calendar.queries import calendar
from hamkori.calendar.rules import Calendar
from hamkori.casework.case.models import SECTION_MODELS, Case
from hamkori.casework.case.queries.coordination import ENDS, Call
from hamkori.casework.case.queries.said_before import needs_asked
from hamkori.casework.case.queries.sections import written_last
from hamkori.casework.case.queries.shown import meant
from hamkori.casework.case.queries.team import my_access
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.queries import age as ages
from hamkori.casework.consent.queries.said import newest_to_send
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules import packet
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.casework.referral.queries.calls import calls_while, last_no, of_sender, told_after
from hamkori.casework.referral.queries.lately import DAYS
from hamkori.casework.referral.queries.on_the_way import no_was_brought
from hamkori.casework.referral.queries.place_noes import noes_of
from hamkori.casework.referral.queries.to_ask import answers
from hamkori.casework.referral.rules import sending
from hamkori.casework.referral.rules.lifecycle import LIVE, REFERRAL, TWIN
from hamkori.lifecycle import refusals
from hamkori.refusal import ENDED, NotAllowed, NotNow, NotVisible
from hamkori.vault.declared import set_of
from hamkori.vocabulary.codes import is_code

HEARD = ("said_yes", "said_no")
"""What was said on the telephone that who asks another one has to know."""


@dataclass(frozen=True, kw_only=True)
class Going:
    """A referral of this case that is on its way or at work: waiting, accepted, helping."""

    code: str
    state: str
    service_id: UUID
    organisation_id: UUID
    service_code: str
    sent_at: datetime
    due: datetime
    arrival_on: date | None
    arrival_part: str
    agreed_at: datetime | None
    came: bool
    said: tuple[str, datetime] | None
    """What they said by telephone, yes or no, and when, while their answer is awaited."""


@dataclass(frozen=True)
class Yes:
    """That they said yes, when; `spoken`: on the telephone alone. `told_at`: since when they know that nobody comes."""

    at: datetime
    spoken: bool
    told_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What is known of a case when somebody is about to refer. `filled`: parts they hold in which something stands;
    `writes`: parts in which they may write; `asked_in`: the language in which the person was asked for consent.
    """

    case: Case
    at: datetime
    calendar: Calendar
    held: frozenset[str]
    filled: frozenset[str]
    writes: frozenset[str]
    rows: dict[rules.RowKey, rules.Row]
    asked_at: datetime | None
    asked_in: str
    excluded: frozenset[UUID]
    sent: tuple[Referral, ...]
    going: tuple[Going, ...]
    yeses: Mapping[tuple[UUID, str], Yes] = field(default_factory=dict)
    """Organisation and help -> their yes for this person, where the sender's side or the person ended it since."""
    noes: Mapping[tuple[UUID, str], datetime] = field(default_factory=dict)
    """The same of their no by telephone, where the last referral there was ended after it: when it was said."""
    given_up: Mapping[UUID, datetime] = field(default_factory=dict)
    """Organisation -> when the person ended what was sent there: they may not want to go there again."""
    unheard: frozenset[UUID] = frozenset()
    """The organisations of those where a no that somebody else brought ended it, and the person was not asked since."""
    withdrawn: bool = False
    """What the person said last took something back."""
    brought: frozenset[rules.RowKey] = frozenset()
    """What is a no that somebody else brought, and was not asked since (ADR 0190)."""
    no_before: frozenset[rules.RowKey] = frozenset()
    """What the person said no to before the case was closed, and is asked again (ADR 225)."""

    def waits_until(self, service_code: str) -> datetime | None:
        """When the answer to the same kind of help is late that is asked already; None: nobody is asked for it."""
        waiting = [one.due for one in self.going if one.state in TWIN and one.service_code == service_code]
        return max(waiting, default=None)

    def asked_already(self, service_id: UUID, organisation_id: UUID, service_code: str) -> Going | None:
        """The newest referral to this very service that is on its way; none to it goes out a second time unsaid."""
        same = [
            one
            for one in self.going
            if service_id == one.service_id
            or (organisation_id, service_code) == (one.organisation_id, one.service_code)
        ]
        return max(same, key=lambda one: one.sent_at, default=None)

    def answer_by(self, urgency: str) -> datetime:
        """The answer target if it were sent now."""
        return clocks.answer_rungs(self.seen_at(urgency), urgency, self.calendar).target

    def seen_at(self, urgency: str) -> datetime:
        """When the desk would see it if it were sent now."""
        return clocks.visible_at(self.at, urgency, self.case.risk_code)

    @property
    def age(self) -> rules.Age:
        return ages.held(self.case)[0]

    @property
    def asks_child(self) -> bool:
        """Whether all that lives was agreed to as an adult, and the person is a child: nothing is sent on it."""
        age = self.age
        lives = [row for row in self.rows.values() if rules.live(row, self.at, age)]
        return age.child and bool(lives) and not any(row.asked_as_child for row in lives)

    @property
    def agrees(self) -> bool:
        """Whether there is any yes on which something could be sent now."""
        return any(rules.live(row, self.at, self.age) for row in self.rows.values())

    @property
    def said_no(self) -> bool:
        """Whether the last word to everything is no, or a yes that was taken back."""
        answers = {"withdrawn" if key in self.brought else row.answer for key, row in self.rows.items()}
        whole = "withdrawn" in answers or {kind for kind, _of in self.rows} >= {*rules.KINDS}
        return whole and answers <= {"no", "withdrawn"}


@dataclass(frozen=True)
class Offer:
    """One body's service, as far as the rules ask."""

    organisation_id: UUID
    compartment: str
    service_code: str
    is_active: bool
    desk_ready: bool


@dataclass(frozen=True, kw_only=True)
class Way:
    """One service for one purpose, held against her agreement.

    `offered`: section -> ticked at first. `withheld`: section -> why not: not_agreed, not_held, empty.
    `named`: whether what to call her may go. `blocks`: guards that do not hold, in the order of the lifecycle's table.
    """

    blocks: tuple[NotNow, ...]
    kind: str = ""
    purposes: tuple[str, ...] = ()
    purpose: str = ""
    offered: dict[str, bool] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    until: datetime | None = None
    by_item: bool = False
    named: bool = True

    @property
    def police(self) -> bool:
        return self.kind == "police"


def prepared(actor: Actor, code: str) -> Prepared:
    """The case of this code, ready to refer from. NotVisible; NotAllowed for whoever only looks on."""
    if not is_code(code):
        raise NotVisible
    found = visible(actor, "referral.write", Case.objects.all()).annotate(**_filled()).filter(code=code).first()
    if found is None:
        seen = visible(actor, "case.view", Case.objects.all()).filter(code=code).first()
        raise NotAllowed("referral.write") if seen is not None else NotVisible
    meant(actor, "case", found.pk)
    return prepared_of(actor, found)


def prepared_for(actor: Actor, case_id: UUID) -> Prepared:
    """The same for a case that is known already: of a draft, of a request that ended."""
    cases = visible(actor, "referral.write", Case.objects.all()).annotate(**_filled())
    found = cases.filter(pk=case_id).first()
    if found is None:
        raise NotAllowed("referral.write")
    meant(actor, "case", found.pk)
    return prepared_of(actor, found)


def prepared_of(actor: Actor, case: Any) -> Prepared:
    """Her agreement and what waits already, for a case with its annotations."""
    access = my_access(case.pk, actor.membership_id)
    word = newest_to_send(case)
    rows = ReferralOrigin.objects.filter(case=case).exclude(referral__sent_at=None).select_related("referral")
    read = rows.annotate(
        calls=calls_while("referral__state_code", "referral_id", also=ENDED),
        ending=F("referral__sender__ending_code"),
        how_said=F("referral__sender__how_said_code"),
    ).order_by("referral__sent_at")
    sent = tuple(row.referral for row in read)
    at = now()
    yeses, noes = _heard_before(read, at)
    return Prepared(
        case=case,
        at=at,
        calendar=calendar(),
        held=set_of(access.sections if access else ()),
        filled=frozenset(section for section in SECTION_MODELS if getattr(case, f"has_{section}")),
        writes=frozenset(access.writes if access else ()),
        **answers(word),
        sent=sent,
        yeses=yeses,
        noes=noes | noes_of(case.pk),
        given_up=_given_up(read, word.version.at if word is not None else None),
        unheard=_unheard(read),
        going=tuple(_going(row.referral, _said(row)) for row in read if row.referral.state_code in LIVE),
    )


def _heard_before(
    read: Iterable[ReferralOrigin], at: datetime
) -> tuple[dict[tuple[UUID, str], Yes], dict[tuple[UUID, str], datetime]]:
    """Of what was ended the last yes, lately, and the last no of each; a newer referral there outweighs both."""
    yeses: dict[tuple[UUID, str], Yes] = {}
    noes: dict[tuple[UUID, str], datetime] = {}
    for row in read:  # the newest last
        one, key = row.referral, (row.referral.to_organisation_id, row.referral.service_code)
        yeses.pop(key, None)
        noes.pop(key, None)
        if one.state_code != ENDED or one.ended_at is None:
            continue
        said = next((call for call in of_sender(row) if call.answer in HEARD), None)
        if no := last_no(of_sender(row), one.agreed_at):
            noes[key] = no.at
        elif one.ended_at + DAYS < at:
            continue
        elif one.agreed_at is not None:
            yeses[key] = Yes(one.agreed_at, spoken=False)
        elif said is not None and said.answer == "said_yes":
            yeses[key] = Yes(said.at, spoken=True, told_at=told_after(of_sender(row), one.ended_at))
    return yeses, noes


def _given_up(read: Iterable[Any], asked_at: datetime | None) -> dict[UUID, datetime]:
    """Where the person ended something, and when; not where they were asked again since, nor where other help of that
    organisation goes on or was asked for afterwards.
    """
    found: dict[UUID, datetime] = {}
    rows = list(read)
    for row in rows:  # the newest last
        at = row.referral.ended_at
        if row.ending == "withdrawn" and at is not None and (asked_at is None or asked_at <= at):
            found[row.referral.to_organisation_id] = at
    for row in rows:
        one, at = row.referral, found.get(row.referral.to_organisation_id)
        if at is not None and (one.state_code in LIVE or (one.sent_at is not None and one.sent_at > at)):
            del found[one.to_organisation_id]
    return found


def _unheard(read: Iterable[Any]) -> frozenset[UUID]:
    """Asked only of what was ended by the word of somebody else."""
    ended = [row.referral for row in read if row.ending == "withdrawn" and row.how_said in rules.BY_OTHERS]
    return frozenset(one.to_organisation_id for one in ended if no_was_brought(one.pk))


def earlier(case: Case, code: str) -> Referral | None:
    """A referral of this case that went out before, by its number."""
    sent = ReferralOrigin.objects.filter(case=case, referral__code=code).exclude(referral__sent_at=None)
    found = sent.select_related("referral__to_organisation", "referral__sender").first()
    return found.referral if found is not None else None


def _said(row: Any) -> Call | None:
    """The yes or no that was said there last: a call that reached nobody since does not undo it."""
    return next((call for call in of_sender(row) if call.answer in ENDS), None)


def _going(one: Referral, call: Call | None) -> Going:
    assert one.sent_at is not None
    assert one.answer_due_at is not None
    return Going(
        code=one.code,
        state=one.state_code,
        service_id=one.service_id,
        organisation_id=one.to_organisation_id,
        service_code=one.service_code,
        sent_at=one.sent_at,
        due=one.answer_due_at,
        arrival_on=one.arrival_on,
        arrival_part=one.arrival_part_code,
        agreed_at=one.agreed_at,
        came=one.heard_code == "came" and one.missed_at is None,
        said=(call.answer, call.at) if call is not None and call.answer in HEARD and one.state_code == "sent" else None,
    )


def empty_in(case: Case, sections: Iterable[str]) -> frozenset[str]:
    """Of these sections those in which nothing stands so far. Opens nothing; one query."""
    found = Case.objects.filter(pk=case.pk).annotate(**_filled()).first()
    return frozenset(section for section in sections if not getattr(found, f"has_{section}", False))


def _filled() -> dict[str, Exists | Subquery]:
    """Whether a sheet stands in each section, without opening it, and since when how the person is reached. Signs count
    once they are completed.
    """
    found: dict[str, Exists | Subquery] = {"contact_written_at": written_last("contact", beside="pk"), **needs_asked()}
    for section, model in SECTION_MODELS.items():
        stands = {"state_code": "completed"} if section == "screening" else {"kind_code": "sheet"}
        found[f"has_{section}"] = Exists(model._default_manager.filter(case=OuterRef("pk"), **stands))
    return found


def way(known: Prepared, actor: Actor, offer: Offer, purpose: str = "") -> Way:
    """What would go to this service for this purpose, and what stands in the way. Asks the database nothing.

    `purpose` empty or unknown: the only one there is, else the only one to which she agreed, else none yet.
    """
    kind = rules.kind_of(offer.compartment, offer.service_code)
    if kind is None:
        return Way(blocks=(NotNow("body_may_receive"),))
    purposes = rules.purposes(offer.compartment, offer.service_code)
    chosen = purpose if purpose in purposes else _only(known, kind, purposes)
    if not chosen:
        return Way(blocks=_blocks(known, actor, offer, ()), kind=kind, purposes=purposes)
    needed = rules.rows_needed(offer.compartment, offer.service_code, chosen)
    main = known.rows.get(needed[0])
    agreed = rules.allowed_sections(main, known.at, known.age) if main else frozenset()
    withheld = {}
    for section in packet.askable(kind, chosen):
        if section not in agreed:
            withheld[section] = "not_agreed"
        elif section not in known.held:
            withheld[section] = "not_held"
        elif section not in known.filled:
            withheld[section] = "empty"
    return Way(
        kind=kind,
        purposes=purposes,
        purpose=chosen,
        offered=packet.offered(kind, chosen, agreed, known.held, known.filled),
        withheld=withheld,
        blocks=_blocks(known, actor, offer, needed),
        until=rules.run_out(known.rows, needed, known.age),
        by_item=(kind, chosen) in packet.BY_ITEM,
        named=rules.named(known.rows, needed),
    )


def _only(known: Prepared, kind: str, purposes: tuple[str, ...]) -> str:
    if len(purposes) == 1:
        return purposes[0]
    live = [
        purpose
        for purpose in purposes
        if (row := known.rows.get((kind, purpose))) is not None and rules.live(row, known.at, known.age)
    ]
    return live[0] if len(live) == 1 else ""


def _blocks(known: Prepared, actor: Actor, offer: Offer, needed: tuple[rules.RowKey, ...]) -> tuple[NotNow, ...]:
    """The guards of `send` that can be answered before anything is written. The action asks all of them again."""
    answers = sending.answers(
        case_state=known.case.state_code,
        rows=known.rows,
        needed=needed,
        at=known.at,
        age=known.age,
        wanted=offer.organisation_id not in known.excluded,
        sender=actor.organisation_id,
        receiver=offer.organisation_id,
        service_active=lambda: offer.is_active,
        desk_ready=lambda: offer.desk_ready,
        waits_until=lambda: known.waits_until(offer.service_code),
    )
    row = REFERRAL.row("draft", "send", Side.SENDER)
    assert row is not None
    return tuple(refusals(row, answers))
