"""After a no that somebody else brought the person is asked before anything else follows from it (ADR 0190)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from hamkori.casework.consent.queries.consent import Asked
from hamkori.casework.consent.rules.consent import BY_OTHERS, NOES, REFUSES
from hamkori.casework.work.queries.owed import owed
from hamkori.web.consent.forms import CHILD
from hamkori.web.consent.rows import POLICE, answer_name
from hamkori.web.consent.unread import unless_unread
from hamkori.web.consent.withdraw_form import EVERYTHING
from hamkori.web.words import brought, on_the_way

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

READ_BROUGHT = gettext_lazy(
    "They read that a no is not certain to be the person's, that the person has not been asked, and that they ask only "
    "in person, alone."
)


PART_BROUGHT = gettext_lazy(
    "It is not certain that the person said this: ask them, alone, whether it is so. Today does not remind you: write "
    "it as the next step."
)
MEANWHILE = gettext_lazy("Nothing was written: another answer was recorded meanwhile. Read what is agreed now.")


def is_of_an_older(request: HttpRequest, former: Asked) -> bool:
    """Whether "The person says so too" was pressed of another no than the one that stands now: a newer answer is no
    part of it. What takes something away by itself is never refused.
    """
    of = request.POST.get("confirms")
    return of is not None and not (former.unheard and of == str(former.last_said))


def says_so(former: Asked, whole_at: str, *, child: bool) -> dict[str, Any]:
    """The press by which the person says so too: what it sends, and where, if it is of all that was asked (ADR 218).

    Where a yes stands beside it, the answers alone that were taken back: each is written as the person's own no. Not a
    child's to the police: that would be final, and is asked below.
    """
    if not former.unheard:
        return {}
    confirms = ("confirms", former.last_said)
    if all(one.answer in NOES for one in former.rows.values()):
        return {"at": whole_at, "sent": [("took", EVERYTHING), confirms]}
    mine = [key for key in former.unheard_rows if former.rows[key].answer == "withdrawn"]
    asked = [key for key in sorted(mine) if not (child and key in POLICE)]
    said = [(answer_name(key), "no") for key in asked]
    word = [("word", former.last_said), ("asked_as", CHILD if child else "")]
    return {"sent": [*said, *word, confirms]} if said else {}


def how_it_came(former: Asked) -> str:
    """How the last of those noes was said, as it was entered; '' where there is none."""
    came = (one.how_said for one in former.versions if one.step in REFUSES and one.how_said in BY_OTHERS)
    return brought.how(next(came, "")) if former.unheard else ""


def asked_first(found: Case, former: Asked, names: Mapping[UUID, str], at: datetime) -> dict[str, Any]:
    """Whether it was brought so, and who may be on the way to a place that has ended by it, for the page after it."""
    nobody: list[str] = []
    told = unless_unread(partial(_told, found, names, at), nobody) if former.unheard else _of_a_part(former)
    return {"unheard": former.unheard, "ask_first": told, "how_it_came": how_it_came(former)}


def _of_a_part(former: Asked) -> list[str]:
    """What is to be asked where the last word took a part back, and somebody else brought it: no answer is a no by it,
    so no row of Today asks.
    """
    last = former.versions[0] if former.versions else None
    brought_so = last is not None and last.step in REFUSES and last.how_said in BY_OTHERS
    return [str(PART_BROUGHT)] if brought_so else []


def _told(found: Case, names: Mapping[UUID, str], at: datetime) -> list[str]:
    return [
        on_the_way.tell(names.get(one.organisation_id, ""), one.agreed, one.taken, at)
        for one in owed(found.pk, at)
        if one.taken is not None and one.taken.unheard
    ]
