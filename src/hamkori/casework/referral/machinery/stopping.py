"""Stopping what was sent before its desk can see it: the packet is deleted, and the draft stays."""

from __future__ import annotations

from django.db import transaction

from hamkori.casework.case.machinery import take
from hamkori.casework.case.machinery.notices import take_back
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.machinery import permits, steps
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.unseen import unseen
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.lifecycle import take as decide_step
from hamkori.refusal import NotNow
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted


def after_stop(referral: Referral, case: Case) -> None:
    """What follows the step: no notice of it stands, and its permit is that of a draft."""
    take_back(referral.pk)
    take.read_again(referral)
    permits.back_to_draft(referral, case)


def stop_unseen(case: Case) -> None:
    """Of a case whose person is a child from now on: each that stands on the yes of an adult and no desk can see yet.

    To be asked once the permits say so. What its desk sees meanwhile is the desk's.
    """
    for referral in unseen(case):
        try:
            if not permits.of_case(referral, case).as_adult:
                continue
        except (Untrusted, NotNow) as error:
            if isinstance(error, Untrusted):
                server.alarm(error)
            continue  # nobody opens it: whoever stops or ends it does so by hand
        try:
            with transaction.atomic():
                steps.lock_referral(referral)
                decide_step(REFERRAL, referral.state_code, "stop", Side.SENDER, {"not_yet_visible": True})
                steps.referral_take(referral, "stop", referral.version, {})
                after_stop(referral, case)
        except NotNow as refusal:
            if refusal.guard not in ("not_yet_visible", "from_state"):
                raise
