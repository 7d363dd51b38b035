"""The home page of everybody who is signed in: a list of work, not of counts.

See docs/design/pages.md#today.
"""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from hamkori.access.scope import may
from hamkori.casework.referral.queries import desk
from hamkori.casework.work.queries import today as queries
from hamkori.casework.work.queries.arrived import arrived
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.today import Today
from hamkori.casework.work.rules.worklist import NATIONAL
from hamkori.notices import actions as notices
from hamkori.notices.texts import keys as notice_keys
from hamkori.people.rules.desk_phone import is_invented
from hamkori.web.kit import moments
from hamkori.web.kit.filters import Asked
from hamkori.web.nav import CASES, are_late, in_danger, to_call, without_place
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.today import news, paging
from hamkori.web.today.paging import Shown
from hamkori.web.today.rows import rows
from hamkori.web.words import lists, red

TITLES: Final = {
    "danger": red.DANGER,
    "unread": red.CALL_NOW,
    "reached": gettext_lazy("Reached: the answer is awaited"),
    "late": gettext_lazy("Late or stopped"),
    "urgent": gettext_lazy("Urgent: no answer yet"),
    "expected": gettext_lazy("Expected soon"),
    "steps": gettext_lazy("Next steps that are late"),
    "soon": gettext_lazy("Today and soon"),
    "later": gettext_lazy("Later"),
}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Today. Everybody has one, whatever the role."""
    actor = actor_of(request)
    found = queries.today(actor, lists.language())
    new = arrived(actor, found)
    shown = paging.page(found, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    mixed = len({one.supervised for one in found.rows}) > 1
    nothing = not any(rows for card, rows in paging.cards(found).items() if card != "later")
    lately = news.lately(new, found.now)
    context = {
        "title": _("Today"),
        # Nothing stands between the heading and somebody in danger.
        "sub": format_html("{}&emsp;{}", _sub(found), lately) if lately and not found.danger else _sub(found),
        "lately": lately,
        "cards": _cards(found, shown, mixed=mixed),
        "called_off": news.called_off(new, found.now),
        "nothing": nothing and not new.called_off,
        # Whoever was named meets the person; the officer who said yes reads that somebody is on the way.
        "expected": _expected(desk.expected(actor)) if nothing else "",
        **Asked("today").pages(shown.before, shown.after),
        "news": news.lists_of(actor, new, found.now),
        # Whom nobody is to wait for stands until it is opened, whatever else is marked as seen.
        "keys": [key for key in new.keys if key != "closed" or not new.called_off],
        "quiet": _quiet(found),
        "new_url": reverse("first_contact") if may(actor, "case.begin") else None,
        # Roles that have no cases are told so, instead of an empty promise.
        "no_cases": not actor.roles & (CASES | {"desk_officer"}),
        "invented": any(is_invented(number) for one in found.rows for number in (one.phone, one.sender_phone)),
        "of_time": any(one.at is not None for one in found.rows),
    }
    return render(request, "today/page.html", context)


def _cards(found: Today, shown: Shown, *, mixed: bool) -> list[dict[str, Any]]:
    """The lists of the page that have rows on it, with how much there is in all."""
    all_of, ids = paging.cards(found), {case.code: pk for pk, case in found.cases.items()}
    return [
        {
            "title": _("Late") if card == "late" and _national(all_of[card]) else TITLES[card],
            "tone": "wait" if card in ("reached", "urgent", "expected", "soon", "later") else "late",
            "danger": card == "danger",
            "count": paging.number(all_of[card]),
            "rows": rows(these, found.now, mixed=mixed, cases=ids),
        }
        for card, these in shown.cards.items()
        if these
    ]


def _sub(found: Today) -> str:
    """The day, who is in danger and what is late or stopped, as the rail counts it; if nothing is, the next target."""
    day = moments.today_in_full(found.now)
    late, places = len(found.late), sum(row.what.startswith("place.") or _for_a_place(row) for row in found.unread)
    danger = " · ".join(filter(None, (in_danger(len(found.danger)), without_place(places), _to_call(found))))
    if late:
        things = ngettext("%(n)d thing is late or stopped", "%(n)d things are late or stopped", late) % {"n": late}
        said = are_late(late) if _national(found.late) else things
        return " · ".join(filter(None, (day, danger, said, _in_cases(found))))
    if danger:
        return f"{day} · {danger}"
    if found.next_at is None:
        return day
    words_of = {"day": day, "when": moments.moment(found.next_at, found.now)}
    return _("%(day)s · next answer due %(when)s") % words_of


def _to_call(found: Today) -> str:
    """How many are to call now of which nothing is late yet; the coordinator's are calls and no lateness."""
    return to_call(
        sum(one.for_a_call or (one.unread and not one.late and not one.awaits_place) for one in found.unread)
    )


def _for_a_place(one: Due) -> bool:
    """Nobody reads in time that a place is needed for tonight: it is counted once, as that."""
    return one.unread and one.awaits_place


def _national(found: tuple[Due, ...]) -> bool:
    """Whether these are the coordinator's alone: of those nothing has stopped."""
    return all(one.what in NATIONAL for one in found)


def _in_cases(found: Today) -> str:
    """In how many cases, as the list of cases counts them; '' where each thing is of another one, or of none."""
    cases = {row.case for row in found.late}
    if "" in cases or len(cases) == len(found.late):
        return ""
    return ngettext("in %(n)d case", "in %(n)d cases", len(cases)) % {"n": len(cases)}


def _expected(number: int) -> str:
    said = ngettext("%(n)d person is expected", "%(n)d people are expected", number)
    return said % {"n": number} if number else ""


def _quiet(found: Today) -> str:
    """The sentence for a day without anything late or due."""
    if found.next_at is None:
        return _("No answer is due.")
    return _("Next answer due: %(when)s.") % {"when": moments.moment(found.next_at, found.now)}


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Marks the news that stood on the page as read. Twice is as once; nothing of a case changes."""
    keys = [key for key in request.POST.getlist("key") if key in notice_keys()]
    if keys:
        notices.read(actor_of(request), keys)
    return HttpResponseRedirect(reverse("today"))
