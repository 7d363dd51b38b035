"""Services of bodies. No column of these tables holds the address or telephone of a shelter: the walls refuse it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from hamkori.access.record import Record


class Service(Record):
    """One kind of help, as one body offers it. Empty names mean the label of its kind is its name.

    `search_text` is folded by the walls from its own names and its body's; nobody else writes it.
    """

    organisation = models.ForeignKey("people.Organisation", models.DO_NOTHING, related_name="+")
    service_code = models.CharField(max_length=20)
    name_tg = models.CharField(max_length=200, default="", blank=True)
    name_ru = models.CharField(max_length=200, default="", blank=True)
    name_en = models.CharField(max_length=200, default="", blank=True)
    name_fr = models.CharField(max_length=200, default="", blank=True)
    text_tg = models.TextField(default="", blank=True)
    text_ru = models.TextField(default="", blank=True)
    text_en = models.TextField(default="", blank=True)
    text_fr = models.TextField(default="", blank=True)
    region_code = models.CharField(max_length=10)
    is_active = models.BooleanField(default=True)
    is_full = models.BooleanField(default=False)
    admission_codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    language_codes = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    usual_answer_minutes = models.IntegerField(null=True)
    search_text = models.TextField(default="", editable=False)
    source_code = models.CharField(max_length=60, default="")
    external_id = models.UUIDField(null=True)
    kept_by_desk = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "service"
        constraints = [
            models.UniqueConstraint(
                name="an_imported_service_is_here_once",
                fields=["source_code", "external_id", "service_code"],
                condition=Q(external_id__isnull=False),
            ),
            models.CheckConstraint(
                name="an_answer_time_is_positive",
                condition=Q(usual_answer_minutes=None) | Q(usual_answer_minutes__gte=0),
            ),
        ]
        indexes = [
            models.Index(fields=["service_code", "region_code"], name="service_by_kind"),
            models.Index(fields=["organisation", "service_code"], name="service_by_body"),
        ]


class ServiceArea(Record):
    """Where a service works: the whole country, a region or a unit. No row: nothing is known but its region."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="areas")
    area_code = models.CharField(max_length=10)

    class Meta:
        db_table = "service_area"
        constraints = [models.UniqueConstraint(name="an_area_is_named_once", fields=["service", "area_code"])]


class ServiceHours(Record):
    """One stretch of a week in which the service answers: day 1 (Monday) to 7, minutes from midnight, local time."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="hours")
    day = models.SmallIntegerField()
    opens = models.SmallIntegerField()
    closes = models.SmallIntegerField()

    class Meta:
        db_table = "service_hours"
        constraints = [
            models.UniqueConstraint(name="a_stretch_of_hours_is_named_once", fields=["service", "day", "opens"]),
            models.CheckConstraint(name="a_day_is_one_of_seven", condition=Q(day__gte=1, day__lte=7)),
            models.CheckConstraint(
                name="a_service_opens_before_it_closes",
                condition=Q(opens__gte=0, closes__lte=1440, closes__gt=F("opens")),
            ),
        ]


class ServiceContact(models.Model):
    """Telephone and address of a service that is no shelter's. The walls refuse a row for any other."""

    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="contact")
    phone = models.CharField(max_length=40, default="", blank=True)
    address = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        db_table = "service_contact"


class OrganisationSource(Record):
    """Under which id a foreign directory knows a body of ours."""

    organisation = models.ForeignKey("people.Organisation", models.DO_NOTHING, related_name="+")
    source_code = models.CharField(max_length=60)
    external_id = models.UUIDField()

    class Meta:
        db_table = "organisation_source"
        constraints = [
            models.UniqueConstraint(name="an_imported_body_is_here_once", fields=["source_code", "external_id"])
        ]


class DirectoryImport(Record):
    """One import that was carried out, in numbers only."""

    source_code = models.CharField(max_length=60)
    at = models.DateTimeField()
    organisations_new = models.IntegerField()
    services_new = models.IntegerField()
    services_changed = models.IntegerField()
    services_missing = models.IntegerField()
    problems = models.IntegerField()
    shelter_contacts_dropped = models.IntegerField()

    class Meta:
        db_table = "directory_import"
