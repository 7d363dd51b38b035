"""What was ticked as needed, and of which nobody is asked: in the same words on Today, in the case, after sending."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.directory.rules.suit import kinds
from hamkori.web.words import directory, lists


def said(needs: Iterable[str]) -> str:
    """What is needed, in the words of the question."""
    named = lists.inside(lists.labels("need_tonight", tuple(needs)))
    return _("Needed, and nobody is asked now: %(needs)s") % {"needs": named}


def choice_at(code: str, needs: Iterable[str]) -> str:
    """Where an organisation is chosen for these: with the group of services where all lie in one, else among all that
    fit. A doctor of this week is none of what is needed tonight, with which that page begins.
    """
    groups = {directory.group(service) for service in kinds(needs)}
    at = reverse("case_refer", args=[code])
    return f"{at}?need={groups.pop()}" if len(groups) == 1 else at
