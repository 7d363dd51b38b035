"""Bring a database to the state of this source: Django's migrations, then the walls.

Walls are run after every migration, in one transaction, as hk_owner; then rooms seed their tables.
See docs/design/engine.md#starts.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from hamkori import definer
from hamkori.audit import founding
from hamkori.audit.witness import Witness
from hamkori.site.database import left_out, startcheck, worker_secret, world
from hamkori.site.database.walls import walls
from hamkori.site.rooms import HOUSE, parts
from hamkori.vault.keyring import KeyringRefused
from hamkori.vault.keyring_file import load
from hamkori.vault.server import make_marks

# A page waits at most ten seconds for a lock, so the longest wait behind us must be well below.
LOCK_SECONDS = 3
TRIES = 5
PAUSE_SECONDS = 3  # in which those who queue are answered
# The second: who holds a table asks for one that we hold, and PostgreSQL ends one of both.
HELD_BY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
HELD = (
    f"a table is held by somebody else; tried {TRIES} times, {LOCK_SECONDS} s each, and the step was not done. "
    "docs/operating.md says how to find who holds it; then run it again."
)


def migrate(*, verbosity: int = 0) -> None:
    """All of it, on the default database, which must be that of HAMKORI_OWNER_URL.

    Who waits for a table that somebody reads keeps everybody else waiting behind it: each lock is waited for a short
    time, all is let go between the tries, and a step that is done is not done again.
    """
    _patiently(left_out.make_again)
    _patiently(lambda: call_command("migrate", interactive=False, run_syncdb=True, verbosity=verbosity))
    _patiently(build_walls)


class HeldByOthers(Exception):
    """A lock was not to be had in any try; the text says where and what to do."""


def _patiently(step: Callable[[], object]) -> None:
    """Do the step with a limit on each wait for a lock, some times; then HeldByOthers."""
    for left in reversed(range(TRIES)):
        definer.run("set_config", "lock_timeout", f"{LOCK_SECONDS}s", False)
        try:
            step()
        except (OperationalError, BrokenWall) as error:
            if not isinstance(error.__cause__, HELD_BY):
                raise
            if not left:
                where = str(error).partition(": ")[0] + ": " if isinstance(error, BrokenWall) else ""
                raise HeldByOthers(f"{where}{HELD}") from error
            time.sleep(PAUSE_SECONDS)
        else:
            definer.write("reset lock_timeout")
            return


def build_walls() -> None:
    """Run every wall in one transaction; a failing one is named with its line, and nothing is changed."""
    with transaction.atomic():
        connection.ensure_connection()
        for path in walls():
            source = path.read_text(encoding="utf-8")
            try:
                # psycopg's own cursor without parameters: many statements, and % means %.
                connection.connection.execute(source)
            except psycopg.Error as error:
                raise BrokenWall(_where(path, source, error)) from error
        for seed in parts("seed"):
            seed.write(connection)


class BrokenWall(Exception):
    """A wall did not run; the text says which, where and why."""


def _where(path: Path, source: str, error: psycopg.Error) -> str:
    position = error.diag.statement_position
    line = f":{source[: int(position)].count(chr(10)) + 1}" if position else ""
    context = f"\n  {error.diag.context}" if error.diag.context else ""
    hint = f"\n  hint: {error.diag.message_hint}" if error.diag.message_hint else ""
    return f"{path.relative_to(HOUSE)}{line}: {error.diag.message_primary or error}{context}{hint}"


def settle(world_code: str) -> None:
    """Make the keyring and the worker's signing key if need be, and say in the database which world it holds."""
    with transaction.atomic():
        connection.ensure_connection()
        ring = world.ensure_keyring(settings.HAMKORI_KEYRING, world_code, connection.connection)
        _move_signing_key(settings.HAMKORI_DATA, settings.HAMKORI_SIGNING_KEY)
        founding.ensure(Witness(settings.HAMKORI_SIGNING_KEY))
        worker_secret.make_known(connection.connection, settings.HAMKORI_WORKER_SECRET)
        world.found(connection.connection, world_code, ring)
        found = connection.connection.execute("select exists (select 1 from public.organisation)").fetchone()
    if found == (False,):
        make_marks()  # beside a filled database never: that would believe every old row


def renew_proof() -> None:
    """Where the keyring is at hand, let definers compare proofs with something new: a copy of the former is void."""
    try:
        ring = load(settings.HAMKORI_KEYRING)
    except KeyringRefused:
        sys.stdout.write("No keyring is readable here: what definers compare proofs with stays as it is.\n")
        return
    with transaction.atomic():
        connection.ensure_connection()
        if world.holds(connection.connection, ring.world):
            if not world.is_of(connection.connection, ring):
                other = startcheck.NO_KEYRING["other"]
                raise world.OtherWorld(f"The keyring {settings.HAMKORI_KEYRING} can not be used: {other}.")
            world.renew_proof(connection.connection, ring)


def _move_signing_key(data: Path, wanted: Path) -> None:
    """In a data folder of older source the key lies beside everything else; now the worker's files have their own."""
    for name in ("signing-key", "signing-key.pub"):
        if (data / name).exists() and not wanted.with_name(name).exists():
            wanted.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (data / name).rename(wanted.with_name(name))
