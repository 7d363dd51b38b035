"""Where the person can complain: as the installation says it, and never invented."""

from django.conf import settings
from django.utils.translation import gettext as _


def where() -> str:
    """The place, as an operator wrote it; where nobody has, that it is not recorded, and whom to ask."""
    return settings.HAMKORI_COMPLAINTS or _("not recorded; ask the coordinator")
