"""What a save corrected in summaries that were sent: what they show now, and who was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hamkori.casework.case.rules.said import said_of
from hamkori.casework.referral.queries.put_right import told_last
from hamkori.casework.referral.queries.referrals import body_name
from hamkori.web.words import facts, lists

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import Referral


def of_facts(case: Case, before: Mapping[str, object]) -> str:
    """Of what they say of the person; '' where nothing of it is another than `before`."""
    if said_of(case) == before:
        return ""
    told = told_last(case, "facts_changed")
    if not told.referrals:
        return ""
    said = _("Summaries that were sent show this now: %(what)s. Told: %(whom)s.")
    return said % {"what": facts.names(told.names), "whom": _bodies(told.referrals)}


def of_region(case: Case) -> list[str]:
    """Of the region, and that a meeting which is agreed stays."""
    told = told_last(case, "region_changed")
    if not told.referrals:
        return []
    said = _("Summaries that were sent show %(region)s now. Told: %(whom)s.")
    text = said % {"region": lists.label("region", case.region_code), "whom": _bodies(told.referrals)}
    stays = _("The agreed meeting stays as it is: agree on another one if it no longer fits.")
    return [text, *([stays] if any(map(_is_to_come, told.referrals)) else [])]


def _is_to_come(one: Referral) -> bool:
    agreed = one.state_code == "accepted" and one.arrival_on is not None and one.heard_code != "came"
    return agreed and one.missed_at is None


def _bodies(referrals: tuple[Referral, ...]) -> str:
    named = (body_name(one.to_organisation, one.to_organisation_id, lists.language()) for one in referrals)
    return ", ".join(dict.fromkeys(named))
