"""An action to try things with, and what the ledger then says."""

from datetime import datetime

from hamkori.action import Act, Action, action
from hamkori.audit.models import Ledger
from hamkori.casework.case.models import Case
from tests.database import god


def rows() -> list[Ledger]:
    with god():
        return list(Ledger.objects.order_by("id"))


def told() -> list[tuple[str, str, str]]:
    return [(row.action_code, row.decision_code, row.reason_code) for row in rows()]


def risk(case: Case) -> str:
    with god():
        return Case.objects.get(pk=case.pk).risk_code


def editing(refusal: BaseException | None = None) -> Action[..., datetime]:
    """An action that changes a case's risk, and is refused afterwards if so wished."""

    @action("case.edit", on="case")
    def edit(act: Act, case: Case, *, risk: str = "high") -> datetime:
        Case.objects.filter(pk=case.pk).update(risk_code=risk)
        if refusal is not None:
            raise refusal
        return act.at

    return edit
