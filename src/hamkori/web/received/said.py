"""What a press says on the page that follows, while it is true: the referral may have ended before that page came."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

TRUE_WHILE = "while-"


def while_(state: str, request: HttpRequest, text: str) -> None:
    """Says it, for as long as the referral is in this state."""
    messages.success(request, text, extra_tags=TRUE_WHILE + state)


def warn(state: str, request: HttpRequest, text: str) -> None:
    """The same of what is to be done now."""
    messages.warning(request, text, extra_tags=TRUE_WHILE + state)


def still_true(request: HttpRequest, state: str) -> Iterable[Message]:
    """What is shown now; what is not true any more is dropped."""
    return [
        one for one in messages.get_messages(request) if TRUE_WHILE not in one.tags or TRUE_WHILE + state in one.tags
    ]
