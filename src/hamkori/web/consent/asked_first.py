"""After a no that somebody else brought the person is asked before anything else follows from it (ADR 0190)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from hamkori.casework.consent.queries.consent import Asked
from hamkori.casework.work.queries.owed import owed
from hamkori.web.consent.unread import unless_unread
from hamkori.web.words import on_the_way

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

READ_BROUGHT = gettext_lazy(
    "They read that a no is not certain to be the person's, that the person has not been asked, and that they ask only "
    "in person, alone."
)


def asked_first(found: Case, former: Asked, names: Mapping[UUID, str], at: datetime) -> dict[str, Any]:
    """Whether it was brought so, and who may be on the way to a place that has ended by it, for the page after it."""
    nobody: list[str] = []
    told = unless_unread(partial(_told, found, names, at), nobody) if former.unheard else nobody
    return {"unheard": former.unheard, "ask_first": told}


def _told(found: Case, names: Mapping[UUID, str], at: datetime) -> list[str]:
    return [
        on_the_way.tell(names.get(one.organisation_id, ""), one.agreed, one.taken, at)
        for one in owed(found.pk, at)
        if one.taken is not None and one.taken.unheard
    ]
