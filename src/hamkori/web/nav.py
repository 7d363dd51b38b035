"""The places of the rail, by role, with their counts; and the database's time, which pages call now."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hamkori.access.actor import Actor
from hamkori.casework.work.queries.counts import Counts, counts
from hamkori.refusal import NotVisible

WORKERS = frozenset({"case_worker", "hotline_operator"})
CASES = WORKERS | {"supervisor"}
# The order is the bar's on a phone, too: there the first three stand.
PLACES: tuple[tuple[str, frozenset[str] | None, str, str], ...] = (
    ("today", None, "KeyG KeyT", "today"),
    ("cases", CASES, "KeyG KeyC", "cases"),
    ("desk", frozenset({"desk_officer"}), "KeyG KeyD", "desk"),
    ("referrals", CASES, "KeyG KeyR", "referrals"),
    ("coordination", frozenset({"national_coordinator"}), "", "coordination_late"),
    ("key", frozenset({"custodian"}), "", "keys"),
    ("directory", None, "", "directory"),
    ("account", None, "", "account"),
)
"""Word and icon, roles (None: everybody), keys, and the name of its address."""


def places(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the shell: `nav` and `now`. One query, asked once per request."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {}
    known: dict[str, Any] | None = getattr(request, "places", None)
    if known is None:
        if connection.needs_rollback:
            return {}
        try:
            known = _places(request, actor)
        except NotVisible:
            return {}  # the session has ended meanwhile, and the page says something else
        request.places = known  # type: ignore[attr-defined]
    return known


def _places(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    found = counts(actor)
    nav = []
    for word, roles, key, name in PLACES:
        if roles is not None and not roles & actor.roles:
            continue
        nav.append({"url": reverse(name), "icon": word, "label": _label(word), "key": key, **_count(word, found)})
    path = getattr(request, "place", request.path)  # two sides share the addresses of referrals
    here = max((place["url"] for place in nav if _within(path, place["url"])), key=len, default="")
    for place in nav:
        place["current"] = place["url"] == here
    return {"nav": nav, "now": found.now}


def _within(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def _label(word: str) -> str:
    return {
        "today": _("Today"),
        "cases": _("Cases"),
        "desk": _("Desk"),
        "referrals": _("Referrals"),
        "coordination": _("Late answers"),
        "key": pgettext("of an organisation", "Keys"),
        "directory": _("Directory"),
        "account": _("Account"),
    }[word]


def _count(word: str, found: Counts) -> dict[str, Any]:
    if word == "today":
        late = found.late
        return {"count": late, "late": True, "count_label": ngettext("%(n)d late", "%(n)d late", late) % {"n": late}}
    if word == "cases":
        number = found.open_cases
        return {"count": number, "count_label": ngettext("%(n)d open", "%(n)d open", number) % {"n": number}}
    if word == "desk":
        number = found.desk_waiting
        label = ngettext("%(n)d waiting", "%(n)d waiting", number) % {"n": number}
        return {"count": number, "late": bool(found.desk_late), "count_label": label}
    if word == "referrals":
        number = found.waiting
        return {"count": number, "count_label": ngettext("%(n)d waiting", "%(n)d waiting", number) % {"n": number}}
    return {"count": 0}
