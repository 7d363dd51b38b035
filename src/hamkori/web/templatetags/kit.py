"""The kit's words for templates: `{% load kit %}` brings all of them. Small marks here, whole parts in `kit_parts`.

Arguments go by name, those of a route after it. Text is escaped; only what a tag of the kit made is let through as
markup. The living style guide shows each one, and `tests/web/test_kit.py` holds them.
"""

import uuid
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from hamkori.vocabulary.codes import LENGTH, shown
from hamkori.web.kit import appearance, complaints, emergency, moments, written
from hamkori.web.kit.icons import ICONS
from hamkori.web.templatetags import kit_parts, marks
from hamkori.web.templatetags.kit_parts import now_of

register = template.Library()
register.tags.update(kit_parts.register.tags)
register.filters.update(kit_parts.register.filters)
register.tags.update(marks.register.tags)

TONES: Final = ("", "late", "wait", "done", "info")

# State words: what a code of a lifecycle looks like. Ended is one look, whoever ended it; red is for lateness alone.
STATES: Final[dict[str, tuple[str, str]]] = {
    "draft": ("", "change"),
    "sent": ("wait", "waiting"),
    "accepted": ("done", "done"),
    "serving": ("info", "together"),
    "finished": ("done", "done"),
    "confirmed": ("done", "done"),
    "disputed": ("wait", "warning"),
    "missed": ("wait", "ended"),
    "unconfirmed": ("wait", "waiting"),
    "late": ("late", "late"),
    **dict.fromkeys(
        ("declined", "lapsed", "recalled", "withdrawn", "unaccepted", "discarded", "ended", "closed"), ("", "ended")
    ),
}


# --- files and addresses -------------------------------------------------------------------------------------------
@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file. A page without its style is better than no page, so a missing one does not fail."""
    path = name if "/" in name else f"hamkori/{name}"
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.simple_tag
def address(name: str, *args: object) -> str:
    """The address with this name. One that nobody serves is an error, also in `as`, where `url` would say nothing."""
    if any(one in ("", None) for one in args):
        raise NoReverseMatch(f"what {name!r} is about is missing")
    return reverse(name, args=args)


register.filter("address", kit_parts.leads)


@register.simple_tag(takes_context=True)
def appearance_of(context: Context) -> dict[str, Any]:
    """Theme, keys, language and its direction, for base.html."""
    return appearance.of(context.get("request"))


@register.simple_tag(takes_context=True)
def here(context: Context) -> str:
    """This page's address, for forms that come back to it: with its part or step, also where it answers a form."""
    request = context.get("request")
    return str(request.get_full_path()) if request is not None else "/"


@register.simple_tag(takes_context=True)
def operation(context: Context, page_of: str = "") -> SafeString:
    """The hidden id of one write: sent twice, done once. A page shown again after an error keeps its id.

    On a page of a case or a request also which one it is: what is pressed is for that one or for nothing. And whose
    form it is: what is not taken is given back to nobody else. `page_of`: what a form is of that is of another thing
    than its page, as `Shown` says it.
    """
    actor = getattr(getattr(context, "request", None), "actor", None)
    values = {"operation": context.get("operation") or uuid.uuid4()}
    if actor is not None:
        values[written.BY_WHOM] = written.by_whom(actor.user_id)
        if page_of or (actor.shown is not None and actor.shown.field):
            values["page_of"] = page_of or actor.shown.field
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', values.items())


# --- marks ---------------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A picture that says nothing by itself: a word stands beside it. Names: `icons.ICONS`."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"no icon is called {name!r}; icons.py lists them")
    return _drawn(name, css, asset("icons.svg"))


@lru_cache(maxsize=1_000, typed=True)
def _drawn(name: str, css: str, sprite: str) -> SafeString:
    """A page has dozens, of few kinds: each is escaped once. `typed`: what is markup already is another kind."""
    which = format_html(' class="{}"', css) if css else ""
    return format_html('<svg{} aria-hidden="true"><use href="{}#{}"/></svg>', which, sprite, name)


@register.simple_tag
def arch() -> SafeString:
    """The name's mark: two dots joined by an arch."""
    return mark_safe(  # nosec B308 B703 - a constant
        '<svg class="arch" viewBox="0 0 26 20" aria-hidden="true">'
        '<circle cx="5" cy="15" r="3.4" fill="currentColor" stroke="none"/>'
        '<circle cx="21" cy="15" r="3.4" fill="currentColor" stroke="none"/><path d="M5 10C7 3 19 3 21 10"/></svg>'
    )


@register.filter
def grouped(code: object) -> str:
    """48273162 as people read it: 4827 3162, held together by a hard space. Anything else stays as it is."""
    text = str(code or "")
    digits = text.replace(" ", "").replace("\xa0", "")
    return shown(digits) if len(digits) == LENGTH and digits.isdecimal() else text


@register.filter
def colon(what: object, language: str = "") -> str:
    """A word and its colon, spaced as this language spaces it; without one, the page's."""
    with override(language or get_language()):
        return _("%(what)s:") % {"what": what}


@register.filter
def telephone(whom: str) -> str:
    """The emergency number for danger to life, the police or an ambulance, with its mark if nobody confirmed it."""
    return emergency.number(whom)


@register.filter
def telephone_marked(whom: str) -> str:
    """The same number where several stand in one sentence: with a mark that `telephones_note` explains below."""
    return emergency.bare(whom)


@register.simple_tag
def telephones(*, no_police: bool = False) -> str:
    """The numbers for danger in one line; the police are left out after the person's no to them."""
    return emergency.several(police=not no_police)


@register.simple_tag
def telephones_note() -> str:
    """What that mark means, said once; nothing where the numbers are confirmed."""
    return emergency.note()


@register.simple_tag
def complaints_at() -> str:
    """Where the person can complain; '' where nobody has recorded it."""
    return complaints.recorded()


@register.filter(name="code")
def code_mark(code: object) -> SafeString:
    """A case's or referral's code, marked as one."""
    return format_html('<span class="code">{}</span>', grouped(code))


@register.simple_tag
def tag(text: object, tone: str = "", icon: str = "") -> SafeString:
    """A word in a tinted box. The word says it; the tint only helps."""
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"no tone is called {tone!r}")
    return format_html(
        '<span class="tag{}">{}<span>{}</span></span>', f" {tone}" if tone else "", _maybe_icon(icon), text
    )


@register.simple_tag
def state(code: str, label: object) -> SafeString:
    """The state of a case or referral: its label from the lists, its look from `STATES`."""
    tone, sign = STATES.get(code, ("", ""))
    return tag(label, tone, sign)


def _maybe_icon(name: str) -> SafeString | str:
    return icon(name) if name else ""


# --- time ----------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None) -> str | SafeString:
    """Day and clock time, "today 11:20"; nothing for None."""
    if at is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), moments.moment(at, now_of(context)))


@register.simple_tag(takes_context=True)
def day(context: Context, on: date | None) -> str | SafeString:
    """24 November, or today; takes a date or a moment."""
    if on is None:
        return ""
    local = timezone.localdate(on) if isinstance(on, datetime) else on
    words = moments.day(local, timezone.localdate(now_of(context)))
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.simple_tag
def clock_time(at: datetime | None) -> str:
    """16:40; nothing for None."""
    return moments.clock_time(at) if at else ""


def _in_utc(at: datetime) -> str:
    """As a machine reads it, and short: 2026-11-29T19:02:10Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@register.simple_tag(takes_context=True)
def due(
    context: Context, at: datetime | None, start: datetime | None = None, *, owed: bool = False
) -> str | SafeString:
    """A target: "by 16:05", with a bar of the time used if its start is known; "late since 11:20" once it has passed.
    `owed`: what has passed is amber; red is what may bring somebody into danger.
    """
    if at is None:
        return ""
    now = now_of(context)
    words = moments.target(at, now)
    if at <= now:
        return format_html('<span class="{}">{}</span>', "t-wait" if owed else "t-late", words)
    until = _in_utc(at)
    told = format_html('<span data-due="{}" data-late="{}">{}</span>', until, moments.late_words(at), words)
    if start is None or start >= at:
        return told
    whole, used = (at - start).total_seconds(), max(0.0, (now - start).total_seconds())
    bar = format_html(
        '<progress class="clock" max="100" value="{}" data-start="{}" data-due="{}" aria-hidden="true"></progress>',
        round(100 * used / whole),
        _in_utc(start),
        until,
    )
    return told + bar


# --- buttons -------------------------------------------------------------------------------------------------------
SENDS: Final = object()
"""In place of an address: the button sends the form that it stands in."""


@register.simple_tag
def button(
    text: object,
    route: str | None = None,
    *args: object,
    href: object = SENDS,
    kind: str = "",
    small: bool = False,
    icon: str = "",
    name: str = "",
    value: object = "",
    key: str = "",
    extra: object = "",
) -> SafeString:
    """A link to a route with its arguments, or with `href` to an address that the view has made; else the button that
    sends the form. `extra` is read out, not seen.
    """
    css = " ".join(word for word in ("btn", kind, "small" if small else "") if word)
    spoken = format_html('<span class="quiet-label"> {}</span>', extra) if extra else ""
    inner = format_html("{}{}{}", _maybe_icon(icon), text, spoken)
    hook = format_html(' data-key="{}"', key) if key else ""
    if route is not None or href is not SENDS:
        return format_html('<a class="{}" href="{}"{}>{}</a>', css, _way(route, args, href), hook, inner)
    sends = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html('<button class="{}" type="submit"{}{}>{}</button>', css, sends, hook, inner)


def _way(route: str | None, args: tuple[object, ...], href: object) -> str:
    return str(kit_parts.leads(href)) if route is None else address(route, *args)


@register.inclusion_tag("components/post.html", takes_context=True)
def post(
    context: Context,
    text: object,
    route: str | None = None,
    *args: object,
    href: object = None,
    operation: bool = True,
    closes: bool = False,
    **looks: Any,
) -> dict[str, Any]:
    """A form of one button, sent to a route. GET changes nothing, so whatever changes something is one of these.

    `closes`: the other windows of this browser are covered by it. `looks`: what a button takes.
    """
    return {
        "csrf_token": context.get("csrf_token"),
        "url": _way(route, args, href),
        "button": button(text, **{"kind": "quiet", **looks}),
        "with_operation": operation,
        "closes": closes,
    }


# --- boxes around what the page writes -----------------------------------------------------------------------------
@register.simple_block_tag
def notice(content: str, tone: str = "", icon: str = "info", role: str = "") -> SafeString:
    """One thing to know now. `late` only for danger or lateness."""
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"no tone is called {tone!r}")
    spoken = format_html(' role="{}"', role) if role else ""
    sign = _maybe_icon(icon)
    return format_html('<div class="note{}"{}>{}{}</div>', f" {tone}" if tone else "", spoken, sign, content)


@register.simple_block_tag
def card(
    content: str,
    title: object = "",
    id: str = "",
    count: object = None,
    tone: str = "",
    meta: object = "",
    flush: bool = False,
    stack: bool = False,
    level: int = 2,
    css: str = "",
) -> SafeString:
    """A section with its heading. `flush`: lists and tables reach its edges."""
    words = ["card", "flush" if flush else "", "stack" if stack else "", css]
    classes = " ".join(word for word in words if word)
    if not title:
        return format_html('<section class="{}">{}</section>', classes, content)
    own = id or f"c{uuid.uuid4().hex[:8]}"
    number = tag(count, tone) if count is not None else ""
    aside = format_html('<span class="meta push">{}</span>', meta) if meta else ""
    heading = format_html('<h{0} id="{1}">{2}</h{0}>', level, own, title)
    header = format_html("<header>{}{}{}</header>", heading, number, aside)
    return format_html('<section class="{}" aria-labelledby="{}">{}{}</section>', classes, own, header, content)


@register.simple_block_tag
def fold(content: str, title: object, open: bool = False, css: str = "") -> SafeString:
    """What is there for who wants it: closed until asked, and it works without script."""
    return format_html(
        '<details class="fold{}"{}><summary>{}{}</summary><div>{}</div></details>',
        f" {css}" if css else "",
        mark_safe(" open") if open else "",  # nosec B308 B703 - a constant
        _maybe_icon("next"),
        title,
        content,
    )
