"""Who left a place without a word: what those who received them read of it, and what they can say (ADR 0155, 0174)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.queries.left_unseen import Gone
from hamkori.web.kit import moments
from hamkori.web.words.lists import label
from hamkori.web.words.stays import is_home

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

BACK: Final = ("is_back", gettext_lazy("The person is back with us"))
NOT_BACK: Final = ("not_back", gettext_lazy("Not here after all"))
CALLED: Final = (
    ("reached", gettext_lazy("I called the sender")),
    ("not_reached", gettext_lazy("Sender not reached")),
)
OF_THEM: Final = (BACK[0], NOT_BACK[0])
PUT_ASIDE: Final = (("read_safe", gettext_lazy("Put aside")),)
"""The buttons: each is its answer."""
UNREACHED: Final = "not_reached"
LEFT_SO: Final = gettext_lazy("The person left, and nobody knows where")
"""What that result is called of whoever slept there."""
SAVED: Final = {
    "is_back": gettext_lazy("Saved: the person is back with you. The sender reads it; call them too."),
    "not_back": gettext_lazy("Saved: the person is not with you. The sender reads it; call them too."),
    "reached": gettext_lazy("Saved: you called the sender."),
    "read_safe": gettext_lazy("Put aside: the sender knows that the person is safe."),
    "not_reached": gettext_lazy("Saved: the sender was not reached. Call the coordinator."),
}


def answers(left: Gone, *, by_night: bool) -> list[tuple[str, object]]:
    """What can be said now: that they are back, or that this was not so, as long as it stands (ADR 0178); by
    night also of the call. Once they are safe that this was read.
    """
    if left.safe is not None:
        aside = PUT_ASIDE if left.read is None else ()
        return [*aside, *((NOT_BACK,) if left.back is not None else ())]
    return [NOT_BACK if left.back is not None else BACK, *(CALLED if by_night and left.called is None else ())]


def result(referral: Referral) -> str:
    """How help ended, in the words in which it was chosen."""
    return named(referral.service_code, referral.result_code, served=referral.served_at is not None)


def named(service: str, result: str, *, served: bool) -> str:
    """The same of a row. `served`: they had come."""
    return str(LEFT_SO) if _is_so(service, result, served=served) else label("referral_result", result)


def has_left_so(referral: Referral) -> bool:
    """Whether its result says that the person left where they slept, and nobody knows where."""
    return _is_so(referral.service_code, referral.result_code, served=referral.served_at is not None)


def _is_so(service: str, result: str, *, served: bool) -> bool:
    return served and is_home(service) and result == UNREACHED


def name_how(rows: list[dict[str, Any]], referral: Referral) -> None:
    """The same in what happened, newest first: of the result that is the only one given, since of a former one nothing
    is known.
    """
    given = [row for row in rows if row["step"] in ("finish", "amend")]
    if len(given) == 1 and given[0]["step"] == "finish" and has_left_so(referral):
        given[0]["note"] = str(LEFT_SO)


def said(left: Gone, at: datetime) -> str:
    """What is true of them."""
    if left.safe is not None:
        return _("The sender knows that the person is safe (%(when)s).") % {"when": moments.moment(left.safe, at)}
    if left.back is not None:
        told = _("You said %(when)s that the person is back. The sender still asks whether the person is safe.")
        return told % {"when": moments.moment(left.back, at)}
    if left.corrected:
        return _(
            "You corrected the result. The sender still asks whether the person is safe. Call the sender if you hear"
            " anything."
        )
    return _(
        "The sender is told: their Today asks first to find out whether the person is safe. Call the sender if you"
        " hear anything."
    )


def doubt(left: Gone) -> str:
    """What the sender believes may rest on the word of those here: when that is taken back; '' where it does not."""
    if left.safe is None or left.back is None:
        return ""
    return _("Was it somebody else, or has the person left again? Say so here, and call the sender.")


def calls(left: Gone, at: datetime) -> str:
    """What came of the call to the sender; '' where nobody said so."""
    if left.called is not None:
        return _("You called the sender %(when)s.") % {"when": moments.moment(left.called, at)}
    if left.tried is not None:
        return _("Sender not reached %(when)s.") % {"when": moments.moment(left.tried, at)}
    return ""


def unread(opens: datetime, at: datetime, sender: str = "") -> str:
    """That what is said now may lie unread at the sender until they open. Without a name: on the own case."""
    if not sender:
        said = _("It may be that nobody there reads it before %(opens)s. Call now: them, or the coordinator.")
        return said % {"opens": moments.moment(opens, at)}
    said = _("It may be that nobody at %(sender)s reads it before %(opens)s. Call now: them, or the coordinator.")
    return said % {"sender": sender, "opens": moments.moment(opens, at)}


def in_row(left: Gone, opens: datetime | None, at: datetime) -> list[str]:
    """In a row of Today."""
    told = [_("you said %(when)s: back") % {"when": moments.moment(left.back, at)}] if left.back is not None else []
    if left.called is not None:
        return [*told, _("you called the sender %(when)s") % {"when": moments.moment(left.called, at)}]
    if opens is not None:
        said = _("nobody there may read it before %(opens)s: call now, them or the coordinator")
        return [*told, said % {"opens": moments.moment(opens, at)}]
    if told:
        return told
    return [_("the sender's Today asks whether the person is safe: call if you hear anything")]
