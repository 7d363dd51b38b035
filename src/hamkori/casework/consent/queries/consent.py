"""What she said, version by version, and which running requests another answer would end. Codes only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.sections import sections_of
from hamkori.casework.consent.queries.age import child
from hamkori.casework.consent.queries.said import Word, as_rules, before_any, is_ours, surely, unknown_since, versions
from hamkori.casework.consent.queries.taken import last_said, unwanted
from hamkori.casework.consent.rules import consent as rules
from hamkori.people.queries import names
from hamkori.vault.server import marks

AGREES = ("yes", "without_name")
CARRIES = (*AGREES, "not_asked")
"""What was agreed, and what is asked again since the case was opened again."""
ASK_AGAIN = "ask_again"
"""The step with which a case is opened again: nothing of its version is the person's word of now (ADR 0179)."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One row of one version."""

    kind: str
    purpose: str
    answer: str
    sections: tuple[str, ...]
    until: datetime | None
    speaker: str = field(default="", compare=False)
    """Of a child, the adult who answered for it then; nobody else answers anew by saying the same."""

    @property
    def agrees(self) -> bool:
        return self.answer in AGREES

    @property
    def waits(self) -> bool:
        """The case was opened again: what she agreed to before is asked again."""
        return self.answer == "not_asked"


@dataclass(frozen=True, kw_only=True)
class Version:
    """One asking, or one taking back: who, when, how. `by`: '' for somebody of another body."""

    number: int
    step: str
    at: datetime
    by: str
    text_version: str
    language: str
    how_given: str
    how_said: str
    speaker: str
    child_answer: str
    rows: tuple[Said, ...]
    excluded: frozenset[UUID]
    child_refused: frozenset[rules.RowKey] = frozenset()
    """Rows to which the child said no, whatever the adult said."""
    speaker_suspected: bool = False
    sure: bool = True
    """We vouched for all of it, whatever came later."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """All versions, the newest first, and what each row of the newest is worth now."""

    versions: tuple[Version, ...]
    states: Mapping[rules.RowKey, str]
    ends: Mapping[rules.RowKey, datetime | None] = field(default_factory=dict)
    """When each row ends: by its date, or earlier because the age was settled otherwise."""
    child_refused: frozenset[rules.RowKey] = frozenset()
    """Rows that do not hold because the child said no, while she is one."""
    excluded: frozenset[UUID] = frozenset()
    """The organisations that get nothing now."""
    unwritten: bool = False
    """She has taken something back that the database has not kept."""
    last_said: int = 0
    """The number of what she said last, written down or not: on what a form was asked that is drawn now."""
    child: bool = False
    """She is asked as a child, whatever the case is called."""
    final: frozenset[rules.RowKey] = frozenset()
    """Rows to which a child has said no for good."""
    held: Mapping[rules.RowKey, bool] = field(default_factory=dict)
    """Rows in which a no stands that only the child turns into a yes; whether it is known to be the child's."""
    sure: bool = True
    """What stands there is what she said last, as far as anybody knows."""
    other_age: frozenset[rules.RowKey] = frozenset()
    """Rows to which a child agreed who is an adult now, or the other way round."""
    unknown: frozenset[UUID] = frozenset()
    """The organisations of which nobody knows any more whether she wants them, and that she has not taken again."""

    @property
    def newest(self) -> Version | None:
        return self.versions[0] if self.versions else None

    @property
    def is_opened_again(self) -> bool:
        """Whether the case was opened again, and nothing was said since."""
        return bool(self.versions) and self.versions[0].step == ASK_AGAIN

    @property
    def unheard_rows(self) -> frozenset[rules.RowKey]:
        """The answers that are a no which somebody else brought, and of which the person was not asked since."""
        return self.unheard_then(self.versions[0]) if self.versions else frozenset()

    def unheard_then(self, version: Version) -> frozenset[rules.RowKey]:
        """The same once this version had been said, and nothing later."""
        return rules.unheard_rows(
            (one.step, one.how_said, {(row.kind, row.purpose): row.answer for row in one.rows})
            for one in reversed(self.versions)
            if one.number <= version.number
        )

    @property
    def unheard(self) -> bool:
        """There is one (ADR 0184, 0190)."""
        return bool(self.unheard_rows)

    @property
    def said_at(self) -> datetime | None:
        """When she last said something; opening the case again is nothing that she said."""
        return next((one.at for one in self.versions if one.step != "ask_again"), None)

    @property
    def withdrew_last(self) -> bool:
        """Whether that was no asking: something was taken back."""
        return next((one.step for one in self.versions if one.step != "ask_again"), "") == "withdraw"

    @property
    def rows(self) -> dict[rules.RowKey, Said]:
        """The newest rows."""
        return {(row.kind, row.purpose): row for row in self.versions[0].rows} if self.versions else {}

    @property
    def number(self) -> int:
        """The number of the newest; 0: she was never asked."""
        return self.versions[0].number if self.versions else 0


def asked(found: Case, at: datetime, *, to_take_back: bool = False) -> Asked:
    """Of a case that `cases.case` found. Two queries.

    Untrusted, unless it is only shown `to_take_back` what stands there: her newest answers are not believed.
    """
    words, sure = surely(found.pk) if to_take_back else (versions(found.pk), True)
    who = names({word.version.membership_id for word in words}) if words else {}
    stood = words[0].rows if words else before_any(found.pk)
    newest = as_rules(stood)
    age = rules.Age(found.is_child, found.age_settled_at)
    states = {key: rules.row_state(row, at, age) for key, row in newest.items()}
    no = {key for key, row in newest.items() if row.child_answer == "says_no" and states[key] == "not_live"}
    without = words[0].refused if words else frozenset()
    # Of versions that are all gone something can be taken back, too: what she said last is unknown.
    unwritten = words[0].unwritten if words else to_take_back and marks().least("consent", found.pk) > 0
    last = last_said(found.pk, words[0].number if words else 0)
    told = tuple(_version(word, who, sure=word is words[0] or is_ours(word)) for word in words)
    as_child = child(found, stood)
    own = {key for key, row in newest.items() if as_child and rules.is_childs_own(row)}
    final = frozenset(key for key in own if key[0] == "police")
    held = {key for key, row in newest.items() if as_child and rules.only_child_changes(row)} - final
    least = unknown_since(found.pk)
    unknown = frozenset(body for body in without if least and unwanted(found.pk, body, least))
    return Asked(
        versions=told,
        states=states,
        ends={key: rules.ends(row, age) for key, row in newest.items()},
        child_refused=frozenset(no if as_child else ()),
        excluded=without,
        unwritten=unwritten,
        last_said=last,
        child=as_child,
        final=final,
        held={key: key in own | no for key in held},
        sure=sure,
        other_age=frozenset(k for k, row in newest.items() if row.answer in AGREES and row.asked_as_child != as_child),
        unknown=unknown,
    )


def _version(word: Word, who: Mapping[UUID, str], *, sure: bool) -> Version:
    row, by_key = word.version, {(one.kind_code, one.purpose_code): one for one in word.rows}
    return Version(
        number=row.number,
        step=row.step_code,
        at=row.at,
        by=who.get(row.membership_id, ""),
        text_version=row.text_version_code,
        language=row.language_code,
        how_given=row.how_given_code,
        how_said=row.how_said_code,
        speaker=row.speaker_code,
        speaker_suspected=row.speaker_suspected,
        child_answer=row.child_answer_code,
        rows=tuple(
            Said(
                kind=key[0],
                purpose=key[1],
                answer=one.answer_code,
                sections=sections_of("consent", row.pk, one.sections),
                until=one.until,
                speaker=one.speaker_code,
            )
            for key in rules.ROWS
            if (one := by_key.get(key)) is not None
        ),
        excluded=word.excluded,
        child_refused=frozenset(
            key for key, one in by_key.items() if one.answer_code in AGREES and one.child_answer_code == "says_no"
        ),
        sure=sure,
    )


# ---------------------------------------------------------------- what ends, and what has ended


class Answered(Protocol):
    """A row of an answer, in the open or as the rules read it."""

    @property
    def answer(self) -> str: ...
    @property
    def sections(self) -> Collection[str]: ...


Less = tuple[rules.RowKey, tuple[str, ...]]
"""A row that was taken back, and which parts of it; none: all of it."""
ONLY_NAME = "name"
"""Among those parts: what to call the person, where no papers were agreed to."""


def taken_back(before: Mapping[rules.RowKey, Answered], after: Mapping[rules.RowKey, Answered]) -> tuple[Less, ...]:
    """The rows and parts that there were before and are not there now. The name goes with its papers or alone."""
    found: list[Less] = []
    for key, row in after.items():
        old = before.get(key)
        if old is None or old.answer not in CARRIES:
            continue
        if row.answer not in CARRIES:
            found.append((key, ()))
            continue
        parts = [one for one in old.sections if one not in row.sections]
        if old.answer == "yes" and row.answer == "without_name" and "identity" not in parts:
            parts.insert(0, ONLY_NAME)
        if parts:
            found.append((key, tuple(parts)))
    return tuple(found)


def after_asking(former: Asked, answers: Iterable[Said]) -> dict[rules.RowKey, Said]:
    """The rows as they will stand: what was not asked carries over."""
    return {**former.rows, **{(row.kind, row.purpose): row for row in answers}}


def after_withdrawal(
    former: Asked,
    rows: Iterable[rules.RowKey] | None,
    sections: Iterable[str] = (),
    parts: Iterable[tuple[rules.RowKey, str]] = (),
) -> dict[rules.RowKey, Said]:
    """The rows after she took back everything (`rows` None), some rows, or some sections of them; `parts`: and single
    sections of others.
    """
    taken, sections, parts = (set(rows) if rows is not None else None), frozenset(sections), tuple(parts)
    found = {}
    for key, row in former.rows.items():
        hit = taken is None or key in taken
        gone = sections if hit else frozenset(one for other, one in parts if other == key)
        if (hit or gone) and rules.can_be_taken_back(row.answer, gone):
            answer, kept = rules.narrowed(row.answer, row.sections, gone)
            row = Said(kind=row.kind, purpose=row.purpose, answer=answer, sections=tuple(kept), until=row.until)
        found[key] = row
    return found
