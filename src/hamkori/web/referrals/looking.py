"""What the sender's page says of somebody who did not come: whether they are safe, before what comes next."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from hamkori.casework.case.queries.arrival_calls import is_there
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.casework.work.queries.looked_for import Looked, looked_now
from hamkori.web.kit import moments
from hamkori.web.words import Audience, arrival, calling, excluded, missing, sections

NOT_COME = ("miss", "did_not_come")
"""The receiver's step, and the sender's word."""


def looked_for(page: SenderPage) -> Looked | None:
    """Who is looked for since they did not come to this one. Asked only where somebody has said so."""
    if not any(one.step == "miss" or (one.step == "hear" and one.reason == "did_not_come") for one in page.taken):
        return None
    found = looked_now(page.case.pk)
    return found if found is not None and found.referral == page.referral.pk else None


def looking(page: SenderPage) -> dict[str, Any]:
    """The box about them; nothing where nobody is looked for."""
    found = looked_for(page)
    if found is None:
        return {"looked": None}
    holds = "contact" in page.holds and Side.SENDER in page.sides
    contact = f"{reverse('case', args=[page.case.code])}?open=contact#contact" if holds else ""
    part = {"part": sections.name("contact", Audience.SENDER)}
    return {
        "no_police": calling.no_police_in(page.case.pk),
        "looked": {
            "title": missing.title(found.step),
            "today": moments.day(today := timezone.localdate(page.at), today),
            "said": capfirst(missing.said_before(found)),
            "danger": " ".join(filter(None, (missing.danger(found), excluded.call_only("") if found.unwanted else ""))),
            "locked": str(missing.LOCKED) % part if contact else missing.WITH_TEAM,
            "contact_url": contact,
            "there": missing.heard(found.there, page.at),
            "came": arrival.heard("came", page.referral.service_code) if is_there(found.there) else "",
            "since": missing.since(found, page.at),
            "together": missing.TOGETHER if found.not_found_at is not None else "",
            "answers": missing.answers(),
            "read_at": page.at.isoformat(),
        },
    }
