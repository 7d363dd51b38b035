"""Which organisation said yes on the telephone to a place for tonight; and what came of the call that nobody comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import require
from hamkori.casework.case.actions import place as act
from hamkori.casework.case.queries import cases
from hamkori.casework.case.queries.place_said import recorded, recorded_at
from hamkori.casework.case.queries.place_told import PlaceTold, asked_now
from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.casework.consent.queries.agreed import agreed
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.casework.work.queries.place_asked import noes
from hamkori.directory.queries import Suitable, suitable
from hamkori.directory.rules.suit import kinds
from hamkori.people.queries import organisations
from hamkori.refusal import NotNow
from hamkori.web.kit import moments
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.words import lists, place_told, sections
from hamkori.web.words.ways import to_case

if TYPE_CHECKING:
    from datetime import datetime

    from hamkori.casework.case.models import Case

UNLISTED: Final = "another"
"""What the form says of an organisation that is not listed: no slug is that word alone."""
KNOWS: Final = "nothing:"
"""Before the slug of one that must get nothing: the page said so above its button. No slug has a colon."""
MOST: Final = 6
FAR: Final = "other_region"


class Unread(Exception):
    """It must get nothing, and whoever chose it has not read that. Its text: which one."""


@dataclass(frozen=True)
class Offered:
    """An organisation that gives a place to sleep, as the choice shows it. `said`: what its button says."""

    id: UUID
    said: str
    name: str
    beside: str


@require_safe
def which(request: HttpRequest, code: str) -> HttpResponse:
    """Those that may have said yes: first who takes such a person, of the region, who said no lately behind the others;
    the others folded; last, with its sentence, who must get nothing (ADR 148). Nothing is saved before one is chosen.
    """
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    if case.state_code not in WRITABLE:
        raise NotNow("case_open")
    at = now()
    offered, without, no = _once(_offers(actor, case)), gets_nothing(case), noes(case, at)
    offered = [one for one in offered if not one.own_body]  # of that it is said that the person is with us
    offered.sort(key=lambda one: one.listing.organisation_id in no)
    found = [one for one in offered if one.listing.organisation_id not in without]
    fits = [one for one in found if not _takes_others(one)]
    near = [one for one in fits if one.distance != FAR]
    left = any(one.listing.organisation_id not in no for one in near)
    first = ((near if left else fits) or found)[:MOST]
    context = {
        "title": _("Which organisation said yes?"),
        "back": to_case(case.code),
        "in_task": True,
        "case": case,
        "read_at": at.isoformat(),
        "known": _known(case),
        "first": [_shown(one, no, at) for one in first],
        "others": [_shown(one, no, at) for one in found if one not in first],
        "unwanted": [_shown(one, no, at, KNOWS) for one in offered if one not in found],
        "unlisted": UNLISTED,
        "part": sections.name(place_told.PART),
    }
    return render(request, "cases/place_which.html", context)


def _known(case: Case) -> dict[str, Any] | None:
    """What is recorded already of a place that counts, to whoever opens this from an older page: choosing is then the
    second word (ADR 0162). None: nothing is, or one is needed again.
    """
    said = recorded(case)
    told = next((one for one in _told(case) if one.last), None)
    if said is None or (told is not None and told.lost is not None):
        return None
    name = next((one.name(lists.language()) for one in organisations() if one.id == said.organisation_id), "")
    what = name or lists.inside(lists.label("whose_place", said.reason_code))
    return {"at": recorded_at(case) or said.at, "what": what}


def gets_nothing(case: Case) -> frozenset[UUID]:
    """The organisations of which the person said that they must get nothing; none where that is not believed: where
    somebody sleeps can be recorded all the same.
    """
    return agreed(case, now()).nothing_to


def chosen(actor: Actor, case: Case, said: str) -> UUID | None:
    """The organisation of this choice; None: it is not listed. NotNow("which_place"): it is none of these. `Unread`: it
    must get nothing, and the page that was read did not say so.
    """
    if said in ("", UNLISTED):
        return None
    slug = said.removeprefix(KNOWS)
    found = next((one for one in _once(_offers(actor, case)) if one.listing.body_slug == slug), None)
    if found is None:
        raise NotNow("which_place")
    if found.listing.organisation_id in gets_nothing(case) and slug == said:
        raise Unread(found.listing.body.text)
    return found.listing.organisation_id


@require_POST
def call_off(request: HttpRequest, code: str) -> HttpResponse:
    """They were told that nobody comes, or not reached; or the place is still needed."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    answer = request.POST.get("answer", "")
    act.call_off(actor, case, organisation=_called(case, request.POST.get("which", "")), answer=answer)
    tell = messages.warning if answer == "not_reached" else messages.success
    tell(request, str(place_told.SAVED[answer]))
    on_today = request.POST.get("from") == "today"
    return done(actor, reverse("today") if on_today else reverse("case", args=[case.code]))


def _called(case: Case, slug: str) -> UUID | None:
    """Which of those that said yes was called; None: one that is not listed."""
    if not slug:
        return None
    known: set[UUID | None] = {one.organisation for one in _told(case)}
    found = next((one.id for one in organisations() if one.slug == slug and one.id in known), None)
    if found is None:
        raise NotNow("place_called_off")
    return found


def _told(case: Case) -> tuple[PlaceTold, ...]:
    return asked_now(case.pk)


def _offers(actor: Actor, case: Case) -> list[Suitable]:
    return suitable(
        actor,
        kinds([PLACE]),
        region=case.region_code or None,
        district=case.district_code or None,
        sex=case.sex_code,
        age_band=case.age_band_code,
        language=lists.language(),
    )


def _once(offers: Iterable[Suitable]) -> list[Suitable]:
    """Each organisation once, by what it offers that suits best."""
    found: dict[UUID, Suitable] = {}
    for one in offers:
        found.setdefault(one.listing.organisation_id, one)
    return list(found.values())


def _takes_others(one: Suitable) -> bool:
    return "not_admitted" in one.reasons


def _shown(one: Suitable, noes: Mapping[UUID, datetime], at: datetime, knows: str = "") -> Offered:
    no, said = noes.get(one.listing.organisation_id), [lists.label("region", one.listing.region)]
    said += [_("said no %(when)s") % {"when": moments.moment(no, at)}] if no is not None else []
    said += [_("does not say that it takes such a person")] if _takes_others(one) else []
    return Offered(one.listing.organisation_id, knows + one.listing.body_slug, one.listing.body.text, " · ".join(said))
