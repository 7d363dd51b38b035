"""`audit-mend`: what stands in the chain's tables without a word of the worker is taken out, and kept where it is told.

Refusing to seal on top of it is right; this is the way back, and it hides nothing. Each row is first written whole into
the file `foreign` beside the worker's keys, which no login of the database reaches; the ledger says how many, and the
alarm is raised. Whoever then verifies is told. Nothing with the worker's MAC or signature is touched, nothing that its
head says it has sealed, and nothing at all where the chain would not be whole afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from django.db import connection, transaction
from psycopg import sql

from hamkori import definer
from hamkori.audit import sealer, vouched
from hamkori.audit.ledger import LedgerRow, append
from hamkori.audit.witness import Witness, WitnessRefused

MENDED = "ledger.mend"
SEALS, CHECKPOINTS = "ledger_seal", "ledger_checkpoint"
NUMBER_OF = {CHECKPOINTS: "seal_id", SEALS: "id"}
"""Each table's key. Signatures go first: they stand on batches."""

LOCK_SECONDS = 5


@dataclass(frozen=True)
class Foreign:
    """A row that is not the worker's: of which table, its number, and all of it as JSON."""

    table: str
    number: int
    row: str

    @property
    def words(self) -> str:
        """As the operator reads it."""
        return f"{self.table} {self.number}: {self.row}"


def find(witness: Witness) -> list[Foreign]:
    """What is foreign now. WitnessRefused, SigningRefused: the worker's files cannot say."""
    connection.ensure_connection()
    raw: psycopg.Connection = connection.connection
    head = witness.head()
    batches = vouched.foreign_batches(raw, head, witness.keys())
    # A signature of a batch that is not ours is none of ours, whatever number it bears.
    signatures = [*vouched.foreign_signatures(raw, head, witness.signer()), *batches]
    return [*_rows(raw, CHECKPOINTS, signatures), *_rows(raw, SEALS, batches)]


def take_out(witness: Witness, line: UUID | None) -> list[Foreign]:
    """Take out what is foreign, as owner; what was there. The row of the alarm bears the `line` of the file of alarms.

    WitnessRefused: busy, row_missing, or what would be left is not whole; then nothing is done.
    """
    with transaction.atomic():
        definer.run("set_config", "lock_timeout", f"{LOCK_SECONDS}s", True)
        if not sealer.claim():
            raise WitnessRefused("busy")
        definer.write("lock table ledger_seal, ledger_checkpoint in share row exclusive mode")
        found = find(witness)
        if found:
            _delete(found)
        assure(witness)  # else the worker would stand still all the same, and the rows are evidence where they stand
        if found:
            witness.keep_foreign([f"{one.table} {one.row}" for one in found])
            append(_row(len(found), witness), system=True)
            append(LedgerRow(action="tag.mismatch", decision="failed", kind="ledger", operation_id=line), system=True)
    return found


def _row(count: int, witness: Witness) -> LedgerRow:
    """With the worker's own word: the owner of the tables adds rows of this act, and can not make one that counts."""
    once = uuid4()
    word = witness.keys().word(count, once)
    return LedgerRow(action=MENDED, kind="ledger", object_id=once, operation_id=word, count=count)


def assure(witness: Witness) -> None:
    """Return, or raise WitnessRefused with why the worker would stand still."""
    with transaction.atomic():
        sealer.claim()
        head = witness.head()
        sealer.newest_assured(witness, head)
        sealer.last_assured(witness.signer(), head)


def _rows(raw: psycopg.Connection, table: str, numbers: list[int]) -> list[Foreign]:
    name, key = sql.Identifier(table), sql.Identifier(NUMBER_OF[table])
    question = sql.SQL("select {key}, row_to_json(t)::text from {name} t where {key} = any (%s) order by {key}")
    return [Foreign(table, *row) for row in raw.execute(question.format(name=name, key=key), [numbers])]


def _delete(found: list[Foreign]) -> None:
    """Past the triggers by which these tables are only ever added to; only within this transaction."""
    for table, key in NUMBER_OF.items():
        numbers = [one.number for one in found if one.table == table]
        _alter(table, "disable")
        deleted = sql.SQL("delete from {} where {} = any (%s)").format(sql.Identifier(table), sql.Identifier(key))
        definer.write(deleted, numbers)
    # A table whose rows are still to be compared with another's can not be altered.
    definer.write("set constraints all immediate")
    for table in NUMBER_OF:
        _alter(table, "enable")


def _alter(table: str, how: str) -> None:
    statement = sql.SQL("alter table {} {} trigger {}")
    definer.write(statement.format(sql.Identifier(table), sql.SQL(how), sql.Identifier(f"{table}_rows_stay")))
