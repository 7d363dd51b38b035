"""What she wants a body to know, in her own words, and the signs she may choose to send: opening them is an act."""

from __future__ import annotations

from uuid import UUID

from hamkori.action import Disclosure, disclosure
from hamkori.casework.case.machinery import own_row, sealing
from hamkori.casework.case.models import Case, Need, Screening
from hamkori.refusal import NotAllowed


def _held(act: Disclosure, case: Case, section: str) -> None:
    if section not in own_row.on_team(act.actor, case.pk).sections:
        raise NotAllowed("section.open")


@disclosure("section.open", on="case")
def open_agreed_text(act: Disclosure, case: Case, *, referral: UUID) -> str:
    """The text agreed for one referral; '' if none was written. NotNow("vault_open") while sealed."""
    _held(act, case, "needs")
    keys = act.disclose(section="needs", case_id=case.pk)
    rows = Need.objects.filter(case=case, kind_code="agreed_text", referral_id=referral)
    opened = sealing.get(case.pk, "needs", rows, keys, referral_id=referral)
    return str(opened[0][1].get("agreed_text", "")) if opened else ""


@disclosure("section.open", on="case")
def open_present_signs(act: Disclosure, case: Case) -> list[str]:
    """Codes of the signs that are present in the newest completed screening, to choose from one by one."""
    _held(act, case, "screening")
    keys = act.disclose(section="screening", case_id=case.pk)
    row = Screening.objects.filter(case=case, state_code="completed").order_by("-completed_at").first()
    if row is None:
        return []
    ((_row, answers),) = sealing.get(case.pk, "screening", [row], keys)
    return [code for code, answer in answers.get("signs", {}).items() if answer == "present"]
