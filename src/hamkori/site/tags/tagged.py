"""Every row with a tag, by its kind, as the owner of the database reads it: for what is done to all of them at once.

A kind that is not here is neither adopted nor counted as behind its mark: tests/site/test_tags.py asks for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from psycopg import sql

from hamkori import definer
from hamkori.casework.consent.queries.said import with_rows, words
from hamkori.people.facts import Institution, Post
from hamkori.vault import tags
from hamkori.vault.bytes import NAMELESS, Untrusted
from hamkori.vault.tags import Fact
from hamkori.vault.trust import Trust

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row that counts today: its fact, its tag, and how a person would know it on paper ('' for a row of codes).

    `of`: what the fact was made of, for whoever says it in words (told.py).
    """

    id: UUID
    fact: Fact
    tag: bytes
    words: str = ""
    renumbered: Callable[[int], Fact] | None = None
    of: Any = None


@dataclass(frozen=True)
class Kind:
    """How rows of a kind are read and written. `ended`: thing and number of what was true once and is no more.

    `closed`: rows under which nothing new is sealed, and whose tag is asked when what lies under them is opened.
    """

    name: str
    table: str
    rows: str
    of: Callable[[Sequence[Any]], Row]
    number: str = ""
    ended: str = ""
    closed: str = ""

    def read(self) -> Iterator[Row]:
        """All that count today."""
        return map(self._made, definer.each(self.rows))

    def read_closed(self) -> Iterator[Row]:
        """All that are only opened any more."""
        return map(self._made, definer.each(self.closed)) if self.closed else iter(())

    def _made(self, row: Sequence[Any]) -> Row:
        """Untrusted, of this kind: the database answers something else than its columns hold."""
        try:
            return self.of(row)
        except (TypeError, ValueError, AttributeError):
            raise Untrusted(self.name, NAMELESS) from None

    def is_ours(self, row: Row, trust: Trust) -> bool:
        """Whether this row's tag is done again when a key is turned."""
        return trust.holds(row.fact, row.tag)

    def tag_anew(self, row: Row, tag: bytes) -> bool:
        """Another tag over the same row; False: it was changed meanwhile, and nothing was done."""
        statement = sql.SQL("update {} set tag = %s where id = %s and tag = %s").format(sql.Identifier(self.table))
        return definer.write(statement, tag, row.id, row.tag) == 1

    def write(self, row: Row, tag: bytes, number: int | None = None) -> None:
        """Its tag, and its number if it has got another one."""
        values = {"tag": tag} if number is None else {"tag": tag, self.number: number}
        columns = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
        statement = sql.SQL("update {} set {} where id = %s").format(sql.Identifier(self.table), columns)
        definer.write(statement, *values.values(), row.id)

    def past(self) -> Iterator[tuple[str, int]]:
        """Thing and number past what has ended."""
        if self.ended:
            yield from ((thing, int(number)) for thing, number in definer.each(self.ended))


def _organisation(row: Sequence[Any]) -> Row:
    body = Institution(*row)
    name = body.name_en or body.name_tg or body.name_ru or body.name_fr
    said = f"{body.slug}: {name}, {body.kind}, {body.compartment}"
    return Row(
        id=body.id,
        fact=body.fact,
        tag=body.tag,
        words=said,
        renumbered=lambda number: replace(body, version=number).fact,
        of=body,
    )


def _post(row: Sequence[Any]) -> Row:
    member, serial, user, body, name, function, roles, supervisor, tag, slug, email = row
    post = Post(
        membership_id=member,
        serial=serial,
        user_id=user,
        organisation_id=body,
        name=name,
        function=function,
        roles=frozenset(roles),
        supervisor_id=supervisor,
        tag=bytes(tag),
    )
    said = f"{name} <{email}> at {slug}: {', '.join(sorted(post.roles)) or 'no role'}, {function or 'no function'}"
    return Row(
        id=member,
        fact=post.fact,
        tag=post.tag,
        words=said,
        renumbered=lambda number: replace(post, serial=number).fact,
        of=(post, email),
    )


def _invitation(row: Sequence[Any]) -> Row:
    row_id, tag, hashed, body, email, name, function, roles, supervisor, until = row
    said = (bytes(hashed), body, email, name, function, roles, supervisor, until)
    return Row(
        id=row_id,
        fact=tags.invitation(*said),
        tag=bytes(tag),
        words=f"{name} <{email}>: {', '.join(sorted(roles))}",
        of=said,
    )


def _of(build: Callable[..., Fact]) -> Callable[[Sequence[Any]], Row]:
    """Rows of codes: id, tag, then what the fact is built of."""

    def of(row: Sequence[Any]) -> Row:
        row_id, tag, *read = row
        said = tuple(bytes(one) if isinstance(one, memoryview) else one for one in read)
        return Row(id=row_id, fact=build(*said), tag=bytes(tag), of=said)

    return of


KINDS: tuple[Kind, ...] = (
    Kind(
        "org", "organisation",
        "select id, version, slug, name_en, name_tg, name_ru, name_fr, kind_code, compartment_code, has_desk, tag"
        " from organisation order by slug",
        _organisation, "version",
    ),
    Kind(
        "post", "membership",
        "select m.id, m.serial, m.user_id, m.organisation_id, u.name, m.function_code,"
        " array(select r.role_code::text from role_held r where r.membership_id = m.id and r.ended_at is null),"
        " m.supervisor_id, m.tag, o.slug, u.email from membership m join app_user u on u.id = m.user_id"
        " join organisation o on o.id = m.organisation_id where m.ended_at is null and m.suspended_at is null"
        " order by o.slug, u.name",
        _post, "serial",
        "select replace(id::text, '-', ''), serial from membership"
        " where ended_at is not null or suspended_at is not null",
    ),
    Kind(
        "invite", "invitation",
        "select id, tag, token_hash, organisation_id, email, name, function_code, role_codes::text[], supervisor_id,"
        " least(greatest(expires_at, '0001-01-02'), '9999-12-30')"
        " from invitation where used_at is null and expires_at > statement_timestamp() order by email",
        _invitation, "",
        "select encode(token_hash, 'hex'), 2 from invitation where used_at is not null",
    ),
    Kind(
        "key", "person_key",
        "select id, tag, user_id, key_no, public from person_key where ended_at is null",
        _of(tags.person_key), "",
        "select replace(user_id::text, '-', ''), max(key_no) from person_key group by user_id",
    ),
    Kind(
        "bodykey", "body_key",
        "select id, tag, organisation_id, kind_code, key_no, public from body_key where ended_at is null",
        _of(tags.body_key), "",
        "select replace(organisation_id::text, '-', '') || '.' || kind_code, max(key_no) from body_key"
        " group by organisation_id, kind_code",
        "select id, tag, organisation_id, kind_code, key_no, public from body_key where ended_at is not null",
    ),
    Kind(
        "team", "case_access",
        "select a.id, a.tag, a.id, a.case_id, a.membership_id, m.user_id, a.kind_code, a.sections::text[],"
        " a.writes::text[] from case_access a join membership m on m.id = a.membership_id where a.ended_at is null",
        _of(tags.team), "",
        "select replace(id::text, '-', ''), 2 from case_access where ended_at is not null",
    ),
    Kind(
        "part", "referral_access",
        "select a.id, a.tag, a.id, a.referral_id, a.membership_id, m.user_id, a.sections::text[] from referral_access a"
        " join membership m on m.id = a.membership_id where a.ended_at is null and a.kind_code = 'worker'",
        _of(tags.part), "",
        "select replace(id::text, '-', ''), 2 from referral_access where ended_at is not null",
    ),
    Kind(
        "epoch", "section_key",
        "select id, tag, case_id, section_code, epoch, commitment from section_key where closed_at is null",
        _of(tags.epoch), "",
        "select replace(case_id::text, '-', '') || '.' || section_code, max(epoch + (closed_at is not null)::int)"
        " from section_key group by case_id, section_code",
        "select id, tag, case_id, section_code, epoch, commitment from section_key where closed_at is not null",
    ),
)  # fmt: skip


UNREAD = (
    "select c.id, c.case_id, c.number from consent c where c.at not between '0001-01-02' and '9999-12-30' or exists"
    " (select 1 from consent_row r where r.consent_id = c.id and r.until not between '0001-01-02' and '9999-12-30')"
)
"""Versions with a moment that no calendar has: none of ours."""


class Words(Kind):
    """What was agreed to: a version with all its rows. The newest of a case counts."""

    def read(self) -> Iterator[Row]:
        """All versions; only the newest is not below its mark. One with a date that is none holds no tag."""
        unread = definer.read(UNREAD)
        for row_id, case, number in unread:
            yield Row(id=row_id, fact=Fact("consent", case.hex, number, b""), tag=b"")
        for word in words(with_rows().exclude(pk__in=[row_id for row_id, _case, _number in unread])):
            yield Row(id=word.version.pk, fact=word.fact, tag=bytes(word.version.tag))

    def is_ours(self, row: Row, trust: Trust) -> bool:
        """Older versions too: her page says of each whether we vouched for it. They stay below their mark."""
        return trust.keyring.tag_holds(row.fact.covered, row.tag)


QUESTIONS = Kind(
    "request", "two_person",
    "select t.id, t.tag, t.id, t.act_code, t.organisation_id, t.subject_ids, t.asked_by_id, m.user_id,"
    " least(greatest(t.expires_at, '0001-01-02'), '9999-12-30')"
    " from two_person t join membership m on m.id = t.asked_by_id where t.state_code = 'asked'",
    _of(tags.request),
)  # fmt: skip

TURNED: tuple[Kind, ...] = (*KINDS, Words("consent", "consent", "", _of(tags.consent)), QUESTIONS)
"""All tables with a tag, for a turn of the key. The last two are not adopted: they are asked anew."""
