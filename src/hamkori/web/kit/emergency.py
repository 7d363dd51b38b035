"""Whom to call in danger: the installation's numbers, marked until an operator has confirmed them."""

from django.conf import settings
from django.utils.translation import gettext as _


def number(whom: str) -> str:
    """The number to call for danger to life, the police or an ambulance, as a page says it. Unknown: KeyError."""
    found = settings.HAMKORI_EMERGENCY[whom]
    return found if settings.HAMKORI_EMERGENCY_CONFIRMED else _("%(number)s (not confirmed)") % {"number": found}


def numbers() -> dict[str, str]:
    """All of them, for a sentence that names one: `{life}`."""
    return {whom: number(whom) for whom in settings.HAMKORI_EMERGENCY}
