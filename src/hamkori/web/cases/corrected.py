"""What a save corrected in summaries that were sent: what they show now, who was told, and who was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hamkori.casework.case.rules.said import said_of
from hamkori.casework.referral.queries.otherwise import otherwise
from hamkori.casework.referral.queries.put_right import told_last
from hamkori.web.words import lists
from hamkori.web.words.corrected import bodies, since

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import Referral


def of_facts(case: Case, before: Mapping[str, object]) -> str:
    """Of what they say of the person; '' where no summary says, or would say, anything else than `before`."""
    rest = not_told(case) if said_of(case) != before else ""
    return " ".join(filter(None, (since(case, case.edited_at), rest)))


def not_told(case: Case) -> str:
    """Who reads what was said before, as long as the person has not agreed again (ADR 156); '' where nobody does."""
    rest = [one.referral for one in otherwise(case) if not one.live]
    if not rest:
        return ""
    said = _(
        "Not told: %(whom)s. They still read what was said before, because the consent is not valid now. Ask the "
        "person again."
    )
    return said % {"whom": bodies(rest)}


def of_region(case: Case) -> list[str]:
    """Of the region, and that a meeting which is agreed stays."""
    told, rest = told_last(case, "region_changed"), not_told(case)
    if not told.referrals:
        return [rest] if rest else []
    said = _("Summaries that were sent show %(region)s now. Told: %(whom)s.")
    text = said % {"region": lists.label("region", case.region_code), "whom": bodies(told.referrals)}
    stays = _("The agreed meeting stays as it is: agree on another one if it no longer fits.")
    return [text, *([rest] if rest else []), *([stays] if any(map(_is_to_come, told.referrals)) else [])]


def _is_to_come(one: Referral) -> bool:
    agreed = one.state_code == "accepted" and one.arrival_on is not None and one.heard_code != "came"
    return agreed and one.missed_at is None
