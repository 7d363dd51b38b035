"""Who goes on reading that the person needs a doctor, after the person said no to doctors: the summary stays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori.casework.referral.queries.effects import running_and_drafts
from hamkori.casework.referral.queries.own_doctor import say_needed
from hamkori.casework.referral.rules.card import NEEDED, no_is_for
from hamkori.web.consent.unread import unless_unread
from hamkori.web.words import place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.queries.consent import Less


def still_read(found: Case, less: Iterable[Less]) -> list[UUID]:
    """The organisations whose summary says so, where the whole yes to doctors was taken back, of the person's own need.
    The police's summary says nothing of it.
    """
    took = any(key == place.DOCTOR and not parts for key, parts in less)
    if not took or found.doctor_code not in NEEDED or not no_is_for(found.doctor_code):
        return []
    nothing: tuple[UUID, ...] = ()
    return list(dict.fromkeys(unless_unread(partial(_bodies, found), nothing)))


def _bodies(found: Case) -> tuple[UUID, ...]:
    going = [one for one in running_and_drafts(found)[0] if not any(kind == "police" for kind, _of in one.rows)]
    said = say_needed([one.id for one in going])
    return tuple(one.body for one in going if one.id in said)


def told(organisation: str) -> str:
    """What the person hears of one such organisation."""
    slots = {"organisation": organisation}
    return (
        _("%(organisation)s still reads that you need a doctor, and may speak of it. You can say no there too.") % slots
    )
