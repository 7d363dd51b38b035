"""The keyring file: made once and whole, read only when it lies as it should."""

import json
import os
import pickle
import re
import stat
from pathlib import Path

import pytest

from hamkori.vault import keyring_file as module
from hamkori.vault.bytes import Sealed
from hamkori.vault.keyring import Keyring, KeyringRefused
from hamkori.vault.keyring_file import create, load


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keyring.json"


def refusal(path: Path) -> str:
    with pytest.raises(KeyringRefused) as refused:
        load(path)
    return refused.value.reason


def rewrite(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o400)


def test_a_new_keyring_is_a_0400_file_and_reads_back_the_same(path: Path) -> None:
    made = create(path, "real")

    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]
    read = load(path)
    assert read.file_text() == made.file_text() == path.read_text()
    assert read.world == "real"
    assert read.tag_holds(b"hk1|x", made.tag(b"hk1|x"))


def test_even_a_lax_umask_makes_no_wider_file(path: Path) -> None:
    before = os.umask(0)
    try:
        create(path, "test")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400


def test_init_never_replaces_a_keyring(path: Path) -> None:
    create(path, "real")
    before = path.read_bytes()

    with pytest.raises(KeyringRefused, match="exists"):
        create(path, "real")
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]


@pytest.mark.parametrize("mode", [0o600, 0o440, 0o404, 0o777, 0o000, 0o4400])
def test_another_mode_is_refused(path: Path, mode: int) -> None:
    create(path, "real")
    path.chmod(mode)
    assert refusal(path) in {"mode", "unreadable"}


def test_another_owner_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create(path, "real")
    monkeypatch.setattr(module.os, "geteuid", lambda: os.getuid() + 1)
    assert refusal(path) == "owner"


def test_links_folders_and_nothing_are_refused(path: Path, tmp_path: Path) -> None:
    assert refusal(path) == "missing"
    create(path, "real")
    link = tmp_path / "link"
    link.symlink_to(path)
    assert refusal(link) == "unreadable"
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    assert refusal(folder) == "mode"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o400)
    assert refusal(pipe) == "mode"


GOOD = json.loads(Keyring.fresh("real").file_text())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        json.dumps({**GOOD, "hamkori_keyring": 3}),
        json.dumps({**GOOD, "extra": "00"}),
        json.dumps({name: value for name, value in GOOD.items() if name != "tag"}),
        json.dumps({**GOOD, "pepper": "00" * 32}),
        json.dumps({**GOOD, "pepper": {}}),
        json.dumps({**GOOD, "pepper": {"0": "00" * 32}}),
        json.dumps({**GOOD, "pepper": {"99999": "00" * 32}}),
        json.dumps({**GOOD, "pepper": {"1": "00"}}),
        json.dumps({**GOOD, "pepper": {"1": "zz" * 32}}),
        json.dumps({**GOOD, "pepper": {"1": 7}}),
        json.dumps({**GOOD, "world": "play"}),
        json.dumps({**GOOD, "release": {}}),
        json.dumps({**GOOD, "release": []}),
        json.dumps({**GOOD, "release": {"0": "00" * 32}}),
        json.dumps({**GOOD, "release": {"one": "00" * 32}}),
        json.dumps({**GOOD, "release": {"99999": "00" * 32}}),
        json.dumps({**GOOD, "release": {"1": "00"}}),
        json.dumps(GOOD) + " " * module.SIZE_MAX,
    ],
)
def test_a_file_of_another_form_is_refused_whole(path: Path, text: str) -> None:
    rewrite(path, text)
    assert refusal(path) == "format"


def test_a_file_without_versions_is_told_apart(path: Path) -> None:
    rewrite(path, json.dumps({**GOOD, "hamkori_keyring": 1}))
    assert refusal(path) == "older"


def test_it_does_not_show_or_pickle_itself(path: Path) -> None:
    keyring = create(path, "demo")
    shown = repr(keyring) + str(keyring)
    for digits in re.findall(r"[0-9a-f]{64}", keyring.file_text()):
        assert digits not in shown
    with pytest.raises(TypeError):
        pickle.dumps(keyring)


def test_a_full_disk_leaves_nothing_half_made(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(KeyringRefused, match="unwritable"):
        create(path, "real")
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyringRefused, match="unwritable"):
        create(tmp_path / "nowhere" / "keyring.json", "real")


# Tags and small locks -----------------------------------------------------------------------------------------------


def test_a_tag_holds_for_its_own_context_and_keyring_only() -> None:
    keyring, other = Keyring.fresh("test"), Keyring.fresh("test")
    tag = keyring.tag(b"hk1|tag|user|1")

    assert keyring.tag_holds(b"hk1|tag|user|1", tag)
    assert not keyring.tag_holds(b"hk1|tag|user|2", tag)
    assert not keyring.tag_holds(b"hk1|tag|user|1", tag[:-1])
    assert not other.tag_holds(b"hk1|tag|user|1", tag)


def test_a_tag_that_a_form_brings_back_holds_as_it_was_drawn_and_anything_else_does_not() -> None:
    keyring = Keyring.fresh("test")
    drawn = keyring.tag_text(b"hk1|shown|1")
    assert keyring.tag_text_holds(b"hk1|shown|1", drawn)
    for fact, text in (
        (b"hk1|shown|2", drawn),
        (b"hk1|shown|1", ""),
        (b"hk1|shown|1", "no hex"),
        (b"hk1|shown|1", "ғ"),
    ):
        assert not keyring.tag_text_holds(fact, text)


def test_authenticator_seeds_and_sessions_are_locked_apart() -> None:
    keyring = Keyring.fresh("test")
    locked = keyring.lock_kept("totp", b"JBSWY3DPEHPK3PXP")

    assert b"JBSWY3DPEHPK3PXP" not in locked
    assert keyring.unlock_kept("totp", locked) == b"JBSWY3DPEHPK3PXP"
    with pytest.raises(Sealed):
        keyring.unlock_kept("session", locked)
    with pytest.raises(Sealed):
        Keyring.fresh("test").unlock_kept("totp", locked)


def test_a_new_version_makes_and_an_old_one_is_still_read() -> None:
    first = Keyring.fresh("test")
    tag, locked = first.tag(b"fact"), first.lock_kept("totp", b"seed")
    peppered = first.peppered(b"root")
    second = first.with_next("tag").with_next("kept").with_next("pepper")

    assert (second.versions("tag"), second.newest("tag"), second.newest("proof")) == ((1, 2), 2, 1)
    assert second.tag(b"fact")[:2] == b"\0\2"
    assert second.tag_holds(b"fact", tag)
    assert second.tag_holds(b"fact", second.tag(b"fact"))
    assert not second.tag_holds(b"fact", b"\0\2" + tag[2:])
    assert second.lock_kept("totp", b"seed")[:4] == b"\x01\x01\0\2"
    assert second.unlock_kept("totp", locked) == b"seed"
    assert second.peppered(b"root") != peppered == second.peppered(b"root", number=1)

    third = second.without("tag", 1).without("kept", 1).without("pepper", 1)
    assert not third.tag_holds(b"fact", tag)
    for gone in (lambda: third.unlock_kept("totp", locked), lambda: third.peppered(b"root", number=1)):
        with pytest.raises(Sealed):
            gone()
    for number in (2, 9):
        with pytest.raises(KeyringRefused, match="version"):
            third.without("tag", number)
