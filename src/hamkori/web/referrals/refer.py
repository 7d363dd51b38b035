"""Writing a request and sending it: from a case, from a draft, from a request that ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hamkori.access.actor import Actor
from hamkori.action import record_refusal
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.rules.clocks import late
from hamkori.casework.referral.actions import send as actions
from hamkori.casework.referral.actions.disclosure import open_agreed_text
from hamkori.casework.referral.queries import refer as preparing
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.doubt import doubted_asked, doubted_now, to_call_now
from hamkori.casework.referral.queries.origin import case_behind
from hamkori.casework.referral.queries.stopped import stopped
from hamkori.casework.referral.rules.card import URGENT
from hamkori.operations import together
from hamkori.refusal import Invalid, NotNow
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted
from hamkori.web.kit import drafts, moments
from hamkori.web.kit.posting import actor_of, done, read_of, version_of
from hamkori.web.kit.refusals import goes_on, leads_on, unlock_address
from hamkori.web.kit.written import reads
from hamkori.web.referrals import before_choice, differs, empty, gaps, showing, soon, yes_meanwhile
from hamkori.web.referrals.choosing import Screen, Start
from hamkori.web.referrals.forms import ReferForm, asking
from hamkori.web.words import directory
from hamkori.web.words import referral as words
from hamkori.web.words.ways import after_of, after_sending, to_case, to_referral

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

LOST = gettext_lazy("What may be sent has changed while you were writing. Nothing was sent. Look at what is sent now.")
WITHDREW = gettext_lazy("The person withdrew consent while you were writing. Nothing was sent.")
KEPT = gettext_lazy(
    "Recorded: nothing here fits. Only the district, the kind of help and the month are counted, not the case."
)
FIELD_OF_GUARD = {"police_typed": "typed_body", "section_agreed": "sections"}
CHANGED = gettext_lazy(
    "This is sent to another organisation, for another kind of help or purpose now. Look at "
    "what is sent there, then send."
)


@require_http_methods(["GET", "HEAD", "POST"])
@reads(asking)
def refer(request: HttpRequest, code: str) -> HttpResponse:
    """A new request from a case: shown, kept as a draft, or written and sent as one."""
    actor = actor_of(request)
    leads_on(request, code)
    known = preparing.prepared(actor, code)
    extra: dict[str, Any] = {"back": to_case(code), "after": after_of(request)}
    if request.method != "POST" and (instead := before_choice.page(request, actor, known, extra)) is not None:
        return instead
    _open(request, actor)
    screen = Screen(request, actor, known, Start(need=request.GET.get("need", ""), service=_named(request)))
    if _only_looks(request, screen):
        return _shown(request, screen, screen.form(), extra)
    form = screen.form(bound=True)
    sends = request.POST.get("do") == "send"
    if not _complete(screen, form, sends):
        return _shown(request, screen, form, extra, status=400)
    try:
        with together():
            written = actions.write(actor, known.case, **_said(screen, form, sends))
            sent = _send(actor, written, screen, form) if sends else None
    except (NotNow, Invalid) as refusal:
        return _refused(request, screen, form, refusal, extra)
    drafts.saved(request, request.path)
    if sent is None or not extra["after"]:  # "What comes next" says it itself
        _tell(request, screen, sent)
        return done(actor, reverse("referral", args=[written.code]))
    return done(actor, after_sending(code, written.code))


@require_http_methods(["GET", "HEAD", "POST"])
@reads(asking)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """A draft, opened again: changed and kept."""
    return _draft(request, code, sends=False)


@require_http_methods(["GET", "HEAD", "POST"])
@reads(asking)
def send(request: HttpRequest, code: str) -> HttpResponse:
    """A draft, as it stands on the screen, changed and sent as one. By GET there is only the draft."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("referral_edit", args=[code]))
    return _draft(request, code, sends=True)


def _draft(request: HttpRequest, code: str, *, sends: bool) -> HttpResponse:
    actor = actor_of(request)
    referral = queries.referral(actor, code)
    case = case_behind(actor, referral)
    known = preparing.prepared_for(actor, case.pk)
    goes_on(request, reverse("referral", args=[code]))
    if referral.state_code != "draft":
        raise NotNow("from_state", state=words.state(queries.sender_state(referral)))
    _open(request, actor)
    start = Start()
    if request.method != "POST":
        text = open_agreed_text(actor, case, referral=referral.pk)
        start = _start(referral, text)
    start, day_over = _not_over(start, known)
    screen = Screen(request, actor, known, start)
    extra: dict[str, Any] = {
        "draft": referral,
        "day_over": day_over,
        "version": request.POST.get("version", referral.version),
        "back": to_referral(code),
    }
    if _only_looks(request, screen):
        return _shown(request, screen, screen.form(), extra)
    form = screen.form(bound=True)
    if not _complete(screen, form, sends):
        return _shown(request, screen, form, extra, status=400)
    version = version_of(request)
    said = _said(screen, form, sends)
    if request.POST.get("text_choice") == "theirs":
        said["agreed_text"] = open_agreed_text(actor.doing(None), case, referral=referral.pk)
    try:
        with together():
            changed = actions.edit(actor, referral, version=version, **said)
            sent = _send(actor, changed, screen, form) if sends else None
    except NotNow as refusal:
        referral.refresh_from_db()
        if refusal.guard == "version_same" and referral.state_code == "draft":
            return _two_versions(request, screen, form, refusal, extra)
        if refusal.guard == "version_same":
            raise NotNow("from_state", state=words.state(queries.sender_state(referral))) from None
        return _refused(request, screen, form, refusal, extra)
    except Invalid as refusal:
        return _refused(request, screen, form, refusal, extra)
    drafts.saved(request, reverse("referral_edit", args=[code]))
    _tell(request, screen, sent)
    return done(actor, reverse("referral", args=[code]))


@require_http_methods(["GET", "HEAD"])
def again(request: HttpRequest, code: str) -> HttpResponse:
    """Another organisation, after an ending, "did not come", beside what is urgent or late: the same screen and help.

    Nothing is written by looking. The person's own words stand there with where they come from: nobody says them twice.
    """
    actor = actor_of(request)
    referral = queries.referral(actor, code)
    case = case_behind(actor, referral)
    known = preparing.prepared_for(actor, case.pk)
    unanswered = referral.state_code == "sent" and (
        referral.urgency_code == URGENT
        or late(referral.answer_due_at, known.at)
        or doubted_now(referral, doubted_asked)
    )
    stop = stopped(referral) or unanswered or (referral.state_code == "accepted" and to_call_now(referral))
    if not stop and (referral.ended_at is None or referral.state_code == "discarded"):
        raise NotNow("from_state", state=words.state(queries.sender_state(referral)))
    _open(request, actor)
    text = open_agreed_text(actor, case, referral=referral.pk) if "needs" in known.held else ""
    start = _start(referral, "", service=not stop and queries.sender_state(referral) == "recalled")
    start = replace(start, service=_named(request) or start.service, earlier=code, taken=text)
    start, day_over = _not_over(start, known)
    screen = Screen(request, actor, known, start)
    extra = {"back": to_referral(code), "day_over": day_over}
    return _shown(request, screen, screen.form(), extra)


@require_POST
@reads(asking)
def record_gap(request: HttpRequest, code: str) -> HttpResponse:
    """Nothing fits: district, kinds of help and month are kept, and no case."""
    actor = actor_of(request)
    known = preparing.prepared(actor, code)
    screen = Screen(request, actor, known)
    if not screen.district or not screen.codes:
        form = screen.form()
        return _shown(request, screen, form, {"gap_error": _("Choose a district.")})
    cases.record_gap(actor, known.case, service_codes=screen.codes, district=screen.district)
    gaps.remember(request, code)
    before = screen.earlier
    if before and request.POST.get("from") == "referral":
        messages.success(request, KEPT)
        return done(actor, f"{reverse('referral', args=[before.code])}?gap=kept")
    back = reverse("referral_again", args=[before.code]) if before else reverse("case_refer", args=[code])
    return done(actor, f"{back}?gap=kept")


# --- parts of these ------------------------------------------------------------------------------------------


def _open(request: HttpRequest, actor: Actor) -> None:
    """Writing needs the open vault. The passphrase is given before that begins; what was typed is never lost."""
    if request.method != "POST" and not actor.vault_open:
        raise NotNow("vault_open")


def _only_looks(request: HttpRequest, screen: Screen) -> bool:
    """A preview: nothing is asked to be done, or what was seen belongs to another choice, or to another body by now."""
    if screen.moved and screen.chosen is not None and screen.was_shown:
        server.alarm(Untrusted("service", screen.chosen.listing.id))
    if request.method != "POST" or request.headers.get("HX-Request") == "true":
        return True
    sends = request.POST.get("do") in ("send", "draft")
    return not sends or screen.chosen is None or screen.fresh or bool(screen.lost or _unread(screen))


def _unread(screen: Screen) -> str:
    """What is read before this press sends, since nobody has seen it on the page that was pressed."""
    return empty.unread(screen) or yes_meanwhile.said(screen)


def _shown(
    request: HttpRequest,
    screen: Screen,
    form: ReferForm,
    extra: dict[str, Any],
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    typed = request.method == "POST"
    changed = _since(screen) if typed and request.POST.get("do") in ("send", "draft") else ""
    held = yes_meanwhile.held(screen, changed)
    notes = {
        "operation": request.POST.get("operation", ""),
        "known_yes": yes_meanwhile.known(screen),
        "accepted_beside": yes_meanwhile.beside(screen, held),
        "gap_kept": gaps.kept(request, screen.known.case.code),
        "sealed_url": "" if screen.actor.vault_open else unlock_address(request.path),
        "no_service": typed and request.POST.get("do") in ("send", "draft") and screen.chosen is None,
        "changed": "" if held else changed,
        "held_yes": held,
    }
    part = request.headers.get("HX-Request") == "true"
    template = "referrals/refer_form.html" if part else "referrals/refer.html"
    day_now = showing.needed_day(form, screen.known.calendar.day(screen.known.at)) if extra.get("day_over") else ""
    needs = {} if part else before_choice.said_of_needs(screen.known.case, screen.known.at)
    context = {**showing.context(screen, form, refused), **notes, **needs, **extra, "day_now": day_now}
    return render(request, template, context, status=status)


def _since(screen: Screen) -> object:
    """What has changed between the page that was looked at and the press."""
    if screen.fresh:
        return CHANGED
    if not screen.lost:
        return _unread(screen)
    return WITHDREW if screen.known.withdrawn else LOST


def _refused(
    request: HttpRequest, screen: Screen, form: ReferForm, refusal: NotNow | Invalid, extra: dict[str, Any]
) -> HttpResponse:
    """The form again with what was typed; the guard's sentence stands where it can be mended. Nothing was written."""
    record_refusal(screen.actor, refusal)
    if isinstance(refusal, Invalid):
        form.say(refusal)
        return _shown(request, screen, form, extra, status=400)
    sentence = words.said(refusal)
    if refusal.guard == "summary_same":
        screen = replace(screen, known=preparing.prepared_for(screen.actor, screen.known.case.pk))
        return _shown(request, screen, form, {**extra, "changed": sentence}, status=409)
    if refusal.guard == "police_typed" and form["typed_body"].value():
        sentence = _("This is not the name of this police organisation. Type the name that is shown above.")
    name = FIELD_OF_GUARD.get(refusal.guard, "")
    if name in form.fields:
        form.add_error(name, sentence)
        return _shown(request, screen, form, extra, status=409)
    return _shown(request, screen, form, {**extra, "of_guard": refusal.guard}, refused=sentence, status=409)


def _two_versions(
    request: HttpRequest, screen: Screen, form: ReferForm, refusal: NotNow, extra: dict[str, Any]
) -> HttpResponse:
    """Somebody on the team was faster: her own words in both versions; everything else is as typed here."""
    record_refusal(screen.actor, refusal)
    referral = extra["draft"]
    theirs = open_agreed_text(screen.actor.doing(None), screen.known.case, referral=referral.pk)
    mine = form.cleaned_data["agreed_text"]
    both = {
        "legend": form.fields["agreed_text"].label,
        "mine": {"value": mine or _("nothing")},
        "theirs": {"value": theirs or _("nothing"), "who": _("a colleague")},
    }
    more = {**extra, "version": referral.version, "raced": True, "both": both if mine != theirs else None}
    more["differs"] = differs.named(referral, screen, form.cleaned_data)
    return _shown(request, screen, form, more, status=409)


def _complete(screen: Screen, form: ReferForm, sends: bool) -> bool:
    """Whether the form holds what the act needs. Where signs go one by one, the part alone says nothing."""
    if not form.is_valid():
        return False
    by_item = screen.way is not None and screen.way.by_item and "screening" in form.cleaned_data["sections"]
    if sends and not form.cleaned_data.get("another", True):
        return False  # the page says that it was asked, and its button that a second referral is meant
    if sends and by_item and not form.cleaned_data.get("items"):
        form.add_error(
            "items" if "items" in form.fields else "sections",
            _("Choose together with the person which signs are sent."),
        )
        return False
    return not (sends and soon.is_held(screen, form))


def _said(screen: Screen, form: ReferForm, sends: bool) -> dict[str, Any]:
    """What the form says, as the actions take it. The button that sends says that the person was told."""
    assert screen.chosen is not None
    cleaned = form.cleaned_data
    return {
        "service": screen.chosen.listing.id,
        "purpose": cleaned["purpose"],
        "urgency": cleaned["urgency"],
        "sections": cleaned["sections"],
        "needed_from": cleaned["needed_from"],
        "agreed_text": form.words,
        "told_body": sends,
        "shown": screen.chosen.listing.organisation_id,
        "shown_code": screen.chosen.listing.service_code,
    }


def _tell(request: HttpRequest, screen: Screen, sent: Referral | None) -> None:
    """One line: what happened, who knows, what comes next."""
    if sent is None:
        messages.success(request, _("Saved as a draft. Nothing was sent. Send it when the person agrees."))
        return
    assert sent.answer_due_at is not None
    due = moments.moment(sent.answer_due_at, screen.known.at)
    unread = screen.nobody_there and sent.urgency_code == URGENT
    said = (
        _("Sent to %(organisation)s. Nobody there reads it in time.")
        if unread
        else _("Sent to %(organisation)s. If nobody answers by %(due)s, the coordinator is told, and can call them.")
    )
    say = messages.warning if unread else messages.success
    say(request, said % {"organisation": screen.body, "due": due})


def _send(actor: Actor, written: Any, screen: Screen, form: ReferForm) -> Referral:
    """The second act of the same press; its operation follows from the form's, so that both are done once."""
    assert actor.operation is not None
    assert screen.chosen is not None
    cleaned = form.cleaned_data
    return actions.send(
        actor.doing(uuid5(actor.operation, "send")),
        written,
        version=written.version,
        typed_body=cleaned.get("typed_body", ""),
        items=cleaned.get("items", ()),
        shown=screen.chosen.listing.organisation_id,
        shown_code=screen.chosen.listing.service_code,
        read=read_of(screen.request),
    )


def _not_over(start: Start, known: preparing.Prepared) -> tuple[Start, str]:
    """Help is not asked for from a day that is over: from the first day that is usual, and which day it was."""
    today = known.calendar.day(known.at)
    if start.needed_from is None or start.needed_from >= today:
        return start, ""
    return replace(start, needed_from=None), moments.day(start.needed_from, today)


def _named(request: HttpRequest) -> UUID | None:
    """The service that the button named. One that is not offered to this person is passed over (`Screen.chosen`)."""
    try:
        return UUID(request.GET.get("service", ""))
    except ValueError:
        return None


def _start(referral: Any, text: str, *, service: bool = True) -> Start:
    return Start(
        need=directory.group(referral.service_code),
        service=referral.service_id if service else None,
        purpose=referral.purpose_code,
        urgency=referral.urgency_code,
        sections=tuple(referral.sender.sections),
        needed_from=referral.needed_from_on,
        agreed_text=text,
    )
