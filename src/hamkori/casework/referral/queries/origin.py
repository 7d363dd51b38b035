"""The sender's case of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from hamkori.access.actor import Actor
from hamkori.access.worded import worded
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.age_known import age_known_by, known_by_beside
from hamkori.casework.case.queries.shown import meant
from hamkori.casework.case.rules.age import stands_since
from hamkori.casework.referral.models import Referral, ReferralCard, ReferralOrigin, ReferralOwnCase
from hamkori.casework.referral.queries.goes_on import PLACES
from hamkori.casework.referral.queries.helped_on import has_gone_on, is_there, is_unsaid
from hamkori.casework.referral.queries.left_unseen import Gone, beside_own, gone
from hamkori.casework.referral.queries.narrowed import NotCalled
from hamkori.casework.referral.queries.on_the_way import NoBrought, WantedAfterAll
from hamkori.casework.referral.queries.paused import Holds
from hamkori.casework.referral.rules.lifecycle import LIVE
from hamkori.refusal import NotVisible
from hamkori.vocabulary import codelist

Reads = Callable[[datetime], Mapping[str, Any]]
"""What is to be read beside the origin of a referral at this time: a function of a module, so it is worded once."""


class Came(NamedTuple):
    """A request that an own case serves: its number, the kind of organisation, and what for; and whom its summary is
    about, where the sender put the age right, and when.
    """

    code: str
    kind: str
    purpose: str
    sex: str = ""
    age_band: str = ""
    corrected_at: datetime | None = None
    not_called: bool = False
    """The person took back how to reach them: nobody here calls or writes any more, from the own case neither, and the
    same after the referral has ended.
    """
    state: str = ""
    paused: bool = False
    """What was agreed does not hold now: it is read again once the person was asked."""
    known_by: str = ""
    """How the sender knows it, where they said so to this own case, and how this own case knows its own."""
    own_known_by: str = ""
    since_here: bool = False
    """The sender said so to this own case, while it was open: also after the referral has ended (ADR 0167)."""
    withdrew: bool = False
    """The person's word ended it while they were helped; and whether nobody has said since whether that goes on."""
    brought: bool = False
    """Beside that: somebody else brought that no, and the person was not asked since."""
    wanted: bool = False
    """Beside that: the person was asked since, and wants that help."""
    asks_on: bool = False
    service: str = ""
    there: bool = False
    """Nobody has said since that the help has ended."""
    gone: Gone | None = None
    """The person left without a word, and the result waits to be confirmed."""
    sender: UUID | None = None
    sender_phone: str = ""
    doctor: str = ""
    """Who needs a doctor, as its summary says it; that of the police says nothing."""

    @property
    def sleeps(self) -> bool:
        """Whether it was for a place to sleep."""
        return self.service in PLACES

    @property
    def is_read(self) -> bool:
        """Whether what was sent with it can still be opened there."""
        return self.state in LIVE and not self.paused

    def differs(self, case: Case) -> bool:
        """Whether the sender put the age right, and the own case says another one that nobody has confirmed
        since, or on a weaker ground.
        """
        if self.corrected_at is None or not self.age_band or self.age_band == case.age_band_code:
            return False
        settled = case.age_settled_at
        if self.since_here:  # opened again or not: this case was told
            return not stands_since(settled, self.own_known_by, said_at=self.corrected_at, said_by=self.known_by)
        since = max(filter(None, (case.opened_at, settled)), default=self.corrected_at)
        return since < self.corrected_at


def case_of(referral: Referral) -> Case:
    """The sender's case of a request. NotVisible for everybody but its team and supervisor."""
    return _of(referral, _case(referral.pk)).case


def origin_of(referral: Referral, at: datetime, beside: Reads) -> ReferralOrigin:
    """The same with what is to be read beside it. NotVisible as above."""
    return _of(referral, _origin(referral.pk, at, beside=beside))


def nothing(_at: datetime) -> dict[str, Any]:
    """What a page reads beside it that reads nothing besides."""
    return {}


def _of(referral: Referral, found: list[ReferralOrigin]) -> ReferralOrigin:
    if not found:
        raise NotVisible
    found[0].referral = referral
    return found[0]


@worded
def _case(referral: UUID) -> QuerySet[ReferralOrigin]:
    return ReferralOrigin.objects.filter(referral=referral).select_related("case")


@worded
def _origin(referral: UUID, at: datetime, *, beside: Reads) -> QuerySet[ReferralOrigin]:
    return ReferralOrigin.objects.filter(referral=referral).annotate(**beside(at)).select_related("case")


def came_by_referral(case: Case) -> bool:
    """Whether this is the own case of an organisation that was referred the person; one query."""
    return ReferralOwnCase.objects.filter(case=case).exists()


def said_to(case: Case) -> Came | None:
    """The age that a sender put right, and how they know it, which this own case, not known as well since, does not
    say; None of all others.
    """
    said = ReferralOwnCase.objects.filter(case=case, said_age_at__isnull=False).order_by("-said_age_at").first()
    if said is None or said.said_age_at is None or said.said_age_code not in codelist("age_band"):
        return None
    one = Came("", "", "", age_band=said.said_age_code, corrected_at=said.said_age_at, since_here=True)
    one = one._replace(known_by=said.said_age_how, own_known_by=age_known_by(case.pk))
    return one if one.differs(case) else None


def came_from(case: Case) -> tuple[Came, ...]:
    """The accepted requests that this own case serves, and what each was asked for; one query. Also of those that the
    reader may not open: without number.
    """
    card = ReferralCard.objects.filter(referral=OuterRef("referral_id"))
    said = {
        name: Subquery(card.values(name)[:1]) for name in ("sex_code", "age_band_code", "corrected_at", "doctor_code")
    }
    of = Referral.objects.filter(pk=OuterRef("referral_id"))
    names = ("code", "recipient_kind_code", "purpose_code", "state_code", "service_code")
    said |= {name: Subquery(of.values(name)[:1]) for name in names}
    live = Q(Exists(of.filter(state_code__in=LIVE)))
    # Each beside the row and not joined to it: whoever may not open the referral reads the row all the same.
    mine = ReferralOwnCase.objects.filter(pk=OuterRef("pk"))
    rows = ReferralOwnCase.objects.filter(case=case).annotate(
        quiet=NotCalled("referral_id"),
        withdrew=Exists(mine.filter(has_gone_on())),
        brought=NoBrought("referral_id"),
        wanted=WantedAfterAll("referral_id"),
        asks_on=Exists(mine.filter(is_unsaid())),
        there=Exists(mine.filter(is_there())),
        **beside_own(),
        own_known_by=known_by_beside("case_id"),
        paused=ExpressionWrapper(live & ~Q(Holds("referral_id")), BooleanField()),
        **said,
    )
    found = [_came(row) for row in rows]
    return tuple(sorted(found, key=lambda one: one.code))


def _came(row: Any) -> Came:
    """`code` '': whoever joined the own case later reads nothing of the referral, and is not to call either."""
    here = row.said_age_at is not None and row.said_age_at >= (row.corrected_at or row.said_age_at)
    said = row.said_age_code if here else row.age_band_code
    band = said if said in codelist("age_band") else ""
    kind, purpose = row.recipient_kind_code or "", row.purpose_code or ""
    quiet, state = row.quiet is not None, row.state_code or ""
    return Came(
        row.code or "",
        kind,
        purpose,
        row.sex_code or "",
        band,
        row.said_age_at if here else row.corrected_at,
        quiet,
        state,
        paused=bool(row.paused),
        since_here=here,
        known_by=row.said_age_how if here else "",
        own_known_by=row.own_known_by or "",
        withdrew=row.withdrew,
        brought=bool(row.withdrew and row.brought),
        wanted=bool(row.withdrew and row.wanted),
        asks_on=row.asks_on,
        service=row.service_code or "",
        there=row.there,
        gone=gone(row.gone),
        sender=row.sender_id,
        sender_phone=row.sender_phone or "",
        doctor=row.doctor_code or "" if kind != "police" else "",
    )


def case_behind(actor: Actor, found: Referral) -> Case:
    """The same for the page of a request. NotNow("page_of")."""
    case = case_of(found)
    meant(actor, "case", case.pk)
    return case
