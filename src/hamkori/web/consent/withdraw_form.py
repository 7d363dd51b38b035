"""What she takes back as a form: everything, her yes to some of them, or some of what may go."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from hamkori.casework.consent.queries.consent import Asked
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules import packet
from hamkori.refusal import NotNow
from hamkori.web.consent import words
from hamkori.web.consent.forms import Named
from hamkori.web.kit.forms import Choices, KitForm, Ticks
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import Audience
from hamkori.web.words.fields import Coded
from hamkori.web.words.sections import name

EVERYTHING, SOME_ROWS, SOME_SECTIONS = "all", "rows", "sections"


class WithdrawForm(KitForm):
    """What she takes back, and how she told it."""

    def __init__(self, *args: Any, former: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agreed = [row for row in (former.newest.rows if former.newest else ()) if row.agrees]
        shared = {section for row in agreed for section in row.sections}
        if any(row.answer == "yes" for row in agreed):
            shared.add("identity")  # who agreed with her name may take it back, papers or not
        self.fields["what"] = forms.ChoiceField(
            label=_("What does the person withdraw?"),
            choices=[
                (EVERYTHING, _("everything")),
                (SOME_ROWS, _("some of the consents")),
                (SOME_SECTIONS, _("some of what may be shared")),
            ],
            widget=Choices(),
            error_messages={"required": _("Choose one of the answers.")},
        )
        self.fields["rows"] = Named(
            label=_("Consent to withdraw"),
            ever=[f"{kind}:{purpose}" for kind, purpose in rules.ROWS],
            choices=[(f"{row.kind}:{row.purpose}", words.row((row.kind, row.purpose))) for row in agreed],
            required=False,
            widget=Ticks(),
        )
        self.fields["sections"] = Named(
            label=_("What must not be shared any more, with anybody"),
            ever=packet.SECTION_FIELDS,
            choices=[(code, name(code, Audience.ASKED)) for code in packet.SECTION_FIELDS if code in shared],
            required=False,
            widget=Ticks(),
        )
        self.fields["how_said"] = Coded("how_said", _("How the person told it"), needed=sentence(NotNow("how_said")))

        if not former.sure:  # of what nobody can confirm a part is taken back by a mark alone, and again and again
            self.fields["what"].widget.choices = [(EVERYTHING, _("everything"))]

    def clean(self) -> dict[str, Any]:
        """Some means at least one, and of one list: what is ticked in the other would be left out without a word."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("what") in (SOME_ROWS, SOME_SECTIONS) and given.get("rows") and given.get("sections"):
            self.add_error("what", _("Both lists are ticked. Withdraw from one of them first, then from the other."))
        if given.get("what") == SOME_ROWS and not given.get("rows"):
            self.add_error("rows", _("Tick at least one."))
        if given.get("what") == SOME_SECTIONS and not given.get("sections"):
            self.add_error("sections", _("Tick at least one."))
        return given

    def rows(self) -> list[rules.RowKey] | None:
        """The rows that are taken back; None: all of them."""
        if self.cleaned_data["what"] != SOME_ROWS:
            return None
        pairs = (value.split(":", 1) for value in self.cleaned_data["rows"])
        return [(kind, purpose) for kind, purpose in pairs]

    def sections(self) -> list[str]:
        """The sections that are taken out of all rows."""
        return list(self.cleaned_data["sections"]) if self.cleaned_data["what"] == SOME_SECTIONS else []
