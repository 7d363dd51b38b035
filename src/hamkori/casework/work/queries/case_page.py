"""The page of a whole case: everything coded that belongs to it, her answers and its requests among it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, JSONField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models import Case as Case_

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.worded import worded
from hamkori.casework.case.models import Case, CaseClock, CaseStep
from hamkori.casework.case.queries import child_calls
from hamkori.casework.case.queries.answers import CaseFacts
from hamkori.casework.case.queries.arrival_calls import is_gone
from hamkori.casework.case.queries.cases import Standing, case, standing
from hamkori.casework.case.queries.coordination import REACHED, Call
from hamkori.casework.case.queries.place_told import PlaceTold, beside_step, named, places_told
from hamkori.casework.case.queries.sections import sections_of
from hamkori.casework.case.queries.team import Colleague, people
from hamkori.casework.case.queries.told_there import ToldThere, told_there
from hamkori.casework.case.queries.told_there import beside_case as beside_untold
from hamkori.casework.case.rules.team import LEAD, MEMBER, TeamRow, may_go
from hamkori.casework.consent.queries.agreed import Agreed, agreed
from hamkori.casework.consent.queries.unheard import Brought, brought
from hamkori.casework.consent.rules.consent import BY_OTHERS, SAID_NO, keys_of, paused
from hamkori.casework.referral.models import ReferralOrigin, ReferralQuestion
from hamkori.casework.referral.queries import last_night, left
from hamkori.casework.referral.queries.calls import (
    Calls,
    heard_there,
    no_heard,
    no_since,
    of_sender,
    says_yes,
    unsettled,
    yes_before,
)
from hamkori.casework.referral.queries.closed_there import beside_origin, expires_beside, expires_first, unread_now
from hamkori.casework.referral.queries.copies import Copy
from hamkori.casework.referral.queries.doubt import beside_row, call_since, doubted_asked, doubted_row
from hamkori.casework.referral.queries.effects import OPEN
from hamkori.casework.referral.queries.goes_on import asks_whether_on
from hamkori.casework.referral.queries.meeting import Meets, PersonTold, has_meeting, is_awaited, person_told_at
from hamkori.casework.referral.queries.on_the_way import TakenBack, taken_back
from hamkori.casework.referral.queries.on_the_way import beside_origin as beside_taken_back
from hamkori.casework.referral.queries.origin import Came, came_from
from hamkori.casework.referral.queries.parts_asked import PartsAsked, parts_asked
from hamkori.casework.referral.queries.permit import agreed_as_shown
from hamkori.casework.referral.queries.put_right import beside_said, corrections
from hamkori.casework.referral.queries.referrals import sender_state
from hamkori.casework.referral.queries.stopped import stopped, waits
from hamkori.casework.referral.queries.unused import NOT_RIGHT
from hamkori.casework.referral.rules import lifecycle
from hamkori.casework.referral.rules.lifecycle import FINAL
from hamkori.casework.work.queries import happened
from hamkori.casework.work.queries.case_sheets import SheetMark, sheets_of
from hamkori.casework.work.queries.happened import Step
from hamkori.casework.work.queries.helped import of_danger
from hamkori.casework.work.queries.looked_for import Looked, LookedFor, helper_named, looked_for
from hamkori.casework.work.queries.needed import beside_first_step, unasked_beside
from hamkori.casework.work.queries.no_doctor import without_a_doctor
from hamkori.casework.work.queries.no_place import shelter_left, without_place
from hamkori.casework.work.queries.not_here import housed, needs_place_of
from hamkori.casework.work.queries.overdue import overdue, unmet
from hamkori.casework.work.queries.shelter_ended import is_closed, is_opened, note_waits, where_asked
from hamkori.casework.work.queries.still_there import Sleeps, still_asked
from hamkori.casework.work.queries.still_there import beside_case as beside_still
from hamkori.directory.beds import admitted_to, beds
from hamkori.directory.rules.suit import BedFor, Person, bed_for
from hamkori.people.queries import BodyCard, organisations, phone_of
from hamkori.refusal import ENDED


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One referral of the case, as its sender sees it. `stopped`: how, while nobody has decided what comes next."""

    id: UUID
    code: str
    state: str
    service: str
    urgency: str
    body: str
    body_kind: str
    at_body: UUID
    sections: tuple[str, ...]
    answer_due_at: datetime | None
    visible_at: datetime | None
    arrival_on: date | None
    arrival_part: str
    agreed_at: datetime | None
    awaited: bool
    hour_written: bool  # of who is awaited: an hour or a meeting point is
    person_told: datetime | None  # of such a one: when the person was told what is agreed now
    heard: str
    """What the sender has said of the arrival, while nobody there said that the person did not come."""
    asks: str  # the question of its desk that waits for the sender
    parts: tuple[str, ...]  # which its receiver asks for
    region: str  # of the organisation that is asked
    result: str
    unmet_since: datetime | None  # confirmed with the person's word that it was not right, or only partly
    served_at: datetime | None  # they had come there
    reason: str
    suggested: str
    live: bool
    as_adult_until: datetime | None
    """The person agreed to it as an adult and is a child since: until when it goes on."""
    refused: bool  # the person said no to it, or took their yes back: they are not asked again
    late: bool
    opens: datetime | None  # when its desk opens, where nobody reads it in time and somebody has to call
    stopped: str
    there: Call | None  # of who is expected: what that desk told a coordinator, where nothing has settled it since
    gone: bool  # beside that: they are not there, and the sender's side has said nothing since
    not_here: bool  # the person did not come, and is looked for
    unplaced: bool  # beside that: a place for tonight is needed, and no other is accepted
    doubt: bool  # it was accepted for an adult, who is a child since, and it does not say that it takes children
    doubt_asked: bool
    yes_before: Call | None  # the same of what was sent for an adult and waits for an answer
    no_since: Call | None
    """It was accepted, and they said no on the telephone since; or it waits, and a no is what counts."""
    doubt_calls: bool  # one of both, and no call since then reached anybody
    taken: TakenBack | None  # the receiver took back what was agreed, and the person may be on the way
    goes_on: bool  # help there had begun when the person's word ended this, and nobody has said whether it goes on
    nobody_else: bool  # it stopped or is late, and nobody else is listed who could be asked
    phone: str
    """Of the desk that owes an answer or a word, has accepted, or gave help a day ago; '' where none is known."""
    desk: str  # the same of whoever is asked or helps: where they are called because of a danger
    calls: tuple[Call, ...]
    expires_first: tuple[datetime, datetime | None] | None  # after a yes: when it expires, and its desk opens, if later

    @property
    def says_yes(self) -> bool:
        """It waits for an answer, and their last word by telephone is a yes for who the person is."""
        return self.state == "sent" and says_yes(self.calls)

    @property
    def paused(self) -> bool:
        """Accepted, but what she agreed to has run out: nothing opens until she is asked again."""
        return paused(self.state, consent_live=self.live)

    @property
    def ended(self) -> bool:
        return self.state in FINAL

    @property
    def is_brought(self) -> bool:  # ended by a no that somebody else brought
        return self.state == "withdrawn" and self.reason in BY_OTHERS


@dataclass(frozen=True, kw_only=True)
class File:
    """Everything in the open about one case, at one moment."""

    case: Case
    now: datetime
    standing: Standing
    agreed: Agreed
    clocks: Mapping[str, datetime]
    referrals: tuple[Sent, ...]
    steps: tuple[Step, ...]
    people: tuple[Colleague, ...]
    sheets: Mapping[str, SheetMark]
    facts: CaseFacts
    came_from: tuple[Came, ...]
    nothing_to: tuple[str, ...]  # the organisations that must get nothing, by name
    not_called: bool
    """With one of the referrals that it serves the person took back how to reach them, and said nothing else since."""
    in_need: bool
    """Somebody is in danger, and nobody is asked for help or gives it, as Today says it."""
    untold: bool  # or those who do were asked before that was said, and nobody has told them
    no_place: bool
    """Nobody has a place for the person for tonight, as Today says it; or one is asked for, and nobody has answered."""
    left: str  # of that: the organisation whose help has ended, where it is asked where the person sleeps
    left_closed: bool  # it closed its own case after the person's word had ended what was agreed
    left_before: bool  # the person slept there before the case was opened again
    own_bed: BedFor  # whether the organisation whose case it is gives a place to sleep, and to such a person
    sleeps_on: frozenset[str]  # referrals of which help has ended, and the person sleeps there one more night
    sleeps: Sleeps | None
    """The person slept where no organisation has accepted them, and it is asked whether they still do."""
    note: str
    """The referral for a place whose help has ended, where a note came with the result, and nobody has read it."""
    missing: Looked | None  # the person did not arrive, and nobody knows whether they are safe, as Today says it
    gone_from: str
    """Of that: the organisation where they were expected, if it was one."""
    no_doctor: bool
    """A doctor is needed now, and nobody is asked, as Today says it."""
    needed: tuple[str, ...]
    """What else is needed, and of which nobody is asked."""
    places: tuple[PlaceTold, ...]
    """Who said yes on the telephone to a place for tonight lately, the newest first, and is or may be waiting."""
    told_there: ToldThere | None  # of a child: the other side says that child protection was told
    copies: tuple[Copy, ...]  # of the parts that the reader holds, at their receivers

    @cached_property
    def open_referrals(self) -> tuple[Sent, ...]:
        return tuple(one for one in self.referrals if not one.ended and one.state != "draft")

    @cached_property
    def brought(self) -> Brought:
        return brought(self.case.pk) if any(one.is_brought for one in self.referrals) else Brought()

    @property
    def screenings(self) -> frozenset[str]:
        """The states of its screenings; of a reader who does not hold them: none."""
        return self.facts.screenings

    @property
    def blocking(self) -> int:
        """Requests that wait or are questioned: with these the case cannot be closed."""
        return lifecycle.blocking(one.state for one in self.referrals)

    def may_go(self, membership_id: UUID | None) -> bool:
        """Whether this colleague is on the team and may be taken off it, or leave."""
        team = [TeamRow(one.membership_id, one.kind) for one in self.people]
        works = any(row.membership == membership_id and row.kind in (LEAD, MEMBER) for row in team)
        return works and may_go(membership_id, team)

    def name_of(self, membership_id: UUID | None) -> str:
        """The name of somebody who is on the case now; '' for others and for the clock."""
        return next((one.name for one in self.people if one.membership_id == membership_id), "")


def file(actor: Actor, code: str, language: str) -> File:
    """The case page in eleven queries."""
    found, at = case(actor, code), now()
    word = agreed(found, at)
    bodies = {one.id: one for one in organisations()}
    names = {pk: one.name(language) for pk, one in bodies.items()}
    pairs, age = _written(found.pk), found.age_band_code
    elsewhere = housed(pairs)
    referrals = [pair.referral for pair in pairs]
    opens = unread_now(pairs, at)
    askings = [happened.asking(one, word, bodies, language) for one in word.askings]
    called = [one for pair in pairs for one in happened.called(pair, bodies, language)]
    facts = CaseFacts(found)
    sheets, facts.screenings, copies = sheets_of(found, at)
    own, began = _own_steps(found.pk, at), came_from(found)
    gone = next((one for step in own if (one := looked_for(step.looked))), None)  # type: ignore[attr-defined]
    return File(
        case=found,
        now=at,
        standing=standing(found),
        agreed=word,
        clocks=dict(CaseClock.objects.filter(case=found).values_list("clock_code", "due_at")),
        referrals=tuple(_sent(one, at, bodies, word, language, opens, elsewhere, gone) for one in pairs),
        steps=happened.steps(own, referrals, bodies, language, [*askings, *called], corrections(pairs), age),
        people=people(found),
        sheets=sheets,
        facts=facts,
        came_from=tuple(one for one in began if one.code),
        nothing_to=happened.named(word.nothing_to, bodies, language),
        not_called=any(one.not_called for one in began),
        in_need=any(step.in_need for step in own),  # type: ignore[attr-defined]
        untold=any(step.untold_since for step in own),  # type: ignore[attr-defined]
        no_place=any(step.no_place for step in own),  # type: ignore[attr-defined]
        left=happened.name_of(next((to for step in own if (to := where_asked(step.left))), None), bodies, language),  # type: ignore[attr-defined]
        left_closed=any(is_closed(step.left) for step in own),  # type: ignore[attr-defined]
        left_before=any(is_opened(step.left) for step in own),  # type: ignore[attr-defined]
        own_bed=bed_for(
            next((beds(step.beds) for step in own if step.beds), ()),  # type: ignore[attr-defined]
            Person(sex=found.sex_code, age_band=found.age_band_code),
        ),
        sleeps_on=frozenset(one.code for one in referrals if last_night.sleeps_there(one, at)),
        sleeps=next((asks for step in own if (asks := still_asked(found, step.still, at))), None),  # type: ignore[attr-defined]
        note=next((code for step in own if (code := note_waits(step.left))), ""),  # type: ignore[attr-defined]
        missing=gone and helper_named(gone, names),
        gone_from=happened.name_of(gone.called if gone is not None else None, bodies, language),
        no_doctor=any(step.no_doctor for step in own),  # type: ignore[attr-defined]
        needed=next((unasked_beside(found, step) for step in own if not step.from_code), ()),
        places=_places(own, found.organisation_id, names, {pk: one.slug for pk, one in bodies.items()}),
        told_there=next((told for step in own if (told := told_there(step.told_there, names))), None),  # type: ignore[attr-defined]
        copies=copies,
    )


def _places(
    own: Iterable[CaseStep], ours: UUID, names: Mapping[UUID, str], slugs: Mapping[UUID, str]
) -> tuple[PlaceTold, ...]:
    """Each step with which a place was found so says the same of all; the own organisation is not called."""
    said = next((told for step in own if (told := step.told) is not None), None)  # type: ignore[attr-defined]
    return named((one for one in places_told(said) if one.organisation != ours), names, slugs)


@worded
def _own_steps(case: UUID, at: datetime) -> QuerySet[CaseStep]:
    """What was done in a case, and beside its first step how the case stands; of a call for a child what came of it."""
    lacks = ExpressionWrapper(Q(from_code="") & without_place(at, though_asked=True), BooleanField())
    looked = Case_(When(from_code="", then=LookedFor()), default=None, output_field=JSONField())
    said = {
        "no_place": lacks,
        **of_danger(Q(from_code="")),
        "no_doctor": ExpressionWrapper(Q(from_code="") & without_a_doctor(), BooleanField()),
        "looked": looked,
        "beds": Case_(When(from_code="", then=admitted_to(OuterRef("case__organisation_id")))),
        "left": Case_(When(from_code="", then=shelter_left(at)), default=None, output_field=JSONField()),
        "still": beside_still(at, Q(from_code="")),
        "call_answers": child_calls.answers(),
        "told_there": beside_untold(Q(from_code="")),
        "told": beside_step(),
        **beside_first_step(),
    }
    return CaseStep.objects.filter(case=case).annotate(**said)


@worded
def _written(case: UUID) -> QuerySet[ReferralOrigin]:
    """Its referrals with what the page asks of each, the newest first."""
    there = ReferralOrigin.objects.filter(case=case).exclude(referral__state_code="discarded")
    open_one = ReferralQuestion.objects.filter(referral=OuterRef("referral_id"), answer_code="")
    asks = Subquery(open_one.values("question_code")[:1])
    said = {"unmet": unmet(), "waits": waits("referral_id"), "asks": asks, **beside_row(), **beside_origin()}
    said |= {"call_since": call_since(), "asked_parts": PartsAsked("referral_id"), "meets": Meets("referral_id")}
    said |= {"expires_at": expires_beside(), "person_told": PersonTold("referral_id"), **beside_taken_back()}
    said["calls"] = Calls("referral_id")  # of those that have ended, too: they stand in what happened
    said |= {"asks_on": ExpressionWrapper(asks_whether_on(), BooleanField()), **beside_said()}
    asks_else = Q(referral__state_code="sent") | Q(waits=True)
    there = there.select_related("case", "referral__sender").order_by("-referral__written_at")
    there = there.annotate(**said, phone=phone_of("referral__to_organisation_id"))
    return there.annotate(**left.beside_origin(asks_else))


def _named(body: BodyCard | None, language: str) -> dict[str, Any]:
    """What the page says of the organisation that is asked; of one that is not listed now nothing."""
    if body is None:
        return dict.fromkeys(("body", "body_kind", "region"), "")
    return {"body": body.name(language), "body_kind": body.kind, "region": body.region}


def _sent(
    pair: ReferralOrigin,
    at: datetime,
    bodies: Mapping[UUID, BodyCard],
    word: Agreed,
    language: str,
    opens: Mapping[UUID, datetime],
    elsewhere: Container[UUID],
    looked: Looked | None,
) -> Sent:
    row, state = pair.referral, pair.referral.state_code
    keys, over = keys_of(row.sender.consent_rows), overdue(pair, at)
    return Sent(
        id=row.pk,
        code=row.code,
        state=sender_state(row),
        service=row.service_code,
        urgency=row.urgency_code,
        at_body=row.to_organisation_id,
        **_named(bodies.get(row.to_organisation_id), language),
        sections=sections_of("referral", row.pk, row.sender.sections),
        answer_due_at=row.answer_due_at,
        visible_at=row.visible_at,
        arrival_on=row.arrival_on,
        arrival_part=row.arrival_part_code,
        agreed_at=row.agreed_at,
        awaited=is_awaited(row) and not over and no_since(row, of_sender(pair)) is None,
        hour_written=has_meeting(pair),
        person_told=person_told_at(pair),
        heard=row.heard_code if row.missed_at is None else "",
        asks=(pair.asks or "") if sender_state(row) == "sent" else "",  # type: ignore[attr-defined]
        parts=parts_asked(pair) if state in ("accepted", "serving") else (),
        result=row.result_code,
        unmet_since=row.ended_at if row.sender.her_view_code in NOT_RIGHT else None,
        served_at=row.served_at,
        reason=row.sender.reason_code or row.reason_code or row.sender.how_said_code,
        suggested=row.suggested_service_code,
        live=agreed_as_shown(row).live if word.unsure else word.carries(row.sender.consent_rows),
        as_adult_until=word.as_adult_until(keys) if state in OPEN else None,
        refused=any(word.state(*key) in SAID_NO for key in keys),
        late=over,
        opens=opens.get(row.pk),
        stopped=stopped(row) if pair.waits else "",  # type: ignore[attr-defined]
        there=unsettled(row, of_sender(pair)),
        gone=is_gone(heard_there(row, of_sender(pair))),
        not_here=(gone := looked is not None and looked.referral == row.pk),
        unplaced=gone and needs_place_of(pair, elsewhere),
        doubt=(doubt := doubted_row(pair) and not (state == "serving" and pair.call_since in REACHED)),  # type: ignore[attr-defined]
        doubt_asked=(asked := doubted_row(pair, doubted_asked)),
        doubt_calls=(doubt or asked) and not over and pair.call_since not in REACHED,  # type: ignore[attr-defined]
        taken=taken_back(pair.on_the_way),  # type: ignore[attr-defined]
        goes_on=bool(pair.asks_on),  # type: ignore[attr-defined]
        nobody_else=left.nobody_else(pair),
        calls=(calls := of_sender(pair)),
        yes_before=(before := yes_before(calls) if state == "sent" else None),
        no_since=no_heard(row, calls),
        expires_first=expires_first(pair, at) if state == "sent" and says_yes(calls) else None,
        desk=pair.phone or "",  # type: ignore[attr-defined]
        phone=pair.phone or "" if over or asked or before or row.pk in opens or state in ("accepted", ENDED) else "",  # type: ignore[attr-defined]
    )
