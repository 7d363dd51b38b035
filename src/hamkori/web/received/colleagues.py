"""Whom the receiving side names: by the name at the door, their work, and what they would read."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from hamkori.casework.consent.rules.packet import TEXT
from hamkori.casework.referral.rules.sealed import sealed_to
from hamkori.people.queries import Colleague
from hamkori.web.words import lists
from hamkori.web.words.packet import parts

READS_ALL: Final = _("Reads all that is shared")


def colleagues(people: Iterable[Colleague], agreed: Iterable[str]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Each by name and function, and what each would read."""
    listed, known = list(people), tuple(agreed)
    return [(str(one.membership_id), _named(one)) for one in listed], {
        str(one.membership_id): reads(one.function, known) for one in listed
    }


def _named(one: Colleague) -> str:
    """By the name at the door and what they read by: who answers for the desk is called so everywhere."""
    desk = lists.label("role", "desk_officer") if "desk_officer" in one.roles else ""
    said = ", ".join(part.lower() for part in (desk, lists.label("worker_function", one.function)) if part)
    return _("%(name)s, %(function)s") % {"name": one.name, "function": said} if said else one.name


def reads(function: str, agreed: Iterable[str]) -> str:
    """What would be sealed on to a worker of this function."""
    shared = frozenset(agreed)
    held = sealed_to(tuple(shared), (function,)) - {TEXT}
    if held >= shared:
        return str(READS_ALL)
    if not held:
        return str(_("Reads only the person's own words"))
    return lists.about(_("Reads"), parts(held))
