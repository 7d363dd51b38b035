"""The home page of everybody who is signed in: a list of work, not of counts.

See docs/design/pages.md#today.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from hamkori.access.scope import may
from hamkori.casework.case.queries.coordination import NO_SENDER
from hamkori.casework.referral.queries import desk
from hamkori.casework.work.queries import order, resting, supervised
from hamkori.casework.work.queries import today as queries
from hamkori.casework.work.queries.arrived import arrived
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.order import Cards
from hamkori.casework.work.queries.today import Today
from hamkori.notices import actions as notices
from hamkori.notices.texts import keys as notice_keys
from hamkori.people.rules.desk_phone import is_invented
from hamkori.web import nav
from hamkori.web.kit.filters import Asked
from hamkori.web.nav import CASES, are_late
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.today import calling, colours, head, here, news, once, one_card, paging, quiet, said, taken_back
from hamkori.web.today.one_card import beneath
from hamkori.web.today.paging import Shown
from hamkori.web.today.rows import rows
from hamkori.web.words import arrival, lists, on_the_way, red
from hamkori.web.words.calls import read_of

TITLES: Final = {
    "danger": red.DANGER,
    "left": gettext_lazy("Who left: is the person safe?"),
    "accepted": gettext_lazy("Accepted for today"),
    **dict.fromkeys(("unread", "calls"), red.CALL_NOW),
    "reached": gettext_lazy("Reached: the answer is awaited"),
    "promised": gettext_lazy("You said yes by telephone: answer here"),
    "overdue": gettext_lazy("Urgent and late"),
    "urgent": gettext_lazy("Urgent: no answer yet"),
    "late": gettext_lazy("Late or stopped"),
    "papers": gettext_lazy("Results of help that are late"),
    "arrives": gettext_lazy("Today: whether the person gets there"),
    "expected": gettext_lazy("Expected soon"),
    "here": here.HERE,
    "steps": gettext_lazy("Next steps that are late"),
    "soon": gettext_lazy("Today and soon"),
    "told": gettext_lazy("The team was told"),
    "said_no": gettext_lazy("The person said no"),
    "later": gettext_lazy("Later"),
}


HERS: Final = gettext_lazy("You or the lead worker can say it")
TELL_NOW: Final = gettext_lazy("Tell the team now: they call")
"""To whoever supervises, in place of "Call now" above what the team calls about."""
GROUPS: Final = {
    supervised.TEAM: gettext_lazy("Your team: cannot wait"),
    supervised.IN_TIME: gettext_lazy("Your team: in time"),
}
"""To whoever supervises, above the first list of each."""
SAID_YES: Final = gettext_lazy("They said yes by telephone")
UNREACHED: Final = gettext_lazy("Sender not reached: call again")
UNPLANNED: Final = gettext_lazy("Cases without a next step")
CALLS: Final = ("unread", "accepted", "calls")
"""One list where anybody is to be called: who has no place for tonight, who is to be told the time, the other calls."""
CALM: Final = ("told", "said_no", "later")
"""Lists that ask for nothing today: beyond a few they are folded."""
FEW: Final = 5
Rows = tuple[Due, ...]
Part = tuple[str, str, Any, Rows, Rows]


TONES: Final = {
    "accepted": "",
    "arrives": "",
    "expected": "",
    "here": "",
    "said_no": "",
    "told": "",
    "later": "",
    **dict.fromkeys(("reached", "promised", "urgent", "soon"), "wait"),
}
AMBER: Final = ("overdue", "late", "papers", "steps", supervised.HERS)
"""Red only where a row of these is."""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Today. Everybody has one, whatever the role."""
    actor = actor_of(request)
    found = queries.today(actor, lists.language())
    new = arrived(actor, found)
    found = here.unopened(found, (one.referral for one in new.called_off))
    asked_to_look = news.to_look(new, found)
    new = replace(new, rows=tuple(one for one in new.rows if not (one in asked_to_look or news.is_said(one, found))))
    lists_of = order.cards(found)
    leads = once.leads(lists_of, of_team=supervised.only(found.rows))
    leads, under = once.beneath(leads, {one.case for one in found.to_warn})
    shown = paging.page(leads, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    mixed = len({one.supervised for one in found.rows}) > 1
    nothing = not any(rows for card, rows in lists_of.items() if card not in ("here", "later"))
    nothing = nothing and here.is_calm(lists_of["here"])
    lately = news.lately(new, found.now)
    warn = _to_warn(found, under)
    cards = said.followed(_cards(found, lists_of, leads, shown, mixed=mixed))
    calls = taken_back.to_call(found.call_sender, found.now)
    warn, off = one_card.of_each(warn, [*calling.places(found), *calling.rows(found)])
    standing = head.Standing(resting.still_theirs(leads), sum(bool(one["calls"]) for one in (*warn, *calls, *off)))
    nav.stand(request, standing.numbers())
    sub = head.sentence(found, standing)
    context = {
        "title": _("Today"),
        "messages": said.placed(request, cards, warn),
        # Nothing stands between the heading and somebody in danger.
        "sub": format_html("{}&nbsp; {}", sub, lately) if lately and not found.danger else sub,
        "lately": lately,
        "cards": cards,
        "called_off_title": news.called_off_title(new),
        "called_off": news.called_off(new, found.now),
        "not_called": news.not_called(new, found.now),
        "to_warn": warn,
        "warn_title": on_the_way.title(one.said for one in found.to_warn),
        "call_sender": calls,
        "by_worker": len({one.lead for one in found.rows if one.lead}) > 1,
        "call_title": on_the_way.CALL_TITLE,
        **calling.box(off, found, cards),
        "to_look": [news.with_case(one, found.now) for one in asked_to_look],
        "to_look_title": news.LOOK,
        "nothing": nothing and not (new.called_off or new.not_called or asked_to_look or off or warn or calls),
        # Whoever was named meets the person; the officer who said yes reads that somebody is on the way.
        "expected": quiet.expected(desk.expected(actor)) if nothing else "",
        # What expired is late no more, and no row of hers: its page has it, for whoever speaks with the organisation.
        "expired": _("What expired in the last 30 days") if "national_coordinator" in actor.roles else "",
        **Asked("today").pages(shown.before, shown.after),
        "news": news.lists_of(actor, new, found.now),
        # Whom nobody is to wait for stands until it is opened, whatever else is marked as seen.
        "keys": [key for key in new.keys if key not in new.until_opened],
        "read_at": found.now.isoformat(),
        "quiet": quiet.sentence(found, at_desk="desk_officer" in actor.roles),
        "new_url": reverse("first_contact") if may(actor, "case.begin") else None,
        "new_kind": "quiet" if "desk_officer" in actor.roles else "",  # who answers others begins few cases
        # Roles that have no cases are told so, instead of an empty promise.
        "no_cases": not actor.roles & (CASES | {"desk_officer"}),
        "invented": any(is_invented(number) for one in found.rows for number in (one.phone, one.sender_phone)),
        "of_time": any(one.at is not None for one in found.rows),
    }
    return render(request, "today/page.html", context)


def _cards(found: Today, every: Cards, leads: Cards, shown: Shown, *, mixed: bool) -> list[dict[str, Any]]:
    """The lists of the page that have rows on it, with how many rows each has in all."""
    pressed = _pressed(found)
    return [
        {
            "title": title,
            "group": GROUPS.get(group, ""),
            "tone": _tone(card, drawn["rows"]),
            "meta": _meta(_order(card, these), head.counted(told, head.UNTOLD) or are_late(_late_in(card, whole))),
            "danger": card == "danger",
            "sought": any(one.missing or one.not_here for one in once.whole(these)),
            "rests": card == "told",
            "count": paging.number(_persons(whole) if _of_place(title) else whole[told:]),  # as the sentence above says
            **drawn,
        }
        for group, card, title, whole, these in _called(_lists(found, every, leads, shown.cards))
        if these
        for told in [_to_be_told(title, whole, leads)]
        for drawn in [
            _in_part(
                rows(these, found.now, mixed=mixed, place_said=_of_place(title), waits_said=_waits(title), **pressed),
                calm=group == supervised.IN_TIME or card in CALM,
            )
        ]
    ]


def _tone(card: str, drawn: list[dict[str, Any]]) -> str:
    """Of the number beside a title: red where a row of it is, amber where it is late or will be, else none."""
    if card in TONES:
        return TONES[card]
    return "wait" if card in AMBER and not any(one["tone"] == colours.RED for one in drawn) else "late"


def _in_part(drawn: list[dict[str, Any]], *, calm: bool) -> dict[str, Any]:
    """The rows of a list; of a calm one what is beyond a few is folded, where nothing of it is late or has stopped."""
    rest = drawn[FEW:] if calm and not any(map(_alarms, drawn[FEW:])) else []
    number = len(rest)
    more = ngettext("%(n)d more", "%(n)d more", number) % {"n": number} if rest else ""
    return {"rows": drawn[: len(drawn) - number], "more": rest, "more_title": more}


def _alarms(drawn: dict[str, Any]) -> bool:
    """Whether a row, or a line of one, is late, soon or stopped, or needs an act of its own tone."""
    red = ("tone", "when_tone", "stopped")
    return any(one.get(name) for one in (drawn, *drawn["also"]) for name in red)


def _to_be_told(title: Any, whole: Rows, leads: Cards) -> int:
    """How many of whom to call now are to be told the time: heading and the sentence at the top count them apart. Where
    nobody else stands there the heading counts them.
    """
    if title is not red.CALL_NOW:
        return 0
    told = sum(any(row is one for one in leads["accepted"]) for row in whole)
    return told if told < len(whole) else 0


def _pressed(found: Today) -> dict[str, dict[str, UUID]]:
    """Which cases and referrals the codes are of, for what is pressed here."""
    referrals = {referral.code: pk for pk, (referral, _case) in found.referrals.items()}
    return {"cases": {case.code: pk for pk, case in found.cases.items()}, "referrals": referrals}


def _to_warn(found: Today, under: Mapping[str, Rows]) -> list[dict[str, Any]]:
    """Whoever may be on the way, each with what else stands in the row of that case; to a supervisor who leads it."""
    beneath_of = {case: [line for one in rows for line in _beneath(one, found)] for case, rows in under.items()}
    above = {one.case: one for one in found.rows if one.supervised}
    free = {one.code for one in found.call_off if one.needed}
    return taken_back.to_warn(found.to_warn, found.now, beneath_of, above, _pressed(found)["cases"], free)


def _beneath(one: Due, found: Today) -> list[dict[str, Any]]:
    return beneath(one, found.now, **_pressed(found))


def _of_place(title: Any) -> bool:
    """Whether a list is of who has no place for tonight yet."""
    return title is red.NO_PLACE_YET or title is red.NOT_CONFIRMED


def _waits(title: Any) -> bool:
    """Whether a list is of what waits for an answer: its rows begin with the help that was asked for."""
    return _of_place(title) or title is TITLES["urgent"]


def _persons(whole: Rows) -> Rows:
    """One row for each person, of whom several organisations may be asked: the heading says who has no place."""
    return tuple({one.case or one.referral: one for one in whole}.values())


def _called(parts: Iterable[Part]) -> Iterator[Part]:
    """The lists, whom to call now being one under one title. Where nobody is, who is to be told keeps its own."""
    for (group, of_calls), some in groupby(parts, key=lambda part: (part[0], part[1] in CALLS)):
        these = list(some)
        if not of_calls or not any(whole for _group, card, _title, whole, _shown in these if card != "accepted"):
            yield from these
            continue
        every = [row for _group, _card, _title, whole, _shown in these for row in whole]
        shown = [row for _group, _card, _title, _whole, here_of in these for row in here_of]
        theirs, own = (
            [tuple(row for row in of if supervised.calls_not(row) is told) for of in (every, shown)]
            for told in (True, False)
        )
        if any(row.told_at is None for row in theirs[0]):
            yield group, "unread", TELL_NOW, theirs[0], theirs[1]
            yield group, "unread", red.CALL_NOW, own[0], own[1]
        else:  # all were told: one list, in which each keeps its place
            yield group, "unread", red.CALL_NOW, theirs[0] + own[0], theirs[1] + own[1]


def _lists(found: Today, every: Cards, leads: Cards, shown: Cards) -> Iterator[Part]:
    """The lists under their titles: all their rows and those of the page. Whoever supervises and has no rows of their
    own reads first what is theirs to do, then what the team has not done, then what it does in time.
    """
    if not supervised.only(found.rows):
        for card, these in once.told_once(shown).items():
            yield from (("", card, *part) for part in _parted(card, every[card], leads[card], these))
        return
    all_of, whole, of_page = (
        {(group, card): rows for group, card, rows in resting.parted(lists)} for lists in (every, leads, shown)
    )
    for (group, card), these in once.told_once(of_page).items():
        here_of, mine = all_of[group, card], whole[group, card]
        if group == supervised.HERS:
            yield group, card, HERS, mine, these
        else:
            yield from ((group, card, *part) for part in _parted(card, here_of, mine, these))


def _late_in(card: str, whole: Rows) -> int:
    """How many that the sentence at the top counts stand in a list whose title says nothing of lateness."""
    return sum(map(head.is_late, whole)) if card in ("here", "promised", supervised.HERS) else 0


def _meta(order_of: str, late: str) -> str:
    """Beside a title: the order, and how many of these are late."""
    return "\N{NO-BREAK SPACE}· ".join(filter(None, (order_of, late)))


def _parted(card: str, every: Rows, whole: Rows, shown: Rows) -> list[tuple[Any, Rows, Rows]]:
    """A list under its title: all its rows, and those of the page. Who waits for a place for tonight above others whose
    hour runs out earlier, has a title that says so once: below each the hours run one after the other.
    """
    if card == "reached":
        titles = (SAID_YES, UNREACHED, TITLES[card])
        of_each = [
            [tuple(one for one in rows if _reached(one) is title) for rows in (whole, shown)] for title in titles
        ]
        return [(title, *rows) for title, rows in zip(titles, of_each, strict=True)]  # type: ignore[misc]
    if card == "tonight":
        calls_of = [one.call for one in once.whole(whole) if one.awaits_place]
        return [(red.none_of_them(calls_of), whole, shown)]
    if card != "urgent" or not any(one.place_before for one in whole):
        return [(_title(card, every), whole, shown)]
    (beds, others), (of_beds, of_others) = _by_place(whole), _by_place(shown)
    waiting = (one.call for one in once.whole(beds) if one.awaits_place or one in beds)
    return [(red.none_of_them(waiting), beds, of_beds), (_title(card, others), others, of_others)]


def _reached(one: Due) -> Any:
    """What came of the last call about a row of the coordinator that rests: of a yes no answer is awaited."""
    answers = [each.answer for each in (one.call, one.before_call) if each is not None]
    if answers[:1] == [NO_SENDER]:
        return UNREACHED
    return SAID_YES if "said_yes" in answers[:2] else TITLES["reached"]


def _by_place(found: Rows) -> tuple[Rows, Rows]:
    """Those that wait for a place for tonight, and the others."""
    beds = tuple(one for one in found if one.awaits_place or one.no_place or one.missing)
    return beds, tuple(one for one in found if one not in beds)


def _title(card: str, whole: Rows) -> Any:
    """What a list is called: by what all in it are, where its own title says more or less than that."""
    if card == "late" and head.is_national(whole):
        return _("Late")
    if card == "urgent" and any(one.ill or one.asks_child or order.is_child_now(one) for one in whole):
        return _("Urgent")  # of whom nobody was asked for a doctor, or who is to be asked again, no answer is awaited
    if card == "arrives" and all(arrival.goes(one.service) for one in whole):
        return _("Today: whether they meet the person")
    if card in ("overdue", "here", "later", "said_no"):
        return {"overdue": _of_urgent, "here": here.title, "later": _of_later, "said_no": _of_no}[card](whole)
    if card == "steps" and any(one.what in order.PAPERS for one in whole):
        return _("Late")
    return UNPLANNED if card == "steps" and head.is_unplanned(whole) else TITLES[card]


def _of_urgent(whole: Rows) -> Any:
    """Of urgent help of which some has stopped: that nobody is asked for it is more than late."""
    return _("Urgent: late or stopped") if head.has_stopped(whole) else TITLES["overdue"]


def _of_no(whole: Rows) -> Any:
    """Of persons who were not asked yet: that somebody else brought that no."""
    return red.HEARD_NO if all(one.brought for one in whole) else TITLES["said_no"]


def _of_later(whole: Rows) -> Any:
    """Of whoever calls alone: that nobody is to be called about these."""
    return red.KNOWN_SAFE if all(one.is_known_safe for one in whole) else TITLES["later"]


def _order(card: str, found: Rows) -> str:
    """In which order these stand, where that is not plain. The coordinator's is one rule, which no press changes
    (ADR 0166).
    """
    if card != "late" or len(found) == 1:
        return ""
    if not head.is_national(found):
        return "" if order.by_time(found) else _("the gravest first")
    return _("help that cannot wait first, then the oldest; what can wait last")


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Marks the news that stood on the page as read, and none that came since. Twice is as once."""
    keys = [key for key in request.POST.getlist("key") if key in notice_keys()]
    if keys:
        notices.read(actor_of(request), keys, until=read_of(request.POST.get("read_at", "")))
    return HttpResponseRedirect(reverse("today"))
