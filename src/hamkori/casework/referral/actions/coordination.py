"""What the coordinator does about referrals that are late: calls the organisation, and says so."""

from __future__ import annotations

from hamkori import definer
from hamkori.action import Act, action
from hamkori.refusal import NotVisible
from hamkori.vocabulary.codes import is_code


@action("referral.late")
def call(act: Act, *, code: str) -> None:
    """The organisation was called about a referral that is late, or that it let expire. A row of the record, no more.

    Nothing of the referral moves, and it stays on the list: it is late until somebody there answers. NotVisible:
    nothing of this number is late.
    """
    referral = definer.value("referral_to_call", code) if is_code(code) else None
    if referral is None:
        raise NotVisible
    act.note(kind="referral", object_id=referral, reason="called")
