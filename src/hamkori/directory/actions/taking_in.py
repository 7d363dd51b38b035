"""A foreign directory is taken in: tried by everybody who has the owner's login, written when told so."""

from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.action import Act, action
from hamkori.directory.importing import package, save, terms
from hamkori.directory.importing.draft import Reading
from hamkori.directory.importing.limits import Refused
from hamkori.directory.importing.report import Report
from hamkori.directory.importing.table import Table
from hamkori.directory.importing.values import Problems
from hamkori.directory.models import DirectoryImport

# Two imports at once would not see each other's bodies. Of this row nobody but the owner may take a lock.
SHOWN = 5  # problems in the one line of a package of which nothing could be read
ALONE = "select 1 from public.world for update"


def import_package(
    actor: Actor,
    *,
    folder: Path,
    source: str,
    language: str,
    apply: bool,
    progress: package.Progress,
    mapping: Path | None = None,
) -> Report:
    """Try or carry out an import in one transaction; a trial does everything and then undoes it."""
    with transaction.atomic():
        report = take_in(
            actor, folder=folder, source=source, language=language, mapping=mapping, apply=apply, progress=progress
        )
        if not apply:
            transaction.set_rollback(True)
    return report


@action("directory.import")
def take_in(
    act: Act,
    *,
    folder: Path,
    source: str,
    language: str,
    mapping: Path | None,
    apply: bool,
    progress: package.Progress,
) -> Report:
    """Read, hold against the database, write. Only the command line may, as the owner."""
    definer.read(ALONE)
    said = terms.said(mapping)
    problems = Problems()
    table = Table(problems=problems)
    for piece in package.pieces(folder, problems, progress):
        table.add(piece)
    if not table.rows:
        why = "Nothing in this folder could be read as an organization or a service. Nothing was written."
        raise Refused(f"{why} {problems.in_words(SHOWN)}".rstrip())
    table.finish()
    today = act.at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    draft = Reading(table=table, said=said, known=save.known(source), today=today).draft()
    progress("writing", 0, len(draft.bodies))
    counts = save.Saving(source, language, act.at).save(draft)
    progress("writing", len(draft.bodies), len(draft.bodies))
    report = Report(apply, counts, draft.dropped, problems)
    DirectoryImport.objects.create(
        source_code=source,
        at=act.at,
        organisations_new=counts["organisations_new"],
        services_new=counts["services_new"],
        services_changed=counts["services_changed"],
        services_missing=counts["services_missing"],
        problems=problems.count,
        shelter_contacts_dropped=report.shelter_contacts,
    )
    act.note(kind="directory", count=counts["services_new"] + counts["services_changed"])
    return report
