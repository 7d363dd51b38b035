"""The person is a child and agreed as an adult: what is to be asked, and what of it goes on until then."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from hamkori.casework.referral.queries.effects import OPEN
from hamkori.casework.referral.queries.referrals import SenderPage, body_name
from hamkori.web.words import agreed_before, lists, red


def asks_child(page: SenderPage, state: str) -> dict[str, Any]:
    """The box that asks for consent again; of a referral that goes on also until when, and where it is ended."""
    if not page.asks_child:
        return {}
    found, until = page.referral, page.until
    shown: dict[str, Any] = {"asks_child": {"title": red.ask_again(child=True), "text": red.NOTHING_NEW}}
    if not page.as_adult or until is None or state not in OPEN:
        return shown
    to = body_name(found.to_organisation, found.to_organisation_id, lists.language())
    said = agreed_before.to_sender(state, to, until, page.at)
    return {**shown, "agreed_before": [(said, reverse("referral_withdraw", args=[found.code]))]}
