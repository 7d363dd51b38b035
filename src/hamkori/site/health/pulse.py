"""The server's pulse: what whoever runs it must know, each a sentence that is well, not well, or not seen from here.

A part asks one thing and answers with signs. `./hamkori status` shows all of OF_STATUS and ends with 1 if one is not
well; `/health/ready` answers with those of OF_THE_PAGES that are not, and 503. A room that has something to say adds
its part to these lists. What cannot be seen is never called well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import psycopg
from django.conf import settings

from hamkori.audit import standing
from hamkori.audit.witness import Witness
from hamkori.site.database import logins, roles, startcheck, writing
from hamkori.vault.marks import Alarms, Marks, MarksLost

NOT_SEEN = "not seen from here"
FEWER = (
    "something that the pages have read is missing from them; put the whole files back, or, if they are lost for good,"
    " ./hamkori tags rebuild, and start the pages anew"
)
LOST_LATELY = timedelta(minutes=3)  # the alarm is raised once a minute while somebody asks for pages


class Sign(NamedTuple):
    """Of what, one sentence, and whether it is well; None: not seen from here."""

    of: str
    text: str
    well: bool | None


@dataclass(frozen=True, kw_only=True)
class Here:
    """What a process can look at: its connection, and the files that are its own to read (None: another's)."""

    connection: psycopg.Connection
    data: Path | None = None
    keyring: Path | None = None
    signing_key: Path | None = None
    mode: str = "production"
    marks: Path | None = None
    worker_secret: Path | None = None
    # Whether all is there that this process has read of the marks; None: it has read none, and asks the alarms.
    marks_are_there: Callable[[], bool] | None = None


Part = Callable[[Here], Iterable[Sign]]


class Beat(NamedTuple):
    """One job of the worker: its code among the signs, what it is to people, and how old its last end may be."""

    code: str
    of: str
    does: str
    limit: timedelta


LOOK = "look into the worker's log"
START = "start ./hamkori worker"
HEARTBEAT = "heartbeat"
BEATS = (
    Beat(HEARTBEAT, "Worker", "gave a sign of life", timedelta(seconds=30)),
    Beat("tick", "Clock", "ticked", timedelta(seconds=60)),
    Beat("seal", "Sealer", "looked through the ledger", timedelta(seconds=60)),
    Beat("post", "Mail", "was looked through", timedelta(minutes=10)),
)
BACKLOG_LIMIT = timedelta(seconds=60)
DISK_LIMIT = 15  # percent that must be free,
DISK_ENOUGH = 20 * 2**30  # or this much: on a great disk a small part is long enough

# What `house_zone()` answers, read where it is written: no login of ours may call it.
ZONE = """
select substring(prosrc from $$'(.*)'::text$$) from pg_catalog.pg_proc
 where oid = pg_catalog.to_regprocedure('public.house_zone()')
"""

# Of the last hour: the clock tries again every ten seconds, so what is older than that is over.
FAILURES = """
select act_code, fault_code, failures, first_at, last_at, row_id from clock_failure
 where last_at > statement_timestamp() - interval '1 hour' order by act_code
"""


def look(parts: Iterable[Part], here: Here) -> list[Sign]:
    """What the parts say, in their order."""
    return [sign for part in parts for sign in part(here)]


# --- deciding, without looking ---
def beats(last: Mapping[str, datetime], now: datetime) -> list[Sign]:
    """A sign for each job: what has never been is as little well as what is late."""
    heard = max((last[beat.code] for beat in BEATS if beat.code in last), default=None)
    return [_beat(beat, last.get(beat.code), now, heard) for beat in BEATS]


def _beat(beat: Beat, at: datetime | None, now: datetime, heard: datetime | None) -> Sign:
    if at is None and heard is not None and beat.code == HEARTBEAT:
        # Its row goes when it ends, or when another one finds it dead; what it has done stays.
        return Sign(beat.of, f"none is there; the last one was heard of {span(now - heard)} ago; {START}", well=False)
    if at is None:
        return Sign(beat.of, f"never {beat.does}; {START}", well=False)
    age = now - at
    if age <= beat.limit:
        return Sign(beat.of, f"{beat.does} {span(age)} ago", well=True)
    return Sign(beat.of, f"last {beat.does} {span(age)} ago, at most {span(beat.limit)} is well; {LOOK}", well=False)


def backlog(oldest: datetime | None, now: datetime) -> Sign:
    """How long the oldest act of the ledger has waited for its seal."""
    age = now - oldest if oldest else timedelta(0)
    if age <= BACKLOG_LIMIT:
        return Sign("Ledger", "no act waits for its seal", well=True)
    limit = span(BACKLOG_LIMIT)
    return Sign("Ledger", f"an act waits {span(age)} for its seal, at most {limit} is well; {LOOK}", well=False)


def disk_free(free: int, used: int, folder: Path) -> Sign:
    """Whether the file system has room: a full one stops every act."""
    percent = 100 * free // max(1, free + used)
    if percent >= DISK_LIMIT or free >= DISK_ENOUGH:
        return Sign("Disk", f"{percent} % free", well=True)
    return Sign("Disk", f"{percent} % free where {folder} is, {DISK_LIMIT} % is well; make room", well=False)


def span(age: timedelta) -> str:
    """A length of time in its largest unit."""
    seconds = max(0, round(age.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


# --- looking ---
def database(here: Here) -> Iterator[Sign]:
    """Whether it takes writing: one that does not serves pages that fail at the first press."""
    fault = writing.tries.fault(here.connection)
    yield Sign("Database", fault or writing.WELL, well=fault is None)


def own_settings(here: Here) -> Iterator[Sign]:
    """Whether somebody has given a login of ours settings of its own: it may do so itself, and nothing of ours does."""
    found = logins.own_settings(here.connection, roles.ROLES)
    for one in found:
        text = f"{one.login} has {', '.join(one.names)} set for itself; as superuser: {logins.reset(one).as_string()}"
        yield Sign("Logins", text, well=False)
    if not found:
        yield Sign("Logins", "none has settings of its own", well=True)


def worker(here: Here) -> Iterator[Sign]:
    """The ages of what the worker does, and of the oldest act without a seal."""
    found: dict[str, datetime] = dict(here.connection.execute("select sign_code, at from worker_signs()").fetchall())
    row = here.connection.execute("select statement_timestamp()").fetchone()
    now: datetime = row[0] if row else datetime.now(UTC)
    yield from beats(found, now)
    yield backlog(found.get("unsealed"), now)


def chain(here: Here) -> Iterator[Sign]:
    """Whether what is sealed is signed, and, where the worker's files can be read, whether its last batch is there."""
    if here.signing_key is None:  # of the pages: walls that are not of their source are no reason to take them away
        faults = standing.ask(here.connection).faults()
    elif not reachable(here.signing_key):
        faults = standing.seen(here.connection)
    else:
        faults = standing.faults(here.connection, Witness(here.signing_key))
    yield from (Sign("Chain", fault, well=False) for fault in faults)
    if not faults:
        yield Sign("Chain", "what was written is sealed and signed", well=True)


def zone(here: Here) -> Iterator[Sign]:
    """Whether the database reckons days and opening hours where the pages do: `migrate` writes the setting there."""
    row = here.connection.execute(ZONE).fetchone()
    written = row[0] if row else "no zone"
    if written != settings.TIME_ZONE:
        text = f"the pages reckon in {settings.TIME_ZONE}, the database in {written}; ./hamkori migrate writes it"
        yield Sign("Time zone", text, well=False)
    else:
        yield Sign("Time zone", f"pages and database reckon in {written}", well=True)


def acts(here: Here) -> Iterator[Sign]:
    """What of the clock keeps failing, one sign an act. Only the clock's login may read it."""
    failing = here.connection.execute(FAILURES).fetchall()
    for act, fault, times, first, last, row in failing:
        often = f"{times} time{'s' if times > 1 else ''}"
        at = f" at row {row}" if row else ""
        text = f"{act} fails ({fault}), {often} since {_minute(first)}, last {_minute(last)}{at}; see the worker's log"
        yield Sign("Automatic steps", text, well=False)
    if not failing:
        yield Sign("Automatic steps", "none has failed in the last hour", well=True)


def keyring(here: Here) -> Iterator[Sign]:
    """Whether the pages can still read it, and after the next start too."""
    if here.keyring is None or not reachable(here.keyring):
        yield Sign("Keyring", NOT_SEEN, well=None)
    elif fault := startcheck.keyring_fault(here.keyring):
        yield Sign("Keyring", f"it can not be used: {startcheck.NO_KEYRING[fault]}", well=False)
    else:
        yield Sign("Keyring", "it can be read", well=True)


def keyring_of_the_pages(here: Here) -> Iterator[Sign]:
    """The same, and whether it is this database's: a process reads it again when the file has changed."""
    found = list(keyring(here))
    if here.keyring is not None and all(sign.well for sign in found):
        try:
            startcheck.check_keyring(here.connection, here.keyring, here.mode)
        except startcheck.MayNotServe:
            found = [Sign("Keyring", f"it can not be used: {startcheck.NO_KEYRING['other']}", well=False)]
    yield from found


def signing_key(here: Here) -> Iterator[Sign]:
    """Whether the worker can still sign the ledger."""
    if here.signing_key is None or not reachable(here.signing_key):
        yield Sign("Signing key", NOT_SEEN, well=None)
    elif fault := startcheck.signing_key_fault(here.signing_key):
        yield Sign("Signing key", f"it can not be used: {startcheck.NO_SIGNING_KEY[fault]}", well=False)
    else:
        yield Sign("Signing key", "it can be read", well=True)


def marks(here: Here) -> Iterator[Sign]:
    """Whether the least numbers of everything that decides who reads are at hand: without them nothing is believed."""
    if here.marks is None or not reachable(here.marks):
        yield Sign("Marks", NOT_SEEN, well=None)
    elif not os.access(here.marks / "marks", os.R_OK | os.W_OK):
        yield Sign("Marks", "missing or not to be written; put them back, or ./hamkori tags rebuild", well=False)
    elif not are_marks(here.marks / "marks"):
        yield Sign("Marks", "they can not be read as marks; put them back, or ./hamkori tags rebuild", well=False)
    elif not (here.marks_are_there or partial(_not_alarmed, here.marks))():
        yield Sign("Marks", FEWER, well=False)
    else:
        yield Sign("Marks", "they can be read and written", well=True)


@cache
def read_before(path: Path) -> Marks:
    """Read on from where it was read to: this is asked every second."""
    return Marks(path)


def are_marks(path: Path) -> bool:
    """Whether they can be read as marks."""
    try:
        read_before(path).least("-", "-")
    except (MarksLost, OSError):
        return False
    return True


def _not_alarmed(folder: Path) -> bool:
    """Whether the pages have not found lately that marks are gone. Who has not read them can not see it."""
    with suppress(OSError):
        found = Alarms(folder / "alarms").since(datetime.now(UTC) - LOST_LATELY)
        return all(kind != "marks" for _at, kind, _thing in found)
    return True  # the alarms say themselves that they can not be read


def alarms(here: Here) -> Iterator[Sign]:
    """What of the database was not what the server knows of it, in the last day."""
    if here.marks is None or not reachable(here.marks):
        yield Sign("Alarms", NOT_SEEN, well=None)
        return
    if not here.marks.is_dir():
        yield Sign("Alarms", f"they can not be read: there is no folder {here.marks}", well=False)
        return
    try:
        found = Alarms(here.marks / "alarms").since(datetime.now(UTC) - timedelta(days=1))
    except OSError:
        yield Sign("Alarms", "they can not be read", well=False)
        return
    if found:
        last = max(at for at, _kind, _thing in found)
        text = f"{len(found)} in 24 hours, the last {_minute(last)}; see ./hamkori tags status"
        yield Sign("Alarms", text, well=False)
    else:
        yield Sign("Alarms", "none in 24 hours", well=True)


def disk(here: Here) -> Iterator[Sign]:
    """The room that is left where the data lies."""
    yield room(here.data)


def room(data: Path | None) -> Sign:
    """The same, also while no database can be asked: often it is why."""
    if data is None or not data.is_dir():
        return Sign("Disk", NOT_SEEN, well=None)
    found = os.statvfs(data)
    # As `df` reckons: what only root may still use is neither used nor free.
    return disk_free(found.f_bavail * found.f_frsize, (found.f_blocks - found.f_bfree) * found.f_frsize, data)


def reachable(path: Path) -> bool:
    """Whether this process could see the file if it is there; another user's folder says nothing, a lost one does."""
    return os.access(path.parent, os.X_OK) or _is_gone(path.parent)


def _is_gone(folder: Path) -> bool:
    try:
        folder.stat()
    except OSError as error:
        return isinstance(error, FileNotFoundError | NotADirectoryError)
    return False


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


OF_THE_PAGES: tuple[Part, ...] = (database, zone, worker, chain, keyring_of_the_pages, marks, disk)
OF_STATUS: tuple[Part, ...] = (
    database, own_settings, worker, chain, acts, keyring, signing_key, marks, alarms, disk,
)  # fmt: skip
