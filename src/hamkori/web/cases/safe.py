"""Of who did not arrive and is safe: what the page of the case says of that, and the way back of a slip."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from hamkori.casework.case.rules.lifecycle import IS_SAFE, PUT_BACK
from hamkori.casework.referral.rules.stopped import MISSED
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.happened import Step
from hamkori.casework.work.queries.said_safe import in_time, last_word
from hamkori.web.words import lists
from hamkori.web.words import safe as words


def box(file: File) -> dict[str, Any] | None:
    """That the person is safe, until noon: who said so, where it is written where they stay, and the way back."""
    last = last_word(file.steps)
    if last is None or file.missing is not None or not in_time(last.at, file.now):
        return None
    return {
        "said": said(last, file),
        "write_url": words.write_at(file.case, file.standing),
        "write": words.write(file.sheets[words.PART].written_at if words.PART in file.sheets else None, last.at),
        "back_url": reverse("looked_for", args=[file.case.code]),
        "back": PUT_BACK,
    }


def done(file: File) -> list[dict[str, Any]]:
    """The same among what is done already, for as long as nothing else was said of the person."""
    last = last_word(file.steps) if file.missing is None else None
    if last is None:
        return []
    label = lists.label("whereabouts", IS_SAFE)
    return [{"label": label, "state": "done", "state_label": "", "url": "", "hint": said(last, file), "when": ""}]


def said(last: Step, file: File) -> str:
    """That sentence, without its full stop."""
    return words.said(file.name_of(last.by), last.at, file.now)


def beside(one: Sent, file: File) -> str:
    """The same beside a referral to which the person did not come; '' beside every other, and where nobody said it."""
    if one.stopped != MISSED or one.not_here:
        return ""
    last = last_word(file.steps)
    return lists.inside(said(last, file)) if last is not None else ""
