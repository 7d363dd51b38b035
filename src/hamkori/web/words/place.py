"""A place for tonight: where the person is asked for it, and what to say once there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse

from hamkori.casework.work.queries.no_place import NOTHING, PLACE, SHELTER

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

NOT_ASKED: Final = "not_asked"


def ends_it(case: Case) -> bool:
    """Whether "A place was found" is all that is to say: beside another need nothing could show that it was said."""
    return not set(case.need_tonight_codes) - {PLACE, NOTHING, NOT_ASKED}


def asked_at(code: str) -> str:
    """Where the person is asked whether a place may be asked for: that question of the page of consent."""
    kind, purpose = SHELTER
    return f"{reverse('consent', args=[code])}#id_a_{kind}_{purpose}_0"
