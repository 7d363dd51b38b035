"""What was corrected in summaries that were sent: what they show now, and who was told; and what a yes would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hamkori.casework.referral.queries.otherwise import of_all, otherwise
from hamkori.casework.referral.queries.put_right import told_last
from hamkori.casework.referral.queries.referrals import body_name
from hamkori.web.words import facts, lists

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import Referral


def since(case: Case, at: datetime | None) -> str:
    """What was corrected from that moment on: by a save, or once the person had agreed again; '' where nothing was."""
    told = told_last(case, "facts_changed", at)
    if not told.referrals:
        return ""
    said = _("Summaries that were sent show this now: %(what)s. Told: %(whom)s.")
    return said % {"what": facts.now(told.names, case), "whom": bodies(told.referrals)}


def with_a_yes(case: Case) -> str:
    """Before the person is asked again: what a yes tells besides, and whom (ADR 156); '' where nothing waits for it."""
    rest = tuple(one for one in otherwise(case) if not one.live)
    if not rest:
        return ""
    said = _(
        "With a yes to their help the summary also says what has changed since: %(what)s. These read it then: "
        "%(whom)s. Tell the person before you ask."
    )
    return said % {"what": facts.names(of_all(rest)), "whom": bodies(one.referral for one in rest)}


def bodies(referrals: Iterable[Referral]) -> str:
    """The organisations to which these were sent, each once."""
    named = (body_name(one.to_organisation, one.to_organisation_id, lists.language()) for one in referrals)
    return ", ".join(dict.fromkeys(named))
