"""Where the person can complain: as the installation says it, and never invented."""

from django.conf import settings


def recorded() -> str:
    """The place, as an operator wrote it; '' where nobody has."""
    return str(settings.HAMKORI_COMPLAINTS or "")
