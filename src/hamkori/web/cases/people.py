"""Who can see a case, and why; adding a colleague, taking one off, leaving."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hamkori.access.actor import Actor
from hamkori.access.scope import require
from hamkori.casework.case.actions import team
from hamkori.casework.case.queries import cases
from hamkori.casework.case.queries.team import Colleague, could_join
from hamkori.casework.case.rules.sections import SECTIONS, rights
from hamkori.casework.referral.queries.copies import first_opened, readers
from hamkori.casework.work.queries import case_page
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.operations import first_stands
from hamkori.people.queries import Colleague as Member
from hamkori.refusal import NotNow
from hamkori.web.cases.alarms import absent
from hamkori.web.cases.place import stays_at
from hamkori.web.kit import moments
from hamkori.web.kit.forms import Choices, KitForm
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import lists, sections
from hamkori.web.words.people import function_label, name_or
from hamkori.web.words.ways import to_case

NOT_SENT: Final = gettext_lazy("%(part)s (not sent yet)")
IF_WRITTEN: Final = gettext_lazy("%(part)s (if written before it was sent)")


@require_safe
def who(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody who can see this case now, with the reason; and how we know that it is nobody else."""
    actor = actor_of(request)
    file = case_page.file(actor, code, lists.language())
    require(actor, "case.people", file.case)
    case, standing = file.case, file.standing
    may_release = standing.may("release", case.state_code)
    context = {
        "title": _("Who can see this"),
        "back": to_case(case.code),
        "case": case,
        "people": [
            {
                **_person(one, file),
                "may_release": may_release
                and one.membership_id != actor.membership_id
                and file.may_go(one.membership_id),
            }
            for one in file.people
        ],
        "bodies": _bodies_counted(file, actor.membership_id),
        "stays": there.body if (there := stays_at(file)) is not None else "",
        "absent": absent(file) if may_release and not standing.works and case.state_code == "open" else "",
        "may_admit": standing.may("admit", case.state_code),
        "may_leave": standing.may("leave", case.state_code) and file.may_go(actor.membership_id),
    }
    return render(request, "cases/who.html", context)


def _person(one: Colleague, file: File) -> dict[str, Any]:
    return {
        **_colleague(one),
        "membership": one.membership_id,
        "since": moments.moment(one.since, file.now),
    }


class AdmitForm(KitForm):
    """Which colleague; what they will hold stands under the name."""

    membership = forms.ChoiceField(
        label=gettext_lazy("Which colleague do you add?"),
        error_messages={
            "required": gettext_lazy("Choose a colleague."),
            "invalid_choice": gettext_lazy("This person cannot be added."),
        },
        widget=Choices,
    )

    def __init__(self, *args: Any, members: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hints = {str(one.membership_id): _holds(one) for one in members}
        self.offer("membership", [(str(one.membership_id), one.name) for one in members], hints)


def _holds(one: Member) -> str:
    held = rights((one.function or "hotline_operator",)).sections
    parts = [function_label(one.function), sections.names(section for section in SECTIONS if section in held)]
    return " · ".join(part for part in parts if part)


@require_http_methods(["GET", "POST"])
def admit(request: HttpRequest, code: str) -> HttpResponse:
    """Adds a colleague of the same body who has a key."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "team.admit", case)
    if not cases.standing(case).may("admit", case.state_code):
        raise NotNow("case_open")
    if not actor.vault_open:
        raise NotNow("vault_open")
    members = could_join(actor, case)
    form = AdmitForm(request.POST or None, members=members)
    if request.method == "POST":
        if form.is_valid():
            try:
                team.admit(actor, case, membership=UUID(form.cleaned_data["membership"]))
            except NotNow as refusal:
                if refusal.guard != "may_join":
                    raise
                form.add_error("membership", sentence(refusal))
            else:
                messages.success(request, _("Added to the team. This colleague now finds the case under Cases."))
                return done(actor, reverse("who", args=[case.code]))
        first_stands(actor)
    context = {
        "title": _("Add a colleague"),
        "back": {"url": reverse("who", args=[case.code]), "label": _("Who can see this")},
        "in_task": True,
        "case": case,
        "form": form,
        "members": members,
        "operation": request.POST.get("operation", ""),
    }
    return render(request, "cases/admit.html", context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, code: str) -> HttpResponse:
    """Takes a colleague off: `?whom=`. GET asks, with what follows; POST does it.

    Whoever is not on the team, or was taken off a moment ago, is said so: a second press is no try without a right.
    """
    actor = actor_of(request)
    file = case_page.file(actor, code, lists.language())
    require(actor, "team.remove", file.case)
    whom = _member(request, file)
    if whom is None:
        messages.info(request, _("This colleague is not on the team now."))
        if request.method == "POST" and (asked := _nobody_here(request, actor)) is not None:
            team.release(actor, file.case, membership=asked)
            return done(actor, reverse("who", args=[file.case.code]))
        return redirect("who", code=file.case.code)
    if request.method == "POST":
        team.release(actor, file.case, membership=whom.membership_id)
        messages.success(request, _("Removed from the team. From now on this colleague can open nothing of this case."))
        return done(actor, reverse("who", args=[file.case.code]))
    return _asked(request, file, name_or(whom.name))


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Leaves the team; afterwards the case is not there any more for who left."""
    actor = actor_of(request)
    file = case_page.file(actor, code, lists.language())
    require(actor, "team.leave", file.case)
    if request.method == "POST":
        team.leave(actor, file.case)
        messages.success(request, _("You left the team. The case is no longer in your list. The team goes on."))
        return done(actor, reverse("cases"))
    return _asked(request, file, "")


def _member(request: HttpRequest, file: File) -> Colleague | None:
    asked = request.GET.get("whom", "")
    return next(
        (one for one in file.people if str(one.membership_id) == asked and file.may_go(one.membership_id)), None
    )


def _nobody_here(request: HttpRequest, actor: Actor) -> UUID | None:
    """Who was to be taken off, where the page shows no member of that post: never oneself."""
    with suppress(ValueError):
        asked = UUID(request.GET.get("whom", ""))
        return None if asked == actor.membership_id else asked
    return None


def _asked(request: HttpRequest, file: File, name: str) -> HttpResponse:
    context = {
        "title": _("Remove from the team") if name else _("Leave the team"),
        "back": {"url": reverse("who", args=[file.case.code]), "label": _("Who can see this")},
        "in_task": True,
        "case": file.case,
        "name": name,
    }
    return render(request, "cases/release.html", context)


# --- in words -----------------------------------------------------------------------------------------------------


def seeing(file: File, me: UUID | None) -> list[dict[str, str]]:
    """Rows for `{% who_sees %}`: the team and its supervisor by name, then desks and receivers by body and kind."""
    bodies = [row for one in file.referrals if (row := _body(one, _not_there(file, one, me)))]
    return [*(_colleague(one) for one in file.people), *bodies]


def _not_there(file: File, one: Sent, me: UUID | None) -> dict[str, str]:
    """Parts that may be read there, and what is said of each: that nothing of it lies there; or, of one that the reader
    does not hold, that whether it does depends on what was written, of which the walls say nothing to them.
    """
    mine = next((colleague.sections for colleague in file.people if colleague.membership_id == me), ())
    there = {copy.section for copy in file.copies if copy.referral == one.code}
    return {part: str(NOT_SENT if part in mine else IF_WRITTEN) for part in one.sections if part not in there}


def _bodies_counted(file: File, me: UUID | None) -> list[dict[str, str]]:
    """The same with how many people there can open it, by function, as far as the reader may know; without names."""
    opened = [one.code for one in file.referrals if one.state in ("accepted", "serving") and not one.paused]
    there = readers(opened) if opened else {}
    first = first_opened(opened) if opened else {}
    return [
        {**row, "there": _there(there.get(one.code, {})), "when": _when(one, first.get(one.code), file.now)}
        for one in file.referrals
        if (row := _body(one, _not_there(file, one, me))) is not None
    ]


def _when(one: Sent, opened: datetime | None, now: datetime) -> str:
    """When it was sent there, and when somebody there first opened a part of it."""
    if one.visible_at is None:
        return ""
    when = {"sent": moments.moment(one.visible_at, now)}
    if opened is not None:
        return _("Sent %(sent)s, opened %(opened)s.") % {**when, "opened": moments.moment(opened, now)}
    return _("Sent %(sent)s.") % when


def _there(functions: Mapping[str, int]) -> str:
    number = sum(functions.values())
    if not number:
        return ""
    alone = len(functions) == 1
    who = lists.several(
        function_label(one) if alone else f"{function_label(one)} ({n})" for one, n in functions.items()
    )
    said = {"n": number, "functions": who}
    return (
        ngettext(
            "%(n)d person there can open it: %(functions)s.", "%(n)d people there can open it: %(functions)s.", number
        )
        % said
    )


def _colleague(one: Colleague) -> dict[str, str]:
    """Somebody of the team, or its supervisor."""
    what = lists.label("role", "supervisor") if one.kind == "supervisor" else function_label(one.function)
    why = {
        "lead": _("lead worker of the case"),
        "member": _("on the team"),
        "supervisor": _("supervises the lead worker"),
    }[one.kind]
    return {"name": name_or(one.name), "what": what, "why": f"{why}\N{NO-BREAK SPACE}· {_opens(one)}"}


def _opens(one: Colleague) -> str:
    """What somebody can open, in the shorter way: all, all but few, or few. Names of parts have commas inside."""
    held, missing = [[part for part in SECTIONS if (part in one.sections) is holds] for holds in (True, False)]
    if not held:
        return _("only what is not locked")
    few = missing if len(missing) < len(held) else held
    named = ", ".join(_("“%(part)s”") % {"part": sections.name(part)} for part in few)
    if few is held:
        return named
    return _("can open all parts but %(parts)s") % {"parts": named} if missing else _("can open all parts")


def _body(one: Sent, missing: Mapping[str, str]) -> dict[str, str] | None:
    """A body that has something of hers now; after an ending nobody there has."""
    why = _why(one, missing)
    return {"name": one.body, "what": lists.label("organisation_kind", one.body_kind), "why": why} if why else None


def _why(one: Sent, missing: Mapping[str, str]) -> str:
    """What they have, in a line. What she wants them to know is read by everybody who is named there."""
    if one.state == "sent":
        if one.says_yes and one.hour_written:
            return _("referral waits · the summary, and what was agreed by telephone: the hour, and where to meet")
        return _("referral waits · only the summary, until they answer")
    if one.paused:
        return _("paused: nothing can be opened")
    if one.state not in ("accepted", "serving"):
        return ""
    named = lists.several(
        missing[part] % {"part": name} if part in missing else name
        for part in one.sections
        if (name := sections.names([part]))
    )
    shared = _("The person's own words; %(sections)s") % {"sections": named} if named else _("The person's own words")
    if one.state == "serving":
        return _("help continues · %(sections)s") % {"sections": shared}
    return _("referral accepted · %(sections)s") % {"sections": shared}
