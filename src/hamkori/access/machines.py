"""The lifecycles of all rooms as the database reads them: written at each migration, after the walls, as the owner.

A room names its machines in its AppConfig (`machines`); nothing here lists them.
See docs/design/engine.md#one-door-for-every-step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from hamkori import definer
from hamkori.access.models import LifecycleMachine, LifecycleRow
from hamkori.lifecycle import NEW, NOW, PLUS_ONE, Change, Machine, Step, Stored, Walls

CLOCK = "T"
"""The side on which the clock itself takes a step."""


class MachineRefused(Exception):
    """A row does not fit the database; the text names machine and step, and what is not there."""


def machines() -> tuple[Machine[Any], ...]:
    """The machines of every room, low rooms first."""
    return tuple(machine for app in apps.get_app_configs() for machine in getattr(app, "machines", tuple)())


def rows(machine: Machine[Any]) -> Iterator[LifecycleRow]:
    """One row per step, state and side, in table order; no row for a step that another definer takes."""
    built = (step for step in machine.steps if not step.later and not step.door)
    acts = ((one, state, side) for one in built for state in one.from_states if state != NEW for side in one.sides)
    for position, (step, state, side) in enumerate(acts):
        yield LifecycleRow(
            machine_code=machine.name,
            step_code=step.name,
            from_code=_kept(machine, state),
            to_code=step.target(state),
            side_code=side,
            position=position,
            guards=asked(step),
            set_now=[column for column, value in step.sets.items() if value is NOW],
            set_plus=[column for column, value in step.sets.items() if value is PLUS_ONE],
            set_values={column: value for column, value in step.sets.items() if not isinstance(value, Change)},
            carries=dict(step.carries),
            effects=list(step.effects),
            starts=list(step.starts),
            may_start=list(step.may_start),
            stops=list(step.stops),
            noted=list(step.noted),
        )


def asked(step: Step) -> list[str]:
    """The guards that the database asks, in order; one that has a condition is our own code's."""
    return [guard.key for guard in step.guards if guard.walls != Walls.PYTHON and not guard.later]


def write(connection: BaseDatabaseWrapper) -> int:
    """Replaces the rows of all machines. MachineRefused: one does not fit. Returns how many rows there are."""
    found = [(machine, list(rows(machine))) for machine in machines()]
    LifecycleRow.objects.all().delete()
    LifecycleMachine.objects.all().delete()
    for machine, its_rows in found:
        LifecycleRow.objects.bulk_create(its_rows)
        if machine.stored is not None:
            _write_stored(machine, machine.stored)
            _check(connection, machine, machine.stored, its_rows)
    return sum(len(its_rows) for _machine, its_rows in found)


def _kept(machine: Machine[Any], state: str) -> str:
    return machine.stored.kept.get(state, state) if machine.stored else state


def _write_stored(machine: Machine[Any], stored: Stored) -> None:
    LifecycleMachine.objects.create(
        machine_code=machine.name,
        record_table=stored.record,
        beside_table=stored.beside,
        beside_key=stored.beside_key,
        clock_table=stored.clocks,
        clock_key=stored.clock_key,
        sides_by=stored.sides_by,
        locks_by=stored.locks_by,
        guards_by=f"{machine.name}_guards",
        notes_by=stored.notes_by,
        kept_codes=dict(stored.kept),
    )


def _check(using: BaseDatabaseWrapper, machine: Machine[Any], stored: Stored, its_rows: list[LifecycleRow]) -> None:
    """Nothing is named that is not there: tables and definers of the machine, columns, effects and guards of its rows;
    and nothing stands in a state that no row knows.
    """
    if lacking := list(_not_there(using, stored)):
        raise MachineRefused(f"{machine.name}: the database has no {', '.join(lacking)}")
    columns = _columns(using, stored.record) | {f"+{name}" for name in _columns(using, stored.beside)}
    known, effects = _guards(using, machine), _effects(using, machine)
    for row in its_rows:
        named = {*row.set_now, *row.set_plus, *row.set_values, *filter(None, row.carries.values())}
        missing = sorted({*(named - columns), *(set(row.effects) - effects), *(set(row.guards) - known)})
        if missing:
            raise MachineRefused(f"{machine.name}.{row.step_code}: the database has no {', '.join(missing)}")
        if row.side_code == CLOCK and not row.guards:
            raise MachineRefused(f"{machine.name}.{row.step_code}: without a guard the clock may take it at any time")
    used = {name for row in its_rows for name in (*row.guards, *row.effects)}
    if spare := (known | effects) - used:
        raise MachineRefused(f"{machine.name}: no step asks {', '.join(sorted(spare))}")
    states = [_kept(machine, state) for state in machine.states]
    stand = f'select distinct state_code from public."{stored.record}" where state_code <> all (%s)'  # nosec B608
    if strange := definer.read(stand, states, using=using):
        raise MachineRefused(
            f"{machine.name}: things stand in {', '.join(code for (code,) in strange)}, which no row knows"
        )


def _not_there(using: BaseDatabaseWrapper, stored: Stored) -> Iterator[str]:
    """What a machine names beside its rows: its tables with what a thing is found by, and the room's definers."""
    tables = ((stored.record, "id"), (stored.beside, stored.beside_key), (stored.clocks, stored.clock_key))
    yield from (f"{table}.{key}" for table, key in tables if table and key not in _columns(using, table))
    of_step = "uuid,text,text,text,text,text,timestamptz,uuid"
    definers = ((stored.sides_by, "uuid"), (stored.locks_by, "uuid,text[]"), (stored.notes_by, of_step))
    for signature in (f"{name}({takes})" for name, takes in definers if name):
        ((found,),) = definer.read("select to_regprocedure(%s) is not null", f"public.{signature}", using=using)
        if not found:
            yield signature


def _columns(using: BaseDatabaseWrapper, table: str) -> set[str]:
    named = "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s"
    return {name for (name,) in definer.read(named, table, using=using)}


def _effects(using: BaseDatabaseWrapper, machine: Machine[Any]) -> set[str]:
    """The effects that the walls have for this machine, by their name and what they take."""
    named = (
        "select proname::text from pg_proc where pronamespace = 'public'::regnamespace and starts_with(proname, %s)"
        " and proargtypes::regtype[] = '[0:3]={uuid,text,jsonb,timestamptz}'::regtype[]"
    )
    return {name for (name,) in definer.read(named, f"{machine.name}_effect_", using=using)}


def _guards(using: BaseDatabaseWrapper, machine: Machine[Any]) -> set[str]:
    """The guards that the walls have built (`guards_build`), by the comment that it leaves."""
    signature = f"public.{machine.name}_guards(uuid,text,text[],jsonb,timestamptz)"
    ((said,),) = definer.read("select obj_description(to_regprocedure(%s), 'pg_proc')", signature, using=using)
    return set((said or "").split())
