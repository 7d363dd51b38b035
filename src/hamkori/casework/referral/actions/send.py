"""The sender's side before and while a request waits: write, edit, discard, send, stop, recall, answer, withdraw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori import definer
from hamkori.access.context import machine_time
from hamkori.action import Act, action
from hamkori.calendar.clocks import as_kept
from hamkori.calendar.queries import calendar
from hamkori.casework.case.machinery import own_row, sealing, take
from hamkori.casework.case.machinery.notices import add as tell_of
from hamkori.casework.case.machinery.tagged import erased
from hamkori.casework.case.models import Case, Need
from hamkori.casework.case.queries.shown import meant
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.machinery.her_no import Mark, her_no
from hamkori.casework.consent.queries import taken
from hamkori.casework.consent.queries.said import newest_to_send
from hamkori.casework.consent.rules import packet
from hamkori.casework.referral.machinery import packets, permits, steps, stopping
from hamkori.casework.referral.machinery.her_word import Patience, leave_to_the_clock, lock
from hamkori.casework.referral.machinery.steps import lock_referral, referral_take
from hamkori.casework.referral.machinery.telling import tell
from hamkori.casework.referral.models import Referral, ReferralCard, ReferralOrigin, ReferralQuestion, ReferralSender
from hamkori.casework.referral.queries import address, as_read
from hamkori.casework.referral.queries.answers import ReferralFacts
from hamkori.casework.referral.queries.closed_there import unread
from hamkori.casework.referral.queries.origin import case_of
from hamkori.casework.referral.queries.permit import locked
from hamkori.casework.referral.rules.card import answer_fits, parts_of
from hamkori.casework.referral.rules.lifecycle import LIVE, REASON_LISTS, REFERRAL, conditions
from hamkori.lifecycle import NEW, decide_step
from hamkori.people.queries import body_key, organisation
from hamkori.refusal import Invalid, NotNow
from hamkori.vault import packet as sealed
from hamkori.vault.asked import require_asked
from hamkori.vault.bytes import Untrusted
from hamkori.vault.declared import set_of
from hamkori.vault.server import keyring
from hamkori.vocabulary import codelist


def _locked(referral: Referral) -> Case:
    """The case behind a referral, locked, and both read again: guards and packet are of one moment."""
    case = case_of(referral)
    take.lock_case(case)
    take.read_again(referral)
    return case


def _same_version(referral: Referral, version: int) -> None:
    if referral.version != version:
        raise NotNow("version_same")


def _opens(act: Act, case: Case) -> tuple[Any, frozenset[str]]:
    """The sender's keys, and the sections they open of the case, to seal them on: by their own row as vouched for."""
    return sealing.holder(act), set_of(own_row.on_team(act.actor, case.pk).sections)


def _checked(urgency: str, sections: Iterable[str]) -> list[str]:
    if urgency not in codelist("urgency").codes:
        raise Invalid({"urgency": _("Choose one of the answers.")})
    return [section for section in packet.SECTION_FIELDS if section in set(sections) and section != packet.TEXT]


@action("referral.write", on="case")
def write(
    act: Act,
    case: Case,
    *,
    service: UUID,
    purpose: str,
    urgency: str,
    sections: Iterable[str] = (),
    needed_from: date | None = None,
    agreed_text: str = "",
    told_body: bool = False,
    shown: UUID | None = None,
    shown_code: str = "",
) -> Referral:
    """A draft to one service of one body. NotNow: case_open, vault_open, body_may_receive.

    `shown`, `shown_code`: organisation and kind of help that the page named; the service is that one's still, and of
    that kind, or nothing is written (Untrusted).
    """
    take.lock_case(case)
    draft = Referral(state_code=NEW, urgency_code=urgency, needed_from_on=needed_from, told_body=told_body)
    facts = ReferralFacts(act.actor, act.at, draft, "write")
    facts.case = case
    decide_step(facts, Side.SENDER)
    rows, chosen = address.write_address(draft, service, shown, shown_code, purpose), _checked(urgency, sections)
    referral = _begun(case, draft)
    if address.address_of(referral) != address.address_of(draft):
        raise Untrusted("referral", referral.pk)
    permit = locked(referral.pk, permits.draft(case, referral, rows, chosen))
    ReferralSender(referral=referral, consent_rows=rows, sections=chosen, permit=permit).save(force_insert=True)
    ReferralCard(referral=referral, **packets.card(case, referral)).save(force_insert=True)
    _text(act, case, referral, agreed_text)
    act.note(kind="referral", object_id=referral.pk)
    return referral


def _begun(case: Case, draft: Referral) -> Referral:
    """The draft as the database has written it: with a code that it drew, under this case."""
    names = "to_organisation_id service_id service_code recipient_kind_code purpose_code urgency_code needed_from_on"
    values = [getattr(draft, name) for name in (*names.split(), "told_body")]
    definer.run("referral_draft", draft.pk, case.pk, *values)
    begun = Referral.objects.get(pk=draft.pk)
    require_asked("referral", (begun.pk,), (draft.pk,))
    return begun


def _text(act: Act, case: Case, referral: Referral, agreed_text: str) -> None:
    row = Need.objects.filter(case=case, kind_code="agreed_text", referral_id=referral.pk).first()
    fields = {"agreed_text": agreed_text}
    sealing.put(act, case, "needs", fields, kind="agreed_text", referral_id=referral.pk, row=row)


@action("referral.edit", on="referral")
def edit(
    act: Act,
    referral: Referral,
    *,
    version: int,
    service: UUID,
    purpose: str,
    urgency: str,
    sections: Iterable[str],
    needed_from: date | None = None,
    agreed_text: str = "",
    told_body: bool = False,
    shown: UUID | None = None,
    shown_code: str = "",
) -> Referral:
    """Changes a draft. NotNow: from_state, version_same, vault_open. `shown`, `shown_code`: as in `write`."""
    case = _locked(referral)
    meant(act.actor, "case", case.pk)
    decide_step(ReferralFacts(act.actor, act.at, referral, "edit"), Side.SENDER)
    _same_version(referral, version)
    rows, chosen = address.write_address(referral, service, shown, shown_code, purpose), _checked(urgency, sections)
    referral.urgency_code = urgency
    referral.needed_from_on = needed_from
    referral.told_body = told_body
    referral.version += 1
    changed = (
        "to_organisation service_id service_code recipient_kind_code purpose_code urgency_code needed_from_on told_body"
        " version"
    )
    referral.save(force_update=True, update_fields=changed.split())
    ReferralSender.objects.filter(referral=referral).update(consent_rows=rows, sections=chosen)
    permits.rewritten(case, referral, rows, chosen)
    ReferralCard.objects.filter(referral=referral).update(**packets.card(case, referral))
    _text(act, case, referral, agreed_text)
    return referral


@action("referral.discard", on="referral")
def discard(act: Act, referral: Referral, *, version: int) -> None:
    """Throws a draft away; its agreed text is erased."""
    decide_step(ReferralFacts(act.actor, act.at, referral, "discard"), Side.SENDER)
    referral_take(referral, "discard", version, {})
    permits.ended(referral.pk)
    erased(referral.pk)


def _read(facts: ReferralFacts, case: Case) -> ReferralFacts:
    """With her word, and where it goes, as this server vouched for them: Untrusted, NotVisible before any guard."""
    facts.case, facts.word = case, newest_to_send(case)
    facts.body = organisation(facts.referral.to_organisation_id)
    facts.service = address.of_its_kind(facts.referral)
    return facts


@action("referral.send", on="referral")
def send(
    act: Act,
    referral: Referral,
    *,
    version: int,
    typed_body: str = "",
    items: Iterable[str] = (),
    shown: UUID | None = None,
    shown_code: str = "",
    read: str | None = None,
) -> Referral:
    """Sends the draft: consent is asked once more, the packet is built and sealed to the desk, the clock starts.

    `typed_body`: the name of a police body, typed. `items`: the signs she chose, where screening goes item by item.
    `shown`, `shown_code`: as in `write`. Keys and permit are that one's, or nothing is sent (Untrusted).
    `read`: the digest of the summary that the page showed; NotNow("summary_same") where it says something else now.
    """
    case = _locked(referral)
    as_read.same_to_send(referral, case, read)
    permit = permits.as_written(case, referral) if referral.state_code == "draft" else None
    if permit is not None and ((shown or permit.to) != permit.to or shown_code not in ("", permit.service_code)):
        raise Untrusted("permit", referral.pk)
    there = address.address_of(referral)
    said = {"typed_body": typed_body, "child_contact": case.is_child and _child_contact(act, case)}
    facts = _read(ReferralFacts(act.actor, act.at, referral, "send", said), case)
    word, sections = facts.word, referral.sender.sections
    row = decide_step(facts, Side.SENDER)
    _same_version(referral, version)
    assert permit is not None
    assert word is not None
    desk = body_key(permit.to, "desk")
    if desk is None:
        raise NotNow("desk_ready")
    ReferralCard.objects.filter(referral=referral).update(**packets.card(case, referral))
    seen_at = clocks.visible_at(act.at, referral.urgency_code, case.risk_code)
    timed = clocks.answer_rungs(seen_at, referral.urgency_code, calendar())
    given = permits.carried(permit, word, case, machine_time(act.at))
    given = replace(given, answer_by=_answer_by(machine_time(act.at), referral, case))
    contents = packets.contents(case, referral, given, sections, *_opens(act, case), items)
    built = sealed.build(keyring(), packets.route(referral, 1, word.version.pk), contents, desk)
    packets.save(referral, 1, built, act.at, word.version.pk)
    values = {"visible_at": seen_at, "answer_due_at": timed.target}
    running = as_kept("answer", f"answer.{referral.urgency_code}", timed)
    permits.give(referral, given)
    referral_take(referral, "send", referral.version, values, [running])
    act.note(consent_id=word.version.pk)
    tell(act.actor, row, referral.pk, Side.SENDER, unread(act.actor, referral, seen_at, timed.target))
    take.read_again(referral)
    if address.address_of(referral) != there:
        raise Untrusted("referral", referral.pk)
    return referral


def _child_contact(act: Act, case: Case) -> bool:
    """Whether the file says whom we tell for a child. Who cannot read that sends no child anywhere."""
    keys, held = _opens(act, case)
    return "contact" in held and bool(sealing.sheet(case.pk, "contact", keys)[1].get("child_contact"))


def _answer_by(at: datetime, referral: Referral, case: Case) -> datetime:
    """Until when a yes counts, from the moment of the send by the machine's clock: a lapse leaves no mark."""
    seen_at = clocks.visible_at(at, referral.urgency_code, case.risk_code)
    days = calendar()
    return clocks.answer_at_most(clocks.answer_rungs(seen_at, referral.urgency_code, days), days)


@action("referral.stop", on="referral")
def stop(act: Act, referral: Referral, *, version: int) -> None:
    """Takes it back before the desk has seen it: the packet is deleted, the draft stays."""
    case = _locked(referral)
    decide_step(ReferralFacts(act.actor, act.at, referral, "stop"), Side.SENDER)
    _same_version(referral, version)
    steps.referral_take(referral, "stop", referral.version, {})
    stopping.after_stop(referral, case)


@action("referral.recall", on="referral")
def recall(act: Act, referral: Referral, *, version: int, reason: str) -> None:
    """Ends it from the sender's side, with a reason that the other side does not read. Refused as ended, it is so.

    A supervisor does so too, for a worker who is away.
    """
    side = REFERRAL.sides[act.grant.scope]
    values = {"reason_code": reason}
    if referral.state_code not in ("draft", *LIVE):
        permits.ended_for_good(referral.pk)
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "recall", values), side)
    act.note(reason=reason)
    before = referral.state_code
    referral_take(referral, "recall", version, values)
    permits.ended(referral.pk)
    tell(act.actor, row, referral.pk, side, frozenset({before}))


@action("referral.answer", on="referral")
def answer(act: Act, referral: Referral, *, version: int, answer_code: str) -> None:
    """Answers the desk's question with a code; several ages of children are one of them (`as_kept`). The answer clock
    runs on.
    """
    open_question = ReferralQuestion.objects.filter(referral=referral, answered_at=None).first()
    if open_question is None:
        raise NotNow("from_state", state=referral.state_code)
    if not answer_fits(open_question.question_code, parts_of(answer_code)):
        raise Invalid({"answer_code": _("Choose one of the answers.")})
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "answer"), Side.SENDER)
    referral_take(referral, "answer", version, {"answer_code": answer_code})
    tell(act.actor, row, referral.pk, Side.SENDER)


@action("referral.answer", on="referral")
def keep_part(act: Act, referral: Referral, *, section: str) -> None:
    """Answers that the part which the receiver asks for is not shared; why is not said."""
    if section not in codelist(REASON_LISTS["keep_part"]).codes:
        raise NotNow("section_agreed")
    act.note(reason=section)
    definer.run("referral_keep_part", referral.pk, section)
    tell_of(act.actor, key="answered", sides=[Side.RECEIVER], about=("referral", referral.pk), mail=True)


def _not_wanted(referral: Referral, *, how_said: str) -> list[Mark]:
    if how_said not in codelist("how_said").codes:
        return []
    return [Mark(taken.TAKEN, taken.request(referral.pk), lambda: 1)]


def _its_case(referral: UUID) -> Iterable[UUID]:
    return ReferralOrigin.objects.filter(referral=referral).values_list("case", flat=True)


@her_no("referral.withdraw", on="referral", holds=_not_wanted, what="permit", behind=_its_case)
def withdraw(act: Act, referral: Referral, *, how_said: str) -> bool:
    """Her word ends this referral; said to either side. Receiver and supervisor end this one only, no consent.

    It carries no version and is never too late: it waits a moment for whoever is faster, reads again and ends what it
    finds; what somebody holds is shut all the same, and the clock ends it. A draft that was stopped meanwhile is thrown
    away. False: it had ended already, and nothing of it is left to open; nor will there be, whatever was found.
    """
    if how_said not in codelist("how_said").codes:
        raise NotNow("how_said")
    act.note(reason=how_said)
    permits.ended(referral.pk)
    side = REFERRAL.sides[act.grant.scope]
    if side == Side.SENDER:
        _locked(referral)
    if not lock(referral, Patience()) and referral.state_code in LIVE:
        return leave_to_the_clock(referral.pk, how_said)
    if referral.state_code == "draft" and side == Side.SENDER:
        decide_step(ReferralFacts(act.actor, act.at, referral, "discard"), Side.SENDER)
        referral_take(referral, "discard", referral.version, {})
        erased(referral.pk)
        return True
    if referral.state_code not in LIVE:
        return False
    values = {"how_said_code": how_said}
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "withdraw", values), side)
    met = conditions(referral.state_code, side)
    referral_take(referral, "withdraw", referral.version, values)
    tell(act.actor, row, referral.pk, side, met)
    return True


@action("referral.add", on="referral")
def add(act: Act, referral: Referral, *, version: int, sections: Iterable[str], items: Iterable[str] = ()) -> None:
    """One more packet for the receiver's team: newly agreed sections, or the same written further."""
    case = _locked(referral)
    lock_referral(referral)
    permit = permits.running(referral, case, machine_time(act.at)) if referral.state_code in permits.OPEN else None
    chosen = _checked(referral.urgency_code, sections)
    facts = _read(ReferralFacts(act.actor, act.at, referral, "add", {"sections": chosen}), case)
    word = facts.word
    row = decide_step(facts, Side.SENDER)
    _same_version(referral, version)
    assert permit is not None
    continuity = body_key(permit.to, "continuity")
    if word is None or continuity is None:
        raise NotNow("consent_asked")
    wider = replace(permit, sections=permit.sections | frozenset(chosen))
    given = permits.carried(wider, word, case, machine_time(act.at))
    contents = packets.contents(case, referral, given, chosen, *_opens(act, case), items, went=referral.sender.sections)
    contents.pop(packet.TEXT)
    workers, number = packets.workers(referral, contents), referral.packets + 1
    built = sealed.add(keyring(), packets.route(referral, number, word.version.pk), contents, workers, continuity)
    packets.save(referral, number, built, act.at, word.version.pk)
    merged = [section for section in packet.SECTION_FIELDS if section in {*referral.sender.sections, *chosen}]
    permits.give(referral, given)
    referral_take(referral, "add", version, {"sections": merged})
    act.note(consent_id=word.version.pk)
    tell(act.actor, row, referral.pk, Side.SENDER)
