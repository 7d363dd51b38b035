"""The signs: started, saved page by page, completed and then frozen. A score never decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori.action import Act, Disclosure, action, disclosure
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.machinery import own_row, sealing
from hamkori.casework.case.machinery.take import lock_case
from hamkori.casework.case.models import Case, Screening
from hamkori.casework.case.queries.sections import completed_signs
from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.screening.rules.lifecycle import SCREENING
from hamkori.casework.screening.rules.screening import (
    DIMENSIONS,
    danger_answered,
    in_danger,
    needs_doctor,
    same_of_danger,
    sets_by_age,
    sets_for,
)
from hamkori.lifecycle import take
from hamkori.refusal import Invalid, NotNow
from hamkori.vocabulary import codelist

PARTS: Mapping[str, tuple[str, str]] = {
    "danger": ("danger_question", "danger_answer"),
    "acts": ("act_question", "screening_answer"),
    "forms": ("form_of_exploitation", "form_status"),
    "signs": ("indicator", "screening_answer"),
}
"""Parts of the sealed answers, each code -> answer, with the lists of both. Danger and act come before any sign."""


DOCTOR: Final = "doctor"
"""Of what is needed tonight."""
NOTHING_SAID: Final = ("nothing_now", "not_asked")
"""In its place: that nothing is needed, or was not asked."""
NO_DOCTOR: Final = ("no", "not_asked")
"""The same of who needs one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An opened screening. `saved`: pages that were saved; `from_register`, `from_former`: signs known from before."""

    answers: Mapping[str, Mapping[str, str]]
    saved: frozenset[str]
    from_register: frozenset[str]
    from_former: frozenset[str]
    set_codes: tuple[str, ...]
    seal_no: int
    written_at: datetime
    written_by: UUID
    completed_at: datetime | None


def draft_of(case: Case) -> Screening | None:
    """The screening that is being written, if there is one."""
    return Screening.objects.filter(case=case, state_code="draft").order_by("-written_at").first()


def _writable(act: Act, case: Case) -> None:
    lock_case(case)
    # Under the lock: who writes may have been released while waiting for it.
    own_row.require_held(act.actor, case.pk, "screening", "screening.record")
    if case.state_code not in WRITABLE:
        raise NotNow("case_open")


def _draft(act: Act, case: Case, seal_no: int | None) -> Screening:
    """The draft as it was read under `seal_no`. NotNow: case_open, from_state, version_same(who, time)."""
    _writable(act, case)
    row = draft_of(case)
    if row is None:
        raise NotNow("from_state", state="completed")
    if seal_no is not None and row.seal_no != seal_no:
        raise NotNow("version_same", who=str(row.written_by), time=row.written_at.isoformat())
    return row


@disclosure("section.open", on="case")
def open_answers(act: Disclosure, case: Case, *, state: str) -> Opened:
    """Reads the `draft` or the `completed` screening: one ledger row. NotNow: from_state if there is none."""
    own_row.require_held(act.actor, case.pk, "screening")
    row = draft_of(case) if state == "draft" else completed_signs(case)
    if row is None:
        raise NotNow("from_state", state=case.state_code)
    keys = act.disclose(section="screening", seal_no=row.seal_no, case_id=case.pk)
    ((_row, fields),) = sealing.get(case.pk, "screening", [row], keys)
    return Opened(
        answers={part: dict(fields.get(part, {})) for part in PARTS},
        saved=frozenset(fields.get("saved", ())),
        from_register=frozenset(fields.get("from_register", ())),
        from_former=frozenset(fields.get("from_former", ())),
        set_codes=tuple(row.set_codes),
        seal_no=row.seal_no,
        written_at=row.written_at,
        written_by=row.written_by,
        completed_at=row.completed_at,
    )


@action("screening.record", on="case")
def start(act: Act, case: Case, *, signs: Iterable[str] = ()) -> Screening:
    """Begins a screening; what is known already is there: signs of the registration, answers of a former one.

    One draft at a time: with a draft, that one. Danger is always asked anew.
    """
    _writable(act, case)
    known = draft_of(case)
    if known is not None:
        return known
    keys = sealing.holder(act)
    seen = list(signs)
    before: dict[str, Any] = {}
    former = completed_signs(case)
    if former is not None:
        ((_row, before),) = sealing.get(case.pk, "screening", [former], keys)
    forms = dict(before.get("forms", {}))
    fields = {
        "danger": {},
        "acts": dict(before.get("acts", {})),
        "forms": forms,
        "signs": {**before.get("signs", {}), **dict.fromkeys(seen, "present")},
        "from_register": [*before.get("from_register", []), *seen],
        "from_former": sorted(code for code, answer in before.get("signs", {}).items() if answer != "not_asked"),
        "saved": [],
    }
    row = sealing.put(
        act,
        case,
        "screening",
        fields,
        kind="screening",
        coded={"state_code": "draft", "set_codes": list(sets_for(case.is_child, forms))},
    )
    assert isinstance(row, Screening)
    act.note(section="screening", seal_no=row.seal_no)
    return row


@action("screening.record", on="case")
def save(act: Act, case: Case, *, seal_no: int, part: str, answers: Mapping[str, str], page: str = "") -> Screening:
    """Keeps one page of answers; of `forms` it keeps these alone. `page`: its name, if a part has several.

    Danger marks the case at once, whatever the signs will say. NotNow: case_open, from_state, version_same.
    """
    row = _draft(act, case, seal_no)
    _check(part, answers)
    keys = sealing.holder(act)
    ((_row, fields),) = sealing.get(case.pk, "screening", [row], keys)
    before = fields.get(part, {})
    fields[part] = dict(answers) if part == "forms" else {**before, **answers}
    sets = sets_for(case.is_child, fields["forms"])
    saved = {*fields.get("saved", ()), page or part}
    if list(sets) != list(row.set_codes):
        # Another form asks for other signs: those pages are to be seen again, their answers stay.
        saved -= {*DIMENSIONS} - {page}
    fields["saved"] = sorted(saved)
    if part == "danger":
        _mark_danger(act, case, before, fields["danger"])
        _mark_doctor(act, case, before, fields["danger"])
    kept = sealing.put(act, case, "screening", fields, row=row, coded={"set_codes": list(sets)})
    assert isinstance(kept, Screening)
    act.note(section="screening", seal_no=kept.seal_no)
    return kept


def _check(part: str, answers: Mapping[str, str]) -> None:
    if part not in PARTS:
        raise Invalid({"part": _("This field is not known.")})
    questions, allowed = (codelist(name) for name in PARTS[part])
    beside = codelist("local_prompt").codes if part == "signs" else ()  # asked in some way in, never counted
    wrong = {code: _("This field is not known.") for code in answers if code not in questions and code not in beside}
    wrong |= {code: _("Choose one of the answers.") for code, answer in answers.items() if answer not in allowed}
    if wrong:
        raise Invalid(wrong)


def _mark_danger(act: Act, case: Case, before: Mapping[str, str], answers: Mapping[str, str]) -> None:
    """Danger is marked by one answer, and taken away only when every such question was answered with no.

    Each asking in an open case says it once: help for an earlier danger may have ended. A page that is saved as it
    stood brings nothing back that was taken off since, and takes nothing off (ADR 230).
    """
    if same_of_danger(before, answers):
        return
    asked: Collection[str] = [entry.code for entry in codelist("danger_question") if "danger_if" in entry.data]
    danger = case.has_danger
    if in_danger(answers):
        danger = True
    elif all(answers.get(code) == "no" for code in asked):
        danger = False
    if case.state_code == "open" and in_danger(answers) and not in_danger(before):
        cases.danger_said.body(act, case, version=case.version)
    elif danger != case.has_danger:
        cases.edit.body(act, case, version=case.version, codes={"has_danger": danger})


def _mark_doctor(act: Act, case: Case, before: Mapping[str, str], answers: Mapping[str, str]) -> None:
    """A doctor who is needed today stands among what is needed, as if it was said there. Nothing takes it out but who
    says there that one came, or that none is needed.
    """
    if not needs_doctor(answers) or needs_doctor(before) or DOCTOR in case.need_tonight_codes:
        return
    codes: dict[str, Any] = {
        "need_tonight_codes": [*(one for one in case.need_tonight_codes if one not in NOTHING_SAID), DOCTOR]
    }
    if case.doctor_code in NO_DOCTOR:
        codes["doctor_code"] = "yes"
    cases.edit.body(act, case, version=case.version, codes=codes)


@action("screening.record", on="case")
def complete(act: Act, case: Case, *, seal_no: int | None = None) -> Screening:
    """Freezes the screening and lets it supersede the former one. NotNow: danger_answered, sets_by_age."""
    row = _draft(act, case, seal_no)
    keys = sealing.holder(act)
    ((_row, fields),) = sealing.get(case.pk, "screening", [row], keys)
    context = {
        "danger_answered": danger_answered(fields["danger"]),
        "sets_by_age": sets_by_age(row.set_codes, case.is_child, fields["forms"]),
    }
    take(SCREENING, "draft", "complete", Side.SENDER, context)
    for former in Screening.objects.filter(case=case, state_code="completed"):
        former.state_code = "superseded"
        former.save(force_update=True, update_fields=["state_code"])
    row.state_code = "completed"
    row.completed_at = act.at
    row.save(force_update=True, update_fields=["state_code", "completed_at"])
    act.note(section="screening", seal_no=row.seal_no)
    return row


@action("screening.record", on="case")
def discard(act: Act, case: Case) -> None:
    """Throws the draft away; a completed one stays."""
    row = _draft(act, case, None)
    row.state_code = "discarded"
    row.save(force_update=True, update_fields=["state_code"])
