"""What the page of a referral says of another that is asked for the same help, and of what was said there by telephone.

One place is enough, and nobody promises a second (ADR 0123).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.calls import counting
from hamkori.casework.referral.queries.others import Other, same_help
from hamkori.casework.referral.queries.referrals import SenderPage, body_name
from hamkori.casework.work.queries.no_place import was_for_a_place
from hamkori.web.kit import moments
from hamkori.web.words import lists
from hamkori.web.words import referral as words
from hamkori.web.words.calls import called


def rows(page: SenderPage, may: frozenset[str]) -> list[dict[str, Any]]:
    """Each with its number and organisation; `said`: the sentence, where the telephone or an answer has one. `cancels`:
    the number of that which can be cancelled beside it.
    """
    waits = page.referral.state_code == "sent"
    here = counting(page.calls) if waits else None
    yes_here = here is not None and here.answer == "said_yes"
    moot = bool(getattr(page.referral, "moot", ""))
    found = []
    for one in same_help(page):
        accepted = one.referral.state_code == "accepted"
        if moot and (accepted or one.said_yes):
            continue  # the first box names it
        said = _said(page, one, waits=waits, yes_here=yes_here)
        # Without a word on the telephone: the earlier, where this one waits, too; any, once it was accepted here.
        if not said and (accepted or Side.SENDER not in page.sides or (waits and one.later)):
            continue
        found.append(
            {
                "code": one.referral.code,
                "body": _body(one),
                "said": said,
                "called": called(one.call, page.at) if one.call is not None and not (accepted or one.said_yes) else "",
                "said_no": one.call is not None and one.call.answer == "said_no",
                "cancels": _cancels(page, one, may, yes_here=yes_here) if said else "",
            }
        )
    return found


def _cancels(page: SenderPage, one: Other, may: frozenset[str], *, yes_here: bool) -> str:
    """Which of the two: the one that is not needed beside a yes or a place here; of two alike this one. Of a place that
    was accepted for a later day whoever decides looks at it first.
    """
    if one.referral.state_code == "accepted":
        return ""
    here = page.referral.state_code
    is_that = not _still_lacks(page) if here == "accepted" else yes_here and one.referral.state_code == "sent"
    if is_that and not (yes_here and one.said_yes):
        return one.referral.code if Side.SENDER in page.sides else ""
    return page.referral.code if "recall" in may else ""


def _still_lacks(page: SenderPage) -> bool:
    """Whether a place is accepted here and, as that is for a later day, none for tonight."""
    return bool(getattr(page.origin, "lacks", False)) and was_for_a_place(page.origin)


def _body(one: Other) -> str:
    return body_name(one.referral.to_organisation, one.referral.to_organisation_id, lists.language())


def _said(page: SenderPage, one: Other, *, waits: bool, yes_here: bool) -> str:
    """The whole sentence; '' where nobody has said yes, and none was accepted."""
    found = one.referral
    slots = {"body": _body(one), "when": moments.moment(one.call.at, page.at) if one.call is not None else ""}
    if found.state_code == "accepted":
        slots["when"] = words.part_of_day(found.arrival_on, found.arrival_part_code, found.agreed_at, page.at)
        said = _("%(body)s has accepted the same help: %(when)s.")
        if yes_here:
            said = _(
                "%(body)s has accepted the same help: %(when)s. Once they confirm here, cancel what is not needed."
            )
    elif one.said_yes and not waits and _still_lacks(page):
        said = _(
            "%(body)s said yes by telephone (%(when)s), not confirmed in Hamkori yet. Once they accept, cancel what is "
            "not needed."
        )
    elif one.said_yes and (yes_here or not waits):
        said = _("%(body)s said yes by telephone, too (%(when)s). One is enough: cancel the other, and call them.")
    elif one.said_yes:
        said = _(
            "%(body)s said yes by telephone (%(when)s), not confirmed in Hamkori yet. Agree on nothing more here. Once "
            "they accept, cancel this one."
        )
    elif yes_here:
        said = _("%(body)s is asked for the same help, too. Once they confirm here, cancel that one, and call them.")
    else:
        return ""
    return said % slots
