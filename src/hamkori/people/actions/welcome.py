"""Inviting a person and becoming one: link, passphrase, second factor, keys."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from hamkori.people import totp
from hamkori.people.definers import ask
from hamkori.people.rules import FUNCTIONS, ROLES
from hamkori.people.sign_in import WrongPassphrase, check, knock
from hamkori.refusal import Invalid, NotVisible
from hamkori.vault.bytes import OpenKey
from hamkori.vault.keyring import Keyring
from hamkori.vault.passphrase import Weakness, weakness
from hamkori.vault.person import new_person
from hamkori.vault.proof import prove


@dataclass(frozen=True)
class Invited:
    """What a link shows to the person it was made for."""

    name: str
    email: str
    body_names: dict[str, str]
    function: str
    roles: frozenset[str]
    language: str
    is_known: bool


@dataclass(frozen=True)
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
    language: str = "tg",
) -> str:
    """The secret part of a link, good once and for 72 hours. NotNow("may_join") if the roles exclude each other."""
    unknown = [role for role in roles if role not in ROLES]
    if unknown or (function and function not in FUNCTIONS):
        raise Invalid({"roles": ", ".join(unknown) or function})
    token, wanted = secrets.token_urlsafe(32), sorted(set(roles))
    hashed, address = token_hash(token), email.strip().lower()
    row = (uuid4(), hashed, organisation_id, address, name, function, wanted, supervisor_id, language)
    at, proof = prove(keyring, "invite", *row)
    ask("select invitation_make(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", [*row, at, proof])
    return token


def look(token: str) -> Invited:
    """What the link is for. NotVisible: unknown, used or too old, which look alike."""
    row = ask(
        "select name, email, name_en, name_tg, name_ru, name_fr, function_code, roles, language_code, is_known"
        " from invitation_look(%s)",
        [token_hash(token)],
    )
    if row is None:
        raise NotVisible
    name, email, *names, function, roles, language, is_known = row
    return Invited(
        name,
        email,
        dict(zip(("en", "tg", "ru", "fr"), names, strict=True)),
        function,
        frozenset(roles),
        language,
        is_known,
    )


def weak(typed: str, invited: Invited) -> Weakness | None:
    """Why this passphrase cannot be hers, if so."""
    return weakness(typed, [invited.name, invited.email, *invited.body_names.values()])


def accept(
    keyring: Keyring, token: str, typed: str, *, language: str | None = None, totp_secret: str | None = None
) -> Welcome:
    """A new person with everything she needs to sign in. Ask `look` and `weak` first; the link is used up.

    `totp_secret` is the one whose code she has already shown; without it a new one is made.
    """
    invited = look(token)
    if invited.is_known:
        raise NotVisible
    user, key, hashed = uuid4(), uuid4(), token_hash(token)
    credential, made = new_person(keyring, user, key, 1, typed)
    secret = totp_secret or totp.new_secret()
    codes, shown = totp.codes_data(keyring)
    written = (
        hashed, user, language or invited.language, credential.salt, credential.ops, credential.memory,
        credential.login, made.box, key, made.public, made.tag, json.dumps(totp.totp_data(keyring, secret)),
        json.dumps(codes),
    )  # fmt: skip
    at, proof = prove(keyring, "accept", *written)
    places = ", ".join(["%s"] * (len(written) + 2))
    row = ask(f"select invitation_accept({places})", [*written, at, proof])
    assert row is not None
    return Welcome(user, row[0], invited.email, secret, tuple(shown), made.opened)


def join(keyring: Keyring, token: str, typed: str) -> Welcome:
    """A person who has an account takes another place of work with her own passphrase. WrongPassphrase if not hers."""
    invited = look(token)
    if not invited.is_known:
        raise NotVisible
    knock(keyring, invited.email)
    found = ask("select at_door() where %s", [True])
    opened = check(keyring, invited.email, found[0] if found else None, typed)
    if opened is None:
        raise WrongPassphrase
    hashed = token_hash(token)
    at, proof = prove(keyring, "join", hashed, opened.user_id)
    row = ask("select invitation_join(%s, %s, %s, %s)", [hashed, opened.user_id, at, proof])
    assert row is not None
    return Welcome(opened.user_id, row[0], invited.email, key=opened.key)


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
    language: str = "tg",
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
