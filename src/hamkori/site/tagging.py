"""What is done to all tagged rows at once: adopted, vouched for, counted; and the marks raised or made anew.

With the owner's login, and as the user who may read keyring and marks. Each act leaves a row in the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from hamkori.audit.ledger import LedgerRow, append
from hamkori.site.tagged import BATCH, KINDS, Kind, Row
from hamkori.vault import server, tags
from hamkori.vault.bytes import Untrusted
from hamkori.vault.trust import Trust

Say = Callable[[str], None]
BY_NAME = {kind.name: kind for kind in KINDS}


class NotVouched(Exception):
    """This row cannot be put right; the text says why."""


class AlreadyVouched(Exception):
    """There is nothing to put right: the row holds."""


def adopt(say: Say) -> int:
    """Tag every row that never had a tag, and print each organisation, person and role; how many there were.

    It believes what is there, so two people compare the list with paper. What has a mark had a tag once: who has ended
    is not adopted again.
    Broken off, it goes on from there.
    """
    trust, done = server.trust(), 0
    for kind in KINDS:
        empty = [row for row in kind.read() if row.tag == b"" and not trust.marks.least(row.fact.kind, row.fact.thing)]
        for start in range(0, len(empty), BATCH):
            batch = empty[start : start + BATCH]
            with transaction.atomic():
                for row in batch:
                    kind.write(row, trust.tag(row.fact))
                append(LedgerRow("tag.adopt", kind=kind.name, count=len(batch)), system=True)
            for row in batch:
                if row.words:
                    say(f"{kind.name} {row.words}")
        if empty:
            say(f"{kind.name}: {len(empty)} adopted")
        done += len(empty)
    return done


def vouch(kind_name: str, row_id: UUID, by: tuple[str, str]) -> Row:
    """Two people say that this row is true as it stands: it gets a tag, and a number past what was known of it.

    NotVouched: no such row counts today, it has ended, or they are not two people with an account. AlreadyVouched.
    """
    people = _two_people(by)
    kind, trust = BY_NAME[kind_name], server.trust()
    row = next((row for row in kind.read() if row.id == row_id), None)
    if row is None:
        raise NotVouched(f"There is no {kind_name} of this id that counts today.")
    if trust.holds(row.fact, row.tag):
        raise AlreadyVouched
    fact, number = row.fact, None
    if row.renumbered is not None and trust.is_far(fact.kind, fact.thing, fact.number):
        raise NotVouched(f"The number of this {kind_name} is past all that was given: write the last one back first.")
    if row.renumbered is not None:
        number = trust.next_number(fact.kind, fact.thing, fact.number)
        fact = row.renumbered(number)
    elif trust.is_old(row.fact):
        raise NotVouched(f"This {kind_name} has ended or was replaced: it is made anew, not vouched for.")
    with transaction.atomic():
        kind.write(row, trust.tag(fact), number)
        append(LedgerRow("tag.vouch", kind=kind_name, object_id=row_id), system=True)
        for person in people:
            append(LedgerRow("tag.vouch", kind="user", object_id=person, reason=kind_name), system=True)
        server.mark(fact.kind, fact.thing, fact.number)
    return row


def raise_marks() -> int:
    """Raise the marks to every row whose tag holds: what a crash between commit and mark has left. Never lower one."""
    trust, raised = server.trust(), 0
    for kind in KINDS:
        for row in kind.read():
            fact = row.fact
            if fact.number > max(1, trust.marks.least(fact.kind, fact.thing)) and trust.holds(fact, row.tag):
                trust.marks.raise_to(fact.kind, fact.thing, fact.number)
                raised += 1
    return raised


def rebuild(say: Say) -> None:
    """The marks are lost: believe what the database says today, also of what has ended. The ledger tells it."""
    server.make_marks()
    raised = raise_marks()
    for kind in KINDS:
        for thing, number in kind.past():
            if number > 1:
                for name in (tags.LEFT, kind.name) if kind.name == "post" else (kind.name,):
                    server.marks().raise_to(name, thing, number)
                raised += 1
    with transaction.atomic():
        append(LedgerRow("tag.rebuild", count=raised), system=True)
    say(f"{raised} marks made from what the database says today. Whatever was put back before now is believed.")
    say("Compare the people and organisations with paper: ./hamkori tags status, and the lists of each organisation.")


def look(say: Say) -> int:
    """How many rows hold; each that does not; the alarms of a day. The number of what somebody must look into."""
    trust, found = server.trust(), 0
    for kind in KINDS:
        try:
            found += _look_at(trust, kind, say)
        except Untrusted as error:  # the others are still to be seen
            server.alarms().raise_for(error.what, error.row)
            say(f"{kind.name}: not read to its end, for a row holds what its columns cannot")
            found += 1
    day = server.alarms().since(datetime.now(UTC) - timedelta(days=1))
    for at, name, thing in day:
        say(f"Alarm {at:%Y-%m-%d %H:%M} UTC: {name} {thing}")
    say(f"Alarms of 24 hours: {len(day)}")
    return found + len(day)


def _look_at(trust: Trust, kind: Kind, say: Say) -> int:
    counts: Counter[str] = Counter()
    for row in kind.read():
        state = _state(trust, row)
        counts[state] += 1
        if state != "holds":
            say(f"{kind.name} {row.id}: {state}{f' ({row.words})' if row.words else ''}")
    failed = counts.total() - counts["holds"]
    say(f"{kind.name}: {counts['holds']} hold, {failed} do not")
    return failed


def _state(trust: Trust, row: Row) -> str:
    if trust.holds(row.fact, row.tag):
        return "holds"
    if trust.is_old(row.fact):
        return "behind its mark"
    return "no tag" if row.tag == b"" else "its tag does not hold"


def _two_people(by: tuple[str, str]) -> list[UUID]:
    emails = sorted({one.strip().lower() for one in by})
    with connection.cursor() as cursor:
        cursor.execute("select id from app_user where is_active and email = any (%s)", [emails])
        found = [row[0] for row in cursor.fetchall()]
    if len(found) != 2:
        raise NotVouched("Two different people with an account vouch for a row: name both by their e-mail.")
    return found
