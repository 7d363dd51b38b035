"""A case from its first page to its closing: begin, edit, register, decide, close, reopen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from hamkori import definer
from hamkori.access import door
from hamkori.access.actor import Actor
from hamkori.action import Act, action
from hamkori.casework.case.machinery import above, own_row, sealing, set_aside, take
from hamkori.casework.case.machinery.corrected import say_corrected, say_what_differs
from hamkori.casework.case.machinery.district import where
from hamkori.casework.case.machinery.notices import add
from hamkori.casework.case.machinery.tagged import Tagged, erased, team_row
from hamkori.casework.case.models import Case, CaseClock, Gap
from hamkori.casework.case.queries.answers import CaseFacts
from hamkori.casework.case.queries.cases import reached
from hamkori.casework.case.queries.place_said import is_looked_for
from hamkori.casework.case.rules import closing, sheets
from hamkori.casework.case.rules.age import CHILD_BANDS, by_confirming
from hamkori.casework.case.rules.lifecycle import CASE, NOT_NEEDED, WRITABLE
from hamkori.casework.case.rules.merging import merged
from hamkori.casework.case.rules.said import said_of
from hamkori.casework.case.rules.sections import SUPERVISOR_RIGHTS, rights
from hamkori.casework.case.rules.sides import Side
from hamkori.lifecycle import decide_step
from hamkori.people.queries import colleague
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible
from hamkori.vault.asked import require_asked
from hamkori.vault.bytes import Untrusted
from hamkori.vault.server import alone_at
from hamkori.vocabulary import areas, codelist

Sealed = Mapping[str, Mapping[str, Any]]
"""Section -> field -> text, as typed."""

CODED: Mapping[str, str] = {
    "sex_code": "sex",
    "age_band_code": "age_band",
    "language_code": "language",
    "risk_code": "risk_level",
}
"""Coded fields of a case that may be edited -> their code list."""
FREE_CODED = (
    "needs_interpreter",
    "need_tonight_codes",
    "doctor_code",
    "stairs_code",
    "children_code",
    "next_step_code",
    "next_step_on",
    "has_danger",
)
PLACE = "safe_place"
"""Of what is needed tonight: the history says when it was said, and when somebody had one."""


@action("case.begin")
def begin(act: Act, *, codes: Mapping[str, Any] | None = None, sealed: Sealed | None = None) -> Case:
    """Starts a draft with what is known so far. NotNow: body_ready, vault_open."""
    actor = act.actor
    sealing.holder(act)
    assert actor.membership_id
    assert actor.user_id
    case_id = uuid4()
    held = rights(_functions(act), began_or_served=True)
    lead, above = team_row(case_id, actor.membership_id, actor.user_id, "lead", held), None
    if actor.supervisor_id is not None and actor.supervisor_id != actor.membership_id:
        above = _supervisor_row(actor, case_id, actor.supervisor_id)
    if not definer.value("body_ready", actor.organisation_id):
        raise NotNow("body_ready")
    rows = (lead.id, lead.tag, *_id_and_tag(above))
    definer.run("case_open", case_id, sorted(held.sections), sorted(held.writes), *rows)
    act.note(kind="case", object_id=case_id, case_id=case_id)
    case = Case.objects.get(pk=case_id)
    require_asked("case", (case.pk,), (case_id,))
    write(act, case, codes or {}, sealed or {})
    return case


def _functions(act: Act) -> tuple[str, ...]:
    return (act.actor.function or "hotline_operator",)


def _id_and_tag(row: Tagged | None) -> tuple[UUID | None, bytes | None]:
    return (row.id, row.tag) if row is not None else (None, None)


def _supervisor_row(actor: Actor, case_id: UUID, supervisor: UUID) -> Tagged | None:
    """None: the supervisor does not work there now."""
    found = colleague(actor, supervisor)
    return team_row(case_id, supervisor, found.user_id, "supervisor", SUPERVISOR_RIGHTS) if found else None


def write(act: Act, case: Case, codes: Mapping[str, Any], sealed: Sealed) -> None:
    """Coded fields by an UPDATE that the database narrows, sealed ones by sheets. Unknown names are Invalid."""
    errors = {**_wrong_codes(codes), **wrong_fields(sealed)}
    if not errors and case.state_code == "open" and "age_band_code" in codes:
        settled, child = case.age_settled_at is not None, codes["age_band_code"] in CHILD_BANDS
        if by_confirming(was_child=case.is_child, child=child, settled=settled):
            errors["age_band_code"] = _("Child or adult is changed under “Confirm the age”, by the lead worker.")
    if errors:
        raise Invalid(errors)
    values, was_in_danger = {**codes, **where(sealed)}, case.has_danger
    if "age_band_code" in values:
        values["is_child"] = values["age_band_code"] in CHILD_BANDS
    if values:
        values |= {"edited_by": act.actor.membership_id, "edited_at": act.at}
        for name, value in values.items():
            setattr(case, name, value)
        case.version += 1
        case.save(force_update=True, update_fields=[*values, "version"])
    written = {section: dict(fields) for section, fields in sealed.items() if fields}
    if written and not written.keys() <= {*own_row.on_team(act.actor, case.pk).writes}:
        raise NotAllowed("section.write")
    for section, fields in written.items():
        sealing.merge(act, case, section, fields)
    if case.has_danger != was_in_danger:
        say(case, "danger_said" if case.has_danger else "danger_over")


def _put_together(
    actor: Actor, case: Case, version: int, was: Mapping[str, Any], codes: Mapping[str, Any], keep: Mapping[str, str]
) -> Mapping[str, Any]:
    """What both saved, where no field was changed by two people or somebody has chosen. NotNow("version_same")."""
    theirs = {name: getattr(case, name) for name in codes if name in CODED or name in FREE_CODED}
    both = merged(was, codes, theirs, keep if case.version == version else {})
    if both.asked:
        raise NotNow("version_same")
    if both.not_kept:
        set_aside.tell_other(actor, case, case.edited_by)
    return both.fields


def _wrong_codes(codes: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    for name, value in codes.items():
        if name in CODED and value not in codelist(CODED[name]).codes:
            errors[name] = _("Choose one of the answers.")
        elif name not in CODED and name not in FREE_CODED:
            errors[name] = _("This field is not known.")
    return errors


def wrong_fields(sealed: Sealed) -> dict[str, str]:
    """What is wrong with sealed fields before they are written: unknown names, long texts, a district that is none."""
    errors: dict[str, str] = {}
    district = sealed.get("place", {}).get("district")
    if district and district not in {area.code for area in areas()}:
        errors["district"] = _("Choose a district.")  # it stands in the open as a code: no other word may
    for section, fields in sealed.items():
        for name, value in fields.items():
            if sheets.unknown(section, [name]):
                errors[name] = _("This field is not known.")
            elif isinstance(value, str) and len(value) > sheets.LONGEST:
                errors[name] = _("Shorten this text.")
    return errors


def same_version(case: Case, version: int) -> None:
    """NotNow("version_same"): somebody has written it since the page was read."""
    if case.version != version:
        raise NotNow("version_same")


@action("case.edit", on="case")
def edit(
    act: Act,
    case: Case,
    *,
    version: int,
    codes: Mapping[str, Any],
    sealed: Sealed | None = None,
    was: Mapping[str, Any] | None = None,
    keep: Mapping[str, str] | None = None,
) -> Case:
    """Writes coded fields and sheets of a draft or open case. NotNow: case_open, version_same, vault_open.

    `was`: the codes as the form was opened with; then only what two people changed is refused.
    """
    lock_open(case)
    if was is None:
        same_version(case, version)
    else:
        codes = _put_together(act.actor, case, version, was, codes, keep or {})
    before, needed, told = case.is_child, PLACE in case.need_tonight_codes, said_of(case)
    write(act, case, codes, sealed or {})
    asked = case.state_code == "open" or any(room.was_asked(case.pk) for room in above.rooms)  # by her age as it was
    if "age_band_code" in codes and (asked or case.is_child != before):  # a form of hers may be open in another window
        _may_say_adult(act, case, child=case.is_child)
        for room in above.rooms:
            room.age_written(case, act.at, changed=case.is_child != before)
    if case.state_code == "open":
        _say_since(act, case, child=case.is_child and not before)
        _say_of_place(case, needed=needed)
    say_corrected(case, told)
    return case


def _say_of_place(case: Case, *, needed: bool) -> None:
    """That a place for tonight is needed now, or is not any more; of who is looked for the latter says nothing."""
    needs = PLACE in case.need_tonight_codes
    if needs and not needed:
        say(case, "place_needed")
    if needed and not needs and not is_looked_for(case):
        say(case, "place_found", {"reason_code": NOT_NEEDED})


def _say_since(act: Act, case: Case, *, child: bool) -> None:
    """Who turns out to be a child, of whom nobody was told, starts the time limit as registering does, once."""
    if child:
        runs = CaseClock.objects.filter(case=case, clock_code="child").exists()
        starts = [] if runs or case.told_child_protection_at else [take.started("child", act.at)]
        say(case, "is_child", {"age_band_code": case.age_band_code, "is_child": True}, starts)


@action("case.edit", on="case")
def danger_said(act: Act, case: Case, *, version: int) -> Case:
    """Somebody is in danger, also after help for an earlier one: from now on nobody helps. NotNow: as `edit`."""
    lock_open(case)
    same_version(case, version)
    if case.has_danger:
        say(case, "danger_said")
    else:
        write(act, case, {"has_danger": True}, {})
    return case


@action("case.edit", on="case")
def child_not_reached(act: Act, case: Case, *, version: int, reason: str) -> Case:
    """Somebody tried to tell child protection, which does not know yet: no time limit stops. `reason`: whom the call
    reached instead, or that it reached nobody.

    NotNow: as `edit`; "not_told_yet" once they were told, and the limit has stopped; "of_a_child" of an adult.
    """
    lock_open(case)
    same_version(case, version)
    _of_a_child(case)
    told = case.told_child_protection_at
    if told is not None and not CaseClock.objects.filter(case=case, clock_code="child").exists():
        raise NotNow("not_told_yet", time=told)
    act.note(reason=reason)
    say(case, "child_not_reached", {"reason_code": reason})
    return case


def say(
    case: Case, step: str, values: Mapping[str, Any] = MappingProxyType({}), clocks: Iterable[Mapping[str, Any]] = ()
) -> None:
    """A step of a worker that moves no state."""
    decide_step(CaseFacts(case, step, values), Side.SENDER)
    take.case_take(case, step, case.version, values, clocks)


def lock_open(case: Case) -> None:
    """Until the end of the transaction nobody else writes it. NotNow("case_open")."""
    take.lock_case(case)
    if case.state_code not in WRITABLE:
        raise NotNow("case_open")


@action("case.register", on="case")
def register(
    act: Act, case: Case, *, version: int, codes: Mapping[str, Any] | None = None, sealed: Sealed | None = None
) -> Case:
    """Opens the draft. Asked: what she needs tonight, a name or the code, a district; for a child a contact."""
    take.lock_case(case)
    same_version(case, version)
    write(act, case, codes or {}, sealed or {})
    keys = sealing.holder(act)
    _row, contact = sealing.sheet(case.pk, "contact", keys)
    _row, place = sealing.sheet(case.pk, "place", keys)
    decide_step(CaseFacts(case, "register", {"contact": contact, "place": place}), Side.LEAD)
    take.case_take(case, "register", case.version, {}, [take.started("child", act.at)] if case.is_child else ())
    return case


@action("case.discard", on="case")
def discard(act: Act, case: Case, *, version: int) -> None:
    """Erases a draft: its wraps are destroyed. NotNow("no_screening") once a screening was completed.

    Untrusted: nobody let the worker into it as we vouched for. What is marked as erased comes back by no backup.
    """
    alone_at(case.pk)
    if not act.actor.system and own_row.on_team(act.actor, case.pk).kind_code != "lead":
        raise Untrusted("team", case.pk)
    decide_step(CaseFacts(case, "discard"), Side.LEAD)
    door.take(CASE, case.pk, "discard", version, {}, ())  # it is not read again: nobody reads it any more
    erased(case.pk)  # whatever rows of it there were: which, the database would say


@action("screening.decide", on="case")
def decide(act: Act, case: Case, *, version: int, decision: str, reason: str) -> Case:
    """The worker's decision after the signs, with a reason. "Not" closes nothing."""
    if decision not in codelist("decision").codes:
        raise Invalid({"decision": _("Choose one of the answers.")})
    values = {"decision_code": decision, "reason_code": reason}
    decide_step(CaseFacts(case, "decide", values), Side.LEAD)
    act.note(reason=reason)
    take.case_take(case, "decide", version, values)
    return case


@action("case.settle_age", on="case")
def settle_age(act: Act, case: Case, *, version: int, age_band: str, reason: str) -> Case:
    """Her age is settled: a child or not. Former agreements live on for a short time only (rules.consent)."""
    if age_band not in codelist("age_band").codes:
        raise Invalid({"age_band": _("Choose one of the answers.")})
    is_child = age_band in CHILD_BANDS
    alone_at(case.pk)  # before the worker is asked, who may have been released while waiting
    _may_say_adult(act, case, child=is_child)
    values: dict[str, Any] = {"age_band_code": age_band, "reason_code": reason, "is_child": is_child}
    decide_step(CaseFacts(case, "settle_age", values), Side.LEAD)
    act.note(reason=reason)
    owed = is_child and not case.is_child and not case.told_child_protection_at  # who was told is told once
    take.case_take(case, "settle_age", version, values, [take.started("child", act.at)] if owed else ())
    for room in above.rooms:
        room.age_settled(case, act.at, child=is_child, settled_at=case.age_settled_at)
    say_what_differs(case)  # what was agreed to may be valid again for a while
    return case


@action("case.tell_child_protection", on="case")
def tell_child_protection(act: Act, case: Case, *, version: int) -> Case:
    """Child protection was told; the clock stops. NotNow("of_a_child"): the person is none."""
    alone_at(case.pk)
    decide_step(CaseFacts(case, "tell_child_protection"), Side.LEAD)
    _of_a_child(case)
    take.case_take(case, "tell_child_protection", version, {})
    return case


@action("case.close", on="case")
def close(act: Act, case: Case, *, version: int, outcome: str, older_case: UUID | None = None) -> Case:
    """Ends the work. NotNow("no_open_referral", n) while requests wait; some outcomes need a supervisor."""
    alone_at(case.pk)
    values: dict[str, Any] = {"outcome_code": outcome}
    facts = CaseFacts(case, "close", values)
    facts.above = above.answers(case)
    taken = decide_step(facts, facts.side)
    if outcome == closing.DUPLICATE:
        _points_to_older(act, case, older_case)
        values["older_case"] = older_case
    act.note(reason=outcome)
    with above.closing(act, case, outcome):
        take.case_take(case, "close", version, values)
    for notice in taken.notices:
        add(act.actor, key=notice.key, sides=notice.to, about=("case", case.pk))
    return case


@action("case.reopen", on="case")
def reopen(act: Act, case: Case, *, version: int, reason: str) -> Case:
    """Work starts again; her agreements are asked again."""
    alone_at(case.pk)
    taken = decide_step(CaseFacts(case, "reopen", values := {"reason_code": reason}), Side.SENDER_SUPERVISOR)
    act.note(reason=reason)
    with above.reopening(act, case):
        take.case_take(case, "reopen", version, values)
    for notice in taken.notices:
        add(act.actor, key=notice.key, sides=notice.to, about=("case", case.pk))
    return case


def _points_to_older(act: Act, case: Case, other: UUID | None) -> None:
    """NotVisible: who closes reaches no such case, or it is of another body, or not the older of the two."""
    older = reached(act.actor, other) if other is not None else None
    if older is None or not closing.duplicate_ok(
        case.organisation_id, case.begun_at, older.organisation_id, older.begun_at
    ):
        raise NotVisible


def _of_a_child(case: Case) -> None:
    if not case.is_child:
        raise NotNow("of_a_child")


def _may_say_adult(act: Act, case: Case, *, child: bool) -> None:
    """A child is guarded more, whoever says so; that somebody is none says who is on the team as we vouched for it."""
    if not child:
        own_row.on_team(act.actor, case.pk)


@action("gap.record", on="case")
def record_gap(act: Act, case: Case, *, service_codes: Sequence[str], district: str) -> None:
    """Nothing fits what she needs here: district, service and month are kept, and no case."""
    assert act.actor.organisation_id
    month = date(act.at.year, act.at.month, 1)
    for code in service_codes:
        Gap(organisation_id=act.actor.organisation_id, area_code=district, service_code=code, month_on=month).save(
            force_insert=True
        )
