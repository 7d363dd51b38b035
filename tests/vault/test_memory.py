"""Keys in the memory of this very process: where they were, nothing of them is left."""

from __future__ import annotations

import ctypes
import gc
import os
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from hamkori.vault import bytes as raw
from hamkori.vault import memory, session
from hamkori.vault.bytes import Gone, OpenKey, Sealed, Secret
from hamkori.vault.keyring import Keyring
from hamkori.vault.person import new_person, open_box, sign_in

SESSION, USER = UUID(int=7), UUID(int=8)
AT_ONCE = 1 << 20
LINE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw")

pytestmark = pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux shows a process its own memory")


class Needle:
    """A key cut in two, so that looking for it leaves no copy of it."""

    def __init__(self, secret: Secret) -> None:
        self.first = memory.text_of(secret.held, 0, 16)
        self.second = memory.text_of(secret.held, 16, 32)

    def found(self) -> int:
        """How often the whole key lies in the writable memory of this process."""
        gc.collect()
        buffer, number = bytearray(AT_ONCE), 0
        handle = os.open("/proc/self/mem", os.O_RDONLY)
        try:
            for start, end in _places(beside=buffer):
                # Pieces overlap by what a key needs.
                for at in range(start, end, AT_ONCE - 32):
                    try:
                        length = os.preadv(handle, [memoryview(buffer)[: min(AT_ONCE, end - at)]], at)
                    except OSError:
                        break  # a place that cannot be read holds nothing of ours
                    number += self._in(buffer, length)
            return number
        finally:
            buffer[:] = bytes(AT_ONCE)
            os.close(handle)

    def _in(self, buffer: bytearray, length: int) -> int:
        number, at = 0, buffer.find(self.first, 0, length)
        while at >= 0:
            # What lies behind `length` is of the piece before.
            number += at + 32 <= length and buffer.startswith(self.second, at + 16)
            at = buffer.find(self.first, at + 1, length)
        return number


def _places(beside: bytearray) -> Iterator[tuple[int, int]]:
    """Where this process may write, but for the buffer itself: what was just read into it would be seen again."""
    own = ctypes.addressof(ctypes.c_char.from_buffer(beside))
    for line in Path("/proc/self/maps").read_text().splitlines():
        matched = LINE.match(line)
        if not matched:
            continue
        start, end = int(matched[1], 16), int(matched[2], 16)
        if start <= own < end:
            yield start, own
            start = own + len(beside)
        if start < end:
            yield start, end


def cookie() -> Secret:
    v = session.read_cookie(session.new_cookie())
    assert v is not None
    return v


def test_what_python_copies_is_found() -> None:
    """The control: a key that somebody took as bytes stays, and is seen."""
    secret = Secret.new()
    needle, kept = Needle(secret), secret.raw
    del secret
    assert needle.found() >= 1
    assert len(kept) == 32


def test_a_key_lies_in_one_place_and_in_none_when_nobody_holds_it() -> None:
    secret = Secret.new()
    needle = Needle(secret)
    assert needle.found() == 1
    del secret
    assert needle.found() == 0


def test_a_private_key_that_was_opened_for_a_request_is_gone_after_it() -> None:
    v = cookie()
    pair = OpenKey(uuid4(), Secret.new())
    needle, key_id = Needle(pair.private), pair.id
    locked = session.lock_session(v, SESSION, USER, 1, pair)
    sealed = raw.seal(pair.public, Secret.new(), b"hk1|here")
    del pair
    assert needle.found() == 0, "locking it left nothing"
    for _ in range(3):
        with memory.wiped_after():
            opened = session.open_session(v, SESSION, USER, key_id, 1, locked)
            inside = raw.open_seal(opened, sealed, b"hk1|here")
            section = Needle(inside)
            assert needle.found() == section.found() == 1
        # Both are still held here, as a traceback or a circle may hold them.
        assert needle.found() == section.found() == 0
        for wiped in (opened.private, inside):
            with pytest.raises(Gone):
                wiped.raw  # noqa: B018 - asking for it is the test
        with pytest.raises(Gone):
            raw.open_seal(opened, sealed, b"hk1|here")
        with pytest.raises(Gone):
            raw.lock(inside, b"text", b"hk1|here")


def test_a_passphrase_leaves_no_private_key_behind() -> None:
    """What was typed, and what was stretched of it, is another matter: SECURITY.md says so."""
    ring = Keyring.fresh("test")
    typed, key_id = "nine quiet cranes above the Panj", uuid4()
    credential, made = new_person(ring, USER, key_id, 1, typed)
    needle, box = Needle(made.opened.private), made.box
    del made
    assert needle.found() == 0
    kek = sign_in(ring, "", typed, credential)
    assert kek is not None
    opened = open_box(kek, box, USER, key_id, 1)
    assert needle.found() == 1
    v = cookie()
    waiting = session.lock_pending(v, SESSION, USER, 1, opened)
    del opened
    assert needle.found() == 0
    assert session.open_pending(v, SESSION, USER, key_id, 1, waiting).id == key_id
    assert needle.found() == 0


def test_a_wrong_key_leaves_nothing_and_no_key_is_made_of_a_text() -> None:
    key, other = Secret.new(), Secret.new()
    needle = Needle(other)
    locked = raw.lock_key(key, other, b"hk1|here")
    del other
    with pytest.raises(Sealed):
        raw.unlock_key(Secret.new(), locked, b"hk1|here")
    assert needle.found() == 0
    assert raw.unlock(key, locked, b"hk1|here")[:1] != b""
    with pytest.raises(Sealed):
        raw.unlock_key(key, raw.lock(key, b"no key", b"hk1|here"), b"hk1|here")


def test_a_wiped_one_is_wiped_once_more_without_harm() -> None:
    secret = Secret.new()
    secret.wipe()
    secret.wipe()
    with pytest.raises(Gone):
        secret.held  # noqa: B018 - asking for it is the test
    with pytest.raises(Sealed):
        Secret(b"short")


def test_what_nobody_holds_any_more_needs_no_wiping_at_the_end() -> None:
    key = Secret.new()
    locked = raw.lock_key(key, Secret.new(), b"hk1|here")
    with memory.wiped_after():
        del_me = raw.unlock_key(key, locked, b"hk1|here")
        del del_me
        kept = raw.unlock_key(key, locked, b"hk1|here")
    with pytest.raises(Gone):
        kept.held  # noqa: B018 - asking for it is the test
    assert raw.unlock_key(key, locked, b"hk1|here").held is not None, "outside of a request it lives while it is held"
