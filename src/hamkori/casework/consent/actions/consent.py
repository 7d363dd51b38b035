"""Her word: what may go to whom, for what, until when. Given, refused, taken back; it bites at the next click."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori.access.context import machine_time
from hamkori.action import Act
from hamkori.calendar.clocks import as_kept
from hamkori.calendar.queries import calendar
from hamkori.casework.case.machinery import own_row, take
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.clocks import consent_end, consent_rungs
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.machinery import her_marks, resting
from hamkori.casework.consent.machinery.asking import Answer, Asking
from hamkori.casework.consent.machinery.her_marks import Part
from hamkori.casework.consent.machinery.her_no import her_no
from hamkori.casework.consent.machinery.her_versions import (
    copied,
    excluded_of,
    kept,
    said_by_child,
    stood_before,
    whatever_stands,
    whom_she_may_not_want,
    with_police_refused,
)
from hamkori.casework.consent.models import Consent, ConsentRow
from hamkori.casework.consent.queries import age as ages
from hamkori.casework.consent.queries import taken
from hamkori.casework.consent.queries.consent import AGREES
from hamkori.casework.consent.queries.said import UNKNOWN, Word, as_rules, newest, refused_by_mark
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules.lifecycle import CONSENT
from hamkori.casework.consent.rules.packet import askable
from hamkori.lifecycle import NEW
from hamkori.lifecycle import take as decide_step
from hamkori.refusal import Invalid, NotNow, Refusal
from hamkori.vault.bytes import Untrusted
from hamkori.vault.server import alarm, mark, trust
from hamkori.vocabulary import codelist

__all__ = ["TEXT_VERSION", "Answer", "Asking", "record", "rows_of", "withdraw"]

TEXT_VERSION = "2026-11-29"
"""Version of the text that is read to her (casework/consent/texts)."""


def _lock(case: Case) -> None:
    """Sender-side steps lock the case first: else a send beside a withdrawal leaves without consent."""
    take.lock_case(case)
    taken.numbers_go_on(case.pk)


def _guards(asking: Asking, today: date, gives: bool) -> None:
    context = {
        "text_language": asking.language in codelist("language").codes,
        "how_given": asking.how_given in codelist("how_given").codes,
        "until_ok": asking.until_on is not None and rules.until_ok(asking.until_on, today),
        "child": asking.as_child,
        "child_answer": asking.child_asked,
        "child_speaker": asking.speaker in codelist("speaker").codes,
        "child_guardian_clear": not asking.speaker_suspected,
        "how_said": asking.how_said in codelist("how_said").codes,
    }
    decide_step(CONSENT, NEW, "give" if gives else "refuse", Side.SENDER, context)


def _comes_again(
    refusal: Refusal, _case: Case, *, answers: Sequence[Answer], wanted_again: Collection[UUID] = (), **_asked: object
) -> bool:
    """Whether she is asked again: what was filled in cannot be used, or gives something too.

    Never where the case is in no state for it, or nobody's there: columns say so.
    """
    if isinstance(refusal, Invalid):
        return True
    if not isinstance(refusal, NotNow) or refusal.guard == "case_open":
        return False
    return refusal.guard == "how_said" or bool(wanted_again) or any(answer.answer in AGREES for answer in answers)


@her_no("consent.record", on="case", holds=her_marks.refused, guarded=_comes_again)
def record(
    act: Act,
    case: Case,
    *,
    answers: Sequence[Answer],
    asking: Asking,
    excluded: Collection[UUID] = (),
    wanted_again: Collection[UUID] = (),
    seen: int | None = None,
    unread: bool = False,
) -> Consent:
    """A new version with these answers; what was not asked carries over. A "no" ends what it carried.

    `excluded`: bodies she does not want, beside those of before; `wanted_again`: those of before that she takes again.
    `seen`: the number of the word on which she was asked, 0: there was none; None: nobody was shown any. NotNow:
    case_closed, text_language, how_given, until_ok, the child's guards; how_said where there is only a "no", or only
    another body; version_same: another word was recorded since, and this one gives something; age_since: so of what was
    asked of a child who is none; `unread`: nobody could read what she said before, so what gives something is
    Untrusted. What only takes away is never refused.
    Who was asked as a child, or is known to be one, is written down as one: it is no adult's answer, and holds nothing
    where nobody was asked who speaks for her.
    """
    if case.state_code not in ("draft", "open", "closed"):
        raise NotNow("case_open")
    _check(answers)
    cal = calendar()
    without, again = frozenset(excluded), frozenset(wanted_again)
    gives = any(answer.answer in AGREES for answer in answers)
    refuses = any(answer.answer == "no" for answer in answers) or bool(without or again)
    _lock(case)
    if gives or again:
        own_row.on_team(act.actor, case.pk)  # a yes is heard by whom we let in and hold there; a no by anybody
        _may_be_given(case, asking, unread=unread, gives=gives)
    former = newest(case.pk)
    stands = former.number if former else 0
    stood = stood_before(former, case)
    asked_so, child = asking.as_child, _is_asked_as_child(case, stood, asking)
    as_asked = replace(asking, as_child=child and (asking.as_child or case.is_child))
    _guards(as_asked, cal.day(machine_time(act.at)), gives or not refuses)
    asking = replace(asking, as_child=child)  # what no page asked of a child holds nothing
    until = consent_end(asking.until_on, cal) if gives and asking.until_on is not None else None
    _still_said(case, stands, seen if gives or again else None)
    number = trust().next_number("consent", case.pk, stands)
    _still_said(case, stands, seen if gives or again else None)  # what is taken away from here on is above the number
    answers = _as_the_child_said(stood, answers, asking)
    version = _version(act, case, number, "give" if gives else "refuse", asking)
    rows = tuple(_carried(version, stood, answers, asking, until))
    word = Word(version, rows, (excluded_of(former) - again) | without)
    said_by_child(word)
    kept(word)
    for body in again:
        if refused_by_mark(case.pk, body):
            mark(taken.WANTED, taken.body(case.pk, body), word.number)
    act.note(consent_id=version.pk, count=_asked(answers))
    if gives and asking.until_on is not None:
        take.consent_clock(case.pk, as_kept("consent", "consent", consent_rungs(asking.until_on, cal)))
    held = ages.asked_as_child(case, machine_time(act.at)) if asked_so or gives else None
    resting.carry_out(act, case, word, asking.how_said or "in_person", held)
    _still_the_clock(case, word)
    return version


@her_no("consent.withdraw", on="case", holds=her_marks.taken_back)
def withdraw(
    act: Act,
    case: Case,
    *,
    rows: Collection[rules.RowKey] | None = None,
    sections: Collection[str] = (),
    parts: Collection[Part] = (),
    excluded: Collection[UUID] = (),
    how_said: str,
    speaker: str | None = None,
    speaker_suspected: bool = False,
) -> Consent:
    """Takes back everything (`rows` None), some rows, or only some `sections` of those rows. In any state of the case.

    `parts`: beside the `rows`, which go whole then, single sections of others; both in one word. `excluded`: bodies
    that are to get nothing from then on, in the same word. `speaker`: of a child, the adult who speaks for it and knows
    of this; '' for nobody yet; None where that was not asked.

    In the same transaction every open referral that it carried ends, and what was sealed for it is deleted; of one that
    somebody holds, nothing opens from then on, and the clock ends it. Everything is taken back also from a version that
    is not believed, and what it would have carried on is unknown then; of such a one a part is not: Untrusted.
    """
    if how_said not in codelist("how_said").codes:
        raise NotNow("how_said")
    _lock(case)
    taken, narrowed = (set(rows) if rows is not None else None), frozenset(sections)
    everything = taken is None and not narrowed
    less = {key: frozenset(one for other, one in parts if other == key) for key, _section in parts}
    former, sure = whatever_stands(case) if everything else (newest(case.pk), True)
    stands = former.number if former else 0
    # What leaves no yes waits for nobody, and harms nobody who puts it in later.
    numbered = trust().number_past if everything else trust().next_number
    asking = Asking(how_said=how_said, as_child=case.is_child)
    version = _version(act, case, numbered("consent", case.pk, stands), "withdraw", asking, former)
    if speaker is not None:
        version.speaker_code, version.speaker_suspected = speaker, speaker_suspected
    left = tuple(_left(version, stood_before(former, case), taken, narrowed, less))
    without = excluded_of(former)
    if not sure:
        left, without = tuple(with_police_refused(version, left)), whom_she_may_not_want(act, case)
        mark(UNKNOWN, case.pk, version.number)
    word = kept(Word(version, left, frozenset(without) | frozenset(excluded)))
    act.note(consent_id=version.pk, reason=how_said)
    resting.carry_out(act, case, word, how_said)
    _still_the_clock(case, word)
    return version


def _left(
    version: Consent,
    stood: Sequence[ConsentRow],
    taken: set[rules.RowKey] | None,
    narrowed: frozenset[str],
    less: Mapping[rules.RowKey, frozenset[str]],
) -> Iterator[ConsentRow]:
    for row in stood:
        key = (row.kind_code, row.purpose_code)
        hit = taken is None or key in taken
        gone = narrowed if hit else less.get(key, frozenset())
        answer, sections = row.answer_code, sorted(row.sections)
        if (hit or gone) and rules.can_be_taken_back(answer, gone):
            answer, sections = rules.narrowed(answer, sections, gone)
        yield copied(version, row, answer, sections)


def _may_be_given(case: Case, asking: Asking, *, unread: bool, gives: bool) -> None:
    """A yes stands on what could be read; in a closed case it is taken only while somebody helps. What was asked of a
    child is no yes of whom a mark knows to be an adult: somebody else spoke.
    """
    if asking.as_child and ages.is_an_adult(case):
        raise NotNow("age_since")
    if unread:
        raise Untrusted("consent", case.pk)
    if gives and case.state_code == "closed" and not resting.helps(case):
        raise NotNow("case_closed")


def _is_asked_as_child(case: Case, stood: Sequence[ConsentRow], asking: Asking) -> bool:
    """Whether it is a child's word. An alarm: her form asked an adult, and no page of ours has changed her age."""
    child = ages.child(case, stood, by_form=asking.as_child)
    if child and not asking.as_child and ages.by_column(case, stood):
        alarm(Untrusted("case", case.pk))
    return child


def _asked(answers: Sequence[Answer]) -> int:
    return rules.bits_of((one.kind, one.purpose) for one in answers if one.answer != "not_asked")


def _still_said(case: Case, stands: int, seen: int | None) -> None:
    """NotNow("version_same"): what was `seen` is not what she said last. None: nobody was shown any."""
    if seen not in (None, taken.last_said(case.pk, stands)):
        raise NotNow("version_same")


def _check(answers: Sequence[Answer]) -> None:
    wrong = {
        f"{answer.kind}:{answer.purpose}": _("Choose one of the answers.")
        for answer in answers
        if (answer.kind, answer.purpose) not in rules.ROWS
        or answer.answer not in ("yes", "no", "without_name", "not_asked")
        or not answer.sections <= frozenset(askable(answer.kind, answer.purpose))
    }
    if wrong:
        raise Invalid(wrong)


def _version(act: Act, case: Case, number: int, step: str, asking: Asking, like: Word | None = None) -> Consent:
    assert act.actor.membership_id
    if like is not None:
        asking = _as_asked(like.version, asking.how_said)
    return Consent(
        case=case,
        number=number,
        step_code=step,
        text_version_code=TEXT_VERSION,
        language_code=asking.language,
        how_given_code=asking.how_given,
        how_said_code=asking.how_said,
        speaker_code=asking.speaker,
        speaker_suspected=asking.speaker_suspected,
        child_answer_code=asking.child_answer,
        child_reason_code=asking.child_reason,
        asked_as_child=asking.as_child,
        at=act.at,
        membership_id=act.actor.membership_id,
    )


def _as_asked(version: Consent, how_said: str) -> Asking:
    """How a former version was asked; only how the taking back was said is new."""
    return Asking(
        language=version.language_code,
        how_given=version.how_given_code,
        how_said=how_said,
        speaker=version.speaker_code,
        speaker_suspected=version.speaker_suspected,
        child_answer=version.child_answer_code,
        child_reason=version.child_reason_code,
        as_child=version.asked_as_child,
    )


def _as_the_child_said(stood: Sequence[ConsentRow], answers: Sequence[Answer], asking: Asking) -> list[Answer]:
    """A child's "no" to the police is final: it is written as a no, and no later yes takes its place. To any other help
    the child's alone does, asked again.

    NotNow("child_final"): the child has said no to this row before, and is still a child. That it says no counts
    whatever the column calls it. NotNow("child_no"): so to other help, or it may have been the child; this yes is not
    the child's.
    """
    before = as_rules(stood)
    heard = []
    for answer in answers:
        if answer.answer in AGREES and asking.child_says_no(answer):
            answer = Answer(answer.kind, answer.purpose, "no")
        old = before.get((answer.kind, answer.purpose)) if asking.as_child and answer.answer in AGREES else None
        if old is not None and answer.kind == "police" and rules.is_childs_own(old):
            raise NotNow("child_final")
        if old is not None and rules.only_child_changes(old) and not asking.turns(answer):
            raise NotNow("child_no")
        heard.append(answer)
    return heard


def _carried(
    version: Consent, stood: Sequence[ConsentRow], answers: Sequence[Answer], asking: Asking, until: datetime | None
) -> Iterator[ConsentRow]:
    before = {(row.kind_code, row.purpose_code): row for row in stood}
    now = {(answer.kind, answer.purpose): answer for answer in answers}
    for kind, purpose in rules.ROWS:
        answer = now.get((kind, purpose))
        old = before.get((kind, purpose))
        if answer is not None and answer.answer != "not_asked":
            lives = answer.answer in AGREES
            sections = sorted(answer.sections - ({"identity"} if answer.answer == "without_name" else set()))
            yield ConsentRow(
                consent=version,
                kind_code=kind,
                purpose_code=purpose,
                answer_code=answer.answer,
                sections=sections if lives else [],
                until=until if lives else None,
                asked_as_child=asking.as_child,
                speaker_code=asking.speaker,
                speaker_suspected=asking.speaker_suspected,
                child_answer_code="says_no" if asking.child_says_no(answer) else asking.child_answer,
            )
        elif old is not None:
            yield copied(version, old, old.answer_code, list(old.sections))


def _still_the_clock(case: Case, word: Word) -> None:
    """Where nothing is agreed any more, nothing can run out: nobody is reminded of it."""
    if not any(row.answer_code in AGREES for row in word.rows):
        take.consent_clock(case.pk, None)


def rows_of(case: Case) -> dict[rules.RowKey, rules.Row]:
    """The newest version's rows as the rules read them. Empty: she was never asked."""
    word = newest(case.pk)
    return word.as_rules if word is not None else {}
