"""What an answer ends or shortens: said before it is saved, with who has read what; and what it has ended, after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori.audit.queries import Opened, referral_opened
from hamkori.casework.consent.queries.consent import AGREES, Asked, Less, Said, after_asking, taken_back
from hamkori.casework.consent.rules.consent import LIVE_STATES, ROWS, RowKey
from hamkori.casework.referral.queries.effects import Effect, Running, hit_at, running
from hamkori.people.queries import desk_phones
from hamkori.web.consent import words
from hamkori.web.consent.forms import AskForm
from hamkori.web.consent.unread import unless_unread
from hamkori.web.consent.withdraw_lines import what_and_when
from hamkori.web.consent.withdrawn import NAME, has_ended
from hamkori.web.words import calling_off, desk_phone, excluded, lists
from hamkori.web.words.stays import does_not_end

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.consent.models import Consent

ENDED = ("expired", "not_live", "not_asked")
"""What a yes of before is worth that holds no more and is no answer of the person's."""
Read = tuple[dict[UUID, tuple[Opened, ...]], dict[UUID, str]]


def rows(ending: Iterable[Effect], bodies: Mapping[UUID, str], at: datetime) -> list[dict[str, Any]]:
    """Each referral that an answer ends or narrows: what becomes of it, who has read what, and whom to call."""
    ending = tuple(ending)
    nothing: Read = ({}, {})
    opened, phones = unless_unread(lambda: _opened(ending), nothing)
    return [
        {
            "sentence": words.effect(one),
            "stays": does_not_end(one.running.service, bodies.get(one.running.body, ""))
            if one.ends and one.running.begun
            else _calls_off(one, bodies, at),
            "body": bodies.get(one.running.body, ""),
            "code": one.running.code,
            **_read(one, opened.get(one.running.id, ()), bodies, phones, at),
        }
        for one in ending
    ]


def _calls_off(one: Effect, bodies: Mapping[UUID, str], at: datetime) -> str:
    """Whom to call afterwards: they said yes on the telephone, and may wait for the person. Of what goes on without the
    way to the person that those who help are told not to call.
    """
    if not one.ends and "contact" in one.lost and one.running.state != "sent":
        return _("They are told not to call the person and not to write.")
    promise = one.running.promise
    return calling_off.sentence(bodies.get(one.running.body, ""), promise, at) if one.ends and promise else ""


def _opened(ending: Iterable[Effect]) -> Read:
    opened = {one.running.id: referral_opened(one.running.id) for one in ending}
    read = {one.running.body for one in ending if opened[one.running.id]}
    return opened, desk_phones(read) if read else {}


def _read(
    one: Effect, opened: Iterable[Opened], bodies: Mapping[UUID, str], phones: Mapping[UUID, str], at: datetime
) -> dict[str, str]:
    """Of what ends everything that was unlocked; of what is narrowed the parts that go."""
    seen = [each for each in opened if one.ends or each.section in one.lost]
    if not seen:
        return {"read": "", "phone": ""}
    organisation = bodies.get(one.running.body) or _("an organisation that is not listed now")
    slots = {"organisation": organisation, **what_and_when(seen, at)}
    said = _("%(organisation)s unlocked: %(parts)s (%(when)s). Call them and ask them not to use it.") % slots
    return {"read": said, "phone": desk_phone.said(phones.get(one.running.body, ""))}


def saved(found: Case, form: AskForm, version: Consent, bodies: Mapping[UUID, str]) -> str:
    """What the answers changed: what was taken back and what became of it, then what may be sent from now on."""
    said, former = form.said(), form.former
    # What had run out was agreed no more: another answer to it withdraws nothing.
    agreed = {key: row for key, row in former.rows.items() if former.states.get(key) != "expired"}
    less = taken_back(agreed, after_asking(former, said))
    hit = hit_at(found, version.at, None) if less or form.without() else ()
    named = excluded.saved(*(_names(which, bodies) for which in (form.without(), form.again())))
    if not less and not hit:
        return " ".join((_gives(form), *named))
    lines = [_("Saved. Withdrawn: %(what)s.") % {"what": lists.several(words.less(less))} if less else _("Saved.")]
    for one in hit:
        organisation = bodies.get(one.body) or _("an organisation that is not listed now")
        if one.ended:
            lines.append(has_ended(organisation, one))
        elif one.parts == NAME:
            lines.append(
                _("No name is shown at %(organisation)s any more, and they were told.") % {"organisation": organisation}
            )
        else:
            slots = {"organisation": organisation, "parts": words.sections(one.parts)}
            lines.append(_("%(organisation)s can no longer unlock: %(parts)s. They were told.") % slots)
            if "contact" in one.parts and not one.waited:
                lines.append(_("They were told not to call the person and not to write."))
    lines += named
    if not hit:
        lines.append(_("Nothing of it is sent any more."))
    if any(_is_new(row, agreed.get((row.kind, row.purpose)), less) for row in said):
        lines.append(_("What the person said yes to can be sent now, and nothing else."))
    return " ".join(lines)


def _names(which: Iterable[UUID], bodies: Mapping[UUID, str]) -> list[str]:
    return sorted(bodies.get(one, "") for one in which)


def _is_new(row: Said, old: Said | None, less: Iterable[Less]) -> bool:
    """A yes that was not one before, or one to more than before."""
    if not row.agrees or (row.kind, row.purpose) in {key for key, _parts in less}:
        return False
    return old is None or old.answer not in AGREES or bool(set(row.sections) - set(old.sections))


def _gives(form: AskForm) -> str:
    """What the answers allow from now on."""
    if form.gives and form.cleaned_data.get("child_answer") == "says_no":
        return _("Saved: the child said no. Nothing of this can be sent.")
    if form.gives:
        return _("Saved. What the person said yes to can be sent now, and nothing else. Next: refer.")
    return _("Saved. Nothing is sent without a yes. The other help goes on.")


def shut_out(found: Case, former: Asked, said: Iterable[Said], bodies: Mapping[UUID, str]) -> list[str]:
    """Who was helping and can open nothing, because a yes of before has ended and was not asked about now."""
    asked_now = {(row.kind, row.purpose) for row in said}
    ended = {key for key, state in former.states.items() if state in ENDED and key not in asked_now}
    here: dict[UUID, set[RowKey]] = {}
    nobody: tuple[Running, ...] = ()
    for one in unless_unread(lambda: running(found), nobody):
        if one.state != "sent" and (unasked := ended & {*one.rows}):
            here.setdefault(one.body, set()).update(unasked)
    text = _("Not asked: %(questions)s. %(organisation)s can open nothing until the person is asked.")
    unlisted = _("an organisation that is not listed now")
    return [
        text
        % {
            "questions": lists.several(words.row(key) for key in ROWS if key in keys),
            "organisation": bodies.get(body) or unlisted,
        }
        for body, keys in here.items()
    ]


def needs_police(former: Asked, said: Iterable[Said]) -> str:
    """That an examination for a court was agreed to, and cannot be asked for: a yes to the police is missing."""
    answers = {(row.kind, row.purpose): row.agrees for row in said}
    if not answers.keys() & {words.COURT, words.CRIME}:
        return ""
    court, crime = (answers.get(key, former.states.get(key) in LIVE_STATES) for key in (words.COURT, words.CRIME))
    return words.needs_police() if court and not crime else ""


def saved_unread(form: AskForm) -> str:
    """The same where nobody could read what stood before."""
    return _gives(form)
