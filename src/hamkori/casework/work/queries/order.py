"""What stands above what: the lists of Today, and the order in each; cases and referrals are listed by the same rows.

A bed or urgent help that was accepted for today stands above all but danger and whom to call now about no place for
tonight: the person has to hear of it. Once they were told, whether they get there stands below what is late, as it does
of a place that was found. What is urgent now stands above what is late, however late that is. Among the urgent: who has
no place for tonight, of these and of the others, such as who is not where they were to be, a child, danger or high risk
first, then of whom nobody asked the doctor that is needed today, then the hour that runs out first. Who waits for a
place stands above help of another kind that is late or was declined, also once the coordinator was reached: that is no
place. Among equals what waits for the coordinator stands below all that nobody has called about. Of whom said no to
everything what is missing stands among nothing that calls anybody to act.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from hamkori.casework.case.queries.coordination import ENDS
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.stopped import EMERGENCY
from hamkori.casework.work.queries.due import Due, is_near, start_of
from hamkori.casework.work.queries.here_now import is_there
from hamkori.casework.work.queries.today import Today
from hamkori.casework.work.rules.worklist import (
    ADULT_FIRST,
    ASKS_ON,
    CHILD,
    CHILD_TOLD,
    DOUBT,
    FOUND,
    GOES_ON,
    HELPED,
    LAST_NIGHT,
    LEFT,
    NATIONAL,
    NEEDED,
    NEEDS_ANEW,
    NO_AFTER_YES,
    OTHER_AGE,
    OWN,
    STILL,
    UNHEARD,
    UNSENT,
    gravity,
    hurry,
)

CARDS: Final = (
    "danger",
    "left",
    "unread",
    "accepted",
    "calls",
    "tonight",
    "reached",
    "promised",
    "overdue",
    "urgent",
    "late",
    "papers",
    "arrives",
    "expected",
    "here",
    "steps",
    "soon",
    "said_no",
    "later",
)
"""The lists of the page, in their order. What is urgent stands above what is late; who is expected, and who is there,
above own steps.
"""
NOW: Final = ("unread", "calls", "tonight", "overdue", "urgent")
"""Lists of what cannot wait: by the hour."""
RED: Final = ("danger", "left", *NOW, "late", "papers", "steps")
"""Lists that call somebody to act, or say what is late: cases stand by these above all other cases."""
STAYS: Final = (
    "child",
    CHILD,
    OTHER_AGE,
    "draft",
    NEEDS_ANEW,
    LAST_NIGHT,
    UNSENT,
    "question",
    "part",
    "part.unshared",
    DOUBT,
    FOUND,
    STILL,
    GOES_ON,
    LEFT,
    NEEDED,
    ADULT_FIRST,
    UNHEARD,
)
"""Rows that the reader ends, on whichever day: never later."""
PAPERS: Final = (HELPED, "got.dispute")
"""Late rows of a receiver about whom nobody waits: below whoever is expected today; where another list of what is late
stands above these, directly below that.
"""
IN_TURN: Final = ("unread", "late")
"""Lists in which an organisation keeps its place while it is called about several."""
CARD: Final = 1000
_NEVER: Final = 10**17  # later than any time: what has no time stands last in its group

Cards = dict[str, tuple[Due, ...]]
Place = tuple[int, int, int, str, str, str, str]


def cards(found: Today) -> Cards:
    """All rows, list by list, each in its order. Next steps that are late are apart where somebody is expected."""
    tomorrow = timezone.localdate(found.now) + timedelta(days=1)
    overdue = tuple(row for row in found.late if not row.calls_now and _is_behind(row))
    accepted = tuple(row for row in found.soon if row.for_today and row.untold)
    calls = tuple(row for row in found.unread if accepted and row.case and not _homeless(row))
    arrives = tuple(row for row in found.soon if row.what == FOUND or (row.for_today and not row.untold))
    urgent = tuple(row for row in found.soon if _asks_now(row) or _waits_now(row, found.now))
    expected = tuple(
        row for row in found.soon if row.what == "got.arrival" and (row.came_at or (row.on and row.on <= tomorrow))
    )
    today = any(row.came_at or (row.on and row.on < tomorrow) for row in expected)
    apart = OWN if expected else CARD
    here = tuple(row for row in found.rows if is_there(row))
    (waits,) = _without(here, (row for row in found.late if not (row.calls_now or _is_behind(row))))
    steps = tuple(row for row in waits if _gravity(row) >= apart or (today and row.what in PAPERS))
    (late,) = _without(steps, waits)
    papers = tuple(row for row in steps if late and row.what in PAPERS)
    (steps,) = _without(papers, steps)
    left = tuple(row for row in found.soon if row.has_left)
    (rest,) = _without((*left, *accepted, *arrives, *expected, *here, *urgent), found.soon)
    later = tuple(row for row in rest if not _stays(row, found.now))
    (soon,) = _without(later, rest)
    reached = tuple(row for row in found.rows if row.reached)
    promised = tuple(row for row in found.rows if is_promised(row))
    (unread,) = _without(calls, found.unread)
    tonight = _tonight(overdue, urgent)
    overdue, urgent = _without(tonight, overdue, urgent)
    above = (found.danger, left, unread, accepted, calls, tonight, reached, promised)
    now = (*above, *_without(promised, overdue, urgent, late))
    soon, later = _without(promised, soon, later)
    later += tuple(row for row in found.rows if row.is_known_safe)  # nobody calls about them
    said_no = tuple(row for row in found.rows if row.in_peace)
    lists = (*now, papers, arrives, expected, here, steps, soon, said_no, later)
    return {card: _in_order(card, whole) for card, whole in zip(CARDS, lists, strict=True)}


def _tonight(overdue: Sequence[Due], urgent: Sequence[Due]) -> tuple[Due, ...]:
    """Of these who has no confirmed place for tonight, where help of another kind would stand above one of them, or the
    coordinator was reached about one: they have a list of their own, until a place is confirmed (ADR 215).
    """
    whole = (*overdue, *urgent)
    other = any(not _homeless(row) for row in overdue)
    beds = tuple(row for row in whole if _homeless(row))
    return beds if other or any(row.rests_until for row in beds) else ()


def is_promised(row: Due) -> bool:
    """Of a desk's row: one of theirs said yes on the telephone, and nothing else since. Somebody counts on it."""
    calls = (one.answer for one in (row.call, row.before_call) if one is not None and one.answer in ENDS)
    return row.what == "desk.answer" and next(calls, "") == "said_yes"


def _without(above: Iterable[Due], *lists: Iterable[Due]) -> list[tuple[Due, ...]]:
    """These lists without what stands above them already: the same rows, not rows that say the same."""
    known = {id(row) for row in above}
    return [tuple(row for row in rows if id(row) not in known) for rows in lists]


def _stays(row: Due, at: datetime) -> bool:
    """Whether a row stands among what is for today, however far its time is: as help that is needed from today on."""
    today = timezone.localdate(at)
    to_tell = row.to_tell and row.on is not None and row.on <= today + timedelta(days=1)
    needed = row.needed_on is not None and row.needed_on <= today
    return row.what in STAYS or to_tell or row.aged or row.helped_less or needed or is_near(row, at)


def is_overdue(row: Due) -> bool:
    """An urgent answer that is late, or one that a place for tonight waits for, theirs or the own one; and of whom
    the desk said that they are not there.
    """
    return (
        row.late
        and not row.moot
        and (
            row.awaits_place
            or row.not_with_them
            or (row.what in ("sent.answer", "desk.answer") and row.urgency == URGENT)
        )
    )


def _is_behind(row: Due) -> bool:
    """What is urgent and late, or has stopped and nobody is asked for it: before what only waits, which has an hour."""
    return is_overdue(row) or is_unasked_urgent(row)


def is_child_now(row: Due) -> bool:
    """An own case of whom the sender says since that the person is a child, and which still says an adult."""
    return row.what == OTHER_AGE and row.said_age in CHILD_BANDS


def _asks_now(row: Due) -> bool:
    """Who needs a doctor or is to be asked again, and who turned out to be a child: nobody outside is waited for."""
    return row.ill or row.asks_child or is_child_now(row)


def _waits_now(row: Due, at: datetime) -> bool:
    return is_urgent(row) and is_near(row, at)


def is_urgent(row: Due) -> bool:
    """An answer that somebody waits for and that was asked for urgently: theirs, or the reader's own."""
    return (row.what == "sent.waiting" and not row.moot) or (
        row.what in ("desk.answer", "question", DOUBT) and row.urgency == URGENT
    )


def place(card: str, row: Due) -> Place:
    """Where a row stands: its list; in it who stands first, and what kind of row it is; how urgent; then the time."""
    if card == "later":  # a list of days, whatever they are for
        return CARDS.index(card) * CARD, 0, _hour(row), row.case, row.referral, row.what, row.step
    if card == "here":  # of whom something is late, then who came today or has to be planned, then by the result
        rank = 0 if row.late else 1 if row.unplanned or row.came_today or row.what == ASKS_ON else 2
        return CARDS.index(card) * CARD + rank, 2, _hour(row), row.case, row.referral, row.what, row.step
    stands = _in_turn(row) if card in IN_TURN else row
    within = _standing(stands) if card in NOW else (_gravity(stands) + 1) * 2 + (card in RED and not stands.first)
    hour = (CARDS.index(card) * CARD + within, hurry(row.what, row.urgency, row.risk), _hour(stands))
    own = row.case if row.turn is None else f"{_hour(row):017d}"  # in the row of an organisation by their own hours
    return *hour, own, row.referral, row.what, row.step


def _in_turn(row: Due) -> Due:
    """The row as its organisation stands."""
    return row if row.turn is None else replace(row, first=row.turn[0], at=row.turn[1], quiet_until=None)


def cases_in_order(lists: Cards) -> list[str]:
    """The codes of the cases of which a row is red or urgent, as their first rows stand on Today."""
    return list(dict.fromkeys(row.case for row in _red(lists) if row.case))


def referrals_in_order(lists: Cards) -> list[str]:
    """The numbers of the referrals of which a row is red or urgent, as they stand on Today."""
    return list(dict.fromkeys(row.referral for row in _red(lists) if row.referral))


def _red(lists: Cards) -> Iterator[Due]:
    """All that is red or urgent, the gravest first: one order for the team and for whoever supervises it, whose Today
    has what is theirs to say apart (ADR 0166).
    """
    return (row for card in RED for row in lists[card])


def by_time(rows: Sequence[Due]) -> bool:
    """Whether the hours of these run one after the other; whoever stands first with a reason is passed over."""
    hours = [_hour(row) for row in rows if not (row.before or row.place_before)]
    return hours == sorted(hours)


def _in_order(card: str, rows: Iterable[Due]) -> tuple[Due, ...]:
    """The rows in their order. Who stands above an earlier hour says why."""
    found = sorted(rows, key=lambda row: place(card, row))
    if card not in RED:
        return tuple(found)
    alike = _homeless if card in NOW else _gravity
    return tuple(
        replace(
            row,
            before=bool(row.first) and any(alike(other) == alike(row) for other in _earlier(row, found[number + 1 :])),
            place_before=row.awaits_place and any(not _homeless(other) for other in _earlier(row, found[number + 1 :])),
        )
        for number, row in enumerate(found)
    )


def _earlier(row: Due, below: list[Due]) -> list[Due]:
    """Of the rows below those whose hour runs out earlier. Who waits for the coordinator says so, and why it waits."""
    return [other for other in below if _hour(other) < _hour(row) and not other.is_with_coordinator]


def _standing(row: Due) -> int:
    """Who has no place for tonight, then everybody else; in each a child, danger or high risk first, and among equals
    whoever did not arrive.

    In each what the coordinator was called about stands below what nobody has called about, and among her equals
    whoever has no number below whom she can call. A child about whom she was called
    herself stands above all, and after that whoever was told yes and waits for what became a no.
    """
    if row.what in (CHILD_TOLD, NO_AFTER_YES):
        return 0 if row.what == CHILD_TOLD else 1
    called = 4 if row.is_with_coordinator else 2 if row.is_said_to_have_come else 0
    mute = row.what in NATIONAL and row.slug and not (row.phone or (row.sender_untold and row.sender_phone))
    return 3 * ((0 if _homeless(row) else 6) + (0 if row.first else 1) + called) + (
        0 if row.missing or row.not_here or row.not_with_them else 2 if mute else 1
    )


def _homeless(row: Due) -> bool:
    lacks = row.no_place or row.awaits_place or row.unplaced
    return lacks or row.missing or row.not_here or row.not_with_them


def _hour(row: Due) -> int:
    """When its time runs out. Of whom nobody is asked for a place or a doctor it has; what has no time stands last."""
    if (row.no_place and not row.danger) or row.missing or row.not_here or _asks_now(row):
        return 0
    when = row.started_at if row.danger else row.at or start_of(row.on)
    return _NEVER if when is None else int(when.timestamp() * 1_000_000)


def is_unasked_emergency(row: Due) -> bool:
    """Emergency care was asked for, none came of it, and nobody is asked for it since: other help calms nothing."""
    ended = row.stopped and row.what != "stopped.missed"
    return ended and row.service == EMERGENCY and row.since_help != EMERGENCY and not row.refused


def is_unasked_urgent(row: Due) -> bool:
    """Such care, or other help that was asked for at once: it stopped, and nobody is asked for it or for other help."""
    ended = row.stopped and row.what != "stopped.missed"
    nobody = row.urgency == URGENT and not (row.since_help or row.refused)
    return is_unasked_emergency(row) or (ended and nobody)


def _gravity(row: Due) -> int:
    """An urgent question, and somebody who is there already, stand first: both wait for the reader alone."""
    if row.what == FOUND:
        return -1  # whether somebody is where they are to sleep is asked before all else of the evening
    if row.is_said_to_have_come and not row.spoken:
        return OWN - 2  # of the others nobody knows anything
    if row.what in NATIONAL and not row.referral:
        return OWN - 1  # of a disputed result nobody waits for help
    if row.safe is not None and not _homeless(row):
        return OWN - 1  # another time is agreed: nobody is missing any more
    first = _homeless(row) or row.came_at is not None or (row.what == "question" and row.urgency == URGENT)
    return 0 if first else gravity(row.what, row.step, spoken=row.spoken)
