"""Two who press in one case do so one after the other, by a lock that is not the database's (vault/alone.py)."""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.case.machinery import sealing, take
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.machinery import opened_again
from hamkori.casework.consent.models import Consent
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.machinery import steps
from hamkori.casework.referral.models import Referral
from hamkori.casework.screening.actions import screening as signs
from hamkori.vault import alone
from hamkori.vault.alone import Busy, hold, place_of
from hamkori.web.kit.written import by_whom
from tests.attacks.holding import a_turn, nothing_opens
from tests.casework.racing import (
    COLLEAGUE,
    LEAD,
    WORKER,
    House,
    committed_house,
    now,
    sending,
    state,
    withdrawal,
)
from tests.casework.side_by_side import Deed, beside
from tests.database import god
from tests.web.senders import Senders, page_text


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """One committed world; each test makes a case of its own in it."""
    yield from _of(django_db_blocker)


def _of(blocker: DjangoDbBlocker) -> Iterator[House]:
    with committed_house(blocker) as made:
        yield made


@contextmanager
def somebody_at(thing: UUID) -> Iterator[None]:
    """A page of another process works there and does not end."""
    held = hold(settings.HAMKORI_MARKS, place_of(thing), 0)
    try:
        yield
    finally:
        held.let_go()


def words(case: Case) -> int:
    with transaction.atomic(), god():
        return Consent.objects.filter(case=case.pk).count()


def writes(case: Case) -> Deed:
    def do(actor: Actor) -> object:
        found = Case.objects.get(pk=case.pk)
        sheet = section.open_section(actor.doing(None), found, section="contact")
        fields = {"call_name": "later"}
        return section.write_section(actor, found, section="contact", fields=fields, seal_no=sheet.seal_no)

    return Deed(COLLEAGUE, do)


OF_A_CASE: dict[str, Callable[[House, Case], Deed]] = {
    "everything is taken back": lambda _house, case: withdrawal(case),
    "a section is written": lambda _house, case: writes(case),
    "an edit": lambda _house, case: Deed(LEAD, lambda actor: cases.edit(actor, case, version=case.version, codes={})),
    "her age": lambda _house, case: Deed(
        LEAD,
        lambda actor: cases.settle_age(actor, case, version=case.version, age_band="a18_29", reason="papers"),
    ),
    "signs": lambda _house, case: Deed(LEAD, lambda actor: signs.start(actor, case)),
    "a request": lambda house, case: Deed(LEAD, lambda actor: house.write(actor, case)),
    "somebody is released": lambda house, case: Deed(
        LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE))
    ),
    "somebody is let in": lambda house, case: Deed(
        LEAD, lambda actor: team.admit(actor, case, membership=house.world.membership(COLLEAGUE))
    ),
    "somebody leaves": lambda _house, case: Deed(COLLEAGUE, lambda actor: team.leave(actor, case)),
    "it is opened again": lambda _house, case: Deed(
        "supervisor-cso", lambda actor: cases.reopen(actor, case, version=case.version, reason="returned")
    ),
}


@pytest.mark.parametrize("act", OF_A_CASE)
def test_who_waits_too_long_is_told_and_nothing_is_written(house: House, act: str, settings) -> None:
    settings.HAMKORI_LOCK_SECONDS = 0
    case = house.case(COLLEAGUE)
    house.agreed(case)
    deed, before = OF_A_CASE[act](house, case), (words(case), _written(case))
    with somebody_at(case.pk), pytest.raises(Busy):
        house.as_(deed.who, deed.do)
    assert (words(case), _written(case)) == before
    with somebody_at(uuid4()):
        house.case()


def _written(case: Case) -> list[Any]:
    tables = ("case_access", "section_key", "contact", "screening", "referral_origin")
    with transaction.atomic(), god(), connection.cursor() as cursor:
        found: list[Any] = []
        for table in tables:
            cursor.execute(f"select * from {table} where case_id = %s order by 1", [case.pk])
            found.append(cursor.fetchall())
        cursor.execute('select version, state_code from "case" where id = %s', [case.pk])
        return [*found, cursor.fetchone()]


@pytest.mark.parametrize("step", ["accept", "expect", "staff", "serve", "add"])
def test_who_waits_too_long_at_a_request_is_told_too(house: House, step: str, settings) -> None:
    settings.HAMKORI_LOCK_SECONDS = 0
    _case, referral = house.sent() if step == "accept" else house.accepted()
    deed = {
        "accept": house.accepting(referral),
        "expect": Deed(
            WORKER,
            lambda actor: receive.expect(
                actor, referral, version=referral.version, arrival_on=referral.arrival_on, arrival_part="evening"
            ),
        ),
        "staff": Deed(WORKER, lambda actor: receive.staff(actor, referral, version=referral.version)),
        "serve": Deed(WORKER, lambda actor: receive.serve(actor, referral, version=referral.version)),
        "add": Deed(LEAD, lambda actor: send.add(actor, referral, version=referral.version, sections=["contact"])),
    }[step]
    before = now(referral).version
    with somebody_at(referral.pk), pytest.raises(Busy):
        house.as_(deed.who, deed.do)
    assert now(referral).version == before


def test_two_who_press_at_once_come_one_after_the_other(house: House) -> None:
    case = house.case(COLLEAGUE)
    house.agreed(case)
    assert beside(house.world, withdrawal(case), writes(case)) == ("done", "done")
    assert beside(house.world, writes(case), withdrawal(case)) == ("done", "done")
    draft = house.draft(case)
    assert beside(house.world, withdrawal(case), sending(draft))[0] == "done"
    assert state(draft) == "draft"


def test_her_word_waits_a_moment_for_a_request_and_the_clock_does_the_rest(house: House) -> None:
    """Who works at a request keeps her word from nothing: it is as where its row is held."""
    case, referral = house.sent()
    began = time.monotonic()
    with somebody_at(referral.pk):
        house.as_(LEAD, withdrawal(case).do)
        nothing_opens(house, referral)
    assert time.monotonic() - began < 5
    assert a_turn(house)["withdraw"] == 1
    assert state(referral) == "withdrawn"
    other, second = house.sent()
    with somebody_at(second.pk):
        found = house.as_(LEAD, lambda _actor: Referral.objects.get(pk=second.pk))
        house.as_(LEAD, lambda actor: send.withdraw(actor, found, how_said="in_person"))
        nothing_opens(house, second)
    assert a_turn(house)["withdraw"] == 1
    assert state(second) == "withdrawn"
    assert words(other) == 1


def test_the_page_keeps_what_was_sent(house: House, settings) -> None:
    settings.HAMKORI_LOCK_SECONDS = 0
    case = house.case()
    house.agreed(case)
    with transaction.atomic():
        client = Senders(house.world).browser(LEAD)
    said = {"operation": str(uuid4()), "took": ["all"], "how_said": "in_person", "seen": "1"}
    said["by_whom"] = by_whom(house.world.people[LEAD].user_id)
    address = f"/cases/{case.code}/consent/withdraw/"
    with somebody_at(case.pk):
        answer = client.post(address, said)
        assert answer.status_code == 503
        assert "Nothing was lost: what you wrote is kept on this page." in page_text(answer)
        assert said["operation"] in answer.content.decode()
        assert client.get(f"/cases/{case.code}/").status_code == 200, "whoever only reads waits for nobody"
        assert client.get(address).status_code == 200
    assert words(case) == 1
    assert client.post(address, said).status_code == 303, "sent again, it is done"
    assert words(case) == 2
    with somebody_at(case.pk):
        assert client.post(address, said).status_code == 303, "and done once: it waits for nobody"


@pytest.mark.alarms
def test_a_page_whose_folder_is_gone_writes_nothing(house: House) -> None:
    case = house.case()
    folder = settings.HAMKORI_MARKS
    (folder / "locks").rename(folder / "aside")
    (folder / "locks").mkdir()
    try:
        with transaction.atomic():
            client = Senders(house.world).browser(LEAD)
        said = {"operation": str(uuid4()), "took": ["all"], "how_said": "in_person", "seen": "0"}
        client.raise_request_exception = False
        assert client.post(f"/cases/{case.code}/consent/withdraw/", said).status_code == 503
    finally:
        (folder / "locks").rmdir()
        (folder / "aside").rename(folder / "locks")
    assert words(case) == 0


def test_an_act_opens_the_file_once_for_the_case(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    case, opened, real = house.case(COLLEAGUE), list[object](), alone._opened
    monkeypatch.setattr(alone, "_opened", lambda path: opened.append(path) or real(path))
    for deed in (writes(case), withdrawal(case), OF_A_CASE["a request"](house, case)):
        house.as_(deed.who, deed.do)
    assert len(opened) == 3


LOCKS = re.compile(r"(select |definer\.run\(.)(case_lock|case_lock_closed|referral_lock)\b|door\.take\(CASE,")


def test_nobody_asks_the_database_for_its_lock_alone() -> None:
    """Before each such question ours is asked for, in the same function."""
    found = 0
    for module in (cases, consent, opened_again, receive, sealing, section, send, signs, steps, take, team):
        for name, member in inspect.getmembers(module):
            one = getattr(member, "body", member)  # an action is not its function
            if not inspect.isfunction(one) or one.__module__ != module.__name__:
                continue
            text = inspect.getsource(one)
            if asked := LOCKS.search(text):
                found += 1
                assert "alone_at(" in text[: asked.start()], f"{module.__name__}.{name}"
    assert found == 6
