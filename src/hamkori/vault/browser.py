"""Signatures of a browser: by a key on P-256 that it made itself and cannot give away. Here they are only checked.

Browsers know no Ed25519 everywhere yet, and libsodium knows no P-256: this one check is `cryptography`'s (ADR 0040).
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

POINT_BYTES = 65
HALF_BYTES = 32


def read_public(text: str) -> bytes | None:
    """The public half as browsers export it, in hex; None: not a point of the curve."""
    point = _bytes(text, POINT_BYTES)
    if point is None:
        return None
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return None
    return point


def has_signed(public: bytes, said: str, signature: str) -> bool:
    """Whether the holder of this key signed exactly this text: ECDSA over SHA-256, both numbers one after the other."""
    given = _bytes(signature, 2 * HALF_BYTES)
    if given is None:
        return False
    numbers = (int.from_bytes(half, "big") for half in (given[:HALF_BYTES], given[HALF_BYTES:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    try:
        key.verify(encode_dss_signature(*numbers), said.encode("utf-8", "surrogatepass"), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _bytes(text: str, length: int) -> bytes | None:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if len(found) == length else None
