"""What was agreed as an adult, of a child, or the other way round: it ends soon, and is asked again."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.casework.consent.queries.consent import AGREES
from hamkori.casework.consent.rules import consent
from hamkori.casework.work.queries.case_page import File
from hamkori.web.cases.alarm import Alarm, alarm
from hamkori.web.kit import moments
from hamkori.web.words import agreed_before, red
from hamkori.web.words.child_alone import calls_at


def box(file: File) -> list[Alarm]:
    """What is so, until when, and with whom it is asked. A day is said once: of what goes on where something does."""
    case, agreed = file.case, file.agreed
    age = consent.Age(case.is_child, case.age_settled_at)
    asked = [row for row in agreed.rows.values() if row.answer in AGREES and row.asked_as_child != agreed.child]
    if not asked or agreed.unsure:
        return []
    lives = [day for row in asked if (day := consent.ends(row, age)) is not None and day > file.now]
    if agreed.answered and not lives:
        return []  # what was not asked again stands in what is to do
    goes_on = _goes_on(file)
    until = _("The earlier answers end on %(day)s.") % {"day": moments.last_day(min(lives), file.now)} if lives else ""
    new = str(red.NOTHING_NEW) if sends_nothing_new(file) else ""
    text = " ".join(filter(None, (new, "" if goes_on and new else until or _("The earlier answers have ended."))))
    title, url = red.ask_again(child=agreed.child), reverse("consent", args=[case.code])
    alone = alarm("", "", url=calls_at(case.code), button=_("See whom to call")) if agreed.child else None
    return [alarm(title, text, url=url, button=_("Ask again"), tone="wait", before=goes_on, then=alone)]


def sends_nothing_new(file: File) -> bool:
    """Whether a child has not answered as one yet, nor an adult for them: then no other organisation can be asked."""
    return file.agreed.child and not file.agreed.answered


def _goes_on(file: File) -> list[tuple[str, str]]:
    """Each referral that goes on though the person agreed to it as an adult and is a child, and where it is ended."""
    return [
        (
            agreed_before.on_case(one.state, one.body, one.as_adult_until, file.now),
            reverse("referral_withdraw", args=[one.code]),
        )
        for one in file.referrals
        if one.as_adult_until is not None
    ]
