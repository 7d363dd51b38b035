"""Help that was a place to sleep ends, and the person sleeps there one more night: asked in the form that ends it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.queries.last_night import sleeps_there
from hamkori.casework.referral.queries.received import Received
from hamkori.casework.referral.rules.last_night import UNREACHED
from hamkori.web.kit.forms import Choices, KitForm
from hamkori.web.words.stays import is_home

YES, NO = "yes", "no"


class LastNightForm(KitForm):
    """A result, and of a place to sleep whether the person still sleeps there in the night that is or comes. Of who
    left without a word it is not asked. `bed`: whether it is asked at all.
    """

    sleeps = forms.ChoiceField(
        label=gettext_lazy("Does the person stay with you tonight?"),
        choices=((YES, gettext_lazy("Yes, one more night")), (NO, gettext_lazy("No"))),
        error_messages={"required": gettext_lazy("Say whether the person stays with you tonight.")},
        widget=Choices,
    )

    def __init__(self, *args: Any, bed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not bed:
            del self.fields["sleeps"]
        elif self.data.get("result") == UNREACHED:
            self.fields["sleeps"].required = False

    def clean(self) -> dict[str, Any]:
        """Both cannot be true: it is refused where it was chosen, and not passed over."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("sleeps") == YES and found.get("result") == UNREACHED:
            self.add_error(
                "sleeps", _("Nobody stays with you who could not be reached. Choose “No”, or another result.")
            )
        return found

    @property
    def night(self) -> bool:
        """Whether they do, of a form that holds."""
        said = self.cleaned_data
        return bool(said.get("sleeps") == YES)


def asks_night(received: Received) -> bool:
    """Whether the form that ends help asks it: of who sleeps there."""
    return received.state == "serving" and is_home(received.referral.service_code)


def night_again(received: Received) -> dict[str, Any]:
    """Of the form that puts a result right: whether it asks that again, and what was said before."""
    return {"bed": True, "initial": {"sleeps": YES}} if sleeps_there(received.referral, received.at) else {}


def night_said(received: Received) -> str:
    """On the page of what has ended, while that night lasts."""
    if not sleeps_there(received.referral, received.at):
        return ""
    return _("You said: the person stays with you one more night. The sender asks for a place from the morning on.")
