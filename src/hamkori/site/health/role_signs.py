"""Parts of the pulse: what somebody else, or an older source, has given a login of ours that it should not have."""

from collections.abc import Iterator

from hamkori.site.database import roles
from hamkori.site.health import pulse
from hamkori.site.health.pulse import Sign

OF = "Roles"
MEMBERSHIPS = """
select m.member::pg_catalog.regrole::text, m.roleid::pg_catalog.regrole::text
  from pg_catalog.pg_auth_members m join pg_catalog.pg_roles r on r.oid = m.member
 where r.rolname = any(%s) order by 1, 2
"""

MAKES_DATABASES = "select rolname from pg_catalog.pg_roles where rolname = any(%s) and rolcreatedb order by 1"
OWNER = """
select pg_catalog.quote_ident(d.datname), case when not r.rolsuper then r.rolname end
  from pg_catalog.pg_database d join pg_catalog.pg_roles r on r.oid = d.datdba
 where d.datname = pg_catalog.current_database()
"""
MAKE_TEMPORARY = """
select pg_catalog.quote_ident(d.datname), r.rolname
  from pg_catalog.pg_database d join pg_catalog.pg_roles r on r.rolname = any(%s)
 where d.datname = pg_catalog.current_database()
   and pg_catalog.has_database_privilege(r.oid, d.oid, 'TEMP') order by 2
"""
LIMITS = """
select r.rolname, r.rolconnlimit from pg_catalog.pg_roles r
 where r.rolname = any(%s) and r.rolcanlogin order by 1
"""
WANTED = {"log_parameter_max_length": "0", "log_error_verbosity": "terse"}
LOGS = "select " + ", ".join(f"pg_catalog.current_setting('{name}') = '{value}'" for name, value in WANTED.items())
FOR_LOGINS = """
select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
     - current_setting('reserved_connections')::int
"""


def connections(here: pulse.Here) -> Iterator[Sign]:
    """Whether no login of ours can use up the connections of the others."""
    limits: dict[str, int] = dict(here.connection.execute(LIMITS, [list(roles.CONNECTS)]).fetchall())
    row = here.connection.execute(FOR_LOGINS).fetchone()
    room, free = row[0] if row else 0, [login for login, limit in limits.items() if limit < 0]
    if free:
        ways = "; ".join(f"alter role {login} connection limit {roles.CONNECTIONS[login]}" for login in free)
        text = f"{', '.join(free)} can use up those of all; as superuser: {ways}"
        yield Sign("Connections", text, well=False)
    elif sum(limits.values()) > room:
        text = f"the logins may have {sum(limits.values())} together, and the server has {room}; see docs/operating.md"
        yield Sign("Connections", text, well=False)
    else:
        yield Sign("Connections", f"each login has its own, {sum(limits.values())} of {room}", well=True)


def owner_of_the_database(here: pulse.Here) -> Iterator[Sign]:
    """Whose settings reach a superuser's connection: a superuser's own, or those of who owns all that is in it."""
    row = here.connection.execute(OWNER).fetchone()
    if row and row[1]:
        ways = (
            f"alter database {row[0]} owner to current_user; alter database {row[0]} reset all; "
            f"alter schema public owner to hk_owner; grant connect on database {row[0]} to hk_owner"
        )
        yield Sign("Owner", f"the database is {row[1]}'s, who may make a superuser's names mean other things;"
                   f" as superuser, after set search_path = pg_catalog: {ways}; if you have no superuser on this"
                   " server: see docs/operating.md", well=False)  # fmt: skip
    else:
        yield Sign("Owner", "the database is a superuser's", well=True)


def temporary_tables(here: pulse.Here) -> Iterator[Sign]:
    """Whether a function that a page calls could put a view of its own in the place of a table, unseen by others."""
    found = here.connection.execute(MAKE_TEMPORARY, [list(roles.ROLES)]).fetchall()
    if found:
        database, names = found[0][0], ", ".join(name for _, name in found)
        ways = (
            f"grant connect on database {database} to hk_owner;"
            f" revoke temporary on database {database} from public, {names} cascade"
        )
        text = f"{names} may make some, which are looked up before ours; as superuser: {ways}"
        yield Sign("Temporary tables", text, well=False)
    else:
        yield Sign("Temporary tables", "no login of ours may make one, nor may hk_owner", well=True)


def log_of_the_server(here: pulse.Here) -> Iterator[Sign]:
    """Whether what is bound to a statement, tokens among it, may come to stand in the server's log."""
    row = here.connection.execute(LOGS).fetchone()
    others = [
        f"{name} = {wanted}" for (name, wanted), is_so in zip(WANTED.items(), row or (), strict=False) if not is_so
    ]
    if others:
        text = f"it may repeat tokens and what people told us; in the server's configuration: {', '.join(others)}"
        yield Sign("Log of the server", text, well=False)
    else:
        yield Sign("Log of the server", "repeats no value of a statement", well=True)


def of_our_logins(here: pulse.Here) -> Iterator[Sign]:
    """One line for each that has something. Only a superuser may put it right."""
    given = here.connection.execute(MEMBERSHIPS, [list(roles.CONNECTS)]).fetchall()
    more = [(member, role) for member, role in given if role not in roles.MEMBERS[member]]
    makes = [name for (name,) in here.connection.execute(MAKES_DATABASES, [list(roles.CONNECTS)])]
    if more:
        ways = "; ".join(f"revoke {role} from {member}" for member, role in more)
        said = ", ".join(f"{member} is a member of {role}" for member, role in more)
        yield Sign(OF, f"{said}; as superuser: {ways}", well=False)
    if makes:
        ways = "; ".join(f"alter role {name} nocreatedb" for name in makes)
        said = f"{', '.join(makes)} can make a database, in which nothing is taken from anybody"
        yield Sign(OF, f"{said}; as superuser: {ways}", well=False)
    if not more and not makes:
        yield Sign(OF, "no login of ours is a member of what it should not be", well=True)
