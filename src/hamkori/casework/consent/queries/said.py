"""What she said last: the only way to the rows of an agreement, whole and believed.

A version carries one tag over its columns, all its rows and the organisations she does not want. It counts while the
tag holds and no newer one is known (vault/trust.py): a changed "no", and an older version put back, are nobody's word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from hamkori.access.worded import worded
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.models import Consent, ConsentExcluded, ConsentRow
from hamkori.casework.consent.queries import taken
from hamkori.casework.consent.rules.consent import Row, RowKey, can_be_taken_back, narrowed
from hamkori.people.queries import every_organisation
from hamkori.vault import tags
from hamkori.vault.bytes import Untrusted
from hamkori.vault.declared import set_of, tag_of
from hamkori.vault.server import marks, trust
from hamkori.vault.tags import Fact

COLUMNS = (
    "kind_code",
    "purpose_code",
    "answer_code",
    "sections",
    "until",
    "asked_as_child",
    "speaker_code",
    "speaker_suspected",
    "child_answer_code",
)


UNKNOWN, CLOSED, OPENED = "unknown", "closed", "opened"
"""Marks of a case: her word was not believed when all was taken back; how often it was closed, and opened after it."""


def unknown_since(case: UUID) -> int:
    """The number of the word by which everything was taken back from what nobody believed; 0: there is none."""
    return marks().least(UNKNOWN, case)


def refused_by_mark(case: UUID, body: UUID) -> bool:
    """Whether this organisation gets nothing before she takes it again, whatever her version says: it was unknown whom
    she does not want, or she spoke against this one and the database did not keep it.
    """
    return taken.unwanted(case, body, unknown_since(case))


@dataclass(frozen=True)
class Word:
    """One version of her answers, with everything that its tag covers.

    `unwritten`: she has taken something of it back since, and the database has not kept that.
    """

    version: Consent
    rows: tuple[ConsentRow, ...]
    excluded: frozenset[UUID]
    unwritten: bool = False

    @property
    def number(self) -> int:
        return self.version.number

    @property
    def fact(self) -> Fact:
        """What the tag covers."""
        one = self.version
        asking = (
            one.pk,
            one.step_code,
            one.text_version_code,
            one.language_code,
            one.how_given_code,
            one.how_said_code,
            one.speaker_code,
            one.speaker_suspected,
            one.asked_as_child,
            one.child_answer_code,
            one.child_reason_code,
            one.at,
            one.membership_id,
        )
        return tags.consent(one.case_id, one.number, asking, map(_covered, self.rows), self.excluded)

    def lets(self, body: UUID) -> bool:
        """Whether this organisation may get something: she does not mind, or did, and has taken it again."""
        return body not in self.excluded and not refused_by_mark(self.version.case_id, body)

    @property
    def refused(self) -> frozenset[UUID]:
        """The organisations that get nothing now. Mostly those of this version; where marks say more, by one query."""
        case = self.version.case_id
        if not marks().least(UNKNOWN, case) and not taken.any_body(case):
            return self.excluded
        return frozenset(body for body in self.excluded | every_organisation() if not self.lets(body))

    @property
    def as_rules(self) -> dict[RowKey, Row]:
        """The rows as the rules read them."""
        return as_rules(self.rows)


def _covered(row: ConsentRow) -> tags.Answer:
    columns: Any = (set_of(row.sections) if name == "sections" else getattr(row, name) for name in COLUMNS)
    return cast(tags.Answer, tuple(columns))


def as_rules(rows: Iterable[ConsentRow]) -> dict[RowKey, Row]:
    """Rows as the rules read them, each under its kind and purpose."""
    return {(row.kind_code, row.purpose_code): row.as_rule() for row in rows}


def newest(case: UUID) -> Word | None:
    """The version that counts; None: she was never asked. One query.

    Untrusted: it was changed, an older one stands in its place, or all are gone.
    """
    return believed(case, lambda: next(iter(words(_newest(case))), None))


def newest_to_send(case: Case) -> Word | None:
    """The same, for what leaves the case. Untrusted too where it is called open, was closed, and nobody opened it."""
    if case.state_code == "open" and marks().least(OPENED, case.pk) < marks().least(CLOSED, case.pk):
        raise Untrusted("consent", case.pk)
    return newest(case.pk)


def versions(case: UUID) -> list[Word]:
    """All versions, the newest first; Untrusted as `newest`. One query."""
    found: list[Word] = []

    def read() -> Word | None:
        found[:] = as_they_stand(case)
        return found[0] if found else None

    word = believed(case, read)
    return [word, *found[1:]] if word is not None else []


def as_they_stand(case: UUID) -> list[Word]:
    """All versions, the newest first, whatever stands there: to be taken back, which needs no belief."""
    return list(words(_all(case)))


def believed(case: UUID, read: Callable[[], Word | None]) -> Word | None:
    """The newest version that `read` finds. One that is older than its mark is read once more: it may be our own
    reading that was a moment too early.
    """
    believing = trust()
    for _ in range(2):
        found = read()
        if found is None:
            if not believing.marks.least("consent", case):
                return None
        elif found.version.case_id == case and believing.holds(found.fact, tag_of(found.version.tag)):
            return as_taken_back(found)
    raise Untrusted("consent", case)


def is_ours(word: Word) -> bool:
    """Whether we vouched for this version as it stands, also an older one. Nobody is alarmed: none of it counts."""
    try:
        return trust().keyring.tag_holds(word.fact.covered, tag_of(word.version.tag))
    except Untrusted:
        return False


def surely(case: UUID) -> tuple[list[Word], bool]:
    """All versions as they stand, and whether the first is what she said last. Read once more if not, as `believed`."""
    for _ in range(2):
        found = as_they_stand(case)
        if sure := is_sure(case, found):
            break
    return found, sure


def is_sure(case: UUID, words: Sequence[Word]) -> bool:
    """Whether the first of these versions, as they stand, is what she said last."""
    if not words:
        return not marks().least("consent", case)
    return words[0].version.case_id == case and is_ours(words[0]) and not trust().is_old(words[0].fact)


def as_taken_back(word: Word) -> Word:
    """A version without what she took back after it, where that could not be written down (queries/taken.py)."""
    left, without = tuple(_left(word)), taken.without(word.version.case_id)
    unwritten = not without <= word.excluded or [*map(id, left)] != [*map(id, word.rows)]
    return replace(word, rows=left, excluded=word.excluded | without, unwritten=unwritten) if unwritten else word


def _left(word: Word) -> Iterator[ConsentRow]:
    case, number = word.version.case_id, word.number
    refused = set(taken.refused_by_child(case, number))
    for row in word.rows:
        key = (row.kind_code, row.purpose_code)
        if key not in refused:
            yield _unless_taken(case, number, row)
        elif (row.answer_code, row.child_answer_code) == ("no", "says_no"):
            refused.discard(key)
            yield row
    yield from _refused(refused, consent=word.version)


def _refused(keys: Iterable[RowKey], **version: Consent) -> Iterator[ConsentRow]:
    for kind, purpose in sorted(keys):
        said: dict[str, Any] = {"asked_as_child": True, "child_answer_code": "says_no", **version}
        yield ConsentRow(kind_code=kind, purpose_code=purpose, answer_code="no", **said)


def before_any(case: UUID) -> tuple[ConsentRow, ...]:
    """To what a child has said no before anything of hers was ever written: rows of no version."""
    return tuple(_refused(taken.refused_by_child(case, 0)))


def _unless_taken(case: UUID, number: int, row: ConsentRow) -> ConsentRow:
    key = (row.kind_code, row.purpose_code)
    whole = taken.takes(case, number, taken.row(case, key))
    gone = frozenset[str]() if whole else taken.sections(case, number, key, SECTIONS)
    if not (whole or gone) or not can_be_taken_back(row.answer_code, gone):
        return row
    answer, sections = narrowed(row.answer_code, row.sections, gone)
    if (answer, sections) == (row.answer_code, sorted(row.sections)):
        return row  # it says so already
    said: dict[str, Any] = {one: getattr(row, one) for one in COLUMNS}
    return ConsentRow(consent=row.consent, **{**said, "answer_code": answer, "sections": sections})


@cache
def with_rows() -> QuerySet[Consent]:
    """Versions with their rows, the newest first, in one statement: between two, a lawful change would look like an
    unlawful one. Built once: that takes longer than to ask it.
    """
    rows = ConsentRow.objects.filter(consent=OuterRef("pk")).values(json=JSONObject(**{name: name for name in COLUMNS}))
    excluded = ConsentExcluded.objects.filter(consent=OuterRef("pk")).values("organisation")
    return Consent.objects.annotate(said=ArraySubquery(rows), without=ArraySubquery(excluded)).order_by("-number")


@worded
def _newest(case: UUID) -> QuerySet[Consent]:
    return with_rows().filter(case=case)[:1]


@worded
def _all(case: UUID) -> QuerySet[Consent]:
    return with_rows().filter(case=case)


def words(found: Iterable[Consent]) -> Iterable[Word]:
    """Versions as `with_rows` reads them, each with its rows."""
    for version in found:
        said: Any = version
        yield Word(version, tuple(row_of(version, one) for one in said.said), set_of(said.without))


def row_of(version: Consent, found: dict[str, Any]) -> ConsentRow:
    """One answer of a version, as the database says it in JSON. Untrusted: it is good until no time that there is."""
    until = found["until"]
    try:
        moment = datetime.fromisoformat(until) if until is not None else None
    except ValueError:
        raise Untrusted("consent", version.case_id) from None
    return ConsentRow(consent=version, **{**found, "until": moment})
