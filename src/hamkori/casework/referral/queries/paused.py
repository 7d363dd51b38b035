"""What was accepted while the consent it rests on does not hold any more: it waits until the person is asked again.

So it is after a case was opened again, and once what was agreed has run out.
"""

from __future__ import annotations

from django.db.models import BooleanField, Case, Func, Q, Value, When


class Holds(Func):
    """Beside a referral's key, for its sender's side: whether all that it rests on is agreed to now.

    The one definition is `referral_consent` in walls/30_referral.sql.
    """

    function = "consent_of"
    template = "(select holds.live from %(function)s(%(expressions)s) holds)"
    output_field = BooleanField()
    arity = 1


def paused(state: str, referral: str) -> Case:
    """Beside the name of its `state` and of its key: accepted, and the person has to be asked again first. Of others
    nobody asks it.
    """
    asked_again = Case(When(Q(Holds(referral)), then=Value(value=False)), default=Value(value=True))
    return Case(When(**{state: "accepted"}, then=asked_again), default=Value(value=False), output_field=BooleanField())
