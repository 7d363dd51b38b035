"""Posts and organisations as their tags cover them, and how rows are believed.

A row is read with its tag in one statement; what was read in two may lawfully have been changed between them.
See docs/design/people.md#posts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar
from uuid import UUID

from hamkori.vault import tags
from hamkori.vault.declared import set_of
from hamkori.vault.server import trust
from hamkori.vault.tags import Fact, nobodys
from hamkori.vocabulary.country import LANGUAGES

if TYPE_CHECKING:
    from hamkori.people import models


POST = "membership_id serial user_id organisation_id person_name function_code roles_held supervisor_id"
ORGANISATION = "org_version org_slug name_en name_tg name_ru name_fr org_kind compartment_code org_has_desk org_tag"
"""As definers call what is read here, in the order of the fields; of a post without its tag."""


class Tagged(Protocol):
    """A row of the database with everything that its tag covers."""

    @property
    def fact(self) -> Fact:
        """What the tag covers."""

    @property
    def tag(self) -> bytes:
        """The tag that the row carries; empty: none."""


T = TypeVar("T", bound=Tagged)


@dataclass(frozen=True, kw_only=True)
class Post:
    """Who works where, as what, under whom, by which name. `roles`: all that are held."""

    membership_id: UUID
    serial: int
    user_id: UUID
    organisation_id: UUID
    name: str
    function: str
    roles: frozenset[str]
    supervisor_id: UUID | None
    tag: bytes = b""

    @property
    def fact(self) -> Fact:
        """What the tag covers."""
        return tags.post(
            self.membership_id, self.serial, self.user_id, self.organisation_id, self.name, self.function, self.roles,
            self.supervisor_id,
        )  # fmt: skip

    @classmethod
    def read(cls, row: Sequence[Any], **more: Any) -> Self:
        """Of a row of the database that says it in the order of these fields."""
        member, serial, user, body, name, function, roles, supervisor, tag = row
        return cls(
            membership_id=member, serial=serial, user_id=user, organisation_id=body, name=name, function=function,
            roles=set_of(roles), supervisor_id=supervisor, tag=tag, **more,
        )  # fmt: skip


@dataclass(frozen=True)
class Institution:
    """An organisation: what it is, and its names in English, Tajik, Russian and French."""

    id: UUID
    version: int
    slug: str
    name_en: str
    name_tg: str
    name_ru: str
    name_fr: str
    kind: str
    compartment: str
    has_desk: bool
    tag: bytes = b""

    @property
    def fact(self) -> Fact:
        """What the tag covers."""
        names = (self.name_en, self.name_tg, self.name_ru, self.name_fr)
        return tags.organisation(self.id, self.version, self.slug, names, self.kind, self.compartment, self.has_desk)

    @property
    def names(self) -> dict[str, str]:
        """Language to name."""
        return {language: getattr(self, f"name_{language}") for language in LANGUAGES}

    def name(self, language: str) -> str:
        """In this language, else in any that is written down."""
        return self.names.get(language) or next(filter(None, self.names.values()), "")

    @classmethod
    def of(cls, row: models.Organisation) -> Institution:
        """A record as it was read."""
        return cls(
            row.pk, row.version, row.slug, row.name_en, row.name_tg, row.name_ru, row.name_fr, row.kind_code,
            row.compartment_code, row.has_desk, bytes(row.tag),
        )  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """What names an organisation by its id, with the one that the database joined to it: nobody's if it is another one.

    Both may be ours. A page shows the name, and what is pressed on it goes by the id.
    """

    row: Any
    organisation: models.Organisation
    asked: object

    @property
    def fact(self) -> Fact:
        """What the tag of that organisation covers."""
        if self.organisation.pk == self.asked:
            return Institution.of(self.organisation).fact
        named = nobodys("org")  # the alarm says beside which one another stood
        return replace(named, thing=self.asked.hex) if isinstance(self.asked, UUID) else named

    @property
    def tag(self) -> bytes:
        """Its tag."""
        return bytes(self.organisation.tag)


def holds(*rows: Tagged) -> bool:
    """Whether all of them are what this server vouched for, and nothing newer is known. Says nothing to anybody."""
    trusted = trust()
    return all(trusted.holds(row.fact, row.tag) for row in rows)


def believed(read: Callable[[], Sequence[T]]) -> list[T]:
    """A list without the rows that do not hold; each of them raises the alarm.

    A change may have been committed while they were read, and its mark be newer than its row: then they are read again.
    """
    rows = read()
    if not holds(*rows):
        rows = read()
    trusted = trust()
    return [row for row in rows if trusted.believes(row.fact, row.tag)]


def required(read: Callable[[], T | None]) -> T | None:
    """The one row without which nothing may be done; None: there is none. Untrusted unless it holds."""
    row = read()
    if row is not None and not holds(row):
        row = read()
    if row is not None:
        trust().require(row.fact, row.tag)
    return row
