"""Help that a worker ticked as needed, and of which nobody is asked: it waits on Today, and is no alarm.

A place for tonight and a doctor for today have rows of their own (no_place.py, no_doctor.py), and who hides has a
raised risk; a doctor who is needed this week stands here. It is over once an organisation for that help was asked, the
person said no to such a one, or the need is taken out. What our side took back before anybody helped has asked nobody,
and help of which the person said that it was not right, or only partly, leaves the need.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case as When_
from django.db.models import Exists, OuterRef, Q, When

from hamkori.casework.case.models import Case, CaseAccess, CaseStep
from hamkori.casework.consent.models import ConsentRow
from hamkori.casework.consent.queries.unheard import IsUnheard
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.own_doctor import FIRST_DAYS
from hamkori.casework.referral.queries.unused import UNMET, asked
from hamkori.casework.referral.rules.card import NEEDED, no_is_for
from hamkori.casework.work.queries.beside import NOES
from hamkori.directory.rules.suit import answering, kinds
from hamkori.vocabulary import codelist

NEEDS: Final = ("food_clothes_fare", "child_things", "lawyer", "documents", "language", "someone_to_talk")
"""Of what is needed."""
CHILD_THINGS: Final = "child_things"
OF_A_CHILD: Final = ("CHILD-01", "COORD-01")
"""The kinds of help of child protection and of a social service that answer it of a child."""
NO_CHILDREN: Final = ("0", "not_asked")
"""That children come along is not known, or not so."""
DOCTOR: Final = "doctor"
HELP: Final = "help"
ENDED_BY_THEM: Final = "ended"
"""Of what is needed: the person's own word ended help for it."""
SENDER: Final = "sender"
"""Of a doctor: whoever referred the person knows whether one is asked, and what the person said to it."""


def beside_needs() -> dict[str, Any]:
    """Of a row of a case: the kinds of help for which somebody was asked, and who may not be asked for help."""
    sent = asked(ReferralOrigin.objects.filter(case=OuterRef("case_id"))).exclude(UNMET)
    said = ConsentRow.objects.filter(consent__case=OuterRef("case_id"), purpose_code=HELP, answer_code__in=NOES)
    newer = ConsentRow.objects.filter(
        consent__case=OuterRef("consent__case"),
        consent__number__gt=OuterRef("consent__number"),
        kind_code=OuterRef("kind_code"),
        purpose_code=HELP,
    )
    ended = ReferralOrigin.objects.filter(case=OuterRef("case_id"), referral__sender__ending_code="withdrawn")
    return {
        "services_asked": ArraySubquery(sent.values("referral__service_code")),
        "services_ended": ArraySubquery(ended.values("referral__service_code")),
        "refused_kinds": ArraySubquery(said.filter(~Exists(newer), ~Q(_brought())).values("kind_code")),
    }


def _brought() -> IsUnheard:
    """A no that somebody else brought: the person is asked whether it is so, and the need stays (ADR 0195)."""
    return IsUnheard("consent__case_id", "kind_code", "purpose_code")


def beside_first_step() -> dict[str, Any]:
    """The same beside the first step of a case, and of no other."""
    return {
        name: When_(When(from_code="", then=one), default=None, output_field=one.output_field)
        for name, one in beside_needs().items()
    }


def unasked(row: CaseAccess) -> tuple[str, ...]:
    """What is needed in this case and of which nobody was asked, as it was said. Of who said no to everything nothing
    calls anybody.
    """
    found: Any = row
    return () if found.no_to_all else left_of(row.case, found.services_asked, found.refused_kinds)


def unasked_in(case: Case) -> tuple[str, ...]:
    """The same of one case that was read."""
    first = CaseStep.objects.filter(case=case, from_code="").annotate(**beside_needs())[:1]
    return next((unasked_beside(case, step) for step in first), ())


def unasked_beside(case: Case, step: CaseStep) -> tuple[str, ...]:
    """The same, read beside the first step of the case. Who said no to everything said no to each of them."""
    found: Any = step
    return left_of(case, found.services_asked, found.refused_kinds)


def left_of(case: Case, services: Iterable[str], refused: Iterable[str]) -> tuple[str, ...]:
    """What is needed, which no kind of help answers that somebody was asked for, and not all who may give it got a
    no. `services`: these kinds.
    """
    if case.state_code != "open":
        return ()
    asked_for, noes = set(services or ()), set(refused or ())
    needed = [need for need in case.need_tonight_codes if need in NEEDS]
    if case.age_settled_at is not None and case.children_code in NO_CHILDREN:
        needed = [need for need in needed if need != CHILD_THINGS]  # it was ticked of who is an adult after all
    needed += [DOCTOR] if case.doctor_code in NEEDED and DOCTOR not in case.need_tonight_codes else []
    child, own = case.is_child, no_is_for(case.doctor_code)
    return tuple(
        need
        for need in needed
        if not answers_of(need, child=child) & asked_for
        and not (recipients_of(need) <= noes and (own or need != DOCTOR))
    )


def ended_by_them(row: CaseAccess, needs: tuple[str, ...]) -> str:
    """Whether the person themselves ended help for one of these: they may want it no more, and only they know. '' too
    where somebody else brought that, of which they are asked anyhow.
    """
    found: Any = row
    brought = found.unheard or found.ended_unheard
    return ENDED_BY_THEM if not brought and any(_is_ended(row, need) for need in needs) else ""


def asked_before(row: CaseAccess, needs: tuple[str, ...], at: datetime) -> str:
    """What comes first, of the row on Today: `ENDED_BY_THEM`; or of a doctor alone, in the first days of help, to ask
    the `SENDER`, whose summary said so; '' else.
    """
    case = row.case
    new = case.from_referral and needs == (DOCTOR,) and at < case.begun_at + FIRST_DAYS
    return ended_by_them(row, needs) or (SENDER if new else "")


def _is_ended(row: CaseAccess, need: str) -> bool:
    found: Any = row
    return bool(answers_of(need, child=row.case.is_child) & set(found.services_ended or ()))


def asks_first(row: CaseAccess, needs: tuple[str, ...], *, doctor: bool) -> bool:
    """Whether the person is asked first: about a doctor alone, unless they agreed (`doctor`), because somebody else
    brought a no to such help, or because they ended all of it themselves.
    """
    found: Any = row
    if all(_is_ended(row, need) for need in needs):
        return True
    said = (one.partition(":") for one in found.unheard or ())
    return (needs == (DOCTOR,) and not doctor) or waits_for_word(
        needs, (kind for kind, _colon, of in said if of == HELP)
    )


def waits_for_word(needs: Iterable[str], unheard: Iterable[str]) -> bool:
    """Whether somebody else brought a no to all who may give these: the person is asked first. `unheard`: kinds of
    recipients.
    """
    brought = set(unheard)
    return bool(brought) and all(recipients_of(need) <= brought for need in needs)


def answers_of(need: str, *, child: bool = False) -> frozenset[str]:
    """The kinds of help that answer a need where somebody was asked for one; `child`: of a child."""
    looked_after = OF_A_CHILD if child and need == CHILD_THINGS else ()
    return answering(need) | {*looked_after}


def groups_of(need: str, *, child: bool = False) -> set[str]:
    """The groups of help that answer a need; `child`: of a child, after whom others look too."""
    looked_after = OF_A_CHILD if child and need == CHILD_THINGS else ()
    return _said_of((*kinds([need]), *looked_after), "group")


def recipients_of(need: str) -> set[str]:
    """The kinds of recipients that answer a need."""
    return _said_of(kinds([need]), "recipient_kind")


def _said_of(services: Iterable[str], what: str) -> set[str]:
    return {str(codelist("service").entry(service).data[what]) for service in services}
