"""What the directory shows: a list to browse, one service, who suits a person. Asked with an actor, as everything."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BooleanField, Case, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, Collate, NullIf

from hamkori.access.actor import Actor
from hamkori.access.scope import may, visible
from hamkori.directory.models import Service, ServiceArea, ServiceHours
from hamkori.directory.offered import offered
from hamkori.directory.rules import fold, hours, suit
from hamkori.directory.rules.shelter import body_shelters
from hamkori.directory.rules.texts import Shown
from hamkori.directory.rules.texts import shown as best
from hamkori.people.facts import Beside, believed, required
from hamkori.refusal import NotVisible
from hamkori.vault.asked import require_asked
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import COUNTRY, READ_FIRST

PAGE = 25
MOST_SUITABLE = 400
NEVER = float("inf")
OPEN = ("day", "opens", "closes")
SORT: tuple[str, ...] = ("sort_key", "service_code", "pk")


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A service as everybody signed in sees it. A shelter's has no telephone and no address: there is none."""

    id: UUID
    organisation_id: UUID
    body_slug: str
    body: Shown
    body_names: dict[str, str]
    body_kind: str
    compartment: str
    actor_type: str
    service_code: str
    names: dict[str, str]
    texts: dict[str, str]
    language: str
    region: str
    areas: tuple[str, ...]
    admits: tuple[str, ...]
    languages: tuple[str, ...]
    week: tuple[hours.Stretch, ...]
    is_active: bool
    is_full: bool
    desk_ready: bool
    usual_answer_minutes: int | None
    phone: str
    address: str
    is_shelter: bool
    version: int
    changed_at: datetime
    imported: bool
    sort_key: str

    @property
    def kind(self) -> str:
        """The label of its kind of help, in the reader's language."""
        return codelist("service").label(self.service_code, self.language)

    @property
    def name(self) -> Shown:
        """Its own name, else the label of its kind."""
        own = best(self.names, self.language)
        return own if own.text else Shown(self.kind, self.language, False)

    @property
    def text(self) -> Shown:
        return best(self.texts, self.language)

    @property
    def day_and_night(self) -> bool:
        return hours.day_and_night(self.week)

    def offer(self) -> suit.Offer:
        """What the rules of suiting ask."""
        return suit.Offer(
            self.region, frozenset(self.areas), frozenset(self.admits), frozenset(self.languages), self.is_full
        )


@dataclass(frozen=True, kw_only=True)
class Suitable:
    """A service held against a person: how far, and why its desk might decline. `own_body`: ask a colleague instead.

    `desk_ready` false: nobody there answers in Hamkori; the way is a letter or the telephone.
    """

    listing: Listing
    distance: suit.Distance
    reasons: tuple[str, ...]
    desk_ready: bool
    own_body: bool
    closed_until_target: bool


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a reader asked for; empty: everything. `group` is a group of services, `region` a region or unit."""

    group: str = ""
    code: str = ""
    region: str = ""
    language: str = ""
    admits: str = ""
    open_only: bool = False
    words: str = ""
    own: bool = False


@dataclass(frozen=True)
class Page:
    """A page of the list, sorted by body (Tajik order), then kind. Cursors are '' at the ends."""

    listings: tuple[Listing, ...]
    before: str
    after: str


def service(actor: Actor, service_id: UUID | str, language: str | None = None) -> Listing:
    """One service, also one that is not offered now. NotVisible: there is none. Untrusted: nobody's organisation."""
    try:
        wanted = service_id if isinstance(service_id, UUID) else UUID(service_id)
    except ValueError:
        raise NotVisible from None
    rows = _with_parts(_seen(actor, language).filter(pk=wanted))
    found = required(lambda: next((_offered(row) for row in rows.all()), None))
    if found is None:
        raise NotVisible
    require_asked("service", (found.row.pk,), (wanted,))
    return _listing(found.row, _language(actor, language))


def record(actor: Actor, service_id: UUID | str) -> Service:
    """The record that actions take. NotVisible as above."""
    asked = service(actor, service_id).id
    found = visible(actor, "directory.view", Service.objects.all()).filter(pk=asked).first()
    if found is None:
        raise NotVisible
    require_asked("service", (found.pk,), (asked,))
    return found


def weeks(actor: Actor, ids: Collection[UUID]) -> dict[UUID, tuple[hours.Stretch, ...]]:
    """When these services answer, in one look; nothing of one: nobody has said it, or there is none."""
    seen = ServiceHours.objects.filter(service__in=visible(actor, "directory.view", Service.objects.filter(pk__in=ids)))
    rows = [(service, hours.Stretch(*row)) for service, *row in seen.values_list("service_id", *OPEN)]
    return {one: tuple(stretch for service, stretch in rows if service == one) for one in ids}


def may_edit(actor: Actor, listing: Listing) -> bool:
    """Whether the actor's desk looks after this service."""
    return listing.organisation_id == actor.organisation_id and may(actor, "service.edit")


def services(
    actor: Actor, filters: Filters, *, after: str = "", before: str = "", language: str | None = None, size: int = PAGE
) -> Page:
    """A page of what is offered; the own desk sees its inactive ones too. A cursor that is none: the first page."""
    shown = _language(actor, language)
    found = _filtered(actor, _seen(actor, language), filters)
    back = bool(before and not after)
    cursor = _cursor(before if back else after)
    if cursor is not None:
        found = found.filter(_beyond(cursor, back=back))
    found = found.order_by(*(f"-{key}" if back else key for key in SORT))
    rows = list(_with_parts(found)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    listings = tuple(_listing(row, shown) for row in _of_ours(rows))
    if not listings:
        return Page((), "", "")
    has_before, has_after = (more, True) if back else (cursor is not None, more)
    return Page(
        listings,
        _written(listings[0]) if has_before else "",
        _written(listings[-1]) if has_after else "",
    )


def suitable(
    actor: Actor,
    service_codes: Iterable[str],
    *,
    region: str | None = None,
    district: str | None = None,
    sex: str | None = None,
    age_band: str | None = None,
    her_language: str | None = None,
    sick_child: bool = False,
    window: tuple[datetime, datetime] | None = None,
    language: str | None = None,
) -> list[Suitable]:
    """Who offers this, nearest first; none is hidden because it is full, closed, or does not admit her: it says so.

    `window`: from now to the answer target; a desk closed for all of it stands lower. Oversight bodies are not listed.
    Order: what `stands_last` behind all; those that suit; those that admit her; open within the window; same district,
    region, elsewhere; room; answering in Hamkori; usual answer time. At most 400. `sick_child`: a child needs a doctor.
    """
    wanted = tuple(dict.fromkeys(service_codes))
    person = suit.Person(region, district, sex, age_band, her_language)
    whom = partial(suit.held_against, person, of_a_child=sick_child)
    shown = _language(actor, language)
    home = region or suit.REGION_OF.get(district or "", "")
    near = Case(When(region_code=home, then=Value(0)), default=Value(1))
    found = offered(_seen(actor, language)).filter(service_code__in=wanted).order_by(near, *SORT)
    listings = [_listing(row, shown) for row in _of_ours(list(_with_parts(found)[:MOST_SUITABLE]))]
    return sorted((_held_against(actor, one, whom(one.service_code), window) for one in listings), key=_rank)


def _held_against(
    actor: Actor, listing: Listing, person: suit.Person, window: tuple[datetime, datetime] | None
) -> Suitable:
    zone = ZoneInfo(settings.TIME_ZONE)
    closed = window is not None and hours.closed_throughout(
        listing.week, window[0].astimezone(zone), window[1].astimezone(zone)
    )
    offer = listing.offer()
    return Suitable(
        listing=listing,
        distance=suit.distance(offer, person),
        reasons=suit.reasons(offer, person),
        desk_ready=listing.desk_ready,
        own_body=listing.organisation_id == actor.organisation_id,
        closed_until_target=closed,
    )


def _rank(one: Suitable) -> tuple[object, ...]:
    usual = one.listing.usual_answer_minutes
    return (
        suit.stands_last(one.listing.service_code),
        bool(set(one.reasons) - {"full"}),
        "not_admitted" in one.reasons,
        one.closed_until_target,
        suit.DISTANCES.index(one.distance),
        one.listing.is_full,
        not one.desk_ready,
        NEVER if usual is None else usual,
        one.listing.sort_key,
        one.listing.service_code,
        one.listing.id,
    )


def _language(actor: Actor, language: str | None) -> str:
    return (language or actor.language).split("-", maxsplit=1)[0]


def _seen(actor: Actor, language: str | None) -> QuerySet[Service]:
    shown = _language(actor, language)
    order = [shown, *READ_FIRST] if shown in READ_FIRST else list(READ_FIRST)
    names = [NullIf(F(f"organisation__name_{code}"), Value("")) for code in dict.fromkeys(order)]
    key = Func(Coalesce(*names, Value("")), function="tj_key", output_field=TextField())
    return visible(actor, "directory.view", Service.objects.all()).annotate(
        sort_key=Collate(key, "C"),
        is_ready=Func(F("organisation_id"), function="desk_ready", output_field=BooleanField()),
    )


def _with_parts(found: QuerySet[Service]) -> QuerySet[Service]:
    return found.select_related("organisation", "contact").prefetch_related("areas", "hours")


def _offered(row: Any) -> Beside:
    """A service, believed as far as its organisation is: nobody chooses by a name that we did not vouch for."""
    return Beside(row, row.organisation, row.organisation_id)


def _of_ours(rows: list[Any]) -> list[Any]:
    """Without the services of organisations that do not hold."""
    return [one.row for one in believed(lambda: [_offered(row) for row in rows])]


def _filtered(actor: Actor, found: QuerySet[Service], filters: Filters) -> QuerySet[Service]:
    found = found.filter(organisation__is_active=True)
    mine = Q(organisation_id=actor.organisation_id) if actor.organisation_id else Q(pk__in=[])
    found = found.filter(Q(is_active=True) | mine)
    if filters.own:
        found = found.filter(mine)
    if filters.group:
        found = found.filter(service_code__in=_codes_of(filters.group))
    if filters.code:
        found = found.filter(service_code=filters.code)
    if filters.region:
        found = found.filter(_works_in(filters.region))
    if filters.language:
        found = found.filter(language_codes__contains=[filters.language])
    if filters.admits:
        found = found.filter(admission_codes__overlap=[filters.admits, "anyone"])
    if filters.open_only:
        found = found.filter(is_full=False, is_active=True)
    for word in fold.words(filters.words):
        found = found.filter(Q(search_text__contains=f" {word}") | Q(service_code__in=_codes_named(word)))
    return found


def _works_in(area: str) -> Q:
    region = suit.REGION_OF.get(area, area)
    units = [code for code, parent in suit.REGION_OF.items() if parent == region] if area == region else [area]
    reached = ServiceArea.objects.filter(area_code__in=[COUNTRY, region, *units])
    return Q(region_code=region) | Q(pk__in=reached.values("service_id"))


def _codes_of(group: str) -> list[str]:
    return [entry.code for entry in codelist("service") if entry.data["group"] == group]


def _codes_named(word: str) -> list[str]:
    """Kinds of help whose label, or whose group's, has a word that begins so, in any language."""
    groups = codelist("service_group")
    return [
        entry.code
        for entry in codelist("service")
        if any(
            f" {word}" in f" {fold.fold(label)}"
            for label in (*entry.labels.values(), *groups.entry(str(entry.data["group"])).labels.values())
        )
    ]


def _listing(row: Any, language: str) -> Listing:
    body, contact = row.organisation, getattr(row, "contact", None)
    return Listing(
        id=row.pk,
        organisation_id=row.organisation_id,
        body_slug=body.slug,
        body=best(called := {code: getattr(body, f"name_{code}") for code in READ_FIRST}, language),
        body_names=called,
        body_kind=body.kind_code,
        compartment=body.compartment_code,
        actor_type=body.actor_type_code,
        service_code=row.service_code,
        names={code: getattr(row, f"name_{code}") for code in READ_FIRST},
        texts={code: getattr(row, f"text_{code}") for code in READ_FIRST},
        language=language,
        region=row.region_code,
        areas=tuple(sorted(area.area_code for area in row.areas.all())),
        admits=tuple(row.admission_codes),
        languages=tuple(row.language_codes),
        week=tuple(sorted(hours.Stretch(one.day, one.opens, one.closes) for one in row.hours.all())),
        is_active=row.is_active,
        is_full=row.is_full,
        desk_ready=bool(row.is_ready),
        usual_answer_minutes=row.usual_answer_minutes,
        phone=contact.phone if contact else "",
        address=contact.address if contact else "",
        is_shelter=body_shelters(body.actor_type_code, [row.service_code]),
        version=row.version,
        changed_at=row.changed_at,
        imported=row.external_id is not None and not row.kept_by_desk,
        sort_key=row.sort_key,
    )


# --- cursors: where a page begins or ends ------------------------------------------------------------


def _written(listing: Listing) -> str:
    parts = "\x1f".join((listing.sort_key, listing.service_code, str(listing.id)))
    return base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")


def _cursor(written: str) -> tuple[str, str, UUID] | None:
    if not written or len(written) > 2000:
        return None
    try:
        parts = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode().split("\x1f")
        key, code, pk = parts
        return (key, code, UUID(pk)) if "\x00" not in key + code else None
    except (ValueError, binascii.Error):
        return None


def _beyond(cursor: Sequence[Any], *, back: bool) -> Q:
    key, code, pk = cursor
    word = "lt" if back else "gt"
    return (
        Q(**{f"sort_key__{word}": key})
        | Q(sort_key=key, **{f"service_code__{word}": code})
        | Q(sort_key=key, service_code=code, **{f"pk__{word}": pk})
    )
