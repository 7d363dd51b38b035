"""How soon help is needed, as the case says it: a doctor this week is no emergency, and is not asked for from today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hamkori.casework.case.queries.said_before import said_before
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.referral.queries.refer import Prepared
from hamkori.casework.referral.rules import how_soon
from hamkori.casework.referral.rules.card import NEEDED, URGENT
from hamkori.casework.referral.rules.how_soon import ORDINARY, answers_now, usual
from hamkori.casework.referral.rules.stopped import EMERGENCY
from hamkori.casework.work.queries.needed import CHILD_THINGS, HELP, OF_A_CHILD, answers_of, recipients_of
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.directory.rules.suit import FOR_THE_ILL, kinds
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.kit.forms import DateField
from hamkori.web.words import directory, lists
from hamkori.web.words import referral as words

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.directory.queries import Suitable
    from hamkori.web.referrals.choosing import Screen
    from hamkori.web.referrals.forms import ReferForm

DOCTORS, DOCTOR = "HEALTH", "doctor"
"""The group of services, and the need of today."""
AFTER_RAPE = "HEALTH-03"
"""Care of which the directory says that it helps within hours: what happened is locked, so nobody asks here whether."""


def doctor_this_week(case: Case) -> bool:
    """Whether a doctor is needed, and not today."""
    return case.doctor_code in NEEDED and DOCTOR not in case.need_tonight_codes


def is_emergency(screen: Screen) -> bool:
    """Whether emergency medical care is asked for, or a doctor for today: an ambulance asks for no referral."""
    if screen.chosen is not None:
        return screen.chosen.listing.service_code == EMERGENCY
    if screen.still_needed and screen.earlier is not None:
        return screen.earlier.service_code == EMERGENCY
    return EMERGENCY in screen.codes and DOCTOR in screen.known.case.need_tonight_codes


def may_stand_in(screen: Screen, one: Suitable) -> bool:
    """Whether this help may stand among the others, that nothing speaks for: in the place of emergency care only a
    doctor for the ill, and not a test or an examination of another kind.
    """
    still = screen.still_needed and screen.earlier is not None and screen.earlier.service_code == EMERGENCY
    return not still or one.listing.service_code in FOR_THE_ILL | {*kinds([DOCTOR])}


def emergency_of(screen: Screen) -> dict[str, Any]:
    """What the page says of emergency care: that an ambulance asks for no referral, and that it is still missing."""
    return {"emergency": is_emergency(screen), "still_needed": _still_needed(screen)}


def _still_needed(screen: Screen) -> str:
    """That emergency care is still missing, beside the button that asks for other help after it gave none."""
    one, chosen = screen.earlier, screen.chosen
    if one is None or chosen is None or one.service_code != EMERGENCY or chosen.listing.service_code == EMERGENCY:
        return ""
    return emergency()


def emergency() -> str:
    """The same in words."""
    return _("Still needed: %(help)s") % {"help": lists.label("service", EMERGENCY)}


def is_out_of_time(known: Prepared, service: str) -> bool:
    """Whether this kind of doctor's help is one for today where one is needed this week, or one that can wait where a
    doctor is needed today: it stands behind the others.
    """
    if directory.group(service) != DOCTORS:
        return False
    for_today = usual(service) == URGENT
    return doctor_this_week(known.case) if for_today else DOCTOR in known.case.need_tonight_codes


def of_hours(screen: Screen) -> list[Suitable]:
    """Care after rape, where what is needed tonight is looked for: nothing was said of it, so it lies open for nobody,
    of whatever sex or age, and one line says that it helps within hours.
    """
    if screen.need in codelist("service_group"):
        return []
    return [
        one
        for one in screen.found
        if one.listing.service_code == AFTER_RAPE and one is not screen.chosen and one not in screen.refusing
    ]


def of_hours_title(screen: Screen) -> str:
    """How that line begins; where no other doctor can be asked, it says so: who needs a doctor may have to go there."""
    doctors = [one for one in screen.found if directory.group(one.listing.service_code) == DOCTORS]
    if any(one.listing.service_code != AFTER_RAPE and screen.may_be_asked(one) for one in doctors):
        return _("After rape: care that helps within 72 hours")
    return _("The only doctor listed: care after rape, within 72 hours")


def in_order(known: Prepared, services: Iterable[str]) -> tuple[str, ...]:
    """Kinds of help, as the list has them; of doctors those that fit how soon one is needed first."""
    return tuple(sorted(services, key=lambda code: is_out_of_time(known, code)))


def looked_for(known: Prepared) -> list[str]:
    """What is needed, without that to which the person said no themselves: of itself nobody looks for that. All of it,
    where they said no to all: the page says so.
    """
    needs = known.case.need_tonight_codes
    left = [need for need in needs if not _refused(known, need)]
    return unasked_first(known, left if kinds(left) else needs)


def unasked_first(known: Prepared, needs: Iterable[str]) -> list[str]:
    """These needs, as they were said; what somebody was asked for, and which goes on, behind the rest."""
    asked, child = {one.service_code for one in known.going}, known.case.is_child
    return sorted(needs, key=lambda need: not answers_of(need, child=child).isdisjoint(asked))


def _refused(known: Prepared, need: str) -> bool:
    """Whether the person said no to help of all who may give it; a no that somebody else brought is none (ADR 190)."""
    asked = [(kind, HELP) for kind in recipients_of(need)]
    said = {key: row for key in asked if (row := known.rows.get(key)) is not None and key not in known.brought}
    return bool(asked) and all(
        key in said and rules.row_state(said[key], known.at, known.age) in rules.SAID_NO for key in asked
    )


def for_a_child(case: Case, needs: Iterable[str]) -> tuple[str, ...]:
    """Beside what gives the things themselves, where a child needs some: who looks after a child. Often nobody else is
    near.
    """
    return OF_A_CHILD if case.is_child and CHILD_THINGS in needs else ()


def need_of(case: Case, service: str) -> str:
    """Which need this kind of help answers, as it was said; '' where none."""
    found = next((need for need in case.need_tonight_codes if service in kinds([need])), "")
    return found or (CHILD_THINGS if service in for_a_child(case, case.need_tonight_codes) else "")


def suggested(known: Prepared, service: str) -> str:
    """How soon this help is suggested for the person, as an urgency."""
    return how_soon.suggested(service, _said_needs(known))


def is_for_tonight(known: Prepared, service: str) -> bool:
    """Whether it is a bed for who needs one tonight: how soon the earlier one was asked for says nothing of that."""
    return service in kinds([PLACE]) and PLACE in _said_needs(known)


def _said_needs(known: Prepared) -> list[str]:
    """What was said to be needed tonight; of a case that was opened again nothing, until it is written anew."""
    return [] if said_before(known.case) else known.case.need_tonight_codes


def first_day(known: Prepared, group: str, service: str, urgency: str) -> date:
    """From when help is asked for while nobody has chosen a day: what is needed tonight or today, from today; what can
    wait, from the next working day; a bed of who has one for tonight, from tomorrow. `service`, `urgency`: '' while
    none is chosen.
    """
    today, case = known.calendar.day(known.at), known.case
    if service == EMERGENCY or (service and answers_now(service, case.need_tonight_codes)):
        return today
    if service and urgency != URGENT and how_soon.is_bed_for_later(service, _said_needs(known)):
        return today + timedelta(days=1)
    can_wait = urgency == ORDINARY or (group == DOCTORS and doctor_this_week(case))
    return next(known.calendar.days_after(today)) if can_wait else today


def _is_for_emergency(screen: Screen) -> bool:
    """Whether emergency care is asked for, or other help in its place."""
    return is_emergency(screen) or (screen.earlier is not None and screen.earlier.service_code == EMERGENCY)


def needed_from(screen: Screen) -> object:
    """As chosen. A day that nobody chose does not go from one kind of help to another."""
    known, typed = screen.known, screen.typed
    service = screen.chosen.listing.service_code if screen.chosen else ""
    first = first_day(known, directory.group(service) if service else screen.need, service, screen.urgency)
    if _is_for_emergency(screen):
        first = known.calendar.day(known.at)
    if typed is None:
        return screen.start.needed_from or first
    said = str(typed.get("needed_from", ""))
    other = screen.other_body or not screen.service_before
    return first if not said or (other and said in _ours(screen, str(typed.get("urgency", "")))) else said


def _ours(screen: Screen, urgency: str) -> set[str]:
    """The days that stood on the page before without anybody choosing them. `urgency`: how soon, as it stood there."""
    known, shown = screen.known, screen.service_before
    if shown:
        return {*_typed(first_day(known, directory.group(shown), shown, urgency))}
    return {one for group in ("", DOCTORS) for one in _typed(first_day(known, group, "", ""))}


def is_held(screen: Screen, form: ReferForm) -> bool:
    """Whether this press is held: nothing urgent goes without a day. And once, where a bed is asked for urgently, and
    from a later day: nobody may have looked at it after "Urgent" was chosen; whoever presses again means it.
    """
    said, day = form.cleaned_data, form.cleaned_data.get("needed_from")
    if said["urgency"] == URGENT and day is None:
        form.add_error("needed_from", _("Urgent: choose the day from which it is needed."))
        return True
    chosen, today = screen.chosen, screen.known.calendar.day(screen.known.at)
    if chosen is None or chosen.listing.service_code not in kinds([PLACE]) or said["urgency"] != URGENT:
        return False
    if day is None or day <= today or form.data.get("day_meant") == day.isoformat():
        return False
    form.day_meant = day.isoformat()
    sentence = _(
        "Urgent, but needed only from %(day)s. Is the place for tonight? Then choose today. If not, send again."
    )
    form.add_error("needed_from", sentence % {"day": moments.day(day, today)})
    return True


def _typed(day: date) -> tuple[str, str]:
    return day.isoformat(), str(DateField().prepare_value(day))


def hints(screen: Screen) -> dict[str, str]:
    """Beside each answer to "how soon": until when, and which is suggested."""
    found: dict[str, str] = {}
    if screen.chosen is None:
        return found
    usually = suggested(screen.known, screen.chosen.listing.service_code)
    for code in codelist("urgency").codes:
        hint = words.answer_by(screen.known.answer_by(code), screen.known.at)
        # Not inside the f-string: what finds texts for the catalogues looks into one from Python 3.12 only.
        said = _("Suggested for this kind of help.")
        found[code] = f"{hint} {said}" if code == usually else hint
    return found
