"""A continuity key is made by two people: one asks, another agrees, and what they decide holds for those they named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.access.actor import SYSTEM
from hamkori.access.context import set_token
from hamkori.audit.models import Ledger
from hamkori.casework.work.actions.clock import tick
from hamkori.notices.models import Notice
from hamkori.people import decisions, queries, raising
from hamkori.people.actions import continuity
from hamkori.people.actions.body_keys import ensure_desk_key
from hamkori.people.models import BodyKey, BodyKeyWrap, Membership, TwoPerson
from hamkori.refusal import NotAllowed, NotNow
from hamkori.vault import bodies, server
from hamkori.vault.recipients import CONTINUITY
from tests import doors
from tests.cast import pass_time
from tests.database import as_role, god
from tests.doors import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def umed() -> UUID:
    doors.house()
    return doors.body("umed")


@pytest.fixture
def pair(umed: UUID) -> tuple[Person, Person]:
    return doors.person(umed, "Karim", ["custodian"]), doors.person(umed, "Lola", ["custodian"])


def ask(who: Person, reason: str = "joined") -> UUID:
    with doors.acting(who) as actor:
        return continuity.ask(actor, reason=reason)


def agree(who: Person, question: UUID) -> None:
    with doors.acting(who) as actor:
        continuity.agree(actor, question=question)


def refused(who: Person, guard: str, do: Callable[..., object], *, closed: bool = False, **values: object) -> None:
    with doors.acting(who) as actor, pytest.raises(NotNow, match=guard):
        do(actor if not closed else doors_closed(actor), **values)


def doors_closed(actor):
    from dataclasses import replace

    return replace(actor, keys=None)


def state_of(question: UUID) -> str:
    with god():
        return TwoPerson.objects.get(pk=question).state_code


def notices(who: Person, key: str) -> int:
    with god():
        return Notice.objects.filter(membership_id=who.membership_id, key_code=key, read_at=None).count()


def end(who: Person) -> None:
    with god():
        Membership.objects.filter(pk=who.membership_id).update(ended_at="2026-01-01T00:00Z")


def keys_of(organisation: UUID) -> list[tuple[int, bool]]:
    with god():
        rows = BodyKey.objects.filter(organisation_id=organisation, kind_code=CONTINUITY).order_by("key_no")
        return [(row.key_no, row.ended_at is None) for row in rows]


def test_one_asks_another_agrees_and_each_two_hold_it_in_both_orders(umed: UUID, pair: tuple[Person, Person]) -> None:
    karim, lola = pair
    third = doors.person(umed, "Nozim", ["custodian"])
    question = ask(karim)
    assert keys_of(umed) == []
    assert [notices(who, "decision") for who in (karim, lola, third)] == [0, 1, 1]
    agree(lola, question)
    assert (state_of(question), keys_of(umed)) == ("done", [(1, True)])
    assert [notices(who, "decision") for who in (karim, lola, third)] == [0, 0, 0], "nothing waits any more"
    assert [notices(who, "told") for who in (karim, lola, third)] == [1, 0, 0]
    with god():
        key = BodyKey.objects.get(organisation_id=umed, kind_code=CONTINUITY)
        wraps = {(row.recipient_key_id, row.inner_key_id): bytes(row.seal) for row in BodyKeyWrap.objects.all()}
    people = {who.key.id: who for who in (karim, lola, third)}
    assert set(wraps) == set(permutations(people, 2))
    trusted = queries._body_key(key)
    for (outer, inner), seal in wraps.items():
        request = uuid4()
        peeled = bodies.peel(doors.keyring(), people[outer].key, seal, request)
        opened = bodies.open_peeled(doors.keyring(), people[inner].key, trusted, peeled, request)
        assert opened.public == bytes(key.public)
    with god():
        rows = list(
            Ledger.objects.filter(action_code="continuity.create").order_by("id").values_list("reason_code", flat=True)
        )
    assert rows == ["ask", "agree"]


def test_a_sign_in_makes_no_continuity_key(umed: UUID, pair: tuple[Person, Person]) -> None:
    for who in pair:
        with doors.acting(who) as actor:
            assert not ensure_desk_key(actor)
    assert keys_of(umed) == []


def test_who_asked_cannot_agree_from_anywhere(umed: UUID, pair: tuple[Person, Person]) -> None:
    karim, _lola = pair
    question = ask(karim)
    refused(karim, "not_self", continuity.agree, question=question)
    refused(karim, "not_self", continuity.refuse, question=question, reason="not_known")
    assert state_of(question) == "asked"


def test_roles_that_hold_no_key_decide_nothing(umed: UUID, pair: tuple[Person, Person]) -> None:
    question = ask(pair[0])
    for role in ("case_worker", "administrator", "auditor", "supervisor", "desk_officer", "hotline_operator"):
        with doors.acting(doors.person(umed, f"One of {role}".replace(" ", "-"), [role])) as actor:
            for do in (continuity.agree, continuity.ask, continuity.refuse):
                values = {} if do is continuity.ask else {"question": question}
                with pytest.raises(NotAllowed):
                    do(actor, **values, **({} if do is continuity.agree else {"reason": "joined"}))
            assert decisions.waiting(actor, server.trust(), "continuity.create") is None
    assert state_of(question) == "asked"


def test_another_organisations_key_holder_finds_nothing(umed: UUID, pair: tuple[Person, Person]) -> None:
    question = ask(pair[0])
    other, _ = doors.custodians(doors.body("panoh"))
    refused(other, "subject_live", continuity.agree, question=question)
    refused(other, "subject_live", continuity.take_back, question=question)
    assert state_of(question) == "asked"


@pytest.mark.parametrize("reason", ["", "because", "not_known"])
def test_a_reason_of_the_list(pair: tuple[Person, Person], reason: str) -> None:
    refused(pair[0], "reason_given", continuity.ask, reason=reason)
    question = ask(pair[0])
    refused(pair[1], "reason_given", continuity.refuse, question=question, reason="joined")
    with doors.acting(pair[1]) as actor:
        continuity.refuse(actor, question=question, reason="not_known")
    assert (state_of(question), notices(pair[0], "told")) == ("refused", 1)
    refused(pair[1], "subject_live", continuity.agree, question=question)


def test_one_question_at_a_time_and_it_may_be_taken_back(umed: UUID, pair: tuple[Person, Person]) -> None:
    karim, lola = pair
    question = ask(karim)
    refused(lola, "none_waiting", continuity.ask, reason="joined")
    refused(lola, "from_state|not_self|subject_live", _take_back_of_another, question=question)
    with doors.acting(karim) as actor:
        continuity.take_back(actor, question=question)
    assert (state_of(question), notices(lola, "decision"), notices(lola, "told")) == ("taken_back", 0, 0)
    refused(lola, "subject_live", continuity.agree, question=question)
    agree(karim, ask(lola))
    assert keys_of(umed) == [(1, True)]


def _take_back_of_another(actor, *, question: UUID) -> None:
    continuity.take_back(actor, question=question)


def test_it_needs_an_open_vault_and_a_sign_in_of_just_now(pair: tuple[Person, Person]) -> None:
    from dataclasses import replace

    karim, lola = pair
    with doors.acting(karim) as actor:
        old = replace(actor, stepped_up_at=actor.stepped_up_at - timedelta(minutes=6))
        for one in (old, replace(actor, stepped_up_at=None)):
            with pytest.raises(NotNow, match="recent_sign_in"):
                continuity.ask(one, reason="joined")
        question = continuity.ask(actor, reason="joined")
    with doors.acting(lola) as actor:
        with pytest.raises(NotNow, match="recent_sign_in"):
            continuity.agree(replace(actor, stepped_up_at=None), question=question)
        with pytest.raises(NotNow, match="vault_open"):
            continuity.agree(replace(actor, keys=None), question=question)
        continuity.agree(actor, question=question)


def test_alone_nobody_asks(umed: UUID) -> None:
    refused(doors.person(umed, "Karim", ["custodian"]), "may_hold", continuity.ask, reason="joined")


def test_a_key_that_all_hold_is_not_made_again(umed: UUID) -> None:
    karim, _lola = doors.custodians(umed)
    refused(karim, "subject_live", continuity.ask, reason="joined")


def test_after_three_days_it_has_expired(umed: UUID, pair: tuple[Person, Person]) -> None:
    karim, lola = pair
    question = ask(karim)
    pass_time(hours=71, minutes=59)
    with as_role("hk_clock"):
        assert tick()["expire"] == 0
    assert state_of(question) == "asked"
    pass_time(minutes=2)
    refused(lola, "subject_live", continuity.agree, question=question)
    set_token("")
    with as_role("hk_clock"):
        assert tick()["expire"] == 1
        assert tick()["expire"] == 0
    assert (state_of(question), notices(karim, "told"), notices(lola, "decision")) == ("expired", 1, 0)
    agree(karim, ask(lola))
    assert keys_of(umed) == [(1, True)]


def test_an_expired_question_does_not_stop_the_next_one_before_the_clock_comes(pair: tuple[Person, Person]) -> None:
    question = ask(pair[0])
    pass_time(hours=73)
    second = ask(pair[1])
    assert (state_of(question), state_of(second)) == ("expired", "asked")


@pytest.mark.parametrize("change", ["asker gone", "another key holder more"])
def test_what_it_is_about_is_no_more(umed: UUID, pair: tuple[Person, Person], change: str) -> None:
    karim, lola = pair
    third = doors.person(umed, "Nozim", ["custodian"])
    question = ask(karim)
    if change == "asker gone":
        end(karim)
    else:
        doors.person(umed, "Manzura", ["custodian"])
    refused(lola, "subject_live", continuity.agree, question=question)
    set_token("")
    with as_role("hk_clock"):
        assert continuity.expire(SYSTEM, question=question) is (change != "another key holder more")
        assert not continuity.expire(SYSTEM, question=question)
    second = ask(lola)
    assert state_of(question) == "expired", "whoever asks anew puts an end to what no longer fits"
    by_clock = {one.thing: one.by_clock for one in raising.behind(doors.house()) if one.kind == "request"}
    assert by_clock[question.hex] is (change == "asker gone"), "the clock writes no marks, and that is no crash"
    agree(third, second)
    assert keys_of(umed) == [(1, True)]


def test_when_a_key_holder_has_come_or_gone_two_make_the_next(umed: UUID) -> None:
    karim, lola = doors.custodians(umed)
    third = doors.person(umed, "Nozim", ["custodian"])
    agree(karim, ask(third))
    assert keys_of(umed) == [(1, False), (2, True)]
    end(karim)
    agree(third, ask(lola, "left"))
    assert keys_of(umed) == [(1, False), (2, False), (3, True)]
    with doors.acting(lola):
        assert queries.body_ready(umed)


# --- the definers alone: a statement slipped into one session ---------------------------------------------------------


def denied(statement: str, *values: object) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))
    return str(caught.value).splitlines()[0]


MAKE = "select continuity_make(%s, gen_random_uuid(), 1, '\\x00', '\\x00', %s::jsonb)"


def test_a_slipped_in_statement_makes_no_key(umed: UUID, pair: tuple[Person, Person]) -> None:
    karim, lola = pair
    question = ask(karim)
    with doors.acting(karim):
        assert denied(MAKE, question, "[]") == "not_self"
        assert denied(MAKE, uuid4(), "[]") == "not_visible"
        assert denied("select * from two_person").startswith("permission denied")
        assert denied("update two_person set state_code = 'done'").startswith("permission denied")
    with doors.acting(doors.person(umed, "Zarina")):
        assert denied(MAKE, question, "[]") == "not_visible"
        assert denied("select two_person_take(%s, 'refuse', '')", question) == "not_visible"
    only = f'[{{"id": "{uuid4()}", "recipient": "{karim.key.id}", "inner": "{lola.key.id}", "seal": "00"}}]'
    with doors.acting(lola):
        for wraps in ("[]", only):
            assert denied(MAKE, question, wraps) == "not_allowed", "for each two of those who were named"
        assert denied("select two_person_take(%s, 'agree', '')", question) == "not_allowed"
        assert denied("select two_person_take(%s, 'expire', '')", question) == "not_allowed"
        assert denied("select two_person_take(%s, 'take_back', '')", question) == "subject_live", "hers it is not"
    assert (state_of(question), keys_of(umed)) == ("asked", [])


def test_the_definer_asks_for_no_more_than_three_days_and_for_those_of_today(pair: tuple[Person, Person]) -> None:
    karim, lola = pair
    put = "select two_person_ask(gen_random_uuid(), %s, %s::uuid[], 'joined', hk_now() + %s::interval, '\\x00')"
    named = sorted([karim.key.id, lola.key.id])
    with doors.acting(karim):
        assert denied(put, "continuity.create", named, "80 hours") == "subject_live"
        assert denied(put, "continuity.create", named, "-1 hour") == "subject_live"
        assert denied(put, "continuity.create", [karim.key.id], "1 hour") == "subject_live"
        assert denied(put, "role.grant", named, "1 hour") == "not_allowed"
        assert denied(put.replace("joined", "zz"), "continuity.create", named, "1 hour") == "no code"
    question = ask(karim)
    with doors.acting(lola):
        assert denied("select two_person_take(%s, 'refuse', 'zz')", question) == "no code"
