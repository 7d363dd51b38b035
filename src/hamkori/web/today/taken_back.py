"""Rows of Today: who may be on the way to somebody who waits no more, for each of the two sides (ADR 131)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hamkori.casework.case.queries.shown import Shown
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.taken_back import CallSender, Warn
from hamkori.web.kit import moments
from hamkori.web.templatetags.kit import code_mark
from hamkori.web.today import buttons, whose
from hamkori.web.words import Audience, absence, lists, red, sections
from hamkori.web.words import on_the_way as words
from hamkori.web.words.calls import at_warning

Under = Mapping[str, list[dict[str, Any]]]
Above = Mapping[str, Due]


def to_warn(
    found: Sequence[Warn],
    now: datetime,
    under: Under,
    above: Above,
    cases: Mapping[str, UUID],
    free: Container[str] = (),
) -> list[dict[str, Any]]:
    """For the sender's side: what is to be told to the person. `under`: by the case what else stands in its row;
    `above`: to whoever supervises, a row of the case, which says who leads it;
    `free`: of which it is asked first whether the place is still free.
    """
    found = [replace(one, said=replace(one.said, asks_first=one.code in free)) for one in found]
    first = {one.case: one.id for one in reversed(found)}
    return [
        {"also": under.get(one.case, []) if first[one.case] == one.id else []}
        | _row(
            one,
            words.tells(one.said, now),
            [
                code_mark(one.case),
                words.agreed(one.body, (one.on, one.part, one.agreed_at), one.said, now).removesuffix("."),
                lists.label("service", one.service),
                *filter(None, [words.keep(one.said).removesuffix(".")]),
                *words.beside(one.said, now),
                *([_link(one)] if one.reaches else []),
                *filter(None, [whose.told(above[one.case], now) if one.case in above else ""]),
            ],
            ("referral_warn_person", words.answers(one.said, above=one.supervised)),
            now,
        )
        # What a no by telephone brought stands here: this comes first.
        | {"of": at_warning(one.code), "case": one.case}
        | (_asks(one, above.get(one.case), cases) if one.said.unheard else {})
        for one in found
    ]


def _link(one: Warn) -> SafeString:
    """Where the person's telephone is, for who holds that part; where the button leads there, what is asked then."""
    link = '<a href="{}">{}</a>'
    if one.said.unheard:
        return format_html(link, reverse("consent", args=[one.case]), red.ASK_PERSON)
    return format_html(link, _reach(one), sections.name("contact", Audience.SENDER))


def _reach(one: Warn) -> str:
    return reverse("case", args=[one.case]) + "?open=contact#contact"


def _asks(one: Warn, row: Due | None, cases: Mapping[str, UUID]) -> dict[str, Any]:
    """The button where the person is asked first whether a no is theirs. Whoever supervises tells the team, and has
    called nobody.
    """
    if not one.supervised:
        way = (red.REACH_PERSON, _reach(one)) if one.reaches else (red.ASK_PERSON, reverse("consent", args=[one.case]))
        return dict(zip(("button", "button_href"), way, strict=True))
    if row is None or not row.lead or row.told_at is not None or one.case not in cases:
        return {"calls": {}}
    tell = {"button": absence.tell(), "acts": buttons.tell_lead(one.case, cases[one.case])}
    return {"calls": {}, **tell}


def to_call(found: Iterable[CallSender], now: datetime) -> list[dict[str, Any]]:
    """For whoever took it back: whom to call."""
    return [
        _row(
            one,
            _("Call who sent it: %(body)s") % {"body": one.body},
            [code_mark(one.code), lists.label("service", one.service), *words.call(one.said, now)],
            ("referral_call_sender", words.CALLED),
            now,
        )
        for one in found
    ]


def _row(
    one: Warn | CallSender, what: str, sub: Sequence[object], press: tuple[str, Sequence[Any]], now: datetime
) -> dict[str, Any]:
    shown, (address, answers) = Shown(one.code), press
    shown.same("referral", one.id)
    calls: dict[str, Any] = {"url": reverse(address, args=[one.code]), "page_of": shown.field, "answers": answers}
    calls |= {"which": one.said.at.isoformat()} if isinstance(one, Warn) else {}
    calls["beside"] = isinstance(one, Warn) and one.said.unheard
    return {
        "what": what,
        "href": reverse("referral", args=[one.code]),
        "sub": format_html_join("\u00a0· ", "{}", ((part,) for part in sub)),
        "when": moments.moment(one.said.at, now),
        "icon": "phone",
        "tone": "late",
        "lines": (),
        "calls": calls if answers else {},
    }
