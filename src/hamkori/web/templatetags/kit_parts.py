"""The kit's larger parts, each a template in `components/`. Loaded through `kit`; the calling page gives plain values.

A part never decides what someone may see: it shows what the page hands over.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

register = template.Library()

Row = Mapping[str, Any]


def now_of(context: Context) -> datetime:
    """The page's `now`, which the database told; else this machine's."""
    now = context.get("now")
    return now if isinstance(now, datetime) else timezone.now()


def leads(url: object) -> object:
    """An address that the view has made; one that is missing is an error, not a link to nowhere."""
    if not url:
        raise NoReverseMatch("an address is missing here")
    return url


def maybe(url: object) -> object:
    """An address, or None for what leads nowhere on purpose; "" is a variable that nobody has set."""
    return None if url is None else leads(url)


@register.inclusion_tag("components/item.html")
def item(
    what: object,
    href: str | None = None,
    sub: object = "",
    when: object = "",
    late: bool = False,
    icon: str = "",
    tone: str = "",
    tag: object = "",
    tag_tone: str = "",
) -> dict[str, Any]:
    """One row of `<ul class="list">`: verb, code, clock. Without `href` it leads nowhere."""
    return {**locals(), "href": maybe(href)}


@register.inclusion_tag("components/work_row.html")
def work_row(
    what: object,
    href: str | None = None,
    sub: object = "",
    when: object = "",
    when_tone: str = "",
    icon: str = "",
    tone: str = "",
    button: object = "",
    stopped: bool = False,
    room: bool = False,
    button_href: str | None = None,
    second: object = "",
    second_href: str | None = None,
) -> dict[str, Any]:
    """One row of `<ul class="work">`: what, whom, since when, and the button that ends it, on the page of `href`.

    `stopped` is the amber row; `room` keeps the button's column in a list where other rows have one. `button_href`:
    where the button leads, if not to the page of the row. `second`: another button below it, and where that leads.
    """
    there = {"button_href": maybe(button_href or href), "second_href": maybe(second_href or None)}
    return {**locals(), "href": maybe(href), **there}


@register.inclusion_tag("components/page_head.html", takes_context=True)
def page_head(
    context: Context,
    title: object,
    sub: object = "",
    action_label: object = "",
    action_url: str | None = None,
    action_key: str = "",
    action_kind: str = "",
    over: object = "",
) -> dict[str, Any]:
    """The page's one heading, a line above or under it, and at most one button.

    The line above is for paper alone where the way back says the same: that stands right over it.
    """
    twice = strip_tags(str(over)) == (context.get("back") or {}).get("label")
    return {
        "title": title,
        "over": over,
        "twice": twice,
        "sub": sub,
        "action_label": action_label,
        "action_url": maybe(action_url),
        "action_key": action_key,
        "action_kind": action_kind,
    }


@register.inclusion_tag("components/case_strip.html")
def case_strip(
    code: str,
    tags: Iterable[Row] = (),
    facts: object = "",
    agreed: Iterable[Row] = (),
    consent_url: str | None = None,
    action_url: str | None = None,
    action_label: object = "",
    heading: bool = True,
    counted: object = "",
    withdraw_url: str | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """The case at a glance: number, alarms, facts, answers. `counted`: the answers in a line. A no looks like a yes.

    `quiet`: something below it is to be done first.
    """
    return {
        **locals(),
        "consent_url": maybe(consent_url),
        "action_url": maybe(action_url),
        "withdraw_url": maybe(withdraw_url),
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """Every error of these forms, each a link to its field; nothing if there is none. Only answers are counted."""
    errors: list[dict[str, str]] = []
    for form in forms:
        if not form or not form.is_bound:
            continue
        errors += [{"text": str(text), "href": ""} for text in form.non_field_errors()]
        for name in form.fields:
            bound = form[name]
            errors += [{"text": str(text), "href": f"#{_first_input(bound)}"} for text in bound.errors]
    return {"errors": errors, "answers": [error for error in errors if error["href"]]}


def _first_input(bound: BoundField) -> str:
    """A group of radio buttons or ticks has no input with the field's own id; its first one ends in _0."""
    return bound.id_for_label or f"{bound.auto_id}_0"


@register.inclusion_tag("components/facts.html")
def facts(rows: Iterable[Sequence[object]], even: bool = False, long: bool = False) -> dict[str, Any]:
    """Label and value, one pair in a line."""
    return locals()


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Iterable[Row]) -> dict[str, Any]:
    """Check your answers: label, value, and a way back to each. An empty value says so."""
    return locals()


@register.inclusion_tag("components/task_list.html")
def task_list(tasks: Iterable[Row]) -> dict[str, Any]:
    """What is to do and how far each is. State: todo, doing, done, late, blocked."""
    signs = {"todo": "", "doing": "info", "done": "done", "late": "late", "blocked": ""}
    return {"tasks": [{**task, "tone": signs[str(task.get("state", "todo"))]} for task in tasks]}


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(context: Context, events: Iterable[Row]) -> dict[str, Any]:
    """What happened, newest first: what, when, who."""
    drawn = [{"at": None, **one, "beside": [one[word] for word in ("by", "note") if one.get(word)]} for one in events]
    return {"events": drawn, "now": now_of(context)}


@register.inclusion_tag("components/parts.html")
def parts(steps: Iterable[Row], strip: bool = False, label: object = "") -> dict[str, Any]:
    """Progress as a named list, never a percentage. `strip`: on the phone a line of marks."""
    return locals()


@register.inclusion_tag("components/table.html")
def table(
    columns: Sequence[Row],
    rows: Iterable[Sequence[object]],
    caption: object = "",
    cards: bool = True,
    empty: object = "",
) -> dict[str, Any]:
    """A table; on the phone every row is a card, or with `cards=False` it scrolls sideways in its own region."""
    drawn = [
        [
            {
                **(cell if isinstance(cell, Mapping) else {"text": cell}),
                "column": column,
                "num": column.get("num", False),
            }
            for column, cell in zip(columns, row, strict=True)
        ]
        for row in rows
    ]
    return {"columns": columns, "rows": drawn, "caption": caption, "cards": cards, "empty": empty}


@register.inclusion_tag("components/chips.html")
def chips(items: Iterable[Row], label: object = "") -> dict[str, Any]:
    """Filters as links: `on` is in force and its link takes it away."""
    return locals()


@register.inclusion_tag("components/pages.html")
def pages(previous_url: str | None = None, next_url: str | None = None, label: object = "") -> dict[str, Any]:
    """Older and newer; no page numbers, because nobody counts the whole list."""
    return {"previous_url": maybe(previous_url), "next_url": maybe(next_url), "label": label}


@register.inclusion_tag("components/sealed.html", takes_context=True)
def sealed(
    context: Context,
    name: object,
    holds: object = "",
    who: object = "",
    url: str | None = None,
    label: object = "",
    post: bool = False,
    main: bool = False,
) -> dict[str, Any]:
    """A sealed part: what it holds, who can open it, one button, which asks nothing more of whoever has unlocked.

    `main`: it is what the page is for now.
    """
    label = label or (_("Open") if context.get("vault_open_until") else _("Unlock"))
    values = {"name": name, "holds": holds, "who": who, "url": maybe(url), "label": label, "post": post, "main": main}
    return {**values, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/slip.html")
def slip(
    title: object,
    rows: Iterable[Sequence[object]],
    meta: object = "",
    later_title: object = "",
    later_rows: Iterable[Sequence[object]] = (),
    later_note: object = "",
    later_text: Iterable[object] = (),
    later_fold: bool = False,
) -> dict[str, Any]:
    """A referral as the desk sees it: the card above, the sealed packet below the fold, in rows or in sentences.
    `later_fold`: that is one line until it is pressed.
    """
    return locals()


@register.inclusion_tag("components/who_sees.html")
def who_sees(people: Iterable[Row], how_url: str | None = None) -> dict[str, Any]:
    """Who can see this, and why: name, what, reason."""
    return {"people": people, "how_url": maybe(how_url)}


@register.inclusion_tag("components/empty.html")
def empty(
    title: object, text: object = "", href: str | None = None, action: object = "", level: int = 2
) -> dict[str, Any]:
    """One sentence why there is nothing, one next step."""
    return {**locals(), "href": maybe(href)}


@register.inclusion_tag("components/undo_banner.html", takes_context=True)
def undo_banner(context: Context, text: object, url: str, seconds: int = 0, action: object = "") -> dict[str, Any]:
    """What was just done, with the way back; it goes by itself after `seconds` if there is script."""
    until = (now_of(context) + timedelta(seconds=seconds)).isoformat() if seconds else ""
    return {"text": text, "url": leads(url), "until": until, "action": action, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/two_versions.html")
def two_versions(legend: object, name: str, mine: Row, theirs: Row, error: object = "") -> dict[str, Any]:
    """Two people changed the same answer: both values, who and when, nothing chosen."""
    return locals()


@register.inclusion_tag("components/versions.html")
def versions(one: Row, number: int, all: int) -> dict[str, Any]:
    """Two people changed one answer: before, yours, theirs; the button under a version keeps it."""
    return locals()


@register.inclusion_tag("components/meeting.html")
def meeting(both: object, days: int = 0) -> dict[str, Any]:
    """What two people changed in one form: who and when, each field to choose, what is put together by itself.

    `days`: how long the other version can be read.
    """
    return locals()
