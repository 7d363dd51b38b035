"""What may be asked for at all: services that are offered now, by organisations that take part and receive people."""

from django.db.models import QuerySet

from hamkori.directory.models import Service


def offered(found: QuerySet[Service]) -> QuerySet[Service]:
    """Those of these services."""
    taking_part = found.filter(is_active=True, organisation__is_active=True)
    return taking_part.exclude(organisation__compartment_code="oversight")
