"""No place for tonight: whether it is missing because the person's word ended one; the button is web/first/place.py."""

from __future__ import annotations

from datetime import datetime

from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.no_place import FOUND, PLACE
from hamkori.directory.rules.suit import kinds


def asked(file: File) -> Sent | None:
    """The referral for a place that waits for an answer."""
    return next((one for one in for_one(file) if one.state == "sent"), None)


def for_one(file: File) -> list[Sent]:
    """The referrals for a place."""
    return [one for one in file.referrals if one.service in kinds([PLACE])]


def taken_back(file: File) -> datetime | None:
    """When the person's word ended a place that was accepted; None once "A place was found" was pressed after it."""
    had = {one.code for one in for_one(file) if one.agreed_at is not None}
    ends = [one.at for one in file.steps if one.step == "withdraw" and one.referral in had]
    last = max(ends, default=None)
    return None if last is None or any(one.step == FOUND and one.at > last for one in file.steps) else last
