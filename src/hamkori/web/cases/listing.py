"""The list of cases: chips in the address, pages by key, and one box that finds a case by its number.

What is typed into the box never stands in an address, which a browser keeps and shows to whoever comes next: people
type a name there, too.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from hamkori.access.actor import Actor
from hamkori.access.scope import may, require
from hamkori.action import record_refusal
from hamkori.casework.case.queries import cases
from hamkori.casework.work.queries import case_list
from hamkori.casework.work.queries.case_dots import Dot
from hamkori.casework.work.queries.case_list import STAGES, Filters, Line, Page
from hamkori.refusal import NotVisible
from hamkori.vocabulary import codes, regions
from hamkori.web.cases.marks_in_list import in_a_line, short, tags
from hamkori.web.cases.stopped_in_list import way_on
from hamkori.web.kit import moments
from hamkori.web.kit.filters import Asked
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.words import arrival, lists, missing, red, referral, stays
from hamkori.web.words import case as words

BY_WORKER: Final = "workers"
"""Asked for by Today: the list with the names of the workers unfolded."""
SWITCHES = ("mine", "late", "unreferred")


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """A page of the list."""
    actor = actor_of(request)
    require(actor, "case.view")
    asked = Asked("cases", _asked(request, supervises="supervisor" in actor.roles))
    found = case_list.listing(
        actor, _filters(asked.filters), after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    return _drawn(request, actor, asked, found)


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The case with the number in the box, or with a part of it those whose number has it.

    Asked by GET, as after a new sign-in, it is the list: nothing was typed.
    """
    actor = actor_of(request)
    require(actor, "case.view")
    typed = request.POST.get("number", "").strip()
    if not typed:
        return HttpResponseRedirect(reverse("cases"))
    if jump := _jump(actor, typed):
        return HttpResponseRedirect(jump)
    part = codes.part(typed)
    found = case_list.listing(actor, Filters(part=part)) if part else case_list.nothing(actor)
    if len(found.lines) == 1:
        return HttpResponseRedirect(reverse("case", args=[found.lines[0].code]))
    return _drawn(request, actor, Asked("cases"), found, typed=typed, part=part)


def _drawn(
    request: HttpRequest, actor: Actor, asked: Asked, found: Page, *, typed: str = "", part: str = ""
) -> HttpResponse:
    supervises, differ = "supervisor" in actor.roles, found.any_at_all and not found.totals.region
    context = {
        "title": _("Cases"),
        "chips": _chips(asked, found, supervises=supervises),
        "workers": _workers(asked, found),
        "by_worker": request.GET.get(BY_WORKER) == "1",
        "regions": asked.chips([("region", region.code) for region in regions()], _said),
        "sub": _sub(found) if found.any_at_all else "",
        "columns": _columns(supervises=supervises, regions_differ=differ),
        "supervises": supervises,
        "regions_differ": differ,
        "rows": [_row(line, found, asked) for line in found.lines],
        "found": found,
        "asked": asked.filters,
        "fewer": asked.fewer(_said),
        "typed": typed,
        "part": part,
        "letters": any(sign.isalpha() for sign in typed),
        "few": sum(sign.isdigit() for sign in typed) < codes.PART,
        "more": bool(part and found.after),
        **asked.pages("" if typed else found.before, "" if typed else found.after),
        "new_url": reverse("first_contact") if may(actor, "case.begin") else None,
    }
    return render(request, "cases/list.html", context)


def _jump(actor: Actor, typed: str) -> str:
    """The address of the case with this code. Not a code, unknown, somebody else's: '', and one sentence for all."""
    digits = codes.parse(typed)
    if digits is None:
        return ""
    try:
        return reverse("case", args=[cases.of_code(actor, digits).code])
    except NotVisible as refusal:
        record_refusal(actor, refusal, kind="case", code=digits)
        return ""


def _asked(request: HttpRequest, *, supervises: bool) -> dict[str, str]:
    """The filters in the address. One that is no filter, or none of the reader's, is dropped."""
    asked = {name: "1" for name in SWITCHES if request.GET.get(name) == "1"}
    if request.GET.get("stage") in STAGES:
        asked["stage"] = request.GET["stage"]
    if supervises and (lead := _post(request.GET.get("lead", ""))):
        asked["lead"] = str(lead)
    if request.GET.get("region") in regions().codes:
        asked["region"] = request.GET["region"]
    return asked


def _post(written: str) -> UUID | None:
    """The key of a post; None: it is none."""
    try:
        return UUID(written)
    except ValueError:
        return None


def _filters(asked: Mapping[str, str]) -> Filters:
    return Filters(
        mine="mine" in asked,
        late="late" in asked,
        unreferred="unreferred" in asked,
        region=asked.get("region", ""),
        lead=_post(asked.get("lead", "")),
        stage=asked.get("stage", ""),
    )


def _said(name: str, value: str) -> str:
    """What a filter is called on its chip."""
    if name == "region":
        return lists.label("region", value)
    if name == "stage":
        return lists.label("case_state", value)
    if name == "lead":
        return _("Lead worker")
    return {"mine": _("I am lead worker"), "late": _("Late or stopped"), "unreferred": _("No referral yet")}[name]


def _chips(asked: Asked, found: Page, *, supervises: bool) -> list[dict[str, Any]]:
    pairs = [("late", "1"), ("unreferred", "1"), *(("stage", code) for code in STAGES)]
    if not supervises:
        pairs.insert(0, ("mine", "1"))
    if not supervises or "lead" not in asked.filters:
        return asked.chips(pairs, _said)
    # The name stands on the page alone: an address is kept by the browser.
    name = next((line.lead for line in found.lines if line.lead), "") or _said("lead", "")
    return [{"label": name, "url": asked.url(lead=""), "on": True}, *asked.chips(pairs, _said)]


def _workers(asked: Asked, found: Page) -> list[dict[str, Any]]:
    """To a supervisor of more than one: their names, each with the cases that they lead."""
    names = {str(post): name for post, name in found.workers}
    return asked.chips([("lead", post) for post in names], lambda _name, post: names[post]) if len(names) > 1 else []


def _columns(*, supervises: bool, regions_differ: bool) -> list[str]:
    names = [_("Case"), _("Next step"), _("When"), _("State"), _("Who"), _("Risk")]
    names += [_("Region")] if regions_differ else []
    return [*names, _("Lead worker")] if supervises else names


def _sub(found: Page) -> str:
    """What is the same of all rows, said once: how many, where, and how many are late."""
    number = found.totals
    parts = [ngettext("%(n)d open", "%(n)d open", number.open) % {"n": number.open}]
    if number.draft:
        parts.append(ngettext("%(n)d draft", "%(n)d drafts", number.draft) % {"n": number.draft})
    if number.region:
        parts.append(_("all in %(region)s") % {"region": lists.label("region", number.region)})
    if number.late:
        late = ngettext("%(n)d case is late or stopped", "%(n)d cases are late or stopped", number.late)
        parts.append(late % {"n": number.late})
    return capfirst("\N{NO-BREAK SPACE}· ".join(parts))


OWED: Final = "owed"
"""What is late, and no danger: amber, as on Today (ADR 194)."""


def _row(line: Line, found: Page, asked: Asked) -> dict[str, Any]:
    """One case: what comes next, when, its open referrals, who, risk."""
    next_step, when, tone = _next(line, found)
    marks, others = in_a_line(tags(line, next_step))
    return {
        "href": _open(line),
        "code": line.code,
        "next": next_step,
        "when": when,
        "cell": {"late": "t-late", OWED: "t-wait", "wait": "t-wait", "today": "bold", "call": "bold"}.get(tone, ""),
        "beside": {"late": "late", OWED: "soon", "wait": "soon"}.get(tone, ""),
        "tags": marks,
        "more": len(others),
        "others": lists.several(mark["text"] for mark in others),
        "who": words.person_of(line.sex, line.age_band, line.children) or _("not asked"),
        "risk": _risk(line),
        "calm": lists.label("risk_level", line.risk) or _("not asked"),
        "region": lists.short("region", line.region),
        "region_whole": lists.label("region", line.region),
        "lead": _lead(line),
        # One tap to the cases of this worker; the chip takes it away.
        "lead_url": asked.url(lead=str(line.led_by)) if line.led_by and "lead" not in asked.filters else "",
        "sub": _under(line, next_step),
        "ico": {"late": "late", OWED: "wait", "wait": "wait", "call": "late"}.get(tone, ""),
        "icon": "danger" if line.has_danger else {"late": "late", OWED: "late", "call": "phone"}.get(tone, "calendar"),
    }


def _under(line: Line, above: str) -> str:
    """All that stands in the other columns, in one line for the phone; it breaks after a dot, never before one. What
    stands `above` it is not said twice.
    """
    risk = _risk(line)
    parts = [words.person_of(line.sex, line.age_band, line.children) or _("not asked"), risk["full"] if risk else ""]
    parts += [*(mark["text"] for mark in tags(line, above) if mark["text"] != above), _lead(line)]
    return "\N{NO-BREAK SPACE}· ".join(part for part in parts if part)


def _lead(line: Line) -> str:
    """To whoever supervises: who leads it, and that nobody else is on the team."""
    return red.alone(line.lead) if line.lead and line.lead_alone else line.lead


def _risk(line: Line) -> dict[str, str] | None:
    if line.has_danger:
        return {"text": _("danger"), "tone": "late", "full": _("Danger")}
    if line.risk == "high":
        return {"text": _("high"), "tone": "late", "full": _("Risk: high")}
    return {"text": _("raised"), "tone": "wait", "full": _("Risk: raised")} if line.risk == "raised" else None


def _open(line: Line) -> str:
    if line.state == "draft" and line.kind == "lead":
        return reverse("register", args=[line.code])
    return reverse("case", args=[line.code])


def _next(line: Line, found: Page) -> tuple[str, str, str]:
    """What is to do, when, and its tone: no place, what is late or stopped, who is expected now, the step."""
    if line.state == "closed" or (line.missing and not line.in_need):
        gone = missing.title(line.missing), moments.day(found.today, found.today), "late"
        return gone if line.missing else (pgettext("a case", "closed"), "", "")
    if line.in_need or line.state == "draft":
        begun = moments.day(timezone.localdate(line.begun_at), found.today)
        what = str(red.DANGER) if line.in_need else _("Finish the registration")
        return what, _("begun %(day)s") % {"day": begun}, "late" if line.in_need else "today"
    if line.untold or line.no_place:
        what = str(red.UNTOLD) if line.untold else _of_place(line, found)
        return what, moments.day(found.today, found.today), "late"
    if line.clock is not None and line.clock[0] == "child":
        return _("Tell child protection"), _late_since(line.clock[1], found.today), OWED
    if line.awaits_place:
        sent = [one for one in line.referrals if one.state == "sent"]
        tone = "late" if any(one.late for one in sent) else "call" if any(one.unread for one in sent) else "today"
        heard = any(one.heard == "said_yes" and stays.is_home(one.service) and not one.unread for one in sent)
        return str(red.SAID_YES if heard else red.NO_PLACE_YET), _answer_due(line, found), tone
    return _of_referrals(line, found) or _expected(line, found) or _of_step(line, found)


def _of_place(line: Line, found: Page) -> str:
    """Of who has no place for tonight: from when there is one, or what is asked of where they are."""
    later = min((one.place_from for one in line.referrals if one.place_from), default=None)
    what = str(red.STAYS) if line.stays else red.no_place(later, found.now)
    return str(red.SLEEPS) if line.left and not (line.stays or later) else what


def _answer_due(line: Line, found: Page) -> str:
    """When whoever is asked has to answer, or since when that is late."""
    asked = sorted((one.due, one.late, one.since) for one in line.referrals if one.state == "sent" and one.due)
    if not asked:
        return ""
    due, late, since = asked[0]
    return _late_since(since, found.today) if late else moments.answer_by(due, found.now)


def _of_referrals(line: Line, found: Page) -> tuple[str, str, str] | None:
    late = sorted((one for one in line.referrals if one.late), key=lambda one: one.state != "accepted")
    if late:
        asks = {
            "accepted": arrival.say("did", late[0].service),
            "finished": _("Ask the person how it was"),
            "disputed": capfirst(_("no answer to the dispute yet")),
        }
        tone = "late" if late[0].urgent and late[0].state == "sent" else OWED
        return asks.get(late[0].state, _("No answer yet")), _late_since(late[0].since, found.today), tone
    unread = next((one for one in line.referrals if one.unread), None)
    if unread is not None:
        return str(red.CALL_NOW), _call_by(unread, found), "call"
    if line.ill:
        return str(red.NO_DOCTOR), moments.day(found.today, found.today), "today"
    if any(one.state == "sent" and one.urgent for one in line.referrals):
        return _("No answer yet"), _answer_due(line, found), "today"
    halted = next((one for one in line.referrals if one.stopped), None)
    if halted is None:
        return None
    day = (moments.day(halted.since, found.today),) if halted.since is not None else ()
    return way_on(halted), " · ".join((short(halted), *day)), "wait"


def _call_by(one: Dot, found: Page) -> str:
    """When they have to answer, or when the person is expected."""
    if one.state == "sent":
        return moments.answer_by(one.due, found.now) if one.due is not None else ""
    return moments.day(one.since, found.today) if one.since is not None else ""


def _expected(line: Line, found: Page) -> tuple[str, str, str] | None:
    """Who comes today or tomorrow, before what is planned for a later day; not where the case itself is late."""
    comes = [(one.awaited, one.service) for one in line.referrals if one.awaited is not None]
    if not comes or line.late or line.clock is not None:
        return None
    (day, part, agreed_at), service = min(comes, key=lambda one: one[0][0])
    if day > min(found.today + timedelta(days=1), line.next_step_on or day):
        return None
    when = referral.part_of_day(day, part, agreed_at, found.now)
    return arrival.say("expected", service), when, "today" if day <= found.today else ""


def _in_peace(line: Line, found: Page) -> tuple[str, str, str]:
    """The step of whom said no to everything: planned, and never late."""
    if line.next_step_on is None or not line.next_step:
        return _("Choose the next step"), "", ""
    return lists.label("next_step", line.next_step), moments.day(line.next_step_on, found.today), ""


def _of_step(line: Line, found: Page) -> tuple[str, str, str]:
    if line.in_peace:
        return _in_peace(line, found)
    if line.unplanned or not line.next_step or line.next_step_on is None:
        since = "" if line.unplanned else _late_since(line.plan_by, found.today)
        return _("Choose the next step"), since, "today" if line.unplanned else OWED
    step = lists.label("next_step", line.next_step)
    barred = line.clock is not None and line.next_step == "refer"  # nothing is sent before the person is asked again
    if line.next_step_on < found.today and not barred:
        return step, _late_since(line.next_step_on, found.today), OWED
    if line.clock is not None:
        ended = _("ended %(day)s") % {"day": moments.day(line.clock[1], found.today)}
        return _("Ask about consent again"), ended, OWED
    return step, moments.day(line.next_step_on, found.today), "today" if line.next_step_on == found.today else ""


def _late_since(on: date | None, today: date) -> str:
    return _("late since %(day)s") % {"day": moments.day(on, today)} if on is not None else _("late")
