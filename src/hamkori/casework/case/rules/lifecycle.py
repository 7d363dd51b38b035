"""The lifecycles of a case, of a screening and of an asking for consent, in one shape.

See docs/design/lifecycles.md#a-case.
There is no state "paused": a case without a next step and a date shows late. `later` as in `referral`.
"""

from dataclasses import dataclass

from hamkori.casework.case.rules.sides import LEAD, SV, R, S, T, W
from hamkori.lifecycle import NEW, SAME, Guard, Machine, Notice, Step, guards

STATES = ("draft", "open", "closed", "erased")
FINAL = ("erased",)
WRITABLE = ("draft", "open")
"""States in which a case, its screening and its needs may be written."""


@dataclass(frozen=True, kw_only=True)
class CaseStep(Step):
    """A row of the case's table. `effects`: what the action does beside the change of state; `clock`: which clock."""

    effects: tuple[str, ...] = ()
    clock: str = SAME
    notices: tuple[Notice, ...] = ()
    carries: tuple[str, ...] = ()


def _row(
    name: str,
    from_state: str,
    to_state: str,
    sides: tuple[str, ...],
    asked: tuple[Guard, ...] = (),
    *,
    effects: tuple[str, ...] = (),
    clock: str = SAME,
    notices: tuple[Notice, ...] = (),
    carries: tuple[str, ...] = (),
    later: bool = False,
) -> CaseStep:
    return CaseStep(
        name=name,
        from_states=(from_state,),
        to_state=to_state,
        sides=sides,
        guards=asked,
        effects=effects,
        clock=clock,
        notices=notices,
        carries=carries,
        later=later,
    )


_REGISTER_GUARDS = (*guards("need_tonight", "name_or_code", "district"), Guard("child_contact", when="child"))

CASE: Machine[CaseStep] = Machine(
    "case",
    STATES,
    FINAL,
    (
        _row("begin", NEW, "draft", (W,), guards("body_ready"), effects=("case_open",)),
        # Taken by the referral's step of the same name: the receiver's own case, codes only
        # (docs/design/lifecycles.md#the-receivers-own-case).
        _row("serve", NEW, "open", (R,), effects=("serve_open",)),
        _row("discard", "draft", "erased", (LEAD, T), guards("no_screening"), effects=("destroy_wraps",)),
        _row("register", "draft", "open", (LEAD,), _REGISTER_GUARDS, effects=("person_token",), clock="child"),
        _row("decide", "open", SAME, (LEAD,), guards("screening_done", "reason_given"),
             carries=("decision_code", "reason_code")),
        _row("tell_child_protection", "open", SAME, (LEAD,), clock="off"),
        _row("settle_age", "open", SAME, (LEAD,), guards("reason_given"), carries=("age_band_code", "reason_code")),
        _row("admit", "open", SAME, (LEAD,), guards("vault_open", "may_join"), effects=("wraps_by_function",)),
        _row("release", "open", SAME, (LEAD, SV), guards("last_member"), effects=("delete_wraps", "close_epochs")),
        _row("leave", "open", SAME, (S,), guards("last_member"), effects=("delete_wraps", "close_epochs")),
        _row("new_lead", "open", SAME, (SV,), guards("may_join", "not_self"), effects=("tell_team",), later=True),
        _row("block", "open", SAME, (LEAD, SV), effects=("delete_wraps", "close_epochs", "recall_waiting_there"),
             later=True),
        _row("hand_over", "open", "closed", (LEAD, SV), guards("transfer_served"),
             effects=("outcome_moved_to_other_body",), clock="off", later=True),
        _row("close", "open", "closed", (LEAD,), guards("no_open_referral", "outcome_given"),
             effects=("discard_drafts",), carries=("outcome_code",)),
        # A supervisor closes with the outcomes of closing.SUPERVISOR_OUTCOMES, and never what she leads herself.
        _row("close", "open", "closed", (SV,), guards("no_open_referral", "outcome_given", "not_self"),
             effects=("discard_drafts",), carries=("outcome_code",)),
        _row("reopen", "closed", "open", (SV,), guards("reason_given"), effects=("consents_asked_again",),
             carries=("reason_code",)),
    ),
)  # fmt: skip

CASE_REASON_LISTS: dict[str, str] = {
    "decide": "decide_reason",
    "settle_age": "age_reason",
    "reopen": "reopen_reason",
}
"""Code list of a case step's `reason_code`."""

SCREENING: Machine[CaseStep] = Machine(
    "screening",
    ("draft", "completed", "superseded", "discarded"),
    ("superseded", "discarded"),
    (
        _row("start", NEW, "draft", (S,)),
        _row("save", "draft", "draft", (S,)),
        _row("discard", "draft", "discarded", (S,)),
        _row("complete", "draft", "completed", (S,), guards("danger_answered", "sets_by_age"), effects=("freeze",)),
        # The completion of a later one; nobody presses it.
        _row("supersede", "completed", "superseded", (S,)),
    ),
)
"""Only completed screenings feed decisions and packets."""

CONSENT: Machine[CaseStep] = Machine(
    "consent",
    ("version",),
    ("version",),
    (
        _row("give", NEW, "version", (S,),
             (*guards("text_language", "how_given", "until_ok"),
              *guards("child_answer", "child_speaker", "child_guardian_clear", when="child")),
             effects=("other_rows_carry_over",),
             carries=("language_code", "how_given_code", "until_on", "child_answer_code", "speaker_code")),
        _row("refuse", NEW, "version", (S,), guards("how_said"), effects=("withdraw_open_referrals_of_row",),
             carries=("how_said_code",)),
        _row("withdraw", NEW, "version", (S,), guards("how_said"), effects=("withdraw_open_referrals_of_row",),
             carries=("how_said_code",)),
        # Taken by the case's step "reopen": nothing that she said, and no yes of before is left in it.
        _row("ask_again", NEW, "version", (SV,), effects=("each_yes_is_as_not_asked", "pause_open_referrals")),
    ),
)  # fmt: skip
"""Each asking is a new version and is never edited; what a row is worth now is `consent.row_state`."""
