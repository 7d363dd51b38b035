"""Somebody is released while she waits for the lock of the case, and the owner's trigger puts her row back at once.

Her own row, as we vouched for it, was asked before the lock, and under it only the database was. So she wrote once
more, heard a yes for her, and said that she is no child.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.case.machinery import own_row
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.screening.actions import screening
from hamkori.vault.alone import Busy
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.casework.racing import COLLEAGUE, LEAD, House
from tests.casework.side_by_side import Deed, beside
from tests.casework.test_alone_at_a_case import somebody_at
from tests.cast import tomorrow

pytestmark = pytest.mark.alarms

SUPERVISOR = "supervisor-cso"
WRITTEN = {
    "a section": "select count(*) as n from contact where case_id = %s and written_by = %s",
    "a yes": "select count(*) as n from consent where case_id = %s and membership_id = %s",
    "her age": "select count(*) as n from case_step where case_id = %s and membership_id = %s",
    "signs": "select count(*) as n from screening where case_id = %s and written_by = %s",
}


@contextmanager
def put_back_at_once() -> Iterator[None]:
    """Whose row ends has it again with the same commit."""
    owner(
        "alter table case_access disable trigger user;"
        "create or replace function put_back() returns trigger language plpgsql security definer as"
        " $do$ begin update public.case_access set ended_at = null where id = new.id; return null; end $do$;"
        "create constraint trigger put_back after update on case_access deferrable initially deferred for each row"
        " when (old.ended_at is null and new.ended_at is not null) execute function put_back()"
    )
    connection.close()
    try:
        yield
    finally:
        owner("drop trigger put_back on case_access; drop function put_back()")
        owner("alter table case_access enable trigger user")


def _section(actor: Actor, case: Case) -> object:
    number = owner("select max(seal_no) as n from contact where case_id = %s", case.pk)[0]["n"]
    return section.write_section(actor, case, section="contact", fields={"call_name": "x"}, seal_no=number)


def _yes(actor: Actor, case: Case) -> object:
    answers = [consent.Answer("health", "help", "yes", frozenset({"contact"}))]
    until = tomorrow() + timedelta(days=59)
    asking = consent.Asking(language="tg", how_given="spoken", how_said="in_person", until_on=until)
    return consent.record(actor, case, answers=answers, asking=asking)


def _age(actor: Actor, case: Case) -> object:
    return cases.settle_age(actor, case, version=case.version, age_band="a18_29", reason="papers")


def _signs(actor: Actor, case: Case) -> object:
    return screening.start(actor, case)


ACTS = {"a section": _section, "a yes": _yes, "her age": _age, "signs": _signs}


def by(case: Case, act: str) -> Callable[[Actor], object]:
    """Pressed on the case as it stands."""
    return lambda actor: ACTS[act](actor, Case.objects.get(pk=case.pk))


@pytest.mark.parametrize("act", ACTS)
def test_nothing_of_hers_is_written(house: House, act: str) -> None:
    case = house.case(COLLEAGUE)
    says(house, case)
    member = house.world.membership(COLLEAGUE)

    def releases(actor: Actor) -> Any:
        team.release(actor, Case.objects.get(pk=case.pk), membership=member)

    with put_back_at_once():
        words = beside(house.world, Deed(SUPERVISOR, releases), Deed(COLLEAGUE, by(case, act)))
    assert words[0] == "done"
    assert owner("select ended_at from case_access where case_id = %s and membership_id = %s", case.pk, member) == [
        {"ended_at": None}
    ], "she is put back"
    tried()
    assert owner(WRITTEN[act], case.pk, member) == [{"n": 0}], words
    assert words[1] not in ("done", "version_same", "from_state"), words


@pytest.mark.parametrize("act", ACTS)
def test_her_row_is_asked_while_nobody_else_is_at_the_case(
    house: House, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the walls of today refuse it besides, and of her age, which only the lead settles."""
    case, asked, ask = house.case(), [], own_row.on_team

    def on_team(actor: Actor, thing: UUID) -> Any:
        with pytest.raises(Busy), somebody_at(thing):
            pass
        asked.append(thing)
        return ask(actor, thing)

    monkeypatch.setattr(own_row, "on_team", on_team)
    house.as_(LEAD, by(case, act))
    assert case.pk in asked
