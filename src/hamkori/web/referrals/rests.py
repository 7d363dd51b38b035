"""What the case says otherwise than a summary whose receiver is told nothing new now (ADR 0156)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hamkori.casework.referral.queries.otherwise import names
from hamkori.casework.referral.rules.lifecycle import LIVE
from hamkori.web.words import facts

if TYPE_CHECKING:
    from hamkori.casework.referral.queries.referrals import SenderPage


def rests(page: SenderPage, state: str) -> str:
    """While the consent is not valid: what they do not read; '' where they read what the case says."""
    if page.live or state not in LIVE:
        return ""
    found = names(page.case, page.referral, page.card)
    if not found:
        return ""
    said = _("Changed in the case, not told to them: %(what)s. They read it once the person has agreed again.")
    return said % {"what": facts.names(found)}
