"""Asking her, and what she said so far. Before a "no" ends something that runs, it is shown; then it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.audit.ledger import looked
from hamkori.casework.case.queries.cases import case as case_of
from hamkori.casework.case.queries.cases import standing
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.actions import consent as act
from hamkori.casework.consent.queries import age
from hamkori.casework.consent.queries.consent import Asked, after_asking, asked
from hamkori.casework.consent.queries.unheard import brought, ended_unheard
from hamkori.casework.consent.texts import day_of
from hamkori.casework.referral.queries.effects import Effect, is_being_closed, running
from hamkori.casework.referral.queries.refer import empty_in
from hamkori.casework.work.queries.other_age import is_plainly_grown
from hamkori.operations import together
from hamkori.people.queries import BodyCard, organisations
from hamkori.refusal import Invalid, NotNow
from hamkori.web.consent import about_child, doubted, said, until, words
from hamkori.web.consent import ending as after
from hamkori.web.consent.asked_first import MEANWHILE, how_it_came, is_of_an_older, says_so
from hamkori.web.consent.forms import AskForm, as_ids, asked_anew, asked_as_adult
from hamkori.web.consent.rows import NOT_ASKED, stands_as
from hamkori.web.consent.showing import (
    ends_earlier,
    histories,
    how_no,
    interpreted,
    mark_empty,
    questions,
    readings,
    state,
)
from hamkori.web.consent.unread import AWAY, NOTHING, ends, not_read, unless_unread
from hamkori.web.kit import moments
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.kit.refusals import leads_on
from hamkori.web.kit.remembered import speaker
from hamkori.web.kit.written import reads
from hamkori.web.words import child_heard, consented, coordinator, corrected, excluded, lists, place
from hamkori.web.words.referral import being_closed
from hamkori.web.words.ways import to_case

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.models import Consent

WRITABLE = ("draft", "open", "closed")
THEN_REFER, THEN_DOCTOR = "refer", "doctor"
"""Where the way goes on from the answers."""


@require_http_methods(["GET", "POST"])
@reads(said.asking)
def consent(request: HttpRequest, code: str) -> HttpResponse:
    """The page of her answers; the team asks, the supervisor reads."""
    actor = actor_of(request)
    found = case_of(actor, code)
    at, works = now(), standing(found).works
    leads_on(request, code if works else "")
    if request.method == "GET":
        looked("case.view", found.pk)
        former, known = asked(found, at), organisations()
    else:
        none = list[BodyCard]()
        former, known = unless_unread(lambda: (asked(found, at), organisations()), (NOTHING, none), (AWAY, none))
    if former is NOTHING or former is AWAY:
        return _unread(request, found, former, at)
    bodies = {body.id: body.name(lists.language()) for body in known}
    if not works:
        if request.method == "POST":
            act.record(actor, found, answers=(), asking=act.Asking())  # the policy says no, and the ledger keeps it
        return _read_only(request, found, former, bodies, at)
    listed = sorted(((body.id, bodies[body.id]) for body in known if _receives(body, actor)), key=itemgetter(1))
    today, language = timezone.localdate(at), found.language_code
    drawn = partial(AskForm, child=former.child, today=today, bodies=listed, language=language)
    form = drawn(request.POST if request.method == "POST" else None, former=former)
    form.initial["speaker"] = speaker.of(request, code)
    if request.method == "POST" and _is_of_a_child_no_more(found, form):
        form = drawn(asked_as_adult(request.POST, form), former=former)
        form.errors.clear()
        form.refused(NotNow("age_since"))
        return _page(request, found, form, bodies, at, status=409)
    if request.method == "GET" or "again" in request.POST:
        if request.method == "POST":
            form.errors.clear()
        return _page(request, found, form, bodies, at)
    if not form.is_valid():
        return _page(request, found, form, bodies, at, status=400)
    return _save(request, found, form, drawn, bodies, at)


def _is_of_a_child_no_more(found: Case, form: AskForm) -> bool:
    """Whether a child's page was sent for whom is known to be an adult. A no alone is taken as it is."""
    no_alone = form.is_valid() and not form.gives
    return form.drawn_for_child and not no_alone and age.is_an_adult(found)


def _save(
    request: HttpRequest,
    found: Case,
    form: AskForm,
    drawn: Callable[..., AskForm],
    bodies: dict[UUID, str],
    at: datetime,
) -> HttpResponse:
    """What a valid form says is shown with what it ends, and then written down, or asked again."""
    actor, former = actor_of(request), form.former
    if is_of_an_older(request, former):
        messages.warning(request, MEANWHILE)
        return done(actor, reverse("consent", args=[found.code]))
    then = (former.excluded - form.again()) | form.without()
    ending = ends(found, former, after_asking(former, form.said()), then)
    shorter = until.shortened(former, form.said(), form.until(), timezone.localdate(at))
    if (ending != () or shorter) and "seen" not in request.POST and not form.is_late:
        return show_effects(request, found, ending, bodies, shorter=shorter)
    since = None
    try:
        with together():
            version = _record(actor, found, form)
            about_child.asked_now(actor, found, form.said())
    except NotNow as refusal:
        if refusal.guard == "version_same":
            since, stands = form.seen(), asked(found, at)
            form = drawn(asked_anew(request.POST, form, stands), former=stands)
        elif not form.refused(refusal):
            raise
        return _page(request, found, form, bodies, at, since=since, holds=refusal.holds, status=409)
    except Invalid as refusal:
        for text in refusal.errors.values():
            form.add_error(None, text)
        return _page(request, found, form, bodies, at, status=400)
    say_what_is_being_closed(request, found)
    speaker.remember(request, found.code, "")
    told = corrected.since(found, version.at)
    messages.success(request, " ".join(filter(None, (after.saved(found, form, version, bodies), told))))
    for sentence in after.shut_out(found, former, form.said(), bodies):
        asks = format_html('<a href="{}">{}</a>', reverse("consent", args=[found.code]), _("Ask now"))
        messages.warning(request, format_html("{} {}", sentence, asks))
    if sentence := after.needs_police(former, form.said()):
        messages.warning(request, sentence)
    return done(actor, _onward(request, found, form))


def _onward(request: HttpRequest, found: Case, form: AskForm) -> str:
    """To the answers on paper, on to the referral for which the person was asked, or back to the case.

    Of a doctor only where the person said yes: after a no nobody is asked.
    """
    if "print" in request.POST:
        paper = {"in": form.cleaned_data.get("language") or found.language_code, "now": "1"}
        return f"{reverse('consent_print', args=[found.code])}?{urlencode(paper)}"
    then = request.POST.get("then")
    if then == THEN_DOCTOR and any((one.kind, one.purpose) == place.DOCTOR and one.agrees for one in form.said()):
        return place.doctors_at(found.code)
    if any(one.agrees for one in form.said()) and (chosen := place.chosen_at(found.code, then or "")):
        return chosen
    return reverse("case_refer" if then == THEN_REFER else "case", args=[found.code])


def _leads(found: Case, then: str) -> bool:
    """Whether that names where the way goes on; a browser may write there what it likes."""
    return then in (THEN_REFER, THEN_DOCTOR) or bool(place.chosen_at(found.code, then))


def _unread(request: HttpRequest, found: Case, former: Asked, at: datetime) -> HttpResponse:
    """Nobody can read what she said before. What takes away needs none of it; Untrusted: what gives, if spoilt."""
    actor = actor_of(request)
    drawn = [(body, "") for body in as_ids(request.POST.getlist("stood"))]
    form = AskForm(request.POST, former=former, child=False, today=timezone.localdate(at), bodies=drawn)
    if "again" in request.POST or not form.is_valid():
        raise not_read(found, former)
    spoilt = former is NOTHING
    if "seen" not in request.POST and not (spoilt and form.gives):  # which is refused, and ends nothing
        return show_effects(request, found, None, {})
    _record(actor, found, form, unread=spoilt)
    messages.success(request, after.saved_unread(form))
    return done(actor, reverse("case", args=[found.code]))


def _record(actor: Actor, found: Case, form: AskForm, *, unread: bool = False) -> Consent:
    answers, asking, seen = form.answers(), form.asking(), form.seen()
    bodies = {"excluded": form.without(), "wanted_again": form.again()}
    return act.record(actor, found, answers=answers, asking=asking, **bodies, seen=seen, unread=unread)


def _receives(body: BodyCard, actor: Actor) -> bool:
    """A body to which something could be sent: not one that oversees, not one's own."""
    return body.compartment != "oversight" and body.id != actor.organisation_id


def say_what_is_being_closed(request: HttpRequest, found: Case) -> None:
    """Her word stands; a request that somebody holds just then is closed by the clock."""
    if is_being_closed(found):
        messages.info(request, being_closed())


def show_effects(
    request: HttpRequest,
    found: Case,
    ending: tuple[Effect, ...] | None,
    bodies: Mapping[UUID, str],
    *,
    shorter: Sequence[str] = (),
) -> HttpResponse:
    """Nothing is written yet: what this answer ends, and all that was typed, carried on. None: nobody can read it.

    `shorter`: what ends earlier than it would have.
    """
    unseen = {"csrfmiddlewaretoken", "operation", "seen", "again"}
    context = {
        **head(request, found),
        "title": _("What ends"),
        "effects": after.rows(ending, bodies, now()) if ending else [],
        "shorter": shorter,
        "unread": ending is None,
        "kept": [(name, value) for name, values in request.POST.lists() if name not in unseen for value in values],
    }
    return render(request, "consent/ends.html", context)


def head(request: HttpRequest, found: Case) -> dict[str, Any]:
    """What every page of consent has: neutral title, way back, the case."""
    return {
        "title": _("Consent"),
        "back": to_case(found.code),
        "in_task": True,
        "case": found,
        "consent_url": reverse("consent", args=[found.code]),
        "withdraw_url": reverse("consent_withdraw", args=[found.code]),
        "print_url": reverse("consent_print", args=[found.code]),
        "text_day": day_of(act.TEXT_VERSION),
        "operation": request.POST.get("operation", ""),
    }


def _page(
    request: HttpRequest,
    found: Case,
    form: AskForm,
    bodies: dict[UUID, str],
    at: datetime,
    *,
    since: int | None = None,
    holds: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The form. `since`: another word was recorded after that one; it is shown, and she is asked again.

    `holds`: what she says no to in it does so already.
    """
    former = form.former
    open_now = running(found) if former.newest else ()
    asked_for = (request.GET.get("then"), request.POST.get("then"))
    mark_empty(form, empty_in(found, SECTIONS))
    meanwhile = [] if since is None else histories(former, bodies, since)[:1]
    context = {
        **head(request, found),
        "now": at,
        "meanwhile": meanwhile,
        "holds": holds,
        "unsaved": since is not None and not meanwhile and not holds,
        "unknown": any(str(body) in form.listed for body in former.unknown),
        "form": form,
        "child": form.child,
        "age_changed": ends_earlier(former),
        "told_of_child": found.told_child_protection_at is not None,
        **questions(form, open_now, bodies, at, closed=found.state_code == "closed", doctor=found.doctor_code),
        "how_no": how_no(form),
        "readings": readings(form, grown=is_plainly_grown(found)),
        **interpreted(form),
        "other_day": bool(form["until"].value() or form["until"].errors),
        "sub": _sub(former, at),
        "speaks": [form[name] for name in ("speaker", "suspected") if name in form.fields],
        "about_child": [form[name] for name in ("child_answer", "child_reason") if name in form.fields],
        "alone_url": f"{reverse('first_step', args=[found.code])}?step=alone" if found.state_code != "closed" else "",
        "brought": "" if any(one.speaker for one in former.versions) else about_child.BROUGHT,
        **_child_heard(actor_of(request), found, former),
        "excluded_open": "without" in request.GET
        or bool(former.excluded or form["excluded"].value() or form["excluded"].errors),
        "number": former.number + 1,
        "unlisted": form.unlisted,
        "history": histories(former, bodies),
        "agreed": former.unwritten or any(row.agrees or (row.waits and open_now) for row in former.rows.values()),
        "doubted": doubted.again(former),
        "tells": corrected.with_a_yes(found) if open_now else "",
        "unheard": consented.rows(key for key in former.rows if key in former.unheard_rows),
        "ended_unheard": [lists.label("service", one) for one in ended_unheard(found.pk)],
        "shut_unheard": _shut_unheard(found, former, bodies),
        "says_so": says_so(former, reverse("consent_withdraw", args=[found.code]), child=form.child),
        "how_it_came": how_it_came(former),
        "opened_again": former.is_opened_again or any(row.waits for row in former.rows.values()),
        "ask_coordinator": coordinator.reached(),
        "then": next((one for one in asked_for if one and _leads(found, one)), ""),
    }
    return render(request, "consent/page.html", context, status=status)


def _shut_unheard(found: Case, former: Asked, bodies: dict[UUID, str]) -> str:
    """Who must get nothing because somebody else said so, until the person was asked."""
    out = brought(found.pk).shut_out if former.excluded else ()
    return excluded.names(sorted(bodies.get(one, "") for one in out)) if out else ""


def _child_heard(actor: Actor, found: Case, former: Asked) -> dict[str, Any]:
    """Where it goes on with what a child answered while no adult could be asked."""
    kept = child_heard.heard(actor, found, former.last_said) if found.state_code != "closed" else None
    return {"child_heard": kept.when, "heard_url": child_heard.goes_on(found, kept.read)} if kept is not None else {}


def _sub(former: Asked, at: datetime) -> str:
    """When the person was asked last, and what an answer of that day means here."""
    if former.said_at is None:
        return _("Help does not depend on any answer. Where nothing is asked, nothing is shared.")
    day = moments.full_day(timezone.localdate(former.said_at), timezone.localdate(at))
    if ends_earlier(former) or all(stands_as(former, key) == NOT_ASKED for key in former.rows):
        # each one is asked again: so the page says below, or none is valid
        if former.withdrew_last:
            return _("Changed on %(day)s. What is not asked is not shared.") % {"day": day}
        return _("Last asked on %(day)s. What is not asked is not shared.") % {"day": day}
    if former.withdrew_last:
        return _(
            "Changed on %(day)s. Valid answers are chosen already: change only what the person changes. What is not"
            " asked is not shared."
        ) % {"day": day}
    return _(
        "Last asked on %(day)s. Valid answers are chosen already: change only what the person changes. What is not"
        " asked is not shared."
    ) % {"day": day}


def _read_only(request: HttpRequest, found: Case, former: Asked, bodies: dict[UUID, str], at: datetime) -> HttpResponse:
    """For a supervisor: her answers as they stand, and the versions."""
    context = {
        **head(request, found),
        "now": at,
        "rows": [(words.row(key), state(former, key)) for keys in words.GROUPS.values() for key in keys],
        "history": histories(former, bodies),
        "doubted": doubted.again(former),
    }
    return render(request, "consent/read.html", context)
