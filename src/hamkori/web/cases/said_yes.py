"""A yes by telephone on the page of a case: where what was agreed is written, and that the referral expires before."""

from __future__ import annotations

from collections.abc import Container

from django.urls import reverse
from django.utils.translation import gettext_lazy

from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.web.words import red
from hamkori.web.words.calls import expires_first, waits

ARRANGE = gettext_lazy("Write down what you agreed")


def arrange(one: Sent, file: File) -> tuple[str, str]:
    """The button and its address for whoever may write it, until it is written; else nothing."""
    may = one.says_yes and one.live and file.standing.works and not one.hour_written
    return (str(ARRANGE), f"{reverse('referral', args=[one.code])}#arrange") if may else ("", "")


def expires(one: Sent, file: File) -> str:
    """That it expires before they open; or until when it waits for somebody there to accept it."""
    both = one.expires_first if one.says_yes else None
    return expires_first(both, file.now) or waits(both, file.now)


def in_row(one: Sent, file: File, above: Container[str]) -> list[str]:
    """Among the referrals; until when it counts, where no box above says it."""
    if not one.says_yes:
        return []
    until = "" if reverse("referral", args=[one.code]) in above else expires(one, file)
    return [part for part in (str(red.SAID_YES), until) if part]
