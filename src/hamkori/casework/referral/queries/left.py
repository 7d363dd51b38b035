"""Whether another organisation is left to be asked for the same help, known before a button leads there.

The page that asks another one (web/referrals/listed.py) stands on the same rules: `came_of` and `is_left`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypedDict
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, DateTimeField, F, Func, JSONField, OuterRef, Q, When
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries import place_noes
from hamkori.casework.referral.queries.calls import Calls, last_no, of_side
from hamkori.casework.referral.queries.stopped import group
from hamkori.casework.referral.rules.lifecycle import LIVE
from hamkori.casework.referral.rules.stopped import MISSED, STOPPED
from hamkori.directory.models import Service, ServiceArea
from hamkori.directory.offered import offered
from hamkori.directory.rules import suit
from hamkori.refusal import ENDED

ALWAYS = Q(referral__isnull=False)
WAITING = "sent"
PLACE = "safe_place"
FULL: Final = "full"
"""The one reason of a decline that another hour may change: there was no room."""
AGAIN_AFTER: Final = timedelta(hours=4)
"""So long after such a decline the same organisation is no way on for the same person: it would say the same. Ours."""
SAID_NO: Final = "said_no"
"""What came of asking where they said no on the telephone, and the referral was ended after that."""
OUT: Final = frozenset({"not_admitted", "full"})
"""Why nobody asks there again: it takes no such person, or its entry says that it is full."""


def came_of(going: str, ended: str) -> str:
    """What came of asking a service; '' of one that was not asked. `going`: the state of the newest referral that is on
    its way there; `ended`: how the last one there stopped. Of one that accepted, that the person did not come.
    """
    if going == WAITING or not ended:
        return going
    return ended if not going or ended == MISSED else going


def is_left(reasons: Collection[str], *, wanted: bool, same_body: bool) -> bool:
    """Whether a service that was not asked is a way on. `reasons`: why it may decline; `wanted`: it is neither the own
    organisation nor one that the person excluded; `same_body`: it is of one that was asked, and has to fit for certain.
    """
    return wanted and "not_admitted" not in reasons and not (same_body and reasons)


class Beside(TypedDict):
    """What `nobody_else` reads beside the origin of a referral."""

    offers: Combinable
    was_sent: Combinable
    read_at: Combinable
    place_noes: Combinable


def beside_origin(of: Q = ALWAYS) -> Beside:
    """For the query that reads the origins: who offers such help, or what a decline suggested, and what was sent in the
    same case. Read of those alone that `of` holds for.
    """
    asked, suggested = OuterRef("referral__service_code"), OuterRef("referral__suggested_service_code")
    offers = offered(Service.objects.annotate(group=group(F("service_code"))))
    offers = offers.filter(Q(group=group(asked)) | Q(service_code=suggested))
    areas = ServiceArea.objects.filter(service=OuterRef("pk"))
    offer = JSONObject(
        service="pk",
        body="organisation_id",
        code="service_code",
        region="region_code",
        areas=ArraySubquery(areas.values("area_code")),
        admits="admission_codes",
        languages="language_codes",
        full="is_full",
    )
    rows = ReferralOrigin.objects.filter(case=OuterRef("case_id")).exclude(referral__sent_at=None)
    names = {"service": "service_id", "body": "to_organisation_id", "code": "service_code", "state": "state_code"}
    row = JSONObject(
        **{name: f"referral__{column}" for name, column in names.items()},
        ended="referral__ended_at",
        missed="referral__missed_at",
        heard="referral__heard_code",
        arrival="referral__arrival_on",
        part="referral__arrival_part_code",
        referral="referral_id",
        sent="referral__sent_at",
        reason="referral__reason_code",
        agreed="referral__agreed_at",
        # What was said on the telephone outlives the referral that its sender ended.
        calls=Case(When(referral__state_code=ENDED, then=Calls("referral_id")), default=None, output_field=JSONField()),
    )
    return Beside(
        offers=Case(When(of, then=ArraySubquery(offers.values(one=offer)))),
        was_sent=Case(When(of, then=ArraySubquery(rows.order_by("referral__sent_at").values(one=row)))),
        read_at=Case(When(of, then=Func(function="hk_now", output_field=DateTimeField()))),
        place_noes=Case(When(of, then=place_noes.beside_origin())),
    )


class PhonesOf(Func):
    """Beside an origin: where the desks can be called that were asked in its case, for whoever refers."""

    template = "(select jsonb_object_agg(p.organisation_id, p.phone) from phones_for_referring(%(expressions)s) p)"
    output_field = JSONField()
    arity = 1


def phones_beside() -> PhonesOf:
    """For the page of one referral, which names them."""
    rows = ReferralOrigin.objects.filter(case=OuterRef("case_id")).exclude(referral__sent_at=None)
    return PhonesOf(ArraySubquery(rows.values("referral__to_organisation_id")))


def asked_since(pair: Any, since: datetime) -> list[tuple[str, datetime]]:
    """Other help that was asked for after this one stopped, and when: the first need still has nobody."""
    rows = [(one, datetime.fromisoformat(one["sent"])) for one in pair.was_sent or ()]
    return [
        (one["code"], at)
        for one, at in rows
        if at > since and one["referral"] != str(pair.referral.pk) and one["state"] != ENDED
    ]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An organisation that was asked for such help in this case: what came of it, when that was, and why."""

    referral: UUID
    body: UUID
    came: str
    at: datetime
    reason: str
    comes: tuple[date, str] | None
    """Of a place that was accepted, and where nobody is said to have come: the agreed day, and its part."""


def asked_besides(pair: Any) -> list[Asked]:
    """Who else was asked for the help of this referral, each organisation once; of what was read with
    `beside_origin`.
    """
    found: dict[str, Asked] = {}
    for offer in pair.offers or ():
        came = _came_of(offer, pair.was_sent)
        last = _there(offer, pair.was_sent)[-1] if came else None
        if last is not None and last["referral"] != str(pair.referral.pk):
            when = last["ended"] if came in STOPPED and last["ended"] else last["sent"]
            no = _no_there([last]) if came == SAID_NO else None
            reason = last["reason"] if came in STOPPED else ""
            found[last["body"]] = Asked(
                referral=UUID(last["referral"]),
                body=UUID(last["body"]),
                came=came,
                at=no or datetime.fromisoformat(when),
                reason=reason,
                comes=_comes(last),
            )
    return [*found.values()]


def _comes(last: Mapping[str, Any]) -> tuple[date, str] | None:
    there = last["heard"] == "came" and last["missed"] is None
    agreed = last["state"] == "accepted" and last["arrival"] and not there
    return (
        (date.fromisoformat(last["arrival"]), last["part"]) if agreed and last["code"] in suit.kinds([PLACE]) else None
    )


def nobody_else(pair: Any) -> bool:
    """Whether nobody is left to be asked, of an origin that was read with `beside_origin`; of others it is not said.

    The district, which is for the distance, and whom the person excluded are left to the page.
    """
    return pair.offers is not None and not _others(pair) and again(pair) is None


@dataclass(frozen=True)
class Again:
    """A service that had no room when it was asked for this person, hours ago. `name`: of the organisation. `since`:
    when it was asked once more in this case, and when that referral ended before anybody there answered.
    """

    service: UUID
    body: UUID
    at: datetime
    name: str = ""
    since: tuple[datetime, datetime] | None = None


def again(pair: Any) -> Again | None:
    """Who alone is left to be asked, and declined before: the longest ago. None where another one is left, or nobody.

    What the person is does not rule it out, and its entry does not say that it is full.
    """
    if pair.offers is None or _others(pair):
        return None
    person, own = _person(pair), str(pair.referral.from_organisation_id)
    found = []
    for one in pair.offers:
        came = _came_of(one, pair.was_sent)
        if came != "declined" or one["body"] == own or not OUT.isdisjoint(_reasons(one, person)):
            continue
        last = [row for row in pair.was_sent if _is_same(one, row) and _stopped(row)][-1]
        at = datetime.fromisoformat(last["ended"])
        if (no := place_noes.no_of(pair.place_noes, one["body"])) is not None and no + AGAIN_AFTER > pair.read_at:
            continue  # of a place that was found there they said no by telephone since
        if may_ask_again(came, last["reason"], at, pair.read_at):
            since = _ended_since(one, pair.was_sent, at)
            found.append(Again(UUID(one["service"]), UUID(one["body"]), at, since=since))
    return min(found, key=lambda one: one.at, default=None)


def _ended_since(
    offer: Mapping[str, Any], sent: Sequence[Mapping[str, Any]], at: datetime
) -> tuple[datetime, datetime] | None:
    """The newest referral there that its sender's side ended after `at`: when it was sent, and when that was."""
    ended = [one for one in sent if _is_same(offer, one) and one["state"] == ENDED and one["ended"] is not None]
    times = [(datetime.fromisoformat(one["sent"]), datetime.fromisoformat(one["ended"])) for one in ended]
    return max((one for one in times if one[0] > at), default=None)


def may_ask_again(came: str, reason: str, at: datetime, now: datetime) -> bool:
    """Whether one that came to this then may be asked once more: it had no room, and that was hours ago."""
    return came == "declined" and reason == FULL and at + AGAIN_AFTER <= now


def _others(pair: Any) -> bool:
    """Whether one is left that was not asked. Who said no on the telephone hours ago may be asked once more."""
    asked = [
        one
        for one in pair.offers
        if (came := _came_of(one, pair.was_sent))
        and not (came == SAID_NO and (_no_to(one, pair.was_sent) or pair.read_at) + AGAIN_AFTER <= pair.read_at)
    ]
    bodies, own, person = {one["body"] for one in asked}, str(pair.referral.from_organisation_id), _person(pair)
    return any(
        is_left(_reasons(one, person), wanted=one["body"] != own, same_body=one["body"] in bodies)
        for one in pair.offers
        if one not in asked
    )


def _person(pair: Any) -> suit.Person:
    case = pair.case
    return suit.Person(
        case.region_code or None, None, case.sex_code or None, case.age_band_code or None, case.language_code or None
    )


def _came_of(offer: Mapping[str, Any], sent: Sequence[Mapping[str, Any]]) -> str:
    """`came_of` of one service; the rows stand in the order in which they were sent."""
    there = _there(offer, sent)
    same = [one for one in there if _is_same(offer, one)]
    going = next((one["state"] for one in reversed(there) if one["state"] in LIVE), "")
    ended = next((how for one in reversed(same) if (how := _stopped(one))), "")
    return came_of(going, SAID_NO if _no_there(same) is not None else ended)


def _no_to(offer: Mapping[str, Any], sent: Sequence[Mapping[str, Any]]) -> datetime | None:
    return _no_there([one for one in sent if _is_same(offer, one)])


def _no_there(sent: Sequence[Mapping[str, Any]]) -> datetime | None:
    """When they said no on the telephone to what was sent there last and was ended after it; None: they did not."""
    if not sent or sent[-1]["state"] != ENDED:
        return None
    agreed = sent[-1]["agreed"]
    no = last_no(of_side(sent[-1]["calls"]), datetime.fromisoformat(agreed) if agreed else None)
    return no.at if no is not None else None


def _is_same(offer: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    """Of the same organisation the same help, whichever entry of the directory it went to."""
    return (one["body"], one["code"]) == (offer["body"], offer["code"])


def _there(offer: Mapping[str, Any], sent: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What was sent there, the newest last."""
    return [one for one in sent if one["service"] == offer["service"] or _is_same(offer, one)]


def _stopped(one: Mapping[str, Any]) -> str:
    """As `stop` says it of a referral."""
    if one["state"] in STOPPED and one["ended"] is not None:
        return str(one["state"])
    not_come = one["missed"] is not None or one["heard"] == "did_not_come"
    return MISSED if one["state"] == "accepted" and not_come else ""


def _reasons(offer: Mapping[str, Any], person: suit.Person) -> tuple[str, ...]:
    areas, admits, languages = (frozenset(offer[name]) for name in ("areas", "admits", "languages"))
    return suit.reasons(suit.Offer(offer["region"], areas, admits, languages, offer["full"]), person)
