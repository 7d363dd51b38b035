"""Whether nobody is named yet to tell of a child: it is said where it is sent, before the press refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from hamkori.casework.case.actions.section import open_section

if TYPE_CHECKING:
    from hamkori.web.referrals.choosing import Screen

CONTACT: Final = "contact"


def shown(screen: Screen) -> dict[str, Any]:
    """Where such a contact is written, by whoever writes there; '' once one is, and of an adult."""
    known = screen.known
    asks = known.case.is_child and screen.chosen is not None and screen.actor.vault_open and CONTACT in known.writes
    if not asks or CONTACT not in known.held:
        return {"unnamed_url": ""}
    fields = open_section(screen.actor.doing(None), known.case, section=CONTACT, in_step=True).fields
    at = f"{reverse('section', args=[known.case.code])}?of={CONTACT}"
    return {"unnamed_url": "" if fields.get("child_contact") else at}
