"""Whoever took back what was agreed calls the sender: what the receiver's page says of it, and what ends it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from hamkori.casework.case.queries.coordination import FRUITLESS
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.actions import on_the_way as actions
from hamkori.casework.referral.queries.on_the_way import BY_RECEIVER, LATELY, calls_sender, may_come
from hamkori.casework.referral.queries.received import Received, of_code
from hamkori.casework.referral.rules.tonight import night_of
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.refusals import goes_on
from hamkori.web.received.wanted import number_of, phone
from hamkori.web.words import calling, left
from hamkori.web.words import on_the_way as words
from hamkori.web.words import received as said_words
from hamkori.web.words.calls import place


@require_POST
def call_sender(request: HttpRequest, code: str) -> HttpResponse:
    """The sender was called, or nobody was reached there; back to the page on which it was pressed."""
    actor = actor_of(request)
    found, answer = of_code(actor, code)[0], request.POST.get("answer", "")
    here = reverse("referral", args=[code])
    goes_on(request, here, calling.the_sender(number_of(found)) if answer in left.OF_THEM else "")
    actions.call_sender(actor, found, answer=answer)
    say = messages.warning if answer in FRUITLESS else messages.success
    saved = left.SAVED if found.served_at is not None else words.SAVED_CALL
    say(request, str(saved[answer]), extra_tags=place(code))
    return done(actor, f"{reverse('today')}#{place(code)}" if request.POST.get("from") == "today" else here)


def box(received: Received) -> dict[str, Any] | None:
    """Whom to call, what it is about, and the answers; None where nobody can be on the way."""
    found = received.referral
    mine = received.sides & {Side.DESK, Side.RECEIVER} and received.state in BY_RECEIVER
    over = found.finished_at or found.ended_at
    lately = over is not None and over > received.at - LATELY and may_come(found, received.at)
    taken = calls_sender(found.pk) if mine and lately else None
    if taken is None:
        return None
    return {
        "title": words.CALL_TITLE,
        "said": words.call(taken, received.at),
        "url": reverse("referral_call_sender", args=[found.code]),
        "answers": words.CALLED,
    }


def before(received: Received) -> list[str]:
    """The same before it is returned, while the agreed part of day and its night are not over."""
    on = received.referral.arrival_on
    over = on is None or on < night_of(timezone.localtime(received.at))
    if over or received.state != "accepted" or said_words.came(received):
        return []
    return [str(words.TAKES_BACK), calling.the_sender(phone(received))]
