"""The sentences of notices of decisions by two (docs/design/clocks-and-notices.md#notices)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import ngettext

from hamkori.notices.texts import Said

SENTENCES: Final[dict[str, Said]] = {
    "decision": lambda n: ngettext("%(n)d decision waits for you.", "%(n)d decisions wait for you.", n),
    "told": lambda n: ngettext("%(n)d decision was taken.", "%(n)d decisions were taken.", n),
}
