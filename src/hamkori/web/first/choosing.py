"""Step 5: who can help. A row's button writes the draft; what stands in the way names the question that was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.referral.actions import send as actions
from hamkori.casework.referral.actions.disclosure import open_agreed_text
from hamkori.casework.referral.queries import refer as preparing
from hamkori.casework.referral.queries.drafts import draft_of
from hamkori.directory.queries import Suitable
from hamkori.operations import first_stands
from hamkori.people.rules.desk_phone import is_invented
from hamkori.refusal import Invalid, NotNow
from hamkori.vocabulary import codelist
from hamkori.web.consent import words as asked
from hamkori.web.first.frame import address, drawn
from hamkori.web.kit.posting import done
from hamkori.web.referrals import apart, gaps, listed, showing, soon
from hamkori.web.referrals.choosing import Screen, Start
from hamkori.web.referrals.nobody import Box, closed_all, nobody
from hamkori.web.referrals.there import there
from hamkori.web.words import coordinator, directory
from hamkori.web.words import referral as words

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

OF_CONSENT = showing.ASK_HER | {"consent_not_refused", "police_not_refused"}
"""Guards that a question of the consent answers."""
SUITABLE, AGAINST = 6, 8
AFTER_RAPE = "HEALTH-03"
"""Care of which the directory says that it helps within hours: what happened is locked, so nobody asks here whether."""


class Choosing(Screen):
    """The screen of a referral as it begins: what a button sends is read here, not there."""

    names_asked = False
    """Each row says it of itself."""

    @property
    def typed(self) -> None:
        """Nothing: each row is a form of its own."""
        return


def service(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The step."""
    urgency = request.POST.get("urgency", request.GET.get("urgency", ""))
    if urgency not in codelist("urgency"):
        return HttpResponseRedirect(address(case.code, "need"))
    known = preparing.prepared(actor, case.code)
    group = request.GET.get("need", "")
    screen = Choosing(request, actor, known, Start(need=group, urgency=urgency))
    refused = ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "gap":
                return _gap(request, actor, screen, urgency)
            if (chosen := _chosen(screen, request.POST.get("service", ""))) is not None:
                return _written(actor, screen, chosen, urgency, request.GET.get("of", ""))
        except Invalid as refusal:
            refused = " ".join(refusal.errors.values())
        except NotNow as refusal:
            refused = words.said(refusal)
        first_stands(actor)
    return _page(request, screen, urgency, refused)


def _chosen(screen: Screen, sent: str) -> Suitable | None:
    """The row whose button was pressed, as it was shown: its organisation and kind are part of the button."""
    return next((one for one in screen.found if _shown(one) == sent), None)


def _shown(one: Suitable) -> str:
    listing = one.listing
    return f"{listing.id}:{listing.organisation_id}:{listing.service_code}"


def _written(actor: Actor, screen: Screen, one: Suitable, urgency: str, of: str) -> HttpResponse:
    """A draft, or the one `of` this way changed: what usually goes is ticked, and what was written in it stays.

    One that somebody has prepared elsewhere, for which the person was told where it goes, is left alone.
    """
    way, listing, case = screen.way_of(one), one.listing, screen.known.case
    said: dict[str, Any] = {
        "service": listing.id,
        "purpose": way.purpose,
        "urgency": urgency,
        "sections": [section for section, first in way.offered.items() if first],
        "needed_from": soon.first_day(screen.known, screen.need),
        "shown": listing.organisation_id,
        "shown_code": listing.service_code,
    }
    draft = draft_of(case)
    if draft is None or (draft.told_body and draft.code != of):
        written = actions.write(actor, case, **said)
    else:
        said["agreed_text"] = open_agreed_text(actor.doing(None), case, referral=draft.pk)
        written = actions.edit(actor, draft, version=draft.version, **said)
    return done(actor, address(case.code, "check", of=written.code))


def _gap(request: HttpRequest, actor: Actor, screen: Screen, urgency: str) -> HttpResponse:
    case = screen.known.case
    if not screen.codes or not screen.district:
        raise Invalid({"district": _("Choose a district.")})
    cases.record_gap(actor, case, service_codes=screen.codes, district=screen.district)
    gaps.remember(request, case.code)
    return done(actor, address(case.code, "service", urgency=urgency, need=screen.need, gap="kept"))


def _row(screen: Screen, one: Suitable, box: Box | None) -> dict[str, Any]:
    """A service, whether it can be chosen here, and what stands in the way."""
    way = screen.way_of(one)
    guards = {block.guard for block in way.blocks}
    item = _shown(one)
    stops = []
    for block in way.blocks:
        if block.guard in OF_CONSENT and way.kind:
            key = (way.kind, way.purpose or way.purposes[0])
            stops.append(
                _("Consent, “%(question)s”: %(reason)s") % {"question": asked.row(key), "reason": words.said(block)}
            )
        else:
            stops.append(words.said(block))
    if way.police and way.purpose and not way.blocks:
        stops.append(
            _(
                "Write to the police on the whole page of a referral: the name is typed, and signs are chosen one by"
                " one."
            )
        )
    may = screen.may_be_asked(one) and bool(way.purpose) and not way.blocks and not way.police
    shown = listed.row(screen, one, box)
    notes = [note for note in shown["notes"] if note not in stops]
    return {**shown, "id": item, "notes": notes, "may": may, "stops": stops, "ask": bool(guards & OF_CONSENT)}


def _doctors_today(screen: Screen, first: list[dict[str, Any]]) -> set[str]:
    """Where a doctor is needed today and none fits for certain: those who may decline, which are not folded away; of
    care that helps within hours alone these always.
    """
    if soon.DOCTOR not in screen.known.case.need_tonight_codes:
        return set()
    found = [
        one
        for one in screen.found
        if directory.group(one.listing.service_code) == soon.DOCTORS
        and not soon.is_out_of_time(screen.known, one.listing.service_code)
    ]
    shown = {_shown(one) for one in found}
    within_hours = {_shown(one) for one in found if one.listing.service_code == AFTER_RAPE}
    return within_hours if any(row["id"] in shown for row in first) else shown


def _nearest_first(screen: Screen, rest: list[dict[str, Any]], full: set[str]) -> list[dict[str, Any]]:
    """Where nobody fits: what is needed first stands first, whoever has room before whoever said that there is none."""
    of = {_shown(one): one for one in screen.found}
    hindered = {row["id"]: len(of[row["id"]].reasons) for row in rest}
    return sorted(
        rest, key=lambda row: (not row["may"], screen.rank(of[row["id"]]), row["id"] in full, hindered[row["id"]])
    )


def _elsewhere(screen: Screen) -> set[str]:
    """Whom nothing prevents but that they do not name the region in which the person is."""
    return {_shown(one) for one in screen.found if set(one.reasons) == {"outside_area"}}


def _said_once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The services of one organisation together; what its first row says the others do not say again."""
    bodies: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        bodies.setdefault(row["id"].split(":")[1], []).append(row)
    return [line for first, *more in bodies.values() for line in (first, *(_less(row, first) for row in more))]


def _less(row: dict[str, Any], first: dict[str, Any]) -> dict[str, Any]:
    said = {name: [one for one in row[name] if one not in first[name]] for name in ("notes", "stops")}
    facts = "" if row["facts"] == first["facts"] else row["facts"]
    return {**row, **said, "facts": facts, "tag": "" if row["tag"] == first["tag"] else row["tag"], "again": True}


def _page(request: HttpRequest, screen: Screen, urgency: str, refused: str) -> HttpResponse:
    case, box = screen.known.case, closed_all(screen)
    rows = [_row(screen, one, box if box and one in box.of else None) for one in screen.found]
    # Whoever is asked already is no way on: it stands among the others, with what it said.
    fitting = {_shown(one) for one in screen.fitting if not apart.is_apart(screen, one)}
    first = [row for row in rows if row["id"] in fitting and row["may"]][:SUITABLE]
    # Who said lately that there is no place is not the one that is pressed first; nor who takes children alone, while
    # nobody knows whether the person is one.
    of_children = {_shown(one) for one in screen.found if screen.may_be_too_old(one)}
    full = {_shown(one) for one in screen.found if apart.no_room_at(screen, one) or screen.asked_before(one)}
    first.sort(key=lambda row: (row["id"] in of_children, row["id"] in full))
    ready = bool(first) and first[0]["id"] not in full | of_children
    not_taking = {_shown(one) for one in screen.refusing}
    refusing = _said_once([row for row in rows if row["id"] in not_taking][:AGAINST])
    # Whoever can be asked is looked for here: the own organisation is named only where nobody else is.
    left_out = not_taking | ({_shown(one) for one in screen.found if one.own_body} if first else set())
    rest = [row for row in rows if row not in first and row["id"] not in left_out]
    if not first:
        rest = _nearest_first(screen, rest, full)
    today = _doctors_today(screen, first) if first else set()
    doctors = _said_once([row for row in rest if row["id"] in today and row["may"]][:AGAINST])
    others = _said_once([row for row in rest if row["id"] not in {one["id"] for one in doctors}][:AGAINST])
    open_now = {_shown(one) for one in screen.found if not screen.closed(one)}
    more = {
        "urgency": urgency,
        "back": {"url": address(case.code, "need", urgency=urgency), "label": _("The step before")},
        "nobody": nobody(screen, box),
        "coordinator": "" if box or ready else coordinator.reached(),
        "others_open": box is not None and any(row["id"] in open_now for row in others),
        "first": first,
        "only_elsewhere": not first and any(row["may"] and row["id"] in _elsewhere(screen) for row in others),
        "there": there(screen),
        "age_url": address(case.code, "who") if of_children else "",
        "ready": ready,
        "doctors": doctors,
        "others": others,
        "refusing": refusing,
        "invented": any(map(is_invented, screen.phones.values())),
        "asked": bool(screen.codes),
        "need": screen.need,
        "groups": [one for one in showing.need_choices(screen.known) if one[0]],
        "refused": refused,
        "gap_kept": gaps.kept(request, case.code),
        "consent_url": address(case.code, "consent"),
        "refer_url": reverse("case_refer", args=[case.code]),
        "case_url": reverse("case", args=[case.code]),
    }
    return drawn(request, "service", more, case=case, status=409 if refused else 200)
