"""Step 3, come back to: whether the answers that were given hold as they are; then the way goes on without asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hamkori.access.context import now
from hamkori.casework.consent.queries import age as ages
from hamkori.casework.consent.queries.consent import asked
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.consent.rules import consent as rules
from hamkori.web.consent import words
from hamkori.web.consent.unread import NOTHING, unless_unread
from hamkori.web.kit import moments
from hamkori.web.words import child_alone

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.queries.said import Word

ASKED_ANEW = frozenset({"withdraw", "ask_again"})
"""After these the newest version is no answer to what was asked."""
ENDED = frozenset({"expired", "not_live"})


def for_another_age(case: Case) -> dict[rules.RowKey, str]:
    """What was agreed to before the age was corrected, and as what: one press says it again, nothing is chosen."""
    if case.age_settled_at is None:
        return {}
    stands = unless_unread(lambda: asked(case, now()), NOTHING)
    return {key: words.as_before(stands.rows[key].answer, child=stands.child) for key in stands.other_age}


def kept(case: Case) -> str:
    """When the answers were given, if each of them still holds; '' where anything has to be asked first: nothing was,
    the age was corrected since, an answer ended, or a child waits for an adult.
    """
    nobody: Word | None = None
    word = unless_unread(lambda: newest(case.pk), nobody)
    if word is None or word.version.step_code in ASKED_ANEW or child_alone.waits(case):
        return ""
    at, age = now(), ages.held(case)[0]
    rows = word.as_rules.values()
    if not rows or any(row.asked_as_child != age.child or rules.row_state(row, at, age) in ENDED for row in rows):
        return ""
    return moments.moment(word.version.at, at)
