"""A place for tonight: where the person is asked for it."""

from __future__ import annotations

from django.urls import reverse

from hamkori.casework.work.queries.no_place import SHELTER


def asked_at(code: str) -> str:
    """Where the person is asked whether a place may be asked for: that question of the page of consent."""
    kind, purpose = SHELTER
    return f"{reverse('consent', args=[code])}#id_a_{kind}_{purpose}_0"
