"""What the directory would become: bodies and services in our codes, and nothing that tells where a shelter is."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from hamkori.directory.importing import limits, terms, week
from hamkori.directory.importing.secrets import Secrets
from hamkori.directory.importing.table import Row, Table
from hamkori.directory.importing.values import BadValue
from hamkori.directory.rules import hours
from hamkori.directory.rules.shelter import body_shelters
from hamkori.vocabulary import codelist


@dataclass(frozen=True)
class KnownBody:
    """A body that the database has: what decides whether it is a shelter."""

    id: UUID
    actor_type: str
    region: str
    service_codes: frozenset[str]


@dataclass(frozen=True)
class Known:
    """The bodies that the database has, by the ways in which a package may mean them."""

    by_slug: Mapping[str, KnownBody] = field(default_factory=dict)
    by_external: Mapping[UUID, KnownBody] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


@dataclass(kw_only=True)
class Body:
    """A body of the package. `known` is ours, if it is here already or the operator named it; `named`: by this slug.

    `said_type`: what operator and package call it, for what the database calls it stands under no tag.
    """

    row: Row
    actor_type: str
    known: KnownBody | None
    region: str = ""
    places: list[str] = field(default_factory=list)
    services: list["Offered"] = field(default_factory=list)
    in_doubt: bool = False
    shelters: bool = False
    named: str = ""
    said_type: str = ""


@dataclass(kw_only=True)
class Offered:
    """A service of the package, with each kind of help that it is."""

    row: Row
    codes: list[str]
    admits: list[str]
    areas: list[str] = field(default_factory=list)
    region: str = ""
    languages: list[str] = field(default_factory=list)
    week: list[hours.Stretch] = field(default_factory=list)
    name: str = ""
    text: str = ""
    phone: str = ""
    address: str = ""


@dataclass
class Draft:
    """The outcome of reading, before anything is compared with the database."""

    bodies: list[Body]
    dropped: Counter[str]


@dataclass(kw_only=True)
class Reading:
    """One package on its way to a draft."""

    table: Table
    said: terms.Said
    known: Known
    today: date
    secrets: Secrets = field(default_factory=Secrets)
    dropped: Counter[str] = field(default_factory=Counter)

    def draft(self) -> Draft:
        """The whole draft. Order matters: shelters are found first, then everything is held against them."""
        bodies = {row.id: body for row in self.table.of("organization") if (body := self._body(row))}
        for row in self.table.of("service"):
            self._offer(row, bodies)
        for body in bodies.values():
            self._judge(body)
        for row in self.table.of("organization"):
            if row.id not in bodies:
                self._conceal(row, "_in_doubt")
        for row in self.table.of("service"):
            if self.table.above(row, "organization") is None:
                self._conceal(row, "_in_doubt")
        ready = [body for body in bodies.values() if self._settle(body)]
        return Draft(ready, self.dropped)

    # --- bodies ------------------------------------------------------------------------------------------------
    def _body(self, row: Row) -> Body | None:
        known = self.known.by_external.get(row.id)
        named, slug = self.said.body(row.id), ""
        if named.startswith(terms.BODY):
            slug = named.removeprefix(terms.BODY)
            known = self.known.by_slug.get(slug)
            if known is None:
                self._problem(row, "organization", "no_such_body")
                return None
        meant = self._terms(row)
        places = _of(meant, "region", "area")
        actor_type = "" if named.startswith(terms.BODY) else named
        actor_type = actor_type or next(iter(_of(meant, "actor_type")), "")
        if known is not None:
            kind = known.actor_type or actor_type
            return Body(
                row=row,
                actor_type=kind,
                known=known,
                region=known.region,
                places=places,
                named=slug,
                said_type=actor_type,
            )
        kinds = codelist("actor_type")
        if actor_type not in kinds or kinds.entry(actor_type).data["compartment"] not in codelist("compartment"):
            self._problem(row, "organization", "no_body_type")
            return None
        if row.fields["name"].casefold() in self.known.names:
            self._problem(row, "organization", "same_name")
            return None
        return Body(row=row, actor_type=actor_type, known=None, region="", places=places)

    def _terms(self, row: Row) -> list[tuple[str, str] | None]:
        """What the terms of a row mean; None for each that nobody has explained."""
        meant: list[tuple[str, str] | None] = []
        for attribute in self.table.under(row, "attribute"):
            term = self.table.above(attribute, "taxonomy_term")
            meant.append(self.said.code(term) if term else None)
        return meant

    # --- services ----------------------------------------------------------------------------------------------
    def _offer(self, row: Row, bodies: dict[UUID, Body]) -> None:
        owner = self.table.above(row, "organization")
        body = bodies.get(owner.id) if owner else None
        meant = self._terms(row)
        codes = _of(meant, "service")
        if body is not None and (None in meant or not codes or row.id in self.table.in_doubt):
            body.in_doubt = True
        if body is None:
            self._problem(row, "service.organization_id", "dangling")
        elif not codes:
            self._problem(row, "service.attributes", "unmapped")
        else:
            offered = Offered(
                row=row,
                codes=codes,
                admits=_of(meant, "admission_group") or _by_age(row),
                areas=_of(meant, "region", "area"),
            )
            self._fill(offered)
            body.services.append(offered)

    def _fill(self, offered: Offered) -> None:
        row = offered.row
        at = self.table.under(row, "service_at_location")
        for place in [row, *at]:
            for area in self.table.under(place, "service_area"):
                found = next(filter(None, map(terms.area, (area.fields[n] for n in ("extent", "uri", "name")))), None)
                meant = [*_of(self._terms(area), "region", "area"), *([found] if found else [])]
                if meant:
                    offered.areas.append(meant[0])
                else:
                    self._problem(area, "service_area.name", "no_area")
        offered.areas = list(dict.fromkeys(offered.areas))
        languages = [terms.language(r.fields["code"], r.fields["name"]) for r in self.table.under(row, "language")]
        if None in languages:
            self._problem(row, "service.languages", "no_language")
        offered.languages = sorted({code for code in languages if code})
        schedules = self.table.under(row, "schedule") or [s for r in at for s in self.table.under(r, "schedule")]
        stretches: list[hours.Stretch] = []
        for schedule in schedules:
            try:
                stretches += week.weekly(schedule, self.today)
            except BadValue as bad:
                self._problem(schedule, f"schedule.{bad.name}", bad.what)
        offered.week = hours.merged(stretches)

    # --- shelters ----------------------------------------------------------------------------------------------
    def _judge(self, body: Body) -> None:
        """Is it a shelter, or might it be one? Then everything that tells its place is a secret from here on."""
        codes = {code for offered in body.services for code in offered.codes}
        known = body.known.service_codes if body.known else frozenset()
        body.shelters = any(body_shelters(kind, codes | known) for kind in (body.actor_type, body.said_type))
        body.in_doubt |= self.table.all_in_doubt or body.row.id in self.table.in_doubt
        if body.shelters or body.in_doubt:
            self._conceal(body.row, "" if body.shelters else "_in_doubt")
        if body.shelters:
            self.dropped["texts"] += sum(bool(offered.row.fields["description"]) for offered in body.services)

    def _conceal(self, start: Row, why: str) -> None:
        """Make secrets of all telephones and addresses that hang on a row, and count them."""
        for row in self._reach(start):
            if row.entity == "phone":
                self.secrets.telephone(row.fields["number"])
                self.dropped["phones" + why] += 1
            elif row.entity == "address":
                self.secrets.address((row.fields["address_1"], row.fields["address_2"]))
                self.dropped["addresses" + why] += 1
            elif row.entity == "location" and row.fields["latitude"] is not None:
                self.dropped["coordinates" + why] += 1

    def _reach(self, start: Row) -> list[Row]:
        """Every row that says something about a body or service, each once."""
        seen: dict[tuple[str, UUID], Row] = {}
        waiting = [start]
        while waiting:
            row = waiting.pop()
            if (row.entity, row.id) in seen:
                continue
            seen[row.entity, row.id] = row
            for child in ("service", "service_at_location", "location", "contact", "phone", "address"):
                waiting += self.table.under(row, child)
            place = self.table.above(row, "location") if row.entity == "service_at_location" else None
            waiting += [place] if place else []
        return list(seen.values())

    # --- what is kept ------------------------------------------------------------------------------------------
    def _settle(self, body: Body) -> bool:
        """Texts, contacts and regions of a body; False: it cannot be taken."""
        if self.secrets.told_by(body.row.fields["name"]):
            self._problem(body.row, "organization.name", "names_the_place")
            return False
        open_door = not (body.shelters or body.in_doubt)
        for offered in body.services:
            if not body.shelters:
                self._texts(offered, with_prose=open_door)
            if open_door:
                self._contact(offered, body)
        wide = [area for offered in body.services for area in offered.areas]
        seats = self._seats([body.row, *(o.row for o in body.services)]) if open_door else []
        body.region = body.region or _first_region([*body.places, *seats, *wide])
        if not body.region:
            self._problem(body.row, "organization.locations", "no_region")
            return False
        for offered in body.services:
            near = self._seats([offered.row]) if open_door else []
            offered.region = _first_region([*offered.areas, *near]) or body.region
        return True

    def _texts(self, offered: Offered, *, with_prose: bool) -> None:
        """Its name and words; the words of a body in doubt stay out, for they might describe a place to stay."""
        name, prose = (offered.row.fields[field] for field in ("name", "description"))
        offered.name = "" if self.secrets.told_by(name) else name
        offered.text = prose if with_prose and not self.secrets.told_by(prose) else ""
        self.dropped["texts" if with_prose else "texts_in_doubt"] += bool(prose) and not offered.text

    def _contact(self, offered: Offered, body: Body) -> None:
        at = self.table.under(offered.row, "service_at_location")
        places = self._places([offered.row])
        phones = [r for row in [offered.row, *at, body.row, *places] for r in self.table.under(row, "phone")]
        for row in phones:
            if self.secrets.told_by(row.fields["number"]):
                self.dropped["phones"] += 1
            else:
                offered.phone = row.fields["number"]
                break
        for row in (r for place in places for r in self.table.under(place, "address")):
            lines = [row.fields[name] for name in ("address_1", "address_2", "city")]
            if row.fields["address_type"] not in ("", "physical"):
                continue
            if any(map(self.secrets.told_by, lines)):
                self.dropped["addresses"] += 1
            else:
                offered.address = ", ".join(line for line in lines if line)[: limits.LINE]
                break

    def _places(self, rows: Iterable[Row]) -> list[Row]:
        found: dict[UUID, Row] = {}
        for row in rows:
            for at in self.table.under(row, "service_at_location"):
                place = self.table.above(at, "location")
                if place is not None:
                    found[place.id] = place
            found.update({place.id: place for place in self.table.under(row, "location")})
        return list(found.values())

    def _seats(self, rows: Iterable[Row]) -> list[str]:
        """Written regions and towns of addresses, from the widest to the narrowest."""
        addresses = [r for place in self._places(rows) for r in self.table.under(place, "address")]
        return [r.fields[name] for r in addresses for name in ("state_province", "region", "city")]

    def _problem(self, row: Row, name: str, what: str) -> None:
        self.table.problems.add(row.file, str(row.id), name, what)


def _of(meant: Iterable[tuple[str, str] | None], *lists: str) -> list[str]:
    """The codes of these lists among what terms mean, each once."""
    return list(dict.fromkeys(pair[1] for pair in meant if pair and pair[0] in lists))


def _first_region(written: Iterable[str]) -> str:
    return next((found for name in written if name and (found := terms.region(name))), "")


def _by_age(row: Row) -> list[str]:
    """Without a term, ages alone say whether children or adults are meant."""
    low, high = row.fields["minimum_age"], row.fields["maximum_age"]
    if high is not None and high < 18:
        return ["children"]
    return ["adults"] if low is not None and low >= 18 else []
