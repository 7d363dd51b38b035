"""Help that has begun is not what a withdrawal ends: what was shared is. Said before the press, and after it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.casework.work.queries.no_place import PLACE
from hamkori.directory.rules.suit import kinds


def is_home(service: str) -> bool:
    """Whether the person sleeps where this service is."""
    return service in kinds([PLACE])


def does_not_end(service: str) -> str:
    """What the person hears before it is pressed."""
    if is_home(service):
        return _("The person is there: the bed does not end with this. Say so, and ask whether the person stays.")
    return _("Help has begun there, and does not end with this. Say so, and ask whether the person still wants it.")
