"""Who is who, as far as the asking session may know: bodies, colleagues, public keys.

What decides to whom something is sealed is believed only under its tag (facts.py): in a list a row that does not hold
is left out, the one that is needed is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import get_language

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.access.worded import worded
from hamkori.people import models
from hamkori.people.facts import POST, Beside, Post, believed, required
from hamkori.refusal import NotVisible
from hamkori.vault.asked import require_asked
from hamkori.vault.bytes import NAMELESS, Untrusted
from hamkori.vault.recipients import DESK, BodyKey, PersonKey
from hamkori.vault.server import alarm
from hamkori.vocabulary.country import LANGUAGES
from hamkori.vocabulary.letters import in_letters_of


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """A live member of the actor's body, as `colleague.view` shows them."""

    membership_id: UUID
    user_id: UUID
    name: str
    function: str
    roles: frozenset[str]
    has_key: bool


@dataclass(frozen=True, kw_only=True)
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
    """One body; NotVisible if there is none. Untrusted: it is not what this server vouched for."""
    found = required(lambda: next(map(_itself, _body(organisation_id)), None))
    if found is None:
        raise NotVisible
    require_asked("org", (found.organisation.pk,), (organisation_id,))
    return _card(found.organisation)


def organisations() -> list[BodyCard]:
    """All bodies that work with the mechanism, as far as this server vouched for them."""
    return [_card(one.organisation) for one in believed(lambda: [*map(_itself, _bodies())])]


@worded
def _body(organisation_id: UUID) -> QuerySet[models.Organisation]:
    return models.Organisation.objects.filter(pk=organisation_id, is_active=True)


@worded
def _bodies() -> QuerySet[models.Organisation]:
    return models.Organisation.objects.filter(is_active=True).order_by("slug")


def existing(ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these that are bodies at all, at work now or not, vouched for or not: for what only takes away."""
    return frozenset(models.Organisation.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))


def every_organisation() -> frozenset[UUID]:
    """All that there are, also what is not believed or works no more: for what must leave none of them out."""
    return frozenset(models.Organisation.objects.values_list("pk", flat=True))


@dataclass(frozen=True)
class DeskLine:
    """Where a desk can be called, and whether the coordinator recorded it since the desk itself had not."""

    phone: str = ""
    by_coordinator: bool = False


def desk_lines(organisation_ids: Iterable[UUID]) -> dict[UUID, DeskLine]:
    """The desk telephones of these bodies; those that one may not see are not in the answer."""
    rows = models.OrganisationPhone.objects.filter(pk__in=list(organisation_ids))
    return {row.pk: DeskLine(row.phone, row.by_coordinator) for row in rows if row.phone}


def desk_phones(organisation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The same, the numbers alone."""
    return {body: line.phone for body, line in desk_lines(organisation_ids).items()}


def phones_for_referring(organisation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The desk telephones of these bodies for whoever may refer there; nothing for anybody else."""
    found = definer.rows("phones_for_referring", list(organisation_ids), columns="organisation_id phone")
    return dict(found)


def phone_of(column: str) -> Subquery:
    """The same beside a row that names a body in this column, in the query that reads the row. None: as above."""
    return Subquery(models.OrganisationPhone.objects.filter(pk=OuterRef(column)).values("phone")[:1])


def name_of(membership: str) -> Subquery:
    """Beside a row that names a member of one's own body in this column: the name as it is kept. None: not read."""
    return Subquery(models.Membership.objects.filter(pk=OuterRef(membership)).values("user__name")[:1])


def own_desk_line(actor: Actor) -> DeskLine:
    """Where the actor's own desk can be called; an empty number: nobody has recorded it."""
    own = actor.organisation_id
    return desk_lines([own]).get(own, DeskLine()) if own else DeskLine()


def own_desk_phone(actor: Actor) -> str:
    """The same, the number alone."""
    return own_desk_line(actor).phone


def colleagues(actor: Actor, *, role: str | None = None) -> list[Colleague]:
    """Who works in the actor's body now, the actor included, by name, as far as this server vouched for them."""
    if actor.organisation_id is None:
        return []
    found = [_colleague(member) for member in believed(lambda: _members(actor))]
    return sorted((one for one in found if role is None or role in one.roles), key=lambda one: one.name)


def colleague(actor: Actor, membership_id: UUID) -> Colleague | None:
    """One of them, to whom something is to be given; None: nobody who works there now. Untrusted: see above."""
    member = required(lambda: next((one for one in _members(actor) if one.membership_id == membership_id), None))
    return _colleague(member) if member else None


def by_name(rows: str, values: Iterable[object]) -> list[tuple[tuple[Any, ...], Colleague | None]]:
    """The rows of a statement, the first column of which is `membership_id`, each with who that is by their post.

    Of one's own body. By this and by no other name somebody is chosen. None: nobody vouched for that post, and there is
    no name to go by; the alarm says whose, unless the post rests or has ended, and so carries no tag.
    """
    found: list[tuple[tuple[Any, ...], _Member | None]] = []

    def read() -> list[_Member]:
        answered = definer.read(_ROWS + rows + _BESIDE + _POSTS + _ITS_POST, *values)
        found[:] = [(row[1:-_WIDTH], _member(row[-_WIDTH:])) for row in answered]
        return [one for _row, one in found if one is not None and (one.works or one.tag)]

    held = {one.membership_id: _colleague(one) for one in believed(read)}
    return [(row, held.get(row[0]) if _is_hers(row[0], one) else None) for row, one in found]


def _is_hers(membership: object, one: _Member | None) -> bool:
    """Whether the database has put that member's own post beside them; else the alarm."""
    if one is not None and one.membership_id == membership:
        return True
    alarm(Untrusted("post", membership if isinstance(membership, UUID) else NAMELESS))
    return False


@dataclass(frozen=True, kw_only=True)
class _Member(Post):
    has_key: bool
    works: bool


_POSTS = (
    "select m.id, m.serial, m.user_id, m.organisation_id, u.name, m.function_code, coalesce(h.roles, '{}'),"
    " m.supervisor_id, m.tag, exists (select 1 from person_key k where k.user_id = m.user_id and k.ended_at is null),"
    " u.is_active and m.ended_at is null and m.suspended_at is null"
    " from membership m join app_user u on u.id = m.user_id"
    " left join (select r.membership_id, array_agg(r.role_code::text) as roles from role_held r"
    " where r.ended_at is null group by r.membership_id) h on h.membership_id = m.id"
)
_WIDTH = 11
_LIVE = " where u.is_active and m.ended_at is null and "
_ROWS = "select t.*, p.* from (select row_number() over () as place, x.* from ("
# As texts: whatever type the database answers there, who is not found is nobody, and the page comes all the same.
_BESIDE, _ITS_POST = ") x) t left join (", ") p on p.id::text = t.membership_id::text order by t.place"


def _members(actor: Actor) -> list[_Member]:
    found = _read(_LIVE + "m.organisation_id = %s and m.suspended_at is null", actor.organisation_id)
    for one in found:
        require_asked("post", (one.organisation_id,), (actor.organisation_id,))
    return found


def _read(where: str, value: UUID | None) -> list[_Member]:
    return [one for row in definer.read(_POSTS + where, value) if (one := _member(row)) is not None]


def _member(row: tuple[Any, ...]) -> _Member | None:
    *said, has_key, works = row
    return None if said[0] is None else _Member.read(said, has_key=has_key, works=works)


def post(membership_id: UUID) -> Post | None:
    """A post of one's own body that has not ended, as the database says it: whoever acts on it asks if it holds."""
    found = next(iter(_read(_LIVE + "m.id = %s", membership_id)), None)
    if found is not None:
        require_asked("post", (found.membership_id,), (membership_id,))
    return found


def posts_of(user_id: UUID) -> list[Post]:
    """All that this person works as, as far as the asking session may know it. The same holds."""
    found: list[Post] = [*_read(_LIVE + "m.user_id = %s and m.suspended_at is null", user_id)]
    for post in found:
        require_asked("post", (post.user_id,), (user_id,))
    return found


def _colleague(member: _Member) -> Colleague:
    return Colleague(
        membership_id=member.membership_id, user_id=member.user_id, name=shown(member.name), function=member.function,
        roles=member.roles, has_key=member.has_key,
    )  # fmt: skip


def names(membership_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of members of one's own body, former ones too; others are not in the answer."""
    rows = models.Membership.objects.filter(pk__in=list(membership_ids)).values_list("pk", "user__name")
    return {pk: shown(name) for pk, name in rows}


def shown(name: str) -> str:
    """A colleague's name in the letters of the page's language."""
    return in_letters_of((get_language() or "en").split("-", maxsplit=1)[0], name)


def body_ready(organisation_id: UUID) -> bool:
    """Whether two custodians hold this body's continuity key: without it no case is begun."""
    return bool(definer.value("body_ready", organisation_id))


def desk_ready(organisation_id: UUID) -> bool:
    """Whether an officer of this body's desk can open what is sent to it."""
    return bool(definer.value("desk_ready", organisation_id))


def body_key(organisation_id: UUID, kind: str) -> BodyKey | None:
    """The live public key (`desk` or `continuity`) of a body, to seal to. Untrusted: not ours, or not its newest."""
    found = required(lambda: _body_key(next(iter(_live_key(organisation_id, kind)), None)))
    if found is not None:
        require_asked("bodykey", (found.organisation, found.kind), (organisation_id, kind))
    return found


@worded
def _live_key(organisation_id: UUID, kind: str) -> QuerySet[models.BodyKey]:
    live = models.BodyKey.objects.filter(organisation_id=organisation_id, kind_code=kind, ended_at=None)
    return live.order_by("-key_no")[:1]


def body_key_by_id(key_id: UUID) -> BodyKey | None:
    """A body key, former ones too: waiting packets keep theirs."""
    found = _body_key(models.BodyKey.objects.filter(pk=key_id).first())
    if found is not None:
        require_asked("bodykey", (found.id,), (key_id,))
    return found


def desk_wrap(actor: Actor, key_id: UUID | None = None) -> bytes | None:
    """The actor's own seal of the desk's key (the live one unless named), to be opened with `vault.bodies.open_key`."""
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
    """The live public key of somebody of one's own body, or one's own. Untrusted: not ours, or not their newest."""
    if user_id is None:
        return None
    live = models.PersonKey.objects.filter(user_id=user_id, ended_at=None)
    found = required(lambda: _person_key(live.order_by("-key_no").first()))
    if found is not None:
        require_asked("key", (found.user,), (user_id,))
    return found


def custodian_keys(organisation_id: UUID) -> list[PersonKey]:
    """The live keys of those who hold the continuity of the actor's body: each key, and the post that makes them one.

    Untrusted: one of them has that post in another body.
    """
    found: dict[Post, PersonKey] = {}

    def read() -> list[Post]:
        posts = []
        for row in definer.rows("custodian_keys", columns=f"{POST} post_tag id key_no public tag"):
            posts.append(Post.read(row[:-4]))
            key_id, number, public, key_tag = row[-4:]
            found[posts[-1]] = PersonKey(key_id, posts[-1].user_id, number, public, key_tag)
        return posts

    holders = [post for post in believed(read) if "custodian" in post.roles]
    for post in holders:
        require_asked("post", (post.organisation_id,), (organisation_id,))
    return believed(lambda: [found[post] for post in holders])


def _itself(row: models.Organisation) -> Beside:
    return Beside(row, row, row.pk)


def organisation_of_slug(slug: str) -> BodyCard:
    """One body by its short name; NotVisible if there is none. Untrusted: as above."""
    found = models.Organisation.objects.filter(slug=slug, is_active=True).values_list("pk", flat=True).first()
    if found is None:
        raise NotVisible
    return organisation(found)


def _card(row: models.Organisation) -> BodyCard:
    return BodyCard(
        id=row.pk,
        slug=row.slug,
        names={language: getattr(row, f"name_{language}") for language in LANGUAGES},
        kind=row.kind_code,
        compartment=row.compartment_code,
        actor_type=row.actor_type_code,
        region=row.region_code,
        has_desk=row.has_desk,
    )


def _body_key(row: models.BodyKey | None) -> BodyKey | None:
    if row is None:
        return None
    return BodyKey(
        id=row.pk,
        organisation=row.organisation_id,
        kind=row.kind_code,
        key_no=row.key_no,
        public=bytes(row.public),
        tag=bytes(row.tag),
    )


def _person_key(row: models.PersonKey | None) -> PersonKey | None:
    if row is None:
        return None
    return PersonKey(row.pk, row.user_id, row.key_no, bytes(row.public), bytes(row.tag))
