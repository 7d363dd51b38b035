"""To whom a request goes and for what: the service, organisation and kind of help that the page named, written and read
back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori.casework.consent.rules import consent as consent_rules
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from hamkori.people.queries import organisation
from hamkori.refusal import Invalid, NotNow, NotVisible
from hamkori.vault.asked import require_asked
from hamkori.vault.bytes import Untrusted


def _service(service_id: UUID, shown: UUID | None, shown_code: str) -> Service:
    """The service, of the organisation and the kind that the page named. Untrusted: it is another's or another now."""
    found = Service.objects.filter(pk=service_id).first()
    if found is None:
        raise NotVisible
    require_asked("service", (found.pk,), (service_id,))
    if shown is not None and found.organisation_id != shown:
        raise Untrusted("service", found.pk)
    if shown_code not in ("", found.service_code):
        raise Untrusted("service", found.pk)
    return found


def of_its_kind(referral: Referral) -> Service | None:
    """The service of a request, if its organisation offers it still. Untrusted: as another kind of help than was asked.

    Which rows of her word are needed follows from the kind, and no act of ours gives a service another one.
    """
    found = Service.objects.filter(pk=referral.service_id, organisation=referral.to_organisation_id).first()
    if found is not None and found.service_code != referral.service_code:
        raise Untrusted("service", referral.service_id)
    return found


def names_its_rows(referral: Referral, compartment: str, rows: Sequence[str]) -> bool:
    """Whether these are the rows that such an organisation, this kind and purpose need: what the wall asks, by us."""
    kind = consent_rules.kind_of(compartment, referral.service_code)
    if kind != referral.recipient_kind_code or (kind, referral.purpose_code) not in consent_rules.ROWS:
        return False
    return _rows(compartment, referral.service_code, referral.purpose_code) == list(rows)


def _rows(compartment: str, code: str, purpose: str) -> list[str]:
    return [f"{row[0]}:{row[1]}" for row in consent_rules.rows_needed(compartment, code, purpose)]


def write_address(referral: Referral, service_id: UUID, shown: UUID | None, shown_code: str, purpose: str) -> list[str]:
    """Writes the address into the draft: body, service, kind of recipient. Returns the consent rows it needs."""
    service = _service(service_id, shown, shown_code)
    body = organisation(service.organisation_id)
    kind = consent_rules.kind_of(body.compartment, service.service_code)
    if kind is None:
        raise NotNow("body_may_receive")
    if purpose not in consent_rules.purposes(body.compartment, service.service_code):
        raise Invalid({"purpose": _("Choose one of the answers.")})
    referral.to_organisation_id = service.organisation_id
    referral.service_id = service.pk
    referral.service_code = service.service_code
    referral.recipient_kind_code = kind
    referral.purpose_code = purpose
    return _rows(body.compartment, service.service_code, purpose)


def address_of(referral: Referral) -> tuple[Any, ...]:
    """To whom and what for, as the row says it now."""
    names = "to_organisation_id service_id service_code recipient_kind_code purpose_code"
    return tuple(getattr(referral, name) for name in names.split())
