"""What she agreed to in a case, as its page shows it: row by row, and what each is worth now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import Consent
from hamkori.casework.consent.queries.age import child
from hamkori.casework.consent.queries.consent import ASK_AGAIN, ONLY_NAME, Less, taken_back
from hamkori.casework.consent.queries.said import Word, as_rules, before_any, is_ours, versions
from hamkori.casework.consent.rules import consent as agreement
from hamkori.vault.bytes import Untrusted
from hamkori.vault.server import alarm


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What an answer says that the one before did not: who got a no, and which organisations must get nothing, or may
    get something again.
    """

    no_to: frozenset[str]
    without: frozenset[UUID]
    again: frozenset[UUID]

    @property
    def police_only(self) -> bool:
        """The police alone got a no in it."""
        return self.no_to == {"police"}

    @property
    def bodies_only(self) -> bool:
        """It says nothing but which organisations."""
        return not self.no_to and bool(self.without or self.again)


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """Her newest answers, row by row, and what each is worth now."""

    rows: Mapping[agreement.RowKey, agreement.Row] = field(default_factory=dict)
    states: Mapping[agreement.RowKey, str] = field(default_factory=dict)
    asked_at: datetime | None = None
    askings: tuple[Consent, ...] = ()
    """Each version of her answers, the newest first; as it stands there, where they are not believed."""
    less: Mapping[UUID, tuple[Less, ...]] = field(default_factory=dict)
    """What each of them took back of the one before; of those that we vouched for."""
    changed: Mapping[UUID, Changed] = field(default_factory=dict)
    """What each of them says that the one before did not; of those that we vouched for."""
    nothing_to: frozenset[UUID] = frozenset()
    """The organisations that must get nothing now."""
    child: bool = False
    """She is held to be a child now, whatever the case is called."""
    age: agreement.Age = field(default_factory=lambda: agreement.Age(child=False))
    """Her age as the case says it."""
    unheard_rows: frozenset[agreement.RowKey] = frozenset()
    """The answers that are a no which somebody else brought, and of which the person was not asked since: their state
    is that nobody was asked (ADR 0190).
    """
    no_since: Mapping[agreement.RowKey, datetime] = field(default_factory=dict)
    """Of each answer that is a no: since when it is."""
    unsure: bool = False
    """What the database says of them is not believed: nothing of it is shown, nor that she was never asked."""

    @property
    def withdrew_last(self) -> bool:
        """Whether what was said last was no asking: something was taken back."""
        return next((one.step_code for one in self.askings if one.step_code != ASK_AGAIN), "") == "withdraw"

    def as_adult(self, *key: str) -> bool:
        """Whether this row holds and was agreed to as an adult, of a child now: nothing new can be sent on it."""
        row = self.rows.get((key[0], key[1]))
        lives = self.state(key[0], key[1]) in agreement.LIVE_STATES
        return self.child and lives and row is not None and not row.asked_as_child

    def as_adult_until(self, keys: Iterable[agreement.RowKey]) -> datetime | None:
        """When these rows end, if she agreed to one of them as an adult and is a child now."""
        keys = tuple(keys)
        return agreement.run_out(self.rows, keys, self.age) if any(self.as_adult(*key) for key in keys) else None

    @property
    def asks_child(self) -> bool:
        """Whether the child and an adult are to be asked again about what was agreed to as an adult."""
        return not self.unsure and any(self.as_adult(*key) for key in self.rows)

    @property
    def answered(self) -> bool:
        """Whether a yes holds that was said as the person is now, a child or none: something can be sent on it."""
        holds = (row for key, row in self.rows.items() if self.state(*key) in agreement.LIVE_STATES)
        return not self.unsure and any(row.asked_as_child == self.child for row in holds)

    @property
    def sends_nothing_new(self) -> bool:
        """Whether all that holds was agreed to as an adult, of a child now: nothing of it is sent to anybody new."""
        return self.asks_child and not self.answered

    @property
    def has_ended(self) -> bool:
        """Whether something of what was agreed has run out, and nothing of it holds."""
        states = {*self.states.values()}
        return not self.unsure and "expired" in states and not states & {*agreement.LIVE_STATES, "not_live"}

    @property
    def in_part(self) -> frozenset[agreement.RowKey]:
        """The rows that hold without a part that was taken back of them since the yes, and not given again."""
        lost: dict[agreement.RowKey, frozenset[str]] = {}
        for one in reversed(self.askings):
            for key, parts in self.less.get(one.pk, ()):
                lost[key] = lost.get(key, frozenset()) | {*parts} if parts else frozenset()
        return frozenset(
            key
            for key, parts in lost.items()
            if self.state(*key) in agreement.LIVE_STATES and not _has(self.rows[key], parts)
        )

    @property
    def asks_again(self) -> bool:
        """The case was opened again, and nobody has asked her since about what she had agreed to, or anything else."""
        return self.opened_again or "not_asked" in {row.answer for row in self.rows.values()}

    @property
    def opened_again(self) -> bool:
        """The case was opened again, and she was asked nothing since: no refusal is a word of now (ADR 0179)."""
        return bool(self.askings) and self.askings[0].step_code == ASK_AGAIN

    @property
    def unheard(self) -> bool:
        """There is a no that somebody else brought, and of which the person was not asked since (ADR 0184, 0190)."""
        return bool(self.unheard_rows)

    @property
    def all_unheard(self) -> bool:
        """And nothing else was said to anything since."""
        return self.unheard and {row.answer for row in self.rows.values()} <= {*agreement.NOES}

    def state(self, kind: str, purpose: str) -> str:
        """The state of a row; never asked: not_asked."""
        return self.states.get((kind, purpose), "not_asked")

    def child_refused(self, kind: str, purpose: str) -> bool:
        """Whether this row does not hold because the child said no: then nobody is to be asked again, while they are
        one.
        """
        row = self.rows.get((kind, purpose))
        return (
            self.child and row is not None and self.state(kind, purpose) == "not_live" and row.child_answer == "says_no"
        )

    def carries(self, rows: Iterable[str]) -> bool:
        """Whether every row on which a request stands, written `kind:purpose`, is live now."""
        keys = agreement.keys_of(rows)
        return bool(keys) and all(self.state(*key) in agreement.LIVE_STATES for key in keys)


def _has(row: agreement.Row, parts: frozenset[str]) -> bool:
    """Whether a row carries all these parts; the name alone goes with its yes."""
    return parts <= {*row.sections, *([ONLY_NAME] if row.answer == "yes" else ())}


def agreed(found: Case, at: datetime) -> Agreed:
    """What she agreed to, as it holds now; nothing, and an alarm, where it is not believed. One query, then two."""
    try:
        words = versions(found.pk)
    except Untrusted as error:
        alarm(error)
        return Agreed(unsure=True, askings=tuple(Consent.objects.filter(case=found).order_by("-number")))
    stood = words[0].rows if words else before_any(found.pk)
    read = words[0].as_rules if words else as_rules(stood)
    age = agreement.Age(found.is_child, found.age_settled_at)
    states = {key: agreement.row_state(row, at, age) for key, row in read.items()}
    if words and words[0].version.step_code == ASK_AGAIN:
        states = {key: state if key[0] == "police" else "not_asked" for key, state in states.items()}
    brought = unheard_of(words)
    states = {key: "not_asked" if key in brought else state for key, state in states.items()}
    last = next((word.version.at for word in words if word.version.step_code != ASK_AGAIN), None)
    return Agreed(
        rows=read,
        states=states,
        asked_at=last,
        askings=tuple(word.version for word in words),
        less=_less(words),
        changed=_changed(words),
        nothing_to=words[0].excluded if words else frozenset(),
        child=child(found, stood),
        age=age,
        unheard_rows=brought,
        no_since=_no_since(words),
    )


def unheard_of(words: Sequence[Word]) -> frozenset[agreement.RowKey]:
    """Of these versions, the newest first, what is a no that somebody else brought, and was not asked since."""
    said = ((word.version, word.as_rules) for word in reversed(words))
    return agreement.unheard_rows(
        (one.step_code, one.how_said_code, {key: row.answer for key, row in rows.items()}) for one, rows in said
    )


def _no_since(words: Sequence[Word]) -> dict[agreement.RowKey, datetime]:
    """Of these versions, the newest first: the first of those that say the same no without another word between."""
    said = [(word.version.at, {row.key: row.answer for row in word.as_rules.values()}) for word in words]
    found, going = {}, {key for key, answer in said[0][1].items() if answer in agreement.NOES} if said else set()
    for at, answers in said:
        going = {key for key in going if answers.get(key) == said[0][1][key]}
        found.update(dict.fromkeys(going, at))
    return found


def _changed(words: Sequence[Word]) -> dict[UUID, Changed]:
    """Of each answer, beside the one before it: what was said then already is no news."""
    found = {}
    for place, word in enumerate(words):
        before = next(iter(words[place + 1 :]), None)
        if not ((place == 0 or is_ours(word)) and (before is None or is_ours(before))):
            continue
        had, out = _no(before), before.excluded if before is not None else frozenset[UUID]()
        said, without, again = _no(word), word.excluded - out, out - word.excluded
        # A no that was said once more says so, unless what was said is who must get nothing.
        new = said - had or (said if not (without or again) else frozenset())
        found[word.version.pk] = Changed(no_to=frozenset(kind for kind, _purpose in new), without=without, again=again)
    return found


def _no(word: Word | None) -> frozenset[agreement.RowKey]:
    return (
        frozenset(key for key, row in word.as_rules.items() if row.answer == "no") if word is not None else frozenset()
    )


def _less(words: Sequence[Word]) -> dict[UUID, tuple[Less, ...]]:
    found = {
        word.version.pk: taken_back(_before(before, word), word.as_rules)
        for place, (word, before) in enumerate(pairwise(words))
        if (place == 0 or is_ours(word)) and is_ours(before)
    }
    return {version: less for version, less in found.items() if less}


def _before(before: Word, word: Word) -> dict[agreement.RowKey, agreement.Row]:
    """What an answer can have taken back: nothing that had run out when it was given. She may still say so herself."""
    at, asked = word.version.at, word.version.step_code != "withdraw"
    return {
        key: row
        for key, row in before.as_rules.items()
        if not (asked and row.ends_at is not None and row.ends_at <= at)
    }
