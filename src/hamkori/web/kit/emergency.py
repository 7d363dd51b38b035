"""Whom to call in danger: the installation's numbers, marked until an operator has confirmed them."""

from django.conf import settings
from django.utils.translation import gettext as _


def number(whom: str) -> str:
    """The number to call for danger to life, the police or an ambulance, as a page says it. Unknown: KeyError."""
    found = settings.HAMKORI_EMERGENCY[whom]
    return found if settings.HAMKORI_EMERGENCY_CONFIRMED else _("%(number)s (not confirmed)") % {"number": found}


def bare(whom: str) -> str:
    """The same where several stand in one sentence: with a mark alone, which `note` explains once below."""
    found = str(settings.HAMKORI_EMERGENCY[whom])
    return found if settings.HAMKORI_EMERGENCY_CONFIRMED else f"{found}*"


def several(*, police: bool) -> str:
    """All who can be called in danger, each with that mark; `police`: not after the person's no to them."""
    every = {whom: bare(whom) for whom in settings.HAMKORI_EMERGENCY}
    if police:
        return _("%(life)s, police %(police)s, ambulance %(ambulance)s") % every
    return _("%(life)s, ambulance %(ambulance)s") % every


def note() -> str:
    """What the mark of `bare` means; '' where an operator has confirmed the numbers."""
    if settings.HAMKORI_EMERGENCY_CONFIRMED:
        return ""
    return _("* not confirmed yet; call all the same").replace("* ", "*\u00a0")


def numbers() -> dict[str, str]:
    """All of them, for a sentence that names one: `{life}`."""
    return {whom: number(whom) for whom in settings.HAMKORI_EMERGENCY}
