"""The referral's table holds together, and the stories of its design can be walked through it."""

import itertools
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.casework.case.rules.lifecycle import CASE, CASE_REASON_LISTS, CONSENT, SCREENING
from hamkori.casework.referral.rules.lifecycle import (
    ENDED,
    FINAL,
    LIVE,
    REASON_LISTS,
    REFERRAL,
    RESULTS,
    STATES,
    ReferralStep,
    fate,
)
from hamkori.casework.work.rules.guards import PLAIN, SENTENCES
from hamkori.lifecycle import NEW, Machine, Step, take
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist

NOTICE_KEYS = {
    "new", "asked", "answered", "accepted", "task", "choose_again", "closed", "waiting", "late", "now", "news",
    "result", "questioned", "agreement", "lead_missing", "review",
}  # fmt: skip
SIDES = ("S", "SV", "D", "R", "RV", "T")
MACHINES: tuple[Machine[Any], ...] = (REFERRAL, CASE, SCREENING, CONSENT)


class Yes(dict[str, bool]):
    """A context in which everything holds and every condition is met."""

    def __missing__(self, key: str) -> bool:
        return True


def test_there_are_27_steps_and_none_more() -> None:
    assert {row.number for row in REFERRAL.steps if not row.later} == set(range(1, 28))
    assert {row.number for row in REFERRAL.steps if row.later} == {8, 9, 15, 16, 17, 18, 21, 22}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_can_be_reached_and_left_or_is_final(machine: Machine[Step]) -> None:
    built = [row for row in machine.steps if not row.later]
    reached = {NEW}
    while True:
        more = {row.target(state) for row in built for state in row.from_states if state in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == {*machine.states, NEW}
    for state in machine.states:
        leaves = any(row.target(state) != state for row in built if state in row.from_states)
        assert leaves != (state in machine.final)


def test_from_every_state_an_end_can_be_reached() -> None:
    ends = set(FINAL)
    while True:
        more = {
            state for row in REFERRAL.steps if not row.later for state in row.from_states if row.target(state) in ends
        } - ends
        if not more:
            break
        ends |= more
    assert ends == {*STATES, NEW}


def test_every_guard_has_a_sentence_and_every_sentence_its_placeholders() -> None:
    asked = {guard.key for machine in MACHINES for row in machine.steps for guard in row.guards}
    assert asked <= set(SENTENCES)
    spare = {"from_state", "version_same", "recent_sign_in", "tag_mismatch", "release_epoch", "sent_before", "page_of"}
    spare |= {"last_desk", "open_work", "unwritten", "unwritten_gone", "child_final"}
    assert set(SENTENCES) - asked == spare, "a sentence that no step needs"
    for key, sentence in SENTENCES.items():
        assert sentence[-1] in '.?)"', key
        fields = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert fields <= {"state", "who", "time", "n", "section"}, key
    with_values = {key for key, sentence in SENTENCES.items() if "{" in sentence}
    assert set(PLAIN) == with_values, "where a value is not known, there is a form without it"
    assert not any("{" in sentence for sentence in PLAIN.values())
    assert SENTENCES["no_twin"].format(time="14:00") == "One waits already, until 14:00. Recall it, or wait."


def test_every_notice_has_a_key_and_a_side() -> None:
    for row in REFERRAL.steps:
        for notice in row.notices:
            assert notice.key in NOTICE_KEYS, row
            assert set(notice.to) <= {*SIDES, "OTHER"}, row


def test_every_reason_is_a_code_of_a_list() -> None:
    for name, listed in {**REASON_LISTS, **CASE_REASON_LISTS}.items():
        assert codelist(listed).codes, name
    tables: tuple[tuple[Machine[Any], dict[str, str]], ...] = ((REFERRAL, REASON_LISTS), (CASE, CASE_REASON_LISTS))
    for machine, lists in tables:
        reasoned = {row.name for row in machine.steps if any(guard.key == "reason_given" for guard in row.guards)}
        assert reasoned <= set(lists)
        for row in machine.steps:
            if row.name in reasoned and "T" not in row.sides:
                assert "reason_code" in row.carries, row


def test_states_and_results_are_the_words_of_the_vocabulary() -> None:
    listed = codelist("referral_state")
    assert listed.codes == STATES
    assert {entry.code for entry in listed if entry.data.get("final")} == set(FINAL)
    for state, results in RESULTS.items():
        of_list = {entry.code for entry in codelist("referral_result") if state in str(entry.data["from_state"])}
        assert set(results) == of_list
    assert set(codelist("case_state").codes) == {"draft", "open", "closed"}


def test_every_ending_takes_the_keys_away() -> None:
    for row in REFERRAL.steps:
        if row.later:
            continue
        for state in row.from_states:
            leaves_live = state in LIVE and row.target(state) not in LIVE
            assert (row.keys == "k3") == leaves_live, row
            if leaves_live and row.name != "stop":
                assert row.access == "a3", row


def test_both_sides_read_of_a_taking_back_only_that_it_ended() -> None:
    assert {state: fate(state) for state in STATES if fate(state) != state} == {"recalled": ENDED, "withdrawn": ENDED}
    assert ENDED not in STATES, "it is a word for both, and says of neither which"


def test_only_the_desk_or_the_clock_answers_a_waiting_request() -> None:
    waiting = [row for row in REFERRAL.steps if "sent" in row.from_states and not row.later]
    assert {row.sides for row in waiting if row.target("sent") in ("accepted", "declined")} == {("D",)}
    assert {row.sides for row in waiting if row.target("sent") == "lapsed"} == {("T",)}


@pytest.mark.parametrize(
    ("story", "end"),
    [
        ("S:write S:edit S:send D:accept R:serve R:finish S:confirm", "confirmed"),
        ("S:write S:send D:ask S:answer D:decline", "declined"),
        ("S:write S:send S:stop S:discard", "discarded"),
        ("S:write T:discard", "discarded"),
        ("S:write S:send T:lapse", "lapsed"),
        ("S:write S:send T:recall", "recalled"),
        ("S:write S:send D:accept D:unaccept", "unaccepted"),
        ("S:write S:send D:accept R:miss R:expect R:serve R:withdraw", "withdrawn"),
        ("S:write S:send D:accept S:add RV:staff R:finish SV:dispute RV:amend SV:confirm", "confirmed"),
        ("S:write S:send D:accept R:serve R:finish S:dispute S:confirm", "confirmed"),
    ],
)
def test_the_stories_can_be_walked(story: str, end: str) -> None:
    state = NEW
    for act in story.split():
        side, step = act.split(":")
        state = take(REFERRAL, state, step, side, Yes()).target(state)
    assert state == end


@pytest.mark.parametrize(
    ("state", "step", "side"),
    [
        ("serving", "unaccept", "R"),
        ("serving", "recall", "S"),
        ("sent", "accept", "S"),
        ("sent", "withdraw", "R"),
        ("accepted", "decline", "D"),
        ("finished", "withdraw", "S"),
        ("confirmed", "amend", "R"),
        ("disputed", "dispute", "S"),
        ("sent", "finish", "R"),
    ],
)
def test_what_has_no_row_cannot_be_done(state: str, step: str, side: str) -> None:
    with pytest.raises(NotNow, match="from_state"):
        take(REFERRAL, state, step, side, Yes())


@given(st.sampled_from(STATES), st.sampled_from(REFERRAL.names()), st.sampled_from(SIDES))
def test_each_act_has_at_most_one_row(state: str, step: str, side: str) -> None:
    rows = [row for row in REFERRAL.steps if row.name == step and state in row.from_states and side in row.sides]
    assert len([row for row in rows if not row.later]) <= 1
    row = REFERRAL.row(state, step, side)
    assert (row is not None) == any(not row.later for row in rows)


def row_by_number(number: int) -> tuple[ReferralStep, ...]:
    """The built rows of one numbered step."""
    return tuple(row for row in REFERRAL.steps if row.number == number and not row.later)


def refused(row: ReferralStep, state: str, side: str, **answers: bool) -> str:
    with pytest.raises(NotNow) as caught:
        take(REFERRAL, state, row.name, side, Yes(answers))
    return caught.value.guard


def test_a_refused_police_row_is_said_before_any_other_refusal() -> None:
    (send,) = row_by_number(4)
    assert refused(send, "draft", "S", police_not_refused=False, consent_not_refused=False) == "police_not_refused"
    assert refused(send, "draft", "S", consent_asked=False, police_not_refused=False) == "consent_asked"


def test_sending_asks_for_a_childs_speaker_only_for_a_child() -> None:
    (send,) = row_by_number(4)
    assert refused(send, "draft", "S", child_speaker=False) == "child_speaker"
    take(REFERRAL, "draft", "send", "S", Yes(child=False, child_speaker=False))


def test_transfers_and_letters_are_drawn_and_cannot_be_taken() -> None:
    take(REFERRAL, "draft", "send", "S", Yes(transfer_agreed=False))
    assert CASE.row("open", "hand_over", "L") is None
    letters = [row for row in REFERRAL.steps if row.later]
    for row in letters:
        keys = [guard.key for guard in row.guards]
        assert keys[:2] == ["by_letter", "answer_code"]
        assert not {"vault_open", "team_named"} & set(keys)
        assert row.sides == ("S",)


def test_a_paused_referral_can_be_ended_but_not_read_or_moved_on() -> None:
    paused = {"consent_live": False}
    for number, state, side in ((7, "sent", "S"), (8, "sent", "D"), (16, "accepted", "R"), (18, "accepted", "R"),
                                (19, "serving", "S")):  # fmt: skip
        for row in row_by_number(number):
            assert refused(row, state, side, **paused) == "consent_live"
    free = {6: "D", 9: "D", 11: "S", 12: "S", 13: "R", 14: "S", 15: "R", 17: "R", 20: "R", 21: "R", 22: "R"}
    for number, side in free.items():
        row = next(row for row in row_by_number(number) if side in row.sides)
        take(REFERRAL, row.from_states[0], row.name, side, Yes(paused))


def test_a_supervisor_at_the_receiver_needs_no_vault_to_staff() -> None:
    take(REFERRAL, "accepted", "staff", "RV", Yes(vault_open=False))
    (row, _) = row_by_number(20)
    assert refused(row, "accepted", "R", vault_open=False) == "vault_open"
    take(REFERRAL, "accepted", "staff", "R", Yes(vault_open=False, adding=False))


def test_the_case_is_registered_with_three_answers_and_a_child_with_a_fourth() -> None:
    for guard in ("need_tonight", "name_or_code", "district", "child_contact"):
        with pytest.raises(NotNow, match=guard):
            take(CASE, "draft", "register", "L", Yes({guard: False}))
    take(CASE, "draft", "register", "L", Yes(child=False, child_contact=False))


def test_a_supervisor_closes_nothing_that_she_leads() -> None:
    with pytest.raises(NotNow, match="not_self"):
        take(CASE, "open", "close", "SV", Yes(not_self=False))
    take(CASE, "open", "close", "L", Yes(not_self=False))


def test_no_two_machines_use_one_word_for_two_things() -> None:
    for one, two in itertools.combinations(MACHINES, 2):
        shared = set(one.names()) & set(two.names())
        assert shared <= {"discard", "serve", "withdraw"}


# number: keys, clock, access, notices; written down from the design, apart from the table.
EFFECTS = """
1 k0 - a0 -
2 k0 - a0 -
3 k0 - a0 -
4 k1 answer a1 new(D)
5 k3 off a0 -
6 k0 = = asked(S)
7 k0 = = answered(D)
8 k2 arrival a2 accepted(S) task(R)
9 k3 off a3 choose_again(S)
10 k3 off a3 choose_again(S,SV) closed(D)
11 k3 off a3 closed(D)
12 k3 off a3 closed(D)
13 k3 off a3 closed(OTHER)
14 k3 off a3 closed(R)
15 k3 off a3 choose_again(S,SV)
16 k0 arrival = news(S)
17 k0 miss = now(S,SV)
18 k0 result = news(S)
19 k1+k2 = = news(R)
20 k0 = = task(R)
21 k3 confirm a3 result(S) choose_again(S,SV)
22 k3 confirm a3 result(S) choose_again(S,SV)
23 k3 off a3 choose_again(S,SV) closed(R)
24 k0 off a3 -
25 k0 dispute a3 questioned(R,RV)
26 k0 confirm a3 result(S)
27 k0 off a3 -
"""


@pytest.mark.parametrize("line", EFFECTS.split("\n")[1:-1])
def test_what_follows_from_each_step(line: str) -> None:
    number, keys, clock, access, *notices = line.split()
    for row in row_by_number(int(number)):
        told = [f"{notice.key}({','.join(notice.to)})" for notice in row.notices]
        assert (row.keys, row.clock, row.access) == (keys.replace("+", " "), clock, access)
        assert (told or ["-"]) == notices
