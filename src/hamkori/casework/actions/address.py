"""To whom a request goes: the service and organisation that the page named, written into the row and read back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori.casework.models import Referral
from hamkori.casework.rules import consent as consent_rules
from hamkori.directory.models import Service
from hamkori.people.queries import organisation
from hamkori.refusal import Invalid, NotNow, NotVisible
from hamkori.vault.bytes import Untrusted


def _service(service_id: UUID, shown: UUID | None) -> Service:
    """The service, of the organisation that her page named. Untrusted: it is another's now."""
    found = Service.objects.filter(pk=service_id).first()
    if found is None:
        raise NotVisible
    if shown is not None and found.organisation_id != shown:
        raise Untrusted("service", found.pk)
    return found


def write_address(referral: Referral, service_id: UUID, shown: UUID | None, purpose: str) -> list[str]:
    """Writes the address into the draft: body, service, kind of recipient. Returns the consent rows it needs."""
    service = _service(service_id, shown)
    body = organisation(service.organisation_id)
    kind = consent_rules.kind_of(body.compartment, service.service_code)
    if kind is None:
        raise NotNow("body_may_receive")
    if purpose not in consent_rules.purposes(body.compartment, service.service_code):
        raise Invalid({"purpose": _("Choose one of the answers.")})
    rows = consent_rules.rows_needed(body.compartment, service.service_code, purpose)
    referral.to_organisation_id = service.organisation_id
    referral.service_id = service.pk
    referral.service_code = service.service_code
    referral.recipient_kind_code = kind
    referral.purpose_code = purpose
    return [f"{row[0]}:{row[1]}" for row in rows]


def address_of(referral: Referral) -> tuple[Any, ...]:
    """To whom and what for, as the row says it now."""
    names = "to_organisation_id service_id service_code recipient_kind_code purpose_code"
    return tuple(getattr(referral, name) for name in names.split())
