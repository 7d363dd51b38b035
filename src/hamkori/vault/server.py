"""This process's keyring: loaded once from the file that the settings name, and never again."""

from __future__ import annotations

import threading

from django.conf import settings

from hamkori.vault.keyring import Keyring, load

_loading = threading.Lock()
_loaded: list[Keyring] = []


def keyring() -> Keyring:
    """The keyring of this server. KeyringRefused at the first call if the file cannot be used."""
    with _loading:
        if not _loaded:
            _loaded.append(load(settings.HAMKORI_KEYRING))
        return _loaded[0]


def use(other: Keyring) -> None:
    """Put a keyring in its place: for a process that has just made it, and for tests."""
    with _loading:
        _loaded[:] = [other]
