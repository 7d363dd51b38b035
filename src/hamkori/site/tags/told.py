"""What a tagged row says, in words for two people who compare it with paper, and the word by which they answer for it.

Whom it names is said by what holds under our tags, never by what stands beside it: the database answers as it likes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC
from functools import cached_property
from typing import Any
from uuid import UUID

from hamkori import definer
from hamkori.canon import canon
from hamkori.people.facts import Institution, Post
from hamkori.site.tags.tagged import KINDS, Row
from hamkori.vault.trust import Trust
from hamkori.vocabulary.country import LANGUAGES

FIRST, LAST, PART = 4, 16, 4  # of a tag in letters: without its version, 48 bits, in parts that can be read aloud
CODES = {
    "case": 'select code from public."case" where id = %s',
    "request": "select code from public.referral where id = %s",
}


class Unsaid(Exception):
    """Nobody can be told what the row says, so nobody vouches for it; the text says why."""


class Unnamed(Unsaid):
    """It names something that is not believed itself."""

    def __init__(self, what: str) -> None:
        super().__init__(f"names {what}, which does not hold itself: that first")


class Holding:
    """Posts, organisations and teams that hold now: read when one is asked for, and once."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust

    def _held(self, kind_name: str) -> list[Any]:
        kind = next(kind for kind in KINDS if kind.name == kind_name)
        return [row.of for row in kind.read() if self._trust.holds(row.fact, row.tag)]

    @cached_property
    def _organisations(self) -> dict[UUID, Institution]:
        return {body.id: body for body in self._held("org")}

    @cached_property
    def _posts(self) -> dict[UUID, Post]:
        return {post.membership_id: post for post, *_beside in self._held("post")}

    @cached_property
    def _leads(self) -> dict[UUID, list[UUID]]:
        found = defaultdict(list)
        for _row, case, membership, _user, kind, _sections, _writes in self._held("team"):
            if kind == "lead":
                found[case].append(membership)
        return found

    def organisation(self, organisation_id: UUID) -> str:
        """Its name and slug. Unnamed: it does not hold."""
        body = self._organisations.get(organisation_id)
        if body is None:
            raise Unnamed(f"org {organisation_id}")
        return f"{quoted(_name(body))} ({body.slug})"

    def _said(self, post: Post) -> str:
        return f"{quoted(post.name)} at {self.organisation(post.organisation_id)}"

    def post(self, membership_id: UUID, user_id: UUID) -> str:
        """Whose post that is, and where. Unnamed: it does not hold, or is another person's."""
        post = self._posts.get(membership_id)
        if post is None or post.user_id != user_id:
            raise Unnamed(f"post {membership_id}")
        return self._said(post)

    def person(self, user_id: UUID) -> str:
        """By all their posts. Unnamed: none holds."""
        found = [self._said(post) for post in self._posts.values() if post.user_id == user_id]
        if not found:
            raise Unnamed(f"a post of person {user_id}")
        return " and ".join(sorted(found))

    def others(self, post: Post) -> list[str]:
        """The same person's posts beside this one: by another name it may be somebody else."""
        return sorted(
            self._said(one)
            for one in self._posts.values()
            if one.user_id == post.user_id and one.membership_id != post.membership_id
        )

    def supervisor(self, membership_id: UUID | None) -> str:
        """Who stands above a post; two may stand above each other, so one that does not hold is said by its id."""
        post = self._posts.get(membership_id) if membership_id else None
        return self._said(post) if post else f"post {membership_id}, which does not hold" if membership_id else "nobody"

    def case(self, case_id: UUID) -> str:
        """Its code, which carries no tag, and who leads it by a row that holds."""
        leads = [self._said(self._posts[one]) for one in self._leads.get(case_id, ()) if one in self._posts]
        return f"{_code('case', case_id)}, led by {' and '.join(sorted(leads)) or 'nobody whose row holds'}"


def told(holding: Holding, kind: str, row: Row) -> str:
    """All that the row says, in one line. Unsaid: see there."""
    if not row.fact.covered:
        raise Unsaid("holds what its columns cannot")
    return _plain(_WORDS[kind](holding, row.of))


def check_word(trust: Trust, kind: str, row: Row, words: str) -> str:
    """Of exactly this row, said in exactly these words. Keyed: nobody else makes one, or another row with the same."""
    made = trust.keyring.tag_text(canon("vouch", kind, row.id, row.fact.covered, words))[FIRST:LAST]
    return "-".join(made[start : start + PART] for start in range(0, len(made), PART))


def quoted(text: object) -> str:
    """A name or a code, so that it ends where it ends."""
    return f'"{str(text).replace(chr(34), "?")}"'


def _plain(text: str) -> str:
    """As a terminal may show it: no control, no line of its own, no turned direction."""
    return "".join(one if one.isprintable() else "?" for one in text)


def _name(body: Institution) -> str:
    return next((name for code in LANGUAGES if (name := body.names[code])), "")


def _code(what: str, thing: UUID) -> str:
    found = definer.read(CODES[what], thing)
    return f"{what} {quoted(found[0][0]) if found else 'without a number'} ({thing})"


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes)) or "nothing"


def _organisation(_holding: Holding, body: Institution) -> str:
    names = ", ".join(f"{code} {quoted(body.names[code])}" for code in LANGUAGES)
    desk = "with a referral desk" if body.has_desk else "without a referral desk"
    return f"{quoted(body.slug)}: {names}; {body.kind}, {body.compartment}, {desk}"


def _post(holding: Holding, read: tuple[Post, str]) -> str:
    post, email = read
    said = (
        f"{quoted(post.name)} <{email}> at {holding.organisation(post.organisation_id)}: "
        f"{_listed(post.roles)}; function {post.function or 'none'}; under {holding.supervisor(post.supervisor_id)}; "
        f"person {post.user_id}"
    )
    others = holding.others(post)
    return f"{said}, who is also {' and '.join(others)}" if others else said


def _invitation(holding: Holding, read: tuple[Any, ...]) -> str:
    hashed, body, email, name, function, roles, supervisor, until = read
    return (
        f"{quoted(name)} <{email}> is invited to {holding.organisation(body)}: {_listed(roles)}; "
        f"function {function or 'none'}; under {holding.supervisor(supervisor)}; "
        f"until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC; link {hashed.hex()[:LAST]}"
    )


def _key(holding: Holding, read: tuple[Any, ...]) -> str:
    user, number, public = read
    return f"key {number} of {holding.person(user)}: {public.hex()}"


def _body_key(holding: Holding, read: tuple[Any, ...]) -> str:
    body, kind, number, public = read
    return f"{kind} key {number} of {holding.organisation(body)}: {public.hex()}"


def _team(holding: Holding, read: tuple[Any, ...]) -> str:
    _row, case, membership, user, kind, sections, writes = read
    return (
        f"{holding.post(membership, user)} is {kind} of {holding.case(case)}: reads {_listed(sections)}; "
        f"writes {_listed(writes)}"
    )


def _part(holding: Holding, read: tuple[Any, ...]) -> str:
    _row, referral, membership, user, sections = read
    return f"{holding.post(membership, user)} works on {_code('request', referral)}: opens {_listed(sections)}"


def _epoch(holding: Holding, read: tuple[Any, ...]) -> str:
    case, section, number, commitment = read
    return f"key {number} of {section} of {holding.case(case)}: {commitment.hex()}"


_WORDS: dict[str, Callable[[Holding, Any], str]] = {
    "org": _organisation,
    "post": _post,
    "invite": _invitation,
    "key": _key,
    "bodykey": _body_key,
    "team": _team,
    "part": _part,
    "epoch": _epoch,
}
