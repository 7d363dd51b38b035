"""Rows of Today that are of an arrival: their verbs go by the kind of help."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.place_told import BY_TELEPHONE
from hamkori.casework.case.rules.lifecycle import THEY_SAID_NO
from hamkori.casework.work.queries.due import Due, is_near
from hamkori.casework.work.queries.place_gone import NONE
from hamkori.casework.work.queries.still_there import REACHED
from hamkori.casework.work.rules.worklist import COMES, DOUBT, FOUND, GOES_ON, LEFT, STILL, WAITING
from hamkori.people.queries import shown
from hamkori.web.kit import emergency, moments
from hamkori.web.words import (
    arrival,
    coordinator,
    desk_phone,
    directory,
    left,
    lists,
    missing,
    place,
    place_told,
    red,
    referral,
    stays,
)
from hamkori.web.words import case as words
from hamkori.web.words import received as received_words
from hamkori.web.words import safe as safe_words
from hamkori.web.words.asked import along

SAYS: Final = {
    "sent.arrival": "did_which",
    "sent.arrival.came": "waits_which",
    "sent.comes": "expected_which",
    "stopped.missed": "missed_which",
    "got.arrival": "got",
    "got.arrival.late": "got_late",
}
"""Kind of row, and what was said of it or that it is late -> its sentence in the table of `arrival`."""

TITLES: Final = {
    FOUND: gettext_lazy("A place was found: did the person get there?"),
    LEFT: gettext_lazy("%(who)s: left without a word"),
}
"""The same, whatever the kind of help."""
IS_SAFE: Final = gettext_lazy("%(who)s: safe, the sender says")
STILL_ASKED: Final = gettext_lazy("%(who)s: the sender still asks about their safety")
"""Of who had left, once they are back, or the result was put right."""


def what(one: Due, now: datetime) -> str:
    """The verb of such a row; '' of any other."""
    if one.what in TITLES:
        asked = one.gone is not None and (one.gone.back is not None or one.gone.corrected)
        known = one.gone is not None and one.gone.safe is not None
        said = str(IS_SAFE if known else STILL_ASKED if asked else TITLES[one.what]) % {"who": who(one)}
        return place_told.two(len(one.ready) + 1) if one.ready else said
    if one.what in (GOES_ON, STILL):
        return stays.ask_on(one.body) if one.what == GOES_ON else place.sleeps(one.reason)
    if one.looked is not None or one.not_with_them:
        return missing.title(one.looked.word if one.looked is not None else "")
    if one.is_sought(now):
        return arrival.say("got_missed", one.service, who=who(one))
    if one.safe is not None and (one.no_place or not one.unagreed):
        lacks = str(red.SLEEPS if one.left else red.NO_PLACE)
        return lacks if one.no_place else safe_words.title(one.service)
    closer = f"{one.what}.late" if one.late else f"{one.what}.{one.heard}"
    said = "got_came" if one.came_at is not None else SAYS.get(closer) or SAYS.get(one.what, "")
    said = "tell_which" if one.to_tell and one.hour_written else said
    slots = {"service": lists.label("service", one.service), "who": who(one)}
    return arrival.say(said, one.service, **slots) if said else ""


def who(one: Due) -> str:
    """Whom a row of the receiving side is about, and how many children come along; where neither sex nor age is known,
    the person.
    """
    person = (words.person_of(one.sex, one.age_band) if one.sex else "") or _("The person")
    return along(person, one.children, one.ages)


def kind_and_body(one: Due) -> list[str]:
    """The kind of help, where the row does not begin with it, and the other organisation. Whose row begins with the
    person reads who sent them where that is next called or has said something; else it stands on the page.
    """
    if one.what == LEFT:
        return [one.body]
    if one.stopped:
        return []  # `whose.why` says who gave no help, and why, at once
    if one.what.startswith("got."):
        calls = one.late or one.came_at is not None or one.what in ("got.miss", "got.dispute")
        # In short: two grey lines on a phone; the page has the whole name of the service.
        return [lists.label("service_group", directory.group(one.service)), one.body if calls else ""]
    if one.what == FOUND:
        return []  # whose place it is stands beside what was said of it
    return [lists.label("service", one.service) if one.what in (DOUBT, GOES_ON) else one.body] if one.body else []


def sought(one: Due, now: datetime) -> list[str]:
    """To whom the person did not come, or whom they left: the sender is told, and where the sender is called."""
    if one.what == LEFT and not one.has_left:
        return []
    if one.what == LEFT:
        number = desk_phone.of_sender_desk(one.sender_phone) or coordinator.in_short()
        danger = _("if a life is in danger: %(number)s") % {"number": emergency.number("life")}
        said = left.in_row(one.gone, one.reads_from, now) if one.gone is not None else []
        # By night the coordinator is named beside the sender, and once where the sender has no number.
        also = [coordinator.at_night()] if one.reads_from is not None and one.sender_phone else []
        return [*said, number, *also, danger]
    if not one.is_sought(now):
        return []
    return [arrival.say("missed_row", one.service), desk_phone.of_sender_desk(one.sender_phone)]


def of_missing(one: Due, now: datetime) -> list[str | SafeString]:
    """Of who is looked for: where they were expected, what the reader's team had said, and who looked in vain."""
    if one.looked is None:
        return []
    before = missing.said_before(one.looked)
    meant = missing.meant(one.looked, one.expected.name if one.expected is not None else "", now)
    here = missing.here(one.looked, one.body, now)
    return [
        format_html("<b>{}</b>", here) if here else "",
        format_html("<b>{}</b>", helps) if (helps := missing.helps(one.looked, now)) else "",
        str(missing.NOT_THERE) % {"place": meant} if meant else "",
        format_html("<b>{}</b>", _("The case is closed")) if one.closed else "",
        format_html("<b>{}</b>", said) if (said := missing.back(one.looked, now)) else "",
        missing.not_found(one.looked, now),
        missing.did_not_come(one.looked, now),
        missing.found_since(one.looked, now),
        format_html("<b>{}</b>", before) if before else "",
    ]


def safe(one: Due, now: datetime) -> list[str | SafeString]:
    """Of who did not come, and is safe: who said so, and where another time is agreed by telephone."""
    if one.safe is None:
        return []
    said = format_html("<b>{}</b>", lists.inside(safe_words.said(shown(one.safe.name), one.safe.at, now)))
    return [said, "" if one.unagreed or one.supervised else desk_phone.in_row(one.phone)]


def told_there(one: Due, now: datetime) -> str | SafeString:
    """Of who did not come: what the desk told a coordinator since, and what is to do then."""
    said, then = missing.heard(one.there, now)
    return format_html("<b>{}.</b> {}", said, then.removesuffix(".")) if then else format_html("<b>{}</b>", said)


def unconfirmed(one: Due) -> str | SafeString:
    """Of whom the team said that they came: that nobody can confirm it before they were asked again. Of who is expected
    that everything waits for that.
    """
    if one.paused:
        return format_html("<b>{}</b>", lists.inside(str(red.PAUSED)))
    if one.what != "sent.arrival" or not one.unagreed:
        return ""
    return format_html("<b>{}</b>", _("they can confirm it only after the person was asked again"))


def note(one: Due) -> list[SafeString]:
    """Of a place that has ended: that a note came with it, which may say where the person sleeps. A supervisor opens
    none, and reads who does.
    """
    if not one.note:
        return []
    if one.supervised:
        return [format_html("{}", red.TEAM_READS)]
    return [format_html('<a href="{}">{}</a>', reverse("referral", args=[one.note]), red.READ_NOTE)]


def no_hour(one: Due) -> list[SafeString]:
    """Of who is expected today, before it is said that they know: that no hour and no meeting point are written."""
    if not (one.untold and one.no_hour):
        return []
    return [format_html("<b>{}</b>", red.NO_HOUR_CALL if one.to_tell else red.NO_HOUR)]


def told(one: Due, now: datetime) -> list[str]:
    """Of who is expected: that they moved since it was agreed, where they did; and that they know of it."""
    if not one.moved:
        return _told(one, now)
    first = [_("read hour and meeting point first")] if _is_to_read(one) and one.late else []
    return [format_html("<b>{}</b>", _("moved to another region since it was agreed")), *first]


def _told(one: Due, now: datetime) -> list[str]:
    """Of who is expected: that the person was told, and until when they come; a supervisor, and of a later day
    everybody, reads also that nobody said so yet. Where an hour is written, when they come is in it, and no time of
    ours stands beside it.
    """
    if one.what in (WAITING, "sent.answer"):
        return _told_before(one, now)
    if one.what == "got.arrival" and one.told_before is not None:
        return [format_html("<b>{}</b>", received_words.told_before(one.told_before, now))]
    return _told_of_who_comes(one, now) if one.what == COMES else []


def _told_of_who_comes(one: Due, now: datetime) -> list[str]:
    replaced = one.line_replaced and one.person_told is None
    if replaced:
        return [str(REPLACED)]
    before = _earlier(one, now)
    if _is_to_read(one):
        # Before it is late it stands beside the day, and on the button.
        return [*before, *([_("read hour and meeting point first")] if one.late else [])]
    if one.person_told is None:
        # Of a later day no button of the row says it.
        untold = one.supervised or not is_near(one, now)
        return before or ([_("nobody has said yet that the person was told")] if untold else [])
    when = moments.moment(one.person_told, now)
    if one.at is None or one.hour_stands or one.at <= now:  # what is late says so at the end of the row
        return [_("the person was told %(when)s") % {"when": when}]
    return [arrival.say("told_by", one.service, when=when, by=moments.target(one.at, now))]


def _earlier(one: Due, now: datetime) -> list[str]:
    """That the person was told an earlier time: they may go where nobody waits then."""
    if one.told_before is None:
        return []
    said = _("the person was told an earlier time (%(when)s): tell them what is valid now")
    return [format_html("<b>{}</b>", said % {"when": moments.moment(one.told_before, now)})]


def _is_to_read(one: Due) -> bool:
    """Whether what is written is opened before the person is told."""
    return one.to_tell and one.line_unread


REPLACED: Final = gettext_lazy("they wrote hour or meeting point anew, not as your team agreed by telephone: compare")
"""Of who is expected, until the person was told: what they know may be another hour."""


def _told_before(one: Due, now: datetime) -> list[str]:
    """The same of what was agreed by telephone, while the answer is awaited."""
    if not one.hour_written or one.call is None or one.call.answer != "said_yes":
        return []
    if one.person_told is None:
        return [_("nobody has said yet that the person was told")]
    return [_("the person was told %(when)s") % {"when": moments.moment(one.person_told, now)}]


def found(one: Due, now: datetime) -> list[str]:
    """Of a place for tonight that was found: whose it is, when that was said, and where they are called. Of who did not
    get there: who expected them. Of one that is none any more: that the person may go there.
    """
    told = place_told.parts(one.expected, now, missing=one.missing) if one.expected is not None else []
    if one.no_place and one.heard == THEY_SAID_NO:
        return [format_html("<b>{}</b>", place_told.may_go(one.none_at)), *told]
    if one.no_place and one.heard == NONE and one.heard_at is not None:
        return [format_html("<b>{}</b>", place_told.none_in_row(one.heard_at, now)), *told]
    if one.what != FOUND or one.heard_at is None:
        return told
    whose, said = place.whose_is(one.reason), ""
    if one.heard == REACHED:
        whose = place_told.there_one(place_told.place(one.body, one.reason), one.heard_at, now)
    else:
        said = _("found %(when)s") % {"when": moments.moment(one.heard_at, now)}
    others = [
        place_told.accepted_one(other.body, referral.part_of_day(other.on, other.part, other.agreed_at, now))
        if other.said_at is None
        else place_told.found_one(other.body, BY_TELEPHONE, other.said_at, now)
        for other in one.ready
    ]
    after_all = place_told.after_all_in_row(one.told_before, now) if one.told_before is not None else ""
    return [*([format_html("<b>{}</b>", after_all)] if after_all else []), whose, said, *told, *others]
