"""Sent twice, done once: the first stands, whatever the second says and whenever it comes."""

import threading
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from hamkori.access import context
from hamkori.access.actor import Actor
from hamkori.access.models import Operation
from hamkori.action import Act, action
from hamkori.canon import canon
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.operations import AlreadyDone, answered, first_stands, press, together
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from hamkori.vault.bytes import Untrusted
from hamkori.vault.server import keyring
from tests.access import cast
from tests.access.cast import Cast
from tests.access.doing import editing, risk, rows, told
from tests.database import as_role, god

pytestmark = pytest.mark.django_db


def test_sent_twice_done_once(people: Cast) -> None:
    actor = cast.acting(people.zarina).doing(uuid4())
    with press():
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


@action("case.edit", on="case")
def edit_and_refuse(act: Act, case: Case) -> None:
    raise NotNow("open_work")


def of(actor: Actor) -> Operation:
    with god():
        return Operation.objects.get(operation_id=actor.operation)


def test_nothing_is_vouched_for_before_the_press_is_over(people: Cast) -> None:
    """A tag that is shown while a savepoint may still be undone would stand for nothing in what is committed."""
    actor = cast.acting(people.zarina).doing(uuid4())
    with press():
        editing()(actor, people.case)
        assert of(actor).done_tag is None
        with pytest.raises(AlreadyDone):
            first_stands(actor)
    row = of(actor)
    assert (len(bytes(row.done_tag)), row.object_id) == (34, people.case.pk)


def test_of_several_acts_that_are_one_nothing_is_vouched_for_where_one_is_refused(people: Cast) -> None:
    """Red where the savepoint around both says nothing of it to the press: the planted row got our tag."""
    first, second = (cast.acting(people.zarina).doing(uuid4()) for _ in range(2))

    @together()
    def both() -> None:
        editing()(first, people.case, risk="raised")
        edit_and_refuse(second, people.case)

    with press():
        with pytest.raises(NotNow):
            both()
        with god():
            at = Case.objects.values_list("begun_at", flat=True)[0]
            Operation.objects.create(
                membership_id=first.membership_id, operation_id=first.operation, step_code="case.edit", at=at
            )
    assert of(first).done_tag is None
    with pytest.raises(Untrusted):
        first_stands(first)
    assert risk(people.case) != "raised"


def test_a_press_that_is_undone_at_its_end_vouches_for_nothing(people: Cast) -> None:
    actor = cast.acting(people.zarina).doing(uuid4())
    with transaction.atomic(), press():
        editing()(actor, people.case)
        transaction.set_rollback(True)
    first_stands(actor)
    with god():
        assert not Operation.objects.exists()


@pytest.mark.parametrize("number", [3, 1 << 62])
def test_a_transaction_of_another_server_or_of_long_ago_was_not_committed(people: Cast, number: int) -> None:
    """As after a restore: PostgreSQL is not asked for a number that it has not given yet, which is an error to it."""
    actor = cast.acting(people.zarina).doing(uuid4())
    editing()(actor, people.case)
    fact = canon("operation", actor.membership_id, actor.operation, "case.edit", people.case.pk, None, "", number)
    with god():
        Operation.objects.update(done_in=number, done_tag=keyring().tag(fact))
    with pytest.raises(Untrusted):
        first_stands(actor)


@pytest.mark.parametrize("column", ["step_code", "object_id", "form_tag", "url_path", "done_in", "done_tag"])
def test_a_row_is_believed_as_it_was_written(people: Cast, column: str) -> None:
    actor = cast.acting(people.zarina).doing(uuid4(), b"a form")
    editing()(actor, people.case)
    other = {"step_code": "case.close", "object_id": uuid4(), "url_path": "/cases/", "done_in": None, "done_tag": None}
    with god():
        Operation.objects.update(**{column: other.get(column)})
    with pytest.raises(Untrusted):
        first_stands(actor)
