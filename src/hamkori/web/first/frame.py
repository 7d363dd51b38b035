"""What every step has: where it stands in the way, the way back, and where the way goes on after a pause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.web.kit.posting import done
from hamkori.web.templatetags.kit import grouped
from hamkori.web.words.ways import to_case

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

PART = "first"
"""What the answers of this way are kept as, among the pages of the signs: none of them was gone through."""
WAY = ("danger", "who", "consent", "need", "service", "check")
ON_THE_STEP: Mapping[str, str] = {
    "later": "danger",
    "calls": "danger",
    "agree": "consent",
    "alone": "consent",
}


def address(code: str, step: str = "", **more: str) -> str:
    """A step of the way of this case; without a step, where it goes on."""
    query = "&".join(f"{name}={value}" for name, value in {"step": step, **more}.items() if value)
    return reverse("first_step", args=[code]) + (f"?{query}" if query else "")


def onward(request: HttpRequest, case: Case, step: str, **more: str) -> str:
    """The next step; whoever came back from the last one to correct one answer returns there (`of` in the address)."""
    of = correcting(request)
    return address(case.code, "check", of=of) if of else address(case.code, step, **more)


def correcting(request: HttpRequest) -> str:
    """The number of the draft from whose page somebody came back to correct one answer; '' on the way forward."""
    of = request.GET.get("of", "")
    return of if of.isdecimal() else ""


def stopped(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """What was typed is saved; the way goes on from the case, or from Today."""
    messages.success(request, _("Saved. Nothing was sent. You can go on from here, or from Today."))
    return done(actor, reverse("case", args=[case.code]))


def names() -> dict[str, str]:
    """The six steps in words."""
    return {
        "danger": _("danger"),
        "who": _("who"),
        "consent": _("signs and consent"),
        "need": _("need"),
        "service": _("service"),
        "check": _("check"),
    }


def beside(case: Case, title: str) -> dict[str, Any]:
    """Of a case that exists, what stands instead of the steps of a new one: its number, and the way back to it."""
    if case.state_code == "draft":
        return {}
    back = to_case(case.code)
    return {"title": title, "over": grouped(case.code), "steps": [], "back": back}


def drawn(
    request: HttpRequest, step: str, more: Mapping[str, Any], *, case: Case | None = None, status: int = 200
) -> HttpResponse:
    """A page of the way."""
    at = len(WAY) if step == "sent" else WAY.index(ON_THE_STEP.get(step, step))
    back = {"url": reverse("today"), "label": _("Today")}
    if case is not None:
        before = WAY[at - 1] if at > 1 else ""
        back = {"url": address(case.code, before), "label": _("The step before")}
        if at <= 1 or step == "sent":
            back = to_case(case.code)
    known = names()
    context = {
        "title": _("New case"),
        "back": back,
        "in_task": True,
        "case": case,
        "over": _("Step %(n)s of 6: %(name)s") % {"n": at + 1, "name": known[WAY[at]]} if at < len(WAY) else "",
        "steps": [
            {"name": known[one], "state": "ok" if place < at else "here" if place == at else ""}
            for place, one in enumerate(WAY)
        ],
        "operation": request.POST.get("operation", ""),
        **more,
    }
    return render(request, f"first/{step}.html", context, status=status)
