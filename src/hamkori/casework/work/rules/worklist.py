"""What stands on Today however far its time is, and what stands above what. Severity comes before time."""

from __future__ import annotations

from typing import Final

from hamkori.casework.referral.rules.card import AT_RISK, URGENT

SENDER_CLOCKS: Final = ("answer", "arrival", "confirm", "dispute")
"""Clocks a sender hears of: the sender confirms, and must know of the others when they have run out.

Of somebody who did not come there is a row from the moment when that was said.
"""
CASE_CLOCKS: Final = {"child": ("lead", "supervisor"), "consent": ("lead", "member", "supervisor")}
"""Clocks of a case -> whose they are."""
RECEIVER_CLOCKS: Final = ("arrival", "miss", "result", "dispute")
"""Clocks of those who have accepted a referral."""
ILL: Final = ("doctor", "doctor.alone")
"""Rows of whom nobody has asked a doctor for, who is needed today."""
FOUND: Final = "place.found"
"""A row of a place for tonight that was found: whether the person got there."""
STILL: Final = "place.still"
"""A row of who slept where no organisation has accepted them: whether they still do."""
GOES_ON: Final = "sent.goes_on"
"""A row of help that had begun when the person's word ended what was agreed: whether it goes on."""
CHILD: Final = "child.came"
"""A row of a child who came by referral: in the own case no clock says that child protection is told."""
OTHER_AGE: Final = "own.age"
"""A row of an own case of which the sender put the age right, and which still says another one."""
LEFT: Final = "got.left"
"""A row of who slept at a place and left it without a word, until the sender knows that they are safe."""
HELPED: Final = "got.result"
"""A row of who is being helped, until it is said how that ended."""
ASKS_ON: Final = "own.goes_on"
"""A row of an own case, whose referral the person's word ended while they were helped: whether that goes on."""
THERE: Final = "own.there"
"""A row of such a case while the person is there and nothing is asked: it was said that it goes on."""
SLEEPS_HERE: Final = "own.sleeps"
"""A row of who sleeps at the own organisation, as its own case says it: no referral brought them (ADR 256)."""
UNPLANNED: Final = "no_next_step"
"""A row of a case without a next step."""
ASK_ALONE: Final = "ask_alone"
"""The step that is planned once somebody rang in the person's name (ADR 0195)."""
NO_ADULT: Final = "no_adult"
"""A row of a child who said no to everything, beside what is planned and in place of a plan to ask: no adult who speaks
for the child is known.
"""
ADULT_FIRST: Final = "adult_first"
"""A row of a child for whom no adult has answered, beside another planned step: it replaces none."""
UNHEARD: Final = "unheard"
"""A row of a no to everything that somebody else brought: the person is asked, alone, whether it is so."""
BROUGHT: Final = "brought"
"""Of a row of help that the person's word ended: somebody else brought that word, and the person was not asked."""
WANTED: Final = "wanted"
"""The same, and the person was asked since: they want that help."""
MISSING: Final = "missing"
"""A row of who did not get there: whether they are safe."""
NEEDED: Final = "needed"
"""A row of what is needed besides a place and a doctor, and of which nobody was asked."""
NEEDS_ANEW: Final = "needs.anew"
"""A row of a case that was opened again, until it is said what is needed now, and whether somebody is in danger."""
LAST_NIGHT: Final = "own.last_night"
"""A row of who sleeps one more night where help has ended, and needs a place from the next morning (ADR 257)."""
SLEEPS_ON: Final = "got.last_night"
"""The same to those who said it, in whose place the person still is until that morning: a row of who is there."""
UNSENT: Final = "unsent"
"""A row of a referral that was written and not sent: nobody there knows of it."""
WAITS: Final = frozenset(
    {
        NEEDS_ANEW,
        LAST_NIGHT,
        UNSENT,
        FOUND,
        STILL,
        GOES_ON,
        NEEDED,
        ADULT_FIRST,
        UNHEARD,
        "child",
        CHILD,
        OTHER_AGE,
        LEFT,
        ASKS_ON,
        *ILL,
        "question",
        "part",
        "part.unshared",
        "draft",
        "desk.answer",
        "sent.confirm",
        "sent.waiting",
        "sent.doubt",
        "sent.disputed",
        *(f"got.{clock}" for clock in RECEIVER_CLOCKS),
    }
)
"""Rows that stand on Today from their beginning."""
GRAVITY: Final = (
    frozenset({"danger.draft", "danger.open", "danger.untold"}),  # danger, and nobody was asked for help or knows of it
    frozenset(
        {MISSING, "sent.arrival", "got.arrival", "stopped.missed", "got.miss", LEFT, "child", CHILD, OTHER_AGE}
    ),  # somebody may be missing
    frozenset(
        {"sent.answer", "desk.answer", "national.late", "national.unread", "sent.waiting", "sent.comes", "sent.doubt"}
    )
    | frozenset(ILL),  # somebody waits for help
    frozenset({"stopped.declined", "stopped.unaccepted"}),  # help has stopped
    frozenset({"stopped.lapsed"}),
    frozenset({UNHEARD, NEEDS_ANEW, "question", "part", "part.unshared", "consent", "got.dispute"})
    | frozenset({"got.result", "sent.confirm", "sent.dispute", "sent.disputed"}),
)
COME: Final = frozenset({"desk.answer", "got.arrival", "got.miss"})
"""Rows of a receiver about somebody who has not been helped yet."""
SET_BY_ITSELF: Final = frozenset({"signs"})
"""Next steps that registration writes: nobody has planned them, so they stand below every other."""


NATIONAL: Final = ("national.late", "national.unread")
"""Rows of the coordinator: whom to call, about which number."""
CHILD_TOLD: Final = "national.child"
"""A row of the coordinator, who was called about a child."""
NO_AFTER_YES: Final = "national.no"
"""A row of the coordinator: a yes by telephone that she may have passed on became a no."""
PHONED: Final = frozenset(
    {
        "sent.answer",
        "sent.waiting",
        "sent.doubt",
        "sent.arrival",
        "sent.dispute",
        GOES_ON,
        "national.late",
        "national.unread",
    }
)
"""Rows that say whom to call: where that desk can be reached stands beside them."""
WAITING: Final = "sent.waiting"
DOUBT: Final = "sent.doubt"
"""Who was asked or accepted does not say that they take the child that the person is, as was said since."""
COMES: Final = "sent.comes"
DISPUTED: Final = "sent.disputed"
CONFIRM: Final = "sent.confirm"
NOT_YET: Final = {"answer": WAITING, "arrival": COMES, "dispute": DISPUTED}
"""What a sender's clock is called while its time has not come: the first only of what is urgent."""


OWN: Final = len(GRAVITY)
"""From this gravity on nobody else waits for it: an own step."""


def hurry(what: str, urgency: str, risk: str) -> int:
    """Within one kind of row whoever waits for help: the urgent, then those at risk, as in the inbox."""
    if what not in COME:
        return 2
    return 0 if urgency == URGENT else 1 if risk in AT_RISK else 2


def gravity(what: str, step: str = "", *, spoken: bool = False) -> int:
    """Where a kind of row stands: 0 is the gravest. After those of GRAVITY own steps, such as nobody chose, drafts.

    `spoken`: a coordinator has reached somebody there today; the row stands behind those where nobody was.
    """
    if spoken:
        return OWN - 1
    if what in NATIONAL and step == URGENT:
        return 1  # the step of a coordinator's row is how soon an answer was needed
    if what == "draft":
        return OWN + 2
    if what == "next_step" and step in SET_BY_ITSELF:
        return OWN + 1
    return next((number for number, whats in enumerate(GRAVITY) if what in whats), OWN)
