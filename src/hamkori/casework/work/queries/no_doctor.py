"""Somebody needs a doctor now, and nobody of the health service is asked: until one is, or that is taken out.

Who was asked in vain, because either side took it back before anybody helped, counts as not asked. After a no to
doctors the row calls nobody, and stays: the person needs one all the same, and our own help goes on. A no for
themselves is none for a child who comes along (ADR 208).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from hamkori.casework.case.models import CaseStep
from hamkori.casework.consent.models import ConsentRow
from hamkori.casework.consent.queries.consent import ASK_AGAIN
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import undecided
from hamkori.casework.referral.queries.unused import asked
from hamkori.casework.referral.rules.stopped import EMERGENCY, STOPPED
from hamkori.casework.work.queries.beside import NOES, said_last, said_until

if TYPE_CHECKING:
    from datetime import datetime

    from hamkori.casework.case.models import Case

DOCTOR: Final = "doctor"
"""Of what is needed tonight."""
HEALTH: Final = "health"
ASKED_FOR: Final = (HEALTH, "help")
"""The question of the consent about it."""
_QUESTION: Final = dict(zip(("kind_code", "purpose_code"), ASKED_FOR, strict=True))


def without_a_doctor() -> Q:
    """Of a row of a case: what was sent and ended without help has a row of its own."""
    ever = ReferralOrigin.objects.filter(case=OuterRef("case_id"), referral__recipient_kind_code=HEALTH)
    ever = ever.exclude(referral__sent_at=None)
    needed = Q(case__state_code="open", case__need_tonight_codes__contains=[DOCTOR])
    return needed & ~Q(Exists(asked(ever)))


def no_to_doctors() -> QuerySet[ConsentRow]:
    """Of a row of a case: the person's last word to doctors, where it is a no; not what is asked again."""
    said = ConsentRow.objects.filter(consent__case=OuterRef("case_id"), **_QUESTION)
    newer = ConsentRow.objects.filter(
        consent__case=OuterRef("consent__case"), consent__number__gt=OuterRef("consent__number"), **_QUESTION
    )
    return said.filter(~Exists(newer), answer_code__in=NOES).exclude(consent__step_code=ASK_AGAIN)


def emergency_unasked() -> Exists:
    """Beside an origin: whether emergency care gave no help in its case, and nobody is asked for it since."""
    given_up = ReferralOrigin.objects.filter(
        case=OuterRef("case_id"), referral__service_code=EMERGENCY, referral__state_code__in=STOPPED
    )
    return Exists(undecided(given_up))


def doctor_unasked(case: Case, at: datetime) -> tuple[str | None, bool] | None:
    """Of one case: what the person answered last to doctors, and whether that is a yes which holds now; None where
    somebody of the health service is asked. One query.
    """
    first = CaseStep.objects.filter(case=case, from_code="")
    sent = asked(ReferralOrigin.objects.filter(case=OuterRef("case_id"), referral__recipient_kind_code=HEALTH))
    read = first.annotate(last=said_last(*ASKED_FOR), ends=said_until(*ASKED_FOR), is_asked=Exists(sent))
    said = read.values_list("last", "ends", "is_asked")[:1]
    last, ends, is_asked = next(iter(said), (None, None, False))
    return None if is_asked else (last, ends is not None and at < ends)
