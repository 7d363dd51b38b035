"""Rows of Today of who is being helped now: what help, since when, in which own case, and what is due of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.queries.goes_on import PLACES
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.other_age import SETTLES
from hamkori.casework.work.queries.today import Today
from hamkori.casework.work.rules.worklist import ASKS_ON, BROUGHT, LEFT, SLEEPS_HERE, SLEEPS_ON, THERE, WANTED
from hamkori.casework.work.rules.worklist import OTHER_AGE as ROW_OF_AGE
from hamkori.web.kit import moments
from hamkori.web.today.news import BROUGHT as BY_OTHERS
from hamkori.web.today.news import WANTS, WITHDREW, of_referral
from hamkori.web.words import case as words
from hamkori.web.words import child_told, coordinator, desk_phone, directory, last_night, lists

SAID: Final = {BROUGHT: BY_OTHERS, WANTED: WANTS}
"""Of what somebody else brought: whether the person was asked; else it was theirs."""
WAIT: Final = (ASKS_ON, LEFT, ROW_OF_AGE)
"""Rows of who is or was helped that need an act, and are no alarm."""
HERE: Final = gettext_lazy("Here now")
HELPED: Final = gettext_lazy("Helped now")
OTHER_AGE: Final = gettext_lazy(
    "the sender put the age right: %(who)s. Ask the person, then correct it in your case too"
)
THEIRS: Final = gettext_lazy("the sender says: %(who)s. Call them if they do not know yours")
YOURS: Final = gettext_lazy("your case says: %(who)s. Call the sender if they do not know it")
IF_ADULT: Final = gettext_lazy("ask the person, and find out which age is right before you tell child protection")
TOLD: Final = gettext_lazy("child protection was told %(when)s: ask the person which age is right")
IF_CHILD: Final = gettext_lazy("of a child we aim to tell child protection within 24 hours")
CLOSED: Final = gettext_lazy("your own case is closed")
AS_ADULT: Final = gettext_lazy("asked as an adult: call the sender")


def put_right(one: Due) -> dict[str, str]:
    """A row of an own case of which the sender put the age right: how it begins, and where it ends. Whoever leads the
    case confirms the age, with that one chosen already; nothing of all other rows.
    """
    if not one.said_age:
        return {}
    at, name = reverse("case", args=[one.case]), _("Open the case")
    if one.step == SETTLES:
        at, name = f"{reverse('settle_age', args=[one.case])}?age={one.said_age}", _("Confirm the age")
    said = _("The sender put the age right: %(who)s") % {"who": words.known_as(one.sex, one.said_age, one.said_how)}
    return {"what": said, "href": at, "button": name, "button_href": at}


def title(found: Iterable[Due]) -> str:
    """What the list is called: of a place to sleep they are there; of other help nobody is at a place."""
    return str(HERE if all(any(code in PLACES for code in (one.service, *one.also)) for one in found) else HELPED)


def is_calm(found: Iterable[Due]) -> bool:
    """Whether nothing is to do of these today: they are helped, and what comes next is planned."""
    return not any(one.late or one.unplanned or one.what == ASKS_ON for one in found)


def unopened(found: Today, told: Iterable[str]) -> Today:
    """Without the question whether help goes on where its news stands first, in red, until it is opened (`told`). The
    person is there all the same.
    """
    told = frozenset(told)
    asks = (row.what == ASKS_ON and row.ended in told and not row.late for row in found.rows)
    rows = (replace(row, what=THERE) if once else row for row, once in zip(found.rows, asks, strict=True))
    return replace(found, rows=tuple(rows))


def what(one: Due, who: str) -> str:
    """How a row of who is being helped begins: the person, and what is due of the own case where that comes first."""
    if one.late or one.result_at is not None:
        return _("%(who)s: there is no next step") % {"who": who}
    return _("%(who)s: ask whether help goes on") % {"who": who} if one.what == ASKS_ON else who


def parts(one: Due, now: datetime) -> list[str | SafeString]:
    """Beside the person and the kind of help: since when, by when the result is said, and the own case."""
    found: list[str | SafeString] = [last_night.until(one.on, now)] if one.what == SLEEPS_ON and one.on else []
    if one.said_age:
        found.append(format_html("<b>{}</b>", _of_child_protection(one, now)))
    found.append(format_html("<b>{}</b>", child_told.there(one.told_there, now)) if one.told_there else "")
    if one.ended:
        found += [format_html("<b>{}</b>", SAID.get(one.reason, WITHDREW)), _numbered(one.ended)]
    if one.closed and (one.ended or one.own_case):
        found.append(format_html("<b>{}</b>", CLOSED))
    found += [lists.label("service", code) for code in one.also]
    if one.result_at is not None:
        found.append(_("result %(when)s") % {"when": moments.target(one.result_at, now)})
    if one.helped_by:
        found.append(_numbered(one.helped_by))
    if one.own_case:
        if one.referral and not one.case:
            found.append(_numbered(one.referral))
        found.append(format_html("<b>{}</b>", _("no next step yet")) if one.unplanned else "")
    if one.other_age:
        theirs = words.known_as(one.sex, one.sender_age, one.said_how)
        found.append(format_html("<b>{}</b>", str(OTHER_AGE) % {"who": theirs}))
    if one.age_there:
        # The row is headed by one of both: the other stands here.
        said, other = (YOURS, one.own_age) if one.age_band == one.sender_age else (THEIRS, one.sender_age)
        found += [
            format_html("<b>{}</b>", str(said) % {"who": words.person_of(one.sex, other)}),
            desk_phone.of_sender_desk(one.sender_phone) or coordinator.in_short(),
        ]
    return found


def _of_child_protection(one: Due, now: datetime) -> str:
    """Beside an age that the sender put right: by when they are told of a child, or that they were told already."""
    if one.told_at_age is not None:
        return str(TOLD) % {"when": moments.moment(one.told_at_age, now)}
    return str(IF_CHILD if one.said_age in CHILD_BANDS else IF_ADULT)


def _numbered(code: str) -> SafeString:
    """The number that the sender says, which leads to that referral: there it is said how help ended."""
    return format_html('<a class="code" href="{}">{}</a>', reverse("referral", args=[code]), of_referral(code))


def kind(one: Due) -> str:
    """Of an own case without a next step, or whose agreement has ended, or that has none: the help that is given."""
    said = one.result_at is not None or one.ended or one.what == SLEEPS_HERE
    return lists.label("service_group", directory.group(one.service)) if said else ""


def as_adult(one: Due) -> str | SafeString:
    """Before all else: the person is a child, agreed as an adult, and nobody has asked since."""
    return format_html("<b>{}</b>", AS_ADULT) if one.as_adult else ""
