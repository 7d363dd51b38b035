"""What is withdrawn, as ticks on what was agreed; the button says how the person told it."""

from typing import Any

from django.utils.translation import gettext as _

from hamkori.casework.consent.machinery.her_marks import Part
from hamkori.casework.consent.queries.consent import Asked
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules import packet
from hamkori.refusal import NotNow
from hamkori.web.consent import words
from hamkori.web.consent.forms import Named
from hamkori.web.kit.forms import KitForm, Ticks
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import Audience
from hamkori.web.words.fields import Coded
from hamkori.web.words.sections import name

EVERYTHING = "all"
EVER = (
    EVERYTHING,
    *(f"{kind}:{purpose}" for kind, purpose in rules.ROWS),
    *(f"{kind}:{purpose}:{section}" for kind, purpose in rules.ROWS for section in packet.SECTION_FIELDS),
)
"""Every tick that any page can have drawn: what only takes away is never refused."""


class WithdrawForm(KitForm):
    """Ticks: everything, a consent as a whole, one part of one; and how the person told it, which is the button."""

    def __init__(self, *args: Any, former: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["took"] = Named(
            label=_("What is withdrawn"),
            ever=EVER,
            choices=[(value, said(value)) for value in offered(former)],
            widget=Ticks(),
            error_messages={"required": _("Tick at least one.")},
        )
        self.fields["how_said"] = Coded(
            "how_said", _("How did the person tell you?"), needed=sentence(NotNow("how_said"))
        )

    def rows(self) -> list[rules.RowKey] | None:
        """The consents that are withdrawn as a whole; None: all of them."""
        ticked = self.cleaned_data["took"]
        return None if EVERYTHING in ticked else [key_of(one) for one in ticked if one.count(":") == 1]

    def parts(self) -> list[Part]:
        """The single parts of those that are not."""
        ticked = [] if self.rows() is None else self.cleaned_data["took"]
        return [(key_of(one), one.rpartition(":")[2]) for one in ticked if one.count(":") == 2]


def offered(former: Asked) -> list[str]:
    """What can be ticked. Of what nobody can confirm everything: a part would be taken by a mark again and again."""
    found = [EVERYTHING]
    for row in (former.newest.rows if former.newest else ()) if former.sure else ():
        value = f"{row.kind}:{row.purpose}"
        if row.agrees or row.waits:
            found.append(value)
        if row.agrees:
            # Who agreed with the name may take it back, papers or not.
            parts = {*row.sections, "identity"} if row.answer == "yes" else {*row.sections}
            found += [f"{value}:{one}" for one in packet.SECTION_FIELDS if one in parts]
    return found


def key_of(value: str) -> rules.RowKey:
    """The row of a tick."""
    kind, purpose, *_section = value.split(":")
    return (kind, purpose)


def said(value: str) -> str:
    """A tick in words."""
    if value == EVERYTHING:
        return _("Everything, to everybody")
    row = words.row(key_of(value))
    if value.count(":") == 1:
        return _("%(row)s: the whole consent") % {"row": row}
    section = name(value.rpartition(":")[2], Audience.ASKED)
    return _("%(row)s: only this part: %(part)s") % {"row": row, "part": section}
