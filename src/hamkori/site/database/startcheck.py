"""Before a process serves: is the server new enough, its login powerless enough, the world right, its key there?"""

import os
import time
from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from hamkori.access.context import token_hash
from hamkori.audit import signing
from hamkori.site import environment
from hamkori.site.database import worker_secret
from hamkori.site.database.binaries import NEEDED_MAJOR
from hamkori.vault import proof
from hamkori.vault.bytes import Sealed
from hamkori.vault.keyring import Keyring, KeyringRefused
from hamkori.vault.keyring_file import load as load_keyring
from hamkori.vault.marks import Marks, MarksLost

# One question each; true is a reason not to serve (docs/design/keys-and-walls.md#roles-of-the-database).
QUESTIONS = {
    "it may pass by row security": (
        "select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = session_user"
    ),
    "it is a member of another role": (
        "select exists (select 1 from pg_catalog.pg_auth_members where member = session_user::pg_catalog.regrole)"
    ),
    "it owns a table": (
        "select exists (select 1 from pg_catalog.pg_class where relowner = session_user::pg_catalog.regrole)"
    ),
    "it may make temporary tables": (
        "select pg_catalog.has_database_privilege(session_user, pg_catalog.current_database(), 'TEMP')"
    ),
    "it may see what others run": (
        "select pg_catalog.has_function_privilege(session_user, 'pg_catalog.pg_stat_get_activity(integer)', 'execute')"
    ),
}
# Where hk_owner was granted something, or which it owns, is ours, and was closed when it was made (`roles.CLOSED`).
OTHER_DATABASES = """
select d.datname, r.rolname
  from pg_catalog.pg_database d
  join pg_catalog.pg_roles r on r.rolname = any(%s)
  left join pg_catalog.pg_roles o on o.rolname = 'hk_owner'
 where d.datallowconn and d.datname <> pg_catalog.current_database() and d.datdba is distinct from o.oid
   and not exists (select 1 from pg_catalog.aclexplode(d.datacl) a where a.grantee = o.oid)
   and pg_catalog.has_database_privilege(r.oid, d.oid, 'connect')
 order by d.datname, r.rolname
"""
MAY_BECOME_OWNER = (
    "select coalesce((select pg_catalog.pg_has_role(session_user, oid, 'SET')"
    " from pg_catalog.pg_roles where rolname = 'hk_owner'), false)"
)
NO_KEYRING = {
    "missing": "there is none",
    "unreadable": "this process may not read it",
    "mode": "its mode is not 0400, or it is no file",
    "owner": "it belongs to another user",
    "format": "it is not a whole keyring",
    "world": "it is of another world",
    "older": "it is of an older Hamkori",
    "other": "it is not the one that this database was founded with",
}
NO_SIGNING_KEY = {
    "missing": "there is none",
    "mode": "others than its owner may read it",
    "format": "it holds no key",
    "unreadable": "this process may not read it",
}
LOST_FOR_GOOD = "Put them back, or, if they are lost for good, see ./hamkori tags rebuild."
WORLD_OF_MODE = {"production": "real", "demo": "demo", "test": "test"}


class MayNotServe(Exception):
    """Serving now would break a promise; the text says which."""


def reasons(connection: psycopg.Connection) -> list[str]:
    """Why the login of this connection must not serve; empty if it may."""
    found = []
    for reason, question in QUESTIONS.items():
        row = connection.execute(question).fetchone()
        if row is None or row[0] is not False:
            found.append(reason)
    login = connection.info.user
    if entered := [name for name in other_databases(connection, [login]) if gets_into(connection, name)]:
        found.append(f"it may connect to other databases: {', '.join(entered)}")
    return found


def other_databases(connection: psycopg.Connection, logins: Iterable[str]) -> dict[str, list[str]]:
    """Other databases of the cluster, and which of these logins have the right to connect: there nothing is hidden."""
    found: dict[str, list[str]] = {}
    for database, login in connection.execute(OTHER_DATABASES, [list(logins)]):
        found.setdefault(database, []).append(login)
    return found


def gets_into(connection: psycopg.Connection, database: str) -> bool:
    """Whether this connection's login is let in there. Only pg_hba.conf, which no login may read, can still refuse."""
    info = connection.info
    known = info.get_parameters() | {"dbname": database, "password": info.password, "connect_timeout": "5"}
    try:
        psycopg.connect(make_conninfo("", **known)).close()
    except psycopg.OperationalError as error:
        return "pg_hba.conf" not in str(error)
    return True


def wrong_world(connection: psycopg.Connection, mode: str) -> str | None:
    """Whether the database is of another world than this mode's: invented people and real ones never meet."""
    found = connection.execute("select pg_catalog.to_regclass('public.world') is not null").fetchone()
    if found is None or not found[0]:
        return "there are no tables yet, ./hamkori migrate makes them"
    row = connection.execute("select world_code from public.world").fetchone()
    wanted = WORLD_OF_MODE[mode]
    if row is None:
        return f"nothing marks this database as the {wanted} world's"
    return None if row[0] == wanted else f"this is the {mode} mode, and the database holds the {row[0]} world"


def check_server(connection: psycopg.Connection) -> None:
    """Return, or raise MayNotServe: the walls use what PostgreSQL has since 17."""
    major = connection.info.server_version // 10_000
    if major < NEEDED_MAJOR:
        raise MayNotServe(f"PostgreSQL {NEEDED_MAJOR} or newer is needed, and this server is PostgreSQL {major}.")


def check_login(connection: psycopg.Connection) -> None:
    """Return, or raise MayNotServe with everything that the login of pages or jobs may and must not."""
    check_server(connection)
    if found := reasons(connection):
        login = connection.info.user
        raise MayNotServe(f"The login {login} must not serve: {'; '.join(found)}. See ./hamkori migrate --roles.")


def check_owner(connection: psycopg.Connection) -> None:
    """Return, or raise MayNotServe: whoever migrates must be able to become the owner of all tables."""
    check_server(connection)
    row = connection.execute(MAY_BECOME_OWNER).fetchone()
    if row is None or row[0] is not True:
        login = connection.info.user
        raise MayNotServe(f"The login {login} may not become hk_owner. See ./hamkori migrate --roles.")


def check(connection: psycopg.Connection, mode: str) -> None:
    """Return, or raise MayNotServe with what is wrong."""
    check_login(connection)
    if world := wrong_world(connection, mode):
        raise MayNotServe(f"Hamkori does not serve here: {world}.")


def keyring_fault(path: Path, world: str | None = None) -> str | None:
    """Why the pages cannot use this keyring (for that world), or None: a code of NO_KEYRING."""
    try:
        ring = load_keyring(path)
    except KeyringRefused as error:
        return error.reason if error.reason in NO_KEYRING else "format"
    return None if world in (None, ring.world) else "world"


def check_keyring(connection: psycopg.Connection, path: Path, mode: str) -> None:
    """Return, or raise MayNotServe: with another keyring than this database's every sign-in would fail."""
    fault = keyring_fault(path, WORLD_OF_MODE[mode])
    if fault is None and not is_of_this_database(connection, load_keyring(path)):
        fault = "other"
    if fault:
        raise MayNotServe(f"The keyring {path} can not be used: {NO_KEYRING[fault]}.")


def is_of_this_database(connection: psycopg.Connection, ring: Keyring) -> bool:
    """Whether definers would believe what is proved with this keyring. Asked as the pages' login."""
    row = connection.execute("select no, salt from proof_now()").fetchone()
    if row is None:
        return False
    (number, salt), at = row, time.time_ns() // 1000
    try:
        said = proof.proof(proof.key_for(ring, number, bytes(salt)), at, "start")
    except Sealed:
        return False
    if connection.execute("select keyring_is_ours(%s, %s)", [at, said]).fetchone() != (True,):
        return False
    return _is_known(connection, ring) or _is_known_now(connection, ring, number, bytes(salt))


def _is_known(connection: psycopg.Connection, ring: Keyring) -> bool:
    """Whether a token would count with what these pages show."""
    with connection.transaction():
        connection.execute("select set_config('hk.pages', %s, true)", [ring.shown()])
        return connection.execute("select pages_here()").fetchone() == (True,)


def _is_known_now(connection: psycopg.Connection, ring: Keyring, number: int, salt: bytes) -> bool:
    """The same after an update that had no keyring at hand: only then nothing is written down of what they show."""
    at, shown = time.time_ns() // 1000, token_hash(ring.shown_under(number))
    said = proof.proof(proof.key_for(ring, number, salt), at, "pages_come", number, shown)
    connection.execute("select pages_come(%s, %s, %s, %s)", [number, shown, at, said])
    return _is_known(connection, ring)


def signing_key_fault(path: Path) -> str | None:
    """Why the worker cannot sign the ledger with this file, or None: a code of NO_SIGNING_KEY."""
    try:
        signing.load(path)
    except signing.SigningRefused as error:
        return error.reason
    except OSError:
        return "unreadable"
    return None


def check_marks(folder: Path) -> None:
    """Return, or raise MayNotServe: without the marks, every old row of the database would be believed again."""
    if not os.access(folder / "marks", os.R_OK | os.W_OK):
        raise MayNotServe(
            f"The marks {folder / 'marks'} are missing, or this process may not write them. {LOST_FOR_GOOD}"
        )
    try:
        marks = Marks(folder / "marks")
        marks.all()
        marks.given.all()
    except (MarksLost, OSError):
        raise MayNotServe(f"The marks {folder / 'marks'} can not be read as marks. {LOST_FOR_GOOD}") from None


def _signing_key() -> Path:
    data = environment.text("HAMKORI_DATA", "/nonexistent")
    return Path(environment.text("HAMKORI_SIGNING_KEY", f"{data}/sign/signing-key"))


def check_worker_secret(connection: psycopg.Connection) -> None:
    """Return, or raise MayNotServe: the database would refuse whatever this worker does."""
    path = Path(environment.text("HAMKORI_WORKER_SECRET", str(_signing_key().with_name("worker-secret"))))
    try:
        worker_secret.come(connection, path)
    except worker_secret.SecretRefused as refused:
        raise MayNotServe(str(refused)) from None
    except OSError as error:
        raise MayNotServe(f"The worker's secret {path} can not be made: {error.strerror}.") from None


def check_signing_key() -> None:
    """Return, or raise MayNotServe: a worker without its key would seal nothing, and say so nowhere."""
    path = _signing_key()
    if fault := signing_key_fault(path):
        raise MayNotServe(f"The worker's signing key {path} can not be used: {NO_SIGNING_KEY[fault]}.")
