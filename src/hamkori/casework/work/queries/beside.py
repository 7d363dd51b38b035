"""What stands beside a row of Today: where the desk can be called, whose case it is, and who comes to a receiver."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Manager,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from hamkori.casework.case.models import CaseAccess, CaseStep
from hamkori.casework.case.queries.age_known import how_well, known_by_beside
from hamkori.casework.case.queries.team import leaders
from hamkori.casework.case.rules.age import called_by, of_another_side
from hamkori.casework.case.rules.team import told_lately
from hamkori.casework.consent.models import Consent, ConsentRow
from hamkori.casework.consent.queries.consent import AGREES, ASK_AGAIN
from hamkori.casework.consent.queries.unheard import IsUnheard
from hamkori.casework.referral.models import ReferralAccess, ReferralCard, ReferralOrigin, ReferralOwnCase
from hamkori.casework.referral.queries.closed_there import unread_now
from hamkori.casework.referral.queries.doubt import beside_row, doubted_row
from hamkori.casework.referral.queries.last_night import sleeps_there
from hamkori.casework.referral.queries.meeting import Meets, ToldBefore, has_meeting, no_meeting, told_before
from hamkori.casework.referral.queries.questions import ages_said
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.supervised import to_ask
from hamkori.casework.work.rules.worklist import CONFIRM, DOUBT, NATIONAL, PHONED, WAITING
from hamkori.people.queries import desk_phones, phone_of


def to_ask_again() -> Combinable:
    """Of an access row: whether the case was opened again, and the person not asked since what may be shared, whatever
    they had answered before; and why it was opened, which is '' of all others.
    """
    newest = Consent.objects.filter(case=OuterRef("case_id")).order_by("-number")
    why = CaseStep.objects.filter(case=OuterRef("case_id"), step_code="reopen").order_by("-at").values("reason_code")
    asks = Case(When(step_code=ASK_AGAIN, then=Subquery(why[:1])), default=Value(""), output_field=TextField())
    return Subquery(newest.annotate(asks=asks).values("asks")[:1])


class OfResult(TypedDict, total=False):
    """How help ended that is not confirmed yet, whether a note came with that, and whether they sleep there on."""

    result: str
    has_note: bool
    sleeps_on: bool


def of_result(pair: ReferralOrigin, what: str, at: datetime) -> OfResult:
    """Of the row that asks how it was; nothing of any other."""
    if what != CONFIRM:
        return {}
    one, note = pair.referral, pair.has_note  # type: ignore[attr-defined]
    return {"result": one.result_code, "has_note": note, "sleeps_on": sleeps_there(one, at)}


def asked_at_another_age() -> Combinable:
    """Of an access row: whether what was agreed last was asked of a child who is an adult now, or the other way."""
    agrees = ConsentRow.objects.filter(consent=OuterRef("pk"), answer_code__in=AGREES)
    other = ExpressionWrapper(Exists(agrees.exclude(asked_as_child=OuterRef("case__is_child"))), BooleanField())
    newest = Consent.objects.filter(case=OuterRef("case_id")).order_by("-number")
    return Subquery(newest.annotate(other=other).values("other")[:1])


def answered_at_this_age() -> Combinable:
    """Of an access row: whether something of what was agreed last was asked of who they are now, child or adult."""
    agrees = ConsentRow.objects.filter(consent=OuterRef("pk"), answer_code__in=AGREES)
    same = ExpressionWrapper(Exists(agrees.filter(asked_as_child=OuterRef("case__is_child"))), BooleanField())
    newest = Consent.objects.filter(case=OuterRef("case_id")).order_by("-number")
    return Subquery(newest.annotate(same=same).values("same")[:1])


def agreed_until() -> Combinable:
    """Of a referral's origin: until when what it rests on is agreed to, by what was said last; None: it is not."""
    newest = ConsentRow.objects.filter(
        consent__case=OuterRef("case_id"),
        kind_code=OuterRef("referral__recipient_kind_code"),
        purpose_code=OuterRef("referral__purpose_code"),
    ).order_by("-consent__number")
    said = newest.annotate(ends=Case(When(answer_code__in=AGREES, then="until")))
    return Subquery(said.values("ends")[:1])


def agreed_of_who_came() -> Combinable:
    """The same, of whom their team said that they came, which nobody has confirmed yet; of everybody else None."""
    came = When(referral__state_code="accepted", referral__heard_code="came", then=agreed_until())
    return Case(came, output_field=DateTimeField())


def cannot_confirm(pair: ReferralOrigin, what: str, at: datetime) -> bool:
    """Whether the organisation can confirm that the person came only once they were asked again."""
    return what == "sent.arrival" and pair.referral.heard_code == "came" and not is_agreed(pair, at)


def said_until(kind: str, purpose: str) -> Combinable:
    """Of an access row: until when the person agreed, by what was said last, that these are asked, such as a place."""
    newest = ConsentRow.objects.filter(consent__case=OuterRef("case_id"), kind_code=kind, purpose_code=purpose)
    said = newest.order_by("-consent__number").annotate(ends=Case(When(answer_code__in=AGREES, then="until")))
    return Subquery(said.values("ends")[:1])


def said_last(kind: str | OuterRef, purpose: str | OuterRef) -> Combinable:
    """Of a row of a case: what the person answered last to these. After a no they raise it again, if at all. What stood
    there before the case was opened again is asked again, and so is a no that somebody else brought.
    """
    newest = ConsentRow.objects.filter(consent__case=OuterRef("case_id"), kind_code=kind, purpose_code=purpose)
    return Subquery(newest.order_by("-consent__number").values(said=_unless_opened())[:1])


def _unless_opened() -> Combinable:
    opened = When(consent__step_code=ASK_AGAIN, then=Value("not_asked"))
    brought = Q(IsUnheard("consent__case_id", "kind_code", "purpose_code"))
    unheard = When(Q(answer_code__in=NOES) & brought, then=Value("unheard"))
    return Case(opened, unheard, default=F("answer_code"), output_field=TextField())


NOES = ("no", "withdrawn")
"""An answer of no, and a yes that was taken back."""


def is_no(said: str | None) -> bool:
    """Whether that was a no, or a yes that was taken back."""
    return said in NOES


def is_unheard(said: str | None) -> bool:
    """Whether that was a no that somebody else brought, and the person was not asked since (ADR 0190)."""
    return said == "unheard"


def no_of(said: str | None) -> dict[str, Any]:
    """Both, of a row."""
    return {"refused": is_no(said), "unheard": is_unheard(said)}


def refused(case: UUID, kind: str, purpose: str) -> bool:
    """The same of one case, where nothing of what the person said is at hand."""
    found = ConsentRow.objects.filter(consent__case=case, kind_code=kind, purpose_code=purpose)
    return is_no(found.order_by("-consent__number").values_list(_unless_opened(), flat=True).first())


def is_agreed(pair: ReferralOrigin | CaseAccess, at: datetime) -> bool:
    """Whether what `agreed_until` read holds now."""
    until = pair.agreed_until  # type: ignore[union-attr]
    return until is not None and at < until


class InShort(TypedDict):
    """Who comes, as a row says it."""

    sex: str
    age_band: str
    risk: str
    children: str
    ages: str
    own_case: str
    closed: bool
    other_age: bool
    age_there: bool
    own_age: str
    sender_age: str
    said_how: str
    doubt: bool
    hour_written: bool
    no_hour: bool
    told_before: datetime | None
    sender_phone: str


SAID = ("sex", "age_band", "risk", "children")
"""Codes of the summary, which a row bears under the same names."""


def phoned(rows: list[Due], read: Iterable[ReferralOrigin]) -> list[Due]:
    """With the telephone of the desk that is to be called, where one is recorded. One query, if one is to be whose
    telephone did not come with what was `read`.
    """
    known = {pair.referral.to_organisation_id: getattr(pair, "phone", None) or "" for pair in read}
    called = {row.to for row in rows if _is_phoned(row) and row.what not in NATIONAL and row.to is not None}
    rest = called - set(known)
    phones = {to: phone for to, phone in (known | (desk_phones(rest) if rest else {})).items() if phone}
    return [replace(row, phone=phones[row.to]) if _is_phoned(row) and row.to in phones else row for row in rows]


def _is_phoned(row: Due) -> bool:
    return row.what in PHONED or to_ask(row) or (row.to_tell and row.no_hour)


def opening(rows: list[Due], sent: Iterable[ReferralOrigin], at: datetime) -> list[Due]:
    """With when its desk opens, where that is closed until the answer is due and no call reached anybody. That they do
    not say that they take the child stands beside it: only a call helps.
    """
    pairs = list(sent)
    unread = unread_now(pairs, at)
    opens = {pair.referral.code: unread.get(pair.referral_id) for pair in pairs}
    found = []
    for row in rows:
        if row.what == DOUBT and opens[row.referral] is not None:
            row = replace(row, what=WAITING, doubt=row.doubt or row.yes_before is None, urgency="")
            row = replace(row, call=row.call or row.no_since)
        if row.what == WAITING:
            row = replace(row, opens=opens[row.referral])
            row = replace(row, rests_until=_rests_until(row, at))
        found.append(row)
    return found


def _rests_until(row: Due, at: datetime) -> datetime | None:
    """Until when nobody calls once more: the coordinator was reached, and the answer is due then. Who was not reached
    lets nothing rest (ADR 202). `referral_silent` in walls/59_whom_to_call.sql says the same.
    """
    if row.opens is None or row.call is None or row.at is None or row.doubt or row.yes_before is not None:
        return None
    return row.at if row.call.answer == "coordinator" and row.at > at else None


def summed_up(rows: Manager[ReferralAccess]) -> QuerySet[ReferralAccess]:
    """With what a receiver's row says of the summary and of the receiver's own case, without a query more."""
    card = ReferralCard.objects.filter(referral=OuterRef("referral_id"))
    own = ReferralOwnCase.objects.filter(referral=OuterRef("referral_id"))
    said = {f"said_{name}": Subquery(card.values(f"{name}_code")[:1]) for name in SAID}
    put_right = Subquery(
        ReferralCard.objects.filter(referral=OuterRef(OuterRef("referral_id"))).values("corrected_at")[:1]
    )
    known: dict[str, Any] = {
        "own_known_by": known_by_beside("case_id"),
        "own_well": how_well("own_known_by"),
        "said_well": how_well("said_age_how"),
    }
    unsettled = Q(case__age_settled_at=None) | Q(case__age_settled_at__lt=put_right)
    unsettled |= Q(said_age_at__gte=put_right, own_well__lt=F("said_well"))
    unsettled &= Q(case__opened_at__lt=put_right, case__state_code="open")
    return rows.annotate(
        **said,
        **beside_row(),
        ages_said=ages_said("referral_id"),
        own_case=Subquery(own.values("case__code")[:1]),
        own_state=Subquery(own.values("case__state_code")[:1]),
        own_age=Subquery(own.annotate(**known).filter(unsettled).values("case__age_band_code")[:1]),
        own_age_now=Subquery(own.values("case__age_band_code")[:1]),
        said_how=Subquery(own.filter(said_age_at__gte=put_right).values("said_age_how")[:1]),
        meets=Meets("referral_id"),
        told_before=ToldBefore("referral_id"),
        sender_phone=phone_of("referral__from_organisation_id"),
    )


def in_short(row: ReferralAccess) -> InShort:
    """The same as the values of a row."""
    sex, theirs, risk, children = (getattr(row, f"said_{name}") or "" for name in SAID)
    own, state = getattr(row, "own_age_now", "") or "", getattr(row, "own_state", "")
    put_right = bool(row.card_corrected_at and row.own_age and row.own_age != theirs)  # type: ignore[attr-defined]
    differs = not put_right and state == "open" and of_another_side(own, theirs)
    silent = no_meeting(row)
    calls = silent or differs or row.referral.missed_at is not None
    return InShort(
        sex=sex,
        age_band=called_by(own, theirs),
        risk=risk,
        children=children,
        ages=row.ages_said or "",  # type: ignore[attr-defined]
        own_case=getattr(row, "own_case", "") or "",
        closed=state == "closed",
        other_age=put_right,
        age_there=differs,
        own_age=own,
        sender_age=theirs,
        said_how=getattr(row, "said_how", "") or "",
        doubt=doubted_row(row),
        hour_written=has_meeting(row),
        no_hour=silent,
        told_before=told_before(row),
        sender_phone=(getattr(row, "sender_phone", "") or "") if calls else "",
    )


def not_asked(rows: list[Due]) -> list[Due]:
    """The rows without the question how help was, to whom nobody can put it: they are looked for. `my_counts` in
    walls/60_pages.sql counts the same for the rail.
    """
    sought = {row.case for row in rows if row.looked is not None}
    return [row for row in rows if not (row.what == CONFIRM and row.case in sought)]


def asked_again_once(rows: list[Due]) -> list[Due]:
    """Without "the consent has ended" of a case in which a referral that stopped waits for the same asking: that row
    says it. `my_counts` in walls/60_pages.sql counts the same for the rail.
    """
    asks = {row.case for row in rows if row.stopped and row.unagreed and not row.supervised}
    ended = {row.case for row in rows if row.what == "consent" and row.late and row.case in asks}
    return [
        replace(row, consent_ended=True) if row.stopped and row.unagreed and row.case in ended else row
        for row in rows
        if not (row.what == "consent" and row.case in ended)
    ]


def of_own_case(rows: list[Due], cases: Iterable[CaseAccess]) -> list[Due]:
    """With who the person is by the receiver's own case, where the summary is gone and the reader has that case: the
    same person is called the same in each row.
    """
    own = {row.case.code: row.case for row in cases}
    return [
        replace(row, sex=case.sex_code, age_band=case.age_band_code, children=case.children_code)
        if row.own_case and not row.sex and (case := own.get(row.own_case)) is not None
        else row
        for row in rows
    ]


def led(rows: list[Due], cases: Iterable[CaseAccess], at: datetime) -> list[Due]:
    """With when the team was told of its case a short while ago, and who leads it, of cases that one supervises.

    One query, if there are any.
    """
    wanted = {row.case for row in rows if row.supervised and row.case}
    mine = [row for row in cases if row.kind_code in ("lead", "member", "supervisor")]
    codes = {row.case_id: row.case.code for row in mine if row.case.code in wanted}
    names = {codes[case]: (one.name, one.alone) for case, one in leaders(list(codes)).items()} if codes else {}
    told = {row.case.code: when for row in mine if told_lately(when := getattr(row, "told_at", None), at)}
    found = []
    for row in rows:
        lead, alone = names.get(row.case, ("", False)) if row.supervised else ("", False)
        found.append(replace(row, lead=lead, lead_alone=alone, told_at=told.get(row.case)) if row.case else row)
    return found
