"""A question whose statement is made once: its values are bound anew, and what follows from more is not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import DateField, DateTimeField, Func, IntegerField, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Coalesce
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hamkori.access import worded
from hamkori.access.actor import Actor
from hamkori.access.worded import NotKept
from hamkori.people.models import Organisation
from tests.access import cast
from tests.database import god

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 3, 2, tzinfo=UTC)
FIELDS = {int: IntegerField, UUID: UUIDField, datetime: DateTimeField, date: DateField, str: TextField}


@pytest.fixture(autouse=True)
def _behind_the_walls() -> Iterator[None]:
    with god():
        yield


def counted(build: Callable[..., QuerySet[Any, Any]]) -> tuple[Callable[..., list[Any]], list[int]]:
    """The question, and how often it was built."""
    built: list[int] = []

    def one(*of: Any, **shape: Any) -> QuerySet[Any, Any]:
        built.append(1)
        return build(*of, **shape)

    return worded.worded(one), built


def said(*of: Any) -> QuerySet[Any, Any]:
    """One row of what is bound."""
    cast.body("any")
    named = {f"v{number}": Value(one, output_field=FIELDS[type(one)]()) for number, one in enumerate(of)}
    return Organisation.objects.annotate(**named).values_list(*named)[:1]


def of_these(*of: Any, **_shape: Any) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=of[0]).order_by("slug")


def test_one_form_is_built_once_and_everybody_asks_with_their_own_values() -> None:
    one, other = cast.body("one"), cast.body("other")
    ask, built = counted(of_these)
    assert [ask([body.pk]) for body in (one, other, one)] == [[one], [other], [one]]
    assert ask([uuid4()]) == []
    assert len(built) == 2, "two builds show what is a value"
    assert ask([one.pk, other.pk]) == [one, other]
    assert len(built) == 4, "how many there are shapes the statement"
    with CaptureQueriesContext(connection) as asked:
        assert ask((other.pk,)) == [other]
    assert (len(asked), len(built)) == (1, 4)


def test_what_is_said_by_name_and_the_hour_of_the_place_are_a_part_of_the_form() -> None:
    body = cast.body("one")
    ask, built = counted(of_these)
    for shape in ({}, {"kind": "a"}, {"kind": "b"}, {"kind": "a"}):
        assert ask([body.pk], **shape) == [body]
    assert len(built) == 6
    with timezone.override("Europe/Paris"):
        assert ask([body.pk]) == [body]
    assert len(built) == 8


def test_values_of_each_kind_come_back_as_they_were_asked() -> None:
    ask, built = counted(said)
    for row in ((uuid4(), AT, AT.date(), "'; --", 7), (uuid4(), AT + timedelta(days=1), date(2027, 1, 1), "%s", -1)):
        assert ask(*row) == [row]
    assert len(built) == 2


def test_rows_come_as_they_were_asked_for() -> None:
    body = cast.body("one")
    for rows, found in (
        (lambda pk: Organisation.objects.filter(pk=pk).values("slug"), {"slug": body.slug}),
        (lambda pk: Organisation.objects.filter(pk=pk).values_list("slug", flat=True), body.slug),
    ):
        ask = worded.worded(rows)
        assert [ask(body.pk), ask(body.pk)] == [[found], [found]]


def test_a_time_so_long_before_or_after_a_value_moves_with_it() -> None:
    ask, built = counted(lambda at, on: said(at - timedelta(hours=24), on + timedelta(days=2), at))
    for at in (AT, AT + timedelta(days=9)):
        assert ask(at, at.date()) == [(at - timedelta(hours=24), at.date() + timedelta(days=2), at)]
    assert len(built) == 2


def test_of_the_actor_it_sees_who_they_are_and_their_roles_and_nothing_else() -> None:
    seen: list[Actor] = []

    def mine(actor: Actor) -> QuerySet[Any, Any]:
        seen.append(actor)
        return Organisation.objects.filter(pk=actor.organisation_id)

    body, ask = cast.body("one"), worded.worded(mine)
    who = Actor(user_id=uuid4(), membership_id=None, organisation_id=body.pk, roles=frozenset({"a"}), name="Zarina")
    assert ask(who) == [body]
    assert ask(replace(who, user_id=uuid4(), name="Firuza", language="tg")) == [body]
    assert len(seen) == 2
    assert ask(replace(who, organisation_id=uuid4())) == []
    ask(replace(who, roles=frozenset({"b"})))
    ask(replace(who, membership_id=uuid4()))
    ask(replace(who, system=True))
    ask(replace(who, compartment="oversight"))
    assert len(seen) == 10
    assert {(one.compartment, one.membership_id is None, *sorted(one.roles), one.system) for one in seen} == {
        ("", True, "a", False),
        ("", True, "b", False),
        ("", False, "a", False),
        ("", True, "a", True),
        ("oversight", True, "a", False),
    }
    assert not {one.user_id for one in seen} & {who.user_id}
    with pytest.raises(AttributeError):
        worded.worded(lambda actor: Organisation.objects.filter(slug=actor.language))(who)


def test_of_what_can_not_be_found_nothing_is_asked() -> None:
    ask, built = counted(lambda _pk: Organisation.objects.none())
    with CaptureQueriesContext(connection) as asked:
        assert [ask(uuid4()), ask(uuid4())] == [[], []]
    assert (len(asked), len(built)) == (0, 1)


def test_none_is_a_form_of_its_own() -> None:
    ask, built = counted(lambda slug: Organisation.objects.filter(region_code="TJ.KT" if slug is None else slug))
    body = cast.body("one")
    assert [body in ask(region) for region in (None, "TJ.KT", "TJ.DU")] == [True, True, False]
    assert len(built) == 4


@pytest.mark.parametrize(
    "build",
    [
        lambda at: said(at.date()),
        lambda at: said(f"{at:%d.%m}"),
        lambda _at: said(str(uuid4())),
        lambda at: said(at) if at.year % 2 else Organisation.objects.all(),
        lambda at: Organisation.objects.filter(slug__in=[f"{day}" for day in range(at.day)]),
    ],
    ids=["a day of an hour", "an hour as a word", "a word of chance", "another statement", "more of them"],
)
def test_what_follows_from_more_than_values_and_form_is_not_kept(build: Callable[..., QuerySet[Any, Any]]) -> None:
    ask = worded.worded(build)
    for _ in range(2):
        with pytest.raises(NotKept):
            ask(AT)


@pytest.mark.parametrize("one", [True, {"a"}, object()], ids=["yes or no", "a set", "a thing"])
def test_what_is_neither_a_value_nor_none_is_said_by_name(one: object) -> None:
    with pytest.raises(NotKept):
        worded.worded(said)(one)


def test_of_one_question_so_many_forms_are_kept_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worded, "FORMS", 2)
    body = cast.body("one")
    ask, built = counted(of_these)
    for kind in ("a", "b", "c", "c", "b", "a"):
        assert ask([body.pk], kind=kind) == [body]
    assert len(built) == 8


def test_an_id_that_is_said_as_a_text_is_asked_plainly() -> None:
    one = cast.body("one")
    ask, built = counted(lambda of: Organisation.objects.filter(pk=of))
    assert [ask(of) for of in (str(one.pk), one.pk, str(one.pk))] == [[one]] * 3
    assert len(built) == 2 + 2 + 2, "tried with values that are nobody's, and asked; kept of the id alone"


def among(ids: Sequence[UUID], last: int) -> QuerySet[Organisation]:
    """The bodies by their place in this array, all others at the end."""
    known = Value(list(ids), output_field=ArrayField(UUIDField()))
    place = Func(known, "id", function="array_position", output_field=IntegerField())
    return Organisation.objects.annotate(place=Coalesce(place, Value(last))).order_by("place", "slug")


def test_ids_that_are_bound_as_one_shape_no_statement() -> None:
    bodies = [cast.body(slug) for slug in ("one", "other", "third")]
    ask, built = counted(among)
    for order in ([], bodies[:1], bodies[::-1], bodies):
        ids = worded.AsOne([body.pk for body in order])
        found = ask(ids, len(ids) + 1)
        assert found[: len(order)] == order
        assert all(one.place == len(order) + 1 for one in found[len(order) :])
    assert len(built) == len(worded.TURNS), "one form, however many ids"
