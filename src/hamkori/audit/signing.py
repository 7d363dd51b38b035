"""The key that signs checkpoints: the worker's own, in a file of its own. It opens nothing.

Beside the secret half (0400) lies the public one, for whoever verifies; `init` prints it too, because only a copy
outside the server is a witness against somebody who owns the server. A key that was turned is named by the last
signature of the one before it, so the first public half is all that a verifier needs; it stays the file's first line.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

MODE = 0o400
SEED_BYTES = 32

SENTENCES = {
    "exists": "there is a signing key already, and it is never made a second time",
    "missing": "the signing key is not there",
    "mode": "others may read the signing key; its mode must be 0400",
    "format": "the file of the signing key holds no key",
    "public_missing": "there is no such file",
    "public_format": "it is not 64 hex digits",
}
"""Why a key cannot be used or made, as the operator reads it."""


class SigningRefused(Exception):
    """The key file cannot be used or made; `reason` is a key of SENTENCES."""

    def __init__(self, reason: str) -> None:
        super().__init__(SENTENCES[reason])
        self.reason = reason


def public_path(path: Path) -> Path:
    """Where the public half lies."""
    return path.with_name(path.name + ".pub")


def create(path: Path) -> SigningKey:
    """A new key. SigningRefused('exists') rather than overwriting one: old signatures would lose their key."""
    key = SigningKey.generate()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    except FileExistsError:
        raise SigningRefused("exists") from None
    with os.fdopen(handle, "w") as file:
        file.write(key.encode().hex() + "\n")
    public_path(path).write_text(public_text(key) + "\n")
    return key


def load(path: Path) -> SigningKey:
    """The worker's key. SigningRefused: missing, mode (others may read it), format."""
    try:
        if stat.S_IMODE(path.lstat().st_mode) & 0o077:
            raise SigningRefused("mode")
        seed = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        raise SigningRefused("missing") from None
    except ValueError:
        raise SigningRefused("format") from None
    if len(seed) != SEED_BYTES:
        raise SigningRefused("format")
    return SigningKey(seed)


def public_text(key: SigningKey) -> str:
    """The public half as 64 hex digits, as printed and stored."""
    return key.verify_key.encode().hex()


def add_public(path: Path, key: SigningKey) -> None:
    """One more line in the public file of this key, once; the file changes whole or not at all."""
    public = public_path(path)
    lines = public.read_text().split() if public.exists() else []
    if public_text(key) not in lines:
        draft = public.with_name(f".{public.name}.{os.getpid()}")
        draft.write_text("\n".join((*lines, public_text(key))) + "\n")
        draft.rename(public)


def load_public(path: Path) -> VerifyKey:
    """The public half from the file beside the secret one, or from an outside copy.

    SigningRefused: public_missing, public_format.
    """
    try:
        return read_public(path.read_text())
    except FileNotFoundError:
        raise SigningRefused("public_missing") from None


def read_public(text: str) -> VerifyKey:
    """The public half from its hex digits; of a key that was turned the first, which names the next."""
    try:
        return VerifyKey(bytes.fromhex(text.split(maxsplit=1)[0]))
    except (ValueError, IndexError):
        raise SigningRefused("public_format") from None


def holds(key: VerifyKey, message: bytes, signature: bytes) -> bool:
    """Whether the signature is this key's over this message."""
    try:
        key.verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True
