"""Sessions at the second wall: everybody of the world has one, and the database answers each for her own alone."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db import transaction

from hamkori.access.models import AccessSession
from tests.database import god
from tests.policy import oracle
from tests.policy.moments import Moments
from tests.policy.rows import Person, each_person


def test_each_sees_and_ends_her_own_sessions_alone(moments: Moments, count: Counter[str]) -> None:
    seen: dict[str, set[UUID]] = {}

    def look(who: str, person: Person) -> None:
        found = person.connection.execute("select session_id from my_sessions()").fetchall()
        seen[who] = {row[0] for row in found}

    each_person(moments, "accepted", look)
    with moments.at("accepted") as world:
        assert world is not None
        with transaction.atomic(), god():
            whose = dict(AccessSession.objects.filter(ended_at=None).values_list("pk", "membership__user_id"))
    assert set(seen) == set(oracle.PEOPLE)
    users = {who: world.people[who].user_id for who in seen}
    for who, sessions in seen.items():
        assert sessions, who
        assert {whose[one] for one in sessions} == {users[who]}, who

    wrong: list[str] = []

    def end(who: str, person: Person) -> None:
        others = [one for one, user in whose.items() if user != users[who]]
        answers = person.answers({one.hex: f"session_end_own('{one}'::uuid)" for one in others})
        wrong.extend(f"{who} {one}: {said}" for one, said in answers.items() if not said.startswith("HK404"))
        count["sessions of others asked for"] += len(others)

    each_person(moments, "accepted", end)
    assert not wrong, "\n".join(wrong[:10])
