"""Somebody needs a safe place for tonight, and no organisation has one for them yet: said within the last day.

`my_counts` in walls/60_pages.sql counts the same for the rail.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncDate, TruncDay
from django.utils import timezone

from hamkori.calendar.rules import NIGHT_ENDS
from hamkori.casework.case.models import CaseAccess, CaseStep
from hamkori.casework.case.queries.place_told import is_lost
from hamkori.casework.case.rules.clocks import NOW
from hamkori.casework.case.rules.lifecycle import GOES_ELSEWHERE, PLACE_STEPS, STAYS
from hamkori.casework.consent.models import Consent
from hamkori.casework.referral.models import ReferralOrigin, ReferralStep
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.last_night import UNREACHED
from hamkori.casework.referral.rules.tonight import comes_later, is_asked, night_of
from hamkori.casework.work.queries.helped import ENDED
from hamkori.casework.work.queries.shelter_ended import beside_case, closed_there, ended_place, is_closed, where_asked
from hamkori.directory.rules.suit import kinds

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import Referral

PLACE: Final = "safe_place"
NOTHING: Final = "nothing_now"
UNASKED: Final = "not_asked"
FOUND: Final = "place_found"
"""The step of a case with which somebody says that there is a place."""
WHOSE: Final = ("organisation", "known_people", "own_home", "another")
"""Whose place it may be: of these it is asked whether the person got there. Who stays where they are is there."""
BY_TELEPHONE: Final = WHOSE[0]
SHELTER: Final = ("shelter_social", "help")
"""The question of consent on which such a place rests."""
EVERY: Final = Q()
LATELY: Final = timedelta(hours=24)
"""So long after it was said, or anything of the case was changed, tonight is still tonight."""


def without_place(at: datetime, *, though_asked: bool = False) -> Q:
    """Of a row of a case: whether the case says so, nobody has accepted, and no shelter is being waited for.

    A referral that waits has a row of its own where it is urgent or late. What was accepted for a later day than today
    is no place for tonight (referral/rules/tonight.py), nor is one of which they said no on the telephone since, or to
    which the person did not come. A place that ended is none any more, whatever its result, and for a day it is asked
    where the person sleeps, whatever was ticked (ADR 0136). Nor is one by telephone that does not count any more (ADR
    0134). `though_asked`: the page of the case says it too while a shelter is being waited for.
    """
    after = at - LATELY
    lately = Q(case__begun_at__gt=after) | Q(case__opened_at__gt=after) | Q(case__edited_at__gt=after)
    asked = ReferralOrigin.objects.filter(case=OuterRef("case_id"), referral__service_code__in=kinds([PLACE]))
    gives = gives_place(at)
    urgent = Q(referral__urgency_code=URGENT) | Q(referral__answer_due_at__lte=at)
    has = asked.filter(gives if though_asked else gives | Q(urgent, referral__state_code="sent"))
    goes_on = Q(case__state_code__in=("draft", "open"))
    said = Q(case__need_tonight_codes__contains=[PLACE]) & lately
    ended = ended_place(after, kinds([PLACE]))
    return (goes_on & (said | is_lost(at)) | _taken_back(asked, after) | ended) & Q(~Exists(has))


def gives_place(at: datetime) -> Q:
    """Of a referral's origin for a place: whether it is one for tonight."""
    came = Q(referral__heard_code="came", referral__missed_at=None)
    later = Q(referral__arrival_on__gt=_night(at)) & ~Q(referral__arrival_part_code=NOW) & ~came
    comes = Q(referral__state_code="accepted") & ~later & ~missed() & (~_no_since() | came)
    return Q(comes) | Q(referral__state_code="serving") | sleeps_on(at)


def sleeps_on(at: datetime) -> Q:
    """Of a referral's origin: help has ended, and those there said that the person sleeps there one more night, which
    is that of now (ADR 257).
    """
    said = Q(referral__one_more_night=True, referral__served_at__isnull=False, referral__state_code__in=ENDED)
    # `night_begins` of the rules, asked of the database like `_night`.
    day = TruncDay(Value(at - timedelta(hours=NIGHT_ENDS), DateTimeField()))
    since = ExpressionWrapper(day + timedelta(hours=NIGHT_ENDS), DateTimeField())
    return said & Q(referral__finished_at__gte=since) & ~Q(referral__result_code=UNREACHED)


def shelter_left(at: datetime) -> Combinable:
    """Of a row of a case: the place of which it is asked where the person sleeps since; read with `where_asked`."""
    return beside_case(at - LATELY, kinds([PLACE]))


def left_now(case: Case, at: datetime) -> tuple[UUID, bool] | None:
    """The organisation whose place it is of which that is asked now, and whether it closed its own case."""
    row = CaseAccess.objects.filter(case=case, ended_at=None).annotate(left=shelter_left(at)).first()
    said = row.left if row is not None else None
    return (body, is_closed(said)) if (body := where_asked(said)) is not None else None


def of_tonight(at: datetime) -> dict[str, Combinable]:
    """What Today asks of a place for tonight, beside each row of a case."""
    asked = {
        "no_place": without_place(at),
        "lacks": without_place(at, though_asked=True),
        "stays": is_asked_to_stay(at),
    }
    said = {
        "found_whose": Subquery(place_said().values("reason_code")[:1]),
        "found_at": Subquery(place_said().values("at")[:1]),
    }
    return (
        {name: ExpressionWrapper(one, BooleanField()) for name, one in asked.items()}
        | {"left": shelter_left(at)}
        | said
    )


def _no_since() -> Q:
    """Of a referral's origin: they said no on the telephone since they accepted, and no yes after it (`no_since` in
    referral/queries/calls.py).
    """
    calls = ReferralStep.objects.filter(step_code="call", undone_at=None)
    yes = calls.filter(referral=OuterRef("referral_id"), reason_code="said_yes", at__gt=OuterRef("at"))
    no = {"referral": OuterRef("referral_id"), "reason_code": "said_no", "at__gt": OuterRef("referral__agreed_at")}
    return Q(Exists(calls.filter(~Exists(yes), **no)))


def missed() -> Q:
    """Of a referral's origin: either side said that the person did not come."""
    return Q(referral__missed_at__isnull=False) | Q(referral__heard_code="did_not_come")


def is_asked_to_stay(at: datetime) -> Q:
    """Of a row of a case without a place: the person was at the last one when their word ended it, and is asked whether
    they stay: the bed did not end with it. Not once those who had the person closed their own case.
    """
    asked = ReferralOrigin.objects.filter(case=OuterRef("case_id"), referral__service_code__in=kinds([PLACE]))
    case = OuterRef(OuterRef("case_id"))
    of_place = {"case": case, "referral__service_code__in": kinds([PLACE])}
    newer = ReferralOrigin.objects.filter(**of_place, referral__written_at__gt=OuterRef("at"))
    newer = newer.exclude(referral__state_code="discarded")
    answers = Q(step_code="place_needed") | Q(step_code=FOUND, reason_code=STAYS)
    said = CaseStep.objects.filter(answers, case=case, at__gt=OuterRef("at"))
    also = Q(~Exists(newer) & ~Exists(said))  # who was said to leave is asked no more, nor who was said to stay
    asks = Q(Exists(asked.filter(_word(also, at__gt=at - LATELY, from_code__in=("serving",)))))
    return asks & ~bed_closed(at)


def bed_closed(at: datetime) -> Q:
    """Of a row of a case: whether those who had the person closed their own case since (`closed_there`)."""
    return closed_there(at - LATELY, kinds([PLACE]))


def bed_asked() -> Q:
    """Of a row of a case: whether it was said, after the person's last answers, that they need a place, or leave the
    one that they had: to share nothing is no "no" to a bed (ADR 0173).
    """
    answered = Consent.objects.filter(case=OuterRef(OuterRef("case_id")), at__gte=OuterRef("at"))
    needed = CaseStep.objects.filter(~Exists(answered), case=OuterRef("case_id"), step_code="place_needed")
    return Q(Exists(needed.exclude(reason_code=GOES_ELSEWHERE)))


def was_there(case: Case, at: datetime) -> bool:
    """Whether the person was in a shelter when their word ended it, within the last day: they may stay there."""
    mine = ReferralOrigin.objects.filter(case=case, referral__service_code__in=kinds([PLACE]))
    return mine.filter(_word(at__gt=at - LATELY, from_code__in=("serving",))).exists()


def tonight(at: datetime) -> date:
    """The day whose night it is (`night_of`), in the zone of the house."""
    return night_of(timezone.localtime(at))


def _night(at: datetime) -> TruncDate:
    """The same, asked of the database, so that the question is the same every day."""
    return TruncDate(Value(at - timedelta(hours=NIGHT_ENDS), DateTimeField()))


def place_said() -> QuerySet[CaseStep]:
    """Of a row of a case: what was said last of a place for tonight."""
    return CaseStep.objects.filter(case=OuterRef("case_id"), step_code__in=PLACE_STEPS).order_by("-at")


class Said(NamedTuple):
    """What was said last of a place that was found: whose it is, when it was found, and when that was said."""

    whose: str
    found_at: datetime
    said_at: datetime
    is_there: bool = False
    """Whether that is that the person is there."""
    body: UUID | None = None
    """At which organisation, where it is known."""


def is_place_asked(case: Case, said: Said, given: Iterable[Place], at: datetime) -> bool:
    """Whether it is asked if the person got to the place that was found, as was said last (ADR 0124): not where one is
    needed again, nor once they know since of another one for that night, or are there: an acceptance alone is no word
    of the person's (ADR 0168). `given`: the referrals for a place. A bed of the next evening says nothing of the night
    for which the place was found. Of who is said to be there it is asked by the same rule where they go, as long as
    somebody else expects them (ADR 0169).
    """
    if said.whose not in WHOSE or PLACE in case.need_tonight_codes:
        return False
    night = tonight(said.found_at)
    since = (one for one in given if not one.missed and one.known_at is not None and one.known_at > said.said_at)
    if any(one.is_given and not comes_later(one.state, one.arrival, night, came=one.came) for one in since):
        return False
    return is_asked(timezone.localtime(said.found_at), timezone.localtime(at))


class Place(NamedTuple):
    """Of a referral for a place what counts here."""

    state: str
    arrival: tuple[date | None, str]
    known_at: datetime | None
    """Since when the person knows of it, or is there."""
    came: bool
    missed: bool

    @property
    def is_given(self) -> bool:
        """Whether somebody there expects the person, or has them."""
        return self.state in ("accepted", "serving")


def _taken_back(asked: QuerySet[ReferralOrigin], after: datetime) -> Q:
    """A place that somebody had accepted ended by the person's word, whatever was said to be needed before.

    It ends when "A place was found" is pressed afterwards: what was ticked before that, or is written of anything else,
    says nothing of it. Nor does it say anything of another place that was found before (`_has_another`).
    """
    case = OuterRef(OuterRef("case_id"))
    found = CaseStep.objects.filter(case=case, step_code=FOUND, at__gt=OuterRef("at"))
    ended = asked.filter(~_has_another(), _word(Q(~Exists(found)), at__gt=after))
    return Q(case__state_code="open") & Q(Exists(ended))


def _has_another() -> Q:
    """Of a referral's origin: a place that is not theirs was found for the person, whatever became of this one: with
    people they know, in their own home, or at another organisation. It ends by what is said of it (ADR 0162), or where
    a shelter has had the person since.
    """
    said = CaseStep.objects.filter(case=OuterRef("case"), at__gt=OuterRef("at"))
    back = said.filter(step_code="place_reached")
    needed = said.filter(step_code="place_needed").filter(~Exists(back))
    of_place = {"case": OuterRef("case"), "referral__service_code__in": kinds([PLACE])}
    served = ReferralOrigin.objects.filter(referral__served_at__gt=OuterRef("at"), **of_place)
    found = CaseStep.objects.filter(case=OuterRef("case_id"), step_code=FOUND, reason_code__in=WHOSE)
    theirs = Q(reason_code=BY_TELEPHONE) & (
        Q(organisation=None) | Q(organisation=OuterRef("referral__to_organisation_id"))
    )
    newer = said.filter(step_code=FOUND)
    return Q(Exists(found.filter(~theirs, ~Exists(newer), ~Exists(needed), ~Exists(served))))


def _word(also: Q = EVERY, **when: object) -> Q:
    """Of a referral's origin: the person's word ended it, after somebody had accepted."""
    ends = {"step_code": "withdraw", "from_code__in": ("accepted", "serving"), **when}
    return Q(Exists(ReferralStep.objects.filter(also, referral=OuterRef("referral_id"), **ends)))


def later_places(pairs: Iterable[ReferralOrigin], at: datetime) -> dict[UUID, tuple[tuple[date, str], ReferralOrigin]]:
    """Of cases for which a place was accepted for a later day: the first such day with its part, and by whom."""
    night, found = tonight(at), dict[UUID, tuple[tuple[date, str], ReferralOrigin]]()
    for pair in pairs:
        comes = later_place(pair, night)
        if comes is not None and (pair.case_id not in found or comes < found[pair.case_id][0]):
            found[pair.case_id] = (comes, pair)
    return found


def later_place(pair: ReferralOrigin, night: date) -> tuple[date, str] | None:
    """From when there is a place, if this one was accepted for a later day than that of this night."""
    one, comes = pair.referral, pair.referral.arrival_on
    if one.missed_at is not None or one.heard_code == "did_not_come":
        return None
    came = one.heard_code == "came" and one.missed_at is None
    later = was_for_a_place(pair) and comes_later(one.state_code, (comes, one.arrival_part_code), night, came=came)
    return (comes, one.arrival_part_code) if later and comes is not None else None


def needs_without(needs: Iterable[str]) -> list[str]:
    """What is needed tonight once a place was found: said, so that it outweighs what was said before."""
    return [need for need in needs if need not in (PLACE, UNASKED)] or [NOTHING]


def needs_with(needs: Iterable[str]) -> list[str]:
    """What is needed tonight once there is no place after all."""
    return [PLACE, *(need for need in needs if need not in (PLACE, UNASKED, NOTHING))]


def was_for_a_place(pair: ReferralOrigin) -> bool:
    """Whether this is what was asked for."""
    return pair.referral.service_code in kinds([PLACE])


def is_without(case: Case, at: datetime) -> bool:
    """Of one case: whether nobody has a place for tonight for the person, whoever is asked."""
    return CaseStep.objects.filter(case=case, from_code="").filter(without_place(at, though_asked=True)).exists()


def stays_asked(case: Case, at: datetime) -> bool:
    """Of one case: whether the person's word ended their place, and it is asked whether they stay."""
    return CaseStep.objects.filter(case=case, from_code="").filter(is_asked_to_stay(at)).exists()


def expected(case: Case, at: datetime) -> list[Referral]:
    """Where a place for tonight is accepted for the person, or where they are."""
    mine = ReferralOrigin.objects.filter(case=case, referral__state_code__in=("accepted", "serving"))
    rows = mine.filter(referral__service_code__in=kinds([PLACE]), referral__missed_at=None).select_related("referral")
    night = night_of(timezone.localtime(at))
    return [one.referral for one in rows if not _is_later(one.referral, night)]


def given_to(case: Case, at: datetime) -> list[Referral]:
    """The referrals of one case that are a place for tonight (`gives_place`)."""
    mine = ReferralOrigin.objects.filter(gives_place(at), case=case, referral__service_code__in=kinds([PLACE]))
    return [one.referral for one in mine.select_related("referral")]


def waiting_sent(case: Case) -> list[Referral]:
    """What was sent of the person, for whatever help, and waits for an answer; the first first."""
    mine = ReferralOrigin.objects.filter(case=case, referral__state_code="sent").select_related("referral")
    return [one.referral for one in mine.order_by("referral__sent_at")]


def _is_later(one: Referral, night: date) -> bool:
    return comes_later(one.state_code, (one.arrival_on, one.arrival_part_code), night, came=one.heard_code == "came")
