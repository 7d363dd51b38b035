"""The lifecycle of a referral: 27 steps, one row each (docs/design/lifecycles.md#a-referral).

Rows that share a number are one step whose guards differ by side. `later` marks what is decided but
not built: transfers and letters. `take()` (lifecycle) asks the guards; the effects are carried out by the actions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hamkori.casework.case.rules.sides import OTHER, RV, SV, D, R, S, T
from hamkori.lifecycle import NEW, SAME, Guard, Machine, Notice, Step, guards

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
ENDED = "ended"
"""What both sides read of a request that was recalled or withdrawn: who took it back, and why, is the sender's."""
TAKEN_BACK = ("recalled", "withdrawn")
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

REASON_LISTS: dict[str, str] = {
    "decline": "decline_reason",
    "recall": "recall_reason",
    "unaccept": "unaccept_reason",
    "lapse": "lapse_reason",
    "finish": "unaccept_reason",  # asked only with the result not_given
    "dispute": "dispute_reason",
    "amend": "amend_reason",
}
"""Code list of a step's `reason_code`."""


def fate(state: str) -> str:
    """A state as both sides may read it: one of STATES, or "ended"."""
    return ENDED if state in TAKEN_BACK else state


def blocking(referral_states: Iterable[str]) -> int:
    """How many referrals stand in the way of closing: they wait, were accepted, or their result is questioned."""
    return sum(state in BLOCKS_CLOSING for state in referral_states)


@dataclass(frozen=True, kw_only=True)
class ReferralStep(Step):
    """A row of the referral's table.

    `keys`: k0 none, k1 packet built and sealed to the desk, k2 sealed on to the team, k3 bodies and seals deleted.
    `clock`: the clock that starts, `off`, or `=` untouched. `access`: a0 to a3, or `=` unchanged.
    `carries`: names of the coded values that may come with the step. `effects`: what else the action does.
    """

    number: int
    keys: str = "k0"
    clock: str = SAME
    access: str = SAME
    notices: tuple[Notice, ...] = ()
    carries: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()


CONSENT = ("consent_asked", "police_not_refused", "consent_not_refused", "consent_live")
"""In the order in which they are asked: a refused police row is said before any other refusal
(docs/design/access.md#refusals-in-order)."""
CHILD = ("child_speaker", "child_guardian_clear", "child_agrees")

_CHOOSE_AGAIN = Notice("choose_again", (S, SV))
_FINISH_NOTICES = (Notice("result", (S,)), Notice("choose_again", (S, SV), when="not_given"))
_FINISH_GUARDS = (Guard("result_given"), Guard("reason_given", when="not_given"))
_SEND_GUARDS = (
    *guards("vault_open", "case_open", *CONSENT),
    *guards(*CHILD, when="child"),
    *guards("section_agreed", "told_body", "body_allowed", "not_own_body", "body_may_receive"),
    *guards("service_active", "desk_ready", "no_twin"),
    *guards("police_typed", when="police"),
    *guards("transfer_agreed", "no_other_waiting", when="transfer", later=True),
)


def _row(
    number: int,
    name: str,
    from_states: str,
    to_state: str,
    sides: tuple[str, ...],
    asked: tuple[Guard, ...] = (),
    *,
    keys: str = "k0",
    clock: str = SAME,
    access: str = SAME,
    notices: tuple[Notice, ...] = (),
    carries: tuple[str, ...] = (),
    effects: tuple[str, ...] = (),
) -> ReferralStep:
    return ReferralStep(
        number=number,
        name=name,
        from_states=tuple(from_states.split()),
        to_state=to_state,
        sides=sides,
        guards=asked,
        keys=keys,
        clock=clock,
        access=access,
        notices=notices,
        carries=carries,
        effects=effects,
    )


_WRITTEN = ("kind_code", "service_code", "purpose_code", "urgency_code", "needed_from_on", "sections")
_ARRIVAL = ("arrival_on", "arrival_part_code")

_BUILT: tuple[ReferralStep, ...] = (
    _row(1, "write", NEW, "draft", (S,), guards("case_open", "vault_open"), clock="-", access="a0", carries=_WRITTEN),
    _row(2, "edit", "draft", "draft", (S,), guards("vault_open"), clock="-", access="a0", carries=_WRITTEN),
    # The clock discards what lay idle for clocks.DRAFT_IDLE.
    _row(3, "discard", "draft", "discarded", (S, T), clock="-", access="a0", effects=("erase_text",)),
    _row(4, "send", "draft", "sent", (S,), _SEND_GUARDS, keys="k1", clock="answer", access="a1",
         notices=(Notice("new", (D,)),)),
    _row(5, "stop", "sent", "draft", (S,), guards("not_yet_visible"), keys="k3", clock="off", access="a0"),
    _row(6, "ask", "sent", "sent", (D,), guards("no_open_question", "under_three"),
         notices=(Notice("asked", (S,)),), carries=("question_code",)),
    _row(7, "answer", "sent", "sent", (S,), guards("consent_live"),
         notices=(Notice("answered", (D,)),), carries=("answer_code",)),
    _row(8, "accept", "sent", "accepted", (D,),
         guards("consent_live", "vault_open", "team_named", "arrival_given", "service_open"),
         keys="k2", clock="arrival", access="a2",
         notices=(Notice("accepted", (S,)), Notice("task", (R,))), carries=_ARRIVAL,
         effects=("drop_sections_no_longer_agreed",)),
    _row(9, "decline", "sent", "declined", (D,), guards("reason_given"), keys="k3", clock="off", access="a3",
         notices=(Notice("choose_again", (S,)),), carries=("reason_code", "suggested_service_code")),
    _row(10, "lapse", "sent", "lapsed", (T,), keys="k3", clock="off", access="a3",
         notices=(_CHOOSE_AGAIN, Notice("closed", (D,))), carries=("reason_code",)),
    _row(11, "recall", "sent", "recalled", (S,), guards("reason_given"), keys="k3", clock="off", access="a3",
         notices=(Notice("closed", (D,)),), carries=("reason_code",)),
    # The clock recalls what a body that was deactivated had sent: nobody chooses a reason.
    _row(11, "recall", "sent", "recalled", (T,), keys="k3", clock="off", access="a3",
         notices=(Notice("closed", (D,)),)),
    # The clock takes it where her word stands and somebody held the request (her_word).
    _row(12, "withdraw", "sent", "withdrawn", (S, T), guards("how_said"), keys="k3", clock="off", access="a3",
         notices=(Notice("closed", (D,)),), carries=("how_said_code",)),
    _row(13, "withdraw", "accepted serving", "withdrawn", (S, R, T), guards("how_said"), keys="k3", clock="off",
         access="a3", notices=(Notice("closed", (OTHER,)),), carries=("how_said_code",)),
    _row(14, "recall", "accepted", "recalled", (S,), guards("reason_given"), keys="k3", clock="off", access="a3",
         notices=(Notice("closed", (R,)),), carries=("reason_code",)),
    _row(15, "unaccept", "accepted", "unaccepted", (D, R), guards("within_24h", "reason_given"), keys="k3",
         clock="off", access="a3", notices=(_CHOOSE_AGAIN,), carries=("reason_code",)),
    _row(16, "expect", "accepted", "accepted", (R,), guards("consent_live", "under_two_moves"), clock="arrival",
         notices=(Notice("news", (S,)),), carries=_ARRIVAL),
    _row(17, "miss", "accepted", "accepted", (R,), guards("arrival_passed"), clock="miss",
         notices=(Notice("now", (S, SV)),)),
    _row(18, "serve", "accepted", "serving", (R,), guards("consent_live", "vault_open"), clock="result",
         notices=(Notice("news", (S,)),), effects=("own_case", "erase_meeting_line")),
    _row(19, "add", "accepted serving", SAME, (S,), guards("vault_open", *CONSENT, "section_agreed"),
         keys="k1 k2", notices=(Notice("news", (R,)),), carries=("sections",)),
    _row(20, "staff", "accepted serving", SAME, (R,),
         (*guards("may_join", "vault_open", when="adding"), *guards("last_member", when="leaving")),
         effects=("seal_on_to_new", "delete_seals_of_leaving", "receiver_rows"),
         notices=(Notice("task", (R,), when="adding"),)),
    # A supervisor holds no seal: she adds codes only, or releases.
    _row(20, "staff", "accepted serving", SAME, (RV,),
         (*guards("may_join", when="adding"), *guards("last_member", when="leaving")),
         effects=("delete_seals_of_leaving", "receiver_rows"),
         notices=(Notice("task", (R,), when="adding"),)),
    _row(21, "finish", "accepted", "finished", (R,), _FINISH_GUARDS, keys="k3", clock="confirm", access="a3",
         notices=_FINISH_NOTICES, carries=("result_code", "reason_code")),
    _row(22, "finish", "serving", "finished", (R,), _FINISH_GUARDS, keys="k3", clock="confirm", access="a3",
         notices=_FINISH_NOTICES, carries=("result_code", "reason_code")),
    _row(23, "lapse", "accepted serving", "lapsed", (T,), keys="k3", clock="off", access="a3",
         notices=(_CHOOSE_AGAIN, Notice("closed", (R,))), carries=("reason_code",)),
    _row(24, "confirm", "finished", "confirmed", (S, SV), guards("her_view"), clock="off", access="a3",
         carries=("her_view_code", "agrees")),
    _row(25, "dispute", "finished", "disputed", (S, SV), guards("not_disputed_before", "reason_given"),
         clock="dispute", access="a3", notices=(Notice("questioned", (R, RV)),), carries=("reason_code",)),
    _row(26, "amend", "finished disputed", "finished", (R, RV), guards("reason_given"), clock="confirm",
         access="a3", notices=(Notice("result", (S,)),), carries=("result_code", "reason_code")),
    _row(27, "confirm", "disputed", "confirmed", (S, SV), guards("her_view"), clock="off", access="a3",
         carries=("her_view_code",)),
)  # fmt: skip

_NEEDS_AN_ACCOUNT = {"vault_open", "team_named"}


def _by_letter(row: ReferralStep) -> ReferralStep:
    """The same step for a body without an account: the sender records what was read back by telephone."""
    asked = tuple(guard for guard in row.guards if guard.key not in _NEEDS_AN_ACCOUNT)
    return replace(
        row,
        sides=(S,),
        guards=(*guards("by_letter", "answer_code"), *asked),
        keys="k0",
        access=SAME,
        notices=(),
        carries=(*row.carries, "letter_answer_code"),
        effects=("recorded_by_sender",),
        later=True,
    )


_LETTER = (8, 9, 15, 16, 17, 18, 21, 22)

REFERRAL: Machine[ReferralStep] = Machine(
    "referral", STATES, FINAL, (*_BUILT, *(_by_letter(row) for row in _BUILT if row.number in _LETTER))
)
