"""A yes by telephone on the page of a case: where what was agreed is written, and that the referral expires before."""

from __future__ import annotations

from collections.abc import Container

from django.urls import reverse
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.put_back import PUT_BACK
from hamkori.casework.referral.queries.calls import counting, to_take_back
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.web.cases.alarm import Alarm, alarm
from hamkori.web.words import calling_off, red
from hamkori.web.words.calls import ANSWERS, expires_first, waits

ARRANGE = gettext_lazy("Write down what you agreed")


def arrange(one: Sent, file: File) -> tuple[str, str]:
    """The button and its address for whoever may write it, until it is written; else nothing."""
    may = one.says_yes and one.live and file.standing.works and not one.hour_written
    return (str(ARRANGE), f"{reverse('referral', args=[one.code])}#arrange") if may else ("", "")


def undo(one: Sent, file: File) -> list[Alarm]:
    """The button that takes the call back which is told there, where it is one of the own side (ADR 212)."""
    call = to_take_back(counting(one.calls), file.now)
    if call is None or one.asks or one.state not in ("sent", "accepted"):
        return []
    mark = calling_off.in_case(file.case.pk, one.code, one.id)
    fields = {"from": mark["pressed_on"], "page_of": mark["page_of"], "answer": PUT_BACK, "which": call.at.isoformat()}
    url = reverse("referral_call", args=[one.code])
    return [alarm("", "", url=url, button=str(ANSWERS[PUT_BACK]), post=True, icon="undo", fields=fields)]


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
