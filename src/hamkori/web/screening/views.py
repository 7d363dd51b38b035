"""The signs, page by page: start, go on, save, look through, finish, throw away; and what they show in the end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.queries.cases import case as case_of
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.screening.actions import screening as act
from hamkori.casework.screening.actions.screening import Opened
from hamkori.casework.screening.queries.screening import Progress, may_decide, progress
from hamkori.casework.screening.rules.screening import verified
from hamkori.people.queries import names
from hamkori.refusal import NotAllowed, NotNow
from hamkori.vocabulary import screening_sets
from hamkori.web.kit import moments
from hamkori.web.kit.both import MINE, THEIRS, pair
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.kit.refusals import sentence
from hamkori.web.kit.written import gives_back
from hamkori.web.screening import pages, result
from hamkori.web.screening.forms import PageForm, field_name, known_before, merged, read_back, written
from hamkori.web.words import lists
from hamkori.web.words.ways import to_case

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

RESULT = "result"


def _drawn(request: HttpRequest) -> PageForm | None:
    shown = pages.page(request.GET.get("part", ""), _sets_sent(request))
    return None if shown is None else PageForm(shown)


@require_http_methods(["GET", "POST"])
@gives_back(_drawn)
def screening(request: HttpRequest, code: str) -> HttpResponse:
    """Where the signs stand: not begun, on a page, or completed with what they show."""
    actor = actor_of(request)
    found = case_of(actor, code)
    stands = progress(found)
    part = request.GET.get("part", "")
    if request.method == "POST":
        return _post(request, actor, found, part)
    if part == RESULT or not (stands.has_draft and stands.writes):
        return _without_draft(request, actor, found, stands)
    opened = act.open_answers(actor, found, state="draft")
    return _draft_page(request, found, opened, part)


def _post(request: HttpRequest, actor: Actor, found: Case, part: str) -> HttpResponse:
    address = reverse("screening", args=[found.code])
    match request.POST.get("do"):
        case "start":
            act.start(actor, found)
            return done(actor, address)
        case "complete":
            return _complete(request, actor, found)
        case _:
            return _save(request, actor, found, part)


# --- a page of the draft --------------------------------------------------------------------------------------------


def _draft_page(request: HttpRequest, found: Case, opened: Opened, part: str) -> HttpResponse:
    sets = pages.sets_now(found.is_child, opened.answers)
    if part not in pages.codes(sets):
        part = pages.to_resume(sets, opened.saved)
    if part == pages.CHECK:
        return _check_page(request, found, opened)
    shown = pages.page(part, sets)
    assert shown is not None
    given = opened.answers[shown.part]
    form = PageForm(shown, known=known_before(shown, opened))
    form.put_in(given)
    return _form_page(request, found, opened, shown, form, written(given))


def _form_page(
    request: HttpRequest, found: Case, opened: Opened, shown: pages.Page, form: PageForm, was: str
) -> HttpResponse:
    address = reverse("screening", args=[found.code])
    sets = pages.sets_now(found.is_child, opened.answers)
    before, _after = pages.beside(sets, shown.code)
    context = {
        **_head(request, found, sets),
        "heading": pages.label(shown.code),
        "form": form,
        "sets_sent": " ".join(sets),
        "part": shown.code,
        "seal_no": opened.seal_no,
        "was": was,
        "number": pages.codes(sets).index(shown.code) + 1,
        "of": len(pages.codes(sets)),
        "steps": pages.steps(address, sets, opened.saved, shown.code),
        "post_url": f"{address}?part={shown.code}",
        "before_url": f"{address}?part={before}" if before else "",
        "not_safe": shown.code == "danger" and opened.answers["danger"].get("safe_to_talk") == "no",
    }
    return render(request, "screening/page.html", context)


def _head(request: HttpRequest, found: Case, sets: tuple[str, ...]) -> dict[str, Any]:
    """What stands above every page of the signs: neutral title, way back, sets, marks, danger."""
    case_url = reverse("case", args=[found.code])
    return {
        "title": _("Signs"),
        "back": to_case(found.code),
        "in_task": True,
        "case": found,
        "sets": [pages.set_label(code) for code in sets],
        "unverified": any(not verified(code) for code in sets),
        "danger": found.has_danger,
        "case_url": case_url,
        "decide_url": reverse("decide", args=[found.code]),
        "signs_url": reverse("screening", args=[found.code]),
        "discard_url": reverse("screening_discard", args=[found.code]),
        "operation": request.POST.get("operation", ""),
    }


def _save(request: HttpRequest, actor: Actor, found: Case, part: str) -> HttpResponse:
    """Keeps the page. With somebody else's answers there meanwhile: joined, or both shown and a choice."""
    # The questions of a page follow from what was read with it: the sets stand in the form.
    shown = pages.page(part, _sets_sent(request))
    if shown is None:
        raise NotNow("from_state", state=found.state_code)
    seal_no = version_of(request)
    form = PageForm(shown, request.POST)
    if not form.is_valid():
        opened = act.open_answers(actor.doing(None), found, state="draft")
        return _form_page(request, found, opened, shown, form, request.POST.get("was", ""))
    answers = form.answers()
    try:
        kept = act.save(actor, found, seal_no=seal_no, part=shown.part, answers=answers, page=shown.code)
    except NotNow as refusal:
        if refusal.guard != "version_same":
            raise
        return _both(request, actor, found, shown, answers, refusal)
    return _onwards(request, actor, found, shown, tuple(kept.set_codes), answers)


def _sets_sent(request: HttpRequest) -> list[str]:
    return [code for code in request.POST.get("sets", "").split() if code in screening_sets()]


def _onwards(
    request: HttpRequest, actor: Actor, found: Case, shown: pages.Page, sets: tuple[str, ...], answers: dict[str, str]
) -> HttpResponse:
    """After a page was kept: to the next one, or out. Where it is not safe to talk, nothing more is asked."""
    address = reverse("screening", args=[found.code])
    if request.POST.get("go") == "stop":
        messages.success(request, _("Saved as a draft. You can go on with the signs from the case."))
        return done(actor, reverse("case", args=[found.code]))
    if shown.code == "danger" and answers.get("safe_to_talk") == "no":
        return done(actor, f"{address}?part=danger")
    _before, after = pages.beside(sets, shown.code)
    return done(actor, f"{address}?part={after}")


def _both(
    request: HttpRequest, actor: Actor, found: Case, shown: pages.Page, mine: dict[str, str], refusal: NotNow
) -> HttpResponse:
    """Somebody saved meanwhile. What only one of the two changed is joined; for the rest both values stand here."""
    opened = act.open_answers(actor.doing(None), found, state="draft")
    theirs = opened.answers[shown.part]
    answers, both = merged(shown, read_back(request.POST.get("was", "")), mine, theirs)
    chosen = {entry.code: request.POST.get(f"keep_{entry.code}", "") for entry in both}
    for code, whose in chosen.items():
        if whose == THEIRS:
            answers[code] = theirs.get(code, pages.unasked(shown.part))
    if all(whose in (MINE, THEIRS) for whose in chosen.values()) and (
        not chosen or version_asked(request) == opened.seal_no
    ):
        given = {code: answer for code, answer in answers.items() if answer}
        kept = act.save(actor, found, seal_no=opened.seal_no, part=shown.part, answers=given, page=shown.code)
        return _onwards(request, actor, found, shown, tuple(kept.set_codes), given)
    words = _answer_words(shown)
    who = names([opened.written_by]).get(opened.written_by, "")
    context = {
        **_head(request, found, pages.sets_now(found.is_child, opened.answers)),
        "heading": pages.label(shown.code),
        "post_url": f"{reverse('screening', args=[found.code])}?part={shown.code}",
        "pairs": [
            pair(
                entry.code,
                entry.label(lists.language()),
                *(words[given.get(entry.code, pages.unasked(shown.part))] for given in (mine, theirs)),
                who=who,
                when=moments.moment(opened.written_at, now()),
            )
            for entry in both
        ],
        "kept": [(field_name(code), answer) for code, answer in mine.items()],
        "was": request.POST.get("was", ""),
        "seal_no": request.POST.get("version", ""),
        "shown_seal": opened.seal_no,
        "sets_sent": request.POST.get("sets", ""),
        "go": request.POST.get("go", ""),
        "missing": bool(request.POST.get("shown")),
    }
    return render(request, "screening/both.html", context, status=409)


def version_asked(request: HttpRequest) -> int:
    """The seal number under which the two values were shown for choosing; 0 if they were not."""
    text = request.POST.get("shown", "")
    return int(text) if text.isdecimal() and len(text) <= 9 else 0


def _answer_words(shown: pages.Page) -> dict[str, str]:
    return dict([*lists.choices(act.PARTS[shown.part][1]), ("", _("not named"))])


# --- looking through, finishing, throwing away ----------------------------------------------------------------------


def _check_page(request: HttpRequest, found: Case, opened: Opened, refusal: NotNow | None = None) -> HttpResponse:
    sets = pages.sets_now(found.is_child, opened.answers)
    address = reverse("screening", args=[found.code])
    before, _after = pages.beside(sets, pages.CHECK)
    rows = []
    for code in pages.codes(sets)[:-1]:
        shown = pages.page(code, sets)
        assert shown is not None
        rows.append({"label": pages.label(code), "value": _counted(shown, opened), "href": f"{address}?part={code}"})
    context = {
        **_head(request, found, sets),
        "heading": pages.label(pages.CHECK),
        "rows": rows,
        "steps": pages.steps(address, sets, opened.saved, pages.CHECK),
        "seal_no": opened.seal_no,
        "before_url": f"{address}?part={before}",
        "refusal": sentence(refusal) if refusal else "",
        "mend_url": f"{address}?part={'forms' if refusal and refusal.guard == 'sets_by_age' else 'danger'}",
    }
    return render(request, "screening/check.html", context, status=409 if refusal else 200)


def _counted(shown: pages.Page, opened: Opened) -> str:
    """How a page was answered, as one line: "present 2, not known 1, not asked 6"."""
    if shown.code not in opened.saved:
        return ""
    words = _answer_words(shown)
    found = pages.counts(shown, opened.answers)
    return ", ".join(f"{words[code]}: {found[code]}" for code in words if code in found)


def _complete(request: HttpRequest, actor: Actor, found: Case) -> HttpResponse:
    try:
        act.complete(actor, found, seal_no=version_of(request))
    except NotNow as refusal:
        if refusal.guard not in ("danger_answered", "sets_by_age", "version_same"):
            raise
        if refusal.guard == "version_same":
            refusal.values = _by_name(refusal.values)
        opened = act.open_answers(actor.doing(None), found, state="draft")
        return _check_page(request, found, opened, refusal)
    messages.success(request, _("The signs are finished and locked. Next: the worker's decision."))
    return done(actor, reverse("screening", args=[found.code]))


def _by_name(values: dict[str, Any]) -> dict[str, Any]:
    """The guard's values as people read them: a name for the membership, a moment for its text."""
    member = UUID(str(values["who"]))
    return {
        "who": names([member]).get(member) or _("Somebody of the team"),
        "time": datetime.fromisoformat(str(values["time"])),
    }


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Asks once, on a page of its own, and throws the draft away."""
    actor = actor_of(request)
    found = case_of(actor, code)
    stands = progress(found)
    if request.method == "POST":
        act.discard(actor, found)
        messages.success(request, _("The draft was deleted. You can ask about the signs again from the case."))
        return done(actor, reverse("case", args=[found.code]))
    if not stands.writes:
        raise NotAllowed("screening.record")
    if not stands.has_draft:
        raise NotNow("from_state", state=found.state_code)
    context = {
        **_head(request, found, ()),
        "now": now(),
        "draft_at": stands.draft_at,
        "is_completed": stands.is_completed,
    }
    return render(request, "screening/discard.html", context)


# --- not begun, or completed ----------------------------------------------------------------------------------------


def _without_draft(request: HttpRequest, actor: Actor, found: Case, stands: Progress) -> HttpResponse:
    if not stands.is_completed:
        if not stands.writes and Side.SENDER in found.my_sides and found.state_code == "closed":  # type: ignore[attr-defined]
            raise NotNow("case_open")
        context = {**_head(request, found, ()), "stands": stands, "first": pages.FIRST}
        return render(request, "screening/begin.html", context)
    opened = act.open_answers(actor, found, state="completed")
    shown = result.shown(opened, found.is_child)
    context = {
        **_head(request, found, opened.set_codes),
        "now": now(),
        "stands": stands,
        "shown": shown,
        "opened": opened,
        "may_decide": may_decide(actor, found),
        "decision": lists.label("decision", found.decision_code) if found.decided_at else "",
    }
    return render(request, "screening/result.html", context)
