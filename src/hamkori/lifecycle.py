"""A state machine is a table: `Step` rows, a `Machine` that checks them, `take()` that picks exactly one.

Here is only the mechanism; the tables live with their rules (`casework/*/rules/lifecycle.py`).
Nothing here saves: `take()` says whether a step can happen and what follows, an action does it.
See docs/design/engine.md#lifecycles-are-tables.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from hamkori.refusal import NotNow

NEW = "-"
"""The state of a thing that does not exist yet."""

SAME = "="
"""As `to_state`: the step leaves the state as it is."""

Answer = bool | Mapping[str, object]
"""Whether a guard holds. A mapping means "no" and carries the values of the guard's sentence."""

Context = Mapping[str, Answer | Callable[[], Answer]]
"""Guard key or condition -> answer. A callable is asked only when its turn comes (it may cost a query)."""


@dataclass(frozen=True)
class Guard:
    """A statement that must be true. With `when` it counts only while that condition of the context is true.

    `later`: decided in the design and drawn, but not built yet; `take()` does not ask it.
    """

    key: str
    when: str | None = None
    later: bool = False


def guards(*keys: str, when: str | None = None, later: bool = False) -> tuple[Guard, ...]:
    """Guards in the order in which they are asked; `when` and `later` count for all of them."""
    return tuple(Guard(key, when, later) for key in keys)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row: who may take the step `name` from which states, what must be true, and where it leads."""

    name: str
    from_states: tuple[str, ...]
    to_state: str
    sides: tuple[str, ...]
    guards: tuple[Guard, ...] = ()
    later: bool = False

    def target(self, state: str) -> str:
        """The state after the step when it starts in `state`."""
        return state if self.to_state == SAME else self.to_state


RowT = TypeVar("RowT", bound=Step)


class Machine(Generic[RowT]):
    """All steps of one kind of thing. Refused: unknown states, two rows for one act, a way out of a final state."""

    def __init__(self, name: str, states: tuple[str, ...], final: tuple[str, ...], steps: tuple[RowT, ...]) -> None:
        self.name = name
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
    for guard in row.guards:
        if guard.later or (guard.when is not None and not _ask(ctx, guard.when)):
            continue
        answer = _ask(ctx, guard.key)
        if answer is not True:
            raise NotNow(guard.key, **(answer if isinstance(answer, Mapping) else {}))
    return row


def refusals(row: Step, ctx: Context) -> Iterator[NotNow]:
    """Every guard of a row that these answers say no to, in the row's order; what they do not know is not asked."""
    for guard in row.guards:
        if guard.later or guard.key not in ctx or (guard.when is not None and not _ask(ctx, guard.when)):
            continue
        answer = _ask(ctx, guard.key)
        if answer is not True:
            yield NotNow(guard.key, **(answer if isinstance(answer, Mapping) else {}))


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


def markdown(machine: Machine[RowT]) -> str:
    """The machine as a Markdown table: every row, also those that are not built yet ("later")."""
    lines = ["|from|step|to|who|guards|", "|---|---|---|---|---|"]
    for row in machine.steps:
        words = [f"{guard.when}: {guard.key}" if guard.when else guard.key for guard in row.guards if not guard.later]
        later = [f"{guard.key} (later)" for guard in row.guards if guard.later]
        name = f"{row.name} (later)" if row.later else row.name
        target = "same" if row.to_state == SAME else row.to_state
        asked = ", ".join([*words, *later]) or "-"
        lines.append(f"|{' '.join(row.from_states)}|{name}|{target}|{' '.join(row.sides)}|{asked}|")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Notice:
    """A notice that a step sends: its key (`notices.texts`), to which sides, and under which condition."""

    key: str
    to: tuple[str, ...]
    when: str | None = None
