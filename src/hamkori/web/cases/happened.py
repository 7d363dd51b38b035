"""What happened in a case, a line each: on its page, and on paper, where nobody is named."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hamkori.casework.case.rules.lifecycle import DID_NOT_GET_THERE, WITH_US
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.work.queries.case_page import File
from hamkori.casework.work.queries.happened import ASKING, CHILD_CALL, Step
from hamkori.casework.work.queries.no_place import whose_place
from hamkori.people.queries import names
from hamkori.web.words import calling_off, child_told, consented, excluded, facts, lists, place_told, steps
from hamkori.web.words import place as place_words

FEW = 2
"""So many things that were withdrawn in one step stand in its line."""


def former(happened: Iterable[Step], file: File) -> dict[UUID, str]:
    """Names of those who took one of these steps and are on the case no more; nothing is asked where there is none."""
    gone = {step.by for step in happened if step.by is not None} - {one.membership_id for one in file.people}
    return names(gone) if gone else {}


def event(step: Step, file: File, former: Mapping[UUID, str] | None = None) -> dict[str, Any]:
    """One line of what happened, in a whole sentence of codes. `former`: None where nobody is named."""
    if step.referral:
        verb, why = steps.in_file(step.step, step.reason, step.service)
        why = str(calling_off.TOLD) if steps.is_told(step.step, step.reason, step.to_state) else why
        what = lists.about(lists.label("service", step.service), verb.lower() if lists.language() == "en" else verb)
        by = (
            _("automatically")
            if step.side == Side.CLOCK
            else step.body
            if step.side in (Side.DESK, Side.RECEIVER, Side.RECEIVER_SUPERVISOR)
            else pgettext("who acts", "The coordinator")
            if step.side == Side.COORDINATOR
            else ""
        )
    else:
        what, by = _corrected(step) or steps.of_case(step.step, step.reason), ""
        why = "" if step.step == "region_changed" else steps.reason(step.step, step.reason)
        if whose_place(file.case, step.reason, step.at_body) == WITH_US:
            why = place_words.ours() if former is not None else ""  # paper may be found, and says of which house it is
        if step.first_at is not None:
            what = _("Recorded again: the place for tonight")
        if step.step == CHILD_CALL:
            what, by = child_told.happened(step.reason), pgettext("who acts", "The coordinator")
    if not by and former is not None and step.by is not None:
        by = file.name_of(step.by) or former.get(step.by, "")
    url = reverse("referral", args=[step.referral]) if step.referral else ""
    less = consented.less(step.less)
    # On the page many are folded under their number; on paper, where nobody is named, all stand.
    folded = less if len(less) > FEW and former is not None else []
    said = _("withdrawn: %(what)s") % {"what": lists.several(less)} if less and not folded else ""
    whom = _("whom: in the locked part") if step.step == "tell_child_protection" else ""
    # Whose place it is, and who was called off; not on paper, which may be found.
    at = step.body if not step.referral and former is not None else ""
    at = at or _meant(step, file, named=former is not None)
    # No organisation is named on paper.
    bodies = excluded.told(step.without, step.again) if former is not None else []
    note = " · ".join(filter(None, (why, at, said, whom, *bodies)))
    if step.step == f"{ASKING}refuse" and step.reason not in steps.BROUGHT:
        what = _said_no(step) or what
    if file.agreed.unsure and step.step.startswith(ASKING):
        note, folded = _("Cannot be confirmed"), []
    of = ngettext("%(n)d consent", "%(n)d consents", len(folded)) % {"n": len(folded)}
    return {"what": what, "at": step.at, "by": by, "note": note, "url": url, "more": folded, "more_of": of}


def _meant(step: Step, file: File, *, named: bool) -> str:
    """Of who did not get to a place that was found, which it was; '' of all others. `named`: not on paper."""
    if step.referral or (step.step, step.reason) != ("place_needed", DID_NOT_GET_THERE):
        return ""
    before = (one for one in file.steps if one.step == "place_found" and not one.referral and one.at < step.at)
    found = max(before, key=lambda one: one.at, default=None)
    return place_told.place(found.body if named else "", found.reason) if found is not None else ""


def _said_no(step: Step) -> str:
    """To whom alone the person said no, or that only who must get nothing was said; '' of all others."""
    changed = step.changed
    if changed is None:
        return ""
    if changed.bodies_only:
        return excluded.what(len(changed.without))
    # A yes of a child is none before an adult has answered: the no to the police may stand alone.
    return _("The person said no to the police") if changed.police_only else ""


def _corrected(step: Step) -> str:
    """From what to what an age was corrected, where that is known; of a region which it was; '' else."""
    if step.step == "region_changed":
        return _region(step)
    if step.facts:
        return lists.about(_("Changed, also in what was sent"), facts.line(step.facts))
    if step.ages is None:
        return ""
    if not step.ages.before:
        return _("Age confirmed or corrected: %(age)s") % {"age": lists.label("age_band", step.ages.since)}
    if step.ages.before == step.ages.since:
        return _("Age confirmed: %(age)s") % {"age": lists.label("age_band", step.ages.since)}
    named = {"before": lists.label("age_band", step.ages.before), "since": lists.label("age_band", step.ages.since)}
    return _("Age corrected: %(since)s (before: %(before)s)") % named


def _region(step: Step) -> str:
    """Which region it was, and what else was corrected with it in what was sent."""
    said = _("Region changed (before: %(before)s)") % {"before": lists.label("region", step.reason)}
    more = [one for one in step.facts if one.name != "region_code"]
    return " · ".join((said, lists.about(_("Changed, also in what was sent"), facts.line(more)))) if more else said
