"""What the policy alone answers, with row security out of the way: person by person, act by act, thing by thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from hamkori.access import scope
from hamkori.access.actor import Actor
from hamkori.access.permissions import PERMISSIONS, Permission
from hamkori.casework.case.machinery.own_row import my_access
from hamkori.casework.case.models import CaseAccess
from hamkori.casework.referral.actions import disclosure
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries import received
from hamkori.people.sign_in import acting_as
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.database import god
from tests.policy import oracle, words
from tests.policy.moments import Moments
from tests.policy.world import World

Cell = tuple[str, str, str]
SENDING = {"sender_team", "supervised", "acting_supervisor"}


@dataclass
class Judge:
    """One person at one moment, behind row security. What one question has found out, the next one does not ask."""

    actor: Actor
    things: dict[str, Any]
    _lists: dict[tuple[Permission, type[Model]], set[object]] = field(default_factory=dict)
    _answers: dict[tuple[str, tuple[str, ...]], set[object]] = field(default_factory=dict)
    _rows: dict[str, CaseAccess | None] = field(default_factory=dict)
    _packets: dict[str, frozenset[str]] = field(default_factory=dict)

    def says(self, act: str, name: str) -> bool:
        """The answer for an act of the oracle. What is not built is denied."""
        known = words.PERMISSION.get(act)
        if known is None or not self._shows(cast(Permission, known), name):
            return False
        head, _colon, section = act.partition(":")
        if act == "card.view":
            return self._card(self.things[name])
        if head in ("section.open", "section.write"):
            return self._holds(name, section, write=head == "section.write")
        if act.startswith("screening."):
            return self._holds(name, "screening", write=True)
        if head == "packet.open":
            return section in self._opened(name)
        return True

    def _shows(self, permission: Permission, name: str) -> bool:
        """Whether `visible` shows it; of what is no record, `may`."""
        thing = self.things[name]
        if thing is None:
            return scope.may(self.actor, permission, None)
        key = (permission, type(thing))
        if key not in self._lists:
            records = type(thing)._default_manager.filter(pk__in=[one.pk for one in self._all(type(thing))])
            self._lists[key] = self._asked(scope.visible(self.actor, permission, records).values_list("pk", flat=True))
        return thing.pk in self._lists[key]

    def _asked(self, records: QuerySet[Any, Any]) -> set[object]:
        """What the database shows; of several permissions that ask in the same words, once."""
        try:
            statement, values = records.query.sql_with_params()
        except EmptyResultSet:
            return set()
        words_of_it = (statement, tuple(map(str, values)))
        if words_of_it not in self._answers:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                self._answers[words_of_it] = {pk for (pk,) in cursor.fetchall()}
        return self._answers[words_of_it]

    def _all(self, model: type[Model]) -> list[Any]:
        return [one for one in self.things.values() if type(one) is model]

    def _holds(self, name: str, section: str, *, write: bool) -> bool:
        assert self.actor.membership_id
        if name not in self._rows:
            self._rows[name] = my_access(self.things[name].pk, self.actor.membership_id)
        row = self._rows[name]
        return row is not None and section in (row.writes if write else row.sections)

    def _card(self, referral: Referral) -> bool:
        grant = scope.granted(self.actor, "referral.view", referral)
        if grant is not None and grant.scope in SENDING:
            return True
        try:
            found, mine = received.of_code(self.actor, referral.code)
        except NotVisible:
            return False
        return received.whole(self.actor, found, mine).card is not None

    def _opened(self, name: str) -> frozenset[str]:
        """What the disclosing actions really open of a packet, of the meeting line and of a result's note."""
        if name not in self._packets:
            packet = self._tried(disclosure.open_packet, name)
            back = {"meeting": disclosure.open_meeting, "result": disclosure.open_note}
            self._packets[name] = packet | {part for part, opens in back.items() if self._tried(opens, name)}
        return self._packets[name]

    def _tried(self, disclose: Callable[[Actor, Referral], Iterable[str]], name: str) -> frozenset[str]:
        try:
            with transaction.atomic():
                return frozenset(disclose(self.actor, self.things[name]))
        except (NotVisible, NotAllowed, NotNow):
            return frozenset()


@contextmanager
def unwalled(world: World, who: str) -> Iterator[Actor]:
    """Her session and her open key, with row security out of the way; what is done is undone."""
    with transaction.atomic(), acting_as(world.ring, world.membership(who), world.key(who)) as actor:
        with god():
            yield actor
        transaction.set_rollback(True)


def wall_one(moments: Moments, moment: str) -> dict[Cell, bool]:
    """(who, act, thing) -> what policy and actions answer at this moment. Asked once in each process."""
    return _of(moments, moment, list(oracle.PEOPLE))


def of_person(moments: Moments, moment: str, who: str) -> dict[Cell, bool]:
    """The same of one person alone."""
    return _of(moments, moment, [who])


def _of(moments: Moments, moment: str, people: list[str]) -> dict[Cell, bool]:
    known = moments.decided
    if unasked := [who for who in people if (moment, who) not in known]:
        with moments.at(moment) as world:
            assert world is not None
            with transaction.atomic(), god():
                things = words.things(world)
            for who in unasked:
                with unwalled(world, who) as actor:
                    judge = Judge(actor, things | words.accounts(world, who))
                    known[moment, who] = {(who, act, name): judge.says(act, name) for act, name in _questions(judge)}
    return {cell: may for who in people for cell, may in known[moment, who].items()}


def asked_singly(moments: Moments, moment: str, people: Iterable[str]) -> list[str]:
    """Where `may` and `visible` differ for these people: they are one rule from two ends."""
    wrong = []
    with moments.at(moment) as world:
        assert world is not None
        with transaction.atomic(), god():
            things = words.things(world)
        for who in people:
            with unwalled(world, who) as actor:
                judge = Judge(actor, things | words.accounts(world, who))
                for act, name in _questions(judge):
                    permission = cast(Permission, words.PERMISSION.get(act, act))
                    if permission in PERMISSIONS and ":" not in act:
                        listed = judge._shows(permission, name)
                        if scope.may(actor, permission, judge.things[name]) != listed:
                            wrong.append(f"{who} {permission} {name}: listed {listed}")
    return wrong


def _questions(judge: Judge) -> Iterator[tuple[str, str]]:
    for act in words.acts():
        for name in words.asked_about(act):
            if name in judge.things:
                yield act, name


def differences(moment: str, found: dict[Cell, bool]) -> list[str]:
    """Where the answers are not the oracle's; "either" agrees with both, "not now" is hers to be told."""
    wrong = []
    for (who, act, thing), may in found.items():
        told = oracle.answer(moment, who, act, thing)
        expected = told in ("yes", "not now") and act not in words.NOT_BUILT
        if told != "either" and may != expected:
            wrong.append(f"{moment}: {who} {act} {thing}: the product says {'yes' if may else 'no'}, the oracle {told}")
    return wrong
