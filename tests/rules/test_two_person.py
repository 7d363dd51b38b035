"""Decisions of two: the table, and when a key must be made."""

from uuid import uuid4

import pytest

from hamkori import lifecycle
from hamkori.access import policy
from hamkori.casework.work.rules import guards as of_casework
from hamkori.lifecycle import NEW, take
from hamkori.people.rules import guards
from hamkori.people.rules.two_person import CREATE, REASONS, TWO_PERSON, can_be_held, key_is_due
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist

YES = {
    "recent_sign_in": True, "reason_given": True, "may_hold": True, "subject_live": True, "none_waiting": True,
    "not_self": True, "vault_open": True, "keys": True,
}  # fmt: skip
WAYS = [
    (NEW, "ask", "A", "asked"),
    ("asked", "agree", "B", "done"),
    ("asked", "refuse", "B", "refused"),
    ("asked", "take_back", "A", "taken_back"),
    ("asked", "expire", "T", "expired"),
]


@pytest.mark.parametrize(("state", "step", "side", "leads"), WAYS)
def test_each_step_has_one_way_and_one_side(state: str, step: str, side: str, leads: str) -> None:
    assert take(TWO_PERSON, state, step, side, YES).target(state) == leads
    for other_state in {NEW, *TWO_PERSON.states} - {state}:
        with pytest.raises(NotNow, match="from_state"):
            take(TWO_PERSON, other_state, step, side, YES)
    for other_side in {"A", "B", "T"} - {side}:
        with pytest.raises(NotNow, match="from_state"):
            take(TWO_PERSON, state, step, other_side, YES)


@pytest.mark.parametrize(
    ("step", "guard"),
    [(row.name, guard.key) for row in TWO_PERSON.steps for guard in row.guards],
)
def test_each_guard_stops_its_step(step: str, guard: str) -> None:
    state, _step, side, _leads = next(way for way in WAYS if way[1] == step)
    with pytest.raises(NotNow, match=guard):
        take(TWO_PERSON, state, step, side, {**YES, guard: False})
    assert guard in {**lifecycle.SENTENCES, **of_casework.SENTENCES, **guards.SENTENCES}


def test_the_passphrase_is_asked_only_where_keys_are_needed() -> None:
    assert take(TWO_PERSON, "asked", "agree", "B", {**YES, "vault_open": False, "keys": False})


def test_no_sentence_stands_twice_and_none_is_spare() -> None:
    asked = {guard.key for row in TWO_PERSON.steps for guard in row.guards}
    rooms = (lifecycle.SENTENCES, of_casework.SENTENCES, guards.SENTENCES)
    assert len({**rooms[0], **rooms[1], **rooms[2]}) == sum(map(len, rooms))
    assert lifecycle.PLAIN.keys() <= lifecycle.SENTENCES.keys()
    assert guards.SENTENCES.keys() - asked == {"key_changed", "other_browser"}, (
        "the database says the one, the door of the pages the other"
    )


def test_reasons_are_lists() -> None:
    reasoned = {row.name for row in TWO_PERSON.steps if any(guard.key == "reason_given" for guard in row.guards)}
    assert reasoned == set(REASONS)
    assert all(codelist(name).codes for name in REASONS.values())


def test_whoever_asks_and_whoever_agrees_keeps_keys() -> None:
    assert [(row.role, row.scope) for row in policy.rows_for(CREATE)] == [("custodian", "own_organisation")]


def test_when_a_key_is_due() -> None:
    one, two, three = uuid4(), uuid4(), uuid4()
    karim, lola, nozim = uuid4(), uuid4(), uuid4()
    both = {one: karim, two: lola}
    assert key_is_due(both, ())
    held = {(one, two), (two, one)}
    assert not key_is_due(both, held)
    assert key_is_due({**both, three: nozim}, held), "somebody has come"
    assert key_is_due(both, {*held, (one, three), (three, one)}), "somebody has gone"
    assert key_is_due({three: karim, two: lola}, {(three, two), (two, one)}), "somebody has a new passphrase"
    assert key_is_due(both, {(one, two)}), "only one of the two may begin"
    assert not key_is_due({one: karim}, ()), "nobody holds it alone"
    assert not key_is_due({}, ())
    assert not can_be_held({one: karim, two: karim}), "two keys of one person are one person"
    assert not can_be_held({one: karim, two: karim, three: lola})
