"""Of a referral that is over: who has the person by another one, or said yes. Nobody else is put forward then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hamkori.casework.case.queries.place_said import recorded_at
from hamkori.casework.referral.queries import promised as promises
from hamkori.casework.referral.queries.calls import last_no
from hamkori.casework.referral.queries.others import Other, instead_of, yes_elsewhere
from hamkori.casework.referral.queries.referrals import SenderPage, body_name
from hamkori.casework.work.queries.no_place import was_for_a_place
from hamkori.casework.work.queries.place_tonight import placed
from hamkori.people.queries import organisations
from hamkori.refusal import ENDED
from hamkori.web.kit import moments
from hamkori.web.words import desk_phone, lists, place_told, red
from hamkori.web.words import referral as words
from hamkori.web.words.stays import is_home

if TYPE_CHECKING:
    from hamkori.casework.case.models import CaseStep

ELSEWHERE = "placed_elsewhere"
"""The reason of a cancelling with which somebody said that help was found elsewhere."""


@dataclass(frozen=True)
class Instead:
    """That another one has the person: whose page leads on, and in which words. '' for both: it was found elsewhere."""

    said: str = ""
    url: str = ""


def instead(page: SenderPage) -> Instead | None:
    """None where another organisation is to be asked. A place that was accepted for a later day is none for tonight."""
    lacks = bool(getattr(page.origin, "lacks", False)) and was_for_a_place(page.origin)
    if (one := instead_of(page, lacks=lacks)) is not None:
        return Instead(said_of(page, one), reverse("referral", args=[one.referral.code]))
    found = page.referral
    elsewhere = found.state_code == ENDED and found.sender.reason_code == ELSEWHERE
    if not lacks and was_for_a_place(page.origin) and (place := placed(page.case, page.at)) is not None:
        body = next((one.name(lists.language()) for one in organisations() if one.id == place.organisation_id), "")
        where = place_told.place(body, place.reason_code)
        return Instead(_("The person has a place tonight: %(place)s.") % {"place": where})
    return Instead() if elsewhere and not lacks else None


def promised(page: SenderPage) -> dict[str, Any]:
    """Of one that said no on the telephone: who said yes there for the same night, so that nobody calls about the no,
    where they are called, the page of that one, and whether it is only said; or that a place was found otherwise;
    nothing of all others.
    """
    no = last_no(page.calls, page.referral.agreed_at)
    moot = getattr(page.referral, "moot", "")
    if no is not None and not moot and (place := found_elsewhere(page)) is not None:
        when = moments.moment(recorded_at(page.case) or place.at, page.at)
        return {"moot": _("A place was found elsewhere (%(when)s): cancel this referral") % {"when": when}}
    waits = page.referral.state_code == "sent" and moot == red.PROMISED
    one = yes_elsewhere(page) if waits else None
    if one is None:
        return {}
    theirs = promises.promised(one.referral.pk)
    return {
        "moot": said_of(page, one).rstrip("."),
        "moot_phone": desk_phone.said(theirs.phone if theirs is not None else ""),
        "moot_url": reverse("referral", args=[one.referral.code]),
        "moot_unsure": one.referral.state_code == "sent",
    }


def found_elsewhere(page: SenderPage) -> CaseStep | None:
    """Of one for a place that still waits: the place that was found otherwise for this night, and is one."""
    one = page.referral
    if one.state_code != "sent" or not was_for_a_place(page.origin) or getattr(page.origin, "lacks", False):
        return None
    place = placed(page.case, page.at)
    return place if place is not None and place.organisation_id != one.to_organisation_id else None


def tonight_there(page: SenderPage) -> str:
    """Of one who is expected on a later day where a place for tonight was found by telephone since: which of the two
    counts nobody has said, and what is written is of before; '' of all others.
    """
    one = page.referral
    on, agreed_at = one.arrival_on, one.agreed_at
    if one.state_code != "accepted" or on is None or agreed_at is None or on <= timezone.localdate(page.at):
        return ""
    place = placed(page.case, page.at) if was_for_a_place(page.origin) else None
    if place is None or place.organisation_id != one.to_organisation_id or place.at <= agreed_at:
        return ""
    return _(
        "They said yes for tonight by telephone (%(when)s). Day, hour and meeting point below are of before: agree "
        "with them which counts, then tell the person."
    ) % {"when": moments.moment(place.at, page.at)}


def said_of(page: SenderPage, one: Other) -> str:
    """That this one has the person, expects them, or said yes on the telephone alone."""
    found = one.referral
    slots = {"body": body_name(found.to_organisation, found.to_organisation_id, lists.language())}
    if found.state_code == "serving":
        if is_home(found.service_code):
            return _("The person is at %(organisation)s.") % {"organisation": slots["body"]}
        return _("%(organisation)s helps the person already.") % {"organisation": slots["body"]}
    if found.state_code == "accepted":
        slots["when"] = words.part_of_day(found.arrival_on, found.arrival_part_code, found.agreed_at, page.at)
        return _("%(body)s has accepted the same help: %(when)s.") % slots
    slots["when"] = moments.moment(one.call.at, page.at) if one.call is not None else ""
    return _("%(body)s said yes by telephone (%(when)s), not confirmed in Hamkori yet: call them.") % slots
