"""What the clock could not do: named in the log, and kept where `./hamkori status` reads it."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DatabaseError, transaction

from hamkori import definer
from hamkori.access.context import WORKER_REFUSED

log = logging.getLogger("hamkori.clock")

HELD = "55P03"
"""SQL's own code for what could not be locked in time."""

_failed: Counter[tuple[str, UUID | None, str]] = Counter()
"""How often each act has failed in this process, by row and kind of fault."""


def keep(name: str, error: Exception, row: UUID | None = None) -> str:
    """Keeps the act's name, the row, the kind of fault and the time; the kind.

    A worker that the database does not know fails at no act: the error goes on, and the worker says it once for all.
    The log says where it happened and not what was said: an error of the database may repeat what somebody typed.
    It says so the first time and with each doubling, so that what fails in each turn does not fill the disk.
    """
    fault = getattr(error.__cause__, "sqlstate", None) or type(error).__name__
    if fault == WORKER_REFUSED and not _is_known():
        raise error
    of = "" if row is None else f", row {row}"
    _failed[name, row, fault] += 1
    times = _failed[name, row, fault]
    if times & (times - 1) == 0:
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("the clock's act failed: %s, %s%s, %d times\n%s", name, fault, of, times, where)
    try:
        with transaction.atomic():
            definer.run("clock_failed", name, fault, row)
    except DatabaseError:
        log.error("that it failed could not be kept: %s", name)  # the database itself is away, and says so elsewhere
    return fault


def _is_known() -> bool:
    """Whether the database knows this worker. It is asked once more: one row may say so, and hold up all others."""
    try:
        with transaction.atomic():
            definer.run("worker_here")
    except DatabaseError:
        return False
    return True


@contextmanager
def kept(name: str) -> Iterator[None]:
    """A run that ends in a fault is kept like an act, and stays a fault."""
    try:
        yield
    except Exception as error:
        keep(name, error)
        raise
