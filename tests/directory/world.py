"""Services of a few invented bodies, written as their owner would find them."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from hamkori.directory.models import Service, ServiceArea, ServiceHours
from tests.database import god


def offered(organisation: UUID, code: str, *areas: str, region: str = "TJ-KT", **more: Any) -> Service:
    """A service behind the walls."""
    week = more.pop("week", ())
    with god():
        made = Service.objects.create(
            organisation_id=organisation,
            service_code=code,
            region_code=region,
            changed_at=timezone.now(),
            **more,
        )
        ServiceArea.objects.bulk_create([ServiceArea(service=made, area_code=area) for area in areas])
        ServiceHours.objects.bulk_create(
            [ServiceHours(service=made, day=day, opens=opens, closes=closes) for day, opens, closes in week]
        )
    return made
