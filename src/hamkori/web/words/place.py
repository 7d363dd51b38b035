"""A place for tonight: where the person is asked for it. A doctor: where one is chosen."""

from __future__ import annotations

from django.urls import reverse

from hamkori.casework.work.queries.no_place import SHELTER


def asked_at(code: str) -> str:
    """Where the person is asked whether a place may be asked for: that question of the page of consent."""
    kind, purpose = SHELTER
    return f"{reverse('consent', args=[code])}#id_a_{kind}_{purpose}_0"


def doctors_at(code: str) -> str:
    """The choice of services, with those of the health service; while there is no consent it says whom to ask first."""
    return f"{reverse('case_refer', args=[code])}?need=HEALTH"
