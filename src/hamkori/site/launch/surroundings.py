"""The environment that each of our processes gets: the mode, its own login to the database and no other."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

# Never handed on from the launcher's own environment: a child gets the addresses chosen for it, or none.
ADDRESSES = ("HAMKORI_DATABASE_URL", "HAMKORI_OWNER_URL", "HAMKORI_CLOCK_URL", "HAMKORI_ASSUME_ROLE")
LOGIN_OF = {"web": "hk_app", "worker": "hk_clock", "owner": "hk_migrate"}
VARIABLE_OF = {"web": "HAMKORI_DATABASE_URL", "worker": "HAMKORI_CLOCK_URL", "owner": "HAMKORI_OWNER_URL"}

INVENTED = {"HAMKORI_COORDINATOR": "(demo) 00-00"}
"""What the demo says where an installation says the truth: marked, and nobody can dial it."""


class Addresses(Protocol):
    """A server that knows the address of each login."""

    def url(self, login: str, database: str) -> str:
        """The address, with its password."""


def of_process(process: str, mode: str, server: Addresses, database: str, data: Path) -> dict[str, str]:
    """The whole environment for a process named web, worker or owner, on a database of that server."""
    kept = {name: value for name, value in os.environ.items() if name not in ADDRESSES}
    return (
        (INVENTED if mode == "demo" else {})
        | kept
        | {
            "DJANGO_SETTINGS_MODULE": "hamkori.site.settings",
            "HAMKORI_MODE": mode,
            "HAMKORI_PROCESS": process,
            "HAMKORI_DATA": str(data),
            "HAMKORI_KEYRING": str(data / "keyring"),
            "HAMKORI_MARKS": str(data / "marks"),
            "HAMKORI_WORKER_SECRET": str(data / "sign" / "worker-secret"),
            "HAMKORI_SECRET_KEY": secret_key(data),
            VARIABLE_OF[process]: server.url(LOGIN_OF[process], database),
            "PYTHONUNBUFFERED": "1",
        }
    )


def of_builder(environment: Callable[[str], Mapping[str, str]]) -> dict[str, str]:
    """For who builds the invented world: that of the pages, with the owner's and the clock's addresses beside."""
    beside = {VARIABLE_OF[process]: environment(process)[VARIABLE_OF[process]] for process in ("owner", "worker")}
    return {**environment("web"), **beside}


def secret_key(data: Path) -> str:
    """Django's key for this data folder, made once."""
    target = data / "secret-key"
    if not target.exists():
        draft = target.with_name(f".secret-key.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(48))
        draft.rename(target)
    return target.read_text().strip()
