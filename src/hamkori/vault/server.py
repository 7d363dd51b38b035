"""This process's keyring, and what lies beside it: marks, alarms, and the locks of cases."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID
from weakref import WeakValueDictionary

from django.conf import settings
from django.db import connection, transaction

from hamkori.vault.alone import Alone, hold, place_of
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.ended import Ended
from hamkori.vault.keyring import Keyring, KeyringRefused
from hamkori.vault.keyring_file import load
from hamkori.vault.marks import Alarms, Marks, MarksLost, create, line_of, uuid_of
from hamkori.vault.trust import Trust

log = logging.getLogger("hamkori.vault")

_loading = threading.Lock()
_loaded: list[tuple[Keyring, tuple[int, int] | None]] = []
_beside: dict[Path, tuple[Marks, Alarms, Ended]] = {}


def keyring() -> Keyring:
    """The keyring of this server, read again when a rotation has changed its file.

    KeyringRefused at the first call if the file cannot be used; later the last good one stays in use until it can.
    """
    with _loading:
        state = _state(settings.HAMKORI_KEYRING)
        if not _loaded:
            _loaded[:] = [(load(settings.HAMKORI_KEYRING), state)]
        elif _loaded[0][1] is not None and state is not None and _loaded[0][1] != state:
            with suppress(KeyringRefused):
                _loaded[:] = [(load(settings.HAMKORI_KEYRING), state)]
        return _loaded[0][0]


def use(other: Keyring) -> None:
    """Put a keyring in its place, whatever the file says: for a process that has just made it, and for tests."""
    with _loading:
        _loaded[:] = [(other, None)]


def _state(path: Path) -> tuple[int, int] | None:
    try:
        known = path.stat()
    except OSError:
        return None
    return known.st_ino, known.st_mtime_ns


def marks() -> Marks:
    """The marks of this server. MarksLost when they are read and the file is gone."""
    return _of(settings.HAMKORI_MARKS)[0]


def alarms() -> Alarms:
    """Where this server writes down what did not match."""
    return _of(settings.HAMKORI_MARKS)[1]


def ended() -> Ended:
    """Which sessions this server has ended, whatever their rows say."""
    return _of(settings.HAMKORI_MARKS)[2]


def trust() -> Trust:
    """Keyring, marks and alarms of this server together: what decides whether a row is believed."""
    return Trust(keyring(), marks(), alarms())


def make_marks() -> None:
    """An empty file of marks, once, when a new database is founded. Never beside a filled one: see `tags rebuild`."""
    create(settings.HAMKORI_MARKS / "marks")


def _of(folder: Path) -> tuple[Marks, Alarms, Ended]:
    with _loading:
        if folder not in _beside:
            _beside[folder] = Marks(folder / "marks"), Alarms(folder / "alarms"), Ended(folder)
        return _beside[folder]


def mark(kind: str, thing: UUID | str, number: int) -> None:
    """Older rows of this thing stop counting once this transaction has been committed.

    Not before: after a rollback the mark would stand at a number that nobody reaches. Nameless: it is no mark.
    """
    line_of(kind, thing, number)  # what is no mark is refused while all can still be undone
    transaction.on_commit(partial(_raise, kind, thing, number, tuple(_mine.held.values())))


def _raise(kind: str, thing: UUID | str, number: int, _held: tuple[Alone, ...]) -> None:
    """A mark that waits for its commit holds what it was decided under: nobody else goes on before it is raised."""
    marks().raise_to(kind, thing, number)


class _Mine(threading.local):
    """The locks of this thread's transaction, by their places. What holds them are its commit hooks, and its press."""

    def __init__(self) -> None:
        self.held = WeakValueDictionary[int, Alone]()


_mine = _Mine()
_patience: ContextVar[float | None] = ContextVar("patience", default=None)


def alone_at(thing: UUID) -> None:
    """Nobody else of this server works at this case or request until this transaction is over and its marks are raised.

    To be asked before the database is asked for its own lock, which its owner may have made anew so that it locks
    nothing. What is read after this is read again. Twice is once. Busy; MarksLost; Nameless.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("nobody works alone outside a transaction")
    place = place_of(thing)
    held = _mine.held.get(place)
    if held is None or not held.stands:
        patience = _patience.get()
        seconds = settings.HAMKORI_LOCK_SECONDS if patience is None else patience
        beside = next((one for one in _mine.held.values() if one.stands), None)
        held = hold(settings.HAMKORI_MARKS, place, seconds, beside)
        _mine.held[place] = held
    # Django drops its hooks when the transaction is over, however it ends, and those of a savepoint with it.
    transaction.on_commit(held.go_on)
    if (here := _press.get()) is not None:
        here.held.append(held)


@contextmanager
def patient(seconds: float) -> Iterator[None]:
    """Within this, nobody is waited for any longer."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


@dataclass
class _Vouched:
    """Something without a number of its own, the mark of its end, and whether it was committed."""

    kind: str
    thing: UUID | str
    over: int | Callable[[], int]
    stands: bool = False

    def committed(self) -> None:
        self.stands = True


@dataclass
class _Press:
    """What was vouched for in it, and at what it works alone."""

    made: list[_Vouched] = field(default_factory=list)
    held: list[Alone] = field(default_factory=list)
    ends: list[Callable[[], None]] = field(default_factory=list)


_press: ContextVar[_Press | None] = ContextVar("press", default=None)


def over_unless_committed(kind: str, thing: UUID | str, over: int | Callable[[], int]) -> None:
    """What was vouched for here has ended for good, with that mark, should what it is written in be undone.

    `over` as a question is asked only then.
    """
    made, here = _Vouched(kind, thing, over), _press.get()
    if here is not None:
        here.made.append(made)
        transaction.on_commit(made.committed)


@contextmanager
def one_press() -> Iterator[None]:
    """Around a transaction or a savepoint: what was vouched for within, and is undone with it, is over from here on.

    After that the next one may come to what was worked at alone, if the transaction is over too.
    """
    outer, here, failed = _press.get(), _Press(), True
    token = _press.set(here)
    try:
        yield
        failed = False
    finally:
        _press.reset(token)
        left = [one for one in here.made if not one.stands]
        if failed or not connection.in_atomic_block:
            _is_over(left)
        elif outer is not None:
            outer.made += left
        if outer is not None:
            outer.held += here.held
            outer.ends += here.ends
        else:
            for end in here.ends:
                end()
            for one in here.held if not connection.in_atomic_block else ():
                one.let_go()


def when_over(end: Callable[[], None]) -> None:
    """Done once the press that this is part of is over, its page and its commit too, however it ends.

    Outside of any it is over.
    """
    here = _press.get()
    if here is None:
        end()
    else:
        here.ends.append(end)


def _is_over(undone: list[_Vouched]) -> None:
    for one in undone:
        try:
            over = one.over if isinstance(one.over, int) else one.over()
            marks().raise_to(one.kind, one.thing, over)
        except (MarksLost, OSError):  # what was undone is told; no page is served without marks
            log.error("what was undone could not be marked: %s", one.kind)


def end_session(session: UUID) -> None:
    """No row brings this session back, once this transaction has been committed."""
    transaction.on_commit(lambda: ended().end(session, datetime.now(UTC)))


def end_sessions_before(user: UUID, moment: datetime) -> None:
    """The same for all sessions of a person but those that were begun or confirmed from this moment on."""
    transaction.on_commit(lambda: ended().end_before(user, moment))


def seal_vault(session: UUID) -> None:
    """No row opens the vault of this session that was written by now, once this transaction has been committed."""
    transaction.on_commit(lambda: ended().seal(session, datetime.now(UTC)))


def vault_sealed(session: UUID) -> int:
    """How many times the vault of this session was sealed, or a waiting key taken."""
    return ended().sealed(session, datetime.now(UTC))


def is_former(user: UUID, key_no: object) -> bool:
    """Whether another passphrase was taken since this key: whoever opens it is somebody else. Unless two people say
    that a backup was put back.
    """
    if type(key_no) is not int:
        return True
    newest = marks().least("key", user)
    return key_no < newest and not marks().least(AGAIN, again(user.hex, key_no, newest))


AGAIN = "again"
"""The kind of mark by which a former key opens again, though nothing is sealed to it: until there is another one."""


def again(user: str, key_no: int, newest: int) -> str:
    """The name of that mark: it is good while this is the newest key that we know of the user."""
    return f"{user}.{key_no}.{newest}"


REKEYED, ALL = "rekeyed", "all"


def key_changed() -> None:
    """Somebody has another key: nothing is written any more under what was sealed to people's keys until now.

    Counted after the commit, and by whom it is counted each gets a number of its own: what is sealed by then, and has
    counted as many, was sealed to the new one.
    """

    def count() -> None:
        marks().raise_to(REKEYED, ALL, marks().given.next(REKEYED, ALL, keys_changed()))

    transaction.on_commit(count)


def keys_changed() -> int:
    """How many times somebody's key was another one."""
    return marks().least(REKEYED, ALL)


def alarm(error: Untrusted | Sealed) -> tuple[str, UUID | None, UUID | None]:
    """Write down what did not match, in the file and the log; kind, id and line of the file for the ledger's row."""
    kind, thing = (error.what, error.row) if isinstance(error, Untrusted) else ("sealed", None)
    if alarms().raise_for(kind, thing):
        log.error("tag.mismatch: %s %s", kind, thing.hex if isinstance(thing, UUID) else thing)
    return kind, uuid_of(thing), alarms().line_of(kind, thing)


def marks_lost() -> bool:
    """Write down, in the file and the log, that marks are gone which this server had; False: it was said lately."""
    if not settings.HAMKORI_MARKS.is_dir():
        log.error("marks lost: there is no folder of them")  # none is made: somebody is about to put the true one back
        return True
    if not alarms().raise_for("marks", None):
        return False
    log.error("marks lost: something that was read of them, or of the ended sessions beside them, is gone")
    return True


def marks_are_there() -> bool:
    """Whether all is there that this process has read of marks and ended sessions; if not, the alarm is raised."""
    nobody, now = UUID(int=0), datetime.now(UTC)
    try:
        marks().least("-", "-")
        marks().given.least("-", "-")
        ended().is_over(nobody, nobody, now, now)
    except MarksLost:
        marks_lost()
        return False
    return True
