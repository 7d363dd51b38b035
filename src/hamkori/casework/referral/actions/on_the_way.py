"""What is said of a person who may be on the way to somebody who waits no more: by the sender, by who took it back."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hamkori import definer
from hamkori.action import Act, action
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules.lifecycle import REASON_LISTS
from hamkori.refusal import Invalid
from hamkori.vocabulary import codelist


@action("referral.hear", on="referral")
def warn_person(act: Act, referral: Referral, *, answer: str, since: datetime | None = None) -> None:
    """The person was told not to go there, was never told to come, or is not reached yet; or one of the first two was
    a slip. Nothing moves. `since`: since when nobody waits there, as the page said.

    NotNow("is_on_the_way"): it was said already, the night is over, or nobody took back what was agreed.
    NotNow("warning_as_read"): they have said yes since, and no again, or the person was told anew.
    """
    if answer not in codelist(REASON_LISTS["warn_person"]).codes:
        raise Invalid({"answer": _("Choose one of the answers.")})
    act.note(reason=answer)
    definer.run("referral_warn_person", referral.pk, answer, since)


@action("referral.unaccept", on="referral")
def call_sender(act: Act, referral: Referral, *, answer: str) -> None:
    """Whoever took back what was agreed called the sender, or reached nobody there. Both sides read it; nothing moves.

    NotNow("sender_to_call"): it was said already, or is over; "who_left", where it is said of who left without a word
    whether they are back; "who_left_said", "who_left_safe", "who_left_confirmed": why not.
    """
    if answer not in codelist(REASON_LISTS["call_sender"]).codes:
        raise Invalid({"answer": _("Choose one of the answers.")})
    act.note(reason=answer)
    definer.run("referral_call_sender", referral.pk, answer)
