"""Versions of her word: how one is written whole, and what of the one before goes on in it, believed or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from hamkori.action import Act
from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import Consent, ConsentExcluded, ConsentRow
from hamkori.casework.consent.queries import taken
from hamkori.casework.consent.queries.said import Word, as_taken_back, as_they_stand, before_any
from hamkori.people.queries import every_organisation
from hamkori.vault.bytes import Untrusted
from hamkori.vault.server import alarm, mark, marks, trust


def kept(word: Word) -> Word:
    """Built whole, tagged, and then saved: no column of a version is ever written again."""
    word.version.tag = trust().tag(word.fact)
    word.version.save(force_insert=True)
    for row in word.rows:
        row.save(force_insert=True)
    for organisation in word.excluded:
        ConsentExcluded(consent=word.version, organisation_id=organisation).save(force_insert=True)
    mark("consent", word.version.case_id, word.number)
    return word


def copied(version: Consent, row: ConsentRow, answer: str, sections: list[str]) -> ConsentRow:
    """The row goes on as it was asked, with what is left of it."""
    return ConsentRow(
        consent=version,
        kind_code=row.kind_code,
        purpose_code=row.purpose_code,
        answer_code=answer,
        sections=sections,
        until=row.until,
        asked_as_child=row.asked_as_child,
        speaker_code=row.speaker_code,
        speaker_suspected=row.speaker_suspected,
        child_answer_code=row.child_answer_code,
    )


def stood_before(word: Word | None, case: Case) -> tuple[ConsentRow, ...]:
    """The rows that the next version carries on; where there is no version, those to which a child has said no."""
    return word.rows if word is not None else before_any(case.pk)


def excluded_of(word: Word | None) -> frozenset[UUID]:
    """Organisations she did not want when this version was written."""
    return word.excluded if word is not None else frozenset()


def whatever_stands(case: Case) -> tuple[Word | None, bool]:
    """The newest version, believed or not: her word against all of it needs none. What is not believed is an alarm."""
    stands = next(iter(as_they_stand(case.pk)), None)
    if stands is not None and stands.version.case_id != case.pk:  # another woman's: of hers nothing is known
        alarm(Untrusted("consent", case.pk))
        return None, False
    if stands is not None:
        return as_taken_back(stands), trust().believes(stands.fact, bytes(stands.version.tag))
    if not marks().least("consent", case.pk):
        return None, True
    alarm(Untrusted("consent", case.pk))
    return None, False


def with_police_refused(version: Consent, left: Iterable[ConsentRow]) -> Iterator[ConsentRow]:
    """A child's "no" to the police is final, and whether a child has said it no row says any more: the marks do.

    It stops no adult who says yes later.
    """
    police = set(taken.ever_refused_by_child(version.case_id))
    for row in left:
        key = (row.kind_code, row.purpose_code)
        if key in police:
            police.discard(key)
            row.answer_code, row.child_answer_code, row.sections = "no", "says_no", []
        elif row.kind_code == "police" and row.child_answer_code == "says_no":
            row.child_answer_code = ""  # nobody of ours has written that
        yield row
    for kind, purpose in sorted(police):
        yield ConsentRow(
            consent=version, kind_code=kind, purpose_code=purpose, answer_code="no", child_answer_code="says_no"
        )


def said_by_child(word: Word) -> None:
    """What a child says no to for good is known from now on, whatever becomes of this word, and of its rows later."""
    for row in word.rows:
        if row.kind_code == "police" and (row.answer_code, row.child_answer_code) == ("no", "says_no"):
            name = taken.child(word.version.case_id, (row.kind_code, row.purpose_code))
            if not marks().least(taken.TAKEN, name):
                marks().raise_to(taken.TAKEN, name, word.number)


def whom_she_may_not_want(act: Act, case: Case) -> frozenset[UUID]:
    """Every organisation there is, and each that any version names: nobody gets anything before she takes them again.

    Versions of before would not do: whom she did not want last stands in the one that is not believed. What the
    database leaves out here is kept from her word by a mark.
    """
    named = {body for word in as_they_stand(case.pk) for body in word.excluded}
    return frozenset(named | every_organisation()) - {act.actor.organisation_id}
