"""What the invented people know: passphrases and authenticator secrets, all from one file of the demo's data folder.

Nothing here weakens sign-in: whoever has the file can type what the robot types.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path

from django.conf import settings

from hamkori.vault.passphrase import OFFERED, words

FILE = "demo-secret"


@cache
def demo_secret() -> bytes:
    """The file's 32 bytes; made at the first call, readable for nobody else."""
    path = Path(settings.HAMKORI_DATA) / FILE
    if not path.exists():
        # Beside its place first: on a full disk half of it would be what everything is made from.
        draft = path.with_name(f".{FILE}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return bytes.fromhex(path.read_text().strip())


def passphrase_for(email: str) -> str:
    """Six of the words that we offer to everybody, always the same for this e-mail."""
    left, found = list(words()), []
    for at in range(OFFERED):
        number = int.from_bytes(_of("passphrase", email, at)[:8], "big")
        found.append(left.pop(number % len(left)))
    return " ".join(found)


def totp_secret_for(email: str) -> str:
    """The authenticator's secret in base32."""
    return base64.b32encode(_of("totp", email, 0)[:20]).decode()


def _of(use: str, email: str, number: int) -> bytes:
    return hmac.new(demo_secret(), f"{use}|{email.lower()}|{number}".encode(), hashlib.sha256).digest()
