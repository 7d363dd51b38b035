"""How each step of the receiver is tried: once, with the guard's sentence beside its field, and what was typed kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from hamkori.casework.consent.machinery.her_no import GONE
from hamkori.refusal import Invalid, NotNow
from hamkori.web.kit import refusals
from hamkori.web.words import referral

BESIDE = {
    "team_named": "team",
    "arrival_given": "arrival_on",
    "reason_given": "reason",
    "result_given": "result",
    "no_open_question": "question_code",
    "under_three": "question_code",
    "under_two_moves": "arrival_on",
    "last_member": "leaves",
}
"""Guard -> the field it is said at; the others stand above the form."""
SEALED = "vault_open"


def attempt(form: forms.Form, do: Callable[[], object], fields: Mapping[str, str] | None = None) -> str:
    """Does it. '' when done, else the guard (or "invalid") that said no, its sentence in the form.

    NotNow("from_state") is raised on: another person was faster, and there is nothing left to fill in. So is
    "unwritten_gone": there is nobody any more for whom the form could be drawn.
    """
    try:
        do()
    except NotNow as refusal:
        if refusal.guard in ("from_state", GONE):
            raise said(refusal) from None
        beside = {**BESIDE, **(fields or {})}
        name = beside.get(refusal.guard)
        form.add_error(name if name in form.fields else None, _sentence(refusal))
        return refusal.guard
    except Invalid as refusal:
        for name, message in refusal.errors.items():
            form.add_error(name if name in form.fields else None, message)
        return "invalid"
    return ""


def said(refusal: NotNow) -> NotNow:
    """The same refusal with the state in words that the receiver may read."""
    if "state" in refusal.values:
        refusal.values["state"] = referral.state(str(refusal.values["state"]))
    return refusal


def _sentence(refusal: NotNow) -> Any:
    match refusal.guard:
        case "version_same":
            return _("This request changed while you were writing. Look at it once more, then send again.")
        case "consent_live":
            return _(
                "The person's agreement does not hold now. Nothing can be opened until the sender has asked again."
            )
        case "desk_ready":
            return _("You do not hold your desk's key yet. A colleague at the desk has to let you in first.")
        case _:
            return refusals.sentence(refusal) or _("Something changed. Nothing was written.")
