"""The places of the rail, by role, with their counts; and the database's time, which pages call now."""

from typing import Any, Final

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from hamkori.access.actor import Actor
from hamkori.casework.work.queries.counts import Counts, counts
from hamkori.refusal import NotVisible

WORKERS = frozenset({"case_worker", "hotline_operator"})
CASES = WORKERS | {"supervisor"}
# The order is the bar's on a phone, too: there the first three stand.
PLACES: tuple[tuple[str, Promise, frozenset[str] | None, str, str], ...] = (
    ("today", gettext_lazy("Today"), None, "KeyG KeyT", "today"),
    ("cases", gettext_lazy("Cases"), CASES, "KeyG KeyC", "cases"),
    ("desk", gettext_lazy("Incoming"), frozenset({"desk_officer"}), "KeyG KeyD", "desk"),
    ("referrals", gettext_lazy("Referrals"), CASES, "KeyG KeyR", "referrals"),
    ("coordination", gettext_lazy("Late answers"), frozenset({"national_coordinator"}), "", "coordination_late"),
    ("key", pgettext_lazy("of an organisation", "Keys"), frozenset({"custodian"}), "", "keys"),
    ("directory", gettext_lazy("Directory"), None, "", "directory"),
    ("account", gettext_lazy("Account"), None, "", "account"),
)
"""Icon, label, roles (None: everybody), keys, and the name of its address."""


def places(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the shell: `nav` and `now`. One query, asked once per request."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {}
    known: dict[str, Any] | None = getattr(request, "places", None)
    if known is None:
        if connection.needs_rollback:
            return {"nav": rail(actor)}
        try:
            known = _places(request, actor)
        except NotVisible:
            return {}  # the session has ended meanwhile, and the page says something else
        request.places = known  # type: ignore[attr-defined]
    return known


def rail(actor: Actor) -> list[dict[str, Any]]:
    """The places without their counts: for a page that asks the database nothing."""
    return _rail(actor.roles)


def rail_of_everybody() -> list[dict[str, Any]]:
    """The places that each role has: for a page that nobody could be recognised for, while the database is away."""
    return _rail(frozenset())


def _rail(held: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {"url": reverse(name), "icon": icon, "label": str(label), "key": key}
        for icon, label, roles, key, name in PLACES
        if roles is None or roles & held
    ]


STANDING: Final = "hk_standing"
"""Where the session keeps how many rows stood on Today, and what the database had counted then."""
MOST: Final = 9


def stand(request: HttpRequest, rows: list[int]) -> None:
    """Today was drawn: in the menu stands, here and on each page until something changes, what stood on that page."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return
    try:
        found = counts(actor)
    except NotVisible:
        return  # the session has ended meanwhile
    kept = [rows, _counted(found)]
    if request.session.get(STANDING) != kept:
        request.session[STANDING] = kept
    request.counted = found  # type: ignore[attr-defined]


def _places(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    found = getattr(request, "counted", None) or counts(actor)
    standing = _standing(request.session.get(STANDING), _counted(found))
    nav = [{**place, **_count(place["icon"], found, standing)} for place in rail(actor)]
    path = getattr(request, "place", request.path)  # two sides share the addresses of referrals
    here = max((place["url"] for place in nav if _within(path, place["url"])), key=len, default="")
    for place in nav:
        place["current"] = place["url"] == here
    return {"nav": nav, "now": found.now}


def _counted(found: Counts) -> list[int]:
    """What the database counts: danger, who left, calls, places, doctors, ages, late; several of these may stand in
    one row. Who waits for a place or a doctor is known by rows alone: until Today is read again as it stood there.
    """
    calls = found.without_place + found.to_call
    return [found.in_danger, found.who_left, calls, 0, 0, found.to_confirm, found.late]


def _standing(kept: Any, counted: list[int]) -> list[int]:
    """The same in rows: what stood on Today, and since then so many more or fewer as the database counts."""
    if not kept or len(kept[0]) != len(counted):
        return counted
    rows, before = kept
    return [
        row if now == then else max(min(now, 1), row + now - then)
        for row, then, now in zip(rows, before, counted, strict=True)
    ]


def _within(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def _count(icon: str, found: Counts, standing: list[int]) -> dict[str, Any]:
    if icon == "today":
        danger, left, calls, places, doctors, ages, late = standing
        waits = to_place(places), to_ask_doctor(doctors), to_confirm(ages), are_late(late)
        needs_me = filter(None, (in_danger(danger), who_left(left), to_call(calls), *waits))
        number = sum(standing)
        count = number if number <= MOST else f"{MOST}+"
        return {"count": count, "late": bool(danger or left or calls), "count_label": " · ".join(needs_me)}
    if icon == "cases":
        number = found.open_cases
        return {"count": number, "count_label": ngettext("%(n)d open", "%(n)d open", number) % {"n": number}}
    if icon in ("desk", "referrals"):
        number, late = (found.desk_waiting, found.desk_late) if icon == "desk" else (found.waiting, 0)
        label = ngettext("%(n)d waiting", "%(n)d waiting", number) % {"n": number}
        return {"count": number, "late": bool(late), "count_label": label}
    return {"count": 0}


def in_danger(number: int) -> str:
    """In how many cases somebody is in danger and nobody was asked for help: the rail and Today say it alike."""
    return ngettext("%(n)d in danger", "%(n)d in danger", number) % {"n": number} if number else ""


def who_left(number: int) -> str:
    """How many slept here and left without a word, of whom nobody has said yet that they are safe."""
    return ngettext("%(n)d left without a word", "%(n)d left without a word", number) % {"n": number} if number else ""


def to_place(number: int) -> str:
    """How many wait for a place for tonight that is confirmed, after somebody was asked for one."""
    said = ngettext("%(n)d without a confirmed place", "%(n)d without a confirmed place", number)
    return said % {"n": number} if number else ""


def to_ask_doctor(number: int) -> str:
    """For how many a doctor is needed today whom nobody is asked for."""
    return ngettext("%(n)d needs a doctor", "%(n)d need a doctor", number) % {"n": number} if number else ""


def to_confirm(number: int) -> str:
    """In how many own cases the sender says a child, and the case an adult."""
    return ngettext("%(n)d age to confirm", "%(n)d ages to confirm", number) % {"n": number} if number else ""


def to_call(number: int) -> str:
    """How many are to call about now: the rail, Today and the coordinator's page say it alike."""
    return ngettext("%(n)d to call now", "%(n)d to call now", number) % {"n": number} if number else ""


def are_late(number: int) -> str:
    """How many are late beside them."""
    return ngettext("%(n)d late", "%(n)d late", number) % {"n": number} if number else ""
