"""How often something was tried, and which codes were used: Django's cache for that alone, and it unpickles nothing.

Limits, locks and used codes of allauth and of ours go through it. A value is a list of moments, or a flag. It lies in
the table `attempt` under a keyed hash of its name, behind definers, and is written at once, whatever becomes of the
request. Each process counts too and the stricter of both wins: a table that forgets, or is locked, helps nobody.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import DEFAULT_DB_ALIAS, DatabaseError, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from hamkori import definer
from hamkori.definer import Row
from hamkori.vault.bytes import Untrusted
from hamkori.vault.proof import CHANGED, Said, is_refused, prove
from hamkori.vault.server import alarm, keyring

log = logging.getLogger("hamkori.web")
ALIAS = "counters"
PERSON = b"hk.count.v1"
PATIENCE = "-c lock_timeout=100ms -c statement_timeout=500ms"
CONNECT_SECONDS = 2
BREAK_SECONDS = 10.0
"""After a table that did not answer, this process counts alone for so long: nobody waits at each question anew."""
WAIT_SECONDS = 1.0  # for another thread's question; longer than the connection's own limits

Flag = Literal[True]
Value = Flag | list[float]


class Counters(BaseCache):
    """The few calls of Django's cache that counting needs. A value of another kind is a TypeError."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Raise a flag; False: it is up already, here or in the table."""
        if _kept(value) is not True:
            raise TypeError("only a flag is added")
        hashed, seconds = self._hashed(key, version), self._seconds(timeout)
        if not memory.raise_flag(hashed, seconds):
            return False
        row = table.write("attempt_flag", hashed, _ms(seconds))
        if row is not None and not row[0]:
            memory.forget(hashed)
            return False
        return True

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The moments, newest first, or True for a flag."""
        hashed = self._hashed(key, version)
        row, own = table.ask("attempt_read", hashed, columns="is_there at"), memory.read(hashed)
        stored: Value | None = None
        if row is not None and row[0]:
            stored = True if row[1] is None else row[1]
        if own is None and stored is None:
            return default
        if own is True or stored is True:
            return True
        return sorted({*(own or ()), *(stored or ())}, reverse=True)

    def set(self, key: str, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep these moments in place of those that were there."""
        kept = _kept(value)
        if kept is True:
            raise TypeError("a flag is added, not set")
        hashed, seconds = self._hashed(key, version), self._seconds(timeout)
        row = table.write("attempt_write", hashed, [repr(moment) for moment in kept], _ms(seconds))
        memory.write(hashed, kept, row[0] if row is not None else (), seconds)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget it; whether there was something."""
        hashed = self._hashed(key, version)
        row = table.ask("attempt_forget", hashed, columns="attempt_forget")
        return memory.forget(hashed) or bool(row and row[0])

    def _hashed(self, key: str, version: int | None) -> bytes:
        """Who reads the table learns no e-mail, and who calls the definers can name no counter."""
        name = self.make_key(key, version).encode("utf-8", "surrogatepass")
        return keyring().peppered(name, person=PERSON)

    def _seconds(self, timeout: float | None) -> float:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if not isinstance(seconds, int | float) or seconds <= 0:
            raise TypeError("a counter ends some time")
        return float(seconds)


def _ms(seconds: float) -> int:
    """As the database takes an end. Django knows shorter ones than a second, and none is without an end."""
    return math.ceil(seconds * 1000)


def _kept(value: object) -> Value:
    if value is True or value == "y":  # the second is allauth's mark of a used code
        return True
    if isinstance(value, list) and all(type(moment) is float for moment in value):
        return value
    raise TypeError("a counter is a list of moments, or a flag")


class Memory:
    """What this process itself has counted: its own moments only, so that another's take-back is not undone here."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[bytes, tuple[Value, float]] = {}
        self._swept = 0.0

    def raise_flag(self, key: bytes, seconds: float) -> bool:
        """False: it is up."""
        with self._lock:
            if self._read(key) is not None:
                return False
            self._put(key, True, seconds)
            return True

    def read(self, key: bytes) -> Value | None:
        """What is there and not over."""
        with self._lock:
            return self._read(key)

    def write(self, key: bytes, moments: list[float], before: Sequence[float], seconds: float) -> None:
        """Own are those that were own and stay, and those that the table had not: this process adds them."""
        with self._lock:
            own, known = self._read(key), set(before)
            mine = own if isinstance(own, list) else []
            self._put(key, [at for at in moments if at in mine or at not in known], seconds)

    def forget(self, key: bytes) -> bool:
        """Whether there was something."""
        with self._lock:
            return self._kept.pop(key, None) is not None

    def empty(self) -> bool:
        """Forget everything; whether there was something."""
        with self._lock:
            was_there = bool(self._kept)
            self._kept.clear()
            return was_there

    def _read(self, key: bytes) -> Value | None:
        value, until = self._kept.get(key, (None, 0.0))
        return value if until > time.monotonic() else None

    def _put(self, key: bytes, value: Value, seconds: float) -> None:
        now = time.monotonic()
        if now - self._swept > BREAK_SECONDS:
            self._kept, self._swept = {name: one for name, one in self._kept.items() if one[1] > now}, now
        self._kept[key] = value, now + seconds


class Table:
    """The table, over one connection of its own that commits by itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: BaseDatabaseWrapper | None = None
        self._broken_until = 0.0

    def ask(self, name: Literal["attempt_read", "attempt_forget"], key: bytes, *, columns: str) -> Row | None:
        """The definer's one row; None: the table does not answer, and this process counts alone for a while."""
        return self._patiently(lambda: definer.row(name, key, columns=columns, using=self._usable()))

    def write(self, name: Literal["attempt_flag", "attempt_write"], *written: Said) -> Row | None:
        """The same for what is written, which takes a proof of the keyring."""
        return self._patiently(lambda: self._written(name, written))

    def _patiently(self, question: Callable[[], Row | None]) -> Row | None:
        if time.monotonic() < self._broken_until:
            return None
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            self._break("another question hangs")
            return None
        try:
            return question()
        except (Error, Untrusted) as error:
            if isinstance(error, Untrusted) or (isinstance(error, DatabaseError) and is_refused(error)):
                alarm(Untrusted(*CHANGED))  # in file and log; the ledger has it from the page
            self._break(type(error).__name__)
            return None
        finally:
            self._lock.release()

    def open(self) -> BaseDatabaseWrapper:
        """The connection: the pages' login and database, none of their transactions, and little patience."""
        if self._connection is None:
            pages = connections.settings[DEFAULT_DB_ALIAS]
            options = {name: value for name, value in pages["OPTIONS"].items() if name != "pool"}
            options["options"] = f"{options.get('options', '')} {PATIENCE}"
            options["connect_timeout"] = CONNECT_SECONDS
            options["tcp_user_timeout"] = CONNECT_SECONDS * 1000  # a server whose network is gone never answers
            made = load_backend(pages["ENGINE"]).DatabaseWrapper({**pages, "OPTIONS": options}, ALIAS)
            made.inc_thread_sharing()
            self._connection = made
        return self._connection

    def _break(self, why: str) -> None:
        self._broken_until = time.monotonic() + BREAK_SECONDS
        log.error("the counters do not answer, limits are counted here alone: %s", why)

    def mend(self) -> None:
        """Ask again at once."""
        with self._lock:
            self._broken_until = 0.0

    def _written(self, name: str, written: Sequence[Said]) -> Row | None:
        proved = prove(keyring(), name, *written, over=self._usable())
        return definer.row(name, *written, *proved, columns=name, using=self._usable())

    def _usable(self) -> BaseDatabaseWrapper:
        connection = self.open()
        if not connection.is_usable():  # the first question, or the server was started anew
            connection.close()
        return connection


memory = Memory()
table = Table()
