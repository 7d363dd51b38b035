"""The form of the number of a referral desk: its officer fills it, or the coordinator."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext_lazy

from hamkori.people.rules.desk_phone import LONGEST
from hamkori.refusal import Invalid
from hamkori.web.kit.forms import KitForm, TextField

NONE_BEFORE = gettext_lazy("No number was recorded, and none was written. Nothing was changed.")


class PhoneForm(KitForm):
    """One number."""

    phone = TextField(
        label=gettext_lazy("Telephone of the referral desk"),
        help_text=gettext_lazy("Leave it empty to take the number away."),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "class": "short"}),
    )

    def written(self, write: Callable[[str], str]) -> str | None:
        """The number as `write` kept it, '' where it was taken away; None where it is none, which the form says."""
        if not self.is_valid():
            return None
        try:
            return write(self.cleaned_data["phone"])
        except Invalid as refusal:
            self.say(refusal)
            return None
