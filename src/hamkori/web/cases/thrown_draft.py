"""Throwing a draft away that speaks of a child, of danger, or of nowhere to sleep: what it says is named, and asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.actor import Actor
from hamkori.casework.case.queries.team import people
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.web.kit.forms import KitForm
from hamkori.web.words import lists, red

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


class DiscardForm(KitForm):
    """That what stands in the draft was read; nothing is asked of any other."""

    sure = forms.BooleanField(
        label=gettext_lazy("I have read this. Throw it away all the same."),
        error_messages={"required": gettext_lazy("Tick that you have read what is thrown away.")},
    )

    def __init__(self, *args: Any, case: Case | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if case is not None and not red_in(case):
            del self.fields["sure"]


def red_in(case: Case) -> list[str]:
    """What is not thrown away in one press: codes alone, nothing that is locked."""
    found = (
        (case.has_danger, str(red.DANGER)),
        (case.is_child, _("The person is a child")),
        (PLACE in case.need_tonight_codes, str(red.NO_PLACE)),
    )
    return [said for holds, said in found if holds]


def says(actor: Actor, case: Case) -> dict[str, Any]:
    """What stands in it, and who else sees it until then."""
    what = red_in(case)
    others = [one.name for one in people(case) if one.membership_id != actor.membership_id and one.name] if what else []
    seen = _("%(who)s sees it now, and will not find it again.") % {"who": lists.enumerated(others)} if others else ""
    return {"title": _("Throw this registration away?"), "what": what, "seen": seen}
