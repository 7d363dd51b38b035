"""Who is who, as far as the asking session may know: bodies, colleagues, public keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from hamkori.access.actor import Actor
from hamkori.people import models
from hamkori.refusal import NotVisible
from hamkori.vault.recipients import DESK, BodyKey, PersonKey
from hamkori.vocabulary.letters import in_letters_of


@dataclass(frozen=True)
class Colleague:
    """A live member of the actor's body, as `colleague.view` shows her."""

    membership_id: UUID
    user_id: UUID
    name: str
    function: str
    roles: frozenset[str]
    has_key: bool


@dataclass(frozen=True)
class BodyCard:
    """A body as every signed-in member sees it."""

    id: UUID
    slug: str
    names: dict[str, str]
    kind: str
    compartment: str
    actor_type: str
    region: str
    has_desk: bool

    def name(self, language: str) -> str:
        """In this language, else in any that is written down."""
        return self.names.get(language) or next((name for name in self.names.values() if name), self.slug)


def organisation(organisation_id: UUID) -> BodyCard:
    """One body; NotVisible if there is none."""
    row = models.Organisation.objects.filter(pk=organisation_id, is_active=True).first()
    if row is None:
        raise NotVisible
    return _card(row)


def organisations() -> list[BodyCard]:
    """All bodies that work with the mechanism."""
    return [_card(row) for row in models.Organisation.objects.filter(is_active=True).order_by("slug")]


def desk_phone(organisation_id: UUID) -> str:
    """The desk telephone; '' unless it is one's own body or one coordinates."""
    row = models.OrganisationPhone.objects.filter(pk=organisation_id).first()
    return row.phone if row else ""


def desk_phones(organisation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The same for several bodies at once; those whose telephone one may not see are not in the answer."""
    rows = models.OrganisationPhone.objects.filter(pk__in=list(organisation_ids))
    return {row.pk: row.phone for row in rows}


def colleagues(actor: Actor, *, role: str | None = None) -> list[Colleague]:
    """Who works in the actor's body now, herself included, by name."""
    if actor.organisation_id is None:
        return []
    members = list(
        models.Membership.objects.filter(
            organisation_id=actor.organisation_id, ended_at=None, suspended_at=None
        ).select_related("user")
    )
    held = _roles(member.pk for member in members)
    keyed = set(
        models.PersonKey.objects.filter(user_id__in=[member.user_id for member in members], ended_at=None).values_list(
            "user_id", flat=True
        )
    )
    found = [
        Colleague(
            member.pk,
            member.user_id,
            shown(member.user.name),
            member.function_code,
            held.get(member.pk, frozenset()),
            member.user_id in keyed,
        )
        for member in members
        if member.user.is_active
    ]
    return sorted((one for one in found if role is None or role in one.roles), key=lambda one: one.name)


def names(membership_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of members of one's own body, former ones too; others are not in the answer."""
    rows = models.Membership.objects.filter(pk__in=list(membership_ids)).values_list("pk", "user__name")
    return {pk: shown(name) for pk, name in rows}


def shown(name: str) -> str:
    """A colleague's name in the letters of the page's language."""
    return in_letters_of((get_language() or "en").split("-", maxsplit=1)[0], name)


def body_ready(organisation_id: UUID) -> bool:
    """Whether two custodians hold this body's continuity key: without it no case is begun."""
    return _asks("select body_ready(%s)", organisation_id)


def desk_ready(organisation_id: UUID) -> bool:
    """Whether an officer of this body's desk can open what is sent to it."""
    return _asks("select desk_ready(%s)", organisation_id)


def body_key(organisation_id: UUID, kind: str) -> BodyKey | None:
    """The live public key (`desk` or `continuity`) of a body. Check `.trusted(keyring)` before sealing."""
    row = (
        models.BodyKey.objects.filter(organisation_id=organisation_id, kind_code=kind, ended_at=None)
        .order_by("-key_no")
        .first()
    )
    return _body_key(row) if row else None


def body_key_by_id(key_id: UUID) -> BodyKey | None:
    """A body key, former ones too: waiting packets keep theirs."""
    row = models.BodyKey.objects.filter(pk=key_id).first()
    return _body_key(row) if row else None


def desk_wrap(actor: Actor, key_id: UUID | None = None) -> bytes | None:
    """The actor's own seal of her desk's key (the live one unless named), to be opened with `vault.bodies.open_key`."""
    if actor.organisation_id is None or actor.user_id is None:
        return None
    wraps = models.BodyKeyWrap.objects.filter(
        inner_key=None, body_key__organisation_id=actor.organisation_id, body_key__kind_code=DESK
    )
    wraps = wraps.filter(body_key_id=key_id) if key_id else wraps.filter(body_key__ended_at=None)
    wraps = wraps.filter(recipient_key__user_id=actor.user_id)
    row = wraps.order_by("-body_key__key_no").first()
    return bytes(row.seal) if row else None


def person_key(user_id: UUID | None) -> PersonKey | None:
    """The live public key of somebody of one's own body, or one's own."""
    if user_id is None:
        return None
    row = models.PersonKey.objects.filter(user_id=user_id, ended_at=None).order_by("-key_no").first()
    if row is None:
        return None
    return PersonKey(row.pk, row.user_id, row.key_no, bytes(row.public), bytes(row.tag))


def _asks(statement: str, organisation_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [organisation_id])
        row = cursor.fetchone()
    return bool(row and row[0])


def _roles(membership_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    held: dict[UUID, set[str]] = {}
    for member, role in models.RoleHeld.objects.filter(
        membership_id__in=list(membership_ids), ended_at=None
    ).values_list("membership_id", "role_code"):
        held.setdefault(member, set()).add(role)
    return {member: frozenset(roles) for member, roles in held.items()}


def _card(row: models.Organisation) -> BodyCard:
    return BodyCard(
        row.pk,
        row.slug,
        {"en": row.name_en, "tg": row.name_tg, "ru": row.name_ru, "fr": row.name_fr},
        row.kind_code,
        row.compartment_code,
        row.actor_type_code,
        row.region_code,
        row.has_desk,
    )


def _body_key(row: models.BodyKey) -> BodyKey:
    return BodyKey(row.pk, row.organisation_id, row.kind_code, row.key_no, bytes(row.public), bytes(row.tag))
