"""What a fault of the database means to whoever typed a command: one true line, with the login and never a password.

What an address holds is not repeated: where a sign of the password was not escaped, a piece of it stands in the place
of the host or the port.
"""

import re
from typing import NamedTuple

import psycopg

from hamkori.site import environment
from hamkori.site.database import logins

HOW_MANY = "How many each login may have: docs/operating.md"


class Outage(NamedTuple):
    """`short`: for whoever asks from outside, without a name; `words`: for whoever typed the command."""

    short: str
    words: str


SILENT = "the database does not answer"
REFUSED = "the database refused the login"
BROKE_OFF = "the connection to the database broke off"
FULL = "no connection to the database is free"
OLDER = "the database is not of the state of this source, ./hamkori migrate makes it so"
NO_ROLE = "a role of ours is not there, ./hamkori migrate --roles prints what a superuser makes"
# Behind these words comes what the server said.
BY_STATE = {
    "25006": "the database can only be read",
    "3F000": OLDER,
    "40001": "somebody else changed the same at this moment; try again",
    "40P01": "somebody else holds what this needs; try again",
    "42501": "the database does not let this login do it",
    "42703": OLDER,
    "42883": OLDER,
    "42P01": OLDER,
    "53100": "no space is left on the disk of the database",
    "55P03": "somebody else holds what this needs; try again",
    "57014": "the database took too long over it; try again",
    "57P01": BROKE_OFF,
    "57P02": BROKE_OFF,
}

# Before its words a server writes its own for FATAL, in its language, and two blanks; libpq, here in English, none.
SERVER = r"(?:^|\s)[^\W\d_]+:  "
# The first that is found, of the words of a connection that failed: it has no SQLSTATE.
BY_WORDS = (
    (
        r'invalid (integer value|port number|connection option|URI)|missing "="',
        SILENT,
        f"that {environment.NOT_AN_ADDRESS}",
    ),
    (
        r"failed to resolve host|could not translate host name",
        SILENT,
        f"{SILENT}: nobody knows its host. A sign like @ or / in a password is written %40 or %2F",
    ),
    (r"no password supplied", REFUSED, "the login {login} was refused: its address names no password"),
    (r"consuming input failed|sending|the connection is (closed|lost)", BROKE_OFF, f"{BROKE_OFF}: {{line}}"),
    (rf"{SERVER}(?P<said>the database system is .+)", SILENT, f"{SILENT} yet: {{said}}"),
    (
        rf'{SERVER}(?P<said>database "[^"]*" does not exist)',
        "there is no such database",
        "the server has no such database: {said}",
    ),
    (
        rf"{SERVER}(?P<said>password authentication failed.*)",
        REFUSED,
        "the login {login} was refused: {said}, so its password is another or there is no such login",
    ),
    (rf"{SERVER}(?P<said>.+)", REFUSED, "the login {login} was refused: {said}"),
    (r"", SILENT, f"{SILENT}: {{line}}"),
)


def of(error: BaseException | None) -> Outage | None:
    """What is wrong; None: it is no outage, and whoever mends it needs the traceback."""
    while error is not None:
        if isinstance(error, psycopg.Error) and (found := _read(error)) is not None:
            return found
        error = error.__cause__
    return None


def _read(error: psycopg.Error) -> Outage | None:
    if (why := logins.no_room(error)) is not None:
        return Outage(FULL, f"{FULL}: {why}. {HOW_MANY}")
    if error.sqlstate is not None:
        said = error.diag.message_primary or ""
        is_role = error.sqlstate in ("22023", "42704") and said.startswith('role "')  # by SET ROLE, by a grant
        short = NO_ROLE if is_role else BY_STATE.get(error.sqlstate)
        return Outage(short, f"{short} ({said})") if short else None
    return _without_connection(error) if isinstance(error, psycopg.OperationalError) else None


def _without_connection(error: psycopg.OperationalError) -> Outage:
    text = str(error)
    found, short, words = next(
        (match, short, words) for pattern, short, words in BY_WORDS if (match := re.search(pattern, text))
    )
    named = getattr(error.pgconn, "user", None)
    line = text.partition("\n")[0].removeprefix("connection failed: ").removeprefix("connection is bad: ")
    login = named.decode(errors="replace") if isinstance(named, bytes) else "of this address"
    return Outage(short, words.format(login=login, line=line, **found.groupdict()))
