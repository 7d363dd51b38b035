"""A signature of a browser is one of its own key, over exactly the text that was asked."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hamkori.vault.browser import has_signed, read_public

SAID = "a1b2 /account/unlock/"


def public_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def signature_of(key: ec.EllipticCurvePrivateKey, said: str) -> str:
    numbers = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(SHA256())))
    return "".join(number.to_bytes(32, "big").hex() for number in numbers)


def test_its_own_signature_holds_and_no_other() -> None:
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    public, good = public_of(key), signature_of(key, SAID)
    assert read_public(public.hex()) == public
    assert has_signed(public, SAID, good)
    assert not has_signed(public, SAID + " ", good)
    assert not has_signed(public_of(other), SAID, good)
    assert not has_signed(public, SAID, signature_of(other, SAID))
    for spoilt in ("", "zz", good[:-2], good + "00", "00" * 64, "ff" * 64, good[64:] + good[:64], good.upper()[:-1]):
        assert not has_signed(public, SAID, spoilt)


def test_what_is_no_point_of_the_curve_is_no_key() -> None:
    point = public_of(ec.generate_private_key(ec.SECP256R1()))
    compressed = ec.generate_private_key(ec.SECP256R1()).public_key()
    wrong = (
        "", "zz", point.hex()[:-2], point.hex() + "00", "04" + "00" * 64, "00" * 65, "04" + "ff" * 64,
        compressed.public_bytes(Encoding.X962, PublicFormat.CompressedPoint).hex(),
        public_of(ec.generate_private_key(ec.SECP256K1())).hex(),
    )  # fmt: skip
    for text in wrong:
        assert read_public(text) is None, text
