"""The roles of a database server, and what a database of ours must not offer to any of them.

hk_owner owns every table and function, not the database, and can not sign in. The pages sign in as hk_app, the jobs as
hk_clock; both own nothing and are members of nothing, because `set_config('role', ...)` is a SET ROLE inside a SELECT.
Which role may touch which table is said in the walls, not here. hk_backup reads past row security what a dump holds,
writes nothing and becomes nobody: who steals its password has a dump, and in a dump what tells of a person is locked.
See docs/design/keys-and-walls.md#roles-of-the-database.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from hamkori.site.database import logins

# How many connections each login may have at once, so that nobody with its password uses up those of the others. Two
# processes of the pages have five each, and twice as many while they are replaced; a worker has up to ten, and there
# may be two. All together stay below the server's (cluster.SETTINGS), whose last ones are an operator's.
CONNECTIONS = {"hk_app": 40, "hk_clock": 20, "hk_backup": 4, "hk_migrate": 8}
# role: what it is. Order matters only for reading.
ROLES = {
    "hk_owner": "nologin noinherit",
    "hk_app": "login noinherit",
    "hk_clock": "login noinherit",
    "hk_stats": "nologin noinherit",
    "hk_backup": "login noinherit bypassrls",
    # In a database of its own nothing of HIDDEN would be taken from anybody. Said, for an older source gave it.
    "hk_migrate": "login noinherit nocreatedb",
}
TEST_ROLES = {"hk_test": "login noinherit createdb"}
BECOMES = "with inherit false, set true, admin false"  # by SET ROLE, and it inherits nothing
# member: the roles it is a member of, and how. Who is named without one loses what an older source gave.
MEMBERS: dict[str, dict[str, str]] = {
    "hk_app": {},
    "hk_clock": {},
    "hk_backup": {},
    "hk_migrate": {"hk_owner": BECOMES},
}
TEST_MEMBERS = {"hk_test": {"hk_app": BECOMES, "hk_clock": BECOMES, "hk_owner": BECOMES}}
CONNECTS = ("hk_app", "hk_clock", "hk_backup", "hk_migrate")

# An advisory lock asks for no right and lies in the one lock table that all connections of the server share: one
# statement of any login filled it, and nobody got in any more. Nothing of ours takes one.
ADVISORY = tuple(
    f"revoke execute on function pg_catalog.{name}{shared}({arguments}) from public"
    for name in ("pg_advisory_lock", "pg_advisory_xact_lock", "pg_try_advisory_lock", "pg_try_advisory_xact_lock")
    for shared in ("", "_shared")
    for arguments in ("bigint", "integer, integer")
)
# Each takes a number of the whole server, 100,000 a second, or writes into its log without an end: what a transaction
# does not change asks for neither. The owner's functions write the number of theirs into the ledger.
NUMBERS = (
    "revoke execute on function pg_catalog.pg_current_xact_id() from public",
    "revoke execute on function pg_catalog.txid_current() from public",
    "revoke execute on function pg_catalog.pg_logical_emit_message(boolean, text, text, boolean) from public",
    "revoke execute on function pg_catalog.pg_logical_emit_message(boolean, text, bytea, boolean) from public",
    "grant execute on function pg_catalog.pg_current_xact_id() to hk_owner",
)
# Each call makes a file that stays for as long as the transaction, 20,000 of them in three seconds, and no limit counts
# them. Only a dump by several processes asks for one, and ours is made by one.
FILES = ("revoke execute on function pg_catalog.pg_export_snapshot() from public",)
# Revoked from everybody in each of our databases, by the superuser: who sees what others run sees tokens; who may stop
# or write large objects needs no table at all (docs/design/keys-and-walls.md#roles-of-the-database).
HIDDEN = (
    *ADVISORY,
    *NUMBERS,
    *FILES,
    "revoke select on pg_catalog.pg_stat_activity from public",
    "revoke execute on function pg_catalog.pg_stat_get_activity(integer) from public",
    "revoke execute on function pg_catalog.pg_stat_get_backend_activity(integer) from public",
    "revoke execute on function pg_catalog.pg_terminate_backend(integer, bigint) from public",
    "revoke execute on function pg_catalog.pg_cancel_backend(integer) from public",
    "revoke execute on function pg_catalog.lo_create(oid) from public",
    "revoke execute on function pg_catalog.lo_creat(integer) from public",
    "revoke execute on function pg_catalog.lo_from_bytea(oid, bytea) from public",
)
# Databases that a cluster brings along and that everybody may enter: there nothing of HIDDEN is taken from anybody.
BROUGHT_ALONG = ("postgres", "template1")
OPEN_ONES = """
select datname from pg_catalog.pg_database
 where datname = any(%s) and pg_catalog.has_database_privilege('public', oid, 'connect') order by datname
"""
SHUT_BROUGHT_ALONG = (  # for psql; a server of somebody else may lack one
    "select format('revoke connect on database %I from public', datname)"
    " from pg_database where datname in ('postgres', 'template1') \\gexec"
)
# What each database of ours lets whom do, beside letting in the logins. A temporary table or view is looked up before
# ours: one that a function of the owner's makes stands there for the page that calls it. That hk_owner may connect lets
# nobody in, for it can not sign in: it is the sign of a database that is ours (startcheck), and comes before an older
# sign is taken away. `cascade`: whom it has let in turn, too.
CLOSED = (
    "revoke all on database {database} from public",
    "grant connect on database {database} to hk_owner",
    "revoke temporary on database {database} from " + ", ".join(ROLES) + " cascade",
)
# Whoever owns a database gives it settings that reach superusers' connections too: a search path, and his operators run
# with their rights. So it is a superuser's; hk_owner owns the schema and all that is in it.
OF_THE_SUPERUSER = ("alter database {database} owner to current_user", "alter database {database} reset all")
OWNERS_SCHEMA = ("alter schema public owner to hk_owner", "revoke create on schema public from public")
OWNERS_FUNCTIONS = "alter default privileges for role hk_owner revoke execute on functions from public"


def ensure_roles(superuser_url: str, passwords: Mapping[str, str], *, tests: bool = False) -> list[str]:
    """Make the roles that are missing, and bring the others to what is said here, their password too: each login may
    change its own. The names of those made. Passwords travel as scram verifiers, never in clear. Shut what the cluster
    brings along.
    """
    made = []
    with logins.superuser(superuser_url) as connection:
        known = {name for (name,) in connection.execute("select rolname from pg_roles where rolname like 'hk_%'")}
        for name in (*ROLES, *(TEST_ROLES if tests else ())):
            # What an older source gave it and this one does not goes too.
            begins = "alter" if name in known else "create"
            statement = sql.SQL(begins + " role {} " + _attributes(name, tests=tests)).format(sql.Identifier(name))
            if name in passwords:
                verifier = connection.pgconn.encrypt_password(
                    passwords[name].encode(), name.encode(), b"scram-sha-256"
                ).decode()
                statement += sql.SQL(" password {}").format(sql.Literal(verifier))
            connection.execute(statement)
            if name not in known:
                made.append(name)
        _take_settings(connection)
        for member, roles in (MEMBERS | (TEST_MEMBERS if tests else {})).items():
            _settle_member(connection, member, roles)
        _shut_brought_along(connection)
    return made


def _attributes(name: str, *, tests: bool = False) -> str:
    """What the role is and how many connections it may have: of tests, three processes share a server. -1: no limit."""
    limit = CONNECTIONS[name] * (3 if tests else 1) if name in CONNECTIONS else -1
    return f"{(ROLES | TEST_ROLES)[name]} connection limit {limit}"


def _shut_brought_along(connection: psycopg.Connection) -> None:
    """Let nobody but superusers into the databases that the cluster brings along; only if it has and opens them."""
    for (name,) in connection.execute(OPEN_ONES, [list(BROUGHT_ALONG)]).fetchall():
        connection.execute(sql.SQL("revoke connect on database {} from public").format(sql.Identifier(name)))


def _take_settings(connection: psycopg.Connection) -> None:
    """Take from our logins what they have of their own, everywhere and in this database."""
    for found in logins.own_settings(connection, ROLES | TEST_ROLES):
        connection.execute(logins.reset(found))


def _settle_member(connection: psycopg.Connection, member: str, roles: Mapping[str, str]) -> None:
    """Make it a member of these, in this way, and of no other."""
    has = connection.execute(
        "select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid where m.member = %s::regrole",
        [member],
    )
    for (role,) in has.fetchall():
        if role not in roles:
            connection.execute(sql.SQL("revoke {} from {}").format(sql.Identifier(role), sql.Identifier(member)))
    for role, how in roles.items():
        grant = sql.SQL("grant {} to {} " + how)
        connection.execute(grant.format(sql.Identifier(role), sql.Identifier(member)))


def ensure_database(superuser_url: str, name: str) -> bool:
    """Make the database if it is missing; True if this call made it. It opens to nobody before it is closed."""
    with logins.superuser(superuser_url) as connection:
        found = connection.execute("select datallowconn from pg_database where datname = %s", [name]).fetchone()
        if found is None:
            make_database(connection, name, "template0")
        elif not found[0]:  # whoever made it was ended in between
            _open_database(connection, name)
    return found is None


def make_database(connection: psycopg.Connection, name: str, template: str, *, tests: bool = False) -> None:
    """A copy of the template that lets in our logins and nobody else, from its first moment on.

    One that stood open while it was made would keep the pages of all others on this server from starting.
    """
    statement = "create database {} template {} encoding 'UTF8' allow_connections false"
    connection.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(template)))
    _open_database(connection, name, tests=tests)


def _open_database(connection: psycopg.Connection, name: str, *, tests: bool = False) -> None:
    close_database(connection, name, tests=tests)
    connection.execute(sql.SQL("alter database {} allow_connections true").format(sql.Identifier(name)))


def drop_database(connection: psycopg.Connection, name: str) -> None:
    """It goes, if it is there; whoever uses it is cut off."""
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def harden(superuser_url_of_database: str, *, tests: bool = False) -> None:
    """Take from everybody what a database offers by default. Repeatable; needed again after a restore."""
    with logins.superuser(superuser_url_of_database) as connection:
        database = sql.Identifier(connection.info.dbname)
        for statement in OF_THE_SUPERUSER:
            connection.execute(sql.SQL(statement).format(database=database))
        for hides in (*HIDDEN, OWNERS_FUNCTIONS, *OWNERS_SCHEMA):
            connection.execute(hides)
        _take_settings(connection)
        close_database(connection, connection.info.dbname, tests=tests)


def close_database(connection: psycopg.Connection, name: str, *, tests: bool = False) -> None:
    """Let only our logins in, and nobody make temporary tables, the owner of ours neither.

    The one part of hardening that a clone does not inherit.
    """
    database = sql.Identifier(name)
    for statement in CLOSED:
        connection.execute(sql.SQL(statement).format(database=database))
    for role in (*CONNECTS, *(TEST_ROLES if tests else ())):
        connection.execute(sql.SQL("grant connect on database {} to {}").format(database, sql.Identifier(role)))


def script(database: str = "hamkori") -> str:
    """The same as SQL for psql, for a server whose roles somebody else makes. Passwords are set by them."""
    lines = [f"create role {name} {_attributes(name)};" for name in ROLES]
    lines += [
        f"grant {role} to {member} {how};" for member, granted in MEMBERS.items() for role, how in granted.items()
    ]
    lines += [SHUT_BROUGHT_ALONG]
    lines += [f"create database {database} template template0 encoding 'UTF8' allow_connections false;"]
    lines += [f"{statement.format(database=database)};" for statement in CLOSED]
    lines += [f"grant connect on database {database} to {role};" for role in CONNECTS]
    lines += [f"alter database {database} allow_connections true;", f"\\connect {database}"]
    lines += ["set search_path = pg_catalog;"]
    lines += [f"{statement.format(database=database)};" for statement in OF_THE_SUPERUSER]
    lines += [f"{statement};" for statement in (*HIDDEN, OWNERS_FUNCTIONS, *OWNERS_SCHEMA)]
    for name in ROLES:
        lines += [f"alter role {name} reset all;", f"alter role {name} in database {database} reset all;"]
    lines += [f"\\password {name}" for name, attributes in ROLES.items() if attributes.startswith("login")]
    return "\n".join(lines) + "\n"
