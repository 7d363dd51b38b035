"""Who wrote the other version of what two windows changed: a colleague by name, or oneself."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.people.queries import names
from hamkori.web.kit import moments
from hamkori.web.kit.versions import Who


def other(actor: Actor, by: UUID | None, at: datetime | None, now: datetime) -> Who:
    """In words. The same post in another window is no colleague."""
    when = moments.moment(at, now) if at else ""
    if by is not None and by == actor.membership_id:
        return Who(when=when, me=True)
    return Who(name=names([by]).get(by, "") if by else "", when=when)


def chosen(*, by_me: bool) -> str:
    """What is said once somebody has chosen between two versions, of which the other is a colleague's or `by_me`."""
    if by_me:
        return _("Saved, with the versions that you chose.")
    return _("Saved. Your colleague is told that both of you wrote here, and that you chose.")
