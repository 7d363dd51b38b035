"""What a case leaves open when it is closed: whoever closes it reads it, and ticks that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.context import now
from hamkori.casework.case.queries.place_told import asked_now
from hamkori.casework.case.rules import closing
from hamkori.casework.referral.queries.referrals import body_name
from hamkori.casework.referral.rules.lifecycle import BLOCKS_CLOSING
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.here_now import is_untold
from hamkori.casework.work.queries.looked_for import looked_now
from hamkori.casework.work.queries.owed import owed
from hamkori.directory.rules.suit import kinds
from hamkori.web.cases import calls_owed as still_owed
from hamkori.web.cases import last_night, own, place, still_there, there
from hamkori.web.cases.again import can_open
from hamkori.web.words import calling_off, lists, missing, on_the_way, place_told, red
from hamkori.web.words import needed as words
from hamkori.web.words.case import NO_STATES, YES_STATES, said_no

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

PLACE = "safe_place"
HELPED = ("serving", "finished", "disputed", "confirmed")
"""States of a referral in which the person has come to somebody."""


def still_open(file: File) -> list[str]:
    """What may harm a person if nobody sees it any more: that they did not arrive, danger, no place for the night, a
    child of whom nobody knows or whom nobody asked again after the age was put right.

    Nothing in the lifecycle stands in the way: the worker may know that it is over.
    """
    case = file.case
    found = [str(red.NOT_HEARD)] if file.agreed.unheard else []
    found += [str(missing.NOBODY_SAID)] if file.missing is not None else []
    found += [_("Somebody is in danger.")] if case.has_danger else []
    told = place_told.last(file.places)
    lost = told is not None and told.lost is not None
    nobody = (PLACE in case.need_tonight_codes or lost) and not any(map(_is_place, file.referrals))
    if nobody and not (file.left or _had_one(file)):
        found.append(_("A safe place to sleep was needed, and no organisation here gave one."))
    elif file.no_place:
        found.append(_sleeps(file))
    elif nobody:
        found.append(str(red.SLEEPS))
    found += filter(None, [last_night.box(file), there.said(file)])
    found += _asked_on(file)
    found += [_("A doctor is needed, and nobody is asked now.")] if file.no_doctor else []
    found += own.still_open(file)
    if "child" in file.clocks or is_untold(case):
        found.append(_("Child protection was not told."))
    unasked = file.agreed.child and file.agreed.asked_at is not None and not file.agreed.answered
    if unasked and not said_no(file.agreed):
        found.append(_("The person is a child, and was not asked for consent again."))
    # The same as after the press, when they are to be called off: until the noon after that night.
    asked = place.found(file)
    waits = told is not None and (told.off or file.missing or (asked is not None and asked["by_telephone"]))
    if told is not None and waits and not (told.off and told.sure) and told.told_at is None:
        found.append(place_told.still_waits(told))
    off = (one for one in file.places if one.off and (one.sure or not one.last))
    return [*found, *(place_told.sentence(one, file.now) for one in off)]


def outcomes(file: File | None, offered: tuple[str, ...]) -> tuple[str, ...]:
    """Those with which it may be closed now: that the person wants no more help, only of whom somebody has asked."""
    unheard = file is not None and file.agreed.unheard
    return tuple(one for one in offered if not (unheard and one == closing.WITHDREW))


def ask_url(file: File | None) -> str:
    """Where the person is asked whether a no is theirs that somebody else brought; '' where there is none to ask."""
    asks = file is not None and file.agreed.unheard and file.standing.works
    return reverse("consent", args=[file.case.code]) if asks and file is not None else ""


def needs(file: File) -> list[str]:
    """What is needed and nobody gives, as the case names it under what is next: it ends with the case, and no tick is
    asked for it.
    """
    found = [words.said(file.needed, file.case.doctor_code)] if file.needed else []
    without = (lists.label("service", one.service) for one in file.referrals if one.stopped)
    return [*found, *(str(red.WITHOUT) % {"service": service} for service in dict.fromkeys(without))]


def _sleeps(file: File) -> str:
    """What Today asks of tonight: whether the person stays, where they sleep now, or that nobody has a place."""
    if place.came_to(file) is not None:
        return str(red.STAYS)
    if file.left:
        return red.has_ended(file.left, closed=file.left_closed, before=file.left_before)
    return _("Nobody has a place for the person for tonight.")


def _asked_on(file: File) -> list[str]:
    """What nobody has said yet, and nobody asks once the case is closed: whether the person got to the place that was
    found or still sleeps there, and whether help goes on that their word did not end.
    """
    asks, found = place.found(file), []
    if asks is not None and not asks["by_telephone"]:  # of that it is said whom to call
        found.append(_("A place was found, and nobody has said whether the person got there."))
    if (still := still_there.box(file)) is not None:
        found.append(still["asks"])
    said = _("Nobody has said whether help at %(organisation)s goes on.")
    return [*found, *(said % {"organisation": one.body} for one in file.referrals if one.goes_on)]


def _had_one(file: File) -> bool:
    """Whether the person was at a place: somebody gave one, however it ended."""
    served = {one.referral for one in file.steps if one.step == "serve"}
    return any(one.code in served and one.result != "not_given" for one in place.for_one(file))


def calls_owed(file: File) -> list[dict[str, str]]:
    """Who is to hear that nobody comes, and who may be on the way in vain: a call for each, with its referral."""
    found = []
    for one in owed(file.case.pk, file.now):
        name = body_name(one.organisation, one.organisation_id, lists.language())
        said = calling_off.sentence(name, one.promise, file.now) if one.promise is not None else ""
        if one.taken is not None:
            said = on_the_way.tell(name, one.agreed, one.taken, file.now)
        found.append({"said": said, "code": one.code})
    return found


def unconfirmed(file: File) -> list[dict[str, str]]:
    """Results of which the person was not asked yet: they stand on Today after the case is closed too."""
    return [_named(one) for one in file.referrals if one.state == "finished"]


def asked_again(file: File) -> str:
    """What opening the case again will ask of the person, who has said it already; '' where nothing was said, or only
    a no to the police, which stays.
    """
    states = file.agreed.states.items()
    said = any(one in YES_STATES or (one in NO_STATES and key[0] != "police") for key, one in states)
    if not said or file.agreed.unsure:
        return ""
    return _(
        "If the case is opened again, what the person said about sharing no longer counts: the person is asked again."
    )


def goes_on(file: File) -> list[str]:
    """Who helps on after the case is closed, once each: nothing else continues."""
    return [*dict.fromkeys(one.body for one in file.referrals if one.state == "serving")]


def in_the_way(file: File) -> list[dict[str, str]]:
    """The referrals with which the case cannot be closed."""
    return [_named(one) for one in file.referrals if one.state in BLOCKS_CLOSING]


def _named(one: Sent) -> dict[str, str]:
    return {"code": one.code, "service": lists.label("service", one.service), "body": one.body}


def _is_place(one: Sent) -> bool:
    given = one.state in HELPED and one.result in ("", "given", "partly")
    return given and one.service in kinds([PLACE])


def undecided(file: File) -> bool:
    """Whether nobody decided about the signs; not where the case was sent here and none were looked at."""
    elsewhere = bool(file.came_from) and not file.screenings
    return file.case.decision_code == "not_yet" and "screening" in file.standing.sections and not elsewhere


def decide_url(file: File) -> str:
    """Where the reader decides about them: after the signs, which are written down first; '' where another does."""
    if not file.standing.may("decide", file.case.state_code):
        return ""
    return reverse("decide" if file.facts.holds("screening_done") else "screening", args=[file.case.code])


def closed(case: Case, file: File | None) -> str:
    """What is said once it is closed: what of it goes on, as it stands by now; and who can open it again."""
    if looked_now(case.pk) is not None:
        return _("Closed. Nobody has said whether the person is safe: Today goes on asking. See below.")
    return " ".join(filter(None, (_goes_on_closed(case, file), can_open(file) if file is not None else "")))


def _goes_on_closed(case: Case, file: File | None) -> str:
    if any(one.off for one in asked_now(case.pk)) or (file is not None and still_owed.waits_still(file)):
        return _("Closed. Somebody may still have a place ready: see below.")
    if file is not None and still_owed.may_owe(file) and owed(case.pk, now()):
        return _("Closed. A call is still due: see below, and on Today.")
    if file is not None and (goes_on := own.closed(file)):
        return goes_on
    if file is not None and unconfirmed(file):
        return _("Closed. The result that waits to be confirmed stays on Today.")
    return _("Closed. Nothing more is due in this case.")
