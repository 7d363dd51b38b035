"""Rows of services as both pages of choosing draw them: what holds of all is said once, and who cannot be asked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hamkori.people.queries import phones_for_referring
from hamkori.web.referrals.held import for_others
from hamkori.web.words import calling, lists

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hamkori.directory.queries import Suitable
    from hamkori.web.referrals.choosing import Screen

FULL, NOT_TAKEN = "full", "not_admitted"
FAR = "other_region"


def against(one: Suitable) -> list[str]:
    """Why it does not take this person, or why it may decline; that it is full its tag says."""
    if NOT_TAKEN in one.reasons:
        whom = lists.labels("admission_group", one.listing.admits)
        return [_("It does not take this person. It takes: %(whom)s.") % {"whom": lists.inside(whom)}]
    return _may_decline(one.reasons) if set(one.reasons) - {FULL} else []


def _may_decline(reasons: Iterable[str]) -> list[str]:
    said = lists.inside(lists.labels("decline_reason", reasons))
    return [_("It may decline: %(reasons)s.") % {"reasons": said}]


def read_apart(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a list: where one organisation has several, each begins with its kind of help."""
    found = list(rows)
    of = Counter(row["of_body"] for row in found)
    return [{**row, **row["apart"]} if of[row["of_body"]] > 1 else row for row in found]


def lines(one: Suitable) -> dict[str, Any]:
    """The two lines with which a row begins, and what its button is called: who, and then what; `apart`: where the same
    organisation has another row beside it.
    """
    name, service = one.listing.body.text, one.listing.name.text
    both = _("%(help)s, %(organisation)s") % {"help": service, "organisation": name}
    return {
        "first": name,
        "second": service,
        "called": name,
        "apart": {"first": service, "second": name, "called": both},
    }


def together(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """The rows, and the sentence above them: for what all that can be asked may decline, so that no row says it."""
    asked = [row for row in rows if row["may"]]
    found = [{*row["reasons"]} for row in asked]
    common = set.intersection(*found) - {FULL} if len(found) > 1 else set[str]()
    if not common or any(NOT_TAKEN in one for one in found):
        return rows, ""
    ordered = [one for one in asked[0]["reasons"] if one in common]
    said = _("These may decline: %(reasons)s.") % {"reasons": lists.inside(lists.labels("decline_reason", ordered))}
    return [_without(row, common) if row["may"] else row for row in rows], said


def _without(row: dict[str, Any], common: set[str]) -> dict[str, Any]:
    """A row that says only what else speaks against it."""
    left = [one for one in row["reasons"] if one not in common]
    rest = _may_decline(left) if {*left} - {FULL} else []
    notes = [said for note in row["notes"] for said in (rest if note in row["against"] else [note])]
    return {**row, "notes": notes}


def of_others(screen: Screen, most: int) -> list[dict[str, Any]]:
    """Services for the other sex alone: named with the reason, the number, and no button (ADR 115)."""
    found = for_others(screen)[:most]
    phones = phones_for_referring({one.listing.organisation_id for one in found}) if found else {}
    return [_named(one, phones.get(one.listing.organisation_id, "")) for one in found]


def _named(one: Suitable, phone: str) -> dict[str, Any]:
    notes = [*against(one), *number(one, phone)]
    return {"name": one.listing.body.text, **lines(one), "notes": notes, "may": False}


def number(one: Suitable, phone: str) -> list[str]:
    """Where one that cannot be asked here is called; of one in this region also that no number is recorded."""
    if phone:
        return [calling.at(phone)]
    return [] if one.distance == FAR else [calling.none()]
