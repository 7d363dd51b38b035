"""A doctor has seen whoever needed one: one press each, for the person and for a child who comes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.casework.case.actions.doctor_seen import SAID, TAKEN_BACK_WITHIN, doctor_seen, doctor_unseen
from hamkori.casework.case.rules.said import said_of
from hamkori.casework.referral.rules.card import SICK_CHILD, WITH_CHILD
from hamkori.casework.work.queries.no_doctor import DOCTOR
from hamkori.refusal import NotNow
from hamkori.web.cases import corrected
from hamkori.web.cases.alarm import Alarm, alarm
from hamkori.web.kit.posting import done, version_of
from hamkori.web.kit.remembered import doctor_before

if TYPE_CHECKING:
    from datetime import datetime

    from hamkori.access.actor import Actor
    from hamkori.casework.case.models import Case
    from hamkori.casework.work.queries.case_page import File

SEEN: Final = "doctor_seen"
"""In a press on the details of a case: whom the doctor has seen."""
PERSON, CHILD, BOTH = "person", "child", "both"
NOBODY = "nobody"
"""In its place: that was a slip."""


def offered(case: Case) -> list[Alarm]:
    """The presses of this case. Where both need one and the person alone was seen, the age of the child is said too:
    that is chosen among the details.
    """
    at = reverse("edit_case", args=[case.code])
    if case.doctor_code in SICK_CHILD:
        return [_press(at, CHILD, button=_("A doctor saw the child"))]
    if case.doctor_code != WITH_CHILD:
        return [_press(at, PERSON, button=_("A doctor saw the person"))]
    return [
        _press(at, BOTH, button=_("A doctor saw both")),
        _press(at, CHILD, button=_("A doctor saw the child")),
        alarm("", "", url=f"{at}?all=1#id_doctor_code", button=_("A doctor saw the person")),
    ]


def _press(url: str, who: str, *, button: str) -> Alarm:
    return alarm("", "", url=url, button=button, post=True, seen_by_doctor=who)


def saved(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Saves it, and says who still needs one. NotNow("version_same"): somebody has changed the case meanwhile."""
    if request.POST.get(SEEN, "") == NOBODY:
        return _put_back(request, actor, case)
    told, codes, before = said_of(case), _codes(case, request.POST.get(SEEN, "")), _stood(case)
    changed = doctor_seen(actor, case, version=version_of(request), codes=codes)
    said = _("Saved: a doctor came.")
    if DOCTOR in changed.need_tonight_codes:
        said = _("Saved: a doctor saw the child. The person still needs one.")
    doctor_before.remember(request, case.code, f"{before}{_SPLIT}{changed.doctor_code}")
    messages.success(request, " ".join(filter(None, (said, corrected.of_facts(changed, told)))))
    return done(actor, reverse("case", args=[case.code]))


def came(request: HttpRequest, actor: Actor, file: File) -> dict[str, datetime] | None:
    """That a doctor came, for an hour, to whoever said so, who can take it back; None where nobody can."""
    last = next((one for one in file.steps if one.step in SAID and not one.referral), None)
    if last is None or last.step != SAID[0] or last.by != actor.membership_id or file.case.state_code != "open":
        return None
    stands = doctor_before.of(request, file.case.code) and file.standing.works
    return {"at": last.at} if stands and last.at > file.now - TAKEN_BACK_WITHIN else None


_SPLIT: Final = "|"


def _stood(case: Case) -> str:
    """What the case says now, in codes: who needs a doctor, and whether one is needed today."""
    return f"{case.doctor_code}{_SPLIT}{DOCTOR if DOCTOR in case.need_tonight_codes else ''}"


def _put_back(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """What was needed before is needed again. NotNow("version_same"): it was said otherwise meanwhile, or long ago."""
    kept = doctor_before.of(request, case.code).split(_SPLIT)
    if kept[-1] != case.doctor_code:
        raise NotNow("version_same")
    who, needed, _since = kept
    told, needs = said_of(case), [one for one in case.need_tonight_codes if one != DOCTOR]
    codes = {"doctor_code": who, "need_tonight_codes": [*needs, needed] if needed else needs}
    changed = doctor_unseen(actor, case, version=version_of(request), codes=codes)
    doctor_before.remember(request, case.code, "")
    said = _("Put back: no doctor came. What was needed is needed again.")
    messages.success(request, " ".join(filter(None, (said, corrected.of_facts(changed, told)))))
    return done(actor, reverse("case", args=[case.code]))


def _codes(case: Case, who: str) -> dict[str, Any]:
    """What the details say from now on."""
    if who == CHILD and case.doctor_code == WITH_CHILD:
        return {"doctor_code": "yes"}
    whose = CHILD if case.doctor_code in SICK_CHILD else BOTH if case.doctor_code == WITH_CHILD else PERSON
    if who != whose:
        raise NotNow("version_same")
    needs = [one for one in case.need_tonight_codes if one != DOCTOR]
    return {"doctor_code": "no", "need_tonight_codes": needs}
