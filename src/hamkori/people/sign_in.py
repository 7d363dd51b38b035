"""Sign-in below any page: the account at the door, the passphrase, the session.

Pages, the command line and the world builder go through these same steps; only pages have a browser's cookie.
See docs/design/people.md#sign-in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.access.context import Seen, issue, new_token, set_token, token_hash, whoami
from hamkori.action import mismatch
from hamkori.people.facts import ORGANISATION, POST, Institution, Post, believed, holds
from hamkori.refusal import NotVisible
from hamkori.vault import server
from hamkori.vault.bytes import OpenKey, Sealed, Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.person import FIRST_PEPPER, BelowFloor, Credential, open_box, sign_in, under_newest_pepper
from hamkori.vault.proof import as_meant, prove, prover

LEVEL = "mfa"


@dataclass(frozen=True)
class Stored:
    """What the database keeps of a person's passphrase and key."""

    credential: Credential
    key_id: UUID
    key_no: int
    box: bytes = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """A passphrase that was right, and the key it opened."""

    user_id: UUID
    key_no: int
    key: OpenKey


class WrongPassphrase(Exception):
    """Not this passphrase, or nobody with this e-mail: nobody can tell which."""


def knock(keyring: Keyring, who: str | UUID) -> None:
    """Name the account at the door, by e-mail or user id, for the rest of this transaction.

    Policies then show this one account. The proof makes it worthless to a statement slipped in from outside.
    """
    name = str(who).strip().lower()
    if "|" in name or "\0" in name:  # nobody's
        leave_door()
        return
    proved = prove(keyring, "knock", name)
    with as_meant():
        definer.run("knock", name, *proved)


def account_at_door() -> UUID | None:
    """Who was named at the door; None: nobody has this e-mail."""
    found: UUID | None = definer.value("at_door")
    return found


def leave_door() -> None:
    """Nobody is at the door any more."""
    definer.run("set_config", "hk.knock", "", True)


def stored(user_id: UUID) -> Stored | None:
    """The credential of the account at the door or one's own; None for everybody else, and for who works nowhere."""
    row = definer.row("credential_for", user_id, columns="salt ops memory login_hash key_no box key_id")
    if row is None:
        return None
    salt, ops, memory, login_hash, key_no, box, key_id = row
    return Stored(Credential(user_id, bytes(salt), ops, memory, bytes(login_hash)), key_id, key_no, bytes(box))


def check(keyring: Keyring, email: str, user_id: UUID | None, typed: str) -> Opened | None:
    """One slow stretch, whoever it is. None: wrong, unknown, or a former one. Untrusted: the row is none of ours."""
    row = stored(user_id) if user_id is not None else None
    try:
        kek = sign_in(keyring, email, typed, row.credential if row else None)
    except BelowFloor:  # no such cost was ever written: wrong it is for whoever types what is right, too
        raise Untrusted("credential", user_id or "") from None
    if row is None or was_replaced(row) or kek is None:
        return None
    try:
        key = open_box(kek, row.box, row.credential.user, row.key_id, row.key_no)
    except Sealed:  # the passphrase was right, and what it opens was changed or is another's
        raise Untrusted("credential", row.credential.user) from None
    _turn_pepper(keyring, row, key, typed)
    return Opened(row.credential.user, row.key_no, key)


def was_replaced(row: Stored) -> bool:
    """Whether another passphrase has replaced that of this row, which then opens nothing, whatever was typed.

    The alarm, if it is there still: what was read may be older than what has replaced it.
    """
    user = row.credential.user
    if not server.is_former(user, row.key_no):
        return False
    now = stored(user)
    if now is not None and server.is_former(user, now.key_no):
        server.alarm(Untrusted("key", user))
    return True


def _turn_pepper(keyring: Keyring, row: Stored, key: OpenKey, typed: str) -> None:
    """Puts what there is under the newest pepper, now that the passphrase is at hand. Mostly there is nothing to do."""
    turned = under_newest_pepper(keyring, row.credential, typed, key, row.key_no)
    if turned is None:
        shown_under(row.credential)
        return
    written = (row.credential.user, row.credential.login, turned.login, turned.box)
    proved = prove(keyring, "credential_turn", *written)
    with as_meant():
        done = definer.value("credential_turn", *written, *proved)
    if done:
        shown_under(replace(row.credential, login=turned.login))


def shown_under(credential: Credential) -> None:
    """The passphrase was seen under this version of the pepper. What the row says of it, the database's owner says too:
    an older one is forgotten when everybody was seen under a newer (site/keys/versions.py).
    """
    if credential.pepper_no > FIRST_PEPPER:
        server.mark("pepper", credential.user, credential.pepper_no)


@dataclass(frozen=True)
class Place:
    """Where somebody works: a membership of theirs, believed as a post, and as an organisation."""

    post: Post
    organisation: Institution

    @classmethod
    def read(cls, row: Sequence[Any]) -> Place:
        """Of a row of `my_bodies()` or `whoami()`, which begins with both."""
        return cls(Post.read(row[:9]), Institution(row[3], *row[9:19]))

    def holds(self) -> bool:
        """Whether this server vouched for both."""
        return holds(self.post, self.organisation)

    def must_hold(self) -> None:
        """Untrusted unless it holds."""
        for row in (self.post, self.organisation):
            server.trust().require(row.fact, row.tag)


def posts() -> list[Post]:
    """Where this person works now, the longest first, as far as this server vouched for it."""
    return [place.post for place in bodies()]


def bodies() -> list[Place]:
    """The same for a page: only what holds is offered, so a planted place stands in nobody's way."""
    found: list[Place] = []

    def read() -> list[Post]:
        found[:] = _my_bodies()
        return [place.post for place in found]

    good = set(believed(read))
    organisations = {one.id for one in believed(lambda: [place.organisation for place in found])}
    return [place for place in found if place.post in good and place.organisation.id in organisations]


def first_body() -> Place:
    """Where a sign-in begins: the first place that holds. Untrusted: there are only others; NotVisible: none."""
    places = _my_bodies()
    if not any(map(Place.holds, places)):
        return _required(_my_bodies)
    return bodies()[0]


def own_body(membership_id: UUID) -> Place:
    """This place of theirs. Untrusted: it is not what this server vouched for; NotVisible: it is none of theirs."""
    return _required(lambda: [place for place in _my_bodies() if place.post.membership_id == membership_id])


def _required(read: Callable[[], list[Place]]) -> Place:
    found: list[Place] = []
    for _ in range(2):  # a change may have been committed since, and its mark be newer than what was read
        found = read()
        for place in filter(Place.holds, found):
            return place
    for place in found[:1]:
        place.must_hold()
    raise NotVisible


def _my_bodies() -> list[Place]:
    columns = f"{POST.replace('roles_held', 'roles')} tag {ORGANISATION}"
    return [Place.read(row) for row in definer.rows("my_bodies", columns=columns)]


def recognised() -> Seen | None:
    """Who acts in this transaction, if the post and the organisation are what this server vouched for.

    If they are not, the alarm is raised, the session ends and nobody acts: whoever changed the row gains a sign-in.
    """
    seen = whoami()
    if seen is None or Place.read(seen).holds():
        return seen
    seen = whoami()  # a change may have been committed since, and its mark be newer than what was read
    if seen is None or Place.read(seen).holds():
        return seen
    place = Place.read(seen)
    for row in (place.post, place.organisation):
        if not holds(row):
            mismatch(None, Untrusted(row.fact.kind, row.fact.thing), "session.read")
    definer.run("session_end")
    set_token("")
    return None


def begun() -> Seen:
    """Who acts now that a session has just begun. Untrusted: not as this server vouched for it; NotVisible: nobody."""
    seen = whoami()
    if seen is not None and not Place.read(seen).holds():
        seen = whoami()
    if seen is None:
        raise NotVisible
    Place.read(seen).must_hold()
    return seen


def begin(keyring: Keyring, token_hex: str, membership_id: UUID) -> UUID:
    """A session for this token, acting as this membership; the rest of the transaction already acts in it."""
    with as_meant():
        session_id = issue(token_hex, membership_id, LEVEL, prover(keyring))
    set_token(token_hex)
    leave_door()
    return session_id


def change(keyring: Keyring, token_hex: str, session_id: UUID, membership_id: UUID) -> UUID:
    """The session of this transaction goes on as another membership of theirs, under a new token; its new id.

    It began when it began, and ends when it would have ended. NotVisible: no such membership of theirs.
    """
    written = (uuid4(), token_hash(token_hex), membership_id)
    proved = prove(keyring, "change", *written, session_id)
    with as_meant():
        definer.run("session_change", *written, *proved)
    set_token(token_hex)
    return written[0]


@contextmanager
def acting(keyring: Keyring, email: str, typed: str, membership_id: UUID | None = None) -> Iterator[Actor]:
    """Be this person for a while without a browser: the passphrase, a real session, an open vault. WrongPassphrase."""
    knock(keyring, email)
    opened = check(keyring, email, account_at_door(), typed)
    if opened is None:
        raise WrongPassphrase
    wanted = membership_id or next((post.membership_id for post in posts()), None)
    if wanted is None:
        raise WrongPassphrase
    with acting_as(keyring, wanted, opened.key) as actor:
        yield actor


@contextmanager
def acting_as(keyring: Keyring, membership_id: UUID, key: OpenKey | None = None) -> Iterator[Actor]:
    """The same with a key that is open already. At the end the transaction acts as whoever it did before."""
    before = definer.value("current_setting", "hk.token", True) or ""
    begin(keyring, new_token(), membership_id)
    seen = recognised()
    if seen is None:
        set_token(before)
        raise WrongPassphrase
    try:
        yield seen.actor(key)
    finally:
        if connection.in_atomic_block and not connection.needs_rollback:
            set_token(before)
