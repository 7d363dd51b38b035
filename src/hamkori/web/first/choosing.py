"""Step 5: who can help. A row's button writes the draft; what stands in the way names the question that was asked."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
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
from hamkori.casework.referral.rules import how_soon
from hamkori.directory.queries import Suitable
from hamkori.directory.rules.suit import stands_last
from hamkori.operations import first_stands
from hamkori.people.rules.desk_phone import is_invented
from hamkori.refusal import Invalid, NotNow
from hamkori.vocabulary import codelist
from hamkori.web.consent import words as asked
from hamkori.web.first import bed_for_later, doctor
from hamkori.web.first.frame import address, drawn
from hamkori.web.first.none_fits import names_one, none_fits
from hamkori.web.first.said import PLACE
from hamkori.web.kit.posting import done
from hamkori.web.referrals import apart, gaps, listed, offers, ours, showing, soon
from hamkori.web.referrals.choosing import OTHER, TONIGHT, Screen, Start
from hamkori.web.referrals.held import for_others
from hamkori.web.referrals.nobody import Box, closed_all, nobody
from hamkori.web.referrals.there import there
from hamkori.web.words import coordinator, directory, lists, red
from hamkori.web.words import referral as words

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

OF_CONSENT = showing.ASK_HER | {"consent_not_refused", "police_not_refused"}
"""Guards that a question of the consent answers."""
SUITABLE, LEAST, NEAREST, AGAINST = 6, 2, 4, 8
URGENT_NEEDS = {PLACE: listed.PLACES, soon.DOCTOR: soon.DOCTORS}
"""What is needed tonight or today, and the group of services that gives it."""


class Choosing(Screen):
    """The screen of a referral as it begins: what a button sends is read here, not there."""

    names_asked = False
    """Each row says it of itself."""

    @cached_property
    def needs(self) -> list[str]:
        """Also what the person said no to a step before: its row names the question."""
        return soon.unasked_first(self.known, self.known.case.need_tonight_codes)

    @property
    def typed(self) -> None:
        """Nothing: each row is a form of its own."""
        return

    def begun(self, code: str) -> str:
        """As in the draft; before there is one, as the need is that this help answers."""
        if self.start.service is not None:
            return self.start.urgency
        return how_soon.begins(code, self.known.case.need_tonight_codes, self.start.urgency)


def service(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The step."""
    urgency = request.POST.get("urgency", request.GET.get("urgency", ""))
    if urgency not in codelist("urgency"):
        return HttpResponseRedirect(address(case.code, "need"))
    known = preparing.prepared(actor, case.code)
    group = request.GET.get("need", "") or doctor.alone(known)
    screen = Choosing(request, actor, known, Start(need=group, urgency=urgency))
    refused = ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "gap":
                return _gap(request, actor, screen, urgency)
            if (chosen := _chosen(screen, request.POST.get("service", ""))) is not None:
                return _written(actor, screen, chosen, request.GET.get("of", ""))
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


def _written(actor: Actor, screen: Screen, one: Suitable, of: str) -> HttpResponse:
    """A draft, or the one `of` this way changed: what usually goes is ticked, and what was written in it stays.

    One that somebody has prepared elsewhere, for which the person was told where it goes, is left alone.
    """
    way, listing, case = screen.way_of(one), one.listing, screen.known.case
    code, begun = listing.service_code, screen.soon_of(one)
    said: dict[str, Any] = {
        "service": listing.id,
        "purpose": way.purpose,
        "urgency": begun,
        "sections": [section for section, first in way.offered.items() if first],
        "needed_from": soon.first_day(screen.known, directory.group(code), code, begun),
        "shown": listing.organisation_id,
        "shown_code": code,
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


def _row(screen: Screen, one: Suitable, *, boxed: bool) -> dict[str, Any]:
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
        elif block.guard != ours.GUARD:  # its row says that, with the way to a colleague
            stops.append(words.said(block))
    if way.police and way.purpose and not way.blocks:
        stops.append(
            _(
                "Write to the police on the whole page of a referral: the name is typed, and signs are chosen one by"
                " one."
            )
        )
    may = screen.may_be_asked(one) and bool(way.purpose) and not way.blocks and not way.police
    shown = listed.row(screen, one, boxed=boxed)
    notes = [note for note in shown["notes"] if note not in stops]
    return {**shown, "id": item, "notes": notes, "may": may, "stops": stops, "ask": bool(guards & OF_CONSENT)}


def _not_taking(screen: Screen, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Services that do not take this person: how many, whom they take instead, and which may be asked anyway."""
    groups = dict.fromkeys(code for one in (*screen.refusing, *for_others(screen)) for code in one.listing.admits)
    refusing = [*_of_one_body(rows[:AGAINST]), *offers.of_others(screen, AGAINST)]
    return {
        "refusing": refusing,
        "number": len(refusing),
        "take": lists.inside(lists.labels("admission_group", groups)),
    }


def _needed_now(screen: Screen, first: list[dict[str, Any]]) -> set[str]:
    """Of a place for tonight and a doctor for today: where none fits for certain, those who may decline. They stand
    among the first, for other help is no answer to that.
    """
    needs = screen.known.case.need_tonight_codes
    urgent = {group for need, group in URGENT_NEEDS.items() if need in needs}
    shown = {
        _shown(one): group
        for one in screen.found
        if (group := directory.group(one.listing.service_code)) in urgent
        and not soon.is_out_of_time(screen.known, one.listing.service_code)
    }
    met = {shown.get(row["id"]) for row in first}
    return {one for one, group in shown.items() if group not in met}


def _among(screen: Screen, first: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, each before what is needed less soon."""
    rank = {_shown(one): screen.rank(one) for one in screen.found}
    cards = list(first)
    for row in now:
        behind = (place for place, one in enumerate(cards) if rank[one["id"]] > rank[row["id"]])
        cards.insert(next(behind, len(cards)), row)
    return cards


def _soonest_first(
    screen: Screen, rows: list[dict[str, Any]], of_hours: set[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those that fit, what was said to be needed soonest first, whatever lies nearer; and those there is no room for on
    the page, of each need two at least being on it. Whoever is asked already is no way on: it stands among the others.
    """
    of = {_shown(one): one for one in screen.found}
    fitting = [_shown(one) for one in screen.fitting if not apart.is_apart(screen, one)]
    turn = {shown: number for number, shown in enumerate(fitting) if shown not in of_hours}
    fit = sorted((row for row in rows if row["id"] in turn and row["may"]), key=lambda row: turn[row["id"]])
    ranks = Counter[int]()
    least = []
    for row in fit:
        ranks[rank := screen.rank(of[row["id"]])] += 1
        least += [row] if ranks[rank] <= LEAST else []
    room = SUITABLE - len(least)
    spare = [row for row in fit if row not in least]
    first = [row for row in fit if row in least or row in spare[: max(room, 0)]]
    return first, [row for row in fit if row not in first]


def _nearest_first(screen: Screen, rest: list[dict[str, Any]], full: set[str]) -> list[dict[str, Any]]:
    """Where nobody fits: what is needed first stands first, whoever has room before whoever said that there is none."""
    of = {_shown(one): one for one in screen.found}
    hindered = {row["id"]: len(of[row["id"]].reasons) for row in rest}
    return sorted(
        rest,
        key=lambda row: (
            apart.gets_nothing(screen, of[row["id"]]),
            not row["may"],
            screen.rank(of[row["id"]]),
            _stands_last(row),
            row["id"] in full,
            soon.is_out_of_time(screen.known, of[row["id"]].listing.service_code),
            hindered[row["id"]],
        ),
    )


def _of_one_body(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The services of one organisation together. Each says all of itself: two rows are read apart."""
    bodies: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for row in rows:
        bodies.setdefault((row["id"].split(":")[1], _stands_last(row)), []).append(row)
    return [row for of_body in bodies.values() for row in of_body]


def _stands_last(row: dict[str, Any]) -> bool:
    return stands_last(row["id"].rpartition(":")[2])


def _need_of(screen: Screen, row: dict[str, Any]) -> str:
    """What was said to be needed and this kind of help answers, as the case says it; '' where no need is looked for."""
    service = row["id"].rpartition(":")[2]
    return soon.need_of(screen.known.case, service) if screen.need == TONIGHT else ""


def _by_need(screen: Screen, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of each need together with its name, in the order in which the first of each stands."""
    needs: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        needs.setdefault(_need_of(screen, row), []).append(row)
    return [
        {"heading": lists.label("need_tonight", need) if need else "", "rows": offers.read_apart(of_need)}
        for need, of_need in needs.items()
    ]


def _with_us(screen: Screen, first: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A place of the own organisation, where no other fits. Nothing is sent: no consent and no desk is asked for it."""
    if any(directory.group(row["id"].rpartition(":")[2]) == listed.PLACES for row in first):
        return []
    free = {_shown(one) for one in screen.found if ours.has_place(screen, one)}
    room = {"tag": _("has room"), "tone": "done", "notes": [], "stops": [], "ask": False}
    return [{**row, **room} for row in others if row["id"] in free]


def _lists(screen: Screen, box: Box | None) -> dict[str, Any]:
    """What the page lists, and whether its first button is the one to press."""
    rows = [_row(screen, one, boxed=box is not None and one in box.of) for one in screen.found]
    of_hours = {_shown(one) for one in soon.of_hours(screen)}
    first, more_fit = _soonest_first(screen, rows, of_hours)
    # Who said lately that there is no place is not the one that is pressed first; nor who takes children alone, while
    # nobody knows whether the person is one.
    of_children = {_shown(one) for one in screen.found if screen.may_be_too_old(one)}
    full = {_shown(one) for one in screen.found if apart.no_room_at(screen, one) or screen.asked_before(one)}
    full |= {_shown(one) for one in screen.found if apart.given_up(screen, one) is not None}
    full |= {row["id"] for row in rows if _stands_last(row)}
    not_taking = {_shown(one) for one in screen.refusing}
    # Whoever can be asked is looked for here: the own organisation is named only where nobody else is.
    left_out = not_taking | ({_shown(one) for one in screen.found if one.own_body} if first else set())
    rest = [row for row in rows if row not in (*first, *more_fit) and row["id"] not in left_out]
    rest = _nearest_first(screen, rest, full)
    needed = _needed_now(screen, first) - of_hours if first else set()
    now = [row for row in rest if row["id"] in needed and row["may"]][:NEAREST]
    cards = _among(screen, first, now)
    others = _of_one_body([row for row in rest if row not in now and row["id"] not in of_hours][:AGAINST])
    asked = {_shown(one) for one in screen.found if apart.is_apart(screen, one)}
    can_be_asked = {row["id"] for row in others if row["may"]} - asked
    able = [one for one in screen.found if _shown(one) in can_be_asked]
    title, said = none_fits(able, screen.known.case, listed=bool(others or not_taking))
    with_us = _with_us(screen, first, others)
    if with_us:
        others = [row for row in others if row["id"] not in {one["id"] for one in with_us}]
        title, said = str(ours.HAVE_PLACE), ours.or_others(able)
    (shown, first_all), (further, others_all) = offers.together(cards), offers.together(others)
    return {
        "first": _by_need(screen, shown),
        "first_all": first_all,
        "ready": bool(cards) and cards[0] in first and cards[0]["id"] not in full | of_children,
        "more_fit": _by_need(screen, more_fit),
        "more_number": len(more_fit),
        "hours_title": soon.of_hours_title(screen),
        "within_hours": [row for row in rest if row["id"] in of_hours],
        "others": _by_need(screen, further),
        "others_number": len(others),
        "with_us": with_us,
        "others_all": "" if not (cards or with_us) and names_one(able) else others_all,
        "none_title": title,
        "none_said": said,
        **_not_taking(screen, [row for row in rows if row["id"] in not_taking]),
        "age_url": address(screen.known.case.code, "who") if of_children else "",
        "colleague_url": ours.colleague_at(screen),
    }


def _page(request: HttpRequest, screen: Screen, urgency: str, refused: str) -> HttpResponse:
    case, box = screen.known.case, closed_all(screen)
    found = _lists(screen, box)
    more = {
        "urgency": urgency,
        "back": {"url": address(case.code, "need", urgency=urgency), "label": _("The step before")},
        "nobody": nobody(screen, box),
        "coordinator": "" if box or found["ready"] else coordinator.reached(),
        **found,
        "there": there(screen),
        "ask_doctor_url": doctor.asked_at(screen.known, urgency),
        "still_doctor": red.STILL_DOCTOR,
        "ask_doctor": red.ASK_DOCTOR,
        "doctors_url": doctor.found_at(screen.known, screen.need, urgency),
        "later_bed_url": bed_for_later.found_at(screen.known, screen.need, urgency),
        "invented": any(map(is_invented, screen.phones.values())),
        "asked": bool(screen.codes),
        "need": screen.need,
        "groups": [one for one in showing.need_choices(screen.needs) if one[0]],
        "refused": refused,
        "gap_kept": gaps.kept(request, case.code),
        "consent_url": address(case.code, "consent"),
        "further_url": address(case.code, "service", urgency=urgency, need=OTHER),
        "refer_url": reverse("case_refer", args=[case.code]),
        "case_url": reverse("case", args=[case.code]),
    }
    return drawn(request, "service", more, case=case, status=409 if refused else 200)
