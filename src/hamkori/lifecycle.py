"""A state machine is a table: `Step` rows, a `Machine` that checks them, `take()` that picks exactly one.

Here is only the mechanism; the tables live with their rules (`casework/*/rules/lifecycle.py`).
Nothing here saves: `take()` says whether a step can happen and what follows, an action does it. The database has the
same rows (`access.machines`), and its one function obeys them.
See docs/design/engine.md#lifecycles-are-tables.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Concatenate, Final, Generic, ParamSpec, TypeVar

from hamkori.refusal import NotNow, register

NEW = "-"
"""The state of a thing that does not exist yet."""

SAME = "="
"""As `to_state`: the step leaves the state as it is."""

Answer = bool | Mapping[str, object]
"""Whether a guard holds. A mapping means "no" and carries the values of the guard's sentence."""

Context = Mapping[str, Answer | Callable[[], Answer]]
"""Guard key or condition -> answer. A callable is asked only when its turn comes (it may cost a query)."""


class Walls(StrEnum):
    """Who asks a guard: our own code, the database, or both."""

    PYTHON = "python"
    BOTH = "both"
    DATABASE = "database"


@dataclass(frozen=True)
class Guard:
    """A statement that must be true. With `when` it counts only while that condition of the context is true.

    `later`: decided in the design and drawn, but not built yet; `take()` does not ask it.
    """

    key: str
    when: str | None = None
    later: bool = False
    walls: Walls = Walls.PYTHON


def guards(*keys: str, when: str | None = None, later: bool = False) -> tuple[Guard, ...]:
    """Guards in the order in which they are asked; `when` and `later` count for all of them."""
    return tuple(Guard(key, when, later) for key in keys)


def both(*keys: str) -> tuple[Guard, ...]:
    """Guards that the database asks once more; each is an expression of the machine's guards in the walls."""
    return tuple(Guard(key, walls=Walls.BOTH) for key in keys)


def database(*keys: str) -> tuple[Guard, ...]:
    """Guards that only the database can answer."""
    return tuple(Guard(key, walls=Walls.DATABASE) for key in keys)


class Change(Enum):
    """What a step sets a column to, where that is no constant."""

    NOW = "now"
    PLUS_ONE = "plus one"


NOW: Final = Change.NOW
PLUS_ONE: Final = Change.PLUS_ONE
ALL: Final = ("*",)
"""As `stops`: every clock of the thing."""


@dataclass(frozen=True)
class Notice:
    """A notice that a step sends: its key (`notices.texts`), to which sides, and under which condition."""

    key: str
    to: tuple[str, ...]
    when: str | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row: who may take the step `name` from which states, what must be true, where it leads, what it leaves.

    `sets`: column -> NOW, PLUS_ONE or a constant (None clears). `carries`: a value that comes with the step -> the
    column that keeps it; "": it is for the effects or for history only. A column that begins with "+" is of the table
    beside. `effects`: definers of the room, in order. `starts`, `may_start`, `stops`: clocks by name. `noted`: the
    values of which history keeps the first that was given. `door`: the definer that takes the step where that is not
    the common one.
    """

    name: str = field(kw_only=False)
    from_states: tuple[str, ...] = field(kw_only=False)
    to_state: str = field(kw_only=False)
    sides: tuple[str, ...] = field(kw_only=False)
    guards: tuple[Guard, ...] = field(default=(), kw_only=False)
    later: bool = False
    sets: Mapping[str, object] = field(default_factory=dict)
    carries: Mapping[str, str] = field(default_factory=dict)
    effects: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    may_start: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    door: str = ""

    def target(self, state: str) -> str:
        """The state after the step when it starts in `state`."""
        return state if self.to_state == SAME else self.to_state


P = ParamSpec("P")


def _in_one_line(
    make: Callable[Concatenate[str, tuple[str, ...], P], Step],
) -> Callable[Concatenate[str, str, P], Step]:
    """The same with the states that a step starts from in one text, a space between."""
    return lambda name, from_states, /, *more, **leaves: make(name, tuple(from_states.split()), *more, **leaves)


row = _in_one_line(Step)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """Where a machine's things stand in the database, and the room's definers that its one step function asks.

    `beside`: a table with one row for each thing, found by `beside_key`. `kept`: a state -> as the record has it.
    `sides_by(id)`, `locks_by(id, sides)`, `notes_by(id, step, from, to, side, reason, at, by)`.
    """

    record: str
    sides_by: str
    notes_by: str
    locks_by: str = ""
    beside: str = ""
    beside_key: str = ""
    clocks: str = ""
    clock_key: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)


RowT = TypeVar("RowT", bound=Step)


class Machine(Generic[RowT]):
    """All steps of one kind of thing. Refused: unknown states, two rows for one act, a way out of a final state.

    `stored` None: what its steps change is written by definers of their own.
    `sides`: scope of the policy under which somebody may -> the side on which they act.
    """

    def __init__(
        self,
        name: str,
        states: tuple[str, ...],
        final: tuple[str, ...],
        steps: tuple[RowT, ...],
        stored: Stored | None = None,
        sides: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.name = name
        self.stored = stored
        self.sides = sides
        self.states = states
        self.final = frozenset(final)
        self.steps = steps
        self._rows: dict[tuple[str, str, str], RowT] = {}
        known = {*states, NEW}
        for row in steps:
            named = {*row.from_states, *({row.to_state} - {SAME})}
            if not named <= known:
                raise ValueError(f"{name}.{row.name}: unknown state {sorted(named - known)}")
            if self.final & set(row.from_states):
                raise ValueError(f"{name}.{row.name}: leaves a final state")
            for key in self._keys(row):
                if key in self._rows:
                    raise ValueError(f"{name}: two rows for {key}")
                self._rows[key] = row

    @staticmethod
    def _keys(row: RowT) -> Iterator[tuple[str, str, str]]:
        return ((row.name, state, side) for state in row.from_states for side in row.sides)

    def row(self, state: str, step: str, side: str) -> RowT | None:
        """The one row for this state, step and side, if there is one and it is built."""
        row = self._rows.get((step, state, side))
        return None if row is None or row.later else row

    def possible(self, state: str, sides: frozenset[str]) -> tuple[RowT, ...]:
        """Built rows that somebody on these sides could take from `state`, guards not asked, in table order."""
        return tuple(row for row in self.steps if not row.later and state in row.from_states and sides & set(row.sides))

    def names(self) -> tuple[str, ...]:
        """The built step names, each once, in table order."""
        return tuple(dict.fromkeys(row.name for row in self.steps if not row.later))


def take(machine: Machine[RowT], state: str, step: str, side: str, ctx: Context) -> RowT:
    """The row by which `side` takes `step` from `state`.

    Errors: `NotNow("from_state", state=...)` if no row fits; `NotNow(<guard>)` for the first guard, in the row's
    order, that does not hold. A guard or condition that the context does not know is a KeyError: a fault, not a "yes".
    """
    row = machine.row(state, step, side)
    if row is None:
        raise NotNow("from_state", state=state)
    for guard in _asked(row):
        if (refusal := _refused(guard, ctx)) is not None:
            raise refusal
    return row


class Facts:
    """What the guards of a machine's steps are asked of, for an act or a page: the thing, who asks, what was said.

    Each room has its own, which reads what a guard needs once, when its turn comes.
    """

    machine: Machine[Step]
    step: str

    @property
    def state(self) -> str:
        """The thing's."""
        raise NotImplementedError

    def answers(self) -> Context:
        """Every guard that our own code answers, and every condition of one."""
        raise NotImplementedError

    def holds(self, guard: str) -> bool:
        """Whether one guard is true: for a page that says what may be done."""
        return _ask(self.answers(), guard) is True


def decide_step(facts: Facts, side: str) -> Step:
    """The row by which `side` takes the step that is asked about. Errors: as `take`."""
    return take(facts.machine, facts.state, facts.step, side, facts.answers())


def _asked(row: Step) -> Iterator[Guard]:
    """The guards that our own code asks."""
    return (guard for guard in row.guards if not guard.later and guard.walls != Walls.DATABASE)


def refusals(row: Step, ctx: Context) -> Iterator[NotNow]:
    """Every guard of a row that these answers say no to, in the row's order; what they do not know is not asked."""
    for guard in _asked(row):
        if guard.key in ctx and (refusal := _refused(guard, ctx)) is not None:
            yield refusal


def _refused(guard: Guard, ctx: Context) -> NotNow | None:
    if guard.when is not None and not _ask(ctx, guard.when):
        return None
    answer = _ask(ctx, guard.key)
    return None if answer is True else NotNow(guard.key, **(answer if isinstance(answer, Mapping) else {}))


def _ask(ctx: Context, key: str) -> Answer:
    answer = ctx[key]
    return answer() if callable(answer) else answer


def mermaid(machine: Machine[RowT]) -> str:
    """The machine as a Mermaid state diagram; steps that are not built yet are left out."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in machine.steps:
        if row.later or row.to_state == SAME:
            continue
        for state in row.from_states:
            source = "[*]" if state == NEW else state
            words = arrows.setdefault((source, row.target(state)), [])
            if row.name not in words:
                words.append(row.name)
    lines = [f"    {source} --> {target}: {', '.join(words)}" for (source, target), words in arrows.items()]
    ends = [f"    {state} --> [*]" for state in machine.states if state in machine.final]
    return "\n".join(["stateDiagram-v2", *lines, *ends]) + "\n"


_ASKED_BY = {Walls.PYTHON: "", Walls.BOTH: "°", Walls.DATABASE: "*"}


def markdown(machine: Machine[RowT]) -> str:
    """The machine as a Markdown table: every row, also those that are not built yet ("later").

    A guard with ° is asked by our code and by the database, one with * by the database alone.
    """
    lines = ["|from|step|to|who|guards|writes|effects|clocks|", "|---|---|---|---|---|---|---|---|"]
    for row in machine.steps:
        name = f"{row.name} (later)" if row.later else row.name
        target = "same" if row.to_state == SAME else row.to_state
        cells = [
            " ".join(row.from_states),
            name,
            target,
            " ".join(row.sides),
            _guards_in_words(row),
            _writes_in_words(row),
        ]
        cells += [", ".join(filter(None, (row.door, *row.effects))) or "-", _clocks_in_words(row)]
        lines.append(f"|{'|'.join(cells)}|")
    return "\n".join(lines) + "\n"


def _guards_in_words(row: Step) -> str:
    words = [
        (f"{guard.when}: " if guard.when else "") + guard.key + _ASKED_BY[guard.walls]
        for guard in row.guards
        if not guard.later
    ]
    return ", ".join([*words, *(f"{guard.key} (later)" for guard in row.guards if guard.later)]) or "-"


def _writes_in_words(row: Step) -> str:
    """Columns that the step sets, then values that it carries; those of the table beside with their "+"."""
    words = []
    for column, value in row.sets.items():
        plain = value.value if isinstance(value, Change) else "empty" if value in (None, "") else str(value).lower()
        words.append(f"{column} := {plain}")
    words += [value if column in (value, "") else f"{value} > {column}" for value, column in row.carries.items()]
    return ", ".join(words) or "-"


def _clocks_in_words(row: Step) -> str:
    words = [*(f"starts {name}" for name in row.starts), *(f"may start {name}" for name in row.may_start)]
    words += ["stops all" if name == "*" else f"stops {name}" for name in row.stops]
    return ", ".join(words) or "-"


_ = str
"""Marks a sentence for the catalogues, which stays as it is: a machine knows no language."""

SENTENCES: Mapping[str, str] = {
    "from_state": _('It is now "{state}". Nothing was changed.'),
    "version_same": _("{who} changed this at {time}. Both are below; choose one."),
    "reason_given": _("Choose a reason."),
    "not_self": _("Another person must agree."),
}
"""Guards that any machine may ask, and the sentence shown when one is not true. Each room has those of its own."""

SINCE = _("Something changed since you opened this page. Nothing was written.")
PLAIN: Mapping[str, str] = {"from_state": SINCE, "version_same": SINCE}
"""What they say where their values are not known."""

register(SENTENCES, plain=PLAIN)
