"""A worker with a folder of its own, and whoever owns the server: for tests of the ledger, and for attacks on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from hamkori.audit import founding, ledger, merkle, sealer
from hamkori.audit.ledger import LedgerRow
from hamkori.audit.models import Ledger, LedgerSeal
from hamkori.audit.verify import Evidence, Report, verify
from hamkori.audit.witness import Head, Witness
from tests.access import cast
from tests.audit.horizon import settled
from tests.database import address, as_role, god

TABLES = ("ledger", "ledger_seal", "ledger_checkpoint")


def taken(connection: psycopg.Connection) -> dict[str, bytes]:
    """The three tables as they are, whole."""
    found = {}
    for table in TABLES:
        with connection.cursor().copy(sql.SQL("copy {} to stdout").format(sql.Identifier(table))) as copied:
            found[table] = b"".join(bytes(part) for part in copied)
    return found


def put_back(connection: psycopg.Connection, rows: dict[str, bytes]) -> None:
    """The three tables as they were."""
    for table in TABLES:
        connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))
        with connection.cursor().copy(sql.SQL("copy {} from stdin").format(sql.Identifier(table))) as copied:
            copied.write(rows[table])


class Worker:
    """What seals and signs, with its files."""

    def __init__(self, folder: Path) -> None:
        self.witness = Witness(folder / "sign" / "signing-key")
        self.ahead = timedelta(0)
        with god():
            founding.ensure(self.witness)

    def write(self, number: int = 1) -> None:
        """So many rows, each in a transaction of its own."""
        for _ in range(number):
            with as_role("hk_clock"):
                ledger.append(LedgerRow(action="referral.lapse"), system=True)

    def seal(self, *, all_are_over: bool = True) -> int:
        """What waits becomes batches, without a signature. `all_are_over` False: this test holds a transaction open."""
        if all_are_over:
            settled()
        sealed = 0
        while number := self._one():
            sealed += number
        return sealed

    def _one(self) -> int:
        with as_role("hk_clock"):
            return sealer.seal_batch(self.witness)

    def sign(self) -> bool:
        """A checkpoint, if it is due."""
        with as_role("hk_clock"):
            return sealer.checkpoint_if_due(self.witness)

    def work(self, *, all_are_over: bool = True) -> int:
        """A second of the worker."""
        if all_are_over:
            settled()
        with as_role("hk_clock"):
            return sealer.work(self.witness)

    def reborn(self) -> Worker:
        """The same folder, looked at anew, as after an update."""
        made = Worker(self.witness.signing_key.parents[1])
        made.ahead = self.ahead
        return made

    def wait(self, **by: float) -> None:
        """The world's time goes on: minutes=3."""
        self.ahead += timedelta(**by)
        cast.advance(self.ahead)

    def days(self, number: int) -> None:
        """So many times: three minutes, two rows, their batch, its signature."""
        for _ in range(number):
            self.wait(minutes=3)
            self.write(2)
            assert self.seal() == 2
            assert self.sign()

    def evidence(self) -> Evidence:
        """All that the worker's machine has."""
        return Evidence(self.witness.signer().verify_key, self.witness.keys(), [self.witness.head()])

    def report(self, **instead: object) -> Report:
        """What `audit-verify` says on the worker's machine, or with other evidence."""
        with as_role("hk_clock"):
            return verify(replace(self.evidence(), **instead))  # type: ignore[arg-type]

    def outside(self, heads: Sequence[Head] = ()) -> Report:
        """What it says to somebody who has the public key, and perhaps heads, and none of the worker's files."""
        return self.report(chain=None, heads=heads)


@contextmanager
def intruding() -> Iterator[psycopg.Connection]:
    """What an intruder does who owns the server: no trigger and no right stops him.

    The owner of the tables gets as far by taking the triggers off first; then each test would need a new database.
    """
    with psycopg.connect(address("postgres"), autocommit=True) as opened:
        opened.execute("set session_replication_role = replica")
        yield opened


def superuser(*statements: str) -> None:
    """Some of it at once."""
    with intruding() as opened:
        for statement in statements:
            opened.execute(statement)


def reckon_anew() -> list[str]:
    """The statements that make leaves, roots and chain right again over rows that were changed: no key is needed."""
    before, statements = merkle.START, []
    with god():
        for seal in LedgerSeal.objects.order_by("id"):
            window = Ledger.objects.filter(cluster=seal.cluster, tx__gte=seal.first_tx, tx__lt=seal.next_tx)
            entries = [(row.id, sealer.leaf_of(row)) for row in window.order_by("tx", "id")]
            root = merkle.root([hashed for _, hashed in entries])
            before = merkle.chain(before, root, len(entries), seal.cluster, seal.next_tx, seal.at)
            statements.append(
                f"update ledger_seal set leaves = '\\x{merkle.pack(entries).hex()}', root = '\\x{root.hex()}',"
                f" count = {len(entries)}, chain = '\\x{before.hex()}' where id = {seal.id}"
            )
    return statements
