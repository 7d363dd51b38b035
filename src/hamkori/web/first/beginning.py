"""Step 1: danger. The answer is the button; it begins the draft, and is the first answer of the signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import require
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.queries.cases import begun_lately
from hamkori.casework.screening.actions import screening
from hamkori.directory.place import own_district
from hamkori.operations import together
from hamkori.web.first.frame import PART, address, drawn
from hamkori.web.kit import begun, moments
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.written import Line, reads

ANSWERS: Mapping[str, tuple[dict[str, str], str, str]] = {
    "talk": ({"danger_now": "no", "safe_to_talk": "yes"}, "yes", "who"),
    "tonight": ({"danger_now": "no", "safe_to_talk": "not_asked"}, "not_asked", "who"),
    "later": ({"danger_now": "no", "safe_to_talk": "no"}, "no", "later"),
    "danger": ({"danger_now": "yes"}, "danger", "danger"),
    "not_asked": ({"danger_now": "not_asked", "safe_to_talk": "not_asked"}, "not_asked", "who"),
}
"""Button -> answers among the signs, what the contact says of talking, the step that follows."""
KNOWN: Mapping[str, dict[str, Any]] = {
    "tonight": {"need_tonight_codes": ["safe_place"]},
    "danger": {"has_danger": True, "risk_code": "high"},
}
"""Button -> what it says of the case itself."""


def said(_request: HttpRequest, sent: QueryDict) -> Iterator[Line]:
    """The one answer of this step, in words."""
    words = {
        "talk": _("No, and we can talk safely"),
        "tonight": _("Not this minute, but there is no safe place tonight"),
        "later": _("No, but we cannot talk safely here"),
        "danger": _("Yes, someone is in danger"),
        "not_asked": _("Not asked"),
    }
    answer = words.get(str(sent.get("danger", "")))
    if answer:
        yield Line(_("Is anyone in danger right now?"), answer, boxed=False)


@require_http_methods(["GET", "POST"])
@reads(said)
def first(request: HttpRequest) -> HttpResponse:
    """Asked before anything else. Whoever comes Back to it comes to the draft that it began."""
    actor = actor_of(request)
    require(actor, "case.begin")
    begun.unsealed(actor)
    if request.method != "POST":
        return begun.drawn(request, actor, lambda operation: _page(request, actor, str(operation)))
    chosen = request.POST.get("danger", "")
    if chosen not in ANSWERS:
        return _page(request, actor, request.POST.get("operation", ""), missing=True)
    return done(actor, _begun(actor, chosen))


def _begun(actor: Actor, chosen: str) -> str:
    """The draft, with what is filled in by itself: the number as name, the district where the organisation works."""
    answers, talking, then = ANSWERS[chosen]
    district = own_district(actor)
    sealed: dict[str, dict[str, Any]] = {"contact": {"safe_to_talk": talking, "by_code": True}}
    if district:
        sealed["place"] = {"district": district}
    with together():
        case = act.begin(actor, codes=KNOWN.get(chosen, {}), sealed=sealed)
        again = actor.doing(None)
        signs = screening.start(again, case)
        screening.save(again, case, seal_no=signs.seal_no, part="danger", answers=answers, page=PART)
    return address(case.code, then)


def _unfinished(actor: Actor) -> dict[str, str]:
    """The registration that this worker began last, within a day, and has not finished: when, and where it goes on."""
    found = begun_lately(actor)
    if found is None:
        return {}
    return {"began": moments.moment(found.begun_at, now()), "goes_on": reverse("case", args=[found.code])}


def _page(request: HttpRequest, actor: Actor, operation: str, *, missing: bool = False) -> HttpResponse:
    context = {
        "operation": operation,
        "missing": missing,
        "everything_url": reverse("new_case"),
        **_unfinished(actor),
    }
    return drawn(request, "danger", context, status=400 if missing else 200)
