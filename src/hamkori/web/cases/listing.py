"""The list of cases: chips in the address, pages by key, and one box that finds a case by its number.

What is typed into the box never stands in an address, which a browser keeps and shows to whoever comes next: people
type a name there, too.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hamkori.access.actor import Actor
from hamkori.access.scope import may, require
from hamkori.action import record_refusal
from hamkori.casework.case.queries import cases
from hamkori.casework.work.queries import case_list
from hamkori.casework.work.queries.case_list import STAGES, Dot, Filters, Line, Page
from hamkori.refusal import NotVisible
from hamkori.vocabulary import codes, regions
from hamkori.web.kit import moments
from hamkori.web.kit.filters import Asked
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.templatetags.kit import code_mark, state, tag
from hamkori.web.words import case as words
from hamkori.web.words import lists

SWITCHES = ("mine", "late", "unreferred")


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """A page of the list."""
    actor = actor_of(request)
    require(actor, "case.view")
    asked = Asked("cases", _asked(request))
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
    return _drawn(request, actor, Asked("cases"), found, typed=typed, part=part)


def _drawn(
    request: HttpRequest, actor: Actor, asked: Asked, found: Page, *, typed: str = "", part: str = ""
) -> HttpResponse:
    supervises = "supervisor" in actor.roles
    context = {
        "title": _("Cases"),
        "chips": _chips(asked, supervises=supervises),
        "regions": asked.chips([("region", region.code) for region in regions()], _said),
        "columns": _columns(),
        "rows": [_row(line, found) for line in found.lines],
        "items": [_item(line, found) for line in found.lines],
        "found": found,
        "asked": asked.filters,
        "fewer": asked.fewer(_said),
        "typed": typed,
        "part": part,
        "more": bool(part and found.after),
        **asked.pages("" if typed else found.before, "" if typed else found.after),
        "new_url": reverse("new_case") if may(actor, "case.begin") else None,
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


def _asked(request: HttpRequest) -> dict[str, str]:
    """The filters in the address. One that is no filter is dropped."""
    asked = {name: "1" for name in SWITCHES if request.GET.get(name) == "1"}
    if request.GET.get("stage") in STAGES:
        asked["stage"] = request.GET["stage"]
    if request.GET.get("region") in regions().codes:
        asked["region"] = request.GET["region"]
    return asked


def _filters(asked: Mapping[str, str]) -> Filters:
    return Filters(
        mine="mine" in asked,
        late="late" in asked,
        unreferred="unreferred" in asked,
        region=asked.get("region", ""),
        stage=asked.get("stage", ""),
    )


def _said(name: str, value: str) -> str:
    """What a filter is called on its chip."""
    if name == "region":
        return lists.label("region", value)
    if name == "stage":
        return lists.label("case_state", value)
    return {"mine": _("I am lead worker"), "late": _("Late or stopped"), "unreferred": _("No referral yet")}[name]


def _chips(asked: Asked, *, supervises: bool) -> list[dict[str, Any]]:
    pairs = [("late", "1"), ("unreferred", "1"), *(("stage", code) for code in STAGES)]
    if not supervises:
        pairs.insert(0, ("mine", "1"))
    return asked.chips(pairs, _said)


def _columns() -> list[dict[str, str]]:
    names = (_("Code"), _("Stage"), _("Who"), _("Next step"), _("Referrals"), _("Region"), _("My part"))
    return [{"label": name} for name in names]


def _row(line: Line, found: Page) -> list[object]:
    stage, tone = words.stage(line.state, line.decision)
    marks = [tag(_("Danger"), "late", "danger")] if line.has_danger else []
    if line.late and not _shows_lateness(line, found):
        marks.append(tag(_("Late"), "late", "late"))
    about = words.person_of(line.sex, line.age_band)
    return [
        {"text": code_mark(line.code), "href": _open(line)},
        format_html_join(" ", "{}", ((mark,) for mark in (tag(stage, tone), *marks))),
        about or "\u2013",
        _next(line, found),
        _dots(line.referrals),
        lists.label("region", line.region) or "\u2013",
        words.role(line.kind),
    ]


def _item(line: Line, found: Page) -> dict[str, Any]:
    """The same in two lines, for the phone."""
    stage, _tone = words.stage(line.state, line.decision)
    about = [stage, words.person_of(line.sex, line.age_band), lists.label("region", line.region)]
    if line.has_danger:
        about.insert(0, _("Danger"))
    below = [" · ".join(part for part in about if part)]
    if line.state != "closed":
        below.append(_next(line, found))
    return {
        "href": _open(line),
        "what": code_mark(line.code),
        "sub": format_html_join(mark_safe("<br>"), "{}", ((part,) for part in below)),  # nosec B308 B703 - a constant
        "when": _dots(line.referrals) if line.referrals else "",
        "late": line.has_danger or line.late,
        "icon": "danger" if line.has_danger else "late" if line.late else "cases",
    }


def _open(line: Line) -> str:
    if line.state == "draft" and line.kind == "lead":
        return f"{reverse('register', args=[line.code])}?page=2"
    return reverse("case", args=[line.code])


def _next(line: Line, found: Page) -> SafeString | str:
    """The next step and its day; red once the day has passed or none was set."""
    if line.state == "closed":
        return "\u2013"
    if line.state == "draft":
        return _("Finish the registration")
    if line.unplanned:
        return _("Choose the next step")
    if not line.next_step or line.next_step_on is None:
        return format_html('<span class="t-late">{}</span>', _("No next step"))
    day = moments.day(line.next_step_on, found.today)
    late = line.next_step_on < found.today
    step = lists.label("next_step", line.next_step)
    return format_html('{}, <span class="{}">{}</span>', step, "t-late" if late else "", day)


def _shows_lateness(line: Line, found: Page) -> bool:
    """Whether the row says by itself what is late: the step in red, or a request."""
    step = line.next_step_on is None or line.next_step_on < found.today
    return (line.state == "open" and step) or any(one.late or one.stopped for one in line.referrals)


def _dots(dots: tuple[Dot, ...]) -> SafeString | str:
    """Open requests in words with their mark; an answer that is late says so."""
    if not dots:
        return "\u2013"
    return format_html_join(" ", "{}", ((_dot(one),) for one in dots))


def _dot(one: Dot) -> SafeString:
    if one.late:
        return state("late", _("Late"))
    if one.stopped:
        return tag(_("Did not come") if one.stopped == "missed" else lists.label("referral_state", one.state), "wait")
    return state(one.state, {"sent": _("Waiting")}.get(one.state) or lists.label("referral_state", one.state))
