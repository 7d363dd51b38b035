"""Help that a worker ticked as needed, and of which nobody was asked: it waits on Today, and is no alarm.

A place for tonight and a doctor have rows of their own (no_place.py, no_doctor.py), and who hides has a raised risk. It
is over once an organisation for that help was asked, the person said no to such a one, or the need is taken out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef

from hamkori.casework.case.models import CaseAccess
from hamkori.casework.consent.models import ConsentRow
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import group
from hamkori.casework.work.queries.beside import NOES
from hamkori.directory.rules.suit import kinds
from hamkori.vocabulary import codelist

NEEDS: Final = ("food_clothes_fare", "child_things", "lawyer", "documents", "language", "someone_to_talk")
"""Of what is needed."""
HELP: Final = "help"


def beside_needs() -> dict[str, Any]:
    """Of a row of a case: the groups of help of which somebody was asked, and who may not be asked for help."""
    sent = ReferralOrigin.objects.filter(case=OuterRef("case_id")).exclude(referral__sent_at=None)
    said = ConsentRow.objects.filter(consent__case=OuterRef("case_id"), purpose_code=HELP, answer_code__in=NOES)
    newer = ConsentRow.objects.filter(
        consent__case=OuterRef("consent__case"),
        consent__number__gt=OuterRef("consent__number"),
        kind_code=OuterRef("kind_code"),
        purpose_code=HELP,
    )
    groups = sent.annotate(group=group(F("referral__service_code"))).values("group")
    return {
        "groups_asked": ArraySubquery(groups),
        "refused_kinds": ArraySubquery(said.filter(~Exists(newer)).values("kind_code")),
    }


def unasked(row: CaseAccess) -> tuple[str, ...]:
    """What is needed in this case and of which nobody was asked, as it was said. Of who said no to everything nothing
    calls anybody.
    """
    found: Any = row
    if row.case.state_code != "open" or found.no_to_all:
        return ()
    asked, refused = set(found.groups_asked), set(found.refused_kinds)
    needed = (need for need in row.case.need_tonight_codes if need in NEEDS)
    return tuple(need for need in needed if not (groups_of(need) & asked or recipients_of(need) <= refused))


def groups_of(need: str) -> set[str]:
    """The groups of help that answer a need."""
    return _said_of(kinds([need]), "group")


def recipients_of(need: str) -> set[str]:
    """The kinds of recipients that answer a need."""
    return _said_of(kinds([need]), "recipient_kind")


def _said_of(services: Iterable[str], what: str) -> set[str]:
    return {str(codelist("service").entry(service).data[what]) for service in services}
