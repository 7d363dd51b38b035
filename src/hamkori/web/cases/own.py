"""What hangs on the own case of whoever helps: somebody sleeps there or is being helped, and who speaks for a child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hamkori.web.templatetags.kit import grouped
from hamkori.web.words import calling
from hamkori.web.words.stays import is_home

if TYPE_CHECKING:
    from hamkori.casework.referral.queries.origin import Came
    from hamkori.casework.work.queries.case_page import File


def still_open(file: File) -> list[str]:
    """What nobody of those who help sees any more once it is closed. Nothing stands in the way: they may know that it
    is over.
    """
    found = [_of_help(one.code, one.service, ended=one.withdrew) for one in file.came_from if _goes_on(one)]
    if found and file.case.is_child and not file.agreed.answered:
        found.append(_("The person is a child, and no adult who speaks for the child is written in this case."))
    return found


def closed(file: File) -> str:
    """What is said once it is closed; '' where nothing hangs on it."""
    mine = [one for one in file.came_from if _goes_on(one)]
    if any(not one.withdrew for one in mine):
        return _("Closed. Help goes on, and its result is still to be said: Today goes on asking.")
    if any(is_home(one.service) for one in mine):
        return _("Closed. The sender is told, and asked where the person sleeps if they have not said it.")
    return ""


def if_they_leave(file: File) -> str:
    """To who works here, of whom the person's word ended what was agreed while they sleep here; '' of all others."""
    mine = [one for one in file.came_from if one.withdrew and one.sleeps]
    if not mine or not file.standing.works or file.case.state_code != "open":
        return ""
    said = _(
        "When the person leaves, close this case: the sender is told, and asks where the person sleeps. If they left"
        " without a word, call the sender first."
    )
    return f"{said} {calling.the_sender(mine[-1].sender_phone)}"


def _goes_on(one: Came) -> bool:
    """Whether the referral is being helped with, or was when the person's word ended it."""
    return one.withdrew or one.state == "serving"


def _of_help(code: str, service: str, *, ended: bool) -> str:
    """Beside whom the person was sent with: what goes on, and what is asked before it is closed."""
    said = _("Referral %(referral)s: help goes on, and no result is said. If help has ended, say the result first.")
    if is_home(service) and ended:
        said = _(
            "Referral %(referral)s: the person slept here when consent was withdrawn. Where do they sleep from tonight?"
            " If they stay here, do not close. The sender is told."
        )
    elif is_home(service):
        said = _(
            "Referral %(referral)s: the person sleeps here, and no result is said."
            " If they stay here, do not close. If help has ended, say the result first."
        )
    elif ended:
        said = _("Referral %(referral)s: help had begun when consent was withdrawn. Has it ended?")
    return said % {"referral": grouped(code)}
