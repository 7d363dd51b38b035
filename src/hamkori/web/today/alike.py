"""Rows of Today that read alike: of two persons who are expected, what tells them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from hamkori.casework.work.queries.due import Due


def told_apart(found: Iterable[tuple[Due, Mapping[str, Any]]]) -> dict[str, Any]:
    """Of each referral whose row begins as another's does, by its number: its line, and who sent it. What says so
    already, and what is of one organisation alone, is not in it: the number stands first in every row.
    """
    rows = [(one, drawn) for one, drawn in found if one.what.startswith("got.") and one.referral and one.body]
    begun = Counter(str(drawn["what"]) for _one, drawn in rows)
    return {
        one.referral: format_html(
            "{}\u00a0· {}", drawn["sub"], _("sent by %(organisation)s") % {"organisation": one.body}
        )
        for one, drawn in rows
        if begun[str(drawn["what"])] > 1 and one.body not in str(drawn["sub"])
    }
