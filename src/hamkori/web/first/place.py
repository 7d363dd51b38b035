"""The buttons of a case about a place for tonight: one was found, and whose; the person got there; there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.context import now
from hamkori.access.scope import require
from hamkori.casework.case.actions import place as act
from hamkori.casework.case.queries import cases
from hamkori.casework.case.queries.place_said import (
    is_there_after_all,
    last_found,
    last_said,
    recorded_at,
    to_put_back,
)
from hamkori.casework.case.queries.place_told import NOT_WANTED, asked_now, named
from hamkori.casework.case.queries.shown import Shown
from hamkori.casework.case.rules.lifecycle import (
    DID_NOT_GET_THERE,
    GOES_ELSEWHERE,
    IS_SAFE,
    NOBODY_COMES,
    STAYS,
    THEY_SAID_NO,
    WITH_US,
)
from hamkori.casework.case.rules.still_there import AGAIN
from hamkori.casework.consent.queries.agreed import agreed
from hamkori.casework.referral.actions import confirm as confirming
from hamkori.casework.referral.queries.referrals import body_name, referral
from hamkori.casework.work.queries.looked_for import looked_now
from hamkori.casework.work.queries.no_place import (
    BY_TELEPHONE,
    given_to,
    left_now,
    needs_with,
    needs_without,
    was_there,
)
from hamkori.casework.work.queries.place_asked import expecting_at, waiting_at
from hamkori.casework.work.queries.told_not_to_go import told_not_to_go
from hamkori.people.queries import organisations
from hamkori.refusal import NotNow
from hamkori.web.first.said import place_found, place_needed
from hamkori.web.first.still_asked import still_asked
from hamkori.web.first.which import Unread, chosen
from hamkori.web.kit import moments
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.words import desk_phone, lists, missing, place_told, red, sections
from hamkori.web.words.calls import SAVED, read_of
from hamkori.web.words.case import no_to_all
from hamkori.web.words.whereabouts import led_back, meanwhile

if TYPE_CHECKING:
    from uuid import UUID

    from hamkori.access.actor import Actor
    from hamkori.casework.case.models import Case
    from hamkori.casework.case.queries.place_told import PlaceTold
    from hamkori.casework.referral.models import Referral
    from hamkori.casework.work.queries.looked_for import Here, Looked


@require_POST
def found(request: HttpRequest, code: str) -> HttpResponse:
    """What is needed tonight, without the place: somebody has one, and whose it is. The part says so too."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    codes, said = {"need_tonight_codes": needs_without(case.need_tonight_codes)}, request.POST.get("whose", "")
    if (asked_again := _asked_again(request, case, "place_found", said)) is not None:
        return asked_again
    undone = to_put_back(case) if request.POST.get("put_back") else None
    if request.POST.get("put_back") and undone is None:
        raise NotNow("place_asked")  # whoever was told that nobody comes is asked anew
    try:
        by = _whose(actor, case, said, request.POST.get("which", "")) if undone is None else None
    except Unread as unread:
        nothing = _("Nothing is saved: the person wants %(organisation)s to get nothing. Read the sentence above it.")
        messages.warning(request, nothing % {"organisation": unread})
        return HttpResponseRedirect(reverse("place_which", args=[case.code]), status=303)
    whose = BY_TELEPHONE if said == WITH_US else said
    if by is not None and (theirs := waiting_at(case, by)) is not None:
        return _is_their_yes(request, actor, case, theirs)
    try:
        act.place_found(
            actor,
            case,
            version=version_of(request),
            reason=whose if undone is None else undone.reason_code,
            codes=codes,
            sealed=place_found(actor, case),
            organisation=by if undone is None else undone.organisation_id,
            was_there=was_there(case, now()),
        )
    except NotNow as refusal:
        case.refresh_from_db()
        if refusal.guard == "version_same" and needs_without(case.need_tonight_codes) == case.need_tonight_codes:
            raise _known(case) from None
        if refusal.guard == "reason_given":
            raise NotNow("whose_place") from None
        raise
    here = reverse("case", args=[case.code])
    if undone is not None:
        messages.success(request, _put_back(case))
        return done(actor, here)
    if whose != STAYS:
        messages.success(request, still_asked(case, by, _asks_next(case), by_telephone=whose == BY_TELEPHONE))
        if after_all := place_told.after_all(told_not_to_go(case.pk, by, now()), now()):
            messages.warning(request, after_all)
        if whose == BY_TELEPHONE and by is None and place_told.PART in cases.standing(case).writes:
            _says_where_to_write(request, case)
        return done(actor, here)
    saved = _("Saved: the person stays at the place. Today no longer asks.")
    back = reverse("register" if case.state_code == "draft" else "edit_case", args=[case.code])
    tick = f"{back}?all=1#id_need_tonight_codes_0"
    messages.success(request, format_html('{} <a href="{}">{}</a>', saved, tick, _("Undo")))
    return done(actor, here)


def _whose(actor: Actor, case: Case, said: str, which: str) -> UUID | None:
    """The organisation whose place it is: the own one, or the one that was chosen; None: it is none, or not listed."""
    if said == WITH_US:
        return case.organisation_id
    return chosen(actor, case, which) if said == BY_TELEPHONE else None


def _is_their_yes(request: HttpRequest, actor: Actor, case: Case, theirs: Referral) -> HttpResponse:
    """Who has the place is asked for it already: it is the yes by telephone to that referral. Its page asks for hour
    and place next, and whether the person was told.
    """
    shown = Shown(theirs.code)
    shown.same("case", case.pk)  # the page was of this case: of no other one is the referral
    acts = replace(actor, shown=shown)
    confirming.call(acts, referral(acts, theirs.code), answer="said_yes")
    body = body_name(theirs.to_organisation, theirs.to_organisation_id, lists.language())
    messages.success(request, str(SAVED["said_yes"]) % {"body": body})
    return done(actor, reverse("referral", args=[theirs.code]) + "#arrange")


def _known(case: Case) -> NotNow:
    """What was recorded before this was pressed: whose place, and when; without values where the need was taken out. A
    place that has ended since is none: then that it has, and what is asked now.
    """
    if (over := left_now(case, now())) is not None:
        name = next((one.name(lists.language()) for one in organisations() if one.id == over[0]), "")
        return NotNow("place_ended", what=red.has_ended(name, closed=over[1]))
    said = last_found(case)
    if said is None:
        return NotNow("place_known")
    told = _told(case) if said.reason_code == BY_TELEPHONE else None
    what = told.name if told is not None and told.name else lists.inside(lists.label("whose_place", said.reason_code))
    return NotNow("place_known", time=recorded_at(case) or said.at, what=what)


def _put_back(case: Case) -> str:
    """That nobody says any more that the person is there, and what is asked then."""
    if looked_now(case.pk) is not None:
        return _("Put back: Today asks again whether the person is safe.")
    return _("Put back: Today asks again whether the person got there.")


def _asks_next(case: Case) -> str:
    """That it was saved, and what Today asks next: of who is looked for whether they are safe, before all else."""
    if looked_now(case.pk) is not None:
        return _(
            "Saved: a place for tonight was found. Nobody has said yet whether the person is safe: Today asks that "
            "first. On the case you can say that they got to the place."
        )
    return _("Saved: a place for tonight was found. Today asks whether the person got there.")


def _says_where_to_write(request: HttpRequest, case: Case) -> None:
    """Of an organisation that is not listed: nobody else can know who it is."""
    said = _("Write which organisation it is in the locked part “%(part)s”: nobody else knows whom to call.")
    part, at = place_told.PART, f"{reverse('section', args=[case.code])}?of={place_told.PART}"
    link = format_html('<a href="{}">{}</a>', at, _("Write it there"))
    messages.warning(request, format_html("{} {}", said % {"part": sections.name(part)}, link))


@require_POST
def reached(request: HttpRequest, code: str) -> HttpResponse:
    """The person is at the place that was found: the next morning it is asked whether they still sleep there, and a
    week after each yes.
    """
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    if (asked_again := _asked_again(request, case, "place_reached")) is not None:
        return asked_again
    withdrawn = _withdrawn_meanwhile(request, case)
    told, again = _told(case) if withdrawn else None, last_said(case) == "place_reached"
    # It was said meanwhile that there is no place: what is needed and the locked part say again that there is one.
    codes: dict[str, Any] = {}
    if is_there_after_all(case):
        codes = {"codes": {"need_tonight_codes": needs_without(case.need_tonight_codes)}}
        codes["sealed"] = place_found(actor, case)
    act.place_reached(actor, case, version=version_of(request), **codes)
    saved = _("Saved: the person is there. From the next morning on, Today asks whether they still sleep there.")
    if again:
        saved = _("Saved: the person still sleeps there. Today asks again in %(days)d days.") % {"days": AGAIN.days}
    messages.success(request, saved)
    if told is not None:
        asks = _("Ask the person whether they stay there. If not, call who has the place ready: %(whom)s")
        withdrawn = f"{withdrawn} {asks % {'whom': place_told.whose(told)}}"
    if withdrawn:
        messages.warning(request, withdrawn)
    return done(actor, reverse("case", args=[case.code]))


@require_POST
def needed(request: HttpRequest, code: str) -> HttpResponse:
    """There is no place after all, or the person leaves the one that they had: one is needed tonight again. `why`: the
    person did not get there, and is looked for; or is safe, and is not any more.
    """
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    why = request.POST.get("why", "")
    if (asked_again := _asked_again(request, case, "place_needed", why)) is not None:
        return asked_again
    codes = {"need_tonight_codes": needs_with(case.need_tonight_codes)}
    sealed, withdrawn = place_needed(actor, case), _withdrawn_meanwhile(request, case)
    place = last_found(case) if why == DID_NOT_GET_THERE else None
    act.place_needed(actor, case, version=version_of(request), codes=codes, sealed=sealed, reason=why)
    heard = _heard_there(actor, case, place.organisation_id if place is not None else None)
    messages.success(request, " ".join(filter(None, (_saved(case, why), heard))))
    if withdrawn:
        messages.warning(request, withdrawn)
    return done(actor, reverse("case", args=[case.code]))


def _heard_there(actor: Actor, case: Case, body: UUID | None) -> str:
    """Where the place is that of an organisation that has accepted a referral for it, and the time is there: it is the
    sender's word of that referral too, which they read. '' where it is not (ADR 0232).
    """
    if body is None or (theirs := expecting_at(case, body)) is None:
        return ""
    shown = Shown(theirs.code)
    shown.same("case", case.pk)
    assert actor.operation is not None
    acts = replace(actor.doing(uuid5(actor.operation, theirs.code)), shown=shown)
    try:
        confirming.hear(acts, referral(acts, theirs.code), version=theirs.version, heard="did_not_come")
    except NotNow:
        return ""  # their hour has not come yet, or it was said already: whom to call stands on the case
    name = body_name(theirs.to_organisation, body, lists.language())
    return _("%(organisation)s reads it too.") % {"organisation": name}


def _saved(case: Case, why: str) -> str:
    """That it was saved, and what is asked next; nothing of a place that is needed where somebody has another one."""
    if why == DID_NOT_GET_THERE and (looked := looked_now(case.pk)) is not None and looked.here is not None:
        return _said_here(looked, looked.here)
    ready = _ready(case)
    if ready and why in ("", THEY_SAID_NO):
        said = _("Saved: that place is none. %(organisation)s expects the person: see that the person knows.")
        return said % {"organisation": ready}
    if why == GOES_ELSEWHERE or (ready and why == NOBODY_COMES):
        if any(one.off == NOT_WANTED for one in asked_now(case.pk)):
            return _(
                "Saved: the person chose the other place. Somebody still has one ready: call them and say that nobody "
                "comes."
            )
        return _("Saved: the person chose another place than the one that was found.")
    if ready and why == IS_SAFE:
        return _("Saved: the person is safe.")
    saved = {
        DID_NOT_GET_THERE: _("Saved: the person did not get there. Today asks you to find out whether they are safe."),
        IS_SAFE: _("Saved: the person is safe. A place for tonight is still needed."),
        NOBODY_COMES: _(
            "Saved: no place for tonight. Somebody still has a place ready: call them and say that nobody comes."
        ),
    }
    return saved.get(why) or _("Saved: no place for tonight. Today says it until there is one.")


def _said_here(looked: Looked, here: Here) -> str:
    """That somebody says that the person is with them, and where they are called, before anybody is looked for."""
    name = next((one.name(lists.language()) for one in organisations() if one.id == here.to), "")
    saved = _("Saved: the person did not get there.")
    return f"{saved} {missing.here(looked, name, now())}. {missing.CALL_FIRST} {desk_phone.said(here.phone)}"


def _ready(case: Case) -> str:
    """Which organisation has another place for the person tonight; '' where none has."""
    to = {one.to_organisation_id for one in given_to(case, now())}
    return next((one.name(lists.language()) for one in organisations() if one.id in to), "")


def _asked_again(request: HttpRequest, case: Case, step: str, reason: str = "") -> HttpResponse | None:
    """The page as it is now, which says what was recorded of the person since theirs was read that this press would
    undo, with a button that says it all the same: nothing is saved. None: it would undo nothing.
    """
    me: Actor = request.actor  # type: ignore[attr-defined]
    pressed, read_at = (step, reason), request.POST.get("read_at", "")
    if not meanwhile(case.pk, pressed, read_at, me.membership_id):
        return None
    return HttpResponseRedirect(led_back(request, case.code, reverse("case", args=[case.code]), pressed), status=303)


def _withdrawn_meanwhile(request: HttpRequest, case: Case) -> str:
    """That the person took everything back since the page was read: what is pressed is a fact all the same, and is
    saved. '' where they did not, or the page does not say when it was read.
    """
    read = read_of(request.POST.get("read_at", ""))
    found = agreed(case, at := now()) if read is not None else None
    if read is None or found is None or not found.askings or not no_to_all(found) or found.askings[0].at <= read:
        return ""
    return _("Everything was withdrawn meanwhile: %(when)s.") % {"when": moments.moment(found.askings[0].at, at)}


def _told(case: Case) -> PlaceTold | None:
    """Who said yes on the telephone to the place that was found last, and has to hear it where nobody comes."""
    names = {one.id: one.name(lists.language()) for one in organisations()}
    return place_told.last(named(asked_now(case.pk), names))
