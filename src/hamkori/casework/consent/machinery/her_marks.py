"""What her word takes away, as the marks that hold it should the database not keep it (machinery/her_no.py)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from uuid import UUID

from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.machinery.asking import Answer, Asking
from hamkori.casework.consent.machinery.her_no import Mark
from hamkori.casework.consent.queries import taken
from hamkori.casework.consent.rules import consent as rules
from hamkori.vocabulary import codelist

Part = tuple[rules.RowKey, str]
"""One section of one row of hers."""


def refused(
    case: Case, *, answers: Sequence[Answer], asking: Asking, excluded: Collection[UUID] = (), **_asked: object
) -> Iterator[Mark]:
    """What she says no to, as a child also beside a yes; the organisations that she does not want; what a yes omits."""
    asking = replace(asking, as_child=asking.as_child or case.is_child)
    return _said(case, _refused(case, answers, asking, excluded))


def taken_back(
    case: Case,
    *,
    rows: Collection[rules.RowKey] | None = None,
    sections: Collection[str] = (),
    parts: Collection[Part] = (),
    excluded: Collection[UUID] = (),
    how_said: str,
    **_of_a_child: object,
) -> Iterator[Mark]:
    """Everything, or these rows, or only some sections of them; single sections of others; and the organisations that
    she does not want. Who knows of it is no part of it.
    """
    if how_said not in codelist("how_said").codes:
        return iter(())
    out = [*_shut_out(case, excluded)]
    if sections:
        return _said(case, [*_some(sections, case, rows), *out])
    named = [taken.everything(case.pk)] if rows is None else [taken.row(case.pk, key) for key in rows]
    whole = [Mark(taken.TAKEN, name, _after_all(case)) for name in named]
    return _said(case, [*whole, *(mark for key, one in parts for mark in _some([one], case, [key])), *out])


def _said(case: Case, held: Iterable[Mark]) -> Iterator[Mark]:
    """First that she has said something, by which the form of an older yes is known; last the highest of their
    numbers, after which her next word comes.

    Of what a yes omits not after an outage: then the same form comes again.
    """
    every = tuple(held)
    if not every:
        return
    omitted = all(one.beside_a_yes for one in every)
    yield Mark(taken.AGAINST, case.pk, partial(taken.above_all, case.pk), omitted, only_refused=omitted)
    yield from every
    yield Mark(taken.TAKEN, taken.last(case.pk), _after_all(case), omitted)


def _after_all(case: Case) -> Callable[[], int]:
    return partial(taken.after_all, case.pk)


def _refused(case: Case, answers: Sequence[Answer], asking: Asking, excluded: Collection[UUID]) -> Iterator[Mark]:
    after = _after_all(case)
    for answer in answers:
        key, by_child = (answer.kind, answer.purpose), asking.child_says_no(answer)
        if (by_child or answer.answer == "no") and key in rules.ROWS:
            yield Mark(taken.TAKEN, taken.row(case.pk, key), after)
            if by_child:
                yield Mark(taken.TAKEN, taken.child(case.pk, key), after)
    yield from _shut_out(case, excluded)
    for answer in answers:  # a yes is a no to what is left out
        less, key = {*SECTIONS} - {"identity"} - answer.sections, (answer.kind, answer.purpose)
        if answer.answer == "without_name":
            yield from _some({*less, "identity"}, case, [key])
        elif answer.answer == "yes" and not asking.child_says_no(answer):
            named = less if "identity" in answer.sections else {*less, rules.PAPERS}
            yield from (one._replace(beside_a_yes=True) for one in _some(named, case, [key]))


def _shut_out(case: Case, excluded: Collection[UUID]) -> Iterator[Mark]:
    after = _after_all(case)
    for body in excluded:
        yield Mark(taken.TAKEN, taken.body(case.pk, body), after)
        yield Mark(taken.TAKEN, taken.bodies(case.pk), after)


def _some(sections: Collection[str], case: Case, rows: Collection[rules.RowKey] | None) -> Iterator[Mark]:
    """These sections of these rows, of all where `rows` is None; first that there are any."""
    after = cache(_after_all(case))
    keys: list[rules.RowKey | None] = [None] if rows is None else [key for key in rows if key in rules.ROWS]
    names = [taken.section(case.pk, one, key) for key in keys for one in (*SECTIONS, rules.PAPERS) if one in sections]
    for name in [taken.any_section(case.pk), *names] if names else ():
        yield Mark(taken.TAKEN, name, after)
