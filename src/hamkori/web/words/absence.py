"""To whoever supervises: what to do while the lead worker is absent, whose place nobody can take yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from hamkori.casework.case.queries.team import Colleague
from hamkori.casework.case.rules.team import LEAD, MEMBER
from hamkori.web.words import coordinator, lists, red
from hamkori.web.words.people import function_label, name_or


def is_alone(team: Iterable[Colleague], *, draft: bool = False) -> bool:
    """Whether nobody but the lead worker can act in an open case: its supervisor calls, and reads whom."""
    return not draft and not any(one.kind == MEMBER for one in team)


def absent(team: Sequence[Colleague], *, draft: bool = False) -> str:
    """Whom to ask in that worker's place, and whom to call where nobody is."""
    if is_alone(team, draft=draft):
        said = _(
            "If the lead worker is absent, nobody else is on the team: you can call organisations, cancel referrals and"
            " close the case. A new lead worker cannot be named yet."
        )
        return f"{said} {coordinator.reached()}"
    if others := [named(one) for one in team if one.kind == MEMBER]:
        said = _(
            "If the lead worker is absent, ask another of the team: %(names)s. They can set the next step, ask for"
            " consent and refer. A new lead worker cannot be named yet."
        )
        return said % {"names": lists.several(others)}
    return _("If the lead worker is absent, nobody else is on the team. A new lead worker cannot be named yet.")


def leads_alone(team: Iterable[Colleague]) -> str:
    """Who leads the case, alone, as a sentence; '' where nobody vouched for the post."""
    name = leader(team)
    return _("Lead worker: %(name)s.") % {"name": red.alone(name)} if name else ""


def tell() -> str:
    """The button that tells whoever works on the case: one act, also where that is one alone."""
    return _("Tell the team")


def named(one: Colleague) -> str:
    """A colleague with what they are."""
    return ", ".join(part for part in (name_or(one.name), lists.inside(function_label(one.function))) if part)


def workers(team: Iterable[Colleague]) -> str:
    """All who work on the case, the lead worker first: a question of a desk is answered by them alone."""
    those = sorted((one for one in team if one.kind in (LEAD, MEMBER)), key=lambda one: one.kind != LEAD)
    return lists.several(name_or(one.name) for one in those)


def leader(team: Iterable[Colleague]) -> str:
    """Who leads the case, by name; '' where nobody does, or nobody vouched for the post."""
    return next((one.name for one in team if one.kind == LEAD), "")
