"""Before a process serves: is its login as powerless as the walls need it to be, and is this the right world?"""

import psycopg

# One question each; true is a reason not to serve (kernel.md 11).
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
    return found


def wrong_world(connection: psycopg.Connection, mode: str) -> str | None:
    """Whether the database is of another world than this mode's: invented people and real ones never meet."""
    row = connection.execute("select world_code from public.world").fetchone()
    world = row[0] if row else "no"
    wanted = WORLD_OF_MODE[mode]
    return None if world == wanted else f"this is the {mode} mode, and the database holds the {world} world"


def check(connection: psycopg.Connection, mode: str) -> None:
    """Return, or raise MayNotServe with everything that is wrong."""
    found = reasons(connection)
    login = connection.info.user
    if found:
        raise MayNotServe(f"The login {login} must not serve: {'; '.join(found)}. See ./hamkori migrate --roles.")
    if world := wrong_world(connection, mode):
        raise MayNotServe(f"Hamkori does not serve here: {world}.")
