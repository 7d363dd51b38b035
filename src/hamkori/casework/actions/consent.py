"""Her word: what may go to whom, for what, until when. Given, refused, taken back; it bites at the next click."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from hamkori.action import Act, action
from hamkori.calendar.queries import calendar
from hamkori.casework.actions import take
from hamkori.casework.models import Case, Consent, ConsentExcluded, ConsentRow, Referral, ReferralOrigin
from hamkori.casework.rules import consent as rules
from hamkori.casework.rules.case import CONSENT
from hamkori.casework.rules.clocks import consent_end, consent_rungs
from hamkori.casework.rules.packet import askable
from hamkori.lifecycle import NEW
from hamkori.lifecycle import take as decide_step
from hamkori.notices.actions import add as notice
from hamkori.refusal import Invalid, NotNow
from hamkori.vocabulary import codelist

TEXT_VERSION = "2026-11"
"""Version of the text that is read to her (casework/texts)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One row as she answered it now. `sections`: what may go; ignored unless yes or without_name."""

    kind: str
    purpose: str
    answer: str
    sections: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Asking:
    """How it was asked: language read, how she agreed or said no, until when, who spoke for a child."""

    language: str = ""
    how_given: str = ""
    how_said: str = ""
    until_on: date | None = None
    speaker: str = ""
    speaker_suspected: bool = False
    child_answer: str = ""
    child_reason: str = ""

    @property
    def child_asked(self) -> bool:
        """The child was asked, or it is said why not."""
        if self.child_answer == "not_asked":
            return self.child_reason in codelist("child_not_asked_reason").codes
        return self.child_answer in codelist("child_answer").codes


def newest(case: Case) -> Consent | None:
    """The version that counts."""
    return Consent.objects.filter(case=case).order_by("-number").first()


def _lock(case: Case) -> None:
    """Sender-side steps lock the case first: else a send beside a withdrawal leaves without consent."""
    take.lock_case(case)


def _guards(case: Case, asking: Asking, today: date, gives: bool) -> None:
    context = {
        "text_language": asking.language in codelist("language").codes,
        "how_given": asking.how_given in codelist("how_given").codes,
        "until_ok": asking.until_on is not None and rules.until_ok(asking.until_on, today),
        "child": case.is_child,
        "child_answer": asking.child_asked,
        "child_speaker": asking.speaker in codelist("speaker").codes,
        "child_guardian_clear": not asking.speaker_suspected,
        "how_said": asking.how_said in codelist("how_said").codes,
    }
    decide_step(CONSENT, NEW, "give" if gives else "refuse", "S", context)


@action("consent.record", on="case")
def record(
    act: Act, case: Case, *, answers: Sequence[Answer], asking: Asking, excluded: Iterable[UUID] = ()
) -> Consent:
    """A new version with these answers; rows that were not asked carry over. A "no" ends what it carried.

    `excluded`: all bodies she does not want, as they are to stand now. NotNow: text_language, how_given, until_ok, the
    child's guards; how_said where there is only a "no", or only a body less.
    """
    if case.state_code not in ("draft", "open", "closed"):
        raise NotNow("case_open")
    _check(answers)
    cal = calendar()
    without = set(excluded)
    gives = any(answer.answer in ("yes", "without_name") for answer in answers)
    refuses = any(answer.answer == "no" for answer in answers) or without != _excluded(newest(case))
    _guards(case, asking, cal.day(act.at), gives or not refuses)
    until = consent_end(asking.until_on, cal) if gives and asking.until_on is not None else None
    _lock(case)
    answers = _as_the_child_said(case, answers, asking)
    version = _version(act, case, "give" if gives else "refuse", asking)
    _carry(case, version, answers, asking, until)
    _exclude(version, without)
    act.note(consent_id=version.pk)
    if gives and asking.until_on is not None:
        take.consent_clock(case.pk, take.clock("consent", "consent", consent_rungs(asking.until_on, cal)))
    _end_what_it_carried(act, case, asking.how_said or "in_person")
    _still_the_clock(case, version)
    return version


@action("consent.withdraw", on="case")
def withdraw(
    act: Act, case: Case, *, rows: Iterable[rules.RowKey] | None = None, sections: Iterable[str] = (), how_said: str
) -> Consent:
    """Takes back everything (`rows` None), some rows, or only some `sections` of those rows. In any state of the case.

    In the same transaction every open referral that it carried ends, and what was sealed for it is deleted.
    """
    if how_said not in codelist("how_said").codes:
        raise NotNow("how_said")
    _lock(case)
    former = newest(case)
    taken = set(rows) if rows is not None else None
    narrowed = frozenset(sections)
    version = _version(act, case, "withdraw", Asking(how_said=how_said), like=former)
    if former is not None:
        for row in ConsentRow.objects.filter(consent=former):
            hit = taken is None or (row.kind_code, row.purpose_code) in taken
            answer, kept = row.answer_code, set(row.sections)
            if hit and answer in ("yes", "without_name"):
                answer, kept = (answer, kept - narrowed) if narrowed else ("withdrawn", kept)
            _copy(version, row, answer, sorted(kept))
        _exclude(version, _excluded(former))
    act.note(consent_id=version.pk, reason=how_said)
    _end_what_it_carried(act, case, how_said)
    _still_the_clock(case, version)
    return version


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


def _version(act: Act, case: Case, step: str, asking: Asking, like: Consent | None = None) -> Consent:
    former = newest(case)
    assert act.actor.membership_id
    version = Consent(
        case=case,
        number=(former.number if former else 0) + 1,
        step_code=step,
        text_version_code=TEXT_VERSION,
        language_code=like.language_code if like else asking.language,
        how_given_code=like.how_given_code if like else asking.how_given,
        how_said_code=asking.how_said,
        speaker_code=like.speaker_code if like else asking.speaker,
        speaker_suspected=like.speaker_suspected if like else asking.speaker_suspected,
        child_answer_code=like.child_answer_code if like else asking.child_answer,
        child_reason_code=like.child_reason_code if like else asking.child_reason,
        asked_as_child=like.asked_as_child if like else case.is_child,
        at=act.at,
        membership_id=act.actor.membership_id,
    )
    version.save(force_insert=True)
    return version


def _as_the_child_said(case: Case, answers: Sequence[Answer], asking: Asking) -> list[Answer]:
    """A child's "no" to the police is final: it is written as a no, and no later yes takes its place.

    NotNow("child_agrees"): the child has said no to this row before, and is still a child.
    """
    if not case.is_child:
        return list(answers)
    before = rows_of(case)
    heard = []
    for answer in answers:
        if answer.kind == "police" and answer.answer in ("yes", "without_name"):
            old = before.get((answer.kind, answer.purpose))
            if old is not None and old.answer == "no" and old.child_answer == "says_no":
                raise NotNow("child_agrees")
            if asking.child_answer == "says_no":
                heard.append(Answer(answer.kind, answer.purpose, "no"))
                continue
        heard.append(answer)
    return heard


def _copy(version: Consent, row: ConsentRow, answer: str, sections: list[str]) -> None:
    """The row goes on as it was asked, with what is left of it."""
    ConsentRow(
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
    ).save(force_insert=True)


def _carry(case: Case, version: Consent, answers: Sequence[Answer], asking: Asking, until: datetime | None) -> None:
    former = Consent.objects.filter(case=case, number=version.number - 1).first()
    before = (
        {(row.kind_code, row.purpose_code): row for row in ConsentRow.objects.filter(consent=former)} if former else {}
    )
    now = {(answer.kind, answer.purpose): answer for answer in answers}
    for kind, purpose in rules.ROWS:
        answer = now.get((kind, purpose))
        old = before.get((kind, purpose))
        if answer is not None and answer.answer != "not_asked":
            lives = answer.answer in ("yes", "without_name")
            sections = sorted(answer.sections - ({"identity"} if answer.answer == "without_name" else set()))
            ConsentRow(
                consent=version,
                kind_code=kind,
                purpose_code=purpose,
                answer_code=answer.answer,
                sections=sections if lives else [],
                until=until if lives else None,
                asked_as_child=case.is_child,
                speaker_code=asking.speaker,
                speaker_suspected=asking.speaker_suspected,
                child_answer_code=asking.child_answer,
            ).save(force_insert=True)
        elif old is not None:
            _copy(version, old, old.answer_code, list(old.sections))


def _excluded(version: Consent | None) -> set[UUID]:
    """Bodies she did not want when this version was written."""
    if version is None:
        return set()
    return set(ConsentExcluded.objects.filter(consent=version).values_list("organisation_id", flat=True))


def _still_the_clock(case: Case, version: Consent) -> None:
    """Where nothing is agreed any more, nothing can run out: nobody is reminded of it."""
    if not ConsentRow.objects.filter(consent=version, answer_code__in=("yes", "without_name")).exists():
        take.consent_clock(case.pk, None)


def _exclude(version: Consent, bodies: Iterable[UUID]) -> None:
    for body in bodies:
        ConsentExcluded(consent=version, organisation_id=body).save(force_insert=True)


def _end_what_it_carried(act: Act, case: Case, how_said: str) -> None:
    """Derive once more for each open referral: not agreed any more: withdraw; a section less: that section goes."""
    with connection.cursor() as cursor:
        cursor.execute("select referral_id, refused, dropped from consent_hits(%s)", [case.pk])
        hits = cursor.fetchall()
    for referral_id, refused, dropped in hits:
        referral = Referral.objects.get(pk=referral_id)
        if refused:
            take.referral_take(referral, "withdraw", referral.version, {"how_said_code": how_said}, [])
            other = "D" if referral.state_code == "sent" else "R"
            notice(act.actor, key="closed", sides=[other], referral_id=referral_id, mail=True)
        elif dropped:
            with connection.cursor() as cursor:
                cursor.execute("select packet_section_drop(%s, %s)", [referral_id, dropped])


def rows_of(case: Case) -> dict[rules.RowKey, rules.Row]:
    """The newest version's rows as the rules read them. Empty: she was never asked."""
    version = newest(case)
    if version is None:
        return {}
    return {(row.kind_code, row.purpose_code): row.as_rule() for row in ConsentRow.objects.filter(consent=version)}


def open_referrals(case: Case) -> list[Referral]:
    """Referrals of the case that a withdrawal could end."""
    ids = ReferralOrigin.objects.filter(case=case).values("referral")
    return list(Referral.objects.filter(pk__in=ids, state_code__in=("sent", "accepted", "serving")).order_by("pk"))
