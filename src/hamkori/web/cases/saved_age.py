"""What was saved of an age that was corrected: each sentence is true for what the page of the case shows after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from hamkori.access.context import now
from hamkori.casework.case.rules.age import CHILD_BANDS, of_another_side
from hamkori.casework.consent.queries.agreed import agreed
from hamkori.casework.consent.queries.consent import AGREES
from hamkori.casework.consent.rules import consent
from hamkori.casework.referral.queries.origin import came_from, said_to
from hamkori.casework.referral.queries.put_right import received_once, shown_since, told_of_age
from hamkori.casework.referral.queries.referrals import body_name
from hamkori.casework.referral.queries.unseen import are_drafts
from hamkori.casework.referral.rules.lifecycle import LIVE
from hamkori.people.queries import organisations
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.words import agreed_before, calling, lists
from hamkori.web.words import case as words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest

    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import Referral
    from hamkori.casework.referral.queries.origin import Came


def said(case: Case, *, was_child: bool, before: str) -> str:
    """What was saved, and where it is put back. What is to do now stands on the page of the case, where the most urgent
    is first. `before`: the band until now.
    """
    theirs = says_other(case)
    if case.is_child == was_child:
        same = _("Saved. Summaries that were sent show this age now, and both sides were told.")
        same = same if shown_since(case) else _("Saved.")
        return " ".join(filter(None, (same, _told(case), of_sender(theirs, case))))
    back = f"{reverse('settle_age', args=[case.code])}?age={before}"
    text = " ".join(filter(None, (*_sentences(case, theirs), _told(case), of_sender(theirs, case))))
    if before not in codelist("age_band").codes or before == "unknown":
        return text
    return format_html('{} <a href="{}">{}</a>', text, back, _("Put the age back"))


def _told(case: Case) -> str:
    """Which organisations were told; '' where none was."""
    whom = _named(told_of_age(case))
    return _("Told: %(whom)s.") % {"whom": whom} if whom else ""


def goes_to(case: Case) -> str:
    """Before the press: who is told though their referral has ended, as when everything was withdrawn; '' of none."""
    whom = _named(received_once(case))
    said = _("Told of a new age too, if they still work with the person: %(whom)s. Nothing else is told there.")
    return said % {"whom": whom} if whom else ""


def _named(told: Iterable[UUID]) -> str:
    """These organisations, by name."""
    of = {*told}
    return ", ".join(sorted(body.name(lists.language()) for body in organisations() if body.id in of)) if of else ""


def says_other(case: Case) -> Came | None:
    """Of an own case: what the sender said, where that is another age than the case says now; None of all others."""
    if not case.from_referral:
        return None
    other = [one for one in came_from(case) if one.age_band and one.age_band != case.age_band_code]
    return next((one for one in other if one.differs(case)), other[0] if other else None)


def of_sender(theirs: Came | None, case: Case) -> str:
    """That the sender says another age and was told of none: where they are called; '' where they say the same."""
    if theirs is None:
        return ""
    who = words.person_of(theirs.sex or case.sex_code, theirs.age_band)
    how = lists.label("age_reason", theirs.known_by) if theirs.known_by in codelist("age_reason") else ""
    said = (
        _("The sender has another age: %(who)s (%(how)s). They were not told of yours: call them.")
        if how
        else _("The sender has another age: %(who)s. They were not told of yours: call them.")
    ) % {"who": who, "how": how}
    return f"{said} {calling.the_sender(theirs.sender_phone)}"


def differs_there(case: Case, came: Iterable[Came]) -> str:
    """Of an own case while help goes on: that its sender says a child of an adult, or the other way round, and where
    they are called; '' where both agree, or where the sender's age is the one to look at (`Came.differs`).
    """
    theirs = next(
        (one for one in came if one.state in LIVE and of_another_side(case.age_band_code, one.age_band)), None
    )
    if theirs is None or case.state_code != "open" or theirs.differs(case):
        return ""
    said = _("The sender has another age: %(who)s. Hamkori does not tell them yours: call them if they do not know it.")
    who = words.person_of(theirs.sex or case.sex_code, theirs.age_band)
    return f"{said % {'who': who}} {calling.the_sender(theirs.sender_phone)}"


def put_right(case: Case) -> str:
    """Of an own case: the age that the sender put right and that this case does not say; '' where it says the same."""
    said = said_to(case) if case.from_referral else None
    return as_said(case, said) if said is not None else ""


def as_said(case: Case, theirs: Came) -> str:
    """Whom the sender says the person is, and how they know it."""
    return words.known_as(theirs.sex or case.sex_code, theirs.age_band, theirs.known_by)


def stays(band: str) -> str:
    """That nothing was written, because the age that stands counts."""
    return _("Nothing was changed. The age stays: %(age)s.") % {"age": lists.label("age_band", band)}


def lasts(case: Case, at: datetime) -> str:
    """Until when what was agreed would be valid, if the person is found to be a child, or an adult; the same days as on
    the page of the consent afterwards. '' where nothing would be.
    """
    child, word = not case.is_child, agreed(case, at)
    age = consent.Age(child, at)
    rows = [row for row in word.rows.values() if not word.unsure and consent.live(row, at, age)]
    days = sorted({moments.last_day(end, at): end for row in rows if (end := consent.ends(row, age))}.items(), key=_end)
    if not days:
        return ""
    slots = {"day": days[-1][0]}
    if all(row.asked_as_child == child for row in rows):
        as_child = _("The answers that were given as a child are valid again then, until %(day)s.")
        as_adult = _("If the person is an adult, the answers given as an adult are valid again, until %(day)s.")
        said = (as_child if child else as_adult) % slots
    elif child:
        said = _("What was sent can be read until %(day)s, by the police no longer.") % slots
    else:
        text = _(
            "If the person is an adult, the earlier answers are valid until %(day)s; for the police they end at once."
        )
        said = text % slots
    return " ".join((said, _("Some of them end earlier, on %(day)s.") % {"day": days[0][0]})) if len(days) > 1 else said


def _end(day: tuple[str, datetime]) -> datetime:
    return day[1]


def say_stopped(request: HttpRequest, waited: Sequence[Referral]) -> None:
    """Of what no desk could see yet: which of it is a draft again, because nobody has asked the child."""
    drafts = are_drafts(one.pk for one in waited)
    for one in waited:
        if one.pk in drafts:
            to = body_name(one.to_organisation, one.to_organisation_id, lists.language())
            messages.warning(request, agreed_before.stopped(to))


def chosen(age: str) -> dict[str, str]:
    """The age that the link back has chosen already."""
    return {"age_band": age} if age in codelist("age_band").codes and age != "unknown" else {}


def _sentences(case: Case, theirs: Came | None) -> list[str]:
    told = case.told_child_protection_at
    asks = asks_again(case)
    known = (
        [
            _("Child protection was told of a child %(when)s. You may tell them that the age was corrected.")
            % {"when": moments.moment(told, now())}
        ]
        if told is not None
        else []
    )
    if case.is_child:
        below = [_("See below what to do now.")] if asks or told is None else []
        return [_("Saved: the person is a child."), *known, *below]
    if theirs is None or theirs.age_band not in CHILD_BANDS or not theirs.differs(case):
        known = known or [_("Child protection no longer waits to be told.")]
    return [_("Saved: the person is an adult."), *known, *([_("Ask for consent again.")] if asks else [])]


def asks_again(case: Case) -> bool:
    """Whether something was agreed at another age that is to be asked again: as the page of the case says it. The case
    itself says how old the person is now: the mark of it is raised once all is saved.
    """
    at, age = now(), consent.Age(case.is_child, case.age_settled_at)
    word = agreed(case, at)
    yes = [row for row in word.rows.values() if row.answer in AGREES]
    other = [row for row in yes if row.asked_as_child != case.is_child]
    lives = any((day := consent.ends(row, age)) is not None and day > at for row in other)
    answered = any(
        row.asked_as_child == case.is_child and consent.row_state(row, at, age) in consent.LIVE_STATES for row in yes
    )
    return bool(other) and not word.unsure and (lives or not answered)
