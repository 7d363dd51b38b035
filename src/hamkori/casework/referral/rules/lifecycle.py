"""The lifecycle of a referral: 28 steps (docs/design/lifecycles.md#a-referral).

Rows of one name from one state are one step whose guards differ by side. `later` marks what is decided but not built:
transfers and letters. `take()` (lifecycle) asks the guards; `take` in the database asks its own of them once more and
writes what the row says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from hamkori.casework.case.rules.sides import Side
from hamkori.lifecycle import (
    ALL,
    NEW,
    NOW,
    PLUS_ONE,
    SAME,
    Guard,
    Machine,
    Notice,
    Step,
    Stored,
    both,
    database,
    guards,
    row,
)
from hamkori.refusal import ENDED

STATES = (
    "draft",
    "sent",
    "accepted",
    "serving",
    "finished",
    "disputed",
    "confirmed",
    "recalled",
    "declined",
    "lapsed",
    "withdrawn",
    "unaccepted",
    "discarded",
)
FINAL = ("confirmed", "recalled", "declined", "lapsed", "withdrawn", "unaccepted", "discarded")
TAKEN_BACK = ("recalled", "withdrawn")
"""Both sides read of these that the request has ended: who took it back, and why, is the sender's."""
KEPT_ENDINGS = tuple(dict.fromkeys(ENDED if state in TAKEN_BACK else state for state in FINAL))
"""The final states as a referral's own record has them."""
LIVE = ("sent", "accepted", "serving")
"""States in which a packet exists and can be read by somebody at the receiver."""
BLOCKS_CLOSING = ("sent", "accepted", "disputed")
"""With a referral in one of these the case cannot be closed
(docs/design/closing-and-reopening.md#what-blocks-closing)."""
TWIN = ("sent",)
"""A second referral for the same case and service waits while one of these does, unless that one is late."""

RESULTS: dict[str, tuple[str, ...]] = {
    "accepted": ("not_needed", "not_reached", "refused", "not_given"),
    "serving": ("given", "partly", "not_needed", "not_reached", "refused", "not_given"),
}
"""Results that `finish` may carry, by the state it starts from."""

STANDS: str = "stands"
"""The reason of `amend` that carries the same result as before: they stand by it."""
NO_NIGHT: str = "no_night"
"""The same, of who was said to sleep there one more night, and does not: that alone is corrected."""

REASON_LISTS: dict[str, str] = {
    "decline": "decline_reason",
    "recall": "recall_reason",
    "unaccept": "unaccept_reason",
    "lapse": "lapse_reason",
    "finish": "unaccept_reason",  # asked only with the result not_given
    "dispute": "dispute_reason",
    "amend": "amend_reason",
    "hear": "heard",
    "settle": "settle_reason",
    "call": "call_answer",
    "undo_call": "call_answer",
    "tell_person": "person_told",
    "warn_person": "person_warned",
    "call_sender": "sender_called",
    "serve": "came_as",
    "ask_part": "packet_section",
    "keep_part": "packet_section",
}
"""Code list of a step's `reason_code`; of `hear`, of what was heard, which its history keeps in the same place; of
`settle`, of what was said after it had stopped (ADR 96); of `ask_part` and `keep_part`, the part (ADR 0103, 0108); of
`call` and `undo_call`, what came of it (ADR 0106, 212); of `tell_person`, whether the person was told (ADR 0129); of
`warn_person` and `call_sender`, what was said after the receiver took back what was agreed (ADR 0131); of `serve`, that
it was pressed on a page from before the age was corrected (ADR 0167)."""
OTHER_AGE: Final = "other_age"
"""That reason."""

PART_STEPS = ("ask_part", "keep_part", "add")
"""Of these the newest says whether a part is asked for now."""


def fate(state: str) -> str:
    """A state as both sides may read it: one of STATES, or "ended"."""
    return ENDED if state in TAKEN_BACK else state


def conditions(state: str, side: str) -> frozenset[str]:
    """Which conditions of notices hold where a referral that stands so is ended from this side."""
    ends = side in (Side.SENDER, Side.SENDER_SUPERVISOR, Side.RECEIVER)
    return frozenset({AWAITED} if state == "accepted" and ends else ())


def blocking(referral_states: Iterable[str]) -> int:
    """How many referrals stand in the way of closing: they wait, were accepted, or their result is questioned."""
    return sum(state in BLOCKS_CLOSING for state in referral_states)


CONSENT = (*guards("consent_asked", "police_not_refused", "consent_not_refused"), *both("consent_live"))
"""In the order in which they are asked: a refused police row is said before any other refusal
(docs/design/access.md#refusals-in-order)."""
CHILD = ("child_speaker", "child_guardian_clear", "child_agrees")

AWAITED = "awaited"
_BED = Notice("closed", (Side.DESK,), when=AWAITED)
"""Who counts the beds reads it too, where it was ended before help began: the no may be somebody else's."""
_COLLEAGUES = Notice("closed", (Side.RECEIVER,), when=AWAITED)
"""The colleagues of the receiver who ended it so."""
_CHOOSE_AGAIN = Notice("choose_again", (Side.SENDER, Side.SENDER_SUPERVISOR))
_FINISH_NOTICES = (
    Notice("result", (Side.SENDER,)),
    Notice("choose_again", (Side.SENDER, Side.SENDER_SUPERVISOR), when="not_given"),
)
_SLEEPS = Guard("sleeps_there", when="one_more_night")
_FINISH_GUARDS = (
    Guard("result_given"),
    Guard("reason_given", when="not_given"),
    Guard("arrival_passed", when="nobody_came"),  # not before it can be said that they did not come (ADR 260)
    _SLEEPS,
)
_SEND_GUARDS = (
    *guards("vault_open"),
    *both("case_open"),
    *CONSENT,
    *database("police_not_refused"),
    *guards(*CHILD, "child_contact", when="child"),
    *both("section_agreed", "told_body"),
    *guards("body_allowed", "body_may_receive"),
    *database("body_may_receive"),
    *both("not_own_body"),
    *guards("service_active"),
    *both("desk_ready", "no_twin"),
    *guards("police_typed", when="police"),
    *guards("transfer_agreed", "no_other_waiting", when="transfer", later=True),
)

_DESTROY = "referral_effect_destroy"
"""Bodies and seals of the packet go, and a word that waited for its end."""
_FINISH = "referral_effect_finish"
"""The same but for the note of the result, which goes when that is confirmed."""
_TEAM = "referral_effect_team"
_MEETING = "referral_effect_meeting"
_STANDS = database("from_state")
"""Her word against it stands, though somebody held it: for everybody it has ended."""
_REASON = {"reason_code": "reason_code"}
_NIGHT = {"one_more_night": "one_more_night"}
_ARRIVAL = {"arrival_on": "arrival_on", "arrival_part_code": "arrival_part_code"}
_TEAM_RELEASED = {"joins": "", "leaves": ""}


def _ends(name: str, from_states: str, to_state: str, sides: tuple[str, ...], *asked: Guard, told: tuple[Notice, ...],
          sets: Mapping[str, object] | None = None, carries: Mapping[str, str] = _REASON) -> Step:  # fmt: skip
    """A row that ends a live request: nothing of its packet stays, and no clock runs on."""
    return row(
        name,
        from_states,
        to_state,
        sides,
        asked,
        sets={"ended_at": NOW, **(sets or {})},
        carries=carries,
        effects=(_DESTROY,),
        stops=ALL,
        noted=tuple(value for value in ("reason_code", "how_said_code") if value in carries),
        notices=told,
    )


_BUILT: tuple[Step, ...] = (
    row("write", NEW, "draft", (Side.SENDER,), guards("case_open", "vault_open"), door="referral_draft"),
    row("edit", "draft", "draft", (Side.SENDER,), guards("vault_open"), door="row security"),
    row("discard", "draft", "discarded", (Side.SENDER,), sets={"ended_at": NOW}, effects=("referral_effect_draft",),
        stops=ALL),
    # The clock discards what lay idle for clocks.DRAFT_IDLE.
    row("discard", "draft", "discarded", (Side.CLOCK,), database("time_passed"), sets={"ended_at": NOW},
        effects=("referral_effect_draft",), stops=ALL),
    row("send", "draft", "sent", (Side.SENDER,), _SEND_GUARDS,
        sets={"sent_at": NOW, "answer_due_at": None, "packets": 1},
        carries={"visible_at": "", "answer_due_at": "answer_due_at"}, effects=("referral_effect_send",),
        starts=("answer",), stops=ALL,
        notices=(Notice("new", (Side.DESK,)), Notice("closed_there", (Side.COORDINATOR,), when="closed_there"))),
    row("stop", "sent", "draft", (Side.SENDER,), (*_STANDS, *both("not_yet_visible")),
        sets={"sent_at": None, "visible_at": None, "answer_due_at": None, "packets": 0}, effects=(_DESTROY,),
        stops=ALL),
    row("ask", "sent", "sent", (Side.DESK,), (*_STANDS, *both("no_open_question", "under_three")),
        carries={"question_code": ""}, effects=("referral_effect_ask",), notices=(Notice("asked", (Side.SENDER,)),)),
    row("answer", "sent", "sent", (Side.SENDER,), (*_STANDS, *both("consent_live")), carries={"answer_code": ""},
        effects=("referral_effect_answer",), notices=(Notice("answered", (Side.DESK,)),)),
    row("accept", "sent", "accepted", (Side.DESK,),
        (*_STANDS, *both("consent_live"), *guards("vault_open"), *both("team_named", "arrival_given"),
          *guards("service_open")),
        sets={"answered_at": NOW, "agreed_at": NOW}, carries={**_ARRIVAL, "team": ""},
        effects=("referral_effect_arrival", _TEAM, "referral_effect_settle"), starts=("arrival",), stops=ALL,
        notices=(Notice("accepted", (Side.SENDER,)), Notice("task", (Side.RECEIVER,)))),
    _ends("decline", "sent", "declined", (Side.DESK,), *_STANDS, *guards("reason_given"), sets={"answered_at": NOW},
          carries={**_REASON, "suggested_service_code": "suggested_service_code"},
          told=(Notice("choose_again", (Side.SENDER,)),)),
    _ends("lapse", "sent", "lapsed", (Side.CLOCK,), *_STANDS, *database("time_passed"),
          told=(_CHOOSE_AGAIN, Notice("closed", (Side.DESK,)))),
    _ends("recall", "sent", "recalled", (Side.SENDER,), *_STANDS, *guards("reason_given"),
          sets={"+ending_code": "recalled"},
          carries={"reason_code": "+reason_code"}, told=(Notice("closed", (Side.DESK,)),)),
    # A supervisor, for a worker who is away: the team is told, and asks the person about the rest.
    _ends("recall", "sent", "recalled", (Side.SENDER_SUPERVISOR,), *_STANDS, *guards("reason_given"),
          sets={"+ending_code": "recalled"},
          carries={"reason_code": "+reason_code"}, told=(Notice("closed", (Side.DESK, Side.SENDER)),)),
    # The clock takes the same step where her word stands and somebody held the request, on the side of who heard it.
    _ends("withdraw", "sent", "withdrawn", (Side.SENDER,), *guards("how_said"), sets={"+ending_code": "withdrawn"},
          carries={"how_said_code": "+how_said_code"}, told=(Notice("closed", (Side.DESK,)),)),
    _ends("withdraw", "sent", "withdrawn", (Side.SENDER_SUPERVISOR,), *guards("how_said"),
          sets={"+ending_code": "withdrawn"},
          carries={"how_said_code": "+how_said_code"}, told=(Notice("closed", (Side.DESK, Side.SENDER)),)),
    _ends("withdraw", "accepted serving", "withdrawn", (Side.SENDER_SUPERVISOR,), *guards("how_said"),
          sets={"+ending_code": "withdrawn"},
          carries={"how_said_code": "+how_said_code"}, told=(Notice("closed", (Side.RECEIVER, Side.SENDER)), _BED)),
    _ends("withdraw", "accepted serving", "withdrawn", (Side.SENDER,), *guards("how_said"),
          sets={"+ending_code": "withdrawn"},
          carries={"how_said_code": "+how_said_code"}, told=(Notice("closed", (Side.OTHER,)), _BED)),
    _ends("withdraw", "accepted serving", "withdrawn", (Side.RECEIVER,), *guards("how_said"),
          sets={"+ending_code": "withdrawn"},
          carries={"how_said_code": "+how_said_code"}, told=(Notice("closed", (Side.OTHER,)), _COLLEAGUES, _BED)),
    _ends("recall", "accepted", "recalled", (Side.SENDER,), *_STANDS, *guards("reason_given"),
          sets={"+ending_code": "recalled"},
          carries={"reason_code": "+reason_code"}, told=(Notice("closed", (Side.RECEIVER, Side.DESK)),)),
    _ends("recall", "accepted", "recalled", (Side.SENDER_SUPERVISOR,), *_STANDS, *guards("reason_given"),
          sets={"+ending_code": "recalled"},
          carries={"reason_code": "+reason_code"}, told=(Notice("closed", (Side.RECEIVER, Side.SENDER, Side.DESK)),)),
    _ends("unaccept", "accepted", "unaccepted", (Side.DESK, Side.RECEIVER), *_STANDS, *both("within_24h"),
          *guards("reason_given"),
          told=(_CHOOSE_AGAIN,)),
    row("expect", "accepted", "accepted", (Side.RECEIVER,), (*_STANDS, *both("consent_live", "under_two_moves")),
        sets={"moves": PLUS_ONE, "agreed_at": NOW, "missed_at": None, "heard_at": None, "heard_code": ""},
        carries=_ARRIVAL, effects=("referral_effect_arrival", _MEETING),
        starts=("arrival",), stops=ALL, notices=(Notice("news", (Side.SENDER,)),)),
    # Hour and place of the time that stands, written or put right: no other time, and no move (ADR 0114).
    row("meet", "accepted", "accepted", (Side.RECEIVER,), (*_STANDS, *both("consent_live", "not_missed")),
        effects=(_MEETING,), notices=(Notice("news", (Side.SENDER,)),)),
    row("miss", "accepted", "accepted", (Side.RECEIVER,), (*_STANDS, *guards("arrival_passed")),
        sets={"missed_at": NOW},
        starts=("miss",), stops=ALL, notices=(Notice("now", (Side.SENDER, Side.SENDER_SUPERVISOR)),)),
    # The sender's word about the arrival. Whether the person came is still the receiver's to say (ADR 85).
    row("hear", "accepted", "accepted", (Side.SENDER, Side.SENDER_SUPERVISOR),
        (*_STANDS, *guards("heard_given", "arrival_passed"), *both("not_missed")), sets={"heard_at": NOW},
        carries={"heard_code": "heard_code"}, starts=("arrival",), stops=ALL, noted=("heard_code",),
        notices=(Notice("heard", (Side.RECEIVER,)), Notice("heard_above", (Side.SENDER,), when="said_above"),
                 Notice("now", (Side.SENDER, Side.SENDER_SUPERVISOR), when="did_not_come"))),
    row("serve", "accepted", "serving", (Side.RECEIVER,), (*_STANDS, *both("consent_live"), *guards("vault_open")),
        sets={"served_at": NOW}, carries={"reason_code": ""}, effects=(_MEETING,), starts=("result",), stops=ALL,
        noted=("reason_code",), notices=(Notice("news", (Side.SENDER,)),)),
    row("add", "accepted serving", SAME, (Side.SENDER,), (*_STANDS, *guards("vault_open"), *CONSENT,
        *guards("section_agreed")),
        sets={"packets": PLUS_ONE}, carries={"sections": "+sections"}, notices=(Notice("news", (Side.RECEIVER,)),)),
    row("staff", "accepted serving", SAME, (Side.RECEIVER,),
        (*_STANDS, *guards("may_join", "vault_open", when="adding"), *guards("last_member", when="leaving")),
        carries=_TEAM_RELEASED, effects=(_TEAM,), notices=(Notice("task", (Side.RECEIVER,), when="adding"),)),
    # A supervisor holds no seal, and adds codes only, or releases.
    row("staff", "accepted serving", SAME, (Side.RECEIVER_SUPERVISOR,),
        (*_STANDS, *guards("may_join", when="adding"), *guards("last_member", when="leaving")),
        carries=_TEAM_RELEASED, effects=(_TEAM,), notices=(Notice("task", (Side.RECEIVER,), when="adding"),)),
    row("finish", "accepted serving", "finished", (Side.RECEIVER,), (*_STANDS, *_FINISH_GUARDS),
        sets={"finished_at": NOW},
        carries={"result_code": "result_code", **_REASON, **_NIGHT}, effects=(_FINISH,), starts=("confirm",),
        stops=ALL, noted=("reason_code",), notices=_FINISH_NOTICES),
    _ends("lapse", "accepted serving", "lapsed", (Side.CLOCK,), *_STANDS, *database("time_passed"),
          told=(_CHOOSE_AGAIN, Notice("closed", (Side.RECEIVER,)))),
    row("confirm", "finished", "confirmed", (Side.SENDER, Side.SENDER_SUPERVISOR), guards("her_view"),
        sets={"ended_at": NOW, "+agrees": False},
        carries={"her_view_code": "+her_view_code", "agrees": "+agrees"}, effects=(_DESTROY,), stops=ALL),
    row("dispute", "finished", "disputed", (Side.SENDER, Side.SENDER_SUPERVISOR), (*both("not_disputed_before"),
        *guards("reason_given")),
        sets={"was_disputed": True}, carries=_REASON, starts=("dispute",), stops=ALL, noted=("reason_code",),
        notices=(Notice("questioned", (Side.RECEIVER, Side.RECEIVER_SUPERVISOR)),)),
    row("amend", "finished disputed", "finished", (Side.RECEIVER, Side.RECEIVER_SUPERVISOR),
        (*guards("reason_given"), _SLEEPS),
        # The night that was said with the former result is over, unless it is said again.
        sets={"finished_at": NOW, "one_more_night": False},
        carries={"result_code": "result_code", **_REASON, **_NIGHT}, starts=("confirm",), stops=ALL,
        noted=("reason_code",), notices=(Notice("result", (Side.SENDER,)),)),
    row("confirm", "disputed", "confirmed", (Side.SENDER, Side.SENDER_SUPERVISOR), guards("her_view"),
        sets={"ended_at": NOW, "+agrees": False},
        carries={"her_view_code": "+her_view_code"}, effects=(_DESTROY,), stops=ALL),
    # The clock recalls what an organisation that was deactivated had sent: nobody chooses a reason.
    _ends("recall", "sent", "recalled", (Side.CLOCK,), *_STANDS, *database("body_closed"),
          sets={"+ending_code": "recalled"},
          carries={}, told=(Notice("closed", (Side.DESK,)),)),
)  # fmt: skip

_NEEDS_AN_ACCOUNT = {"vault_open", "team_named", "from_state"}
_BY_LETTER = ("accept", "decline", "unaccept", "expect", "miss", "serve", "finish")


def _by_letter(one: Step) -> Step:
    """The same step for a body without an account: the sender records what was read back by telephone."""
    asked = tuple(guard for guard in one.guards if guard.key not in _NEEDS_AN_ACCOUNT)
    return replace(
        one,
        sides=(Side.SENDER,),
        guards=(*guards("by_letter", "answer_code"), *asked),
        notices=(),
        carries={**one.carries, "letter_answer_code": ""},
        effects=(),
        later=True,
    )


STORED = Stored(
    record="referral",
    beside="referral_sender",
    beside_key="referral_id",
    clocks="referral_clock",
    clock_key="referral_id",
    sides_by="referral_sides",
    locks_by="referral_locks",
    notes_by="referral_step_note",
    kept=dict.fromkeys(TAKEN_BACK, ENDED),
)

REFERRAL: Machine[Step] = Machine(
    "referral",
    STATES,
    FINAL,
    (*_BUILT, *(_by_letter(one) for one in _BUILT if one.name in _BY_LETTER)),
    STORED,
    {
        "sender_team": Side.SENDER,
        "supervised": Side.SENDER_SUPERVISOR,
        "receiver_desk": Side.DESK,
        "receiver_team": Side.RECEIVER,
        "receiver_supervised": Side.RECEIVER_SUPERVISOR,
        "clock": Side.CLOCK,
    },
)
