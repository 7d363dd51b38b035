"""What was said of where a person is since a page was read, in words: a press that would undo it is asked once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.context import now
from hamkori.casework.case.queries.coordination import NATIONAL, Call
from hamkori.casework.case.rules.lifecycle import DID_NOT_GET_THERE, IS_SAFE, OF_THE_BED, STAYS
from hamkori.casework.work.queries.no_place import BY_TELEPHONE
from hamkori.casework.work.queries.whereabouts import Recorded, undone_by
from hamkori.casework.work.rules.whereabouts import DESK, LOSES, PRESSED
from hamkori.people.queries import names, organisations, phones_for_referring
from hamkori.web.kit import moments
from hamkori.web.kit.remembered import pressed_before
from hamkori.web.words import Audience, arrival, desk_phone, lists, steps
from hamkori.web.words.calls import called, read_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from hamkori.casework.case.models import Case


def meanwhile(case: UUID, pressed: tuple[str, str], read_at: str, me: UUID | None) -> str:
    """What was recorded since the page was read, and that it has to be said once more; '' where nothing was that the
    press would undo. A page that does not say when it was read presses as ever.
    """
    recorded_since = _recorded(case, pressed, read_at)
    if not recorded_since:
        return ""
    found, what = recorded_since[-1], _said(recorded_since, me)
    if pressed == ("place_needed", DID_NOT_GET_THERE) and found.step == "serve" and found.to is not None:
        said = _("Not saved yet. Recorded meanwhile: %(said)s. Call them first, and ask whether it is this person.")
        return f"{said % {'said': what}} {desk_phone.said(phones_for_referring([found.to]).get(found.to, ''))}"
    if pressed == ("looked_for", IS_SAFE):
        said = _("Not saved yet. Recorded meanwhile: %(said)s. If you know that the person is safe, press once more.")
    else:
        said = _("Not saved yet. Recorded meanwhile: %(said)s. Say here once more how it is now.")
    return said % {"said": what}


AGAIN: Final = "again"
"""Of the address that leads back to a page: which step was pressed; codes, and when theirs was read."""
_SPLIT: Final = "|"
_WHY: Final = {"place_found": "whose"}
"""How the form of a step calls its reason, where that is not `why`."""


def led_back(request: HttpRequest, case: str, url: str, pressed: tuple[str, str]) -> str:
    """The page as it is now, which says what was recorded meanwhile and offers to say the same again (`once_more`) to
    whoever pressed it. Which organisation was chosen is kept, and stands in no address.
    """
    (step, reason), read_at = pressed, request.POST.get("read_at", "")
    pressed_before.remember(request, case, _SPLIT.join((step, reason, read_at, request.POST.get("which", ""))))
    return f"{url}?{urlencode({AGAIN: step, 'why': reason, 'read_at': read_at})}"


def once_more(request: HttpRequest, case: Case, me: UUID | None, *, referral: str = "") -> dict[str, str]:
    """What was not saved, as the address that led here says it, what was recorded meanwhile, and the button that says
    the same knowingly, with what is known now. Empty where nothing stands against it, and to a colleague who pressed
    nothing and opens that address.
    """
    said = request.GET
    pressed, read_at = (said.get(AGAIN, ""), said.get("why", "")), said.get("read_at", "")
    before, _split, which = pressed_before.of(request, case.code).rpartition(_SPLIT)
    mine = pressed in PRESSED and before == _SPLIT.join((*pressed, read_at))
    told = meanwhile(case.pk, pressed, read_at, me) if mine else ""
    if not told:
        return {}
    step, reason = pressed
    what = lists.inside(_what(Recorded(step=step, reason=reason, at=now(), by=me)))
    by_telephone = pressed == ("place_found", BY_TELEPHONE)  # there it is asked which organisation that is
    which = which if by_telephone else ""
    name = next((one.name(lists.language()) for one in organisations() if one.slug == which.rpartition(":")[2]), "")
    said_so = _("You pressed: %(what)s (%(organisation)s).") if which and name else _("You pressed: %(what)s.")
    return {
        "said": told,
        "pressed": said_so % {"what": what, "organisation": name},
        "which": which,
        "which_url": reverse("place_which", args=[case.code]) if by_telephone and not which else "",
        "url": reverse(step, args=[case.code]),
        "name": _WHY.get(step, "why"),
        "reason": reason,
        "referral": referral,
        "version": str(case.version),
        "read_at": now().isoformat(),
    }


def recorded(case: UUID, pressed: tuple[str, str], read_at: str, me: UUID | None, *, beside: UUID | None = None) -> str:
    """What was recorded meanwhile that this press would undo, by whom and when; '' where nothing was."""
    return _said(_recorded(case, pressed, read_at, beside=beside), me)


def _recorded(case: UUID, pressed: tuple[str, str], read_at: str, *, beside: UUID | None = None) -> list[Recorded]:
    read = read_of(read_at)
    return undone_by(case, pressed, read, beside=beside) if read is not None else []


def _said(found: list[Recorded], me: UUID | None) -> str:
    """These words one after the other; '' where there is none."""
    return lists.several(said_of(one, me, now()) for one in found) if found else ""


def said_of(one: Recorded, me: UUID | None, at: datetime) -> str:
    """A word about the person, with who said it and when."""
    if one.step == DESK:
        return lists.inside(called(Call(side=NATIONAL, answer=one.reason, at=one.at), at))
    values = {"what": lists.inside(_what(one)), "whom": _whom(one, me), "when": moments.moment(one.at, at)}
    return _("%(what)s (%(whom)s, %(when)s)") % values


def _what(one: Recorded) -> str:
    if one.step in ("miss", "serve"):
        return arrival.say("step_missed" if one.step == "miss" else "step_came", one.service)
    if one.step in LOSES:
        return steps.of_referral(one.step, Audience.SENDER)
    return steps.reason(one.step, one.reason, one.service) if _names_it(one) else steps.of_case(one.step, one.reason)


def _names_it(one: Recorded) -> bool:
    """Whether its reason says it; whose place was found does not, nor who called it off."""
    found = one.step == "place_found" and one.reason != STAYS
    return bool(one.reason) and not (found or (one.step == "place_needed" and one.reason in OF_THE_BED))


def _whom(one: Recorded, me: UUID | None) -> str:
    if one.by is not None:
        return _("you") if one.by == me else names([one.by]).get(one.by, "") or _("a colleague")
    said = {body.id: body.name(lists.language()) for body in organisations()}
    return said.get(one.to) or _("an organisation that no longer takes part") if one.to else _("a colleague")
