"""Packages are taken in, and what they left behind: in the report, in the directory, anywhere in the database."""

from pathlib import Path

from django.db import connection

from hamkori.access.actor import SYSTEM
from hamkori.directory.actions import taking_in
from hamkori.directory.importing.report import Report
from hamkori.directory.models import Service
from tests.database import god


def take(folder: Path, *, apply: bool = True, source: str = "test", mapping: Path | None = None) -> Report:
    """Import as the command line does: as the owner, inside the test's transaction."""
    with god():
        return taking_in.import_package(
            SYSTEM,
            folder=folder,
            source=source,
            language="tg",
            apply=apply,
            progress=lambda stage, done, of: None,
            mapping=mapping,
        )


def whats(report: Report) -> list[tuple[str, str]]:
    """Field and problem, in the order of finding."""
    return [(problem.field, problem.what) for problem in report.problems.kept]


def everything_written() -> str:
    """All text of all tables, as the owner reads them."""
    with god(), connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.tables"
            " where table_schema = 'public' and table_type = 'BASE TABLE'"
        )
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"select coalesce(string_agg(t::text, chr(10)), '') from \"{table}\" t")
            found.append(cursor.fetchone()[0])
    return "\n".join(found)


def services() -> list[Service]:
    """All services, by kind, with their bodies and contacts."""
    with god():
        return list(Service.objects.select_related("organisation", "contact").order_by("service_code"))
