"""The home page of everybody who is signed in: what is late, what is due, what arrived.

See docs/design/pages.md#today.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from hamkori.access.actor import Actor
from hamkori.access.scope import may
from hamkori.casework.work.queries import today as queries
from hamkori.casework.work.queries.today import Today
from hamkori.notices import actions as notices
from hamkori.notices.queries import Line, lines
from hamkori.notices.texts import keys as notice_keys
from hamkori.people.rules import ROLES
from hamkori.web.kit import moments
from hamkori.web.kit.filters import Asked
from hamkori.web.nav import CASES, PLACES, places
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.today import paging
from hamkori.web.today.rows import draft, row
from hamkori.web.words import lists

DRAFTS = 6  # registrations to go on with, on the page; the list of cases has them all
# Where each kind of news is looked into; the first that is open to the reader.
OF_ACCOUNT = ("device", "passphrase", "authenticator", "recovery_codes")
LEADS = {
    **dict.fromkeys(OF_ACCOUNT, ("account_devices",)),
    "new": ("desk",),
    "answered": ("desk",),
    "task": (),
    "questioned": ("desk",),
    "late": ("coordination_late", "referrals"),
    "agreement": ("cases",),
    "agreement_ended": ("cases",),
    "lead_missing": ("cases",),
    "review": ("cases",),
    "other_writer": ("cases",),
    "decision": ("keys",),
    "told": ("keys",),
}
ICONS = {
    **dict.fromkeys(OF_ACCOUNT, "warning"),
    "asked": "question",
    "result": "done",
    "accepted": "done",
    "now": "warning",
    "decision": "key",
}
OPEN_TO = {name: roles for _icon, _label, roles, _keys, name in PLACES if roles is not None}
OPEN_TO["account_devices"] = frozenset(ROLES)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Today. Everybody has one, whatever the role."""
    actor = actor_of(request)
    found = queries.today(actor, lists.language())
    shown = paging.page(found, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "title": _("Today"),
        "sub": _sub(found),
        "late": [row(one, found.now) for one in shown.late],
        "late_count": paging.number(found.late),
        "due": [row(one, found.now) for one in shown.due],
        "due_count": paging.number(found.due),
        "tasks": [row(one, found.now) for one in shown.tasks],
        "nothing": not found.late and not found.due,
        **Asked("today").pages(shown.before, shown.after),
        "news": [_news(actor, line) for line in lines(actor)],
        "drafts": [draft(one) for one in found.drafts[:DRAFTS]],
        "more_drafts": max(0, len(found.drafts) - DRAFTS),
        "drafts_url": f"{reverse('cases')}?stage=draft",
        "quiet": _quiet(found),
        "new_url": reverse("new_case") if may(actor, "case.begin") else None,
        # Roles that have no cases are told so, instead of an empty promise.
        "no_cases": not actor.roles & (CASES | {"desk_officer"}),
        "glance": [place for place in places(request)["nav"] if place["count"] and place["icon"] != "today"],
    }
    return render(request, "today/page.html", context)


def _sub(found: Today) -> str:
    """The day, and the next target if there is one."""
    local = timezone.localtime(found.now)
    # Translators: a format of django.utils.dateformat for "Wednesday, 25 November".
    day = formats.date_format(local, pgettext("date format", "l, j E"))
    if found.next_at is None:
        return day
    words_of = {"day": day, "when": moments.moment(found.next_at, found.now)}
    return _("%(day)s · next answer due %(when)s") % words_of


def _quiet(found: Today) -> str:
    """The sentence for a day without anything late or due."""
    if found.next_at is None:
        return _("No answer is due.")
    return _("Next answer due: %(when)s.") % {"when": moments.moment(found.next_at, found.now)}


def _news(actor: Actor, line: Line) -> dict[str, Any]:
    names = [name for name in LEADS.get(line.key, ("referrals",)) if actor.roles & OPEN_TO[name]]
    return {
        "key": line.key,
        "text": line.text,
        "at": line.newest_at,
        "url": reverse(names[0]) if names else None,
        "icon": ICONS.get(line.key, "answer"),
    }


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Marks the news that stood on the page as read. Twice is as once; nothing of a case changes."""
    keys = [key for key in request.POST.getlist("key") if key in notice_keys()]
    if keys:
        notices.read(actor_of(request), keys)
    return HttpResponseRedirect(reverse("today"))
