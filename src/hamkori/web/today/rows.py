"""Rows of Today in words: what, whom, since when, and the button that ends it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.case.rules.comes_first import is_bed
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.order import is_unasked_emergency
from hamkori.casework.work.queries.resting import rests
from hamkori.casework.work.queries.supervised import only_reads
from hamkori.casework.work.rules.worklist import CHILD_TOLD, NATIONAL, NO_AFTER_YES
from hamkori.web.today import (
    alike,
    buttons,
    calls,
    colours,
    facts,
    here,
    once,
    one_line,
    times,
    verbs,
    without,
)
from hamkori.web.today.few import few
from hamkori.web.today.icons import icon_of
from hamkori.web.today.one_line import dotted, first
from hamkori.web.words import (
    desk_phone,
    lists,
    received,
    red,
)
from hamkori.web.words.calls import called, closed, not_said, of_all, place

NONE: Final[Mapping[str, UUID]] = {}
Codes = Mapping[str, UUID]


def rows(
    found: Iterable[Due],
    now: datetime,
    *,
    mixed: bool = False,
    cases: Codes = NONE,
    referrals: Codes = NONE,
    place_said: bool = False,
    waits_said: bool = False,
) -> list[dict[str, Any]]:
    """The rows of a list. What is late at one organisation is one row for the coordinator: it is one call.

    `cases`, `referrals`: which of them a code is of, for what is pressed here. `place_said`: the title says of all that
    they have no place for tonight yet; `waits_said`: that an answer is awaited.
    """
    groups: dict[object, list[Due]] = {}
    for number, one in enumerate(found):
        groups.setdefault(_called_together(one) if one.what in NATIONAL else number, []).append(one)
    drawn = [
        _of_body(group, now)
        if group[0].what in NATIONAL
        else calls.of_child(group[0], now)
        if group[0].what == CHILD_TOLD
        else calls.of_no(group[0], now)
        if group[0].what == NO_AFTER_YES
        else row(group[0], now, mixed=mixed, cases=cases, place_said=place_said, waits_said=waits_said)
        | {
            "calls": calls.of_left(group[0])
            or calls.of_sender(group[0], referrals, now)
            or calls.to_tell(group[0], referrals)
            or calls.of_yes(group[0], referrals, now)
        }
        for group in groups.values()
    ]
    apart = alike.told_apart((group[0], shown) for group, shown in zip(groups.values(), drawn, strict=True))
    for (one, *_rest), shown in zip(groups.values(), drawn, strict=True):
        shown["sub"] = apart.get(one.referral) or shown["sub"]
        lines = [each for each in one.lines if not _has_its_day(each, one, now)]
        shown["also"] = [few(each) for each in _each_once([line(each, one, now, cases, referrals) for each in lines])]
    return [few(each) for each in drawn]


def _has_its_day(one: Due, lead: Due, now: datetime) -> bool:
    """Whether a line is only planned for another day, below a row that calls somebody to act now: the case has it."""
    return buttons.is_ahead(one, now) and bool(buttons.name(lead, now)) and not buttons.goes_on(lead, now)


def _each_once(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of a row, of which each button that leads to the same place stands beside the first alone."""
    led: set[tuple[str, str]] = set()
    for line in lines:
        to = (str(line["button"]), str(line["button_href"]))
        if to in led and not (line["acts"] or line["calls"]):
            line["button"] = ""
        led.add(to)
    return lines


def line(one: Due, lead: Due, now: datetime, cases: Codes, referrals: Codes) -> dict[str, Any]:
    """What else is to do for the same person, under their first row, which says who it is."""
    drawn = row(one, now, cases=cases, under=lead)
    if once.is_same_place(one, lead):
        return drawn | {"sub": once.one_place(drawn["sub"]), "button": "", "calls": {}}
    opens = only_reads(one) and not drawn["acts"]  # what it is leads there; the team is told once
    pressed = calls.of_left(one) or calls.to_tell(one, referrals) or calls.of_yes(one, referrals, now)
    above = calls.is_for_coordinator(one) and calls.is_for_coordinator(lead)  # one call, which the row itself asks for
    same = (buttons.name(lead, now), buttons.opens(lead, now) or buttons.page_of(lead))  # the button above leads there
    above = above or ((drawn["button"], drawn["button_href"]) == same and not drawn["acts"])
    # On a phone no button stands beside it: of what ends in the case its name leads there at once.
    leads = drawn["button"] and not (one.referral or drawn["acts"])
    href = drawn["button_href"] if leads else drawn["href"]
    button = "" if opens or above else drawn["button"]
    return drawn | {"calls": pressed, "href": href, "button": button, "number": ""}


def _called_together(one: Due) -> tuple[object, str]:
    """What one call is about: all at one desk, or of one sender all that they are told about that desk."""
    return one.to, one.sender if calls.is_sender_next(one) else ""


def _of_body(group: list[Due], now: datetime) -> dict[str, Any]:
    """An organisation with all that is late there, a line each; whom to call, and what is true of each line, once.
    Where whoever sent it is called next, the row begins with them and their number, and their desk stands below.
    """
    first = next((one for one in group if one.referral), group[0])
    if first.is_known_safe:
        return _safe(group, now)
    if sender_next := calls.is_sender_next(first):
        first = replace(first, body=first.sender, phone=first.sender_phone, office="", slug=first.sender_slug)
    desk = desk_phone.sent_to(group[0].body, group[0].phone) if sender_next else ""
    urgent = [one for one in group if one.sender]
    shut, sender = of_all(closed(one.opens, now) for one in urgent), of_all(_sender(one) for one in urgent)
    hours = [times.when_owed(one, now) for one in group]
    at = hours[0] if len({*hours}) == 1 else ""  # what is true of all of them stands beside them, once
    lines = [
        dotted(
            one.referral,
            *_owes(one, "" if at else hour),
            then=_apart(one, now, shut=bool(shut), sender=bool(sender)),
        )
        for one, hour in zip(group, hours, strict=True)
    ]
    quiet = None if any(not one.spoken for one in group) else first.quiet_until
    presses, whole = [calls.of_each(one, group, now) for one in group], calls.of_body(group, now)
    drawn_lines = [
        {"at": _at(one), "said": said, "calls": press} for one, press, said in zip(group, presses, lines, strict=True)
    ]
    if whole.get("about"):  # one press for several says which call it is of: it stands below them
        drawn_lines.append({"said": format_html("<b>{}</b>", whole["about"]), "calls": whole})
    # Whose number is not known is recorded beside what came of the call; else what came of it has one place, below.
    beside = {"beside": True} if whole and first.slug and not first.phone else {}
    if whole and not (whole.get("about") or beside):
        drawn_lines.append({"said": "", "calls": whole})
        whole = {}
    drawn = row(replace(first, quiet_until=quiet), now)
    return drawn | {
        "what": _of_many(first, len(group), now) if quiet is None or sender_next else first.body,
        "sub": dotted("", *_capital(*_above(first, desk, shut, sender))),
        "when": at,
        "lines": drawn_lines,
        "button": "" if any(line["calls"] for line in drawn_lines) else drawn["button"],  # each line has its own
        **(
            {"number": dotted("", facts.number(first, now), _("ask for its team") if first.phone else "")}
            if sender_next
            else {}
        ),
        "not_reached": buttons.not_reached(first),
        "calls": {} if whole.get("about") else whole | beside,
    }


def _safe(group: list[Due], now: datetime) -> dict[str, Any]:
    """The same where there is nothing to call about: which they are, and what their sender says."""
    lines = [dotted(one.referral, *_owes(one, ""), *_apart(one, now, shut=True, sender=True)) for one in group]
    drawn, said = (
        row(group[0], now),
        [{"at": _at(one), "said": line} for one, line in zip(group, lines, strict=True)],
    )
    nothing = {"sub": "", "number": "", "button": "", "not_reached": "", "calls": {}}
    return drawn | nothing | {"what": group[0].body, "lines": said, "when": times.when_owed(group[0], now)}


def _at(one: Due) -> str:
    """The place of a line on the page, to which a press there comes back."""
    return place(one.referral or one.slug)


def _above(first: Due, desk: str, shut: str, sender: str) -> tuple[str, ...]:
    """What is true of each line: the desk's number where no line of its own has it; until when it is closed; who sent
    it. `desk`: the desk that was called, where the row is headed by whoever sent it.
    """
    if desk:
        return desk, shut
    return "" if first.calls_now else desk_phone.or_office(first.phone, first.office), shut, sender


def _of_many(first: Due, number: int, now: datetime) -> str:
    """Whom to call, and about how many, if not about one: a heading counts them and not the calls."""
    if number == 1 or first.reached:
        return verbs.what(first, now)
    many = ngettext("%(n)d referral", "%(n)d referrals", number) % {"n": number}
    return "\N{NO-BREAK SPACE}· ".join((verbs.what(first, now), many.replace(" ", "\N{NO-BREAK SPACE}")))


def _capital(*parts: str) -> list[str]:
    """The parts of a line that begins with no number: the first has a capital."""
    said = [part for part in parts if part]
    return [capfirst(part) for part in said[:1]] + said[1:]


def _owes(one: Due, hour: str) -> list[str]:
    """What the organisation owes, and since when. Of a disputed result nothing is told but that it is late."""
    if not one.referral:
        return [_("The answer to a disputed result"), hour, _("only they can give it: ask them to answer the sender")]
    named = format_html('<span class="ink">{}</span>', lists.label("service", one.service))
    told = one.call, one.before_call
    unanswered = _("no answer yet") if one.reason == "answer" else not_said(one.reason, one.service, told)
    return [_bed(one), named, hour, unanswered]


def _bed(one: Due) -> str | SafeString:
    """That somebody needs a place to sleep, before all else of the line."""
    bed = is_bed(one.service, one.step, waits=one.reason in ("", "answer"))
    return format_html("<b>{}</b>", red.BED_AT_ONCE) if bed else ""


def _apart(one: Due, now: datetime, *, shut: bool, sender: bool) -> list[str]:
    """What differs: why it is first, until when that desk is closed, who sent it, who called, what the sender says."""
    said = [called(each, now, one.service) for each in (one.call, one.before_call, one.word) if each]
    said.append(times.call_again(one, now))
    said_above = one.before or _bed(one)
    urgent, owes = received.urgent(one.step) if one.calls_now and not said_above else "", calls.untold(one)
    return [first(one) or urgent, "" if shut else closed(one.opens, now), "" if sender else _sender(one), *said, owes]


def _sender(one: Due) -> str:
    return desk_phone.of_sender(one.sender, one.sender_phone) if one.sender else ""


def row(
    one: Due,
    now: datetime,
    *,
    mixed: bool = False,
    cases: Codes = NONE,
    place_said: bool = False,
    waits_said: bool = False,
    under: Due | None = None,
) -> dict[str, Any]:
    """Values for `{% work_row %}`. `mixed`: whoever has cases of their own, too, reads which they supervise. `under`:
    of a line the row in which it stands.
    """
    stands = one_line.line(one_line.Row(one, now, mixed=mixed, place_said=place_said, under=under))
    return {
        "of": place(one.referral or one.case),
        "href": buttons.page_of(one),
        "what": verbs.what(one, now, waits_said=waits_said),
        "sub": stands.said,
        "left": stands.left,
        "when": times.of_call(one, now) if verbs.nobody_there(one) else times.when(one, now),
        "when_tone": colours.of_hour(one, times.tone(one)),
        "icon": "late" if one.late and not (one.spoken or one.for_a_call or one.is_known_safe) else icon_of(one),
        "tone": colours.of(one),
        "button": buttons.name(one, now),
        "button_href": buttons.opens(one, now) or buttons.page_of(one),
        "number": facts.number(one, now) if buttons.is_called(one) else facts.own_call(one),
        "acts": buttons.acts(one, cases),
        "opens": buttons.before_telling(one),
        "found_at": without.place_way(one, under),
        "second": without.beside_the_search(one),
        "stopped": one.stopped
        and not (one.in_peace or rests(one) or one.not_here or is_unasked_emergency(one)),  # red, and not amber
    } | here.put_right(one)
