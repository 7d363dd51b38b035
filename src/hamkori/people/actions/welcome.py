"""Inviting a person and becoming one: link, passphrase, second factor, keys.

See docs/design/people.md#invitations.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hamkori import definer
from hamkori.canon import micros
from hamkori.people import totp
from hamkori.people.facts import ORGANISATION, Institution, Post, required
from hamkori.people.rules import FUNCTIONS, ROLES
from hamkori.people.sign_in import WrongPassphrase, account_at_door, check, knock, posts, shown_under
from hamkori.refusal import Invalid, NotVisible
from hamkori.vault import server, tags
from hamkori.vault.bytes import OpenKey
from hamkori.vault.keyring import Keyring
from hamkori.vault.person import new_person
from hamkori.vault.proof import as_meant, prove
from hamkori.vault.tags import Fact
from hamkori.vocabulary.country import FALLBACK

GOOD_FOR = timedelta(hours=72)
USED = 2  # the number past that of every invitation


@dataclass(frozen=True, kw_only=True)
class Invited:
    """What a link shows to the person it was made for: an invitation as it was read, with its organisation."""

    name: str
    email: str
    function: str
    roles: frozenset[str]
    language: str
    is_known: bool
    supervisor_id: UUID | None
    organisation: Institution
    fact: Fact
    tag: bytes

    def post(self, membership: UUID, user: UUID, name: str) -> Post:
        """The first post that this invitation vouches for."""
        return Post(
            membership_id=membership,
            serial=1,
            user_id=user,
            organisation_id=self.organisation.id,
            name=name,
            function=self.function,
            roles=self.roles,
            supervisor_id=self.supervisor_id,
        )


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """A person who has accepted. `recovery_codes` are shown once; `key` is open for this request only."""

    user_id: UUID
    membership_id: UUID
    email: str
    totp_secret: str = field(default="", repr=False)
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)
    key: OpenKey | None = field(default=None, repr=False)


def invite(
    keyring: Keyring,
    *,
    organisation_id: UUID,
    email: str,
    name: str,
    roles: Collection[str],
    function: str = "",
    supervisor_id: UUID | None = None,
    language: str = FALLBACK,
) -> str:
    """The secret part of a link, good once and for 72 hours. NotNow("may_join") if the roles exclude each other."""
    unknown = [role for role in roles if role not in ROLES]
    if unknown or (function and function not in FUNCTIONS):
        raise Invalid({"roles": ", ".join(unknown) or function})
    token, wanted = secrets.token_urlsafe(32), sorted(set(roles))
    hashed, address, until = token_hash(token), email.strip().lower(), datetime.now(UTC) + GOOD_FOR
    tag = keyring.tag(
        tags.invitation(hashed, organisation_id, address, name, function, wanted, supervisor_id, until).covered
    )
    row = (uuid4(), hashed, organisation_id, address, name, function, wanted, supervisor_id, language)
    written = (*row, micros(until), tag)
    proved = prove(keyring, "invite", *written)
    with as_meant():
        definer.run("invitation_make", *written, *proved)
    return token


def look(token: str) -> Invited:
    """What the link is for. NotVisible: unknown, used or too old, which look alike. Untrusted: nobody of ours made it.

    How old it is, is asked of this machine's clock too: the database's belongs to whoever owns it.
    """
    hashed = token_hash(token)
    invited = required(lambda: _link(hashed))
    if invited is None:
        raise NotVisible
    required(lambda: invited.organisation)
    return invited


def _link(hashed: bytes) -> Invited | None:
    with as_meant():
        row = definer.row(
            "invitation_look",
            hashed,
            columns="name email function_code roles supervisor_id expires_at tag language_code is_known"
            f" organisation_id {ORGANISATION}",
        )
    if row is None or row[5] <= datetime.now(UTC):
        return None
    name, email, function, roles, supervisor, until, tag, language, is_known, *said = row
    body = Institution(*said)
    return Invited(
        name=name,
        email=email,
        function=function,
        roles=frozenset(roles),
        language=language,
        is_known=is_known,
        supervisor_id=supervisor,
        organisation=body,
        fact=tags.invitation(hashed, body.id, email, name, function, roles, supervisor, until),
        tag=tag,
    )


def accept(
    keyring: Keyring, token: str, typed: str, *, language: str | None = None, totp_secret: str | None = None
) -> Welcome:
    """A new person with everything that a sign-in needs. Ask `look` and `weakness` first; the link is used up.

    `totp_secret` is the one whose code was already shown; without it a new one is made.
    """
    invited = look(token)
    if invited.is_known:
        raise NotVisible
    user, key, membership, hashed = uuid4(), uuid4(), uuid4(), token_hash(token)
    credential, made = new_person(keyring, user, key, 1, typed)
    secret = totp_secret or totp.new_secret()
    codes, shown = totp.codes_data(keyring, user, 1)
    post_tag = keyring.tag(invited.post(membership, user, invited.name).fact.covered)
    written = (
        hashed, user, language or invited.language, credential.salt, credential.ops, credential.memory,
        credential.login, made.box, key, made.public, made.tag, json.dumps(totp.totp_data(keyring, user, 1, secret)),
        json.dumps(codes), membership, post_tag,
    )  # fmt: skip
    proved = prove(keyring, "accept", *written)
    with as_meant():
        definer.run("invitation_accept", *written, *proved)
    shown_under(credential)
    _is_used(hashed)
    return Welcome(
        user_id=user,
        membership_id=membership,
        email=invited.email,
        totp_secret=secret,
        recovery_codes=tuple(shown),
        key=made.opened,
    )


def join(keyring: Keyring, token: str, typed: str) -> Welcome:
    """A person who has an account takes another place of work with their own passphrase. WrongPassphrase if not theirs.

    The name is that of a post we vouched for, else the invitation's: never what the database says of the account.
    """
    invited = look(token)
    if not invited.is_known:
        raise NotVisible
    knock(keyring, invited.email)
    opened = check(keyring, invited.email, account_at_door(), typed)
    if opened is None:
        raise WrongPassphrase
    membership, hashed = uuid4(), token_hash(token)
    name = next((post.name for post in posts() if post.user_id == opened.user_id), invited.name)
    post_tag = keyring.tag(invited.post(membership, opened.user_id, name).fact.covered)
    written = (hashed, opened.user_id, membership, post_tag)
    proved = prove(keyring, "join", *written)
    with as_meant():
        definer.run("invitation_join", *written, *proved)
    _is_used(hashed)
    return Welcome(user_id=opened.user_id, membership_id=membership, email=invited.email, key=opened.key)


def _is_used(hashed: bytes) -> None:
    """Put back with its tag, the invitation would be good once more: from here on it is not."""
    server.mark("invite", hashed.hex(), USED)


def make_person(
    keyring: Keyring,
    *,
    organisation_id: UUID,
    email: str,
    name: str,
    roles: Collection[str],
    passphrase: str,
    function: str = "",
    supervisor_id: UUID | None = None,
    language: str = FALLBACK,
    totp_secret: str | None = None,
) -> Welcome:
    """Invitation and acceptance in one: how the demonstration world and the tests come to people.

    A second call for the same e-mail is a second place of work of the same person.
    """
    token = invite(
        keyring,
        organisation_id=organisation_id,
        email=email,
        name=name,
        roles=roles,
        function=function,
        supervisor_id=supervisor_id,
        language=language,
    )
    if look(token).is_known:
        return join(keyring, token, passphrase)
    return accept(keyring, token, passphrase, totp_secret=totp_secret)


def token_hash(token: str) -> bytes:
    """How a link's secret is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
