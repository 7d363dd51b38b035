"""The same screen as a template wants it: rows of services, the slip that says what they will see, sentences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.case.queries.shown import Shown
from hamkori.casework.case.queries.team import holders
from hamkori.casework.consent.rules.packet import NEVER, RULE
from hamkori.casework.referral.queries import as_read
from hamkori.casework.referral.queries.refer import Prepared, Way
from hamkori.casework.referral.queries.referrals import body_name
from hamkori.casework.referral.queries.stopped import stopped
from hamkori.casework.referral.rules import summary
from hamkori.casework.referral.rules.card import URGENT, Flags
from hamkori.casework.referral.rules.stopped import MISSED
from hamkori.directory.rules.hours import Stretch
from hamkori.directory.rules.suit import kinds
from hamkori.directory.rules.texts import shown as best
from hamkori.people.rules.desk_phone import is_invented
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.referrals import child_named, listed, risk
from hamkori.web.referrals import empty as empties
from hamkori.web.referrals.choosing import TONIGHT, Screen
from hamkori.web.referrals.forms import ReferForm
from hamkori.web.referrals.nobody import closed_all, closed_for, closed_now, nobody
from hamkori.web.referrals.soon import doctor_this_week, emergency_of
from hamkori.web.referrals.there import is_there, sentence, there
from hamkori.web.templatetags.kit import code_mark
from hamkori.web.words import Audience, comes_along, consented, coordinator, lists, packet, red, sections, seen, spoken
from hamkori.web.words import referral as words
from hamkori.web.words.calling import coordinator_answers
from hamkori.web.words.ways import case_of as opened_from

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

ASK_HER = frozenset({"consent_asked", "consent_live", "child_speaker", "child_guardian_clear", "child_answer"})
"""Guards that are mended on the page of her agreement. A child's no is none: nobody asks again."""
OF_CHILD = frozenset({"child_speaker", "child_guardian_clear", "child_answer"})
"""Where an adult turned out to be a child these are one: the child and an adult are to be asked again."""
DRAFT_ALL_THE_SAME = ASK_HER | {"no_twin", "desk_ready"}
"""What may change by tomorrow: a draft is worth keeping."""
DETAILS = frozenset({"urgency", "needed_from", "sections", "items"})
"""Fields that stand folded: what they hold is read beside them."""
WAYS: Final = (("consent_url", "consent"), ("section_url", "section"))


def context(screen: Screen, form: ReferForm, refused: str = "") -> dict[str, Any]:
    """Everything that the screen shows. `refused`: the sentence of a guard that has just said no."""
    case, way, box = screen.known.case, screen.way, closed_all(screen)
    guards = {block.guard for block in way.blocks} if way else set()
    # What she refused, or what nobody may receive, is not laid out as if it went.
    goes = way is not None and bool(way.purpose) and guards <= DRAFT_ALL_THE_SAME
    return {
        "title": _("Refer"),
        "in_task": True,
        "form": form,
        "case_code": case.code,
        "case_url": (case_url := reverse("case", args=[case.code])),
        "case_link": format_html('<a class="solo" href="{}">{}</a>', case_url, code_mark(case.code)),
        "case_facts": case_facts(case),
        **{name: reverse(view, args=[case.code]) for name, view in WAYS},
        "needs": (needs := need_choices(screen.needs)),
        "of_need": _of_need(screen.need, dict(needs).get(screen.need, "") if screen.need else ""),
        "need": screen.need,
        "districts": [(one.code, one.label(lists.language())) for one in screen.districts],
        "district": screen.district,
        **listed.listed(screen, box),
        **emergency_of(screen),
        "invented": any(map(is_invented, screen.phones.values())),
        "asked": bool(screen.codes),
        "chosen": screen.chosen,
        "way": way,
        "shown_for": screen.shown_for,
        "summary": as_read.of_case(case, screen.chosen.listing.service_code if screen.chosen else ""),
        "shown_mark": screen.shown_mark,
        "body": screen.body,
        "closed_there": closed_for(screen),
        "nobody": nobody(screen, box),
        "coordinator": "" if box else coordinator.reached(),
        **_coordinator_called(screen),
        "searched": screen.typed is not None,
        "already": already(screen),
        "there": [] if screen.chosen else there(screen),
        "earlier": screen.earlier.code if screen.earlier else "",
        **reach_first(screen),
        "details_open": _details_open(screen, form),
        **_words(screen, form),
        "blocks": _blocks(screen, refused),
        "ask_her": bool(guards & ASK_HER),
        "ask_url": listed.asked_at(screen),
        "asks_child": _asks_child(screen),
        "may_send": way is not None and bool(way.purpose) and not guards,
        "may_draft": goes,
        "goes": goes,
        "withheld": [*never(way), *parts_withheld(screen.known, way)] if way and way.purpose else [],
        "agreed_line": agreed_line(screen, way),
        "card_rows": words.together(card_rows(screen, form)) if way else [],
        **empties.shown(screen),
        **(risk.asked(case) | child_named.shown(screen)),
        "leaving": leaving(screen),
        "provisional": codelist("service_urgency").provisional,
        "now": screen.known.at,
        "gap_url": reverse("gap_record", args=[case.code]),
    }


def _asks_child(screen: Screen) -> dict[str, Any] | None:
    """That a child is asked before anything new is sent."""
    return {"title": red.ask_again(child=True), "text": red.NOTHING_NEW} if screen.known.asks_child else None


def _details_open(screen: Screen, form: ReferForm) -> bool:
    """Whether what stands folded is to be looked at: signs one by one, an error, a part that is to be ticked."""
    by_item = screen.way is not None and screen.way.by_item
    return by_item or bool(empties.offers(screen)) or not DETAILS.isdisjoint(form.errors)


def _words(screen: Screen, form: ReferForm) -> dict[str, Any]:
    """The person's own words: those of an earlier referral, which go on only if the person wants it, and new ones; and
    of what is chosen what stays sealed, what is said to the person of it, and whether it is far.
    """
    way, typed = screen.way, form["agreed_text"]
    lacks = empties.reach(screen) if way else {}
    empty = [one["part"] for one in lacks.get("as_begun", ())]
    written = bool(typed.value()) or form.goes_too
    return {
        "taken": screen.taken,
        "words_from": words_from(screen),
        "words_open": bool(typed.errors or typed.value()),
        "later_text": later_text(screen, way, written=written, lacks=lacks) if way else [],
        **lacks,
        "say_in": _say(screen, empty, lacks.get("name_written")),
        "way_there": listed.way_there(screen.chosen) if screen.chosen else "",
    }


def _blocks(screen: Screen, refused: str) -> list[str]:
    """What stands in the way, each in a sentence. Of a child who was asked as an adult one says who answers first."""
    blocks = screen.way.blocks if screen.way else ()
    asks = OF_CHILD if screen.known.asks_child else frozenset()
    said = [str(red.NOTHING_NEW) if one.guard in asks else words.said(one) for one in blocks]
    found = list(dict.fromkeys(said))
    if refused and refused not in found:
        found.insert(0, refused)
    return [_named(screen, sentence) for sentence in found]


def say(
    known: Prepared,
    body: Callable[[], str],
    service: str,
    *,
    police: bool,
    week: Sequence[Stretch] = (),
    named: bool = False,
) -> list[spoken.Spoken]:
    """What is said to the person before it is sent: whom we ask, what they see for this help, and where their desk is
    closed now, by the hours of its `week`, when it opens. `named`: of the name something is locked until they accept.
    """

    def sentences() -> list[str]:
        return [
            body(),
            seen.seen(known.case, service, police=police),
            closed_now(week, known.at),
            "named" if named else "",
        ]

    return spoken.said(spoken.hers(known.case, known.asked_in), sentences)


def _say(screen: Screen, empty: Collection[str], called: bool | None) -> list[spoken.Spoken]:
    """The same of the chosen service. `empty`, `called`: as in `later_text`."""
    way, chosen = screen.way, screen.chosen
    if chosen is None:
        return []
    listing, police = chosen.listing, way is not None and way.police
    named = way is not None and _names(screen, way, empty, called)
    body, service = lambda: _called(screen), listing.service_code
    return say(screen.known, body, service, police=police, week=listing.week, named=named)


def _names(screen: Screen, way: Way, empty: Collection[str], called: bool | None) -> bool:
    """Whether something of the name goes, as `later_text` says it."""
    goes = {*screen.ticked} - {*empty, *(one for one, why in way.withheld.items() if why == "empty")}
    return way.named and ("identity" in goes or ("contact" in goes and called is not False))


def _coordinator_called(screen: Screen) -> dict[str, Any]:
    """Where it is recorded that the coordinator was called because nobody else is listed."""
    one = screen.earlier
    if one is None or (one.state_code != "sent" and not stopped(one)):
        return {}
    url, shown = reverse("referral_call", args=[one.code]), Shown(one.code)
    shown.same("referral", one.pk)
    answers = coordinator_answers()
    return {"coordinator_call": url, "coordinator_answers": answers, "earlier_page_of": shown.field}


def _called(screen: Screen) -> str:
    """The chosen organisation as the language of the sentence calls it, which is not always the reader's."""
    return best(screen.chosen.listing.body_names, lists.language()).text if screen.chosen else ""


def _named(screen: Screen, sentence: str) -> str:
    """That the person was not asked, with the question that nobody asked; every other sentence as it is."""
    if screen.chosen is None or screen.way is None or sentence != words.said(NotNow("consent_asked")):
        return sentence
    missing = listed.unasked(screen, screen.chosen, screen.way.purpose)
    if not missing:
        return sentence
    return consented.not_asked(missing, screen.known.no_before)


def reach_first(screen: Screen) -> dict[str, Any]:
    """After "did not come": the person comes before the next referral; and the part that says how, for who holds it."""
    if screen.earlier is None or stopped(screen.earlier) != MISSED:
        return {}
    held = "contact" in screen.known.held
    url = f"{opened_from(screen.earlier.code, screen.known.case.code)}#contact" if held else ""
    return {"reach_first": True, "reach_url": url, "reach_name": lists.label("packet_section", "contact")}


def already(screen: Screen) -> dict[str, str] | None:
    """The referral to the chosen service that is on its way: since when, how far, and where it is."""
    one = screen.asked_already
    if one is None:
        return None
    if is_there(one):
        return {"sentence": sentence(one, screen.body), "code": one.code}
    known = screen.known
    day = moments.day(known.calendar.day(one.sent_at), known.calendar.day(known.at))
    said = {
        "sent": _("%(organisation)s was already asked (%(day)s). That referral waits for an answer."),
        "accepted": _("%(organisation)s was already asked (%(day)s) and has accepted that referral."),
        "serving": _("%(organisation)s was already asked (%(day)s) and is helping."),
    }
    return {"sentence": said[one.state] % {"organisation": screen.body, "day": day}, "code": one.code}


def words_from(screen: Screen) -> str:
    """To whom the person's own words went before, and when; '' where there are none."""
    one = screen.earlier
    if one is None or one.sent_at is None or not screen.taken:
        return ""
    day = moments.full_day(screen.known.calendar.day(one.sent_at), screen.known.calendar.day(screen.known.at))
    to = body_name(one.to_organisation, one.to_organisation_id, lists.language())
    said = _("The person's words to %(organisation)s, %(day)s")
    return said % {"day": day, "organisation": to}


def case_facts(case: Case) -> str:
    """What her case says of her in codes: for the line under the heading."""
    doctor = lists.inside(comes_along.needs_doctor(case.doctor_code)) if doctor_this_week(case) else ""
    person = words.person(case.sex_code, case.age_band_code, case.children_code)
    parts = [person, lists.label("region", case.region_code), doctor]
    return " · ".join(part for part in parts if part)


def agreed_line(screen: Screen, way: Way | None) -> str:
    """To what the person agreed. Of when is not said: an answer that was kept is older than the last asking."""
    if way is None or not way.purpose or screen.known.asked_at is None or way.until is None or way.blocks:
        return ""
    values = {
        "kind": lists.label("recipient_kind", way.kind),
        "purpose": lists.inside(lists.label("purpose", way.purpose)),
        "day": moments.last_day(way.until, screen.known.at),
    }
    return _("The person said yes: %(kind)s (%(purpose)s), until %(day)s.") % values


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
        (_("Answer wanted"), lists.label("urgency", screen.urgency)),
    ]
    if not screen.nobody_there:  # the box beside the button says when it is due, and that nobody can keep it
        rows.append((_("Answer by"), moments.moment(screen.known.answer_by(screen.urgency), screen.known.at)))
    flags = summary.flags(case, chosen.listing.service_code, police=way.police)
    return rows + person_rows(case, flags, police=way.police)


def needed_day(form: ReferForm, today: date) -> str:
    """The day from which help is needed, in words; what is no date stays as it was typed."""
    typed = form["needed_from"].value()
    try:
        needed = form.fields["needed_from"].to_python(typed)
    except ValidationError:
        return str(typed)
    return moments.day(needed, today) if needed else ""


def person_rows(
    coded: Any,
    flags: Flags | None,
    *,
    police: bool,
    before: str = "",
    marks: Mapping[str, str] = MappingProxyType({}),
    ages: str = "",
) -> list[tuple[str, object]]:
    """The person on the card, as the desk reads her. `coded`: a case, or the card that was made of it; `flags`: what
    the summary for this help says of them; `ages`: what was answered of the children.
    """
    return words.person_rows(
        coded.sex_code,
        coded.age_band_code,
        region=None if police else coded.region_code or "",
        languages=[coded.language_code],
        interpreter=coded.needs_interpreter,
        risk=coded.risk_code,
        flags=flags,
        before=before,
        marks=marks,
        ages=ages,
    )


def later_text(screen: Screen, way: Way, *, written: bool, lacks: Mapping[str, Any]) -> list[str]:
    """What is sealed until they accept, and until when the people whom they name can read it.

    `written`: the person's own words stand there. `lacks`: what is named elsewhere as empty.
    """
    empty = {one["part"] for one in lacks.get("as_begun", ())}
    goes = {*screen.ticked} - empty
    unwritten = {*empty, *(section for section, why in way.withheld.items() if why == "empty")}
    of_name = sections.of_name(goes, named=way.named, empty=unwritten, called=lacks.get("name_written"))
    said = [packet.parts(goes) if written else packet.if_written(goes), of_name]
    if way.until:
        day = moments.last_day(way.until, screen.known.at)
        said.append(_("Until %(day)s, or until the person says stop.") % {"day": day})
    return said


def never(way: Way) -> list[tuple[str, object]]:
    """What goes to no such organisation."""
    parts = [section for section, rule in RULE[way.kind, way.purpose].items() if rule == NEVER]
    return [(_("Never"), lists.joined("packet_section", parts))] if parts else []


def leaving(screen: Screen) -> str:
    """When they see it, and how it is ended: what is urgent or in danger leaves at once, and cannot be stopped."""
    if screen.chosen is None:
        return ""
    if screen.nobody_there and screen.urgency == URGENT:
        return _("They see it when they open: call after sending. You can cancel it later, with a reason.")
    seconds = int((screen.known.seen_at(screen.urgency) - screen.known.at).total_seconds())
    if screen.nobody_there and seconds <= 0:
        return _("They see it when they open. You can cancel it later, with a reason.")
    if seconds <= 0 and screen.urgency == URGENT:
        return _("Urgent: they see it at once. You can cancel it later, with a reason.")
    if seconds <= 0:
        return _("High risk: they see it at once. You can cancel it later, with a reason.")
    held = ngettext(
        "You can stop it for %(n)d second; nobody sees it before. Later you can cancel it, with a reason.",
        "You can stop it for %(n)d seconds; nobody sees it before. Later you can cancel it, with a reason.",
        seconds,
    )
    return held % {"n": seconds}


def need_choices(needs: Sequence[str]) -> list[tuple[str, str]]:
    """What can be asked for: what is looked for of itself first, then every group of services."""
    first = [(TONIGHT, lists.joined("need_tonight", needs))] if kinds(needs) else []
    return [("", _("Choose what the person needs")), *first, *lists.choices("service_group")]


def _of_need(need: str, said: str) -> str:
    """What was searched, in a sentence: a choice has room for the need alone."""
    return _("What was said to be needed: %(needs)s") % {"needs": said} if need == TONIGHT and said else said


def parts_withheld(known: Prepared, way: Way) -> Iterable[tuple[str, str]]:
    """Sections that are not offered, each with the reason; names are asked only if somebody else could send one."""
    who = holders(known.case.pk) if "not_held" in way.withheld.values() else {}
    for section, why in way.withheld.items():
        yield sections.name(section, Audience.SENDER), words.withheld(why, ", ".join(who.get(section, ())))
