"""No place for tonight: the referrals that ask for one, and the box that says so; its buttons act in
web/first/place.py.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.lifecycle import PLACE_STEPS, STAYS, WRITABLE
from hamkori.casework.case.rules.put_back import undone_of
from hamkori.casework.referral.queries.calls import counting, told_after
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.stopped import MISSED
from hamkori.casework.referral.rules.tonight import asked_until, comes_later, is_asked
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.no_place import (
    BY_TELEPHONE,
    FOUND,
    LATELY,
    PLACE,
    SHELTER,
    Said,
    is_place_asked,
    tonight,
    whose_place,
)
from hamkori.casework.work.queries.told_not_to_go import told_not_to_go
from hamkori.casework.work.queries.two_places import needed_at
from hamkori.directory.rules.suit import kinds
from hamkori.web.cases import doubts, said_yes, two_places
from hamkori.web.cases.alarm import Alarm, alarm
from hamkori.web.cases.tasks import asked_us
from hamkori.web.kit import moments
from hamkori.web.words import calling_off, desk_phone, place_told, red
from hamkori.web.words import place as place_words
from hamkori.web.words.calls import in_a_row
from hamkori.web.words.case import NO_STATES, YES_STATES, no_to_all

if TYPE_CHECKING:
    from hamkori.casework.case.queries.place_told import PlaceTold
    from hamkori.casework.work.queries.happened import Step


BOX: Final = "tonight"
"""Where the page says it: Today leads there."""


def asked(file: File) -> Sent | None:
    """The referral for a place that waits for an answer: of several the one to which they said yes by telephone."""
    waits = [one for one in for_one(file) if one.state == "sent"]
    return next((one for one in waits if _is_promised(one)), next(iter(waits), None))


def _is_promised(one: Sent) -> bool:
    call = counting(one.calls)
    return call is not None and call.answer == "said_yes"


def for_one(file: File) -> list[Sent]:
    """The referrals for a place."""
    return [one for one in file.referrals if one.service in kinds([PLACE])]


def later(file: File) -> Sent | None:
    """The first that was accepted for a later day than that of this night: until then it is no place."""
    night = tonight(file.now)
    found = [
        one
        for one in for_one(file)
        if one.stopped != MISSED
        and comes_later(one.state, (one.arrival_on, one.arrival_part), night, came=one.heard == "came")
    ]
    return min(found, key=lambda one: place_from(one) or (night, ""), default=None)


def place_from(one: Sent | None) -> tuple[date, str] | None:
    """The day from which it is a place, and its part."""
    return (one.arrival_on, one.arrival_part) if one is not None and one.arrival_on is not None else None


def came_to(file: File) -> Sent | None:
    """Where the person was when their word ended the referral for a place: that bed did not end with it. Not once
    another place was asked for since, or somebody said that they leave, and not after it that they stay, or those there
    closed their own case; `is_asked_to_stay` asks the same for Today.
    """
    there = _ended_at(file)
    said = [one for one in file.steps if one.step in PLACE_STEPS and not one.referral]
    stays = max((one.at for one in said if (one.step, one.reason) == (FOUND, STAYS)), default=None)
    since = (one.at for one in said if one.step == "place_needed" and (stays is None or one.at > stays))
    return None if there is None or any(at > there[1] for at in since) else there[0]


def left(file: File) -> tuple[Sent, datetime] | None:
    """The same of who was said, last of all, to leave it; and when that was said: a slip has a way back."""
    there, last = (
        _ended_at(file),
        next((one for one in file.steps if one.step in PLACE_STEPS and not one.referral), None),
    )
    if there is None or last is None or (last.step, last.reason) != ("place_needed", "") or last.at <= there[1]:
        return None
    return there[0], last.at


def _ended_at(file: File) -> tuple[Sent, datetime] | None:
    """Where the person was when their word ended it, within a day, and when that was; None once another was asked."""
    if file.left_closed or file.left_before:
        return None
    asked_for = {one.code: one for one in for_one(file)}
    served = {one.referral for one in file.steps if one.step == "serve"}
    since = (one.at for one in file.steps if one.step == "write" and one.referral in asked_for)
    ends = (one for one in file.steps if one.step == "withdraw" and one.referral in served & asked_for.keys())
    last = max(ends, key=lambda one: one.at, default=None)
    if last is None or last.at <= file.now - LATELY or any(at > last.at for at in since):
        return None
    return asked_for[last.referral], last.at


def how_left(file: File) -> dict[str, bool]:
    """What is known of the place where the person was: `red.no_place`."""
    return {"closed": file.left_closed, "before": file.left_before}


def was_found(file: File) -> Alarm:
    """That a place was found, and whose: as long as none is certain it can be said, also while somebody is asked."""
    at = reverse("place_found", args=[file.case.code])
    return alarm("", "", url=at, button=_("A place was found"), asks=place_words.whose(file.own_bed))


def with_way(box: Alarm, file: File, *, asks: bool) -> Alarm:
    """A box of a referral that nobody reads or answers. `asks`: it asks for a place for tonight, and no other box says
    that none is certain: one may have been found elsewhere.
    """
    return {**box, "also": was_found(file), "id": BOX} if asks else box


def apart(late: list[Alarm], file: File) -> dict[str, list[Alarm]]:
    """The boxes above; and below the question whether the person got to the place that was found, who was asked for
    one and has not answered: nobody has to call them now.
    """
    sent = (one for one in for_one(file) if one.opens and one.state == "sent")
    urls = {reverse("referral", args=[one.code]) for one in sent} if found(file) else set()
    below = [{**one, "tone": "wait", "full": False} for one in late if one["url"] in urls]
    return {"alarms": [one for one in late if one["url"] not in urls], "below": below}


def asks_whose_no(file: File) -> bool:
    """Whether the box of a place that is missing asks whose no it is, of a no that somebody else brought."""
    return file.agreed.all_unheard or SHELTER in file.agreed.unheard_rows


def no_place(file: File, waits: Sent | None, refer_url: str | None) -> Alarm:
    """While somebody was asked urgently and has not answered it is no alarm, and the referral says whom to call."""
    code, text, comes = file.case.code, "", later(file)
    refused = file.agreed.states.get(SHELTER) in NO_STATES
    if waits is not None:
        text = _("%(organisation)s was asked and has not answered.") % {"organisation": waits.body}
    elif comes is not None and not place_told.is_no_of(slip(file), comes.body):
        text = _("%(organisation)s: ask whether the person can come today.") % {"organisation": comes.body}
    if waits is not None and waits.urgency == URGENT:
        url, button = reverse("referral", args=[waits.code]), str(red.OPEN_REFERRAL)
        if waits.asks:
            text, url, button = asked_us(waits), reverse("referral_answer", args=[waits.code]), _("Answer")
        elif said := in_a_row(waits.calls, file.now):
            parts = (waits.body, *said, *doubts.before(waits, file), said_yes.expires(waits, file))
            text = " · ".join(filter(None, parts))
        title = red.no_place_yet(None if waits.doubt_asked else counting(waits.calls))
        box = alarm(title, text, url=url, button=button, tone="wait", also=was_found(file), id=BOX)
        return _with_what_was_agreed(waits, file, {**box, "seen": said_yes.undo(waits, file)})
    elif refused or SHELTER in file.agreed.unheard_rows:
        text = str(red.NO_TO_SHELTERS) if refused else f"{red.UNHEARD}."
    url, button = ("", "") if refused else _way_to_a_place(file, refer_url)
    there = came_to(file) if waits is None else None
    if there is not None:
        return _stays(code, there, alarm("", "", url=url, button=button) if url else None)
    title = red.no_place(place_from(comes), file.now, file.left, **how_left(file))
    phone = desk_phone.said(comes.phone) if comes is not None and waits is None else ""
    ended = lost(file) if not text else None
    if ended is not None:
        text, phone = ended["said"], ended["phone"]
    text = text or _was_told(file)
    found, beside = was_found(file), {"phone": phone, "lost": ended is not None, "id": BOX}
    after_all = _stays_after_all(file)
    if after_all is not None:
        text = " ".join(filter(None, (after_all["text"], text)))
    if not url:
        return {**found, "title": title, "text": text, "also": after_all, **beside}
    if file.note:
        note = {"url": reverse("referral", args=[file.note]), "button": str(red.OPEN_REFERRAL)}
        another = alarm("", "", url=url, button=button)
        return {**alarm(title, str(red.READ_NOTE), **note, then=found, also=another), **beside}
    return {**alarm(title, text, url=url, button=button, then=found, also=after_all), **beside}


def _stays_after_all(file: File) -> Alarm | None:
    """Who was said to leave the shelter that their word ended: that those there have not ended it; and the way back."""
    if (gone := left(file)) is None:
        return None
    slots = {"organisation": gone[0].body, "when": moments.moment(gone[1], file.now)}
    text = _("It was said %(when)s that the person leaves %(organisation)s. They have not ended the stay there.")
    at = reverse("place_found", args=[file.case.code])
    return alarm("", text % slots, url=at, button=_("Say that the person stays"), post=True, whose=STAYS, icon="undo")


def _was_told(file: File) -> str:
    """Of a place that was promised by telephone, whose referral the team cancelled lately: that they know that nobody
    comes. '' where nobody told them.
    """
    over = {one.referral: one.at for one in file.steps if one.step == "recall" and one.at > file.now - LATELY}
    for one in for_one(file):
        said = next((call for call in one.calls if call.answer in ("said_yes", "said_no")), None)
        told = told_after(one.calls, over[one.code]) if one.code in over else None
        if told is not None and said is not None and said.answer == "said_yes":
            return f"{calling_off.told(one.body, said.at, told, file.now)}."
    return ""


def _with_what_was_agreed(waits: Sent, file: File, box: Alarm) -> Alarm:
    """After a yes by telephone, until it is written: where that is done, first."""
    button, url = said_yes.arrange(waits, file)
    if not url:
        return box
    return {**box, "url": url, "button": button, "then": alarm("", "", url=box["url"], button=box["button"])}


def _stays(code: str, there: Sent, another: Alarm | None) -> Alarm:
    """The person is at the place that their word ended, and is asked whether they stay: both answers act at once."""
    text = _("The bed at %(organisation)s did not end with the withdrawal.") % {"organisation": there.body}
    found, leaves = reverse("place_found", args=[code]), reverse("place_needed", args=[code])
    return alarm(
        str(red.STAYS),
        text,
        url=found,
        button=_("Say that the person stays"),
        post=True,
        whose=STAYS,
        phone=desk_phone.said(there.phone) if there.phone else "",
        then=alarm("", "", url=leaves, button=_("Say that the person leaves"), post=True, icon="ended"),
        also=another,
    )


def awaited(file: File) -> tuple[Step, PlaceTold | None] | None:
    """The place for tonight that was found, and who said yes to it, while the night asks whether the person got there;
    None: it does not, or the place is none any more.
    """
    last = next((one for one in file.steps if one.step in PLACE_STEPS and not one.referral), None)
    if last is None or file.no_place or file.case.state_code not in WRITABLE:
        return None
    told = place_told.last(file.places)
    if not is_asked_of(file, _found(last, told)):
        return None
    if told is not None and told.is_over(no_to_all=no_to_all(file.agreed)):
        return None  # it does not count, or a box of its own says whom to call off, or they know already
    return last, told


def _found(last: Step, told: PlaceTold | None) -> Said:
    return Said(last.reason, last.found_at, needed_at(last.found_at, told if last.reason == BY_TELEPHONE else None))


def is_asked_of(file: File, said: Said) -> bool:
    return is_place_asked(file.case, said, (two_places.given(one, file) for one in for_one(file)), file.now)


def whose_of(found: Step, file: File) -> str:
    """Whose the place is that was found with this step."""
    return whose_place(file.case, found.reason, found.at_body)


def found(file: File) -> dict[str, Any] | None:
    """What is asked of it; None: it is not, or the box about who is missing asks more."""
    asks = awaited(file) if not file.missing else None
    if asks is None:
        return None
    last, told = asks
    whose = whose_of(last, file)
    two = two_places.box(file, last, _found(last, told), for_one(file))
    return {
        "at": last.found_at,
        "until": asked_until(timezone.localtime(last.found_at)),
        "whose": place_words.whose_is(whose),
        "by_telephone": whose == BY_TELEPHONE,
        "no_place": two["no_place"] if two else place_told.no_place(whose),
        "whom": place_told.whose(told) if told is not None else "",
        "told": (place_told.told(told, file.now) or _after_all(told, file)) if told is not None else "",
        "unwanted": place_told.unwanted(told) if told is not None else "",
        "two": two,
    }


def _after_all(told: PlaceTold, file: File) -> str:
    return place_told.after_all(told_not_to_go(file.case.pk, told.organisation, told.at), file.now)


def lost(file: File) -> dict[str, str] | None:
    """The place by telephone that does not count any more, while nobody has one for the person; None: there is none.
    As on Today: of whom the person said no to, no bed is asked for.
    """
    told, refused = place_told.last(file.places), file.agreed.states.get(SHELTER) in NO_STATES
    if told is None or told.lost is None or refused or file.missing or not file.no_place:
        return None
    return place_told.ask_again(told, file.now)


def stayed(file: File) -> dict[str, Any] | None:
    """That the person stays where they are, until noon: a slip has a way back that outlasts the green line."""
    last = next((one for one in file.steps if one.step in PLACE_STEPS and not one.referral), None)
    case, now = file.case, timezone.localtime(file.now)
    if last is None or (last.step, last.reason) != (FOUND, STAYS) or case.state_code not in WRITABLE:
        return None
    if file.no_place or not file.standing.works or not is_asked(timezone.localtime(last.at), now):
        return None
    back = reverse("register" if case.state_code == "draft" else "edit_case", args=[case.code])
    there = came_to(file)
    return {"at": last.at, "url": f"{back}?all=1#id_need_tonight_codes_0", "where": there.body if there else ""}


def slip(file: File) -> tuple[Step, Step] | tuple[None, None]:
    """What was said since a place was found, if that may be put back, and with which step it was found."""
    said = [one for one in file.steps if one.step in PLACE_STEPS and not one.referral]
    before = undone_of([(one.step, one.reason) for one in said])
    return (None, None) if before is None or file.case.state_code not in WRITABLE else (said[0], said[before])


def stays_at(file: File) -> Sent | None:
    """Where it was said that the person stays, and nobody has said otherwise since: that house knows them."""
    last = next((one for one in file.steps if one.step in PLACE_STEPS and not one.referral), None)
    stays = last is not None and (last.step, last.reason) == (FOUND, STAYS) and not file.no_place
    return came_to(file) if stays and file.case.state_code in WRITABLE else None


def _way_to_a_place(file: File, refer_url: str | None) -> tuple[str, str]:
    """What Today's button says and opens: of a referral that stopped to go on from there, else to ask for one."""
    code = file.case.code
    stopped = next((one for one in for_one(file) if one.stopped), None)
    if stopped is not None:
        if stopped.live and stopped.nobody_else:
            return reverse("referral", args=[stopped.code]), str(red.OPEN_REFERRAL)
        if stopped.live:
            return reverse("referral_again", args=[stopped.code]), str(red.ASK_ANOTHER)
        return reverse("consent", args=[code]), str(red.ASK_PERSON_AGAIN)
    if file.case.state_code != "open" or file.agreed.unsure:
        return "", ""
    if file.agreed.sends_nothing_new or file.agreed.states.get(SHELTER) not in YES_STATES:
        return place_words.asked_at(code), str(red.ASK_PERSON)
    ask = red.ASK if later(file) is None else red.ASK_ANOTHER
    return (place_words.shelters_at(code), str(ask)) if refer_url else ("", "")
