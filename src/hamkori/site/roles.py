"""The roles of a database server, and what a database of ours must not offer to any of them.

hk_owner owns every table and function and can not sign in. The pages sign in as hk_app, the jobs as hk_clock; both own
nothing and are members of nothing, because `set_config('role', ...)` is a SET ROLE inside a SELECT. Which role may
touch which table is said in the walls, not here. hk_backup reads all, past row security, writes nothing and becomes
nobody: who steals its password has a dump, and a dump reveals no identity.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from hamkori.site import logins

# role: what it is. Order matters only for reading.
ROLES = {
    "hk_owner": "nologin noinherit",
    "hk_app": "login noinherit",
    "hk_clock": "login noinherit",
    "hk_stats": "nologin noinherit",
    "hk_backup": "login noinherit bypassrls",
    "hk_migrate": "login noinherit createdb",
}
TEST_ROLES = {"hk_test": "login noinherit createdb"}
BECOMES = "with inherit false, set true, admin false"  # by SET ROLE, and it inherits nothing
HAS = "with inherit true, set false, admin false"
# member: the roles it is a member of, and how.
MEMBERS = {"hk_migrate": {"hk_owner": BECOMES}, "hk_backup": {"pg_read_all_data": HAS}}
TEST_MEMBERS = {"hk_test": {"hk_app": BECOMES, "hk_clock": BECOMES, "hk_owner": BECOMES}}
CONNECTS = ("hk_app", "hk_clock", "hk_backup", "hk_migrate")

# Revoked from everybody in each of our databases, by the superuser (kernel.md 2): who sees what others run sees tokens;
# who may stop or write large objects needs no table at all.
HIDDEN = (
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
OWNERS_FUNCTIONS = "alter default privileges for role hk_owner revoke execute on functions from public"


def ensure_roles(superuser_url: str, passwords: Mapping[str, str], *, tests: bool = False) -> list[str]:
    """Make the roles that are missing, and bring the others to what is said here, their password too: each login may
    change its own. The names of those made. Passwords travel as scram verifiers, never in clear. Shut what the cluster
    brings along.
    """
    made = []
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        known = {name for (name,) in connection.execute("select rolname from pg_roles where rolname like 'hk_%'")}
        for name, attributes in (ROLES | (TEST_ROLES if tests else {})).items():
            # What an older source gave it and this one does not goes too.
            begins = "alter" if name in known else "create"
            statement = sql.SQL(begins + " role {} " + attributes).format(sql.Identifier(name))
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
    """Make and harden the database if it is missing; True if this call made it."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if found is None:
            statement = "create database {} owner hk_owner template template0 encoding 'UTF8'"
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
    return found is None


def harden(superuser_url_of_database: str, *, tests: bool = False) -> None:
    """Take from everybody what a database offers by default. Repeatable; needed again after a restore."""
    with psycopg.connect(superuser_url_of_database, autocommit=True) as connection:
        for statement in (*HIDDEN, OWNERS_FUNCTIONS, "revoke create on schema public from public"):
            connection.execute(statement)
        _take_settings(connection)
        close_database(connection, connection.info.dbname, tests=tests)


def close_database(connection: psycopg.Connection, name: str, *, tests: bool = False) -> None:
    """Let only our logins in, and nobody make temporary tables: they would be looked up before ours.

    The one part of hardening that a clone does not inherit.
    """
    database = sql.Identifier(name)
    connection.execute(sql.SQL("revoke all on database {} from public").format(database))
    for role in (*CONNECTS, *(TEST_ROLES if tests else ())):
        connection.execute(sql.SQL("grant connect on database {} to {}").format(database, sql.Identifier(role)))


def script(database: str = "hamkori") -> str:
    """The same as SQL for psql, for a server whose roles somebody else makes. Passwords are set by them."""
    lines = [f"create role {name} {attributes};" for name, attributes in ROLES.items()]
    lines += [
        f"grant {role} to {member} {how};" for member, granted in MEMBERS.items() for role, how in granted.items()
    ]
    lines += [SHUT_BROUGHT_ALONG]
    lines += [f"create database {database} owner hk_owner template template0 encoding 'UTF8';", f"\\connect {database}"]
    lines += [f"{statement};" for statement in (*HIDDEN, OWNERS_FUNCTIONS)]
    lines += ["revoke create on schema public from public;", f"revoke all on database {database} from public;"]
    lines += [f"grant connect on database {database} to {role};" for role in CONNECTS]
    for name in ROLES:
        lines += [f"alter role {name} reset all;", f"alter role {name} in database {database} reset all;"]
    lines += [f"\\password {name}" for name, attributes in ROLES.items() if attributes.startswith("login")]
    return "\n".join(lines) + "\n"
