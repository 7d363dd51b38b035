"""The worker's signing key: in a file that only the worker may read, never overwritten."""

from pathlib import Path

import pytest

from hamkori.audit import signing
from hamkori.audit.signing import SigningRefused


def test_a_key_comes_back_and_its_public_half_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "signing-key"
    made = signing.create(path)
    assert path.stat().st_mode & 0o777 == 0o400
    assert signing.load(path).encode() == made.encode()
    public = signing.load_public(signing.public_path(path))
    assert public.encode().hex() == signing.public_text(made)
    assert made.encode().hex() not in signing.public_path(path).read_text()


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "signing-key"
    signing.create(path)
    with pytest.raises(SigningRefused, match="is never made a second time"):
        signing.create(path)


def test_a_public_half_stands_in_its_file_once(tmp_path: Path) -> None:
    path = tmp_path / "signing-key"
    made = signing.create(path)
    for _ in range(2):
        signing.add_public(path, made)
    assert signing.public_path(path).read_text().split() == [signing.public_text(made)]


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [("00" * 32, 0o440, "mode"), ("00" * 31, 0o400, "format"), ("no hex", 0o400, "format"), (None, 0, "missing")],
)
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: str | None, mode: int, reason: str) -> None:
    path = tmp_path / "signing-key"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    with pytest.raises(SigningRefused) as caught:
        signing.load(path)
    assert caught.value.reason == reason
    assert str(caught.value) == signing.SENTENCES[reason], "words, and no code"


def test_a_public_half_is_read_from_an_outside_copy_too(tmp_path: Path) -> None:
    with pytest.raises(SigningRefused, match="there is no such file"):
        signing.load_public(tmp_path / "nowhere")
    for text in ("zz", "00" * 31):
        with pytest.raises(SigningRefused, match="it is not 64 hex digits"):
            signing.read_public(text)


def test_a_signature_holds_for_its_key_and_its_text_only(tmp_path: Path) -> None:
    key, other = signing.create(tmp_path / "a"), signing.create(tmp_path / "b")
    signature = key.sign(b"text").signature
    assert signing.holds(key.verify_key, b"text", signature)
    assert not signing.holds(key.verify_key, b"texts", signature)
    assert not signing.holds(other.verify_key, b"text", signature)
    assert not signing.holds(key.verify_key, b"text", signature[:-1])
