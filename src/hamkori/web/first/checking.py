"""Step 6: look at what they will see, tell the person, send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.action import record_refusal
from hamkori.casework.case.actions.case import edit as edit_case
from hamkori.casework.case.rules.sheets import LONGEST
from hamkori.casework.referral.actions import send as actions
from hamkori.casework.referral.actions.disclosure import open_agreed_text
from hamkori.casework.referral.queries import refer as preparing
from hamkori.casework.referral.rules import how_soon
from hamkori.operations import first_stands, together
from hamkori.refusal import Invalid, NotNow
from hamkori.web.first import sent
from hamkori.web.first.choosing import Choosing
from hamkori.web.first.frame import address, drawn, names
from hamkori.web.kit import drafts
from hamkori.web.kit.forms import KitForm, LongText, TextField, Ticks
from hamkori.web.kit.posting import done, read_of, version_of
from hamkori.web.kit.refusals import goes_on
from hamkori.web.kit.remembered import left_empty
from hamkori.web.referrals import empty as empties
from hamkori.web.referrals import showing
from hamkori.web.referrals.choosing import Start
from hamkori.web.words import directory, lists, sections, spoken
from hamkori.web.words import referral as words

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import Referral

TAKEN_OVER = (
    "empty_parts", "blocks", "may_send", "leaving", "closed_there", "say_in", "way_there",
    "risk_doubt", "risk_url", "already", "unnamed_url",
)  # fmt: skip
"""What the page that asks another organisation says in the same words."""


@dataclass(frozen=True)
class Since:
    """Parts that a page of this draft called empty, agreed to, and written since: `goes` with it of itself, `asks` to
    be ticked, since it does not, or the draft was changed meanwhile and it may have been left out on purpose.
    """

    goes: Sequence[str] = ()
    asks: Sequence[str] = ()


class TellForm(KitForm):
    """The person's own words, where there are any, and what is ticked of what was written since."""

    sensitive = ("agreed_text",)

    agreed_text = TextField(
        label=gettext_lazy("What the person wants them to know"),
        help_text=gettext_lazy("Locked; read by those who will meet the person. No name, no address."),
        widget=LongText(rows=3),
        required=False,
        max_length=LONGEST,
    )
    also = forms.MultipleChoiceField(
        label=gettext_lazy("Written since, not sent. Tick it to send it too."), widget=Ticks, required=False
    )

    def __init__(self, *args: Any, asks: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks = [*asks]
        self.offer("also", [(part, sections.name(part)) for part in self.asks])
        if not self.asks:
            del self.fields["also"]


def check(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The step. Sent already: what comes next."""
    draft = sent.of_address(request, actor, case)
    if draft.state_code != "draft":
        first_stands(actor)
        onward = address(case.code, "sent", of=draft.code)
        _not_sent(request, actor, case, draft, onward)
        return HttpResponseRedirect(onward)
    since = _since(request, actor, case, draft)
    form = TellForm(request.POST or None, initial=None, asks=since.asks)
    refused, changed = "", _unread(request, draft, since)
    if request.method == "POST" and form.is_valid() and not changed:
        try:
            if request.POST.get("do") == "language":
                return _language(request, actor, case, draft, form.cleaned_data["agreed_text"])
            return _send(request, actor, case, draft, form.cleaned_data, since.goes)
        except Invalid as refusal:
            form.say(refusal)
        except NotNow as refusal:
            record_refusal(actor, refusal)
            said = words.said(refusal)
            refused, changed = ("", said) if refusal.guard == "summary_same" else (said, "")
            draft.refresh_from_db()
            if refusal.guard == "version_same" and not form.cleaned_data["agreed_text"]:
                form = _with_theirs(request, actor, case, draft, since)
    if request.method != "POST":
        text = open_agreed_text(actor, case, referral=draft.pk)
        form = TellForm(initial={"agreed_text": text}, asks=since.asks)
    first_stands(actor)
    return _page(request, actor, case, draft, form, refused, changed)


def _with_theirs(request: HttpRequest, actor: Actor, case: Case, draft: Referral, since: Since) -> TellForm:
    """The form as it came, with the person's words that another window wrote meanwhile: here nobody typed any."""
    typed = request.POST.copy()
    typed["agreed_text"] = open_agreed_text(actor.doing(None), case, referral=draft.pk)
    return TellForm(typed, asks=since.asks)


def _not_sent(request: HttpRequest, actor: Actor, case: Case, draft: Referral, onward: str) -> None:
    """NotNow with what was written, where another window sent another text: nobody takes this one for sent."""
    form = TellForm(request.POST or None)
    if request.method != "POST" or (form.is_valid() and not form.cleaned_data["agreed_text"]):
        return
    goes_on(request, onward)
    if not form.is_valid() or form.cleaned_data["agreed_text"] != open_agreed_text(
        actor.doing(None), case, referral=draft.pk
    ):
        raise NotNow("sent_once")


def _unread(request: HttpRequest, draft: Referral, since: Since) -> str:
    """Of a press that sends: what was written in parts that the page called empty. It was not read so far."""
    if request.POST.get("do") != "send" or request.POST.get("to") != _to(draft):
        return ""
    new = [{*parts} - {*request.POST.getlist(name)} for name, parts in (("gained", since.goes), ("asks", since.asks))]
    return empties.said(*new)


def _since(request: HttpRequest, actor: Actor, case: Case, draft: Referral) -> Since:
    """What was written since this draft was looked at."""
    mark, now_empty, before = _left_empty(request, case.code)
    if mark.partition(".")[0] != draft.code:
        return Since()
    way = _screen(request, actor, case, draft).way
    offered = way.offered if way else {}
    same = {*now_empty} if mark == _as_looked_at(draft) else set()
    since = [part for part in offered if part in {*now_empty, *before} and part not in draft.sender.sections]
    goes = [part for part in since if offered[part] and part in same]
    return Since(goes, [part for part in since if part not in goes])


def _as_looked_at(draft: Referral) -> str:
    """Its number and version: once parts may have been left out on purpose, nothing goes with it by itself."""
    return f"{draft.code}.{draft.version}"


def _left_empty(request: HttpRequest, code: str) -> tuple[str, list[str], list[str]]:
    """Of which draft, what was shown as empty of it, and what of the same draft before it was changed."""
    mark, now_empty, before = f"{left_empty.of(request, code)}::".split(":")[:3]
    return mark, [*filter(None, now_empty.split(","))], [*filter(None, before.split(","))]


def _remember_empty(request: HttpRequest, draft: Referral, code: str, parts: list[str]) -> None:
    """What is shown as empty now, and what was before."""
    mark, now_empty, before = _left_empty(request, code)
    if mark.partition(".")[0] != draft.code:
        now_empty = before = []
    elif mark != _as_looked_at(draft):
        now_empty, before = [], [*before, *now_empty]
    kept = [",".join(sorted({*some})) for some in ([*now_empty, *parts], before)]
    said = ":".join([_as_looked_at(draft), *kept]) if any(kept) else ""
    if said != left_empty.of(request, code):
        left_empty.remember(request, code, said)


def _screen(request: HttpRequest, actor: Actor, case: Case, draft: Referral, more: Iterable[str] = ()) -> Choosing:
    start = Start(
        need=directory.group(draft.service_code),
        service=draft.service_id,
        purpose=draft.purpose_code,
        urgency=draft.urgency_code,
        sections=(*draft.sender.sections, *more),
        needed_from=_from(draft),
    )
    return Choosing(request, actor, preparing.prepared_for(actor, case.pk), start)


def _from(draft: Referral) -> date:
    """From when help is asked for: never from a day that is over."""
    today = timezone.localdate(now())
    return max(draft.needed_from_on or today, today)


def _as_it_is(draft: Referral) -> dict[str, Any]:
    """The draft as it stands, for an action that changes one thing in it."""
    return {
        "service": draft.service_id,
        "purpose": draft.purpose_code,
        "urgency": draft.urgency_code,
        "sections": draft.sender.sections,
        "needed_from": _from(draft),
        **_shown(draft),
    }


def _shown(draft: Referral) -> dict[str, Any]:
    return {"shown": draft.to_organisation_id, "shown_code": draft.service_code}


def lies_in(case: Case, draft: Referral, part: str) -> bool:
    """Whether a part goes with the draft if anything stands in it: one that was empty then was not ticked."""
    return part in draft.sender.sections or part in preparing.empty_in(case, [part])


def correct(actor: Actor, case: Case, draft: Referral, urgency: str) -> None:
    """Says anew how soon. What was written in the draft stays."""
    text = open_agreed_text(actor.doing(None), case, referral=draft.pk)
    changed = {**_as_it_is(draft), "urgency": urgency, "agreed_text": text}
    actions.edit(actor.doing(None), draft, version=draft.version, **changed)


def _language(request: HttpRequest, actor: Actor, case: Case, draft: Referral, text: str) -> HttpResponse:
    """The language in which consent was read to the person is theirs, said with one press; what was typed is kept."""
    read_in = preparing.prepared_for(actor, case.pk).asked_in
    if request.POST.get("to") != _to(draft) or not read_in:
        raise NotNow("version_same")
    if case.language_code not in ("unknown", read_in):
        raise NotNow("version_same")  # a colleague knew it meanwhile
    with together():
        edit_case(actor, case, version=case.version, codes={"language_code": read_in})
        again = actor.doing(None)
        actions.edit(again, draft, version=version_of(request), agreed_text=text, **_as_it_is(draft))
    drafts.saved(request)
    messages.success(request, _("Recorded: %(language)s.") % {"language": lists.label("language", read_in)})
    return done(actor, address(case.code, "check", of=draft.code))


def _to(draft: Referral) -> str:
    return f"{draft.to_organisation_id}:{draft.service_code}"


def _send(
    request: HttpRequest, actor: Actor, case: Case, draft: Referral, said: Mapping[str, Any], goes_too: Sequence[str]
) -> HttpResponse:
    """Kept with what was written, and sent, as one press: the button says that the person was told."""
    sends, shown = request.POST.get("do") == "send", _shown(draft)
    goes = {**_as_it_is(draft), "sections": [*draft.sender.sections, *goes_too, *said.get("also", ())]}
    if request.POST.get("to") != _to(draft):
        raise NotNow("version_same")
    with together():
        kept = actions.edit(
            actor, draft, version=version_of(request), agreed_text=said["agreed_text"], told_body=sends, **goes
        )
        if sends:
            assert actor.operation is not None
            actions.send(
                actor.doing(uuid5(actor.operation, "send")), kept, version=kept.version, read=read_of(request), **shown
            )
    drafts.saved(request)
    if not sends:
        return done(actor, reverse("referral", args=[draft.code]))
    return done(actor, address(case.code, "sent", of=draft.code))


def _say(known: preparing.Prepared, draft: Referral) -> list[spoken.Spoken]:
    police = draft.recipient_kind_code == "police"
    return showing.say(known, lambda: sent.words_of(draft), draft.service_code, police=police)


SOON = "soon"
"""Of what they see: how soon and from when, where that was not said in the step of what is needed."""


def _card_parts(rows: list[tuple[str, object]], urls: Mapping[str, str]) -> list[dict[str, Any]]:
    """What they see, by the step in which it was said, each with the way back there. `urls`: by the step's name."""
    of = {
        **dict.fromkeys((_("Kind of help"), _("From")), "service"),
        **dict.fromkeys((_("Person"), _("Region"), _("Languages")), "who"),
    }
    if SOON in urls:
        of |= dict.fromkeys((_("Needed from"), _("Answer wanted"), _("Answer by")), SOON)
    known = {**names(), SOON: _("How soon")}
    return [
        {"name": known[step], "url": url, "rows": [row for row in rows if of.get(row[0], "need") == step]}
        for step, url in urls.items()
    ]


def _page(
    request: HttpRequest, actor: Actor, case: Case, draft: Referral, form: TellForm, refused: str, changed: str
) -> HttpResponse:
    gained = _since(request, actor.doing(None), case, draft).goes
    ticked = [part for part in request.POST.getlist("also") if part in form.asks]
    screen = _screen(request, actor, case, draft, [*gained, *ticked])
    known = screen.known
    case = known.case  # as it is now: a press may have been refused because it has changed
    written = bool(form["agreed_text"].value())
    shown = showing.context(screen, screen.form(), refused)
    lacks = [part for part, why in screen.way.withheld.items() if why == "empty"] if screen.way else []
    _remember_empty(request, draft, case.code, lacks)
    needs = case.need_tonight_codes
    needed = how_soon.of_needs(draft.service_code, needs, draft.urgency_code)
    urls = {"service": address(case.code, "service", urgency=needed, of=draft.code)}
    if how_soon.apart(draft.service_code, needs):
        urls[SOON] = reverse("referral_edit", args=[draft.code])
    urls["need"] = address(case.code, "need", of=draft.code)
    urls["who"] = address(case.code, "who", of=draft.code)
    more = {
        **{name: shown[name] for name in TAKEN_OVER},
        "card_parts": _card_parts(shown["card_rows"], urls),
        "form": form,
        "to_body": screen.body,
        "later_text": showing.later_text(screen, screen.way, written=written, lacks=shown) if screen.way else [],
        "as_begun": shown.get("as_begun", ()),
        "unreached": shown.get("unreached"),
        "goes": True,
        "say_in": shown["say_in"] if screen.body else _say(known, draft),
        "draft": draft,
        "gained": gained,
        "unspoken": lists.label("language", known.asked_in) if case.language_code == "unknown" else "",
        "who_url": urls["who"],
        "to": _to(draft),
        "summary": shown["summary"],
        "changed": changed,
        "service_url": urls["service"],
        "back": {"url": urls["service"], "label": _("The step before")},
        "consent_url": address(case.code, "consent", of=draft.code),
        "edit_url": reverse("referral_edit", args=[draft.code]),
        "words_open": written or bool(form.errors),
    }
    return drawn(request, "check", more, case=case, status=409 if refused or changed else 400 if form.errors else 200)
