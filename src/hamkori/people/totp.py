"""The second factor below any page: a secret, its codes, and how both are kept locked.

A seed is locked for its owner, its kind and its number: moved to another account, or put back, it opens nothing.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value, validate_totp_code

from hamkori.vault import server
from hamkori.vault.bytes import Sealed, Untrusted, epoch_of
from hamkori.vault.keyring import Keyring

PERIOD = 30
# allauth's kind of a row -> ours, and where in its data the seed lies.
KINDS = {"totp": ("totp", "secret"), "recovery_codes": ("codes", "seed")}

_owner: ContextVar[UUID | None] = ContextVar("hk_factor_of", default=None)


def new_secret() -> str:
    """A new secret in base32, as authenticator apps read it."""
    return str(generate_totp_secret())


def code(secret: str, step: int = 0) -> str:
    """The code now, or some steps of 30 seconds later: for a robot that types, and for tests."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + step)))


def right(secret: str, typed: str) -> bool:
    """Whether this code belongs to this secret now."""
    return bool(validate_totp_code(secret, typed))


@contextmanager
def factor_of(user: UUID) -> Iterator[None]:
    """Whose second factor is used inside: nobody else's seed opens there, and outside none does."""
    before = _owner.set(user)
    try:
        yield
    finally:
        _owner.reset(before)


def unlock(keyring: Keyring, locked: str) -> str:
    """The seed again, for `factor_of`. Sealed: it is not the owner's. Untrusted: a newer one has taken its place."""
    user = _owner.get()
    kind, number, text = _parts(locked)
    if user is None:
        raise Sealed
    if number < server.marks().least("factor", thing(user, kind)):
        raise Untrusted("factor", thing(user, kind))
    return keyring.unlock_kept(_place(user, kind, number), text).decode()


def data_of(said: object) -> dict[str, object]:
    """What a row's JSON says; nothing where it says no object, or nothing that can be read."""
    try:
        data = json.loads(said) if isinstance(said, str) else said
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def require_own(keyring: Keyring, user: UUID, row_type: str, data: object) -> None:
    """Sealed or Untrusted unless this is a row of that kind as we have made it for this user."""
    kind, name = KINDS.get(row_type, ("", ""))
    if not isinstance(data, Mapping) or type(data.get("used_mask", 0)) is not int:
        raise Sealed
    locked = str(data.get(name, ""))
    if not kind or _parts(locked)[0] != kind:
        raise Sealed
    with factor_of(user):
        unlock(keyring, locked)


def number_of(keyring: Keyring, user: UUID, row_type: str, data: object) -> int:
    """The number that this user's row carries; 0: it is none of ours."""
    try:
        require_own(keyring, user, row_type, data)
    except (Sealed, Untrusted):
        return 0
    assert isinstance(data, Mapping)
    return _parts(str(data[KINDS[row_type][1]]))[1]


def version_of(locked: str) -> int:
    """The version of the key under which a seed is locked. Sealed: it is no lock of ours."""
    return epoch_of(_parts(locked)[2])


def locked_anew(keyring: Keyring, user: UUID, locked: str) -> str:
    """The same seed, owner, kind and number under the newest version of the key. Sealed, Untrusted as `unlock`."""
    kind, number, _text = _parts(locked)
    with factor_of(user):
        return _lock(keyring, user, kind, number, unlock(keyring, locked))


def use_code(user: UUID, data: Mapping[str, object], typed: str) -> bool:
    """A recovery code that was right just now is used from here on, whatever its row will say.

    False, and the alarm: it was used before, and its row has forgotten it.
    """
    from allauth.core.internal.cryptokit import compare_user_code
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    place, number = thing(user, "codes"), _parts(str(data["seed"]))[1]
    with factor_of(user):
        codes = RecoveryCodes(Authenticator(data={"seed": data["seed"]})).generate_codes()
    which = next((n for n, code in enumerate(codes) if compare_user_code(actual=typed, expected=code)), None)
    used = f"{place}.{number}.{which}"
    if which is None or server.marks().least("used", used):
        server.alarm(Untrusted("factor", place))
        return False
    server.mark("used", used, 1)
    return True


def thing(user: UUID, kind: str) -> str:
    """The name of a factor's mark."""
    return f"{user.hex}.{kind}"


def totp_data(keyring: Keyring, user: UUID, number: int, secret: str) -> dict[str, object]:
    """The authenticator's row data."""
    return {"secret": _lock(keyring, user, "totp", number, secret)}


def codes_data(keyring: Keyring, user: UUID, number: int) -> tuple[dict[str, object], list[str]]:
    """New recovery codes: the row data, and the codes to be shown once."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    seed = _lock(keyring, user, "codes", number, secrets.token_hex(40))
    data: dict[str, object] = {"seed": seed, "used_mask": 0}
    with factor_of(user):
        return data, list(RecoveryCodes(Authenticator(data=data)).generate_codes())


def _lock(keyring: Keyring, user: UUID, kind: str, number: int, text: str) -> str:
    return f"{kind}.{number}.{keyring.lock_kept(_place(user, kind, number), text.encode()).hex()}"


def _place(user: UUID, kind: str, number: int) -> str:
    return f"{kind}.{user.hex}.{number}"


def _parts(locked: str) -> tuple[str, int, bytes]:
    kind, _dot, rest = locked.partition(".")
    number, _dot, text = rest.partition(".")
    try:
        return kind, int(number), bytes.fromhex(text)
    except ValueError:
        raise Sealed from None
