"""The same screen as a template wants it: rows of services, the slip that says what they will see, sentences."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.consent.rules.packet import NEVER, RULE
from hamkori.casework.referral.queries.refer import Way
from hamkori.casework.referral.queries.referrals import body_name
from hamkori.casework.referral.rules.card import Flags
from hamkori.directory.queries import Suitable
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.kit.refusals import sentence
from hamkori.web.referrals import choosing
from hamkori.web.referrals.choosing import FITTING, NEAREST, OTHERS, Screen
from hamkori.web.referrals.forms import ReferForm
from hamkori.web.referrals.nobody import nobody
from hamkori.web.words import calling, directory, lists
from hamkori.web.words import referral as words

ASK_HER = frozenset({"consent_asked", "consent_live", "child_speaker", "child_guardian_clear", "child_answer"})
"""Guards that are mended on the page of her agreement. A child's no is none: nobody asks again."""
DRAFT_ALL_THE_SAME = ASK_HER | {"no_twin", "desk_ready"}
"""What may change by tomorrow: a draft is worth keeping."""


def context(screen: Screen, form: ReferForm, refused: str = "") -> dict[str, Any]:
    """Everything that the screen shows. `refused`: the sentence of a guard that has just said no."""
    case, way = screen.known.case, screen.way
    fitting, refusing = screen.fitting[:FITTING], screen.refusing[:OTHERS]
    others = [one for one in screen.found if one not in fitting and one not in screen.refusing]
    others.sort(key=screen.asked_before)  # also where nothing fits, whoever came to nothing before stands last
    nearest = others[:NEAREST] if not screen.fitting else []
    rest = [one for one in others if one not in nearest][:OTHERS]
    blocks = [words.said(block) for block in way.blocks] if way else []
    if refused and refused not in blocks:
        blocks.insert(0, refused)
    guards = {block.guard for block in way.blocks} if way else set()
    # What she refused, or what nobody may receive, is not laid out as if it went.
    goes = way is not None and bool(way.purpose) and guards <= DRAFT_ALL_THE_SAME
    return {
        "title": _("Refer"),
        "in_task": True,
        "form": form,
        "case_code": case.code,
        "case_facts": case_facts(screen),
        "consent_url": reverse("consent", args=[case.code]),
        "needs": choosing.need_choices(screen.known),
        "need": screen.need,
        "districts": [(one.code, one.label(lists.language())) for one in screen.districts],
        "district": screen.district,
        "fitting": [row(screen, one) for one in fitting],
        "nearest": [row(screen, one) for one in nearest],
        "others": [row(screen, one) for one in rest],
        "others_open": screen.chosen in rest,
        "refusing": [row(screen, one) for one in refusing],
        "refusing_open": screen.chosen in refusing,
        "asked": bool(screen.codes),
        "chosen": screen.chosen,
        "way": way,
        "shown_for": screen.shown_for,
        "shown_mark": screen.shown_mark,
        "body": screen.body,
        **nobody_there(screen),
        "nobody": nobody(screen),
        "already": already(screen),
        "words_of": screen.words_of.code if screen.words_of else "",
        "words_from": words_from(screen),
        "blocks": blocks,
        "ask_her": bool(guards & ASK_HER),
        "may_send": way is not None and bool(way.purpose) and not guards,
        "may_draft": goes,
        "goes": goes,
        "withheld": list(choosing.parts_withheld(screen.known, way)) if way and way.purpose else [],
        "agreed_line": agreed_line(screen, way),
        "card_rows": card_rows(screen, form) if way else [],
        "later_rows": later_rows(screen, way) if way else [],
        "send_label": send_label(screen),
        "leaving": leaving(screen),
        "provisional": codelist("service_urgency").provisional,
        "now": screen.known.at,
        "gap_url": reverse("gap_record", args=[case.code]),
    }


def nobody_there(screen: Screen) -> dict[str, object]:
    """Whether the chosen desk is closed until the answer is due; then when it opens, and where it can be called."""
    chosen = screen.chosen
    if chosen is None or not screen.nobody_there:
        return {"nobody_there": False}
    listing, known = chosen.listing, screen.known
    return {
        "nobody_there": True,
        "closed": calling.closed(listing, known.answer_by(screen.urgency), known.at),
        "call": calling.call(screen.phones.get(listing.organisation_id, ""), urgent=screen.urgency == calling.URGENT),
    }


def already(screen: Screen) -> dict[str, str] | None:
    """The referral to the chosen service that is on its way: since when, how far, and where it is."""
    one = screen.asked_already
    if one is None:
        return None
    known = screen.known
    day = moments.day(known.calendar.day(one.sent_at), known.calendar.day(known.at))
    said = {
        "sent": _("%(organisation)s was already asked (%(day)s). That referral waits for an answer."),
        "accepted": _("%(organisation)s was already asked (%(day)s) and has accepted that referral."),
        "serving": _("%(organisation)s was already asked (%(day)s) and is helping."),
    }
    return {"sentence": said[one.state] % {"organisation": screen.body, "day": day}, "code": one.code}


def words_from(screen: Screen) -> str:
    """Where the person's own words were taken over from; '' where they were not."""
    one = screen.words_of
    if one is None or one.sent_at is None:
        return ""
    day = moments.full_day(screen.known.calendar.day(one.sent_at), screen.known.calendar.day(screen.known.at))
    to = body_name(one.to_organisation, one.to_organisation_id, lists.language())
    said = _("Taken over from your referral of %(day)s to %(organisation)s. Change it if the person wants.")
    return said % {"day": day, "organisation": to}


def row(screen: Screen, one: Suitable) -> dict[str, Any]:
    """One service in the list: what it is, how far, whom it admits, and why it might say no."""
    listing = one.listing
    state_or_cso = lists.label("organisation_kind", listing.body_kind)
    admits = lists.labels("admission_group", listing.admits)
    speaks = lists.labels("language", listing.languages)
    usual = directory.usual_answer(listing.usual_answer_minutes)
    closed = screen.closed(one)
    facts = [
        state_or_cso,
        directory.distance(one.distance),
        _("admits: %(whom)s") % {"whom": admits} if admits else "",
        _("speaks: %(languages)s") % {"languages": speaks} if speaks else "",
        # What it answers in while somebody is there says nothing of a night in which nobody is.
        "" if closed else _("time to an answer, as it says itself: %(time)s") % {"time": usual},
    ]
    notes = against(one)
    if closed and "not_admitted" not in one.reasons:
        phone = screen.phones.get(listing.organisation_id, "")
        notes.append(calling.closed(listing, screen.due_of(one), screen.known.at))
        notes += filter(None, [calling.call(phone, urgent=screen.soon_of(one) == calling.URGENT)])
    before = screen.asked_before(one)
    if before:
        notes.append(_("Asked before for this person, and no help came of it."))
    if not one.desk_ready:
        notes.append(sentence(NotNow("desk_ready")))
    if one.own_body:
        notes.append(sentence(NotNow("not_own_body")))
    if listing.organisation_id in screen.known.excluded:
        notes.append(sentence(NotNow("body_allowed")))
    return {
        "id": str(listing.id),
        "name": listing.body.text,
        "service": listing.name.text,
        "facts": "\u00a0· ".join(fact for fact in facts if fact),
        "notes": notes,
        "tag": _tag(one, closed=closed),
        "tone": "wait" if listing.is_full or closed else "done" if one.desk_ready and not before else "",
        "may": screen.may_be_asked(one),
        "checked": screen.chosen is one,
    }


def _tag(one: Suitable, *, closed: bool) -> str:
    """The one word beside its name: what is in the way first."""
    if one.listing.is_full:
        return _("full")
    if not one.desk_ready:
        return _("not in Hamkori")
    return _("closed now") if closed else _("has room")


def against(one: Suitable) -> list[str]:
    """Why it does not take this person, or why it may decline; that it is full its tag says."""
    if "not_admitted" in one.reasons:
        whom = lists.labels("admission_group", one.listing.admits)
        return [_("It does not take this person. It takes: %(whom)s.") % {"whom": lists.inside(whom)}]
    if set(one.reasons) - {"full"}:
        return [
            _("It may decline: %(reasons)s.") % {"reasons": lists.inside(lists.labels("decline_reason", one.reasons))}
        ]
    return []


def case_facts(screen: Screen) -> str:
    """What her case says of her in codes: for the line under the heading."""
    case = screen.known.case
    parts = [words.person(case.sex_code, case.age_band_code), lists.label("region", case.region_code)]
    return " · ".join(part for part in parts if part)


def agreed_line(screen: Screen, way: Way | None) -> str:
    """To what she agreed, when and until when."""
    if way is None or not way.purpose or screen.known.asked_at is None or way.until is None or way.blocks:
        return ""
    today = screen.known.calendar.day(screen.known.at)
    values = {
        "kind": lists.label("recipient_kind", way.kind),
        "purpose": lists.label("purpose", way.purpose),
        "day": moments.day(screen.known.calendar.day(screen.known.asked_at), today),
        "until": moments.last_day(way.until, screen.known.at),
    }
    return _("The person's answer of %(day)s: %(kind)s (%(purpose)s): consent until %(until)s.") % values


def card_rows(screen: Screen, form: ReferForm) -> list[tuple[str, object]]:
    """The card as the desk will see it: codes and dates, the same for everybody there."""
    case, way, chosen = screen.known.case, screen.way, screen.chosen
    assert way is not None
    assert chosen is not None
    signed_in = getattr(screen.request, "signed_in", None)
    sender = signed_in.body_name(lists.language()) if signed_in else ""
    today = screen.known.calendar.day(screen.known.at)
    shown_day = needed_day(form, today)
    rows: list[tuple[str, object]] = [
        (_("Kind of help"), lists.label("service", chosen.listing.service_code)),
        (_("From"), sender),
        (_("Needed from"), shown_day),
        (_("How soon"), lists.label("urgency", screen.urgency)),
        (_("Answer by"), moments.moment(screen.known.answer_by(screen.urgency), screen.known.at)),
    ]
    return rows + person_rows(case, police=way.police)


def needed_day(form: ReferForm, today: date) -> str:
    """The day from which help is needed, in words; what is no date stays as it was typed."""
    typed = form["needed_from"].value()
    try:
        needed = form.fields["needed_from"].to_python(typed)
    except ValidationError:
        return str(typed)
    return moments.day(needed, today) if needed else ""


def person_rows(coded: Any, *, police: bool, before: str = "") -> list[tuple[str, object]]:
    """The person on the card, as the desk reads her. `coded`: a case, or the card that was made of it."""
    return words.person_rows(
        coded.sex_code,
        coded.age_band_code,
        region=None if police else coded.region_code or "",
        languages=[coded.language_code],
        interpreter=coded.needs_interpreter,
        risk=coded.risk_code,
        flags=None if police else Flags(coded.doctor_code, coded.stairs_code, coded.children_code),
        before=before,
    )


def later_rows(screen: Screen, way: Way) -> list[tuple[str, object]]:
    """What is sealed until they accept, who reads it, until when, and what never goes."""
    never = [section for section, rule in RULE[way.kind, way.purpose].items() if rule == NEVER] if way.purpose else []
    until = moments.last_day(way.until, screen.known.at) if way.until else ""
    rows: list[tuple[str, object]] = [
        (
            _("Then"),
            words.parts(screen.ticked, [section for section, why in way.withheld.items() if why == "empty"]),
        ),
        (_("Who reads it"), _("the people they name")),
    ]
    if until:
        rows.append((_("Until"), _("%(day)s, or until the person says stop") % {"day": until}))
    rows.append((_("Never"), lists.joined("packet_section", never)))
    return rows


def send_label(screen: Screen) -> str:
    """The button says by when an answer is asked."""
    if screen.chosen is None:
        return _("Send")
    by = moments.moment(screen.known.answer_by(screen.urgency), screen.known.at)
    return _("Send, answer by %(moment)s") % {"moment": by}


def leaving(screen: Screen) -> str:
    """Whether it can be stopped after sending."""
    if screen.chosen is None:
        return ""
    seconds = int((screen.known.seen_at(screen.urgency) - screen.known.at).total_seconds())
    if seconds <= 0:
        return _("It leaves at once; you can cancel it with a reason.")
    held = ngettext(
        "It leaves in %(n)d second; until then you can stop it.",
        "It leaves in %(n)d seconds; until then you can stop it.",
        seconds,
    )
    return held % {"n": seconds}
