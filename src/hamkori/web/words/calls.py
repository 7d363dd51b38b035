"""Who has called about a referral that is late, in words: the coordinator's page and her Today say it alike."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.arrival_calls import AT_ARRIVAL, CLOCK, NOT_WITH_THEM, PUT_BACK_THERE, UNSETTLED
from hamkori.casework.case.queries.child_calls import PUT_BACK
from hamkori.casework.case.queries.coordination import (
    CLOSED_THERE,
    COORDINATOR,
    ME,
    NATIONAL,
    NATIONAL_HERE,
    REACHED,
    SENDER_HERE,
    SPOKEN,
    TEAM,
    WORDS,
    YES_BEFORE,
    Call,
)
from hamkori.casework.case.queries.put_back import just_said
from hamkori.casework.case.queries.untold import TAKEN_BACK
from hamkori.casework.referral.queries.calls import counting, second
from hamkori.casework.referral.queries.closed_there import Ends
from hamkori.web.kit import moments
from hamkori.web.words import arrival, lists

CALLED: Final = {
    (ME, "reached"): gettext_lazy("You called %(when)s: reached"),
    (ME, "not_reached"): gettext_lazy("You called %(when)s: not reached"),
    (ME, "promised"): gettext_lazy("You called %(when)s: an answer was promised"),
    (ME, "said_yes"): gettext_lazy("You called %(when)s: yes, not confirmed in Hamkori yet"),
    (ME, "said_no"): gettext_lazy("You called %(when)s: no, not confirmed in Hamkori yet"),
    (ME, "calls_back"): gettext_lazy("You called %(when)s: they will call back"),
    (ME, "sender"): gettext_lazy("You called the sender %(when)s"),
    (ME, "no_sender"): gettext_lazy("You called the sender %(when)s: not reached"),
    (COORDINATOR, "no_sender"): gettext_lazy("Another coordinator called the sender %(when)s: not reached"),
    (COORDINATOR, "sender"): gettext_lazy("Another coordinator called the sender %(when)s"),
    (COORDINATOR, "reached"): gettext_lazy("Another coordinator called %(when)s: reached"),
    (COORDINATOR, "not_reached"): gettext_lazy("Another coordinator called %(when)s: not reached"),
    (COORDINATOR, "promised"): gettext_lazy("Another coordinator called %(when)s: an answer was promised"),
    (COORDINATOR, "said_yes"): gettext_lazy("Another coordinator called %(when)s: yes, not confirmed in Hamkori yet"),
    (COORDINATOR, "said_no"): gettext_lazy("Another coordinator called %(when)s: no, not confirmed in Hamkori yet"),
    (COORDINATOR, "calls_back"): gettext_lazy("Another coordinator called %(when)s: they will call back"),
    (ME, YES_BEFORE): gettext_lazy("You called %(when)s: yes, but the summary was changed"),
    (COORDINATOR, YES_BEFORE): gettext_lazy("Another coordinator called %(when)s: yes, but the summary was changed"),
    (NATIONAL, "reached"): gettext_lazy("The coordinator called %(when)s: reached"),
    (NATIONAL, "not_reached"): gettext_lazy("The coordinator called %(when)s: not reached"),
    (NATIONAL, "promised"): gettext_lazy("The coordinator called %(when)s: an answer was promised"),
    (NATIONAL, "said_yes"): gettext_lazy("The coordinator called %(when)s: yes, not confirmed in Hamkori yet"),
    (NATIONAL, "said_no"): gettext_lazy("The coordinator called %(when)s: no, not confirmed in Hamkori yet"),
    (NATIONAL, "calls_back"): gettext_lazy("The coordinator called %(when)s: they will call back"),
    (SENDER_HERE, "said_yes"): gettext_lazy("The sender called %(when)s: somebody of yours said yes"),
    (SENDER_HERE, "said_no"): gettext_lazy("The sender called %(when)s: somebody of yours said no"),
    (SENDER_HERE, "calls_back"): gettext_lazy("The sender called %(when)s: somebody of yours will call back"),
    (NATIONAL, YES_BEFORE): gettext_lazy("The coordinator called %(when)s: yes, without knowing the corrected age"),
    (SENDER_HERE, YES_BEFORE): gettext_lazy(
        "The sender called %(when)s: somebody of yours said yes, before the age was corrected"
    ),
    (NATIONAL_HERE, YES_BEFORE): gettext_lazy(
        "The coordinator called %(when)s, without knowing the corrected age: somebody of yours said yes"
    ),
    (ME, "with_them"): gettext_lazy("You called %(when)s: they say that the person is with them"),
    (ME, NOT_WITH_THEM): gettext_lazy("You called %(when)s: they say that the person is not with them"),
    (ME, "not_known"): gettext_lazy("You called %(when)s: they do not know yet whether the person is with them"),
    (COORDINATOR, "with_them"): gettext_lazy(
        "Another coordinator called %(when)s: they say that the person is with them"
    ),
    (COORDINATOR, NOT_WITH_THEM): gettext_lazy(
        "Another coordinator called %(when)s: they say that the person is not with them"
    ),
    (COORDINATOR, "not_known"): gettext_lazy(
        "Another coordinator called %(when)s: they do not know yet whether the person is with them"
    ),
    (NATIONAL, "with_them"): gettext_lazy("The coordinator called %(when)s: they say that the person is with them"),
    (NATIONAL, NOT_WITH_THEM): gettext_lazy(
        "The coordinator called %(when)s: they say that the person is not with them"
    ),
    (NATIONAL, "not_known"): gettext_lazy(
        "The coordinator called %(when)s: they do not know yet whether the person is with them"
    ),
    (NATIONAL, PUT_BACK_THERE): gettext_lazy(
        "The coordinator put back %(when)s what they had recorded of where the person is: it was a mistake"
    ),
    (NATIONAL_HERE, "with_them"): gettext_lazy(
        "The coordinator called %(when)s: somebody of yours said that the person is with you"
    ),
    (NATIONAL_HERE, NOT_WITH_THEM): gettext_lazy(
        "The coordinator called %(when)s: somebody of yours said that the person is not with you"
    ),
    (NATIONAL_HERE, "not_known"): gettext_lazy(
        "The coordinator called %(when)s: somebody of yours did not know yet whether the person is with you"
    ),
    (NATIONAL_HERE, "said_yes"): gettext_lazy("The coordinator called %(when)s: somebody of yours said yes"),
    (NATIONAL_HERE, "said_no"): gettext_lazy("The coordinator called %(when)s: somebody of yours said no"),
    (NATIONAL_HERE, "calls_back"): gettext_lazy("The coordinator called %(when)s: somebody of yours will call back"),
}
OURS: Final = {
    "reached": gettext_lazy("Your team called %(when)s: reached"),
    "not_reached": gettext_lazy("Your team called %(when)s: not reached"),
    "promised": gettext_lazy("Your team called %(when)s: an answer was promised"),
    "said_yes": gettext_lazy("Your team called %(when)s: yes, not confirmed in Hamkori yet"),
    "said_no": gettext_lazy("Your team called %(when)s: no, not confirmed in Hamkori yet"),
    "calls_back": gettext_lazy("Your team called %(when)s: they will call back"),
    YES_BEFORE: gettext_lazy("Your team called %(when)s: yes, before the age was corrected"),
    "coordinator": gettext_lazy("Your team called the coordinator %(when)s: reached"),
    "no_coordinator": gettext_lazy("Your team called the coordinator %(when)s: not reached"),
}
"""To the sender's own side: its team, or the supervisor."""
SENDER: Final = {
    "reached": gettext_lazy("%(organisation)s called %(when)s: reached"),
    "not_reached": gettext_lazy("%(organisation)s called %(when)s: not reached"),
    "promised": gettext_lazy("%(organisation)s called %(when)s: an answer was promised"),
    "said_yes": gettext_lazy("%(organisation)s called %(when)s: yes, not confirmed in Hamkori yet"),
    "said_no": gettext_lazy("%(organisation)s called %(when)s: no, not confirmed in Hamkori yet"),
    "calls_back": gettext_lazy("%(organisation)s called %(when)s: they will call back"),
    YES_BEFORE: gettext_lazy("%(organisation)s called %(when)s: yes, but the summary was changed"),
    "coordinator": gettext_lazy("%(organisation)s called the coordinator %(when)s: reached"),
    "no_coordinator": gettext_lazy("%(organisation)s called the coordinator %(when)s: not reached"),
}
SIDES: Final = {
    ME: gettext_lazy("You called %(when)s"),
    COORDINATOR: gettext_lazy("Another coordinator called %(when)s"),
    "SV": gettext_lazy("%(organisation)s: the supervisor called %(when)s"),
    "S": gettext_lazy("%(organisation)s: the team called %(when)s"),
}
"""Of a call without an answer: older rows of the record, and the sender's."""


def place(of: str) -> str:
    """Where on Today it stands of which a call was: a referral by its number, else an organisation by its slug."""
    return f"r{of}"


def at_warning(of: str) -> str:
    """Where on Today it stands that the person, who may be on the way there, is told not to go."""
    return f"w{of}"


FIRST_ANSWER: Final = ("", "answer", CLOSED_THERE)
"""Clocks of what waits for its first answer, late or not: of that it is kept what was said on the telephone."""
ANSWERS: Final = {
    "reached": gettext_lazy("Reached"),
    "not_reached": gettext_lazy("Not reached"),
    "sender": gettext_lazy("I called the sender"),
    "no_sender": gettext_lazy("Sender not reached"),
    PUT_BACK: gettext_lazy("Undo"),
}
"""The buttons of a call: each is its answer."""


def answers(*more: str, of_one: str | None = None, phone: bool = True) -> list[tuple[str, str]]:
    """The buttons of a call of the coordinator, in their order. `of_one`: the clock of the one that it was about: of a
    first answer, and of whether somebody came, it is kept what was said there. Where no `phone` is recorded nobody can
    have been reached.
    """
    kept = SPOKEN if of_one in FIRST_ANSWER else AT_ARRIVAL if of_one == CLOCK else ("reached",)
    said = kept if phone else ()
    return [(one, str(ANSWERS.get(one) or lists.label("call_answer", one))) for one in (*said, "not_reached", *more)]


def is_answered(calls: Sequence[Call], at: datetime, *, sender_next: bool) -> bool:
    """Whether somebody there has answered about it in this call: just now, or its sender has still to be told. Then
    that nobody was reached is said of the others alone.
    """
    newest = next((one for one in calls if one.side in (ME, COORDINATOR)), None)
    heard = newest is not None and newest.answer in SPOKEN
    return heard and (sender_next or just_said(calls, at))


SAVED: Final = {
    "said_yes": gettext_lazy("Saved: %(body)s said yes by telephone. In Hamkori it is still open."),
    "said_no": gettext_lazy("Saved: %(body)s said no by telephone. It is still open."),
    "calls_back": gettext_lazy("Saved: %(body)s will call back. Their answer is still open."),
}
"""What a message says of what was said on the telephone; the sender's page and the coordinator's alike."""


def both(before: Call | None, now: datetime) -> str:
    """What a message says beside a call that reached nobody: the better news that was recorded before it; else ''."""
    return _("Recorded before: %(call)s.") % {"call": called(before, now)} if before is not None else ""


def called(one: Call, now: datetime, service: str = "") -> str:
    """A call in words: who, when, and what came of it; of an arrival by the kind of help."""
    name = one.body.name(lists.language()) if one.body else _("An organisation that no longer takes part")
    if one.side == TEAM:
        return _ours(one, now)
    if one.answer in WORDS:
        return arrival.say(f"sender_{one.answer}", service, organisation=name, when=moments.moment(one.at, now))
    said = CALLED.get((one.side, one.answer)) or SENDER.get(one.answer) or SIDES.get(one.side, SIDES["S"])
    return str(said) % {"organisation": name, "when": moments.moment(one.at, now)}


def _ours(one: Call, now: datetime) -> str:
    """A call of one's own side: the colleague who called by name, where that is known."""
    said = NAMED_BEFORE if one.answer == YES_BEFORE else SENDER[one.answer]
    return str(said if one.by else OURS[one.answer]) % {"organisation": one.by, "when": moments.moment(one.at, now)}


NAMED_BEFORE: Final = gettext_lazy("%(organisation)s called %(when)s: yes, before the age was corrected")
"""Of a colleague, who stands where an organisation stands to the coordinator."""

ONCE_MORE: Final = gettext_lazy("They said both: call once more before anybody sets out")
"""Beside two opposite answers of one desk (`contrary`)."""


def once_more(first: Call | None, beside: Call | None) -> str:
    """That two calls which stand beside each other brought the contrary; '' where they did not."""
    said = {one.answer for one in (first, beside) if one is not None}
    return str(ONCE_MORE) if said == {"said_yes", "said_no"} else ""


UNTOLD: Final = gettext_lazy("the sender reads this in Hamkori: call them too")
"""After a call of a coordinator, until she says that she called them: it is urgent, and read once somebody looks."""

CHANGED: Final = gettext_lazy("the summary was changed, and the yes does not count: call the sender")
"""The same where a yes was for somebody of another age; she is told no age (ADR 0123)."""


SLIPPED: Final = gettext_lazy("an answer was put back that the sender could read")
"""The same where that was a slip of a coordinator: the person may have been told to come, or not to."""


def owed_to_sender(calls: Iterable[Call], why: str) -> str:
    """Why the sender is called, where something is to tell (`untold`); by the calls that stand beside it."""
    if why == TAKEN_BACK:
        return str(SLIPPED)
    return str(CHANGED if any(one.answer == YES_BEFORE for one in calls) else UNTOLD)


MEANWHILE: Final = gettext_lazy(
    "Not saved yet. Recorded meanwhile: %(call)s. If your call came later, say here once more what came of it."
)


def meanwhile(read_at: str, calls: Sequence[Call], answer: str, now: datetime) -> str:
    """Where something else was heard there since the page was read on which `answer` was pressed: what, and that it has
    to be pressed again; else ''. A page that does not say when it was read presses as ever.
    """
    if (read := read_of(read_at)) is None:
        return ""
    # Of what the sender said of an arrival only what this press would contradict.
    contrary = [word for word in WORDS if answer in UNSETTLED[word]]
    heard = (one for one in calls if one.answer in (*REACHED, *AT_ARRIVAL, "said_no", *contrary) and one.at > read)
    newest = next(heard, None)
    if newest is None or newest.answer == answer:
        return ""
    return str(MEANWHILE) % {"call": called(newest, now)}


AGE_MEANWHILE: Final = gettext_lazy(
    "Not saved yet. The age was corrected since this page was opened. If they said so of the person as the page says"
    " now, say here once more what came of it."
)


def expires_first(both: Ends | None, now: datetime) -> str:
    """After a yes by telephone: what becomes of it where the referral expires before their desk opens. `both`: when it
    expires, and when they open; '' where somebody there can accept it in time.
    """
    if both is None or both[1] is None:
        return ""
    said = _(
        "This yes counts as said by telephone, not as confirmed. The referral itself expires %(expires)s, before they "
        "open: then what you sent is deleted, also hour and meeting point. Send it again when they open (%(opens)s), "
        "and ask them to accept it then."
    )
    return said % {"expires": moments.moment(both[0], now), "opens": moments.moment(both[1], now)}


def waits(both: Ends | None, now: datetime) -> str:
    """After a yes by telephone, where somebody there can accept it in time: until when it waits for that."""
    if both is None or both[1] is not None:
        return ""
    return _("It waits until %(when)s for them to accept.") % {"when": moments.moment(both[0], now)}


OF_AN_AGE: Final = ("said_yes", "said_no")
"""What an organisation says of somebody of one age, and of nobody else."""


def read_of(read_at: str) -> datetime | None:
    """When the page was read, as its form says; None where it does not say."""
    try:
        read = datetime.fromisoformat(read_at)
    except ValueError:
        return None
    return read if read.tzinfo else None


def in_a_row(calls: Sequence[Call], now: datetime) -> list[str]:
    """The call that counts of those that its sender's side reads, and another beside it."""
    counts = counting(calls)
    beside = second(calls, counts)
    said = [called(one, now) for one in (counts, beside) if one is not None]
    return [*said, *filter(None, [once_more(counts, beside)])]


def closed(opens: datetime | None, now: datetime) -> str:
    """Until when a desk is closed; '' where it is open, or nothing is known."""
    return (
        _("the organisation is closed until %(opens)s") % {"opens": moments.moment(opens, now)}
        if opens is not None
        else ""
    )


def of_all(said: Iterable[str]) -> str:
    """What is the same of all that one organisation owes, to be said once above it; '' where it differs."""
    found = set(said)
    return found.pop() if len(found) == 1 else ""


def not_said(clock: str, service: str, calls: Iterable[Call | None]) -> str:
    """What is late where it is no first answer: nobody there has said whether the person came. Else '', also where the
    calls beside it say what was said on the telephone.
    """
    told = any(one is not None and one.answer in AT_ARRIVAL for one in calls)
    return arrival.say("not_said", service) if clock == CLOCK and not told else ""
