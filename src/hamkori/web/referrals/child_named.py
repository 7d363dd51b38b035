"""Whether nobody is named yet to tell of a child: it is said where it is sent, before the press refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from hamkori.casework.case.actions.section import open_section
from hamkori.web.kit.remembered import child_named

if TYPE_CHECKING:
    from hamkori.web.referrals.choosing import Screen

CONTACT: Final = "contact"
NAMED, UNNAMED = "named", "unnamed"


def shown(screen: Screen) -> dict[str, Any]:
    """Where such a contact is written, by whoever writes there; '' once one is, and of an adult."""
    known = screen.known
    asks = known.case.is_child and screen.chosen is not None and screen.actor.vault_open and CONTACT in known.writes
    if not asks or CONTACT not in known.held:
        return {"unnamed_url": ""}
    at = f"{reverse('section', args=[known.case.code])}?of={CONTACT}"
    return {"unnamed_url": "" if _is_named(screen) else at}


def _is_named(screen: Screen) -> bool:
    """Read where a page begins and at the press that sends; at a change of a choice between only if it never was: each
    reading is a row in the record of access.
    """
    request, case = screen.request, screen.known.case
    begins = request.method != "POST" or request.POST.get("do") == "send" or request.POST.get("to")
    before = child_named.of(request, case.code)
    if before and not begins:
        return before == NAMED
    fields = open_section(screen.actor.doing(None), case, section=CONTACT, in_step=True).fields
    found = bool(fields.get("child_contact"))
    child_named.remember(request, case.code, NAMED if found else UNNAMED)
    return found
