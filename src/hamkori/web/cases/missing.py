"""The box of a case about who did not arrive: whether they are safe stands before everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.lifecycle import IS_SAFE, NOT_FOUND, WRITABLE
from hamkori.casework.work.queries.case_page import File
from hamkori.casework.work.queries.looked_for import Looked, expected_by
from hamkori.casework.work.queries.no_place import whose_place
from hamkori.web.cases import age_changed
from hamkori.web.cases.alarm import Alarm, alarm
from hamkori.web.cases.place import awaited, whose_of
from hamkori.web.kit import moments
from hamkori.web.words import Audience, coordinator, desk_phone, excluded, lists, place_told, red, sections
from hamkori.web.words import missing as words
from hamkori.web.words import place as place_words

CONTACT: Final = "contact"


def box(file: File, looked: Looked, to_lead: Alarm | None) -> Alarm:
    """What is known of the person can be said by the team and by its supervisor, also where the case was closed.
    `to_lead`: the button with which a supervisor has the lead worker told.
    """
    at = reverse("looked_for", args=[file.case.code])
    came = words.did_not_come(looked, file.now)
    gone_from = file.gone_from if looked.referral is not None else ""
    where = " · ".join(one for one in (came, gone_from, words.said_before(looked)) if one)
    heard, then = words.heard(looked.there, file.now)
    said = [f"{heard}.", then] if heard else []
    said += [f"{capfirst(one)}." for one in (where, *words.since(looked, file.now)) if one]
    said += [f"{capfirst(one)}." for one in _meant(file, looked) if one]
    said += [str(words.TOGETHER)] if looked.not_found_at is not None else []
    said += [_found(file)] if awaited(file) is not None else []
    is_open = file.case.state_code != "closed"
    return alarm(
        words.title(looked.word),
        " ".join((*said, words.danger(looked))),
        url=at,
        button=lists.label("whereabouts", IS_SAFE),
        post=True,
        why=IS_SAFE,
        then=alarm("", "", url=at, button=lists.label("whereabouts", NOT_FOUND), post=True, why=NOT_FOUND, icon="late"),
        another=_another(file, looked) if is_open else None,
        also=_on(looked, to_lead) if is_open else None,
        there=_says(file, "place_reached", _("Say that they got to the place"), "done"),
        no_bed=_no_bed(file),
        told=to_lead["told"] if to_lead and is_open else None,
        phone=_expected(file, looked),
        helps=words.helps(looked, file.now),
        coordinator=coordinator.reached() if looked.phone or not looked.referral else "",
        reach=reach(file),
        life=looked.here is None,
        id="missing",
    )


def reach(file: File) -> dict[str, str] | None:
    """Where the person's telephone is locked, if it is written, for who holds that part: it is called before anybody
    else is. Nobody knows what the part holds without opening it; where nothing was ever written there, nothing is said.
    """
    if CONTACT not in file.sheets:
        return None
    url = f"{reverse('case', args=[file.case.code])}?open={CONTACT}#{CONTACT}"
    return {"url": url, "said": str(words.LOCKED) % {"part": sections.name(CONTACT, Audience.SENDER)}}


def _meant(file: File, looked: Looked) -> tuple[str, str]:
    """To which place the person did not get; and that an organisation says that they are with them (ADR 0232)."""
    looked = replace(looked, meant=whose_place(file.case, looked.meant, looked.to))
    names = {looked.to: file.gone_from} if looked.to is not None else {}
    told = expected_by(looked, file.places, names) if looked.here is None else None
    told = told or next((one for one in file.places if one.at == looked.found_at), None)
    meant = words.meant(looked, told.name if told is not None else "", file.now)
    return str(words.NOT_THERE) % {"place": meant} if meant else "", words.here(looked, file.gone_from, file.now)


def _expected(file: File, looked: Looked) -> str:
    """Where those are called who expected the person, or say that they are with them."""
    if looked.here is not None:
        return desk_phone.said(looked.here.phone)
    if looked.referral is not None:
        return excluded.call_only(looked.phone) if looked.unwanted else desk_phone.said(looked.phone)
    if looked.to == file.case.organisation_id:
        return ""  # nobody calls the own organisation
    names = {looked.to: file.gone_from} if looked.to is not None else {}
    told = expected_by(looked, file.places, names)
    return place_told.expected_by(told) if told is not None else ""


def _found(file: File) -> str:
    """Which place was found since: the answer that they got there is said of it."""
    asks = awaited(file)
    if asks is None:
        return ""
    step, told = asks
    named = told is not None and told.organisation is not None
    whose = told.name if told and named else place_words.whose_is(whose_of(step, file))
    values = {"when": moments.moment(step.found_at, file.now), "whose": whose}
    return _("A place for tonight was found %(when)s: %(whose)s.") % values


def _says(file: File, step: str, button: str, icon: str) -> Alarm | None:
    """Where the newest word is that a place was found: they may have got there, or it is none, and that is said of that
    place. The search goes on without one (ADR 0162).
    """
    if not file.standing.works or file.case.state_code not in WRITABLE or awaited(file) is None:
        return None
    return alarm("", "", url=reverse(step, args=[file.case.code]), button=button, post=True, icon=icon)


def _no_bed(file: File) -> tuple[Alarm, ...]:
    """That it is none; of one that was promised by telephone who called it off, since whoever did not is to be told."""
    asks = awaited(file)
    said = place_told.no_place(whose_of(asks[0], file) if asks is not None else "")
    found = [(_says(file, "place_needed", str(button), "ended"), why) for why, button in said]
    return tuple({**one, "why": why} for one, why in found if one is not None)


def _another(file: File, looked: Looked) -> Alarm | None:
    """Another organisation, where one can be asked: second, below the answers to whether they are safe."""
    one = next((each for each in file.referrals if each.not_here and each.stopped), None)
    if one is None or not file.standing.works or not one.live or one.refused or one.nobody_else:
        return None
    if age_changed.sends_nothing_new(file):
        return None
    return alarm("", "", url=reverse("referral_again", args=[one.code]), button=str(red.ASK_ANOTHER))


def _on(looked: Looked, to_lead: Alarm | None) -> Alarm | None:
    """Where it goes on from there: the referral, or whoever leads the case."""
    if looked.code:
        return alarm("", "", url=reverse("referral", args=[looked.code]), button=_("Open the referral"))
    return alarm("", "", **{key: to_lead[key] for key in ("url", "button", "post", "icon")}) if to_lead else None
