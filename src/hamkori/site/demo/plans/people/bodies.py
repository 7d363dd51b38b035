"""The invented bodies and their people (docs/design/demonstration.md#organisations-and-people), read from tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hamkori.site.demo.tables import rows

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Body:
    """One body: kind, compartment, type (actors.yaml), region, town, services, names by language."""

    slug: str
    kind: str
    compartment: str
    actor_type: str
    region: str
    services: tuple[str, ...]
    names: dict[str, str]
    has_desk: bool = True
    district: str = ""

    @property
    def everywhere(self) -> bool:
        """Works in the whole country: advice and duties that need no bed nearby."""
        return self.actor_type in ("moi_tip_centre", "hotline", "international_org", "migration_service") or any(
            code.startswith(("LEGAL", "MHPSS")) for code in self.services
        )


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody at work: body, roles, function, supervisor, given name, language of the pages."""

    email: str
    body: str
    roles: tuple[str, ...]
    name: str
    function: str = ""
    supervisor: str = ""
    language: str = "tg"


BODIES: dict[str, Body] = {body.slug: body for body in rows(Body, HERE / "bodies.yaml")}
PEOPLE: dict[str, Person] = {person.email: person for person in rows(Person, HERE / "people.yaml")}

CUSTODIANS = {
    "karim@keys.example": "Карим",
    "zulfiya@keys.example": "Зулфия",
    "nodir@keys.example": "Нодир",
    "rayhon@keys.example": "Райҳон",
}
"""Four serve all bodies, two at each: a small body borrows them."""

ADMINISTRATORS = {"suhrob@office.example": "Суҳроб", "mehri@office.example": "Меҳрӣ"}


def custodians_of(slug: str) -> tuple[str, str]:
    """The two who keep this body's keys."""
    pair = list(CUSTODIANS)
    return (pair[0], pair[1]) if list(BODIES).index(slug) % 2 == 0 else (pair[2], pair[3])


def worker_of(slug: str) -> str:
    """Who answers and works at this body."""
    return next(email for email, person in PEOPLE.items() if person.body == slug and "desk_officer" in person.roles)


AREAS = {
    "TJ-KT": ("TJ-KT-01", "TJ-KT-02", "TJ-KT-03"),
    "TJ-SU": ("TJ-SU-01", "TJ-SU-02"),
    "TJ-DU": ("TJ-DU-01",),
    "TJ-RA": ("TJ-RA-01", "TJ-RA-02"),
    "TJ-GB": ("TJ-GB-02", "TJ-GB-03"),
}
"""Districts of the invented people, by region."""
