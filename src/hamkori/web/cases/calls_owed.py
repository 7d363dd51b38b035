"""Calls that a case owes: who said yes by telephone, or would call back, and has to hear that nobody comes."""

from __future__ import annotations

from typing import Any, Final

from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.casework.referral.queries.referrals import body_name
from hamkori.casework.work.queries.call_off import LATELY, SAID_YES
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.owed import Owed, owed
from hamkori.web.words import calling_off, lists

PROMISED: Final = (SAID_YES, "yes_before", "calls_back")
"""What they said that makes somebody wait; `referral_promised` says the same."""


def promised(file: File) -> list[Owed]:
    """Who has to hear that nobody comes, or that the person comes after all. They are asked for only where somebody had
    said yes to one that has ended.
    """
    if not may_owe(file):
        return []
    return [one for one in owed(file.case.pk, file.now) if one.promise is not None]


def may_owe(file: File) -> bool:
    """Whether somebody had said yes, by telephone or in Hamkori, to a referral that has ended lately."""
    lately = {step.referral for step in file.steps if step.at > file.now - LATELY}
    ended = [one for one in file.referrals if one.ended and one.code in lately]
    return any(_said_yes(one) or one.agreed_at or one.is_brought for one in ended)


def _said_yes(one: Sent) -> bool:
    return any(call.answer in PROMISED for call in one.calls)


def boxes(file: File, *, needed: bool) -> list[dict[str, Any]]:
    """Each with its two answers, as Today has it. `needed`: nobody has a place for tonight, and one is looked for."""
    return [_box(one, file, needed=needed) for one in promised(file)]


def may_be_free(one: Owed) -> bool:
    """Whether they said yes by telephone to a place for tonight, which the person did not turn down."""
    said = one.promise is not None and one.promise.answer == SAID_YES and (one.promise.again or not one.their_word)
    return one.tonight and said


def _box(one: Owed, file: File, *, needed: bool) -> dict[str, Any]:
    assert one.promise is not None
    asks = needed and may_be_free(one)
    again = one.promise.comes(needed=asks, tonight=one.tonight)
    name = body_name(one.organisation, one.organisation_id, lists.language())
    may = file.standing.works and file.case.state_code in WRITABLE
    free = asks and may and one.organisation_id not in file.agreed.nothing_to
    return {
        **calling_off.box(one.code, name, one.promise, file.now, needed=asks, again=again),
        **calling_off.in_case(file.case.pk, one.code, one.id),
        "goes": calling_off.goes(file.case, one.organisation.slug, file.now) if free else None,
        "asks": calling_off.asks(file.case.code, one.promise) if may else None,
        "send_again": calling_off.send_again(one.code, one.promise) if may else None,
    }


def waits_still(file: File) -> bool:
    """Whether one of them keeps a place for tonight that the person did not turn down."""
    return any(one.for_place and not one.their_word for one in promised(file))
