"""Whether nothing of a case is open any more, so that it may be closed: asked after a referral asks nothing more."""

from __future__ import annotations

from hamkori.access.actor import Actor
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.casework.referral.rules.lifecycle import BLOCKS_CLOSING
from hamkori.casework.work.queries.case_page import File, Sent, file
from hamkori.casework.work.queries.here_now import is_untold
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.casework.work.queries.owed import owed
from hamkori.casework.work.queries.unmet import unmet

WAITS = (*BLOCKS_CLOSING, "draft", "finished")
"""States of a referral that still asks something of its sender, or of those who help."""


def what_is_left(actor: Actor, case: Case, language: str) -> tuple[bool, bool]:
    """Whether the reader may close it, and the page of that would name nothing that is still open. And whether they can
    say of the person that a place for tonight was found, since none is certain.
    """
    found = file(actor, case.code, language)
    is_open = any(map(_asks, found.referrals)) or _lacks(found) or _lacks_of_child(found) or bool(unmet(found))
    may_close = found.standing.may("close", found.case.state_code)
    sleeps = found.no_place and found.standing.works and found.case.state_code in WRITABLE
    return may_close and not (is_open or owed(found.case.pk, found.now)), sleeps


def _asks(one: Sent) -> bool:
    return one.state in WAITS or bool(one.stopped) or one.goes_on


def _lacks(found: File) -> bool:
    """What is missing for the person, or was asked of them and not said."""
    given = any(one.result in ("given", "partly") for one in found.referrals)
    lacks = found.case.has_danger or found.no_place or found.no_doctor or found.needed or found.agreed.unsure
    asks = found.missing is not None or found.sleeps is not None or found.places
    return bool(lacks or asks or (PLACE in found.case.need_tonight_codes and not given))


def _lacks_of_child(found: File) -> bool:
    """That child protection was not told, or who is a child since was not asked again."""
    unasked = found.agreed.child and found.agreed.asked_at is not None and not found.agreed.answered
    return "child" in found.clocks or is_untold(found.case) or unasked
