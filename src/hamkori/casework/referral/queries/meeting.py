"""Whether an hour or a meeting point was written for somebody who is expected; what it says is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import BooleanField, Func

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral, ReferralAccess


class Meets(Func):
    """Beside a referral: whether one is written; nothing where nobody is expected."""

    function = "referral_meets"
    output_field = BooleanField()
    arity = 1


def no_meeting(read: Referral | ReferralAccess) -> bool:
    """Whether somebody is expected and no hour is written, of what was read with `meets`."""
    return getattr(read, "meets", None) is False
