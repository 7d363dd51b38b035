"""Help that has begun is not what a withdrawal ends: what was shared is. Said before the press, and after it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.casework.work.queries.no_place import PLACE
from hamkori.directory.rules.suit import kinds


def is_home(service: str) -> bool:
    """Whether the person sleeps where this service is."""
    return service in kinds([PLACE])


def does_not_end(service: str, organisation: str) -> str:
    """What the person hears before it is pressed."""
    slots = {"organisation": organisation}
    if is_home(service):
        said = _(
            "The person is at %(organisation)s: the bed does not end with this. Say so; ask whether the person stays."
        )
        return said % slots
    return _("Help at %(organisation)s has begun and may go on. Say so; ask whether it is still wanted.") % slots
