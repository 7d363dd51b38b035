"""Whoever may be on the way to somebody who waits no more is told, in the same words on each page (ADR 131)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.queries.on_the_way import TakenBack
from hamkori.web.kit import moments
from hamkori.web.words import calling, desk_phone, referral

TITLE: Final = gettext_lazy("Call now: the person may be on the way")
AFTER_ALL: Final = gettext_lazy("Call now: the person is expected after all")
"""Where they were told not to go."""
ANSWERS: Final[tuple[tuple[str, object], ...]] = (
    ("warned", gettext_lazy("I told them not to go")),
    ("never_told", gettext_lazy("They were not told to come")),
    ("not_reached", gettext_lazy("Not reached")),
)
"""The buttons of the sender's side: each is its answer."""
TEAM_SAYS: Final = gettext_lazy("Team says: not told to come")
"""The second one for whoever supervises, who tells nobody and knows it from the team alone."""
SLIP: Final = gettext_lazy("Was it said by mistake that the person was told?")
"""Where the own team said so, the second answer stands apart, under this."""
PUT_BACK: Final = ("put_back", gettext_lazy("Undo"))
"""The way back from the answers that end it."""
KNOWS: Final = {
    "warned": gettext_lazy("It was said %(when)s that the person was told not to go."),
    "never_told": gettext_lazy("It was said %(when)s that the person had not been told to come."),
}
SAVED: Final = {
    "warned": gettext_lazy("Saved: the person knows that nobody waits for them there."),
    "never_told": gettext_lazy("Saved: the person had not been told to come."),
    "not_reached": gettext_lazy("Saved: not reached. Try again: until the night is over this stays on Today."),
    "put_back": gettext_lazy("Put back: Today asks again whether the person knows."),
}
AFTER_ALL_SAVED: Final = gettext_lazy(
    "Saved: you told the person not to go. They said yes by telephone meanwhile (%(when)s): tell the person that they "
    "are expected after all."
)
"""Where they have said yes since the page was opened on which it was pressed."""
ACCEPTED_SAVED: Final = gettext_lazy(
    "Saved: you told the person not to go. They accepted meanwhile, and expect the person: tell the person that they"
    " may go after all."
)
"""Where they have accepted since then."""
IF_TOLD: Final = {
    "": gettext_lazy("If the person was told, tell them not to go."),
    "free": gettext_lazy(
        "Ask first whether the place is still free. If not, and the person was told: tell them not to go."
    ),
    "unheard": gettext_lazy("If the person was told to come: ask them first, before anybody is called off."),
}
"""Where nobody said that they were: what is asked before."""
CALL_TITLE: Final = gettext_lazy("Call who sent it: the person may be on the way")
CALLED: Final = (
    ("reached", gettext_lazy("I called the sender")),
    ("not_reached", gettext_lazy("Not reached")),
)
"""Those of whoever took it back."""
SAVED_CALL: Final = {
    "reached": gettext_lazy("Saved: you called the sender. They tell the person not to go."),
    "not_reached": gettext_lazy("Saved: not reached. Call again: until then this stays on Today."),
}
TAKES_BACK: Final = gettext_lazy("If the person was told to come, they may be on the way: call who sent it, too.")
"""Before it is returned."""


def title(rows: Iterable[TakenBack]) -> str:
    """Above these."""
    return str(AFTER_ALL if all(one.warned is not None for one in rows) else TITLE)


SLIPPED: Final = {
    "N": gettext_lazy("The coordinator took the yes of %(organisation)s back (%(when)s): it was a slip."),
    "S": gettext_lazy("Your team took the yes of %(organisation)s back (%(when)s): it was a slip."),
}
"""Whose slip it was."""
Agreed = tuple[date | None, str, datetime | None]
"""The day, its part, and since when; no day was agreed by telephone."""


def tell(organisation: str, agreed_on: Agreed, said: TakenBack, now: datetime) -> str:
    """What had been agreed, and what is to be told to the person: two sentences, or three."""
    return " ".join(filter(None, (agreed(organisation, agreed_on, said, now), tells(said, now), keep(said))))


def agreed(organisation: str, on: Agreed, said: TakenBack, now: datetime) -> str:
    """What had been agreed, with whom; or that it never was."""
    if said.warned is not None:
        slots = {"organisation": organisation, "when": moments.moment(said.at, now)}
        return _("%(organisation)s said yes by telephone, and this counts (%(when)s).") % slots
    if said.slip:
        slots = {"organisation": organisation, "when": moments.moment(said.at, now)}
        return str(SLIPPED[said.slip]) % slots
    if on[0] is None:
        return _("%(organisation)s had agreed by telephone.") % {"organisation": organisation}
    slots = {"organisation": organisation, "when": referral.part_of_day(*on, now)}
    return _("%(organisation)s had agreed: %(when)s.") % slots


def keep(said: TakenBack) -> str:
    """Of a no that somebody else brought: what they read there, and what they cannot read any more (ADR 196)."""
    if not said.kept:
        return ""
    return _(
        "They read that the person may still come, and can open neither hour nor meeting point any more: call them."
    )


def tells(said: TakenBack, now: datetime) -> str:
    """What is to do: so a row of Today begins."""
    if said.warned is not None:
        told = _("The person was told not to go (%(when)s): tell them that they are expected after all.")
        return told % {"when": moments.moment(said.warned, now)}
    if said.told is None:
        return str(IF_TOLD["unheard" if said.unheard else "free" if said.asks_first else ""])
    return _told(said) % {"told": moments.moment(said.told, now)}


def _told(said: TakenBack) -> str:
    if said.unheard and said.earlier:
        return _(
            "The person was told before that was agreed (%(told)s), perhaps another hour: ask them first, before "
            "anybody is called off."
        )
    if said.unheard:
        return _("The person was told to come (%(told)s): ask them first, before anybody is called off.")
    if said.asks_first:
        return _(
            "The person was told (%(told)s). Ask first whether the place is still free; if not, tell them not to go."
        )
    if said.earlier:
        return _("The person was told before that was agreed (%(told)s), perhaps another hour: tell them not to go.")
    return _("The person was told (%(told)s): tell them not to go.")


def answers(said: TakenBack, *, above: bool = False) -> tuple[tuple[str, object], ...]:
    """The buttons; `above`: for whoever supervises. Where the own team said that the person was told to come, one press
    does not say the contrary. Who is asked whether a no is theirs is told nothing before: what they say is an answer to
    what may be shared.
    """
    if said.unheard:
        return ANSWERS[2:]
    if said.warned is not None:
        return ()  # that they were told to come is said where hour and meeting point stand
    shown = (one for one in ANSWERS if said.told is None or one[0] != "never_told")
    return tuple((code, TEAM_SAYS if above and code == "never_told" else label) for code, label in shown)


def slip(said: TakenBack) -> tuple[tuple[str, object], ...]:
    """The answer that was left out there."""
    told = said.warned is None and not said.unheard
    stands = {code for code, _label in answers(said)}
    return tuple(one for one in ANSWERS if told and one[0] not in stands)


def cancels(told: datetime | None, now: datetime) -> str:
    """Before the sender's side ends it, of whom it told to come, or may have told."""
    if told is None:
        return _("If the person was told to come, tell them not to go, then say so on Today.")
    said = _("The person was told to come (%(told)s): tell them not to go, then say so on Today.")
    return said % {"told": moments.moment(told, now)}


def beside(said: TakenBack, now: datetime) -> list[str]:
    """What helps with it: that the own team knew the hour, that nobody was reached, and where that desk is called."""
    opened = _("Your team opened hour and meeting point %(when)s.")
    return [
        *([opened % {"when": moments.moment(said.opened, now)}] if said.opened is not None else []),
        *tried(said, now),
        *([desk_phone.said(said.phone)] if said.phone is not None else []),
    ]


def tried(said: TakenBack, now: datetime) -> list[str]:
    """That nobody was reached, and when it was tried last."""
    if said.tried is None:
        return []
    return [_("Not reached %(when)s: try again.") % {"when": moments.moment(said.tried, now)}]


def call(said: TakenBack, now: datetime) -> list[str]:
    """To whoever took it back: that they tried, and where the sender is called."""
    return [*tried(said, now), calling.the_sender(said.phone or "")]
