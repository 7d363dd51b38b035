"""The draft held against the database: new rows, changed rows, rows that the package no longer has. Run as the owner.

What a desk has edited since stays as the desk wrote it. Rows that are missing from the package are left and counted.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from hamkori.directory.importing.draft import Body, Draft, Known, KnownBody, Offered
from hamkori.directory.models import OrganisationSource, Service, ServiceArea, ServiceContact, ServiceHours
from hamkori.people.facts import Institution
from hamkori.people.founding import found, rename
from hamkori.people.models import Organisation
from hamkori.vocabulary import codelist

Key = tuple[UUID, str]


@dataclass(frozen=True)
class Parts:
    """What a service has beside its own columns, in a form that can be compared."""

    areas: frozenset[str]
    week: frozenset[tuple[int, int, int]]
    phone: str
    address: str


def known(source: str) -> Known:
    """The bodies that are here, as far as they decide about a package of this source."""
    codes: dict[UUID, set[str]] = {}
    for organisation, code in Service.objects.values_list("organisation_id", "service_code"):
        codes.setdefault(organisation, set()).add(code)
    bodies = {
        body.pk: KnownBody(body.pk, body.actor_type_code, body.region_code, frozenset(codes.get(body.pk, ())))
        for body in Organisation.objects.all()
    }
    names = (name for body in Organisation.objects.all() for name in Institution.of(body).names.values() if name)
    sources = OrganisationSource.objects.filter(source_code=source).values_list("external_id", "organisation_id")
    return Known(
        {body.slug: bodies[body.pk] for body in Organisation.objects.all()},
        {external: bodies[organisation] for external, organisation in sources},
        frozenset(name.casefold() for name in names),
    )


@dataclass
class Saving:
    """One draft on its way into the database. `counts` says what became of it."""

    source: str
    language: str
    at: datetime
    counts: Counter[str] = field(default_factory=Counter)

    def save(self, draft: Draft) -> Counter[str]:
        """Write all of it. The transaction is the caller's."""
        here = {
            (service.external_id, service.service_code): service
            for service in Service.objects.filter(source_code=self.source, external_id__isnull=False)
            .select_related("contact")
            .prefetch_related("areas", "hours")
        }
        wanted: set[Key] = set()
        fresh: list[tuple[Service, Parts]] = []
        for body in draft.bodies:
            organisation = self._body(body)
            for offered in body.services:
                for code in offered.codes:
                    wanted.add((offered.row.id, code))
                    columns, parts = self._columns(offered, organisation, code), _parts(offered)
                    service = here.get((offered.row.id, code))
                    if service is None:
                        made = Service(source_code=self.source, external_id=offered.row.id, **columns)
                        fresh.append((made, parts))
                    else:
                        self._change(service, columns, parts)
        Service.objects.bulk_create([service for service, _ in fresh], batch_size=500)
        self._add_parts(fresh)
        self.counts["services_new"] += len(fresh)
        self.counts["services_missing"] += len(here.keys() - wanted)
        return self.counts

    def _body(self, body: Body) -> UUID:
        name = body.row.fields["name"]
        if body.known is None:
            kinds = codelist("actor_type").entry(body.actor_type).data
            made = found(
                slug=self._slug(body),
                names={self.language: name},
                kind=str(kinds["kind"]),
                compartment=str(kinds["compartment"]),
                region=body.region,
                actor_type=body.actor_type,
                has_desk=False,
            )
            self._remember(body.row.id, made)
            self.counts["organisations_new"] += 1
            return made
        self._remember(body.row.id, body.known.id)
        changed = rename(body.known.id, self.language, name, only=lambda ours: self._is_named(body, ours))
        self.counts["organisations_changed" if changed else "organisations_same"] += 1
        return body.known.id

    def _slug(self, body: Body) -> str:
        return f"{slugify(self.source)[:24] or 'import'}-{body.row.id.hex}"[:60]

    def _is_named(self, body: Body, ours: Institution) -> bool:
        """Whether this body of the package names ours. One with a desk looks after its own name.

        Which one is meant stands beside the tags too: so it is the one that was made of this body, or that the operator
        named now, by the slug under its tag.
        """
        return not ours.has_desk and ours.slug in (self._slug(body), body.named)

    def _remember(self, external: UUID, organisation: UUID) -> None:
        OrganisationSource.objects.get_or_create(
            source_code=self.source, external_id=external, defaults={"organisation_id": organisation}
        )

    def _columns(self, offered: Offered, organisation: UUID, code: str) -> dict[str, Any]:
        return {
            "organisation_id": organisation,
            "service_code": code,
            f"name_{self.language}": offered.name,
            f"text_{self.language}": offered.text,
            "region_code": offered.region,
            "is_active": offered.row.fields["status"] == "active",
            "admission_codes": offered.admits,
            "language_codes": offered.languages,
            "changed_at": self.at,
        }

    def _change(self, service: Service, columns: dict[str, Any], parts: Parts) -> None:
        if service.kept_by_desk:
            self.counts["services_kept_by_desk"] += 1
            return
        differs = [name for name, value in columns.items() if name != "changed_at" and getattr(service, name) != value]
        if not differs and _parts_of(service) == parts:
            self.counts["services_same"] += 1
            return
        for name, value in columns.items():
            setattr(service, name, value)
        service.version += 1
        service.save()
        ServiceArea.objects.filter(service=service).delete()
        ServiceHours.objects.filter(service=service).delete()
        ServiceContact.objects.filter(service=service).delete()
        self._add_parts([(service, parts)])
        self.counts["services_changed"] += 1

    def _add_parts(self, pairs: list[tuple[Service, Parts]]) -> None:
        ServiceArea.objects.bulk_create(
            [ServiceArea(service=service, area_code=area) for service, parts in pairs for area in sorted(parts.areas)],
            batch_size=1000,
        )
        ServiceHours.objects.bulk_create(
            [
                ServiceHours(service=service, day=day, opens=opens, closes=closes)
                for service, parts in pairs
                for day, opens, closes in sorted(parts.week)
            ],
            batch_size=1000,
        )
        ServiceContact.objects.bulk_create(
            [
                ServiceContact(service=service, phone=parts.phone, address=parts.address)
                for service, parts in pairs
                if parts.phone or parts.address
            ],
            batch_size=1000,
        )


def _parts(offered: Offered) -> Parts:
    return Parts(frozenset(offered.areas), frozenset(offered.week), offered.phone, offered.address)


def _parts_of(service: Service) -> Parts:
    contact = getattr(service, "contact", None)
    return Parts(
        frozenset(area.area_code for area in service.areas.all()),
        frozenset((row.day, row.opens, row.closes) for row in service.hours.all()),
        contact.phone if contact else "",
        contact.address if contact else "",
    )
