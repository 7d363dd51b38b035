"""What no backup holds and the login of backups may not read: tables that `migrate` makes again, empty.

`pg_dump` locks each table whose definition it writes, and may lock only what it may read. So these are left out whole,
and after a restore they are missing until `migrate` has run.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

# table: why. Named also in jobs/walls/90_backup.sql; a test holds the two together.
LEFT_OUT = {
    "session_proof": "a person who reads it and has the pages' login begins a session of anybody; it is written anew",
    "typed": "what somebody was typing and has not saved, in no log either; it lives seven days",
    "vault_session": "the locked keys of open sessions, in no log either; their vaults are opened again",
}
OPTIONS = tuple(f"--exclude-table={name}" for name in LEFT_OUT)


def make_again() -> list[str]:
    """Make those that a restore has left missing, as the migrations that the database has had made them; their names.

    As owner, before newer migrations, which may change them. Their walls come with all others.
    """
    with transaction.atomic():
        here = set(connection.introspection.table_names())
        missing = LEFT_OUT.keys() - here
        if not missing or "django_migrations" not in here:
            return []
        loader = MigrationLoader(connection)
        done = [name for name in loader.applied_migrations if name in loader.graph.nodes]
        models = loader.project_state(done).apps.get_models() if done else []
        made = [model for model in models if model._meta.db_table in missing]
        with connection.schema_editor() as editor:
            for model in made:
                editor.create_model(model)
        return sorted(model._meta.db_table for model in made)
