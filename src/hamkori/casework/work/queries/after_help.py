"""What is still missing in the case of a referral whose help has ended: read beside it, without a query more.

Today has the same on top. That nothing more is to be done is true of one referral, and not of the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Subquery

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import undecided
from hamkori.casework.referral.rules.card import no_is_for
from hamkori.casework.referral.rules.stopped import EMERGENCY, STOPPED
from hamkori.casework.work.queries.beside import is_no, said_last, said_until
from hamkori.casework.work.queries.helped import in_need
from hamkori.casework.work.queries.no_doctor import ASKED_FOR
from hamkori.casework.work.queries.no_place import SHELTER, is_asked_to_stay, shelter_left
from hamkori.casework.work.queries.peace import lacks_doctor, lacks_place
from hamkori.casework.work.queries.shelter_ended import where_asked


def after_help(at: datetime) -> dict[str, Any]:
    """Beside the origin of a referral: what `Lacking` is made of."""
    asked = {"in_need": in_need(), "no_place": lacks_place(at), "stays": is_asked_to_stay(at), "ill": lacks_doctor()}
    emergency = ReferralOrigin.objects.filter(
        case=OuterRef("case_id"), referral__service_code=EMERGENCY, referral__state_code__in=STOPPED
    )
    return {
        **{name: ExpressionWrapper(one, BooleanField()) for name, one in asked.items()},
        "left": shelter_left(at),
        "emergency": Subquery(undecided(emergency).order_by("-referral__sent_at").values("referral__code")[:1]),
        "place_until": said_until(*SHELTER),
        "place_last": said_last(*SHELTER),
        "doctor_until": said_until(*ASKED_FOR),
        "doctor_last": said_last(*ASKED_FOR),
    }


@dataclass(frozen=True)
class Asked:
    """Whether the person agrees that somebody is asked for it now, or said no."""

    agrees: bool
    refused: bool


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """What Today has on top for the case. `emergency`: the number of the emergency care of which nobody is asked since
    it came to nothing; `stays`: in place of no place it is asked whether the person stays where they are;
    `sleeps`: or where they sleep, since help at a place has ended.
    """

    in_need: bool
    no_place: bool
    stays: bool
    sleeps: bool
    ill: bool
    emergency: str
    place: Asked
    doctor: Asked


def lacking(origin: Any, at: datetime) -> Lacking | None:
    """The same, read; None where it was not read beside it."""
    if not hasattr(origin, "emergency"):
        return None
    doctor = _asked(origin.doctor_last if no_is_for(origin.case.doctor_code) else None, origin.doctor_until, at)
    return Lacking(
        in_need=origin.in_need,
        no_place=origin.no_place,
        stays=origin.stays,
        sleeps=where_asked(origin.left) is not None,
        ill=origin.ill,
        emergency="" if doctor.refused else origin.emergency or "",
        place=_asked(origin.place_last, origin.place_until, at),
        doctor=doctor,
    )


def _asked(last: str | None, until: datetime | None, at: datetime) -> Asked:
    return Asked(agrees=until is not None and at < until, refused=is_no(last))
