"""No place for tonight: the referrals that ask for one; the button that says there is one is web/first/place.py."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from hamkori.casework.referral.rules.tonight import comes_later
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.directory.rules.suit import kinds


def asked(file: File) -> Sent | None:
    """The referral for a place that waits for an answer."""
    return next((one for one in for_one(file) if one.state == "sent"), None)


def for_one(file: File) -> list[Sent]:
    """The referrals for a place."""
    return [one for one in file.referrals if one.service in kinds([PLACE])]


def later(file: File) -> Sent | None:
    """The first that was accepted for a later day than today: until then it is no place."""
    today = timezone.localdate(file.now)
    found = [one for one in for_one(file) if comes_later(one.state, one.arrival_on, today, came=one.heard == "came")]
    return min(found, key=lambda one: place_from(one) or (today, ""), default=None)


def place_from(one: Sent | None) -> tuple[date, str] | None:
    """The day from which it is a place, and its part."""
    return (one.arrival_on, one.arrival_part) if one is not None and one.arrival_on is not None else None


def came_to(file: File) -> str:
    """Where the person was when their word ended the referral for a place, if that is what came last of all for one."""
    asked_for = {one.code for one in for_one(file)}
    steps = [one for one in file.steps if one.referral in asked_for]
    last = max(steps, key=lambda one: one.at, default=None)
    if last is None or last.step != "withdraw":
        return ""
    return last.body if any(one.step == "serve" and one.referral == last.referral for one in steps) else ""
