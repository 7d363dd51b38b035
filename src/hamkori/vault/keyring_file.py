"""The keyring's file: made once, read only when it lies as it should, changed whole or not at all.

One change at a time holds a lock on the folder. Whatever kills a change, the next one finds either the file as it was
or the file as it should be, and clears away what the killed one left.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hamkori.vault.keyring import Keyring, KeyringRefused, parse

MODE = 0o400
SIZE_MAX = 256 * 1024


def create(path: Path, world: str) -> Keyring:
    """Make the keyring once: new keys, in a file that appears whole or not at all. Never touches an existing one."""
    keyring = Keyring.fresh(world)
    with _alone(path):
        made = _write_beside(path, keyring)
        try:
            os.link(made, path)  # unlike a rename, this refuses to replace
        except FileExistsError:
            raise KeyringRefused("exists") from None
        finally:
            made.unlink()
        _settle(path.parent)
    return keyring


def load(path: Path) -> Keyring:
    """Read the keyring, once per process. Wrong mode, owner, kind or format: KeyringRefused, no key read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KeyringRefused("missing") from None
    except OSError:
        raise KeyringRefused("unreadable") from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or stat.S_IMODE(found.st_mode) != MODE:
            raise KeyringRefused("mode")
        if found.st_uid != os.geteuid():
            raise KeyringRefused("owner")
        text = os.read(handle, SIZE_MAX + 1)
    finally:
        os.close(handle)
    if len(text) > SIZE_MAX:
        raise KeyringRefused("format")
    return parse(text)


def begin(path: Path, name: str) -> Keyring:
    """One version more of this key, or one more release epoch. Whoever serves reads the changed file by itself."""
    with _alone(path):
        keyring = load(path).with_next(name)
        _replace(path, keyring)
        return keyring


def forget(path: Path, name: str, number: int) -> Keyring:
    """Forget an old version: what is still under it, in any backup, stays shut for ever. First turn what lives.

    The old file's bytes are overwritten before they are given back to the disk; on flash and copying file systems
    that is an attempt, not a promise, so the file belongs on an encrypted disk.
    """
    with _alone(path):
        keyring = load(path).without(name, number)
        _replace(path, keyring)
        return keyring


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """The only change of this file for as long as it lasts; what a killed one has left is cleared away first."""
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        raise KeyringRefused("unwritable") from None
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise KeyringRefused("being_changed") from None
        for beside in (_new(path), _old(path)):
            _wipe(beside, path)
        yield
    finally:
        os.close(folder)


def _new(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _old(path: Path) -> Path:
    return path.with_name(path.name + ".old")


def _wipe(beside: Path, path: Path) -> None:
    """Overwrite and remove a file beside the keyring; one that is the keyring under a second name is only unlinked."""
    if not beside.exists():
        return
    if not (path.exists() and beside.samefile(path)):
        beside.chmod(0o600)
        with beside.open("r+b") as file:
            file.write(b"\0" * os.fstat(file.fileno()).st_size)
            file.flush()
            os.fsync(file.fileno())
    beside.unlink()


def _replace(path: Path, keyring: Keyring) -> None:
    made = _write_beside(path, keyring)
    os.link(path, _old(path))
    made.replace(path)
    _settle(path.parent)
    _wipe(_old(path), path)
    _settle(path.parent)


def _write_beside(path: Path, keyring: Keyring) -> Path:
    """A complete file next to the real one."""
    made = _new(path)
    try:
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, MODE)
    except OSError:
        raise KeyringRefused("unwritable") from None
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, MODE)
            file.write(keyring.file_text().encode())
            file.flush()
            os.fsync(handle)
    except OSError:  # a full disk must leave nothing half-made behind
        made.unlink()
        raise KeyringRefused("unwritable") from None
    return made


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
