"""What stands at the top of a referral's page for who received it: people, agreed time, dates, reasons."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hamkori.casework.referral.queries.meeting import told_before
from hamkori.casework.referral.queries.received import Received
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.received import kept, meet, wanted
from hamkori.web.words import asked, calling, lists, steps
from hamkori.web.words import received as words

SHOWS_RESULT = ("finished", "disputed", "confirmed")


def rows(received: Received, line: dict[str, Any] | None = None) -> list[tuple[str, object]]:
    """Who meets the person and when; once that is over, when it came, was answered and ended, and what was said.

    `line`: what was opened of hour and place.
    """
    referral, at = received.referral, received.at
    found: list[tuple[str, object]] = []
    asks = [(_("Telephone of the sender"), calling.sender_phone(wanted.phone(received)))]
    if received.state in ("accepted", "serving"):
        found += _two_ages(received)
        found.append((_("Who meets the person"), words.team(received.workers) or _("Nobody is named")))
        if received.state == "accepted":
            if not (line and line.get("hour")):  # else it stands with what was opened
                found.append((words.agreed_time(), words.agreed(received, line)))
            found += [*_told_before(received), *wanted.until_then(received), *meet.rows(received)]
        found += [*wanted.doctor(received), (_("From"), words.sender(referral)), *asks]
        return found  # when it came, was answered and began stands in what happened
    if referral.arrival_on is not None and kept.is_kept(received):  # who is to be there reads when
        found.append((words.agreed_time(), words.agreed_day(received)))
    dates = [(_("Referral received"), referral.visible_at)]
    if not received.events:  # what happened says the rest
        dates += [
            (_("Answered"), referral.answered_at),
            (_("Help began"), referral.served_at),
            (_("Finished"), referral.finished_at if received.state in SHOWS_RESULT else None),
            (_("Ended"), referral.ended_at),
        ]
    found += [(name, moments.moment(when, at)) for name, when in dates if when is not None]
    return [*found, *_said(received), *(asks if received.state == "disputed" else ())]


def _told_before(received: Received) -> list[tuple[str, object]]:
    """Beside the agreed time: that the person was told another one, and may come then."""
    told = told_before(received.referral)
    return [(_("What the person knows"), capfirst(words.told_before(told, received.at)))] if told is not None else []


def _two_ages(received: Received) -> list[tuple[str, object]]:
    """What the sender and the own case say of the person, where that is not the same."""
    card, own = received.card, received.own_age
    if card is None or own in ("", "unknown", card.age_band_code):
        return []
    said = ((_("The sender says"), card.age_band_code), (_("Your own case says"), own))
    return [(name, asked.person(card.sex_code, age)) for name, age in said]


SAID = {"declined": "decline", "unaccepted": "unaccept", "finished": "finish"}
"""State -> the step whose reason the own side gave."""


def _said(received: Received) -> list[tuple[str, object]]:
    """What the own side said when it ended: why, and what could help instead."""
    referral = received.referral
    if received.state == "finished" and referral.result_code != "not_given":
        return []
    why = steps.reason(SAID.get(received.state, ""), referral.reason_code)
    rows: list[tuple[str, object]] = [(_("Reason"), why)] if why else []
    if received.state == "declined" and referral.suggested_service_code in codelist("service"):
        rows.append((_("You suggested"), lists.label("service", referral.suggested_service_code)))
    return rows
