"""A post changes, rests or ends: each time under the next number, so that nobody brings back what it was.

Who may ask for it is the caller's question. A post that is not what this server vouched for is not vouched for on the
way: Untrusted.
See docs/design/people.md#posts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from uuid import UUID

from hamkori import definer
from hamkori.people import queries
from hamkori.people.facts import Post, required
from hamkori.people.rules import FUNCTIONS, ROLES
from hamkori.refusal import Invalid, NotVisible
from hamkori.vault import server
from hamkori.vault.asked import require_asked
from hamkori.vault.keyring import Keyring
from hamkori.vault.proof import as_meant, prove
from hamkori.vault.tags import LEFT


@dataclass(frozen=True)
class Works:
    """As what somebody works, under whom: what an act on a post leaves."""

    function: str
    roles: frozenset[str]
    supervisor_id: UUID | None


def works_as(membership_id: UUID) -> Works:
    """As what the member works now. NotVisible: they do not."""
    post = _present(membership_id)
    return Works(post.function, post.roles, post.supervisor_id)


def change(keyring: Keyring, membership_id: UUID, to: Works) -> Post:
    """Another function, other roles, another supervisor. NotNow("may_join") if the roles exclude each other."""
    return _set(keyring, _present(membership_id), to)


def resume(keyring: Keyring, membership_id: UUID, as_she_was: Works) -> Post:
    """A suspended post comes back, as what somebody says anew: nothing vouches for what stood there."""
    post = queries.post(membership_id)
    if post is None:
        raise NotVisible
    return _set(keyring, post, as_she_was)


def rename(keyring: Keyring, user_id: UUID, name: str) -> list[Post]:
    """Another name, in all posts of that person at once."""
    changed = []
    for post in queries.posts_of(user_id):
        held = _present(post.membership_id)
        require_asked("post", (held.user_id,), (user_id,))
        changed.append((held, replace(held, name=name, serial=_next(held))))
    rows = [
        {"membership": str(new.membership_id), "was": old.serial, "serial": new.serial, "tag": _tag(keyring, new).hex()}
        for old, new in changed
    ]
    written = (user_id, name, json.dumps(rows))
    proved = prove(keyring, "name", *written)
    with as_meant():
        definer.run("posts_name", *written, *proved)
    for _old, new in changed:
        _mark(new)
    return [new for _old, new in changed]


def suspend(keyring: Keyring, membership_id: UUID) -> None:
    """Not at work there for the time being: sessions end, nobody chooses the member, nothing is sealed to them."""
    _end(keyring, membership_id, "suspend")


def end(keyring: Keyring, membership_id: UUID) -> None:
    """The member does not work there any more."""
    _end(keyring, membership_id, "end")


def _present(membership_id: UUID) -> Post:
    post = required(lambda: queries.post(membership_id))
    if post is None:
        raise NotVisible
    return post


def _set(keyring: Keyring, was: Post, to: Works) -> Post:
    unknown = [role for role in to.roles if role not in ROLES]
    if unknown or (to.function and to.function not in FUNCTIONS):
        raise Invalid({"roles": ", ".join(unknown) or to.function})
    post = replace(
        was, serial=_next(was), function=to.function, roles=to.roles, supervisor_id=to.supervisor_id, tag=b""
    )
    roles, tag = sorted(post.roles), _tag(keyring, post)
    written = (post.membership_id, was.serial, post.serial, post.function, roles, post.supervisor_id, tag)
    proved = prove(keyring, "post", *written)
    with as_meant():
        definer.run("post_set", *written, *proved)
    _mark(post)
    return replace(post, tag=tag)


def _end(keyring: Keyring, membership_id: UUID, how: str) -> None:
    post = queries.post(membership_id)  # whatever it says: what does not hold may end
    if post is None:
        raise NotVisible
    number = server.trust().number_past("post", membership_id, post.serial)  # it gives nothing
    written = (membership_id, post.serial, number, how)
    proved = prove(keyring, "post_end", *written)
    with as_meant():
        definer.run("post_end", *written, *proved)
    server.mark(LEFT, membership_id, number)  # before the other, which would say that they work there
    server.mark("post", membership_id, number)


def _next(post: Post) -> int:
    return server.trust().next_number("post", post.membership_id, post.serial)


def _tag(keyring: Keyring, post: Post) -> bytes:
    return keyring.tag(post.fact.covered)


def _mark(post: Post) -> None:
    server.mark("post", post.membership_id, post.serial)
