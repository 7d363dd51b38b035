"""A child from whom everything was taken back: who else hears of it, and that child protection is told all the same."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.casework.case.queries.cases import standing
from hamkori.web.consent.about_child import no_speaker
from hamkori.web.kit import moments
from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.queries.consent import Version


def of_child(found: Case, version: Version, at: datetime) -> dict[str, str] | None:
    """What the page says after it; None of an adult. `url`: where it is recorded who was told, for whoever may.

    `knows`: the adult who speaks for the child and knows of it; '' while nobody does, and `alone` says whom to call.
    """
    if not found.is_child:
        return None
    told = found.told_child_protection_at
    if told is not None:
        done, url = _("Child protection was told %(when)s.") % {"when": moments.moment(told, at)}, ""
    else:
        may = standing(found).may("tell_child_protection", found.state_code)
        done = _("Child protection is still to be told.")
        url = reverse("tell_child_protection", args=[found.code]) if may else ""
    adult = {"speaker": lists.label("speaker", version.speaker)} if version.speaker else {}
    return {
        "knows": _("%(speaker)s speaks for the child, and knows of this.") % adult
        if adult and not version.speaker_suspected
        else "",
        "suspected": no_speaker(version.speaker) if adult and version.speaker_suspected else "",
        "alone": f"{reverse('first_step', args=[found.code])}?step=alone" if found.state_code == "open" else "",
        "speaks": _(
            "The person is a child. If the child said it, tell the adult who acts for the child. If that adult said it,"
            " ask the child. Tell nobody who may have harmed the child."
        ),
        "even_then": _("Also after a no to everything, child protection is told that the child needs help."),
        "done": done,
        "url": url,
    }


def aloud(found: Case) -> str:
    """The same as it is said to the child, who heard before that it would be so."""
    if found.told_child_protection_at is not None:
        return _("We have told the organisation that protects children that you need help.")
    return _("Also after your no we tell the organisation that protects children that you need help.")
