"""One person, one place: further rows of a case are lines of its first row; of a supervisor's the first that may tells
the team (ADR 0164).
"""

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hamkori.casework.referral.queries.goes_on import PLACES
from hamkori.casework.work.queries import supervised
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.rules.worklist import COMES
from hamkori.web.today import buttons, calls

Rows = tuple[Due, ...]
Key = TypeVar("Key")
APART: Final = ("danger", "unread", "calls", "here")
"""Lists of which each row stands: danger, who is called now, one call each, and who sleeps in the house."""
ONE_CALL: Final = "coordinator"
"""Of one person all that the coordinator is called about: one row, with the others as its lines."""


def leads(lists: Mapping[str, Rows], *, of_team: bool) -> dict[str, Rows]:
    """The lists of the page with one row for each case, the others being lines of it. `of_team`: as they stand before
    whoever only supervises, where what is missing is above what is in time.
    """
    if not of_team:
        return folded(lists)
    found = folded({(group, card): rows for group, card, rows in supervised.by_group(lists)})
    return {card: tuple(row for (_group, of), rows in found.items() if of == card for row in rows) for card in lists}


def beneath(leads: Mapping[str, Rows], cases: Container[str]) -> tuple[dict[str, Rows], dict[str, Rows]]:
    """The lists without the rows of these cases that are of who has no place for tonight; and those rows by their case,
    the most urgent first. They stand under what is graver, each with its number and the answers to its call (ADR 216).
    """
    under: dict[str, Rows] = {}
    for card, rows in leads.items():
        for one in rows:
            if card != "danger" and one.case in cases and (one.no_place or one.awaits_place):
                under[one.case] = (*under.get(one.case, ()), one)
    taken = {id(one) for rows in under.values() for one in rows}
    return {card: tuple(one for one in rows if id(one) not in taken) for card, rows in leads.items()}, under


def told_once(lists: Mapping[Key, Rows]) -> dict[Key, Rows]:
    """The lists with one row or line for each case that tells its team: the first on the page, of whatever it is."""
    told: set[str] = set()

    def marked(row: Due) -> Due:
        again = buttons.tells(row) and row.case in told
        told.update([row.case] if buttons.tells(row) else ())
        return replace(row, told_above=again, lines=tuple(map(marked, row.lines)))

    return {card: tuple(map(marked, rows)) for card, rows in lists.items()}


def folded(lists: Mapping[Key, Rows]) -> dict[Key, Rows]:
    """The lists in the order of the page, with each further row of a case as a line of its first row, the gravest.

    What a supervisor says themselves has a list of its own, and is folded there. What is folded already stays so.
    """
    found: dict[Key, list[Due]] = {key: [] for key in lists}
    first: dict[object, tuple[Key, int]] = {}
    for key, rows in lists.items():
        group, card = key if isinstance(key, tuple) else ("", key)
        for row in rows:
            code, one_call = row.case or row.own_case, calls.is_for_coordinator(row)
            whose: object = (group == supervised.HERS, code)
            at = first.get((whose, ONE_CALL) if one_call else whose)
            above, number = at or (key, 0)
            lead = found[above][number] if at is not None else None
            if lead is not None and (one_call or _is_line(row, card, lead)):
                found[above][number] = replace(lead, lines=(*lead.lines, row))
                continue
            if code:
                first.setdefault(whose, (key, len(found[key])))
            if code and one_call:
                first.setdefault((whose, ONE_CALL), (key, len(found[key])))
            found[key].append(row)
    return {key: tuple(map(_led_by_place, rows)) for key, rows in found.items()}


def _led_by_place(lead: Due) -> Due:
    """The row of a person, headed by the place that is missing tonight, where that is a line of what stands first."""
    beds = [one for one in lead.lines if one.no_place or one.awaits_place]
    if not beds or lead.no_place or lead.awaits_place or not lead.ill or lead.has_danger:
        return lead
    return replace(beds[0], lines=(replace(lead, lines=()), *(one for one in lead.lines if one is not beds[0])))


def whole(rows: Rows) -> Rows:
    """These rows and their lines."""
    return tuple(each for one in rows for each in (one, *one.lines))


def _is_line(row: Due, card: object, lead: Due) -> bool:
    """Whether a row may be a line of another one, `lead`. Whom to call has a row of its own, with the number and what
    came of the call. What the person said no to stands below their row only where that calls somebody, or asks whether
    it was theirs.
    """
    if card == "said_no" and not (lead.calls_now or lead.danger or lead.brought):
        return False
    return bool(row.case) and card not in APART and not (row.calls_now or buttons.is_called(row))


def is_same_place(one: Due, lead: Due) -> bool:
    """Whether a line and its row are of two referrals for a place that one organisation accepted: it is one place."""
    accepted = one.what == lead.what == COMES and one.referral != lead.referral
    return accepted and bool(one.body) and one.body == lead.body and {one.service, lead.service} <= {*PLACES}


def one_place(said: SafeString) -> SafeString:
    """Beside such a line, which has no button of its own."""
    same = _("the same place as above, for one person: cancel one of the two referrals")
    return format_html("<b>{}</b>\u00a0· {}", same, said) if said else format_html("<b>{}</b>", same)
