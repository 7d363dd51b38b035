"""Rows of a referral that gave no help, after other help was asked for: what is still missing, and what waits.

What is missing leads, here and in the list of cases (words/red.py), until it is asked for.
"""

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.order import is_unasked_emergency
from hamkori.web.kit import moments
from hamkori.web.today import calls
from hamkori.web.words import lists, red

REASONS: Final = {
    "stopped.declined": "decline_reason",
    "stopped.unaccepted": "unaccept_reason",
    "stopped.lapsed": "lapse_reason",
}
ASK: Final = red.ASK_ANOTHER
"""As after every referral that gave no help: somebody was asked already."""


def is_without(one: Due) -> bool:
    """Whether it gave no help, and other help was asked for since."""
    return one.what in REASONS and one.since_at is not None


def since(one: Due, now: datetime) -> str | SafeString:
    """What was asked for since, and whether its answer is awaited: the missing help keeps the row, and its title.
    Beside emergency care of which nobody is asked other help calms nothing, and is not named.
    """
    if is_unasked_emergency(one):
        return format_html("<b>{}</b>", _("nobody is asked for emergency care"))
    if one.since_at is None:
        return ""
    waits = one.since_waits and is_without(one)
    said = _("asked %(when)s, waiting for an answer: %(help)s") if waits else _("asked since: %(help)s, %(when)s")
    told = said % {"help": lists.label("service", one.since_help), "when": moments.moment(one.since_at, now)}
    return format_html("<b>{}</b>", told)


def had_said_yes(one: Due, now: datetime) -> str | SafeString:
    """That they had said yes on the telephone, so that nobody goes by that."""
    if one.said_yes is None:
        return ""
    said = _("they had said yes by telephone %(when)s") % {"when": moments.moment(one.said_yes.at, now)}
    return format_html("<b>{}</b>", said)


def ways_on(one: Due) -> list[SafeString]:
    """Beside such a row: the missing help, where the button opens what waits; and that nothing more is to do."""
    ways = [("referral_settle", _("Nothing more to do"))]
    if one.since_waits and not (one.unagreed or one.nobody_else or is_unasked_emergency(one)):
        ways.insert(0, ("referral_again", str(ASK)))
    return [format_html('<a href="{}">{}</a>', reverse(at, args=[one.referral]), said) for at, said in ways]


def place_heads(one: Due) -> bool:
    """Of a shelter that gave none: the place of tonight heads the row, and the old no stands beside its hour."""
    return one.stopped and one.no_place and one.what in REASONS and not (one.not_here or one.unagreed)


def place_way(one: Due, under: Due | None) -> str:
    """Where it is said of who has no place for tonight, or waits for one, that one was found, also after a no in
    Hamkori; '' of others.
    """
    said_above = under is not None and (under.no_place or under.awaits_place)
    waits = one.awaits_place and bool(one.referral) and not said_above
    waits = waits and not calls.is_yes(one)  # after a yes the ways on are the referral and a no
    if (
        not (one.what == "place.open" or waits or (place_heads(one) and not said_above))
        or one.supervised
        or one.asks_to_stay
    ):
        return ""
    return f"{reverse('case', args=[one.case])}?found=1#tonight"


def beside_the_search(one: Due) -> dict[str, str]:
    """The second button of who did not come, and is looked for: another organisation. First it is found out whether the
    person is safe; {} where nobody else can be asked, the person is asked first, or other help is awaited.
    """
    closed = one.supervised or one.refused or one.unagreed or one.nobody_else or one.since_waits
    if not one.not_here or closed:
        return {}
    said = red.ask_there(one.again.name) if one.again else str(red.ASK_ANOTHER)
    there = f"?service={one.again.service}" if one.again else ""
    return {"button": said, "href": reverse("referral_again", args=[one.referral]) + there}


def no_room(one: Due, now: datetime) -> str:
    """That the only one who is left to be asked had no room."""
    if one.again is None or one.unagreed or one.moot or one.not_here:
        return ""
    return red.had_no_room(one.again, one.again.name, now)
