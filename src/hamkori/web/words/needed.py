"""What was ticked as needed, and of which nobody is asked: in the same words on Today, in the case, after sending."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from hamkori.web.words import lists


def said(needs: Iterable[str]) -> str:
    """What is needed, in the words of the question."""
    named = lists.inside(lists.labels("need_tonight", tuple(needs)))
    return _("Needed, and nobody is asked now: %(needs)s") % {"needs": named}
