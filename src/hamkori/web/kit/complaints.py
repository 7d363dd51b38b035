"""Where the person can complain: as the installation says it, and never invented."""

from django.conf import settings
from django.utils.translation import gettext as _


def recorded() -> str:
    """The place, as an operator wrote it; '' where nobody has."""
    return str(settings.HAMKORI_COMPLAINTS or "")


def where() -> str:
    """The same; where nobody has written it, that it is not recorded, and whom to ask."""
    return recorded() or _("not recorded; ask the coordinator")
