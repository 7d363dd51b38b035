"""Help that has begun is not what a withdrawal ends: what was shared is. Said before the press, and after it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.casework.work.queries.no_place import PLACE
from hamkori.directory.rules.suit import kinds
from hamkori.people.rules.desk_phone import is_invented
from hamkori.web.words import desk_phone


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


def ask_on(organisation: str) -> str:
    """What the worker asks, until it was said."""
    return _("Ask the person whether help at %(organisation)s goes on") % {"organisation": organisation}


def goes_on(service: str, phone: str) -> str:
    """The same in the line of a referral that stops: what has begun there is theirs, and who can end it too."""
    if is_home(service):
        return _("The bed there does not end with this: ask whether the person stays.")
    if not phone:
        return _("Help that has begun there is theirs: if the person does not want it either, call them.")
    said = (
        _(
            "Help that has begun there is theirs: if the person does not want it either, call them: %(phone)s "
            "(invented, cannot be called)."
        )
        if is_invented(phone)
        else _("Help that has begun there is theirs: if the person does not want it either, call them: %(phone)s.")
    )
    return said % {"phone": desk_phone.unbroken(phone)}
