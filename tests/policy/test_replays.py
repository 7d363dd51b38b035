"""Sent twice, done once: every button of the product, one after the other and from two windows at the same moment.

What one press changes is measured over all tables that a press can touch, and two presses must change exactly that.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

import psycopg
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from pytest_django import DjangoDbBlocker

from hamkori.audit.models import Ledger
from hamkori.casework.referral.models import Referral
from hamkori.operations import first_stands
from hamkori.web.kit import posting
from tests import database
from tests.database import god
from tests.policy import presses
from tests.policy.moments import each
from tests.policy.presses import PRESSED_IN_A_HURRY, PRESSES
from tests.policy.pressing import LEAD, House, Ready, Windows
from tests.web.senders import page_text

OUTSIDE = {
    # nothing is done here that could be done twice (docs/design/engine.md#operations)
    "account_login", "mfa_authenticate", "account_again", "account_logout", "account_unlock", "account_seal",
    "invitation", "language", "theme", "keyboard", "find_case", "typing", "drop_typing",
    # a person's own means of signing in: the second press asks for the old passphrase or a new code; of recovery codes
    # it makes none, and is answered otherwise than the first: tests/web/test_account.py
    "account_passphrase", "account_codes", "account_authenticator", "account_end_others", "account_body",
    # a session that has ended has ended
    "account_devices_end",
}  # fmt: skip
SAID = "This page was saved before with other answers."
NO_OPERATION = {"seen"}
"""What was read is read: no act, no ledger row, and twice is as once by itself."""
ROWS_THAT_STAY = {
    "access_session",
    "vault_session",
    "django_session",
    "operation",
    "world",
    "session_proof",
}
NUMBERS = ("version", "seal_no", "epoch", "moves", "packets", "number")


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """One committed world; each press gets a case or request of its own."""
    with django_db_blocker.unblock():
        yield House()
        database.begin_anew()


@pytest.fixture(scope="module")
def windows(house: House) -> Iterator[Windows]:
    """Two windows of one browser; their connections are closed before the world is put back."""
    with Windows() as both:
        yield both


@cache
def of_all() -> str:
    """Asks how many rows each table has, and for the sum of its counting columns."""
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, coalesce(string_agg(a.attname, ',') filter (where a.attname = any (%s)), '')"
            " from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
            " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace group by c.relname",
            [list(NUMBERS)],
        )
        tables = [(name, [part for part in columns.split(",") if part]) for name, columns in cursor.fetchall()]
    parts = []
    for name, columns in tables:
        if name in ROWS_THAT_STAY or name.startswith(("attempt", "procrastinate", "django_")):
            continue
        sums = " + ".join(f"coalesce(sum({column}), 0)" for column in columns) or "0"
        parts.append(f"select '{name}', count(*), {sums} from public.\"{name}\"")
    return " union all ".join(parts)


def state_of_all() -> Counter[str]:
    """How many rows each table has, and the sum of its counting columns."""
    found: Counter[str] = Counter()
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute(of_all())
        for name, rows, sums in cursor.fetchall():
            found[name], found[f"{name}.sum"] = rows, int(sums)
    return found


def change(before: Counter[str], after: Counter[str]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def push(house: House, ready: Ready, operation: str, **more: Any) -> HttpResponse:
    answer = house.client(ready.who).post(ready.address, {**ready.form, **more, "operation": operation})
    return cast(HttpResponse, answer)


def ledger_of(operation: str) -> list[tuple[str, str]]:
    """Rows of this operation and of a second act of the same press."""
    ids = [UUID(operation), uuid5(UUID(operation), "send")]
    with transaction.atomic(), god():
        return list(Ledger.objects.filter(operation_id__in=ids).values_list("action_code", "decision_code"))


READS_BEFORE = {"refer_send", "referral_send"}
"""Presses that read how the person is reached before they act: whether anything is written."""


def once(house: House, make: Callable[[House], Ready]) -> tuple[dict[str, int], str, str]:
    """One press: what it changes, where it leads, its operation; and the same press again changes nothing.

    The same operation with other answers is no second press: it is refused with a sentence, and changes nothing either.
    """
    ready, operation = make(house), str(uuid4())
    before = state_of_all()
    first = push(house, ready, operation)
    assert first.status_code in (302, 303), (first.status_code, first.content.decode()[-1500:])
    after = state_of_all()
    changed = change(before, after)
    second = push(house, ready, operation)
    assert second.status_code in (302, 303), second.status_code
    assert second["Location"] == first["Location"]
    assert change(after, state_of_all()) == {}, "the first stands"
    if ready.other and make.__name__ not in NO_OPERATION:
        other = push(house, ready, operation, **ready.other)
        assert (other.status_code, SAID in page_text(other)) == (409, True)
        assert change(after, state_of_all()) == {}, "the first stands, whatever the second says"
    return changed, first["Location"], operation


@pytest.mark.parametrize("make", each(PRESSES, fast=PRESSED_IN_A_HURRY), ids=lambda make: make.__name__)
def test_sent_twice_done_once(house: House, windows: Windows, make: Callable[[House], Ready]) -> None:
    changed, _leads, operation = once(house, make)
    rows = ledger_of(operation)
    if make.__name__ in NO_OPERATION:
        assert not rows
        return
    assert changed, "a press that changes nothing proves nothing"
    two = {"refer_send", "referral_send", "first_send"}
    assert len(rows) == (2 if make.__name__ in two else 1), rows
    assert {decision for _action, decision in rows} == {"done"}
    # And the same again, from two windows of one browser at the same moment.
    ready, operation = make(house), str(uuid4())
    before = state_of_all()
    together = threading.Barrier(2)

    def press() -> tuple[int, str]:
        window = house.client(ready.who)
        together.wait(20)
        answer = window.post(ready.address, {**ready.form, "operation": operation})
        return answer.status_code, answer.get("Location", "")

    answers = windows.both(press)
    assert [status for status, _ in answers] == [303, 303], answers
    assert answers[0] == answers[1], "the same answer"
    effect = change(before, state_of_all())
    if make.__name__ in READS_BEFORE:  # a reading in each window is a reading each: the record of access has both
        assert effect.pop("ledger") - changed.pop("ledger") in (0, 1)
    assert effect == changed, "the effect of one press"
    assert sorted(ledger_of(operation)) == sorted(rows)


def posts() -> set[str]:
    """Names of all addresses of the product that take a POST: they are tried with one, by nobody."""
    found: set[str] = set()

    def walk(patterns: list[URLPattern | URLResolver]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            elif pattern.callback.__module__.startswith("hamkori.web"):
                found.add(str(pattern.name))

    walk(get_resolver("hamkori.web.urls").url_patterns)
    return found


READ_ONLY = {
    "keys", "today", "cases", "case", "set_aside", "print_case", "history", "who", "consent_print", "referrals",
    "referral", "referral_again", "desk", "desk_waiting", "coordination_late", "directory", "service",
    "styleguide", "account", "account_devices", "place_which",
}  # fmt: skip


def test_every_address_that_takes_a_press_is_pressed_here(house: House) -> None:
    pressed = set()
    for make in PRESSES:
        name = make.__name__
        pressed.add(
            {
                "first_later": "first_step", "first_who": "first_step", "first_signs": "first_step",
                "first_answers": "first_step", "first_need": "first_step", "first_service": "first_step",
                "first_send": "first_step", "register_second_page": "register", "screening_start": "screening",
                "screening_save": "screening",
                "screening_complete": "screening", "consent_give": "consent", "refer_draft": "case_refer",
                "refer_send": "case_refer", "referral_withdraw_said_to_the_team": "referral_withdraw",
                "referral_staff_leaving": "referral_staff",
            }.get(name, name)
        )  # fmt: skip
    assert posts() - READ_ONLY - OUTSIDE == pressed


def test_read_only_addresses_refuse_a_press(house: House) -> None:
    case = house.opened()
    for address in ("/", "/cases/", f"/cases/{case.code}/", f"/cases/{case.code}/who/", "/referrals/", "/directory/"):
        answer = house.client(LEAD).post(address, {"operation": str(uuid4())})
        assert answer.status_code == 405, address


def test_who_is_second_in_the_view_is_answered_like_the_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The narrowest gap: the second has asked whether it was done, then the first commits, then the second looks."""
    ready, operation = presses.referral_recall(house), str(uuid4())
    asked, first_is_in = threading.Event(), threading.Event()

    def slow(actor: Any) -> None:
        first_stands(actor)
        if threading.current_thread().name == "second":
            asked.set()
            assert first_is_in.wait(20)

    monkeypatch.setattr(posting, "first_stands", slow)
    said: list[tuple[int, str]] = []

    def second() -> None:
        try:
            answer = push(house, ready, operation)
            said.append((answer.status_code, answer.get("Location", "")))
        finally:
            connection.close()

    thread = threading.Thread(target=second, name="second")
    thread.start()
    assert asked.wait(20)
    first = push(house, ready, operation)
    first_is_in.set()
    thread.join(20)
    assert said == [(first.status_code, first["Location"])]
    assert ledger_of(operation) == [("referral.recall", "done")], "no row says that somebody was refused"


def test_another_persons_operation_is_not_hers(house: House) -> None:
    operation = str(uuid4())
    first, second = presses.referral_recall(house), presses.referral_decline(house)
    assert push(house, first, operation).status_code == 303
    assert push(house, second, operation).status_code == 303
    assert sorted(ledger_of(operation)) == [("referral.decline", "done"), ("referral.recall", "done")]


def test_a_press_without_an_operation_does_nothing(house: House) -> None:
    ready = presses.referral_recall(house)
    before = state_of_all()
    for wrong in ("", "not-a-number", "1"):
        assert push(house, ready, wrong).status_code == 400
    assert change(before, state_of_all()) == {}


def test_a_deadlock_is_try_again_and_not_a_fault(house: House) -> None:
    """Somebody outside the product locks in the wrong order: 503, nothing was done, and the same press works."""
    for _ in range(8):
        ready, operation = presses.referral_recall(house), str(uuid4())
        if (status := _pressed_into_a_deadlock(house, ready, operation)) == 503:
            break
        assert status == 303, "the database stopped the other one: she never learns of it"
    else:
        pytest.fail("the database never chose her as the one to stop")
    assert ledger_of(operation) == []
    assert push(house, ready, operation).status_code == 303


def _pressed_into_a_deadlock(house: House, ready: Ready, operation: str) -> int:
    """The request is locked from outside, she locks the case and waits, and the outside asks for the case."""
    answers: list[int] = []

    def press() -> None:
        try:
            answers.append(push(house, ready, operation).status_code)
        finally:
            connection.close()

    with transaction.atomic(), god():
        referral = Referral.objects.get(code=ready.address.split("/")[2])
    thread = threading.Thread(target=press)
    with psycopg.connect(database.address("hk_test")) as other:
        other.execute("set role hk_owner")
        other.execute("select 1 from referral where id = %s for update", [referral.pk])
        thread.start()
        while not _blocked_by(other.info.backend_pid):
            pass
        try:
            other.execute(
                'select 1 from "case" where id = (select o.case_id from referral_origin o where o.referral_id = %s)'
                " for update",
                [referral.pk],
            )
        except psycopg.errors.DeadlockDetected:
            pass
        finally:
            other.rollback()
            thread.join(20)
    return answers[0]


def _blocked_by(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from pg_locks where not granted and %s = any (pg_blocking_pids(pid)))", [pid]
        )
        return bool(cursor.fetchone()[0])
