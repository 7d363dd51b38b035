"""No place for tonight: whether it is missing because the person's word ended one; the button is web/first/place.py."""

from __future__ import annotations

from datetime import datetime

from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.no_place import NOTHING, PLACE
from hamkori.directory.rules.suit import kinds


def asked(file: File) -> Sent | None:
    """The referral for a place that waits for an answer."""
    return next((one for one in for_one(file) if one.state == "sent"), None)


def for_one(file: File) -> list[Sent]:
    """The referrals for a place."""
    return [one for one in file.referrals if one.service in kinds([PLACE])]


def taken_back(file: File) -> datetime | None:
    """When the person's word ended a place that was accepted; None once it was said that nothing is needed."""
    had = {one.code for one in for_one(file) if one.agreed_at is not None}
    ends = [one.at for one in file.steps if one.step == "withdraw" and one.referral in had]
    last, edited = max(ends, default=None), file.case.edited_at
    answered = NOTHING in file.case.need_tonight_codes and last is not None and edited is not None and edited > last
    return None if answered else last
