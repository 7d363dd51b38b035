"""Each row of the policy is taken out once, and wrong ones are put in: the matrix must go red each time."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import product

import pytest

from hamkori.access.permissions import PERMISSIONS, Permission
from hamkori.access.policy import POLICY, Row, rows_for
from hamkori.access.scope import WITHOUT_OBJECT
from tests.policy import oracle, relations, words
from tests.policy.moments import FAST, Moments
from tests.policy.relations import Relations

FLOOR_REMOVED = 115
FLOOR_ADDED = 800

NOT_TO_BE_WIDENED = {"account.manage", "vault.unlock", "session.end", "directory.view", "referral.view"}
"""No other row lets anybody more in: the scope is herself, or everybody, or only these roles stand there."""

READING = ("case.view", "section.open", "referral.view", "packet.open", "meeting.open")
TOO_WIDE = (
    Row("desk_officer", "packet.open", "receiver_desk", "wrong"),
    Row("supervisor", "packet.open", "receiver_supervised", "wrong"),
    Row("supervisor", "case.edit", "supervised", "wrong"),
    Row("case_worker", "team.admit", "own_team", "wrong"),
    Row("desk_officer", "referral.staff", "receiver_desk", "wrong"),
)


@cache
def acts_of(permission: Permission) -> list[str]:
    """The acts by which the oracle speaks of a permission."""
    return [act for act in words.acts() if words.PERMISSION.get(act) == permission]


Cells = frozenset[tuple[str, str, str]]


@cache
def expected(permission: Permission) -> tuple[Cells, Cells]:
    """(moment, who, thing) that must be given, and those that may be: where more than the permission decides."""
    wanted: set[tuple[str, str, str]] = set()
    open_: set[tuple[str, str, str]] = set()
    for act in acts_of(permission):
        for moment, who, thing in product(oracle.MOMENTS, oracle.PEOPLE, words.asked_about(act)):
            told = oracle.answer(moment, who, act, thing)
            if told in ("yes", "not now"):
                wanted.add((moment, who, thing))
            elif told == "either" or _decided_further(act, moment, who, thing):
                open_.add((moment, who, thing))
    return frozenset(wanted), frozenset(open_)


def _decided_further(act: str, moment: str, who: str, thing: str) -> bool:
    """A card, a packet and a meeting line close by state; a screening asks for the section as well."""
    if act == "card.view":
        return oracle.answer(moment, who, "referral.view", thing) == "yes"
    if act.startswith("screening."):
        return oracle.answer(moment, who, "case.edit", thing) == "yes"
    if act == "packet.open:meeting":
        sends = oracle.answer(moment, who, "referral.withdraw", thing) != "no" and _sends(who, thing)
        return (
            sends
            or _answers(who, thing)
            or (oracle.answer(moment, who, "referral.view", thing) == "yes" and _ever_named(who, thing))
        )
    if act == "packet.open:result":
        return oracle.answer(moment, who, "referral.view", thing) == "yes" and _sends(who, thing)
    if act.startswith("packet.open:"):
        return oracle.answer(moment, who, "referral.view", thing) == "yes" and _ever_named(who, thing)
    return False


def _sends(who: str, thing: str) -> bool:
    return any(oracle.answer(moment, who, "referral.stop", thing) != "no" for moment in oracle.MOMENTS)


def _answers(who: str, thing: str) -> bool:
    return any(oracle.answer(moment, who, "referral.accept", thing) == "yes" for moment in oracle.MOMENTS)


def _ever_named(who: str, thing: str) -> bool:
    return any(oracle.answer(moment, who, "packet.open:text", thing) == "yes" for moment in oracle.MOMENTS)


def is_red(known: Relations, rows: Iterable[Row], permission: Permission) -> bool:
    """Whether these rows, in place of the policy's own, contradict the oracle somewhere."""
    wanted, open_ = expected(permission)
    given = known.answers(rows, acts_of(permission)[0])
    missing = any(cell[2] in known.things.get(cell[0], ()) for cell in wanted - given)
    return missing or not given - wanted <= open_


def test_the_matrix_goes_red_for_what_opens_a_file(moments: Moments) -> None:
    """What `--fast` keeps of the whole: rows that let somebody read, taken out, and a few that let too many."""
    known = relations.find(moments, ("waiting", *FAST))  # what a desk reads, it reads before it accepts
    the_rows_as_they_are_agree_with_the_oracle(known)
    rows = [row for row in POLICY if row.permission in READING]
    assert len(rows) >= 15
    for row in rows:
        rest = [other for other in rows_for(row.permission) if other is not row]
        assert is_red(known, rest, row.permission), row
    for wrong in TOO_WIDE:
        assert is_red(known, [*rows_for(wrong.permission), wrong], wrong.permission), wrong


@pytest.mark.bulk
def test_the_matrix_goes_red_for_every_row(moments: Moments, count: Counter[str]) -> None:
    """The relations are found once for all three: that takes longer than trying the rows."""
    known = relations.find(moments)
    the_rows_as_they_are_agree_with_the_oracle(known)
    without_any_single_row_it_is_red(known, count)
    with_a_wrong_row_that_changes_anything_it_is_red(known, count)


def the_rows_as_they_are_agree_with_the_oracle(known: Relations) -> None:
    assert not [name for name in PERMISSIONS if is_red(known, rows_for(name), name)]


def without_any_single_row_it_is_red(known: Relations, count: Counter[str]) -> None:
    rows = [row for row in POLICY if row.scope not in WITHOUT_OBJECT]
    green = []
    for out in rows:
        rest = [row for row in rows_for(out.permission) if row is not out]
        if not is_red(known, rest, out.permission):
            green.append(out)
    count["rows of the policy taken out"] += len(rows)
    assert len(rows) >= FLOOR_REMOVED
    assert not green


def with_a_wrong_row_that_changes_anything_it_is_red(known: Relations, count: Counter[str]) -> None:
    missed, caught = [], Counter[str]()
    tried = 0
    for permission in PERMISSIONS:
        own = rows_for(permission)
        act = acts_of(permission)[0]
        before = known.answers(own, act)
        pairs = {(row.role, row.scope) for row in own}
        for role in relations.ROLES:
            for scope in relations.SCOPES:
                wrong = Row(role, permission, scope, "wrong")
                if (role, scope) in pairs or known.answers([wrong], act) <= before:
                    continue
                tried += 1
                if is_red(known, [*own, wrong], permission):
                    caught[permission] += 1
                else:
                    missed.append(wrong)
    count["wrong rows put into the policy"] += tried
    assert tried >= FLOOR_ADDED
    assert not missed, "\n".join(map(str, missed))
    assert {name for name in PERMISSIONS if not caught[name]} == NOT_TO_BE_WIDENED
