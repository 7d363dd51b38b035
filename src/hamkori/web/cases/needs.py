"""What was ticked as needed and of which nobody is asked, among what is to do in a case; and a no to a doctor."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hamkori.casework.case.queries.said_before import NEEDS_SAID, REOPEN
from hamkori.casework.consent.rules.consent import SAID_NO
from hamkori.casework.referral.queries.origin import Came
from hamkori.casework.referral.queries.own_doctor import FIRST_DAYS
from hamkori.casework.referral.rules.card import NEEDED, no_is_for
from hamkori.casework.work.queries.case_page import File
from hamkori.casework.work.queries.needed import DOCTOR, HELP, waits_for_word
from hamkori.directory.rules.suit import kinds
from hamkori.web.cases import doctor_seen
from hamkori.web.cases.alarm import Alarm, alarm
from hamkori.web.kit import moments
from hamkori.web.words import child_alone, needed, place, red
from hamkori.web.words.case import YES_STATES, no_to_all

Task = dict[str, Any]


def rows(file: File) -> list[Task]:
    """What is to do about it, and what is not."""
    return [one for one in (_anew(file), _needed(file), _refused(file)) if one] if file.standing.works else []


def _anew(file: File) -> Task | None:
    """Of a case that was opened again, the row of Today: what was needed was said before it was closed, and nobody has
    asked since. Not of those who said no to everything: they are asked about nothing before they raise it.
    """
    said = (one.step for one in file.steps if not one.referral and one.step in (REOPEN, NEEDS_SAID))
    if file.case.state_code != "open" or next(said, "") != REOPEN or no_to_all(file.agreed):
        return None
    row = {"label": str(needed.ANEW), "state": "todo", "state_label": "", "hint": "", "when": ""}
    return {**row, "url": needed.anew_at(file.case.code), "button": str(needed.WRITE_ANEW)}


def _needed(file: File) -> Task | None:
    """In the words of Today and with its button."""
    if not file.needed:
        return None
    (url, button), alone = _way(file), tuple(file.needed) == (DOCTOR,)
    hint = str(needed.WAS_ASKED) if alone and file.came_from else ""
    if _sender(file) is not None:
        hint = str(needed.ASK_SENDER)
    if alone and file.agreed.state(*place.DOCTOR) in SAID_NO:
        hint = capfirst(str(red.NO_FOR_THE_CHILD))
    row = {
        "label": needed.said(file.needed, file.case.doctor_code),
        "state": "todo",
        "state_label": "",
        "url": url,
        "hint": hint,
        "when": "",
    }
    # Where a doctor is among it, it is said here, too, that one came.
    box = {"box": _box(file, row, str(button))} if DOCTOR in file.needed else {}
    return {**row, "button": str(button), "named": True, **box}


def _box(file: File, row: Task, button: str) -> Alarm:
    """The same row with a press for whom a doctor has seen; that none is needed is said among the details."""
    url = f"{reverse('edit_case', args=[file.case.code])}?all=1#id_doctor_code"
    other = alarm("", "", url=url, button=_("No doctor is needed"))
    more = {"tone": "calm", "then": other, "seen": doctor_seen.offered(file.case), "id": DOCTOR}
    return alarm(row["label"], row["hint"], url=row["url"], button=button, **more)


def _way(file: File) -> tuple[str, Any]:
    """For a child of whom no adult has answered that is first. About a doctor alone the person is asked first, unless
    they agreed; so is whoever a no was brought of, or who agreed to it all as an adult and is a child.
    """
    code, alone = file.case.code, tuple(file.needed) == (DOCTOR,)
    unheard = [kind for kind, of in file.agreed.unheard_rows if of == HELP]
    if child_alone.unanswered(file.case, file.agreed):
        return child_alone.adult_at(code), child_alone.ADULT
    if (sender := _sender(file)) is not None and sender.code:
        return reverse("referral", args=[sender.code]), red.OPEN_REFERRAL
    if alone and file.agreed.state(*place.DOCTOR) not in YES_STATES:
        return place.asked_of_doctor(code), red.ASK_PERSON
    if file.agreed.sends_nothing_new or waits_for_word(file.needed, unheard):
        return reverse("consent", args=[code]), red.ASK_PERSON
    return needed.choice_at(code, file.needed, child=file.case.is_child), red.ASK


def _sender(file: File) -> Came | None:
    """With which referral it was said that a doctor is needed, and nothing else is: in the first days of help its
    sender is asked before the person, who may have said no, unless they said yes or no here.
    """
    said = file.agreed.state(*place.DOCTOR)
    if tuple(file.needed) != (DOCTOR,) or said in YES_STATES or said in SAID_NO:
        return None
    if file.now >= file.case.begun_at + FIRST_DAYS:
        return None
    return next((one for one in file.came_from if one.doctor in NEEDED), None)


def _refused(file: File) -> Task | None:
    """A doctor who is needed this week, and to whom the person said no: it is to be read, and nothing is to do."""
    case, agreed = file.case, file.agreed
    needs = case.state_code == "open" and case.doctor_code in NEEDED and DOCTOR not in case.need_tonight_codes
    if not needs or not no_is_for(case.doctor_code) or agreed.state(*place.DOCTOR) not in SAID_NO or no_to_all(agreed):
        return None
    since = agreed.no_since.get(place.DOCTOR)
    doctors = kinds([DOCTOR])
    if since is None or any(one.service in doctors and one.visible_at for one in file.referrals):
        return None
    day = moments.day(timezone.localdate(since), timezone.localdate(file.now))
    hint = _("The person said no %(day)s. Ask again only if the person raises it.") % {"day": day}
    said = str(red.DOCTOR_NEEDED)
    return {"label": said, "state": "blocked", "state_label": "", "url": "", "hint": hint, "when": ""}
