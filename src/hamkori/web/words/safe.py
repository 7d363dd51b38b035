"""Who did not arrive and is safe, in words: who said so, what comes next, and where it is written where they stay."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.web.kit import moments
from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.case.queries.cases import Standing

PART: Final = "place"
"""The locked part that says where the person stays."""
WRITE: Final = gettext_lazy("Write where the person stays")
CHANGE: Final = gettext_lazy("Change where the person stays")
"""In place of that, once it was written since somebody said that they are safe."""
ANOTHER: Final = gettext_lazy("Agree another time with the organisation, or ask another.")
ASK_FIRST: Final = gettext_lazy("Ask the person again first: until then nothing is agreed and nothing is sent.")
TEAM_ASKS: Final = gettext_lazy(
    "The team asks the person again first: until then nothing is agreed and nothing is sent."
)


def title(service: str) -> str:
    """What is to do then, where the person has agreed to it."""
    return _("Agree another time: %(service)s") % {"service": lists.label("service", service)}


def said(name: str, at: datetime, now: datetime) -> str:
    """That the person is safe, by whom it was said and when: without its full stop."""
    when = moments.moment(at, now)
    return _("Safe, said by %(name)s %(when)s") % {"name": name or _("a colleague"), "when": when}


def write(written_at: datetime | None, said_at: datetime) -> str:
    """What leads there: to write it; or to change it, where it was written after it was said that they are safe."""
    return str(CHANGE if written_at is not None and written_at >= said_at else WRITE)


def section_at(case: Case) -> str:
    """Where it is written where the person stays; '' of a closed case."""
    return f"{reverse('section', args=[case.code])}?of={PART}" if case.state_code in WRITABLE else ""


def write_at(case: Case, standing: Standing) -> str:
    """The same; '' for whoever does not write that part, too."""
    return section_at(case) if PART in standing.writes else ""
