"""Two people at once: real threads, real connections, real commits, and who waited for whom is known."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from hamkori.access.actor import Actor
from hamkori.people.sign_in import acting_as
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible, Refusal
from hamkori.vault import alone
from hamkori.vault.server import keyring
from tests.cast import World

LONG = 20.0
"""Seconds after which a test gives up instead of hanging."""


HAND = "hand"
_hands = ThreadPoolExecutor(32, thread_name_prefix=HAND)
"""Threads that stay, with their connections, as those of a process that serves pages: a new one costs 50 ms."""


@dataclass(frozen=True)
class Deed:
    """Who does what. The world's people by their slugs; every deed is an operation of its own, as a form's is."""

    who: str
    do: Callable[[Actor], object]


@dataclass
class Doing:
    """One running deed: its thread, its connection's process, and the moments that others wait for."""

    thread: int = 0
    pid: int = 0
    began: threading.Event = field(default_factory=threading.Event)
    acted: threading.Event = field(default_factory=threading.Event)
    may_commit: threading.Event = field(default_factory=threading.Event)


def word_of(refusal: Refusal) -> str:
    """A refusal in one word: the guard's key, or what else it was."""
    match refusal:
        case NotNow():
            return refusal.guard
        case NotVisible():
            return "not_visible"
        case NotAllowed():
            return "not_allowed"
        case Invalid():
            return "invalid"
    raise TypeError(type(refusal).__name__)


def run(world: World, deed: Deed, doing: Doing) -> str:
    """Does it as a request would: one transaction, a refusal is an answer and commits, a fault goes up."""
    doing.thread = threading.get_ident()
    _look_again()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid() where %s", [True])
                doing.pid = cursor.fetchone()[0]
            person = world.people[deed.who]
            with acting_as(keyring(), person.membership_id, person.key) as actor:
                doing.began.set()
                try:
                    deed.do(actor.doing(uuid4()))
                    word = "done"
                except Refusal as refusal:
                    word = word_of(refusal)
            doing.acted.set()
            assert doing.may_commit.wait(LONG)
        return word
    finally:
        doing.began.set()
        doing.acted.set()
        if not _stays():
            connection.close()


def _stays() -> bool:
    """Whether this thread outlives the deed; its connection is used again."""
    return threading.current_thread() is threading.main_thread() or threading.current_thread().name.startswith(HAND)


def _look_again() -> None:
    """A thread that stays may have stood in another world, or the test before had its database put back."""
    if threading.current_thread() is threading.main_thread():
        return
    if connection.settings_dict is not connections.settings[DEFAULT_DB_ALIAS]:
        connection.close()
        del connections[DEFAULT_DB_ALIAS]
    elif connection.connection is not None and not connection.is_usable():
        connection.close()


def waits(doing: Doing) -> bool:
    """For a lock of the database, or for whoever works at a case (vault/alone.py)."""
    return waits_for_a_case(doing.thread) or _waits_for_a_row(doing)


def waits_for_a_case(thread: int) -> bool:
    """Whether this thread waits for whoever works at a case. A frame of one that runs may be gone while it is read, and
    something else stands in its place: that one does not wait.
    """
    frame: Any = sys._current_frames().get(thread)
    while frame is not None and getattr(frame, "f_code", None) is not alone._wait.__code__:
        frame = getattr(frame, "f_back", None)
    return frame is not None


def _waits_for_a_row(doing: Doing) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select 1 from pg_locks where pid = %s and not granted)", [doing.pid])
        return bool(cursor.fetchone()[0])


def beside(world: World, first: Deed, second: Deed) -> tuple[str, str]:
    """`second` is done while `first` is done but not committed: it waits for a lock, or does not see it."""
    one, two = Doing(), Doing()
    two.may_commit.set()
    earlier = _hands.submit(run, world, first, one)
    try:
        assert one.acted.wait(LONG)
        later = _hands.submit(run, world, second, two)
        assert two.began.wait(LONG)
        while not two.acted.wait(0.005) and not waits(two):
            pass
    finally:
        one.may_commit.set()
    return _said(earlier), _said(later)


def at_once(world: World, *deeds: Deed) -> tuple[str, ...]:
    """All start together; who is first is the database's matter."""
    barrier = threading.Barrier(len(deeds))

    def together(deed: Deed) -> str:
        doing = Doing()
        doing.may_commit.set()

        def do(actor: Actor) -> object:
            barrier.wait(LONG)
            return deed.do(actor)

        return run(world, Deed(deed.who, do), doing)

    return tuple(_said(future) for future in [_hands.submit(together, deed) for deed in deeds])


def _said(future: Future[str]) -> str:
    return future.result(LONG)
