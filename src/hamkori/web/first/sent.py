"""After sending: who answers by when, what the worker does meanwhile, and what is still needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.case.queries.cases import standing
from hamkori.casework.case.queries.coordination import FRUITLESS, Call
from hamkori.casework.case.queries.sections import is_as_begun
from hamkori.casework.case.rules.clocks import late
from hamkori.casework.consent.rules.consent import live
from hamkori.casework.referral.queries import left
from hamkori.casework.referral.queries import refer as preparing
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.calls import counting, of_sender, says_yes
from hamkori.casework.referral.queries.closed_there import is_reached
from hamkori.casework.referral.queries.origin import case_behind, origin_of
from hamkori.casework.referral.queries.permit import agreed_as_shown
from hamkori.casework.referral.queries.questions import questions_of
from hamkori.casework.referral.queries.unused import unused
from hamkori.casework.referral.rules.card import FLAGS, NOT_ASKED, URGENT
from hamkori.casework.referral.rules.lifecycle import FINAL
from hamkori.casework.work.queries.beside import is_no
from hamkori.casework.work.queries.needed import NEEDS, recipients_of, unasked_in
from hamkori.casework.work.queries.no_doctor import ASKED_FOR, HEALTH
from hamkori.casework.work.queries.no_place import SHELTER
from hamkori.directory.rules.suit import kinds
from hamkori.people.queries import desk_phones
from hamkori.refusal import NotVisible
from hamkori.vocabulary import codelist
from hamkori.web.first.doctor import is_unasked
from hamkori.web.first.frame import address, drawn
from hamkori.web.first.said import DOCTOR, PART, PLACE, is_told
from hamkori.web.kit import moments
from hamkori.web.referrals import arranged, doctor, empty
from hamkori.web.referrals.badge import badge
from hamkori.web.referrals.called import calling
from hamkori.web.referrals.choosing import OTHER, TONIGHT
from hamkori.web.referrals.nobody import after_yes, closed_now, closed_there, week_there
from hamkori.web.referrals.onward import another
from hamkori.web.words import coordinator, desk_phone, directory, lists, red, sections
from hamkori.web.words import needed as words_needed
from hamkori.web.words import referral as words
from hamkori.web.words.ways import and_back

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import Referral

LAWYER, TO_TALK = "lawyer", "someone_to_talk"
NOT_ASKED_HOW: Final = gettext_lazy("Not asked so far: how to reach the person safely.")
GROUPS: Final = {"health": "HEALTH", "psychological": "MHPSS", "legal": "LEGAL"}
"""Kind of organisation -> the group of services with which the choice opens."""
NEEDED: Final = {"shelter_social": "HOME", **GROUPS}
"""The same of what is needed: of all that a shelter may give it is the place."""


def of_address(request: HttpRequest, actor: Actor, case: Case) -> Referral:
    """The referral that the address names. NotVisible where it is of another case."""
    found = queries.referral(actor, request.GET.get("of", ""))
    if case_behind(actor, found).pk != case.pk:
        raise NotVisible
    return found


def words_of(draft: Referral) -> str:
    """The name of the organisation that a draft goes to."""
    return queries.body_name(draft.to_organisation, draft.to_organisation_id, lists.language())


def sent(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """It is on its way: who answers by when, and what the worker does meanwhile. The address stays, and is read again
    later: what has moved on since says how it stands now, and promises nothing. A draft (stopped) is no sent one.
    """
    found = of_address(request, actor, case)
    if found.state_code == "draft":
        return HttpResponseRedirect(address(case.code, "check", of=found.code))
    at = now()
    if moved := _moved_on(found, at):
        urls = {"moved": moved, "body": words_of(found), "referral_url": reverse("referral", args=[found.code])}
        return drawn(request, "sent", {**urls, "referral": found, **_rest(request, actor, case)}, case=case)
    phone = desk_phones([found.to_organisation_id]).get(found.to_organisation_id, "")
    calls, asked = of_sender(found), bool(questions_of([found.pk]))
    call = counting(calls)
    week = week_there(actor, found, at, asked=asked)
    closed = closed_there(found, week, phone, at, case.pk, call=call)
    ways = _ways(found, call, at)
    more: dict[str, Any] = {
        "referral": found,
        "body": words_of(found),
        "due": moments.moment(found.answer_due_at, at) if found.answer_due_at else "",
        "call": _call(found, phone),
        "closed_there": closed,
        "says_late": bool(closed and closed["urgent"] and closed["expires"] and not closed["unread"])
        and not is_reached(call),
        "closed_now": "" if closed or is_reached(call) else closed_now(week, at),
        **_may_stop(found, at),
        "code": found.code,
        "pressed_on": "sent",
        **ways,
        **calling(
            calls,
            phone,
            at,
            due=found.answer_due_at,
            first=bool(closed and closed["urgent"]),
            alone="nobody_else" in ways,
            another="another_url" in ways,
            person=case,
        ),
        "coordinator": coordinator.reached(),
        "referral_url": reverse("referral", args=[found.code]),
    }
    more |= _agreed(actor, found, at, calls)
    return drawn(request, "sent", {**more, **_rest(request, actor, case), **_no_bed(found, case, call)}, case=case)


def _agreed(actor: Actor, found: Referral, at: datetime, calls: Sequence[Call]) -> dict[str, Any]:
    """After a yes by telephone: what was agreed, or the form for it, as on the page of the referral; and until
    when the referral waits for them.
    """
    if not says_yes(calls):
        return {}
    page = queries.sender_page(actor, found, queries.sides(found))
    meeting_url = f"{reverse('referral', args=[found.code])}?open=meeting"
    said = arranged.shown(page, "sent", None)
    return {**said, "meeting_url": meeting_url, **after_yes(actor, found, at)}


def _may_stop(found: Referral, at: datetime) -> dict[str, Any]:
    """While nobody there can see it yet, it is stopped without a reason."""
    until = found.visible_at
    if until is None or until <= at:
        return {}
    seconds = max(1, round((until - at).total_seconds()))
    return {"stop_until": until, "stop_seconds": seconds, "version": found.version}


def _ways(found: Referral, call: Call | None, at: datetime) -> dict[str, str]:
    """The way to another organisation, once a call brought no help; to the coordinator where nobody else is left."""
    if call is None or call.answer not in FRUITLESS:
        return {}
    origin = origin_of(found, at, lambda _at: {**left.beside_origin()})
    return {"nobody_else": coordinator.reached()} if left.nobody_else(origin) else another(origin)


def _no_bed(found: Referral, case: Case, call: Call | None) -> dict[str, str]:
    """After a no by telephone: that the place for tonight is not there yet, and where it is said that one was found."""
    no = call is not None and call.answer == "said_no" and PLACE in case.need_tonight_codes
    if not no or found.service_code not in kinds([PLACE]):
        return {}
    return {"no_place": red.no_place_yet(call), "found_url": f"{reverse('case', args=[case.code])}?found=1#tonight"}


def _moved_on(found: Referral, at: datetime) -> str:
    """How a referral stands that is not on its way any more as it was sent; '' while it is."""
    state = queries.sender_state(found)
    if state != "sent":
        said = badge(found, state)[1]
        if state not in FINAL or found.ended_at is None:
            return said
        slots = {"state": said, "when": moments.moment(found.ended_at, at)}
        return _("%(state)s, %(when)s. No answer is awaited.") % slots
    if any(one.answered_at is None for one in questions_of([found.pk]).get(found.pk, ())):
        return words.asks_us()
    if not agreed_as_shown(found).live:
        return _("The consent is not valid now. Ask the person again.")
    return _silent(found) if late(found.answer_due_at, at) else ""


def _silent(found: Referral) -> str:
    """After the hour of the answer: whether they have said yes by telephone at least."""
    if says_yes(of_sender(found)):
        return _("Yes by telephone; not confirmed in Hamkori yet.")
    return _("No answer yet. The coordinator has been told.")


def _rest(request: HttpRequest, actor: Actor, case: Case) -> dict[str, Any]:
    """What nobody has asked or used yet, and where the worker goes on, whatever became of this referral."""
    return {
        "unasked": _unasked(case),
        "tell_url": _tell_url(case),
        "unreached": _unreached(request, actor, case),
        "unreached_url": f"{reverse('section', args=[case.code])}?of=contact",
        "told_url": "" if is_told(actor, case) else f"{reverse('section', args=[case.code])}?of={PART}",
        "case_url": reverse("case", args=[case.code]),
        "signs_url": reverse("screening", args=[case.code]),
        "more_url": and_back(f"{reverse('case_refer', args=[case.code])}?need={OTHER}"),
        **_still(actor, case),
    }


def _tell_url(case: Case) -> str:
    """Where whoever told child protection says whom they reached; '' for everybody else."""
    may = standing(case).may("tell_child_protection", case.state_code)
    return reverse("tell_child_protection", args=[case.code]) if may else ""


def _still(actor: Actor, case: Case) -> dict[str, Any]:
    """What has a yes and was asked of nobody yet: what is needed is the next button, the rest a line each."""
    at = reverse("case_refer", args=[case.code])
    known = preparing.prepared_for(actor, case.pk)
    open_to = unused(known)
    lacks = _lacks_place(known)
    needed = SHELTER[0] if lacks else next((kind for kind in _needed(case) if kind in open_to), "")
    ill = _needs_doctor(known)
    onward = [
        {
            "kind": _kind(kind, purposes),
            "needs": lists.inside(lists.labels("need_tonight", ticked)),
            "ticked": ticked,
            "url": and_back(f"{at}?need={_group_of(ticked, kind) or _group(kind, purposes)}"),
        }
        for kind, purposes in open_to.items()
        if kind != needed and not (ill and kind == HEALTH)
        for ticked in [_ticked(case, kind)]
    ]
    said = {need for one in onward for need in one["ticked"]}
    shown = [{needed}, {HEALTH}] if ill else [{needed}]
    rest = [need for need in unasked_in(case) if need not in said and recipients_of(need) not in shown]
    return {
        "no_place": red.NO_PLACE if lacks else "",
        "no_doctor": ill["said"] if ill else "",
        "no_to_doctor": ill["no"] if ill else "",
        "doctor": ill | {"url": and_back(ill["url"])} if ill and ill["url"] and needed != HEALTH else None,
        "next": {"label": _ask(needed), "url": and_back(f"{at}?need={NEEDED[needed]}")} if needed else None,
        "unused": onward,
        "needed": words_needed.said(rest, case.doctor_code) if rest else "",
        "needed_url": and_back(words_needed.choice_at(case.code, rest, child=case.is_child)),
    }


def _needs_doctor(known: preparing.Prepared) -> dict[str, Any] | None:
    """A doctor is needed, and nobody of the health service was asked: what is said of it, and where one is asked for,
    or the person is. After a no nobody asks again.
    """
    if not doctor.is_missing(case := known.case):
        return None
    row = known.rows.get(ASKED_FOR)
    agreed, answer = row is not None and live(row, known.at, known.age), row.answer if row is not None else None
    if not (agreed or is_no(answer) or DOCTOR in case.need_tonight_codes or is_unasked(known)):
        return None
    return doctor.line(case, answer, agreed=agreed)


def _lacks_place(known: preparing.Prepared) -> bool:
    """Whether a place is needed tonight and nobody was asked for one: other help of such organisations is none."""
    row, places = known.rows.get(SHELTER), kinds([PLACE])
    asked = any(one.service_code in places for one in known.sent)
    return PLACE in known.case.need_tonight_codes and not asked and row is not None and live(row, known.at, known.age)


def _needed(case: Case) -> list[str]:
    """The kinds of organisations that give what the worker said is needed, the gravest first."""
    needs = case.need_tonight_codes
    found = (
        ("shelter_social", PLACE in needs),
        ("health", doctor.is_needed(case)),
        ("psychological", TO_TALK in needs),
        ("legal", LAWYER in needs),
    )
    return [kind for kind, is_needed in found if is_needed]


def _ticked(case: Case, kind: str) -> list[str]:
    """What was ticked as needed and such organisations give: of many kinds of help the worker reads which it was."""
    return [need for need in case.need_tonight_codes if need in NEEDS and kind in recipients_of(need)]


def _group_of(needs: Sequence[str], kind: str) -> str:
    """With what the choice opens where needs were named: the group of services that such organisations give for them,
    or everything that is needed where it lies in several; '' where none was named.
    """
    known = codelist("service")
    groups = {directory.group(code) for code in kinds(needs) if known.entry(code).data["recipient_kind"] == kind}
    return groups.pop() if len(groups) == 1 else TONIGHT if groups else ""


def _ask(kind: str) -> str:
    return {
        "shelter_social": _("Ask for a place"),
        "health": _("Ask a doctor"),
        "psychological": _("Ask a psychologist"),
        "legal": _("Ask a lawyer"),
    }.get(kind, "")


def _kind(kind: str, purposes: Collection[str]) -> str:
    """Who may be asked: of the police for which of the two, where the person said yes to one alone."""
    if kind == "police" and len(purposes) == 1:
        return _("Police, to protect the person") if "protection" in purposes else _("Police, for a criminal case")
    return lists.label("recipient_kind", kind)


def _group(kind: str, purposes: Collection[str]) -> str:
    """The group of services with which the choice opens; of many kinds of help the worker chooses there."""
    if kind == "police":
        return "SAFE" if "protection" in purposes else "JUST"
    return GROUPS.get(kind, OTHER)


def _call(found: Referral, phone: str) -> str:
    """Where the desk can be called while its answer is waited for; nothing where none is recorded and it can wait."""
    if found.state_code != "sent":
        return ""
    return desk_phone.short(phone) if phone else desk_phone.none() if found.urgency_code == URGENT else ""


def _unreached(request: HttpRequest, actor: Actor, case: Case) -> str:
    """What is missing in the locked part of how the person is reached safely; '' where a telephone stands there."""
    lacks = empty.read_before(request, case)
    if lacks is None and is_as_begun(case, empty.CONTACT):
        return str(NOT_ASKED_HOW)
    lacks = empty.lacks_contact(request, actor, case) if lacks is None else lacks
    return str(NOT_ASKED_HOW if empty.CONTACT in lacks else sections.NO_TELEPHONE if empty.PHONE in lacks else "")


def _unasked(case: Case) -> list[str]:
    """What nobody has asked so far, in words."""
    come, doctor, stairs = (getattr(case, name) == NOT_ASKED for name in (FLAGS[2], *FLAGS[:2]))
    found = (
        (case.language_code == "unknown", _("language")),
        (case.risk_code == NOT_ASKED, _("risk")),
        (come, _("children who come along")),
        (doctor, _("a doctor soon")),
        (stairs, _("stairs")),
    )
    return [name for missing, name in found if missing]
