"""Another organisation accepted the same help: the page that asks this one names it, and a yes that came while that
stood open stops the press once.

A second one that waits at the same service is stopped by a guard. This one may be wanted: it goes at the next press.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from hamkori.casework.referral.rules.tonight import comes_later
from hamkori.casework.work.queries.no_place import PLACE, tonight
from hamkori.directory.rules.suit import kinds
from hamkori.people.queries import organisations
from hamkori.web.kit import moments
from hamkori.web.referrals.there import is_there, sentence
from hamkori.web.words import directory, lists
from hamkori.web.words import referral as words

if TYPE_CHECKING:
    from uuid import UUID

    from hamkori.casework.referral.queries.refer import Going
    from hamkori.web.referrals.choosing import Screen

KNOWN: Final = "known_yes"
"""What the form says of its page: which referrals were accepted when it was drawn, by number."""
YES: Final = ("accepted", "serving")


def known(screen: Screen) -> list[str]:
    """The numbers for the page that is drawn now: what a choice on it draws anew knows no more than it did, but for a
    place of a later day, which the page names, and beside which one for tonight is rightly asked for.
    """
    sent = screen.request.POST
    if KNOWN not in sent or sent.get("do") == "send":
        return [one.code for one in _accepted(screen)]
    named = [one.code for one in _beside(screen) if screen.chosen is not None and _is_later(one, screen)]
    return list(dict.fromkeys([*filter(None, sent.getlist(KNOWN)), *named]))


def beside(screen: Screen, held: dict[str, str] | None = None) -> list[dict[str, str]]:
    """What stands beside the choice: who has accepted the same help, when, and for when, or has the person; each with
    the number of its referral. The list says of its own who has the person, and which place is for a later day. `held`:
    what the page says of one above all.
    """
    listed = screen.chosen is None
    found = [one for one in _beside(screen) if not (listed and (is_there(one) or _is_later(one, screen)))]
    found = [one for one in found if held is None or one.code != held["code"]]
    names = _names() if found else {}
    return [{"sentence": _named(one, names.get(one.organisation_id, ""), screen), "code": one.code} for one in found]


def said(screen: Screen) -> str:
    """What is read before this press sends: who has accepted the same help since, and for when; '' of all others."""
    one = _since(screen)
    if one is None:
        return ""
    slots = {"organisation": _names().get(one.organisation_id, ""), "when": _when(one, screen)}
    if not slots["when"]:
        return _("%(organisation)s helps the person already. Send it all the same only if both are wanted.") % slots
    return _("%(organisation)s has accepted meanwhile: %(when)s. Send it all the same only if both are wanted.") % slots


def held(screen: Screen, changed: object) -> dict[str, str] | None:
    """The same with the number of its referral, where that is what the page says of the press (`changed`)."""
    one = _since(screen) if changed else None
    return {"sentence": str(changed), "code": one.code} if one is not None and changed == said(screen) else None


def _since(screen: Screen) -> Going | None:
    """The newest that was accepted since the page was drawn that is pressed now, for the same help."""
    sent = screen.request.POST
    if sent.get("do") != "send" or KNOWN not in sent or screen.chosen is None:
        return None
    group, read = directory.group(screen.chosen.listing.service_code), sent.getlist(KNOWN)
    since = [one for one in _accepted(screen) if one.code not in read and directory.group(one.service_code) == group]
    return max(since, key=lambda each: each.sent_at, default=None)


def _accepted(screen: Screen) -> list[Going]:
    return [one for one in screen.known.going if one.state in YES]


def _beside(screen: Screen) -> list[Going]:
    """Those of the group of help that is asked for here; not the one to this very service, which is named by itself."""
    codes = screen.codes if screen.chosen is None else (screen.chosen.listing.service_code,)
    groups = {directory.group(code) for code in codes}
    return [
        one
        for one in _accepted(screen)
        if directory.group(one.service_code) in groups and one is not screen.asked_already
    ]


def _is_later(one: Going, screen: Screen) -> bool:
    """Whether it is a place, and none for tonight."""
    arrival = (one.arrival_on, one.arrival_part)
    is_place = one.service_code in kinds([PLACE])
    return is_place and comes_later(one.state, arrival, tonight(screen.known.at), came=one.came)


def _named(one: Going, organisation: str, screen: Screen) -> str:
    now, slots = screen.known.at, {"organisation": organisation, "when": _when(one, screen)}
    if is_there(one) or one.agreed_at is None:
        return sentence(one, organisation)
    slots["at"] = moments.moment(one.agreed_at, now)
    if _is_later(one, screen):
        said = _("%(organisation)s has accepted (%(at)s): %(when)s. Does the person need another until then?")
        return said % slots
    return _("%(organisation)s has accepted (%(at)s): %(when)s. Does the person still need another?") % slots


def _names() -> dict[UUID, str]:
    return {card.id: card.name(lists.language()) for card in organisations()}


def _when(one: Going, screen: Screen) -> str:
    """For when it was accepted; '' of who is there already."""
    if one.state == "serving":
        return ""
    return words.part_of_day(one.arrival_on, one.arrival_part, one.agreed_at, screen.known.at, opens=False)
