"""A desk accepts, and has not opened hour and meeting point that the sender agreed with it by telephone: it is told so
once. The person was told that hour, and may be on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy

from hamkori.casework.referral.queries.meeting import line_now

if TYPE_CHECKING:
    from django.http import HttpRequest

    from hamkori.casework.referral.queries.received import Received
    from hamkori.web.received.forms import AcceptForm

TOLD: Final = "line_unread"
"""What the form carries once it was told."""
SAID: Final = gettext_lazy(
    "Not accepted yet. The sender wrote hour and meeting point, agreed by telephone, and nobody here has opened them. "
    "Open them above and compare. Accept once more, and the time that you choose counts."
)


def stops(request: HttpRequest, received: Received, form: AcceptForm) -> bool:
    """Whether this acceptance is held, with its sentence in the form. Of a line that was written since the page was
    opened, and that their own would replace, the action itself tells.
    """
    form.line_told = TOLD in request.POST
    line = line_now(received.referral.pk) if form.arranged and not form.line_told else None
    if line is None or line.is_read:
        return False
    form.line_told = True
    if form.meeting() and request.POST.get("line_at") != line.at.isoformat():
        return False
    form.add_error(None, str(SAID))
    return True
