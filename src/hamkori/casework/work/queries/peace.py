"""Who said no to everything is left in peace: what is missing calls nobody to act (ADR 0126).

A yes after it ends that for what it covers, and for nothing else; a case that is opened again ends it for all: what was
said before the case was closed is asked again (ADR 0179). Of a child, and of whom danger is said, never: somebody owes
them more. `my_counts` in walls/60_pages.sql counts so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from hamkori.casework.consent.models import Consent, ConsentRow
from hamkori.casework.consent.queries.consent import ASK_AGAIN
from hamkori.casework.consent.queries.unheard import EndedUnheard, IsHeard, Unheard
from hamkori.casework.consent.rules.consent import BY_OTHERS, KINDS, REFUSES
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import undecided, waits
from hamkori.casework.work.queries.beside import NOES
from hamkori.casework.work.queries.looked_for import LookedFor
from hamkori.casework.work.queries.no_doctor import ASKED_FOR, without_a_doctor
from hamkori.casework.work.queries.no_place import (
    SHELTER,
    bed_asked,
    bed_closed,
    is_asked_to_stay,
    shelter_left,
    without_place,
)


def no_to_all(case: str = "case") -> Combinable:
    """Whether the person was asked, and said no to everything or took it back. `case`: the path to it from the row.
    What somebody else brought is no such word before the person was asked (ADR 0190).
    """
    newest = Consent.objects.filter(case=OuterRef(f"{case}_id")).order_by("-number").annotate(no=all_no())
    no = Coalesce(Subquery(newest.values("no")[:1]), Value(value=False))
    heard = Case(When(Q(no), then=IsHeard(f"{case}_id")), default=Value(value=False), output_field=BooleanField())
    return _of_the_free(heard, case)


def said_no(case: str = "case") -> Combinable:
    """The same of everybody, a child and who is in danger too: nobody asks them again before they raise it. Of them a
    few noes beside what was not asked are none (`said_no` in web/words/case.py).
    """
    rows = ConsentRow.objects.filter(consent=OuterRef("pk"))
    whole = Exists(rows.filter(answer_code="withdrawn"))
    of_kinds = Q(*(Q(Exists(rows.filter(kind_code=kind))) for kind in KINDS))
    asked = ExpressionWrapper(Q(all_no()) & (Q(whole) | of_kinds), BooleanField())
    newest = Consent.objects.filter(case=OuterRef(f"{case}_id")).order_by("-number").annotate(no=asked)
    return Coalesce(Subquery(newest.values("no")[:1]), Value(value=False))


def beside_brought() -> dict[str, Combinable]:
    """Of a row of a case: what is a no that somebody else brought, of which the person was not asked since; and whether
    nothing but a no was said since (`case_all_brought` in walls/60_pages.sql); and what one referral alone was of that
    such a no has ended.
    """
    newest = Consent.objects.filter(case=OuterRef("case_id")).order_by("-number").annotate(no=all_no())
    no = Coalesce(Subquery(newest.values("no")[:1]), Value(value=False))
    brought = When(Q(no) & ~Q(IsHeard("case_id")), then=Value(value=True))
    whole = Case(brought, default=Value(value=False), output_field=BooleanField())
    return {"unheard": Unheard("case_id"), "unheard_all": whole, "ended_unheard": EndedUnheard("case_id")}


def adult_knows(case: str = "case") -> Combinable:
    """Whether an adult who may be involved spoke when it was last said what may be shared (`knows_none` in
    web/words/child_alone.py).
    """
    spoke = ExpressionWrapper(~Q(speaker_code="") & Q(speaker_suspected=False), BooleanField())
    said = Consent.objects.filter(case=OuterRef(f"{case}_id")).exclude(step_code="ask_again").order_by("-number")
    return Coalesce(Subquery(said.annotate(spoke=spoke).values("spoke")[:1]), Value(value=False))


def left_in_peace(kind: str, purpose: str) -> Combinable:
    """Of a row of a case: whether the person said no to everything, and has not said yes to this one since."""
    return _left_in_peace(kind_code=kind, purpose_code=purpose)


def referral_left_in_peace() -> Combinable:
    """The same of a row of a referral: of what it rests on."""
    kind, purpose = "referral__recipient_kind_code", "referral__purpose_code"
    return _left_in_peace(kind_code=OuterRef(OuterRef(kind)), purpose_code=OuterRef(OuterRef(purpose)))


def _left_in_peace(**asked: Any) -> Combinable:
    case, number = OuterRef(OuterRef("case_id")), OuterRef("number")
    since = ConsentRow.objects.filter(consent__case=case, consent__number__gte=number, **asked)
    whole = Consent.objects.filter(case=OuterRef("case_id")).annotate(no=all_no()).filter(no=True)
    whole = whole.exclude(step_code__in=REFUSES, how_said_code__in=BY_OTHERS)
    opened = Consent.objects.filter(case=case, number__gt=number, step_code=ASK_AGAIN)
    said = Exists(since) & ~Exists(since.exclude(answer_code__in=NOES)) & ~Exists(opened)
    return _of_the_free(Exists(whole.filter(said)))


def all_no() -> Combinable:
    """Of a version: whether it says no to everything, or takes it back. That of a case opened again is no word."""
    rows = ConsentRow.objects.filter(consent=OuterRef("pk"))
    noes = Exists(rows) & ~Exists(rows.exclude(answer_code__in=NOES))
    return ExpressionWrapper(noes & ~Q(step_code=ASK_AGAIN), BooleanField())


def _of_the_free(said: Combinable, case: str = "case") -> Combinable:
    """Of an adult in no danger, in an open case."""
    free = Q(**{f"{case}__has_danger": False, f"{case}__is_child": False, f"{case}__state_code": "open"})
    return Case(When(free, then=said), default=Value(value=False), output_field=BooleanField())


def place_in_peace() -> Q:
    """Of a row of a case: whether what is missing of a place calls nobody to act."""
    return Q(left_in_peace(*SHELTER)) & ~bed_asked()


def lacks_place(at: datetime, *, though_asked: bool = False) -> Q:
    """Of a row of a case: whether somebody has to find a place for tonight (`without_place`): not of whom said no to
    everything, and no yes to this since. Who is at the place that their word ended is asked whether they stay; or where
    they sleep, once those who had them closed their own case. Nor once a bed was asked for since.
    """
    peace = place_in_peace() & ~is_asked_to_stay(at) & ~bed_closed(at)
    return without_place(at, though_asked=though_asked) & ~peace


def of_place(at: datetime) -> dict[str, Combinable]:
    """What the list of cases asks of a place for tonight, of each case, and whether the person is looked for."""
    asked = {
        "no_place": lacks_place(at),
        "lacks": lacks_place(at, though_asked=True),
        "stays": is_asked_to_stay(at),
        "no_to_all": Q(no_to_all()),
        "brought": ~Q(IsHeard("case_id")),
    }
    of_each = {name: ExpressionWrapper(one, BooleanField()) for name, one in asked.items()}
    return {**of_each, "looked": LookedFor(), "left": shelter_left(at)}


def lacks_doctor() -> Q:
    """The same of a doctor."""
    return without_a_doctor() & ~Q(left_in_peace(*ASKED_FOR))


def waits_to_decide() -> Combinable:
    """Of a row of a referral: whether it stopped, and waits for its sender to decide what comes next."""
    return ExpressionWrapper(Q(waits("referral_id")) & ~Q(referral_left_in_peace()), BooleanField())


def has_to_decide() -> Q:
    """Of a row of a case: whether one of its referrals does."""
    stopped = undecided(ReferralOrigin.objects.filter(case=OuterRef("case_id")))
    return Q(Exists(stopped.annotate(in_peace=referral_left_in_peace()).filter(in_peace=False)))
