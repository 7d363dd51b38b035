"""Who called about a referral, and what came of it, as each of its two sides may read it (ADR 0121)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Case, Func, JSONField, Q, TextField, When

from hamkori import definer
from hamkori.casework.case.queries.arrival_calls import AT_ARRIVAL, OF_THE_ARRIVAL, PUT_BACK_THERE, UNSETTLED
from hamkori.casework.case.queries.coordination import (
    ENDS,
    NATIONAL,
    NATIONAL_HERE,
    REACHED,
    SENDER_HERE,
    TEAM,
    WORDS,
    YES_BEFORE,
    Call,
)
from hamkori.casework.case.queries.heard_before import better_before
from hamkori.casework.case.rules.clocks import RESTING
from hamkori.people.queries import shown

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

OURS: Final = {"S": TEAM, "N": NATIONAL}
"""Whose call it was, to the sender's side."""
HERE: Final = {"S": SENDER_HERE, "N": NATIONAL_HERE}
"""The same to the desk that was called, which reads only what one of its own said."""


@dataclass(frozen=True)
class Slip:
    """What was recorded and put back: a yes or a no, of a coordinator also where the person is. Whoever read it may
    have acted. `side`: whose call it was.
    """

    side: str
    answer: str
    at: datetime
    undone_at: datetime


class Calls(Func):
    """Beside a referral: the calls about it that its reader may read, the newest first."""

    function = "referral_calls"
    output_field = JSONField()
    arity = 1


class Heard(Func):
    """Beside a referral, for its sender's side: what came of the call that counts (`counting`)."""

    function = "referral_heard"
    output_field = TextField()
    arity = 1


def heard_while(state: str, key: str) -> Case:
    """The same, asked of those alone whose first answer is awaited. `state`: where that stands."""
    return Case(When(Q(**{state: "sent"}), then=Heard(key)), default=None, output_field=TextField())


def calls_of_stopped(state: str, key: str) -> Case:
    """The same of those that gave no help: what was said there before; of who did not come, what was said since."""
    ended = Q(**{f"{state}__in": ("declined", "lapsed", "accepted")})
    return Case(When(ended, then=Calls(key)), default=None, output_field=JSONField())


def calls_while(state: str, key: str, *, also: str = "accepted") -> Case:
    """The calls, of those alone that somebody may call about: they were asked, or accepted, or are `also` so."""
    asked = Q(**{f"{state}__in": ("sent", "accepted", also)})
    return Case(When(asked, then=Calls(key)), default=None, output_field=JSONField())


def calls_of_said(referral: str) -> Case:
    """The calls, of those alone of whose arrival the sender's side has said something that rests. `referral`: the way
    there.
    """
    said = Q(**{f"{referral}__state_code": "accepted", f"{referral}__heard_code__in": RESTING})
    return Case(When(said, then=Calls(f"{referral}_id")), default=None, output_field=JSONField())


def of_sender(read: Any) -> tuple[Call, ...]:
    """To the sender's side, of what was read with `calls`. That somebody said where the person is, and that this was
    put back, stands among them with the time of the putting back: until then the sender's side could act on it.
    """
    said = _calls(getattr(read, "calls", None), OURS)
    put_back = [Call(side=NATIONAL, answer=PUT_BACK_THERE, at=one.undone_at) for one in slips(read) if is_of_there(one)]
    return tuple(sorted((*said, *put_back), key=lambda one: one.at, reverse=True)) if put_back else said


def is_of_there(one: Slip) -> bool:
    """Whether it was about where the person is."""
    return one.answer in AT_ARRIVAL


def said_here(read: Any) -> tuple[Call, ...]:
    """To the desk that was called, of what was read with it."""
    return _calls(getattr(read, "calls", None), HERE)


def slips(read: Any) -> tuple[Slip, ...]:
    """To the sender's side: what was put back since, of its own calls and of a coordinator's."""
    said = getattr(read, "calls", None) or ()
    return tuple(
        Slip(OURS[one["side"]], one["answer"], datetime.fromisoformat(one["at"]), datetime.fromisoformat(one["undone"]))
        for one in said
        if one.get("undone")
    )


def calls_now(referral: UUID) -> tuple[Call, ...]:
    """To the sender's side, asked now."""
    said = definer.value("referral_calls", referral)
    return _calls(json.loads(said) if isinstance(said, str) else said, OURS)


def _calls(said: Iterable[Any] | None, sides: dict[str, str]) -> tuple[Call, ...]:
    return tuple(
        Call(
            side=sides[one["side"]],
            answer=one["answer"],
            at=datetime.fromisoformat(one["at"]),
            was=one.get("was", ""),
            by=shown(one.get("by", "")),
        )
        for one in said or ()
        if not one.get("undone")
    )


def own(calls: Iterable[Call], since: datetime | None = None) -> tuple[Call, ...]:
    """Of these the calls of the sender's side; `since`: those after it."""
    return tuple(one for one in calls if one.side == TEAM and (since is None or one.at > since))


def last_no(calls: Iterable[Call], agreed_at: datetime | None) -> Call | None:
    """The no by telephone that is their last word, for who the person is now. `agreed_at`: when they accepted; then it
    counts only if it came later. None: there is none.
    """
    said = next((one for one in calls if one.answer in ("said_yes", "said_no")), None)
    if said is None or said.answer != "said_no" or (agreed_at is not None and said.at <= agreed_at):
        return None
    return said if is_for_now(said, accepted=agreed_at is not None) else None


def of_side(said: Iterable[Any] | None) -> tuple[Call, ...]:
    """The same of what was read with others in one row."""
    return _calls(said, OURS)


def told_after(calls: Iterable[Call], ended_at: datetime) -> datetime | None:
    """When the sender's side told those who had said yes that nobody comes, after it had ended; None: it did not."""
    return next((one.at for one in own(calls) if one.answer == "reached" and one.at >= ended_at), None)


def counting(calls: Iterable[Call]) -> Call | None:
    """Which counts while the first answer is awaited: a yes for who the person is, while it is the last yes or no, and
    no later call takes it away, which brought neither; else the last of the sender's side, or of a coordinator who
    heard something there. `call_that_counts` in walls/59_whom_to_call.sql says the same.
    """
    calls = tuple(calls)
    yes = next((one for one in calls if one.answer in ENDS), None)
    if yes is not None and yes.answer == "said_yes":
        return yes
    heard = (*REACHED, "said_no", YES_BEFORE)
    return next((one for one in calls if one.side == TEAM or one.answer in heard), None)


def pressed(one: Call) -> str:
    """What was pressed, whatever came to light since: the history says it."""
    return "said_yes" if one.answer == YES_BEFORE else one.answer


def yes_before(calls: Iterable[Call]) -> Call | None:
    """Where the last that was said there is a yes from before the age was put right: that one. They are called again.
    `said_yes_before` in walls/59_whom_to_call.sql says the same.
    """
    said = (one for one in calls if one.answer in ENDS or (one.side == TEAM and one.answer in REACHED))
    last = next(said, None)
    return last if last is not None and last.answer == YES_BEFORE else None


def heard_there(found: Referral, calls: Iterable[Call]) -> Call | None:
    """What a desk told a coordinator last of who is expected there, while nothing newer was said: another time was
    agreed, or the sender's side has said something itself. `referral_not_with_them` in walls/59_whom_to_call.sql says
    the same.
    """
    last = _told(found, calls)
    return last if last is not None and (found.heard_at is None or last.at > found.heard_at) else None


def unsettled(found: Referral, calls: Iterable[Call]) -> Call | None:
    """The same; or what the sender's side has said since without settling it: that the person came to where they are
    not, or the other way round. It stands until somebody settles it: that desk, or a coordinator who calls once more.
    """
    last = _told(found, calls)
    if last is None or found.heard_at is None or last.at > found.heard_at:
        return last
    return last if last.answer in UNSETTLED.get(found.heard_code, ()) else None


def _told(found: Referral, calls: Iterable[Call]) -> Call | None:
    if found.state_code != "accepted" or found.missed_at is not None:
        return None
    last = next((one for one in calls if one.side == NATIONAL and one.answer in OF_THE_ARRIVAL), None)
    return last if last is not None and (found.agreed_at is None or last.at > found.agreed_at) else None


def no_since(found: Referral, calls: Iterable[Call]) -> Call | None:
    """Of one that was accepted: that they said no on the telephone since, and no yes after it. Nobody there waits for
    the person, and their bed is none. `referral_no_since` in walls/59_ages.sql says the same.
    """
    came = found.heard_code == "came" and found.missed_at is None
    if found.state_code != "accepted" or found.agreed_at is None or came:
        return None
    last = next((one for one in own(calls, since=found.agreed_at) if one.answer in ENDS), None)
    return last if last is not None and last.answer == "said_no" else None


def no_heard(found: Referral, calls: Sequence[Call]) -> Call | None:
    """The same; or of one whose first answer is awaited, that what counts is a no."""
    last = counting(calls) if found.state_code == "sent" else None
    return last if last is not None and last.answer == "said_no" else no_since(found, calls)


def is_for_now(one: Call, *, accepted: bool) -> bool:
    """Whether a no is said first: also for another age of who had accepted; of who is asked, for that of now alone."""
    return accepted or not one.was


def had_said_yes(found: Referral, calls: Iterable[Call]) -> Call | None:
    """Of one that was declined or expired: that they had said yes on the telephone, and no "no" after it."""
    if found.state_code not in ("declined", "lapsed") or found.agreed_at is not None:
        return None
    last = next((one for one in calls if one.answer in ENDS), None)
    return last if last is not None and last.answer == "said_yes" else None


def says_yes(calls: Iterable[Call]) -> bool:
    """Whether the last yes or no that was said there is a yes, and for who the person is. `referral_arrange` in
    walls/59_arranged.sql asks the same.
    """
    return next((one.answer for one in calls if one.answer in ENDS), "") == "said_yes"


def is_turned_to_no(calls: Iterable[Call], undone: Iterable[Slip] = ()) -> bool:
    """Whether the last that was said there is a no, or that a yes was put back, and a yes before it: the person may
    have been told of that.
    """
    last = [answer for _at, answer in turns(calls, undone)[:2]]
    return last in (["said_no", "said_yes"], ["", "said_yes"])


TAKEN_BACK_WITHIN: Final = timedelta(hours=24)
"""So long a call can be taken back: `referral_call` in walls/59_call_said.sql says the same."""


def takes_back(found: Referral, which: datetime | None, at: datetime) -> bool:
    """Whether the own call of that moment still counts, can be taken back, and the referral stands as it did then."""
    moments = (found.sent_at, found.agreed_at, found.served_at, found.finished_at, found.ended_at)
    since = max(filter(None, moments), default=None)
    one = next((one for one in own(calls_now(found.pk)) if one.at == which), None)
    return to_take_back(one, at) is not None and (since is None or (which is not None and which >= since))


def to_take_back(one: Call | None, at: datetime) -> Call | None:
    """The same, where it is a call of the sender's side that can be taken back as a slip (ADR 212); else None."""
    return one if one is not None and one.side == TEAM and at < one.at + TAKEN_BACK_WITHIN else None


def turns(calls: Iterable[Call], undone: Iterable[Slip] = ()) -> list[tuple[datetime, str]]:
    """How the last yes or no that was said there stood from each moment on, the newest first: its answer, or '' where
    it was put back and nothing was said before it. `telephone_turns` in walls/59_arranged.sql says the same.
    """
    said: list[tuple[datetime, str, datetime | None]] = [(one.at, one.answer, None) for one in calls]
    said += [(one.at, one.answer, one.undone_at) for one in undone]
    said = sorted((one for one in said if one[1] in ENDS), reverse=True)
    moments = {one[0] for one in said} | {one[2] for one in said if one[2] is not None}

    def stood(at: datetime) -> str:
        return next((answer for then, answer, until in said if then <= at and (until is None or until > at)), "")

    return [(at, stood(at)) for at in sorted(moments, reverse=True)]


def no_from(calls: Iterable[Call], undone: Iterable[Slip] = ()) -> datetime | None:
    """Since when the last yes or no that was said there is a no, or a yes was put back; `telephone_no` in
    walls/59_arranged.sql.
    """
    found = turns(calls, undone)
    if all(answer in ("said_no", "") for _at, answer in found) and found and not found[0][1]:
        return None  # a no alone was put back
    run = takewhile(lambda turn: turn[1] in ("said_no", ""), found)
    return min((at for at, _answer in run), default=None)


def yes_from(calls: Iterable[Call], undone: Iterable[Slip] = ()) -> datetime | None:
    """When the last yes there was said, or came to count again; None: there was none."""
    return next((at for at, answer in turns(calls, undone) if answer not in ("said_no", "")), None)


def once(calls: Iterable[Call]) -> list[Call]:
    """Of calls that brought the same from the same side, one after the other, the newest alone: pressed twice, it is
    said once. How often nobody was reached stays.
    """
    found: list[Call] = []
    for one in calls:
        last = found[-1] if found else None
        again = last is not None and (last.side, last.body, last.answer) == (one.side, one.body, one.answer)
        if not (again and one.answer in (*REACHED, "said_no", YES_BEFORE)):
            found.append(one)
    return found


DIFFER_WITHIN: Final = timedelta(hours=3)
"""So long before the last yes or no the contrary counts as an answer to the same question."""


def contrary(calls: Iterable[Call]) -> Call | None:
    """The answer before the last that was said there by telephone, where somebody else heard the opposite within
    hours: they are called once more before anybody sets out (ADR 0222). The last one decides what stands. None: they
    agree, one caller heard both, or the last but one says the same again.
    """
    said = [one for one in calls if one.answer in ("said_yes", "said_no")][:2]
    if len(said) < 2 or said[0].answer == said[1].answer or said[0].at - said[1].at > DIFFER_WITHIN:
        return None
    last, before = said
    return before if (last.side, last.by) != (before.side, before.by) else None


def second(calls: Sequence[Call], first: Call | None) -> Call | None:
    """What stands beside the call that is said first: the good news that a later one does not undo, else the last. The
    last yes or no stands alone: what was said there before it holds no more. Beside a yes stands what a call after it
    brought. An answer that says the contrary stands before all (`contrary`).
    """
    if first is not None and first.answer in ENDS and (against := contrary(calls)) is not None:
        return against
    yes = first is not None and first.answer == "said_yes"
    later = (one for one in calls if first is not None and one.at > first.at and one.answer not in WORDS)
    if yes and (newest := next(later, None)) is not None:
        return newest
    better = better_before(calls)
    if better is not None and better != first:
        return better
    answered = first is not None and first.answer in ENDS
    over = (*REACHED, "said_no", YES_BEFORE) if answered else ()
    return next(
        (
            one
            for one in once(calls)[:2]
            if one != first and one.answer not in WORDS and not (first and one.at <= first.at and one.answer in over)
        ),
        None,
    )


def standing(calls: Iterable[Call]) -> list[Call]:
    """What counts to a desk of what its own said on the telephone: the last yes or no alone; beside a word that they
    call back, what was said before it.
    """
    found = once(calls)[:2]
    return found[:1] if found and found[0].answer in ENDS else found
