"""How a table of steps answers: one row, or a refusal that names its reason."""

import pytest

from hamkori.lifecycle import (
    ALL,
    NEW,
    NOW,
    PLUS_ONE,
    SAME,
    Context,
    Facts,
    Guard,
    Machine,
    Step,
    both,
    database,
    decide_step,
    guards,
    markdown,
    mermaid,
    refusals,
    row,
    take,
)
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible, Refusal

DOOR = Machine(
    "door",
    ("shut", "open", "gone"),
    ("gone",),
    (
        Step(name="build", from_states=(NEW,), to_state="shut", sides=("A",)),
        Step(
            name="open",
            from_states=("shut",),
            to_state="open",
            sides=("A",),
            guards=(*guards("unlocked"), Guard("alone", when="night"), Guard("gloved", later=True)),
        ),
        Step(name="open", from_states=("shut",), to_state="open", sides=("B",)),
        Step(name="paint", from_states=("shut", "open"), to_state=SAME, sides=("A", "B")),
        Step(name="burn", from_states=("open",), to_state="gone", sides=("A",)),
        Step(name="lend", from_states=("open",), to_state="shut", sides=("A",), later=True),
    ),
)


def test_the_row_says_where_the_step_leads() -> None:
    row = take(DOOR, "shut", "open", "A", {"unlocked": True, "night": False})
    assert row.target("shut") == "open"
    assert take(DOOR, "open", "paint", "B", {}).target("open") == "open"


@pytest.mark.parametrize(
    ("state", "step", "side"),
    [("open", "open", "A"), ("shut", "burn", "A"), ("open", "burn", "B"), ("shut", "sing", "A"), ("open", "lend", "A")],
)
def test_no_row_for_this_state_step_and_side_is_refused_aloud(state: str, step: str, side: str) -> None:
    with pytest.raises(NotNow) as refused:
        take(DOOR, state, step, side, {})
    assert refused.value.guard == "from_state"
    assert refused.value.values == {"state": state}


def test_the_first_guard_that_does_not_hold_is_named_with_its_values() -> None:
    with pytest.raises(NotNow) as refused:
        take(DOOR, "shut", "open", "A", {"unlocked": {"who": "Firuza"}, "night": True, "alone": False})
    assert (refused.value.guard, refused.value.values) == ("unlocked", {"who": "Firuza"})
    with pytest.raises(NotNow) as refused:
        take(DOOR, "shut", "open", "A", {"unlocked": True, "night": True, "alone": False})
    assert (refused.value.guard, refused.value.values) == ("alone", {})


def test_a_condition_that_is_false_asks_no_guard_and_costs_no_query() -> None:
    def never() -> bool:
        raise AssertionError("asked although it was not its turn")

    take(DOOR, "shut", "open", "A", {"unlocked": lambda: True, "night": lambda: False, "alone": never})


def test_an_unanswered_guard_is_a_fault_and_never_a_yes() -> None:
    with pytest.raises(KeyError):
        take(DOOR, "shut", "open", "A", {})


def test_what_can_be_done_now_is_listed_by_side() -> None:
    assert [row.name for row in DOOR.possible("open", frozenset("A"))] == ["paint", "burn"]
    assert [row.name for row in DOOR.possible("open", frozenset("B"))] == ["paint"]
    assert DOOR.names() == ("build", "open", "paint", "burn")


@pytest.mark.parametrize(
    ("steps", "word"),
    [
        ((Step(name="go", from_states=("a",), to_state="nowhere", sides=("A",)),), "unknown state"),
        ((Step(name="go", from_states=("z",), to_state="a", sides=("A",)),), "leaves a final state"),
        ((Step(name="go", from_states=("a",), to_state="z", sides=("A",)),) * 2, "two rows"),
    ],
)
def test_a_table_that_contradicts_itself_cannot_be_built(steps: tuple[Step, ...], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Machine("bad", ("a", "z"), ("z",), steps)


def test_the_drawing_shows_what_is_built() -> None:
    drawing = mermaid(DOOR)
    assert drawing.startswith("stateDiagram-v2\n")
    assert "    [*] --> shut: build\n" in drawing
    assert drawing.count("shut --> open: open\n") == 1
    assert "    gone --> [*]\n" in drawing
    assert "lend" not in drawing
    assert "paint" not in drawing


def test_the_table_shows_what_comes_later_too() -> None:
    table = markdown(DOOR).splitlines()
    assert table[0] == "|from|step|to|who|guards|writes|effects|clocks|"
    assert "|shut|open|open|A|unlocked, night: alone, gloved (later)|-|-|-|" in table
    assert "|shut open|paint|same|A B|-|-|-|-|" in table
    assert "|open|lend (later)|shut|A|-|-|-|-|" in table


def test_the_table_shows_what_a_step_asks_of_the_database_and_leaves_behind() -> None:
    shut = row(
        "shut",
        "open ajar",
        "shut",
        ("A", "T"),
        (*guards("quiet"), *both("alone"), *database("late")),
        sets={"shut_at": NOW, "times": PLUS_ONE, "open_at": None, "word": "", "+by_night": True},
        carries={"reason": "reason", "how": "+how_code", "who": ""},
        effects=("door_effect_lock", "door_effect_tell"),
        starts=("night",),
        may_start=("alarm",),
        stops=("day",),
    )
    drawn = row("draw", "open", SAME, ("A",), door="door_draw", stops=ALL)
    table = markdown(Machine("door", ("open", "ajar", "shut"), ("shut",), (shut, drawn))).splitlines()
    assert table[2:] == [
        (
            "|open ajar|shut|shut|A T|quiet, alone°, late*|shut_at := now, times := plus one, open_at := empty,"
            " word := empty, +by_night := true, reason, how > +how_code, who|door_effect_lock, door_effect_tell|"
            "starts night, may start alarm, stops day|"
        ),
        "|open|draw|same|A|-|-|door_draw|stops all|",
    ]


class DoorFacts(Facts):
    """A door that is shut by night, and whether it is unlocked."""

    machine = DOOR
    state = "shut"

    def __init__(self, step: str, unlocked: bool) -> None:
        self.step, self.unlocked = step, unlocked

    def answers(self) -> Context:
        return {"unlocked": lambda: self.unlocked, "night": False}


def test_an_act_and_a_page_ask_the_same_facts() -> None:
    assert decide_step(DoorFacts("open", unlocked=True), "A").name == "open"
    assert DoorFacts("open", unlocked=True).holds("unlocked")
    assert not DoorFacts("open", unlocked=False).holds("unlocked")
    with pytest.raises(NotNow, match="unlocked"):
        decide_step(DoorFacts("open", unlocked=False), "A")


def test_what_only_the_database_can_answer_is_not_asked_here() -> None:
    late = Machine("door", ("open", "shut"), ("shut",), (row("shut", "open", "shut", ("A",), database("late")),))
    assert take(late, "open", "shut", "A", {}).guards == database("late")
    assert list(refusals(late.steps[0], {"late": False})) == []


def test_the_four_refusals_are_told_apart_and_caught_together() -> None:
    for refusal in (NotVisible(), NotAllowed("case.view"), NotNow("no_twin", time=1), Invalid({"until_on": "Late."})):
        assert isinstance(refusal, Refusal)
    assert NotAllowed("case.view").permission == "case.view"
    assert Invalid({"until_on": "Late."}).errors == {"until_on": "Late."}
    assert "Late." not in str(Invalid({"until_on": "Late."}))
