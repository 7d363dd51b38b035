"""The own organisation among who can help: nothing is sent to it, a colleague is added; and a place that it has."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries import cases
from hamkori.casework.referral.queries.goes_on import PLACES
from hamkori.refusal import NotNow
from hamkori.web.kit.refusals import sentence
from hamkori.web.referrals import apart

if TYPE_CHECKING:
    from hamkori.directory.queries import Suitable
    from hamkori.web.referrals.choosing import Screen

GUARD: Final = "not_own_body"
HAVE_PLACE: Final = gettext_lazy("You have a place yourselves")


def said(one: Suitable) -> str:
    """What its row says where no colleague can be added here; '' of another organisation."""
    return sentence(NotNow(GUARD)) if one.own_body else ""


def colleague_at(screen: Screen) -> str:
    """Where a colleague is added; '' for who may not now, and where the own organisation is not among them."""
    if not any(one.own_body for one in screen.found):
        return ""
    case = cases.of_code(screen.actor, screen.known.case.code)
    return reverse("admit", args=[case.code]) if cases.standing(case).may("admit", case.state_code) else ""


def has_place(screen: Screen, one: Suitable) -> bool:
    """Whether it is a place of the own organisation that nothing speaks against, and that the person may have."""
    free = one.own_body and one.listing.service_code in PLACES and not one.reasons
    return free and not (apart.gets_nothing(screen, one) or one.listing.id in screen.refused)


def or_others(can_be_asked: Collection[Suitable]) -> str:
    """Below it: that nothing is sent for a place with us, and whether others can be asked all the same."""
    if can_be_asked:
        return _("Nothing is sent for a place of your own. Others are below: they may decline.")
    return _("Nothing is sent for a place of your own.")
