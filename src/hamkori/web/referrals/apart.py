"""Who was asked already for the same help in this case, and what they answered: said once, and not offered anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.queries.lately import FULL
from hamkori.casework.referral.queries.left import AGAIN_AFTER, OUT, came_of, may_ask_again
from hamkori.casework.referral.queries.unused import NOT_RIGHT
from hamkori.casework.referral.rules.tonight import comes_later
from hamkori.casework.work.queries.no_place import PLACE, tonight
from hamkori.directory.rules.suit import kinds
from hamkori.web.kit import moments
from hamkori.web.words import desk_phone, directory, lists
from hamkori.web.words.referral import part_of_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from hamkori.casework.referral.queries.lately import NoRoom
    from hamkori.casework.referral.queries.refer import Going, Yes
    from hamkori.directory.queries import Suitable
    from hamkori.web.referrals.choosing import Screen

STANDS: Final = {
    "sent": gettext_lazy("%(organisation)s, %(when)s, no answer yet"),
    "said_yes": gettext_lazy("%(organisation)s, said yes by telephone %(when)s"),
    "said_no": gettext_lazy("%(organisation)s, said no by telephone %(when)s"),
    "accepted": gettext_lazy("%(organisation)s, %(when)s, accepted"),
    "serving": gettext_lazy("%(organisation)s, %(when)s, helps"),
    "declined": gettext_lazy("%(organisation)s, declined %(when)s"),
    "unaccepted": gettext_lazy("%(organisation)s, returned %(when)s"),
    "lapsed": gettext_lazy("%(organisation)s, expired %(when)s"),
    "missed": gettext_lazy("%(organisation)s, %(when)s, the person did not come"),
}
"""Who was asked, with the number, what came of it, and when."""
LATER: Final = gettext_lazy("%(organisation)s, %(when)s, a place only from %(from)s")
"""The same of a place that was accepted for a later day than today."""
WHY: Final = {"declined": "decline_reason", "unaccepted": "unaccept_reason"}


def gets_nothing(screen: Screen, one: Suitable) -> bool:
    """Whether the person said that its organisation must get nothing: it stands last, whatever it offers."""
    return one.listing.organisation_id in screen.known.excluded


def apart(screen: Screen) -> list[Suitable]:
    """Services to which a referral of this case went, and that are no way on; the chosen one stays where it is."""
    return [one for one in screen.found if is_apart(screen, one)]


def is_apart(screen: Screen, one: Suitable) -> bool:
    """Whether it is such a one: where one line names them all, it says who, what came of it, and the number."""
    return was_asked(screen, one) and not asks_again(screen, one)


def was_asked(screen: Screen, one: Suitable) -> bool:
    """Whether a referral of this case went there; of the chosen one it is not asked."""
    return one is not screen.chosen and _asked(screen, one) is not None


def asks_again(screen: Screen, one: Suitable) -> bool:
    """Whether it had no room, or said no by telephone to what was ended since, and that was hours ago: it stands last
    among those that can be asked, and says so.
    """
    asked = _asked(screen, one)
    if asked is None or not OUT.isdisjoint(one.reasons):
        return False
    came, at, why = asked
    if came == "said_no" and screen.going(one) is None:
        return at + AGAIN_AFTER <= screen.known.at
    return may_ask_again(came, why, at, screen.known.at)


def _asked(screen: Screen, one: Suitable) -> tuple[str, datetime, str] | None:
    """What came of asking, when that was, and why."""
    going, key = screen.going(one), (one.listing.organisation_id, one.listing.service_code)
    said, no = screen.heard.asked.get(key), screen.known.noes.get(key)
    if going is None and no is not None and (said is None or said[1] < no):
        said = ("said_no", no, "")
    came = came_of(going.state if going else "", said[0] if said else "")
    if going is not None and came == going.state and going.said is not None:
        return *going.said, ""
    if going is not None and came == going.state:
        return came, going.sent_at, ""
    return said if came else None


def line(screen: Screen, found: list[Suitable]) -> str:
    """One line that names them all; '' where there is none."""
    lines = []
    for one in found:
        asked = _asked(screen, one)
        assert asked is not None
        body = desk_phone.of_body(one.listing.body.text, screen.phones.get(one.listing.organisation_id, ""))
        lines.append(_later(screen, one, body) or stands(body, *asked, now=screen.known.at))
    return all_asked(lines)


def said(screen: Screen, one: Suitable) -> str:
    """The same beside its own row, where no line names them all; '' of one that was not asked."""
    asked = _asked(screen, one)
    if asked is None:
        return ""
    body = one.listing.body.text
    return all_asked([_later(screen, one, body) or stands(body, *asked, now=screen.known.at)])


def waits_there(screen: Screen, one: Suitable) -> Going | None:
    """The referral for other help of this group that its organisation has not answered yet; None: it owes no answer."""
    group = directory.group(one.listing.service_code)
    return next(
        (
            sent
            for sent in screen.known.going
            if sent.state == "sent"
            and sent.organisation_id == one.listing.organisation_id
            and sent.service_code != one.listing.service_code
            and directory.group(sent.service_code) == group
        ),
        None,
    )


def behind(screen: Screen, one: Suitable) -> tuple[bool, bool]:
    """Of those that can be asked, who stands behind the others: who owes us an answer, and who had no room lately."""
    return waits_there(screen, one) is not None, no_room_at(screen, one) is not None


def waits(screen: Screen, one: Suitable) -> str:
    """That we wait for its answer about help of the same group; '' where we do not."""
    sent = waits_there(screen, one)
    if sent is None or _asked(screen, one) is not None:
        return ""
    said = _("They were asked for this person already, %(when)s: %(help)s. No answer yet.")
    values = {"when": moments.moment(sent.sent_at, screen.known.at), "help": lists.label("service", sent.service_code)}
    return said % values


def no_room_at(screen: Screen, one: Suitable) -> NoRoom | None:
    """That it had no room lately for another person; of one that was asked for this person it is not looked at."""
    asked = _asked(screen, one) is not None
    no = None if asked else screen.no_room.get((one.listing.organisation_id, one.listing.service_code))
    yes = _yes(screen, one)
    return None if no is not None and yes is not None and no.at < yes.at else no


def _yes(screen: Screen, one: Suitable) -> Yes | None:
    return screen.known.yeses.get((one.listing.organisation_id, one.listing.service_code))


def said_yes(screen: Screen, one: Suitable) -> str:
    """That they said yes for this person before that referral was ended, and nothing else since; '' where not."""
    yes, known = _yes(screen, one), screen.known
    if yes is None or _asked(screen, one) is not None or no_room_at(screen, one) is not None:
        return ""
    if given_up(screen, one) is not None:
        return ""
    if yes.told_at is not None:
        told = _("For this person they said yes by telephone %(when)s, and were told %(then)s that nobody comes.")
        return told % {"when": moments.moment(yes.at, known.at), "then": moments.moment(yes.told_at, known.at)}
    spoken = _("For this person they said yes by telephone %(when)s, before that referral ended.")
    said = spoken if yes.spoken else _("For this person they accepted %(when)s, before that referral ended.")
    return said % {"when": moments.moment(yes.at, known.at)}


def given_up(screen: Screen, one: Suitable) -> datetime | None:
    """When the person ended what was sent to this organisation; None: they did not."""
    return screen.known.given_up.get(one.listing.organisation_id)


def ended_there(screen: Screen, one: Suitable) -> str:
    """That the person ended it: it is asked again only if they want it. '' where they did not."""
    if (at := given_up(screen, one)) is None:
        return ""
    said = _("The person ended the help of this organisation %(when)s: ask here again only if they want it.")
    if one.listing.organisation_id in screen.known.unheard:
        said = _("Ended %(when)s by a no that is not certain to be the person's: ask the person first.")
    return said % {"when": moments.moment(at, screen.known.at)}


def not_right(screen: Screen, one: Suitable) -> str:
    """That the person said so of the help after which another is asked, or that it was so only partly; '' else."""
    found = screen.earlier
    if found is None or (found.to_organisation_id, found.state_code) != (one.listing.organisation_id, "confirmed"):
        return ""
    no = found.sender.her_view_code in NOT_RIGHT
    return _("Their help was not right for the person, or only partly.") if no else ""


def helped_before(screen: Screen, one: Suitable) -> str:
    """How and when the same help of this organisation ended for this person; '' where it did not, or is asked anew."""
    if _asked(screen, one) is not None:
        return ""
    key = (one.listing.organisation_id, one.listing.service_code)
    there = [sent for sent in screen.known.sent if (sent.to_organisation_id, sent.service_code) == key]
    last = there[-1] if there else None
    if last is None or last.finished_at is None or not last.result_code:
        return ""
    said = _("Their help for this person ended %(when)s: %(result)s.")
    result = lists.inside(lists.label("referral_result", last.result_code))
    return said % {"when": moments.moment(last.finished_at, screen.known.at), "result": result}


def for_another(screen: Screen, one: Suitable) -> str:
    """What it answered lately when a place was asked for another person, in the same words; '' where it was not."""
    no, known = no_room_at(screen, one), screen.known
    if no is None:
        return ""
    when = moments.moment(no.at, known.at)
    if no.place_from is None:
        values = {"when": when, "why": lists.inside(lists.label("decline_reason", FULL))}
        return _("Asked for another person: declined %(when)s, %(why)s.") % values
    values = {"when": when, "from": moments.day(no.place_from, known.calendar.day(known.at))}
    return _("Asked for another person: %(when)s, a place only from %(from)s.") % values


def _later(screen: Screen, one: Suitable, body: str) -> str:
    """Of a place that was accepted, and not for tonight: from when it is one."""
    going, known = screen.going(one), screen.known
    if going is None or going.service_code not in kinds([PLACE]):
        return ""
    arrival = (going.arrival_on, going.arrival_part)
    if not comes_later(going.state, arrival, tonight(known.at), came=going.came):
        return ""
    return later(body, going.sent_at, (going.arrival_on, going.arrival_part), now=known.at)


def later(body: str, at: datetime, comes: tuple[date | None, str], *, now: datetime) -> str:
    """Of a place that was accepted for a later day, in the same words on both pages."""
    said = {"organisation": body, "when": moments.moment(at, now), "from": part_of_day(*comes, None, now)}
    return str(LATER) % said


def stands(body: str, came: str, at: datetime, reason: str, *, now: datetime) -> str:
    """What came of asking this organisation: said alike on the page that asks another and on that of the referral."""
    said = str(STANDS[came]) % {"organisation": body, "when": moments.moment(at, now)}
    why = lists.inside(lists.label(WHY[came], reason)) if came in WHY and reason else ""
    return ", ".join(filter(None, (said, why)))


def all_asked(lines: list[str]) -> str:
    """The same of all of them."""
    return _("Asked already: %(list)s") % {"list": lists.several(dict.fromkeys(lines))} if lines else ""
