"""The signs: started, saved page by page, completed and then frozen. A score never decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from hamkori.action import Act, action
from hamkori.casework.actions import sealing
from hamkori.casework.models import Case, Screening
from hamkori.casework.rules.case import SCREENING
from hamkori.casework.rules.screening import danger_answered, sets_by_age, sets_for
from hamkori.lifecycle import take
from hamkori.refusal import Invalid, NotNow

ANSWERS = ("present", "absent", "unknown", "not_asked")
FORM_ANSWERS = ("not_asked", "no", "planned", "happening", "happened", "unknown")
PARTS = ("danger", "acts", "forms", "signs")
"""Parts of the sealed answers, each code -> answer. Danger and acts first; the act and the form are asked apart."""


def _keys(act: Act) -> Any:
    if act.actor.keys is None:
        raise NotNow("vault_open")
    return act.actor.keys


def draft_of(case: Case) -> Screening | None:
    """The screening that is being written, if there is one."""
    return Screening.objects.filter(case=case, state_code="draft").order_by("-written_at").first()


@action("screening.record", on="case")
def start(act: Act, case: Case, *, signs: Iterable[str] = ()) -> Screening:
    """Begins a screening; signs seen at the registration are present already. One draft at a time."""
    if case.state_code not in ("draft", "open"):
        raise NotNow("case_open")
    known = draft_of(case)
    if known is not None:
        return known
    fields = {
        "danger": {},
        "acts": {},
        "forms": {},
        "signs": dict.fromkeys(signs, "present"),
        "from_register": list(signs),
    }
    assert act.actor.membership_id
    row = sealing.put(
        case,
        "screening",
        fields,
        holder=_keys(act),
        at=act.at,
        membership_id=act.actor.membership_id,
        kind="screening",
        coded={"state_code": "draft", "set_codes": list(sets_for(case.is_child, {}))},
    )
    assert isinstance(row, Screening)
    return row


@action("screening.record", on="case")
def save(act: Act, case: Case, *, seal_no: int, part: str, answers: Mapping[str, str]) -> Screening:
    """Keeps one page of answers. NotNow: from_state, version_same."""
    row = draft_of(case)
    if row is None:
        raise NotNow("from_state", state="completed")
    if row.seal_no != seal_no:
        raise NotNow("version_same", who=str(row.written_by), time=row.written_at.isoformat())
    if part not in PARTS:
        raise Invalid({"part": _("This field is not known.")})
    allowed = FORM_ANSWERS if part == "forms" else ANSWERS
    wrong = {code: _("Choose one of the answers.") for code, answer in answers.items() if answer not in allowed}
    if wrong:
        raise Invalid(wrong)
    keys = _keys(act)
    ((_row, fields),) = sealing.get([row], "screening", keys)
    fields[part] = {**fields.get(part, {}), **answers}
    assert act.actor.membership_id
    saved = sealing.put(
        case,
        "screening",
        fields,
        holder=keys,
        at=act.at,
        membership_id=act.actor.membership_id,
        row=row,
        coded={"set_codes": list(sets_for(case.is_child, fields["forms"]))},
    )
    assert isinstance(saved, Screening)
    return saved


@action("screening.record", on="case")
def complete(act: Act, case: Case) -> Screening:
    """Freezes the screening and lets it supersede the former one. NotNow: danger_answered, sets_by_age."""
    row = draft_of(case)
    if row is None:
        raise NotNow("from_state", state="completed")
    keys = _keys(act)
    ((_row, fields),) = sealing.get([row], "screening", keys)
    context = {
        "danger_answered": danger_answered(fields["danger"]),
        "sets_by_age": sets_by_age(row.set_codes, case.is_child, fields["forms"]),
    }
    take(SCREENING, "draft", "complete", "S", context)
    for former in Screening.objects.filter(case=case, state_code="completed"):
        former.state_code = "superseded"
        former.save(force_update=True, update_fields=["state_code"])
    row.state_code = "completed"
    row.completed_at = act.at
    row.save(force_update=True, update_fields=["state_code", "completed_at"])
    return row


@action("screening.record", on="case")
def discard(act: Act, case: Case) -> None:
    """Throws the draft away; a completed one stays."""
    row = draft_of(case)
    if row is None:
        raise NotNow("from_state", state="completed")
    row.state_code = "discarded"
    row.save(force_update=True, update_fields=["state_code"])
