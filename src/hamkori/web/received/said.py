"""What a press says on the page that follows, while it is true: the referral may have ended before that page came."""

from collections.abc import Iterable
from typing import Final

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries import desk
from hamkori.casework.referral.queries.received import Received

TRUE_WHILE = "while-"


def while_(state: str, request: HttpRequest, text: str) -> None:
    """Says it, for as long as the referral is in this state."""
    messages.success(request, text, extra_tags=TRUE_WHILE + state)


def warn(state: str, request: HttpRequest, text: str) -> None:
    """The same of what is to be done now."""
    messages.warning(request, text, extra_tags=TRUE_WHILE + state)


def still_true(request: HttpRequest, state: str) -> list[Message]:
    """What is shown now; what is not true any more is dropped."""
    return [
        one for one in messages.get_messages(request) if TRUE_WHILE not in one.tags or TRUE_WHILE + state in one.tags
    ]


def way_on(told: Iterable[Message], actor: Actor, received: Received) -> dict[str, object]:
    """Right after an answer: the next referral that waits for this desk; Today, where none does."""
    if not _just_answered(told, received):
        return {}
    found = _next_one(actor)
    return {"next_one": found, "to_today": not found}


def _next_one(actor: Actor) -> str:
    """Its number; '' for none. What waits for the sender is not one."""
    waiting = desk.inbox(actor, only="waiting").waiting
    return next((one.code for one in waiting if not one.open_question), "")


def _just_answered(told: Iterable[Message], received: Received) -> bool:
    """`told`: what the last press says."""
    if Side.DESK not in received.sides or received.state not in ANSWERED:
        return False
    return any(one.level == messages.SUCCESS for one in told)


ANSWERED: Final = ("accepted", "declined")
