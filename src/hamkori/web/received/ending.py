"""The form with which help ends, or ends before it began: what can be chosen in it now, and from when on the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from hamkori.casework.referral.queries.received import Received
from hamkori.web.received import coming, forms, last_night


def finish_form(
    received: Received, typed: QueryDict | None = None, line: Mapping[str, Any] | None = None
) -> forms.FinishForm:
    """As it can be filled in now. `line`: what was opened of hour and meeting point."""
    return forms.FinishForm(
        typed,
        state=received.state,
        early=coming.ends_early(received, line),
        bed=last_night.asks_night(received),
        auto_id="finish_%s",
    )
