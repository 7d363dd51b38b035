"""The lifecycle of a case (docs/design/lifecycles.md#a-case).

There is no state "paused": a case without a next step and a date shows late. `later` as in `referral`.
"""

from collections.abc import Mapping

from hamkori.casework.case.rules.sides import Side
from hamkori.lifecycle import ALL, NEW, NOW, SAME, Machine, Notice, Step, Stored, both, database, guards, row

STATES = ("draft", "open", "closed", "erased")
FINAL = ("erased",)
WRITABLE = ("draft", "open")
"""States in which a case, its screening and its needs may be written."""
PLACE_STEPS = ("place_found", "place_needed", "place_reached")
"""What a case says of a place for tonight, one after the other: the last counts."""
DID_NOT_GET_THERE = "did_not_get_there"
"""Why a place is needed: the person did not get to the one that was found, and is looked for."""
IS_SAFE = "is_safe"
"""Of them: nobody looks any more."""
THEY_SAID_NO = "they_said_no"
"""Of a place that was promised by telephone: whoever promised it has none any more, and does not wait."""
NOBODY_COMES = "nobody_comes"
"""Of the same: the person does not go there, and whoever promised it waits until they are told."""
GOES_ELSEWHERE = "goes_elsewhere"
"""Of any place that was found: the person goes to another one that is ready."""
STAYS = "stays"
"""In place of whose the place is: the person stays in the shelter that their word ended."""
WITH_US = "with_us"
"""The same, of the organisation whose case it is: as a page presses and reads it, its step names the organisation."""
OF_THE_BED = ("", THEY_SAID_NO, NOBODY_COMES, GOES_ELSEWHERE)
"""What is said of the place alone, when one is needed again: nothing of the person."""
NOT_NEEDED = "not_needed"
"""In place of whose the place is: the need was taken away where the case is written."""
PUT_BACK = "put_back"
"""Of them: it was a slip that they are safe. What was said before counts again."""
NOT_FOUND = "not_found"
"""Of them: somebody looked, and has not found them. Nothing else follows."""


_REGISTER_GUARDS = guards("need_tonight", "name_or_code", "district")

_CLOSES = both("no_open_referral", "outcome_given")
_CLOSING: Mapping[str, object] = {"closed_at": NOW, "older_case_id": None}
"""Which older case it repeated, when it was closed before, is over unless it is said again."""
_CLOSED = {"outcome_code": "outcome_code", "older_case": "older_case_id"}

CASE: Machine[Step] = Machine(
    "case",
    STATES,
    FINAL,
    (
        row("begin", NEW, "draft", (Side.NOT_YET_ON_IT,), guards("body_ready"), door="case_open"),
        # Taken by the referral's step of the same name: the receiver's own case, codes only
        # (docs/design/lifecycles.md#the-receivers-own-case).
        row("serve", NEW, "open", (Side.RECEIVER,), door="serve_open"),
        row("discard", "draft", "erased", (Side.LEAD,), both("no_screening"), effects=("case_effect_erase",)),
        row("discard", "draft", "erased", (Side.CLOCK,), (*both("no_screening"), *database("time_passed")),
            effects=("case_effect_erase",)),
        row("register", "draft", "open", (Side.LEAD,), _REGISTER_GUARDS, sets={"opened_at": NOW},
            effects=("case_effect_person",), may_start=("child",)),
        row("decide", "open", SAME, (Side.LEAD,), (*both("screening_done"), *guards("reason_given")),
            sets={"decided_at": NOW, "decision_reason_code": ""},
            carries={"decision_code": "decision_code", "reason_code": "decision_reason_code"},
            noted=("reason_code", "decision_code")),
        row("tell_child_protection", "open", SAME, (Side.LEAD,), sets={"told_child_protection_at": NOW},
            effects=("case_effect_told",), stops=("child",)),
        # That they were told was a slip: the time limit goes on from where it was (ADR 191).
        row("child_not_told", "open", SAME, (Side.LEAD,), sets={"told_child_protection_at": None},
            effects=("case_effect_not_told",)),
        # Whether somebody has a place for tonight: what is needed says it, the history when and by whom it was said,
        # and whose place it is. Whether the person got there is asked until it is said (ADR 0124).
        row("place_found", "draft open", SAME, (Side.SENDER,), guards("reason_given"), carries={"reason_code": ""},
            noted=("reason_code",)),
        row("place_needed", "draft open", SAME, (Side.SENDER,), carries={"reason_code": ""}, noted=("reason_code",)),
        row("place_reached", "draft open", SAME, (Side.SENDER,)),
        # Who made a bed and waits for nobody is told so, or that was tried; after the end of the case too (ADR 0130).
        row("call_off", "draft open closed", SAME, (Side.SENDER, Side.SENDER_SUPERVISOR), database("place_called_off"),
            door="case_call_off"),
        # What is known of somebody who did not arrive, also where the case was closed meanwhile (ADR 0133).
        row("looked_for", "draft open closed", SAME, (Side.SENDER, Side.SENDER_SUPERVISOR), guards("reason_given"),
            carries={"reason_code": ""}, noted=("reason_code",)),
        # Somebody is in danger: what Today says until help was given afterwards begins with it.
        row("danger_said", "draft open", SAME, (Side.SENDER,)),
        # What is needed now, and whether somebody is in danger, after the case was opened again.
        row("needs_said", "open", SAME, (Side.SENDER,)),
        # Those who were asked for help before that were told of it by telephone (ADR 255).
        row("danger_told", "draft open", SAME, (Side.SENDER,)),
        # Somebody took it off: who, and when, stands in the history (ADR 230).
        row("danger_over", "draft open", SAME, (Side.SENDER,)),
        # Somebody says in the person's name that they want no help: nothing ends, the person is asked, alone (ADR 195).
        row("ask_alone", "open", SAME, (Side.SENDER,)),
        # In an own case whose referral the person's word ended: help goes on, as they said themselves (ADR 0150).
        # So, too, where it was closed before, and that it has ended there since (ADR 0158).
        row("help_goes_on", "open closed", SAME, (Side.SENDER,)),
        row("help_over", "closed", SAME, (Side.SENDER,)),
        # A doctor saw whoever needed one: what is needed says it, the history when it was said (ADR 219).
        row("doctor_seen", "open", SAME, (Side.SENDER,)),
        # That was a slip of whoever pressed it: what was needed is needed as before (ADR 231).
        row("doctor_unseen", "open", SAME, (Side.SENDER,)),
        # Child protection does not know yet: the time limit goes on, and the history says that it was tried.
        row("child_not_reached", "open", SAME, (Side.SENDER,), guards("reason_given"), carries={"reason_code": ""},
            noted=("reason_code",)),
        # Somebody turns out to be a child while the case is written: the time limit starts, and what was sent says it.
        row("is_child", "open", SAME, (Side.SENDER,), carries={"age_band_code": "", "is_child": ""},
            effects=("case_effect_age",), may_start=("child",)),
        # The district was put right, and the region with it: what was sent says so (ADR 0151). Reason: which it was.
        row("region_changed", "open", SAME, (Side.SENDER,), guards("reason_given"), carries={"reason_code": ""},
            effects=("case_effect_facts",), noted=("reason_code",)),
        # What a summary that was sent says of the person was changed in the case: it says so too (ADR 0152). Where no
        # consent was valid it does once the person has agreed again, in a closed case too (ADR 0156).
        row("facts_changed", "open closed", SAME, (Side.SENDER,), effects=("case_effect_facts",)),
        # A supervisor asks the team to look at the case, each of its members.
        row("tell_lead", "draft open", SAME, (Side.SENDER_SUPERVISOR,), database("lead_there", "not_told_lately"),
            door="case_tell_lead", notices=(Notice("look", (Side.SENDER,)),)),
        row("settle_age", "open", SAME, (Side.LEAD,), guards("reason_given"), sets={"age_settled_at": NOW},
            carries={"age_band_code": "age_band_code", "is_child": "is_child", "reason_code": ""},
            effects=("case_effect_age",), may_start=("child",), noted=("reason_code",)),
        row("admit", "open", SAME, (Side.LEAD,), guards("vault_open", "may_join"), door="team_admit"),
        row("release", "open", SAME, (Side.LEAD, Side.SENDER_SUPERVISOR), guards("last_member"), door="team_end"),
        row("leave", "open", SAME, (Side.SENDER,), guards("last_member"), door="team_end"),
        row("new_lead", "open", SAME, (Side.SENDER_SUPERVISOR,), guards("may_join", "not_self"), later=True),
        row("block", "open", SAME, (Side.LEAD, Side.SENDER_SUPERVISOR), later=True),
        row("hand_over", "open", "closed", (Side.LEAD, Side.SENDER_SUPERVISOR), guards("transfer_served"), later=True),
        # A lead with an outcome that needs another person hears that, and not that there is none.
        row("close", "open", "closed", (Side.LEAD,), (*database("not_self"), *_CLOSES), sets=_CLOSING,
            carries=_CLOSED, effects=("case_effect_close",), stops=ALL, noted=("outcome_code",)),
        # A supervisor closes with the outcomes of closing.SUPERVISOR_OUTCOMES, and never what they lead themselves.
        row("close", "open", "closed", (Side.SENDER_SUPERVISOR,), (*_CLOSES, *both("not_self")),
            sets=_CLOSING,
            carries=_CLOSED, effects=("case_effect_close",), stops=ALL, noted=("outcome_code",),
            notices=(Notice("closed_above", (Side.LEAD,)),)),
        row("reopen", "closed", "open", (Side.SENDER_SUPERVISOR,), guards("reason_given"),
            sets={"outcome_code": "", "closed_at": None, "opened_at": NOW},
            carries={"reason_code": ""}, effects=("case_effect_asked_again",), noted=("reason_code",),
            notices=(Notice("opened_above", (Side.SENDER,)),)),
    ),
    Stored(
        record="case",
        clocks="case_clock",
        clock_key="case_id",
        sides_by="case_sides",
        notes_by="case_step_note",
    ),
    {
        "lead": Side.LEAD,
        "own_team": Side.SENDER,
        "supervised": Side.SENDER_SUPERVISOR,
        "acting_supervisor": Side.SENDER_SUPERVISOR,
        "clock": Side.CLOCK,
    },
)  # fmt: skip

CASE_REASON_LISTS: dict[str, str] = {
    "decide": "decide_reason",
    "settle_age": "age_reason",
    "child_not_reached": "call_answer",
    "place_found": "whose_place",
    "place_needed": "why_no_place",
    "call_off": "call_off_answer",
    "looked_for": "whereabouts",
    "region_changed": "region",
    "reopen": "reopen_reason",
}
"""Code list of a case step's `reason_code`."""
