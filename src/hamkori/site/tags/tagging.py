"""What is done to all tagged rows at once: adopted, vouched for, counted; and the marks raised or made anew.

With the owner's login, and as the user who may read keyring and marks. Each act leaves a row in the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from hamkori import definer
from hamkori.audit.ledger import LedgerRow, append
from hamkori.site.tags.tagged import BATCH, KINDS, Kind, Row
from hamkori.site.tags.told import Holding, Unsaid, check_word, told
from hamkori.vault import server, tags
from hamkori.vault.bytes import NAMELESS, Untrusted
from hamkori.vault.trust import Trust

Say = Callable[[str], None]
BY_NAME = {kind.name: kind for kind in KINDS}


class NotVouched(Exception):
    """This row cannot be put right; the text says why."""


class AlreadyVouched(Exception):
    """There is nothing to put right: the row holds."""


def adopt(say: Say) -> int:
    """Tag every row that never had a tag, and print what each says; how many there were.

    It believes what is there, so two people compare the list with paper. What has a mark had a tag once: who has ended
    is not adopted again.
    Broken off, it goes on from there. Untrusted: something of this kind is of a type that no column of ours has.
    """
    trust, done = server.trust(), 0
    for kind in KINDS:
        empty = [row for row in kind.read() if row.tag == b"" and not trust.marks.least(row.fact.kind, row.fact.thing)]
        if not all(row.fact.covered for row in empty):
            raise Untrusted(kind.name, NAMELESS)
        for start in range(0, len(empty), BATCH):
            batch = empty[start : start + BATCH]
            with transaction.atomic():
                for row in batch:
                    kind.write(row, trust.tag(row.fact))
                append(LedgerRow(action="tag.adopt", kind=kind.name, count=len(batch)), system=True)
            holding = Holding(trust)  # of the kinds before this one, and of those of it that are adopted
            for row in batch:
                say(f"{kind.name} {row.words or _adopted(holding, kind, row)}")
        if empty:
            say(f"{kind.name}: {len(empty)} adopted")
        done += len(empty)
    return done


def _adopted(holding: Holding, kind: Kind, row: Row) -> str:
    try:
        return told(holding, kind.name, row)
    except Unsaid as refused:
        return f"{row.id} {refused}"


def vouch(kind_name: str, row_id: UUID, check: str, by: tuple[str, str]) -> str:
    """Two people say that this row is true as `look` showed it to them with that check word, and are told it again.

    It gets a tag, and a number past what was known of it.
    NotVouched: no such row counts today, it has ended, it says anything else by now, what it names does not hold, or
    they are not two people with an account. AlreadyVouched.
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
    elif trust.is_old(row.fact) and not _opens_again(trust, row):
        raise NotVouched(f"This {kind_name} has ended or was replaced: it is made anew, not vouched for.")
    words = _as_shown(trust, kind, row, check)
    with transaction.atomic():
        kind.write(row, trust.tag(fact), number)
        append(LedgerRow(action="tag.vouch", kind=kind_name, object_id=row_id), system=True)
        for person in people:
            append(LedgerRow(action="tag.vouch", kind="user", object_id=person, reason=kind_name), system=True)
        if number is None and trust.is_old(fact):
            server.mark(server.AGAIN, _again(trust, row), 1)
        server.mark(fact.kind, fact.thing, fact.number)
    return words


def _as_shown(trust: Trust, kind: Kind, row: Row, check: str) -> str:
    """What the row says, where it is what they were shown. The database may have changed it since."""
    try:
        words = told(Holding(trust), kind.name, row)
    except Unsaid as refused:
        raise NotVouched(f"This {kind.name} {refused}.") from None
    if check.strip().lower() != check_word(trust, kind.name, row, words):
        raise NotVouched(
            f"This {kind.name} is not what its check word was given for. Look at it again: ./hamkori tags status"
        )
    return words


def _opens_again(trust: Trust, row: Row) -> bool:
    """After a restored backup: whether this is a key of that time, as we made it, which the passphrase of then opens.
    Nothing is sealed to it: its holder takes another one. AlreadyVouched.
    """
    if not _is_key_of_ours(trust, row):
        return False
    if trust.marks.least(server.AGAIN, _again(trust, row)):
        raise AlreadyVouched
    return True


def _is_key_of_ours(trust: Trust, row: Row) -> bool:
    return row.fact.kind == "key" and trust.keyring.tag_holds(row.fact.covered, row.tag)


def _again(trust: Trust, row: Row) -> str:
    fact = row.fact
    return server.again(fact.thing, fact.number, trust.marks.least(fact.kind, fact.thing))


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
        append(LedgerRow(action="tag.rebuild", count=raised), system=True)
    say(f"{raised} marks made from what the database says today. Whatever was put back before now is believed.")
    say("Compare the people and organisations with paper: ./hamkori tags status, and the lists of each organisation.")


def look(say: Say) -> int:
    """How many rows hold; each that does not; the alarms of a day. The number of what somebody must look into."""
    trust, found = server.trust(), 0
    holding = Holding(trust)
    for kind in KINDS:
        try:
            found += _look_at(trust, holding, kind, say)
        except Untrusted as error:  # the others are still to be seen
            server.alarms().raise_for(error.what, error.row)
            say(f"{kind.name}: not read to its end, for a row holds what its columns cannot")
            found += 1
    day = server.alarms().since(datetime.now(UTC) - timedelta(days=1))
    for at, name, thing in day:
        say(f"Alarm {at:%Y-%m-%d %H:%M} UTC: {name} {thing}")
    say(f"Alarms of 24 hours: {len(day)}")
    return found + len(day)


def _look_at(trust: Trust, holding: Holding, kind: Kind, say: Say) -> int:
    counts: Counter[str] = Counter()
    for row in kind.read():
        state = _state(trust, row)
        counts[state] += 1
        if state != "holds":
            say(f"{kind.name} {row.id}: {state} ({_told(trust, holding, kind, row)}")
    failed = counts.total() - counts["holds"]
    say(f"{kind.name}: {counts['holds']} hold, {failed} do not")
    return failed


def _told(trust: Trust, holding: Holding, kind: Kind, row: Row) -> str:
    """In words, and how to vouch for it: what has ended cannot be, nor what names something that does not hold."""
    try:
        words = told(holding, kind.name, row)
    except Unsaid as refused:
        return f"{refused})"
    if row.renumbered is None and trust.is_old(row.fact):
        if not _is_key_of_ours(trust, row):
            return f"{words})"
        said = f"{words}; this person has had another one since: only where you have put a backup back"
        return f"{said}) check word {check_word(trust, kind.name, row, words)}"
    return f"{words}) check word {check_word(trust, kind.name, row, words)}"


def _state(trust: Trust, row: Row) -> str:
    if trust.holds(row.fact, row.tag):
        return "holds"
    if trust.is_old(row.fact):
        return "behind its mark"
    return "no tag" if row.tag == b"" else "its tag does not hold"


def _two_people(by: tuple[str, str]) -> list[UUID]:
    emails = sorted({one.strip().lower() for one in by})
    found = [row[0] for row in definer.read("select id from app_user where is_active and email = any (%s)", emails)]
    if len(found) != 2:
        raise NotVouched("Two different people with an account vouch for a row: name both by their e-mail.")
    return found
