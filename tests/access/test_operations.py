"""Sent twice, done once: the first stands, whatever the second says and whenever it comes."""

import threading
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from hamkori.access import context
from hamkori.access.models import Operation
from hamkori.action import Act, AlreadyDone, action, answered, first_stands
from hamkori.casework.models import Case, CaseAccess
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.access import cast
from tests.access.cast import Cast
from tests.access.doing import editing, risk, rows, told
from tests.database import as_role

pytestmark = pytest.mark.django_db


def test_sent_twice_done_once(people: Cast) -> None:
    actor = cast.acting(people.zarina).doing(uuid4())
    editing()(actor, people.case, risk="raised")
    answered(actor, "/cases/48273162/")
    with pytest.raises(AlreadyDone) as caught:
        editing()(actor, people.case, risk="high")
    assert (caught.value.step, caught.value.url_path, caught.value.object_id) == (
        "case.edit",
        "/cases/48273162/",
        people.case.pk,
    )
    assert risk(people.case) == "raised", "the first stands, also when the second says something else"
    assert told() == [("case.edit", "done", "")]


def test_the_same_operation_with_another_content_is_refused(people: Cast) -> None:
    actor = cast.acting(people.zarina).doing(uuid4(), b"what the form said")
    editing()(actor, people.case, risk="raised")
    for same in (actor, actor.doing(actor.operation)):
        with pytest.raises(AlreadyDone):
            editing()(same, people.case, risk="raised")
    other = actor.doing(actor.operation, b"something else")
    for ask in (lambda: editing()(other, people.case, risk="high"), lambda: first_stands(other)):
        with pytest.raises(NotNow) as caught:
            ask()
        assert caught.value.guard == "sent_before"
    assert risk(people.case) == "raised"
    assert told() == [("case.edit", "done", ""), ("case.edit", "refused", "sent_before")]


def test_an_operation_without_a_form_is_compared_with_none(people: Cast) -> None:
    """The demonstration's robot sends no form; rows of before forms were compared hold nothing."""
    plain = cast.acting(people.zarina).doing(uuid4())
    editing()(plain, people.case)
    for asked in (plain, plain.doing(plain.operation, b"a form")):
        with pytest.raises(AlreadyDone):
            first_stands(asked)
    typed = cast.acting(people.zarina).doing(uuid4(), b"a form")
    editing()(typed, people.case)
    with pytest.raises(AlreadyDone):
        first_stands(typed.doing(typed.operation, b""))
    assert "a form" not in repr(typed)


def test_the_first_stands_even_when_the_thing_is_out_of_sight_by_now(people: Cast) -> None:
    @action("team.leave", on="case")
    def leave(act: Act, case: Case) -> None:
        with as_role("hk_owner"):
            CaseAccess.objects.filter(case=case, membership=act.actor.membership_id).update(ended_at=act.at)

    actor = cast.acting(people.firuza).doing(uuid4())
    leave(actor, people.case)
    with pytest.raises(AlreadyDone):
        leave(actor, people.case)
    with pytest.raises(AlreadyDone):
        first_stands(actor)
    with pytest.raises(NotVisible):
        leave(actor.doing(uuid4()), people.case)


def test_nobody_stands_where_nothing_was_asked(people: Cast) -> None:
    actor = cast.acting(people.zarina)
    first_stands(actor)
    answered(actor, "/nowhere/")
    first_stands(actor.doing(uuid4()))
    assert not Operation.objects.exists()


def test_an_operation_is_its_own_persons(people: Cast) -> None:
    operation = uuid4()
    editing()(cast.acting(people.zarina).doing(operation), people.case)
    editing()(cast.acting(people.firuza).doing(operation), people.case)
    assert told() == [("case.edit", "done", "")] * 2
    assert Operation.objects.count() == 1, "and she sees her own only"


def test_an_operation_names_what_it_made(people: Cast) -> None:
    made = uuid4()

    @action("case.begin")
    def begin(act: Act) -> UUID:
        act.note(kind="case", object_id=made, case_id=made)
        return made

    actor = cast.acting(people.zarina).doing(uuid4())
    assert begin(actor) == made
    with pytest.raises(AlreadyDone) as caught:
        begin(actor)
    assert caught.value.object_id == made
    (row,) = rows()
    assert (row.object_kind_code, row.object_id, row.case_id) == ("case", made, made)
    assert (row.role_code, row.scope_code) == ("case_worker", "own_organisation")


def test_without_an_object_the_role_decides(people: Cast) -> None:
    @action("case.begin")
    def begin(act: Act) -> None: ...

    with pytest.raises(NotAllowed):
        begin(cast.acting(people.karim))
    assert told() == [("case.begin", "refused", "not_allowed")]


@pytest.mark.django_db(transaction=True)
def test_the_same_operation_from_two_threads_at_once(people: Cast) -> None:
    operation, token = uuid4(), cast.sign_in(people.zarina)
    with transaction.atomic():
        context.set_token(token)
        actor = context.current_actor()
    assert actor is not None
    first_is_in, outcomes = threading.Event(), []

    @action("case.edit", on="case")
    def edit(act: Act, case: Case, risk: str) -> None:
        first_is_in.set()
        Case.objects.filter(pk=case.pk).update(risk_code=risk)

    def doing(risk: str) -> None:
        try:
            with transaction.atomic():
                context.set_token(token)
                try:
                    edit(actor.doing(operation), people.case, risk)
                    outcomes.append((risk, "done"))
                except AlreadyDone:
                    outcomes.append((risk, "already done"))
        finally:
            connection.close()

    threads = [threading.Thread(target=doing, args=[risk]) for risk in ("raised", "high")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(word for _, word in outcomes) == ["already done", "done"]
    (winner,) = [risk for risk, word in outcomes if word == "done"]
    assert risk(people.case) == winner
    assert told() == [("case.edit", "done", "")]
