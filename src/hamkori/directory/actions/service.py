"""A desk keeps its services true: what is offered, to whom, where, when, open or full."""

from django.conf import settings
from django.utils.translation import gettext as _

from hamkori import definer
from hamkori.action import Act, action
from hamkori.directory.actions.sheet import Sheet, check
from hamkori.directory.models import Service, ServiceArea, ServiceContact, ServiceHours
from hamkori.directory.rules.hours import merged
from hamkori.directory.rules.shelter import body_shelters
from hamkori.people.models import Organisation
from hamkori.people.rules.desk_phone import kept
from hamkori.refusal import Invalid, NotNow, NotVisible
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import LANGUAGES
from hamkori.vocabulary.open_text import clean


@action("service.edit", on="service")
def edit(act: Act, service: Service, *, version: int, sheet: Sheet) -> Service:
    """Write the sheet over the service. NotNow("version_same"): somebody was faster, and nothing is lost or written."""
    held = _locked(service)
    if held.version != version:
        raise NotNow("version_same", who=_("A colleague"), time=held.changed_at)
    check(sheet, shelters=_is_shelter(held))
    _write(act, held, sheet)
    return held


@action("service.edit", on="service")
def mark(act: Act, service: Service, *, full: bool) -> Service:
    """Say that it is full, or open again. The last word counts: no version is asked."""
    held = _locked(service)
    held.is_full = full
    held.version += 1
    held.changed_at = act.at
    held.save(update_fields=["is_full", "version", "changed_at"])
    return held


@action("service.edit")
def add(act: Act, *, service_code: str, sheet: Sheet) -> Service:
    """A new service of the acting desk's body, once for each kind of help."""
    organisation = act.actor.organisation_id
    if organisation is None:
        raise NotVisible
    if service_code not in codelist("service"):
        raise Invalid({"service_code": _("Choose what is offered.")})
    mine = Service.objects.filter(organisation_id=organisation)
    if mine.filter(service_code=service_code).exists():
        raise Invalid({"service_code": _("Your organisation offers this already.")})
    codes = [*mine.values_list("service_code", flat=True), service_code]
    body = Organisation.objects.get(pk=organisation)
    check(sheet, shelters=body_shelters(body.actor_type_code, codes))
    service = Service(organisation_id=organisation, service_code=service_code, version=0, kept_by_desk=True)
    _write(act, service, sheet)
    act.note(kind="service", object_id=service.pk)
    return service


def _locked(service: Service) -> Service:
    return Service.objects.select_for_update().get(pk=service.pk)


def _is_shelter(service: Service) -> bool:
    body = Organisation.objects.get(pk=service.organisation_id)
    codes = Service.objects.filter(organisation_id=body.pk).values_list("service_code", flat=True)
    return body_shelters(body.actor_type_code, codes)


def _write(act: Act, service: Service, sheet: Sheet) -> None:
    for language in LANGUAGES:
        setattr(service, f"name_{language}", " ".join(clean(sheet.names.get(language, "")).split()))
        setattr(service, f"text_{language}", clean(sheet.texts.get(language, "")))
    service.region_code = sheet.region
    service.is_active = sheet.is_active
    service.is_full = sheet.is_full
    service.admission_codes = list(sheet.admits)
    service.language_codes = list(sheet.languages)
    service.kept_by_desk = True
    service.version += 1
    service.changed_at = act.at
    if service._state.adding:
        service.save(force_insert=True)
    else:
        service.save(update_fields=_EDITED)
    definer.run("service_parts_drop", service.pk)  # a grant to delete would be one to lock the table
    ServiceArea.objects.bulk_create(ServiceArea(service=service, area_code=code) for code in sorted(set(sheet.areas)))
    week = merged(sheet.week)
    ServiceHours.objects.bulk_create(ServiceHours(service=service, day=d, opens=o, closes=c) for d, o, c in week)
    contact = ServiceContact(
        service=service, phone=kept(clean(sheet.phone), in_demo=settings.DEMO), address=clean(sheet.address)
    )
    if contact.phone or contact.address:
        contact.save(force_insert=True)


_EDITED = [
    *(f"{kind}_{language}" for kind in ("name", "text") for language in LANGUAGES),
    *("region_code", "is_active", "is_full", "admission_codes", "language_codes"),
    *("kept_by_desk", "version", "changed_at"),
]
