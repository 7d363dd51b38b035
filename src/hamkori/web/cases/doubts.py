"""Who was asked for somebody else than the person turned out to be, as the page of the case says it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.web.words import lists, red, yes_before
from hamkori.web.words.calls import in_a_row


def asked(one: Sent, file: File, *, asks: bool) -> tuple[str, str]:
    """Title and text of one that waits for an answer. `asks`: this reader can ask another organisation."""
    if one.yes_before is not None:
        parts = (*in_a_row(one.calls, file.now), *before(one, file))
        return red.yes_before(one.body), " · ".join(filter(None, parts))
    text = (
        _("%(service)s: asked, no answer yet. Call them, or ask another organisation.")
        if asks
        else _("%(service)s: asked, no answer yet. Call them.")
    )
    return red.doubted(one.body), text % {"service": lists.label("service", one.service)}


def before(one: Sent, file: File) -> list[str]:
    """For whom they said yes, and what they are asked now; nothing where no such yes was said."""
    return yes_before.in_row(one.yes_before, file.case.sex_code, file.case.age_band_code)
