"""The second factor below any page: a secret, its codes, and how both are kept locked."""

from __future__ import annotations

import secrets
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value, validate_totp_code

from hamkori.vault.keyring import Keyring

NAME = "totp"
PERIOD = 30


def new_secret() -> str:
    """A new secret in base32, as authenticator apps read it."""
    return str(generate_totp_secret())


def code(secret: str, step: int = 0) -> str:
    """The code now, or some steps of 30 seconds later: for a robot that types, and for tests."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + step)))


def right(secret: str, typed: str) -> bool:
    """Whether this code belongs to this secret now."""
    return bool(validate_totp_code(secret, typed))


def lock(keyring: Keyring, text: str) -> str:
    """A seed as the database keeps it: under a keyring key, so that a dump holds no second factor."""
    return keyring.lock_kept(NAME, text.encode()).hex()


def unlock(keyring: Keyring, locked: str) -> str:
    """The seed again; Sealed if it is not ours."""
    return keyring.unlock_kept(NAME, bytes.fromhex(locked)).decode()


def totp_data(keyring: Keyring, secret: str) -> dict[str, object]:
    """The authenticator's row data."""
    return {"secret": lock(keyring, secret)}


def codes_data(keyring: Keyring) -> tuple[dict[str, object], list[str]]:
    """New recovery codes: the row data, and the codes to be shown once."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    data: dict[str, object] = {"seed": lock(keyring, secrets.token_hex(40)), "used_mask": 0}
    return data, list(RecoveryCodes(Authenticator(data=data)).generate_codes())
