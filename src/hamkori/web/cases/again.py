"""Who wants help again after their case was closed: who opens it, and what is left where nobody can be reached."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.access.scope import may
from hamkori.casework.case.rules.closing import DUPLICATE
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.case.rules.team import MEMBER, SUPERVISOR
from hamkori.casework.work.queries.case_page import File
from hamkori.web.words import lists
from hamkori.web.words.people import name_or

DIED = "deceased"


def wanted(actor: Actor, file: File) -> dict[str, Any] | None:
    """The box of a closed case. A new case is begun by whoever works on this one and cannot open it; of who has died
    nobody asks whether they want help.
    """
    case, standing = file.case, file.standing
    if case.state_code != "closed":
        return None
    died, opens = case.outcome_code == DIED, standing.may("reopen", case.state_code)
    who = "" if opens else _who_opens(file)
    begins = not opens and not died and standing.works and may(actor, "case.begin")
    said = [_("Help goes on in the older case of the person.")] if case.outcome_code == DUPLICATE else []
    if opens:
        said.append(_of_who_opens(case.outcome_code))
    elif who or not died:
        said.append(who or _("Nobody can open this case again: it has no supervisor, and you are alone on the team."))
    if begins:
        said.append(
            _("If that takes too long, begin a new case: this one stays closed as it is.")
            if who
            else _("Begin a new case: this one stays closed as it is.")
        )
    asks = _("Was it closed by mistake?") if died else _("Does the person want help again?")
    return {
        "asks": asks if said else "",
        "said": said,
        "opens": opens,
        "new_url": reverse("first_contact") if begins else "",
    }


def can_open(file: File) -> str:
    """Who can open it again once it is closed, of a case that is not closed yet: nobody is named who is not there."""
    kinds = {one.kind for one in file.people}
    if SUPERVISOR in kinds:
        return _("A supervisor can open it again.")
    if MEMBER not in kinds:
        return _("Nobody can open this case again: it has no supervisor, and you are alone on the team.")
    if Side.SENDER_SUPERVISOR in file.standing.sides:
        return _("You can open this case again.")
    return _("A colleague on the team can open it again.")


def _of_who_opens(outcome: str) -> str:
    """What the press does."""
    if outcome == DUPLICATE:
        return _("Open this case again only if it was closed by mistake.")
    if outcome == DIED:
        return _("You can open this case again.")
    return _("You can open this case again: what was written stays, and the person is asked for consent first.")


def _who_opens(file: File) -> str:
    """With whom to speak: the supervisor, else a colleague who acts as one. '' where nobody opens it."""
    if above := [name_or(one.name) for one in file.people if one.kind == SUPERVISOR]:
        return _("The supervisor opens this case again: speak with %(names)s.") % {"names": lists.several(above)}
    if beside := [name_or(one.name) for one in file.people if one.kind == MEMBER]:
        said = _("The case has no supervisor: a colleague on the team opens it again. Speak with %(names)s.")
        return said % {"names": lists.several(beside)}
    return ""
