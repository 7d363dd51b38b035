"""Typed readers of the environment, and the database addresses.

Every variable that Hamkori knows begins with HAMKORI_ and is read here or through here, so that a misspelt value is one
plain sentence at start and not a surprise at night.
"""

import os
from collections.abc import Mapping
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"", "0", "false", "no", "off"})
NOT_AN_ADDRESS = "is not the address of a database; docs/operating.md shows one"


class BadEnvironment(Exception):
    """A variable holds something that cannot be meant; the text names it."""


def text(name: str, default: str = "") -> str:
    """The variable, without surrounding blanks; unset or empty: the default."""
    return os.environ.get(name, "").strip() or default


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    """One of `allowed`, else BadEnvironment."""
    value = text(name, default)
    if value not in allowed:
        raise BadEnvironment(f"{name} is {value!r}; it may be {', '.join(allowed)}.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """Yes or no in the usual spellings, else BadEnvironment."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    value = raw.strip().lower()
    if value in YES:
        return True
    if value in NO:
        return False
    raise BadEnvironment(f"{name} is {raw!r}; write 1 or 0.")


def number(name: str, default: int) -> int:
    """A whole number, else BadEnvironment."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise BadEnvironment(f"{name} is {value!r}; it must be a whole number.") from None


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list written with commas or blanks between."""
    value = text(name)
    return value.replace(",", " ").split() if value else list(default)


def address(url: str, name: str = "That") -> dict[str, str]:
    """What an address of a database says, read as libpq does; else BadEnvironment, which names the variable.

    What libpq says of an address that it can not read repeats it, and the password in it.
    """
    try:
        return {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError:
        raise BadEnvironment(f"{name} {NOT_AN_ADDRESS}.") from None


def database(url: str, *, options: Mapping[str, Any], name: str = "That") -> dict[str, Any]:
    """Django's entry for a postgresql:// address; what the address says beyond host and login goes to libpq."""
    parts = address(url, name)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "hamkori"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        # The middleware's transaction and the savepoints of actions are enough (hamkori.web.middleware).
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {**parts, **options},
    }
