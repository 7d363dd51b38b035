"""The referral's table holds together, and the stories of its design can be walked through it."""

import itertools
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori import lifecycle
from hamkori.casework.case.rules.lifecycle import CASE, CASE_REASON_LISTS
from hamkori.casework.consent.rules.lifecycle import CONSENT
from hamkori.casework.referral.rules.lifecycle import (
    ENDED,
    FINAL,
    LIVE,
    REASON_LISTS,
    REFERRAL,
    RESULTS,
    STATES,
    fate,
)
from hamkori.casework.screening.rules.lifecycle import SCREENING
from hamkori.casework.work.rules import guards
from hamkori.lifecycle import ALL, NEW, NOW, Machine, Step, Walls, take
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import EMERGENCY

NOTICE_KEYS = {
    "new", "asked", "answered", "accepted", "task", "choose_again", "closed", "waiting", "late", "now", "news",
    "result", "questioned", "heard", "heard_above", "agreement", "lead_missing", "review",
    "closed_there",
}  # fmt: skip
SENTENCES = {**lifecycle.SENTENCES, **guards.SENTENCES}
PLAIN = {**lifecycle.PLAIN, **guards.PLAIN}
SIDES = ("S", "SV", "D", "R", "RV", "T")
MACHINES: tuple[Machine[Any], ...] = (REFERRAL, CASE, SCREENING, CONSENT)


class Yes(dict[str, bool]):
    """A context in which everything holds and every condition is met."""

    def __missing__(self, key: str) -> bool:
        return True


# Step, states, sides: guards of the database, effects, the clock that starts ("off": all stop), notices. Written
# down from the design, apart from the table.
FOLLOWS = """
write - S - - =
edit draft S - - =
discard draft S - draft off
discard draft T time_passed draft off
send draft S case_open,consent_live,police_not_refused,section_agreed,told_body,body_may_receive,\
not_own_body,desk_ready,no_twin send answer new(D) closed_there(N)
stop sent S from_state,not_yet_visible destroy off
ask sent D from_state,no_open_question,under_three ask = asked(S)
answer sent S from_state,consent_live answer = answered(D)
accept sent D from_state,consent_live,team_named,arrival_given arrival,team,settle arrival accepted(S) task(R)
decline sent D from_state destroy off choose_again(S)
lapse sent T from_state,time_passed destroy off choose_again(S,SV) closed(D)
recall sent S from_state destroy off closed(D)
recall sent SV from_state destroy off closed(D,S)
recall sent T from_state,body_closed destroy off closed(D)
withdraw sent S - destroy off closed(D)
withdraw sent SV - destroy off closed(D,S)
withdraw accepted+serving SV - destroy off closed(R,S) closed(D)
withdraw accepted+serving S - destroy off closed(OTHER) closed(D)
withdraw accepted+serving R - destroy off closed(OTHER) closed(R) closed(D)
recall accepted S from_state destroy off closed(R,D)
recall accepted SV from_state destroy off closed(R,S,D)
unaccept accepted D+R from_state,within_24h destroy off choose_again(S,SV)
expect accepted R from_state,consent_live,under_two_moves arrival,meeting arrival news(S)
meet accepted R from_state,consent_live,not_missed meeting = news(S)
miss accepted R from_state - miss now(S,SV)
hear accepted S+SV from_state,not_missed - arrival heard(R) heard_above(S) now(S,SV)
serve accepted R from_state,consent_live meeting result news(S)
add accepted+serving S from_state,consent_live - = news(R)
staff accepted+serving R from_state team = task(R)
staff accepted+serving RV from_state team = task(R)
finish accepted+serving R from_state finish confirm result(S) choose_again(S,SV)
lapse accepted+serving T from_state,time_passed destroy off choose_again(S,SV) closed(R)
confirm finished S+SV - destroy off
dispute finished S+SV not_disputed_before - dispute questioned(R,RV)
amend finished+disputed R+RV - - confirm result(S)
confirm disputed S+SV - destroy off
"""
ROWS = [
    (name, (NEW,) if states == "-" else tuple(states.split("+")), tuple(sides.split("+")))
    for name, states, sides, *_rest in (line.split() for line in FOLLOWS.split("\n")[1:-1])
]


def test_there_are_29_steps_and_none_more() -> None:
    built = [(row.name, row.from_states, row.sides) for row in REFERRAL.steps if not row.later]
    assert sorted(built) == sorted(ROWS)
    assert len({name for name, _states, _sides in built}) == 24
    letters = ("accept", "decline", "unaccept", "expect", "miss", "serve", "finish")
    assert tuple(dict.fromkeys(row.name for row in REFERRAL.steps if row.later)) == letters


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
    spare = {"version_same", "recent_sign_in", "tag_mismatch", "release_epoch", "sent_before", "page_of"}
    spare |= {"last_desk", "open_work", "unwritten", "unwritten_gone", "child_final", "child_no", "case_closed"}
    spare |= {"is_stopped", "not_settled", "is_settled"}  # no steps: what is said after one that stopped (ADR 96)
    spare |= {"on_said", "line_read"}  # the same, of help that goes on (ADR 138); of a line that nobody has opened
    spare |= {"told_of_an_end"}  # the same, once a no that somebody else brought has ended it
    spare |= {"time_as_read", "not_told", "told_of_a_no", "is_told"}  # the same, of what the person was told (ADR 129)
    # Of who left without a word: that they are back, or not (ADR 178); each with its own reason (ADR 186).
    spare |= {"who_left", "who_left_said", "who_left_safe", "who_left_confirmed"}
    spare |= {"is_on_the_way", "sender_to_call"}  # the same, after one that was taken back (ADR 131)
    spare |= {"yes_by_telephone"}  # the same, of what is agreed by telephone (ADR 128)
    spare |= {"said_by", "said_by_me"}  # what a second window of the same step is told
    spare |= {
        "heard_since",
        "ended_since",
        "place_known",
        "place_ended",
        "age_since",
    }  # what an old page is told that changed
    spare |= {"accepted_and_no"}  # the same, of a no by telephone
    spare |= {"line_as_read", "said_elsewhere"}  # the same, of a line and of the person
    spare |= {"yes_since", "accepted_since", "heard", "warning_as_read"}  # the same, of a warning not to go (ADR 185)
    spare |= {"of_a_child", "is_looked_for"}  # what an address that was typed is told
    spare |= {"said_safe", "help_asked"}  # what is put back too late, and what nobody asks any more
    spare |= {
        "call_in_time",
        "call_stands",
        "sent_once",
        "not_told_yet",
        "told_today",
        "summary_same",
        "place_asked",
        "whose_place",
        "which_place",
    }  # what came too late, and moves nothing
    assert set(SENTENCES) - asked == spare, "a sentence that no step needs"
    for key, sentence in SENTENCES.items():
        assert sentence[-1] in '.?)"', key
        fields = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert fields <= {"state", "who", "name", "time", "what", "n", "section", *EMERGENCY}, key
    with_values = {key for key, sentence in SENTENCES.items() if "{" in sentence.replace("{life}", EMERGENCY["life"])}
    assert set(PLAIN) == with_values, "where a value is not known, there is a form without it"
    assert not any("{" in sentence for sentence in PLAIN.values())
    assert SENTENCES["no_twin"].format(time="14:00") == "One waits already, until 14:00. Cancel it, or wait."


def test_every_notice_has_a_key_and_a_side() -> None:
    for row in REFERRAL.steps:
        for notice in row.notices:
            assert notice.key in NOTICE_KEYS, row
            assert set(notice.to) <= {*SIDES, "OTHER", "N"}, row


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
            gone = {"referral_effect_destroy", "referral_effect_finish"} & {*row.effects}
            assert bool(gone) == (leaves_live or row.name == "confirm"), row
            # A result may carry a note, which only its confirmation deletes.
            assert ("referral_effect_finish" in gone) == (row.name == "finish"), row


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


def rows_of(name: str, state: str) -> tuple[Step, ...]:
    """The built rows of one step from one state."""
    return tuple(row for row in REFERRAL.steps if row.name == name and state in row.from_states and not row.later)


def refused(row: Step, state: str, side: str, **answers: bool) -> str:
    with pytest.raises(NotNow) as caught:
        take(REFERRAL, state, row.name, side, Yes(answers))
    return caught.value.guard


def test_a_refused_police_row_is_said_before_any_other_refusal() -> None:
    (send,) = rows_of("send", "draft")
    assert refused(send, "draft", "S", police_not_refused=False, consent_not_refused=False) == "police_not_refused"
    assert refused(send, "draft", "S", consent_asked=False, police_not_refused=False) == "consent_asked"


def test_sending_asks_for_a_childs_speaker_only_for_a_child() -> None:
    (send,) = rows_of("send", "draft")
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
    for name, state, side in (("answer", "sent", "S"), ("accept", "sent", "D"), ("expect", "accepted", "R"),
                              ("serve", "accepted", "R"), ("add", "serving", "S")):  # fmt: skip
        for row in rows_of(name, state):
            assert refused(row, state, side, **paused) == "consent_live"
    free = "sent:D:ask sent:D:decline sent:S:recall sent:S:withdraw accepted:R:withdraw serving:R:withdraw"
    free += " accepted:S:hear accepted:SV:hear"
    free += " accepted:S:recall accepted:R:unaccept accepted:R:miss accepted:R:staff accepted:R:finish serving:R:finish"
    for act in free.split():
        state, side, name = act.split(":")
        take(REFERRAL, state, name, side, Yes(paused))


def test_a_supervisor_at_the_receiver_needs_no_vault_to_staff() -> None:
    take(REFERRAL, "accepted", "staff", "RV", Yes(vault_open=False))
    (row, _) = rows_of("staff", "accepted")
    assert refused(row, "accepted", "R", vault_open=False) == "vault_open"
    take(REFERRAL, "accepted", "staff", "R", Yes(vault_open=False, adding=False))


def test_the_case_is_registered_with_three_answers_and_a_child_too() -> None:
    for guard in ("need_tonight", "name_or_code", "district"):
        with pytest.raises(NotNow, match=guard):
            take(CASE, "draft", "register", "L", Yes({guard: False}))
    take(CASE, "draft", "register", "L", Yes(child=True, child_contact=False))


def test_a_supervisor_closes_nothing_that_she_leads() -> None:
    with pytest.raises(NotNow, match="not_self"):
        take(CASE, "open", "close", "SV", Yes(not_self=False))
    take(CASE, "open", "close", "L", Yes(not_self=False))


def test_no_two_machines_use_one_word_for_two_things() -> None:
    for one, two in itertools.combinations(MACHINES, 2):
        shared = set(one.names()) & set(two.names())
        assert shared <= {"discard", "serve", "withdraw"}


@pytest.mark.parametrize("line", FOLLOWS.split("\n")[1:-1])
def test_what_follows_from_each_step(line: str) -> None:
    name, states, sides, asked, effects, clock, *notices = line.split()
    (row,) = (row for row in rows_of(name, states.split("+")[0]) if row.sides == tuple(sides.split("+")))
    assert ",".join(guard.key for guard in row.guards if guard.walls != Walls.PYTHON) == asked.replace("-", "")
    assert ",".join(effect.removeprefix("referral_effect_") for effect in row.effects) == effects.replace("-", "")
    assert ",".join(row.starts) == clock.replace("off", "").replace("=", "")
    assert row.stops == (ALL if clock != "=" else ())
    assert [f"{notice.key}({','.join(notice.to)})" for notice in row.notices] == notices


def test_what_a_step_leaves_behind_is_kept_where_it_belongs() -> None:
    """What only the sender reads stands beside the record: who took it back, and why, and what she says."""
    beside = {
        (row.name, column)
        for row in REFERRAL.steps
        for column in (*row.sets, *row.carries.values())
        if column.startswith("+") and not row.later
    }
    assert beside == {
        ("recall", "+ending_code"), ("recall", "+reason_code"), ("withdraw", "+ending_code"),
        ("withdraw", "+how_said_code"), ("confirm", "+her_view_code"), ("confirm", "+agrees"), ("add", "+sections"),
    }  # fmt: skip
    for row in REFERRAL.steps:
        if row.target("") in FINAL and not row.later:
            assert row.sets["ended_at"] is NOW, row
