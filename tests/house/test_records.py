"""The records tell the truth about themselves: migrations match models, and no way leads upward."""

import re

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

TEXT = (models.CharField, models.TextField, models.JSONField, ArrayField)
# Rows that are counted because their order is what they say.
COUNTED = {"audit.Ledger", "audit.LedgerSeal", "audit.LedgerCheckpoint", "access.LifecycleRow"}
# Rooms whose records anybody may read.
PUBLIC = {"directory", "calendar"}
# Text that lies open in the database, and why it may. A field that ends in _code or _codes holds words of a list.
NAMED_BY = {
    "access.LifecycleMachine.": "record_table beside_table beside_key clock_table clock_key"
    " sides_by locks_by guards_by notes_by",
    "access.LifecycleRow.": "guards set_now set_plus set_values carries effects starts may_start stops noted",
}
LIFECYCLE = {record + name: "names of ours" for record, names in NAMED_BY.items() for name in names.split()}
OPEN = {
    "access.Attempt.at": "moments",
    "access.Operation.url_path": "an address of ours; codes, no names",
    "audit.LedgerSeal.cluster": "the database's own number",
    "people.Organisation.slug": "public",
    "people.Organisation.name_en": "public",
    "people.Organisation.name_tg": "public",
    "people.Organisation.name_ru": "public",
    "people.Organisation.name_fr": "public",
    "people.OrganisationPhone.phone": "public",
    "people.User.email": "a worker's, not a helped person's",
    "people.User.name": "a worker's, not a helped person's",
    "people.Invitation.email": "a worker's, not a helped person's",
    "people.Invitation.name": "a worker's, not a helped person's",
    "casework.Case.code": "random digits",
    "casework.CaseAccess.sections": "section codes",
    "casework.CaseAccess.writes": "section codes",
    "casework.ConsentRow.sections": "section codes",
    "casework.Referral.code": "random digits",
    "casework.ReferralSender.consent_rows": "identities of rows",
    "casework.ReferralSender.sections": "section codes",
    "casework.ReferralAccess.sections": "section codes",
    "casework.ReferralCard.former_ages": "codes of a summary and times; the database alone writes them",
    "casework.ReferralOwnCase.said_age_how": "a code of how an age is known; the database alone writes it",
    "casework.CaseClock.rungs": "names and times of the clock's rungs",
    "casework.CaseClock.done": "names of rungs",
    "casework.ReferralClock.rungs": "names and times of the clock's rungs",
    "casework.ReferralClock.done": "names of rungs",
    **LIFECYCLE,
    "people.TwoPerson.subject_ids": "ids of key rows",
}
# Words that name a person; in casework such a column could only be sealed.
PERSONAL = re.compile(r"name|phone|mail|address|birth|story|note|text|remark|comment|passport", re.I)


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("hamkori.")]


def own_fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.local_fields if isinstance(field, models.Field)]


def test_migrations_match_the_models() -> None:
    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = detector.changes(graph=loader.graph)
    missing = {
        label: [m.operations for m in found]
        for label, found in changes.items()
        if apps.get_app_config(label).name.startswith("hamkori.")
    }
    assert not missing, missing


def test_no_foreign_key_opens_a_way_back() -> None:
    """A reverse name would let a lower room reach up, past the floors that imports keep."""
    named = [
        f"{model.__name__}.{field.name}"
        for model in ours()
        for field in own_fields(model)
        if field.remote_field is not None
        and field.related_model._meta.app_label != model._meta.app_label
        and not str(field.remote_field.related_name or "").endswith("+")
    ]
    assert not named, named


def test_every_own_record_has_a_random_identity() -> None:
    counted = {model._meta.label for model in ours() if isinstance(model._meta.pk, models.AutoField)}
    assert counted <= COUNTED, counted - COUNTED


def test_open_text_is_a_code_or_says_why() -> None:
    """Sealed text is bytes. Whatever else is text is a code of a list, or stands in OPEN with its reason."""
    open_text = {
        f"{model._meta.label}.{field.name}"
        for model in ours()
        if model._meta.app_label not in PUBLIC
        for field in own_fields(model)
        if isinstance(field, TEXT) and not field.name.endswith(("_code", "_codes"))
    }
    assert open_text <= OPEN.keys(), open_text - OPEN.keys()


def test_casework_has_no_open_column_about_a_person() -> None:
    suspicious = [
        f"{model.__name__}.{field.name}"
        for model in ours()
        if model._meta.app_label == "casework"
        for field in own_fields(model)
        if PERSONAL.search(field.name) and isinstance(field, TEXT) and not field.name.endswith("_code")
    ]
    assert not suspicious, suspicious
