"""Who said no to everything is left in peace: what is missing calls nobody to act (ADR 0126).

Of a child, and of whom danger is said, never: somebody owes them more. `my_counts` in walls/60_pages.sql counts so.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from hamkori.casework.consent.models import Consent, ConsentRow
from hamkori.casework.referral.queries.stopped import waits, waits_in_case
from hamkori.casework.work.queries.beside import NOES
from hamkori.casework.work.queries.no_doctor import ASKED_FOR, without_a_doctor
from hamkori.casework.work.queries.no_place import SHELTER, is_asked_to_stay, is_missing, without_place


def no_to_all(case: str = "case") -> Combinable:
    """Whether the person was asked, and said no to everything or took it back. `case`: the path to it from the row."""
    rows = ConsentRow.objects.filter(consent=OuterRef("pk"))
    no = ExpressionWrapper(Exists(rows) & ~Exists(rows.exclude(answer_code__in=NOES)), BooleanField())
    newest = Consent.objects.filter(case=OuterRef(f"{case}_id")).order_by("-number").annotate(no=no)
    said = Coalesce(Subquery(newest.values("no")[:1]), Value(value=False))
    free = Q(**{f"{case}__has_danger": False, f"{case}__is_child": False, f"{case}__state_code": "open"})
    return Case(When(free, then=said), default=Value(value=False), output_field=BooleanField())


def lacks_place(at: datetime, *, though_asked: bool = False) -> Q:
    """Of a row of a case: whether somebody has to find a place for tonight (`without_place`): not of whom said no to it
    and to everything else. Who is at the place that their word ended is asked whether they stay.
    """
    peace = _said_no_to(*SHELTER) & ~is_asked_to_stay(at)
    return without_place(at, though_asked=though_asked) & ~peace


def of_place(at: datetime) -> dict[str, Combinable]:
    """What the list of cases asks of a place for tonight, of each case."""
    asked = {
        "no_place": lacks_place(at),
        "lacks": lacks_place(at, though_asked=True),
        "stays": is_asked_to_stay(at),
        "missing": is_missing(at),
    }
    return {name: ExpressionWrapper(one, BooleanField()) for name, one in asked.items()}


def lacks_doctor() -> Q:
    """The same of a doctor."""
    return without_a_doctor() & ~_said_no_to(*ASKED_FOR)


def _said_no_to(kind: str, purpose: str) -> Q:
    """Of a row of a case: whether the person was asked this, and said no to everything."""
    asked = ConsentRow.objects.filter(consent__case=OuterRef("case_id"), kind_code=kind, purpose_code=purpose)
    return Q(no_to_all()) & Q(Exists(asked))


def waits_to_decide() -> Combinable:
    """Of a row of a referral: whether it stopped, and waits for its sender to decide what comes next."""
    return ExpressionWrapper(Q(waits("referral_id")) & ~Q(no_to_all()), BooleanField())


def has_to_decide() -> Q:
    """Of a row of a case: whether one of its referrals does."""
    return Q(waits_in_case()) & ~Q(no_to_all())
