"""Which services stand in which list of the screen: what fits, in one group or two, the nearest, others, refusing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.referral.queries import left
from hamkori.directory.rules.suit import stands_last
from hamkori.refusal import NotNow
from hamkori.vocabulary import codelist
from hamkori.web.kit.refusals import sentence
from hamkori.web.referrals import apart, offers, ours
from hamkori.web.referrals.soon import is_out_of_time, may_stand_in, of_hours, of_hours_title
from hamkori.web.words import calling, consented, directory, lists, place

if TYPE_CHECKING:
    from uuid import UUID

    from hamkori.directory.queries import Suitable
    from hamkori.web.referrals.choosing import Screen
    from hamkori.web.referrals.nobody import Box

FITTING, OF_EACH = 8, 2
OTHERS = 12
NEAREST = 3
PLACES = "HOME"
"""The group of services of which places are counted."""
NO_ANSWER = frozenset({"not_asked", "expired"})
"""States of an answer after which the person is asked first."""
REFUSED = frozenset({"refused", "withdrawn"})


def listed(screen: Screen, box: Box | None) -> dict[str, Any]:
    """The lists as the page draws them. `box`: what stands above them says that its services are closed."""
    asked = apart.apart(screen)
    hours = [one for one in of_hours(screen) if one not in asked]
    fitting = [one for one in screen.fitting if one not in (*asked, *hours)]
    others = [one for one in screen.found if one not in (*screen.fitting, *screen.refusing, *asked, *hours)]
    noes = [one for one in fitting if _refused(screen, one)]
    if not all(_refused(screen, one) for one in (*fitting, *others)):
        # What the person refused is no suitable service while there is one that they may have.
        fitting, others = [one for one in fitting if one not in noes], [*others, *noes]
    # Also where nothing fits, what is needed first stands first; and a desk that is closed behind an open one. Whoever
    # must get nothing stands behind all of them: nobody is to ask there.
    others.sort(
        key=lambda one: (
            apart.gets_nothing(screen, one),
            _refused(screen, one),
            screen.rank(one),
            stands_last(one.listing.service_code),
            apart.no_room_at(screen, one) is not None,
            is_out_of_time(screen.known, one.listing.service_code),
            screen.closed(one),
        )
    )
    # What else they offer is no way on from what they did not give.
    bodies = {one.listing.organisation_id for one in screen.found if apart.was_asked(screen, one)}
    near_by = [
        one
        for one in others
        if screen.earlier is None or apart.asks_again(screen, one) or _is_left(screen, one, bodies)
    ]
    other_help = _other_help(screen, fitting)
    meant = [one for one in fitting if one not in other_help]
    in_groups = bool(fitting) or _suggests_near(screen, near_by)
    groups = _groups(screen, meant, near_by) if in_groups else []
    nearest = _nearest(screen, near_by) if not in_groups else []
    shown = [*nearest, *other_help, *(one for group in groups for one in group["of"])]
    rest = [one for one in (*fitting, *others) if one not in shown and may_stand_in(screen, one)][:OTHERS]
    refusing = [one for one in screen.refusing if one not in asked][:OTHERS]
    drawn = [{**group, **_once(_rows(screen, group["of"], box))} for group in groups]
    near, (further, further_all) = _rows(screen, nearest, box), offers.together(_rows(screen, rest))
    return {
        "chosen_row": row(screen, screen.chosen, chosen=True) if screen.chosen else None,
        "groups": [group for group in drawn if group["rows"] or not screen.chosen],
        "apart": _rows(screen, asked),
        "apart_title": apart.line(screen, asked),
        "nearest": _the_nearest(near, chosen=screen.chosen is not None) if near else None,
        "other_help": _rows(screen, other_help[:OTHERS]),
        "others": further,
        "others_all": further_all,
        "others_open": box is not None,
        "only_nothing": bool(rest) and all(apart.gets_nothing(screen, one) for one in rest),
        "shut_out": _shut_out(screen),
        "hours_title": of_hours_title(screen),
        "within_hours": _rows(screen, hours),
        "refusing": [*_rows(screen, refusing), *offers.of_others(screen, OTHERS)],
        "colleague_url": ours.colleague_at(screen),
    }


def _once(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A group's rows, and above them what holds of all."""
    rows, said = offers.together(rows)
    return {"rows": rows, "of_all": said}


def _refused(screen: Screen, one: Suitable) -> bool:
    return one.listing.id in screen.refused


def _the_nearest(near: list[dict[str, Any]], *, chosen: bool) -> dict[str, Any]:
    """Where nothing fits for certain: who may help first, each row whole, for each is promised its reason; and below
    them whom to call, and what is recorded.
    """
    meta = _("The nearest, each with the reason why it may not fit.")
    shown = _once([{**one, "again": False} for one in near])
    return {"title": _("None fits for certain"), "meta": meta, **shown, "none": not chosen}


def _is_left(screen: Screen, one: Suitable, bodies: set[UUID]) -> bool:
    """Whether one of the others is a way on. `bodies`: who was asked."""
    wanted = not one.own_body and not apart.gets_nothing(screen, one)
    return left.is_left(one.reasons, wanted=wanted, same_body=one.listing.organisation_id in bodies)


def _nearest(screen: Screen, others: list[Suitable]) -> list[Suitable]:
    """Where nothing fits. After an earlier referral the kind of help that it asked for, and no other of its group."""
    kind = screen.earlier.service_code if screen.earlier and screen.still_needed else ""
    near = [one for one in others if not apart.gets_nothing(screen, one)]
    return ([one for one in near if one.listing.service_code == kind] or near)[:NEAREST]


def _other_help(screen: Screen, fitting: list[Suitable]) -> list[Suitable]:
    """After an earlier referral: what fits the person and is another kind of help than the one that is missing. A place
    to sleep is one, whichever kind; and of what was suggested its own heading says what it is.
    """
    kind = screen.earlier.service_code if screen.earlier and screen.still_needed else ""
    if not kind or screen.suggested or screen.need == PLACES:
        return []
    return [one for one in fitting if one.listing.service_code != kind]


def _groups(screen: Screen, fitting: list[Suitable], others: list[Suitable]) -> list[dict[str, Any]]:
    """What fits. After a decline that suggested other help: that first, then what was asked for (ADR 238). Where no
    organisation is listed for it, it stands below; so it does once other help was chosen by hand.
    """
    meta = _("referral desks that are open first, then the nearest")
    if not fitting and not screen.suggested:
        return [_still_needed(screen, fitting, others)]
    if not screen.suggested:
        title = _("Suitable services")
        if all(_refused(screen, one) for one in fitting):
            title = _("The person said no to this help")
        return [{"title": title, "meta": meta, "of": _of_each(screen, fitting)}]
    suggested = [one for one in fitting if one.listing.service_code == screen.suggested]
    near = [one for one in others if one.listing.service_code == screen.suggested][:NEAREST]
    is_other = screen.suggested not in screen.codes
    leads = screen.still_needed and bool(suggested or near)
    other = _("This is other help: what is needed is below.") if is_other and leads else ""
    none = " ".join(filter(None, (other, "" if suggested else _none_fits(near))))
    title = _("They suggested: %(help)s") % {"help": lists.label("service", screen.suggested)}
    named = {"title": title, "meta": none, "of": suggested[:FITTING] or near}
    if screen.still_needed:
        needed = _still_needed(screen, fitting, others)
        return [named, needed] if leads else [needed, named]
    meant = [one for one in fitting if one.listing.service_code in screen.codes]
    first = {"title": _("Suitable services"), "meta": meta if meant else _none_fits([]), "of": meant[:FITTING]}
    return [{**first, "none": not meant}, *([named] if is_other else [])]


def _suggests_near(screen: Screen, others: list[Suitable]) -> bool:
    """Whether somebody gives what was suggested, though nothing fits for certain: it stands first then, too."""
    return screen.still_needed and any(one.listing.service_code == screen.suggested for one in others)


def _of_each(screen: Screen, fitting: list[Suitable]) -> list[Suitable]:
    """As many as are shown, in order: of each group of help that is needed at least the first two, so that none of what
    was named is folded away behind many of another.
    """
    seen: Counter[int] = Counter()
    kept: list[Suitable] = []
    for one in fitting if screen.need not in codelist("service_group") else ():
        seen[rank := screen.rank(one)] += 1
        kept += [one] if seen[rank] <= OF_EACH else []
    kept += [one for one in fitting if one not in kept][: max(0, FITTING - len(kept))]
    return [one for one in fitting if one in kept]


def _none_fits(near: list[Suitable]) -> str:
    """Beside the heading of help of which nothing fits: what stands there instead, if anything."""
    return _("None fits. Each says what speaks against it.") if near else _("No organisation is listed that fits.")


def _shut_out(screen: Screen) -> str:
    """Who fits and gets nothing by a word that somebody else brought, of which the person was not asked; '' of none."""
    shut = screen.known.excluded & screen.known.unheard
    fits = [one for one in screen.found if one.listing.organisation_id in shut and one not in screen.refusing]
    names = dict.fromkeys(one.listing.body.text for one in fits if one.listing.service_code in screen.codes)
    said = _("Fits, and must get nothing, which is not certain: %(whom)s. Ask the person, alone.")
    return said % {"whom": lists.several(names)} if names else ""


def _still_needed(screen: Screen, fitting: list[Suitable], others: list[Suitable]) -> dict[str, Any]:
    """What the earlier referral asked for. Where none fits, the nearest stand there: what is needed is not hidden."""
    assert screen.earlier is not None
    kind = screen.earlier.service_code
    found = [one for one in fitting if one.listing.service_code != screen.suggested]
    meta, none = "", not found
    if none:
        codes = {*screen.codes} - {screen.suggested} | {kind}  # what they suggested has its own heading, above
        near = [one for one in others if one.listing.service_code in codes]
        same = [one for one in near if one.listing.service_code == kind]
        found = (same if same or not screen.suggested else near)[:NEAREST]
        shut = _shut_out(screen)
        meta = " ".join(filter(None, (shut, "" if shut and not found else _none_fits(found))))
    as_asked = all(one.listing.service_code == kind for one in found)
    label = lists.label("service", kind) if as_asked else lists.label("service_group", directory.group(kind))
    title = _("Still needed: %(help)s") % {"help": label}
    return {"title": title, "meta": meta, "of": found[:FITTING], "none": none, "still_missing": none}


def _rows(screen: Screen, found: list[Suitable], box: Box | None = None) -> list[dict[str, Any]]:
    """The one that is chosen stands above the lists. What the row above says of the same organisation is said once; but
    that it must get nothing, each time.
    """
    shown = [(one, _marked(screen, one, box)) for one in found if one is not screen.chosen]
    return offers.read_apart(
        {
            **line,
            "again": number > 0
            and not apart.gets_nothing(screen, one)
            and _says_the_same(shown[number - 1], (one, line)),
        }
        for number, (one, line) in enumerate(shown)
    )


def _says_the_same(above: tuple[Suitable, dict[str, Any]], below: tuple[Suitable, dict[str, Any]]) -> bool:
    same_body = above[0].listing.organisation_id == below[0].listing.organisation_id
    return same_body and all(above[1][name] == below[1][name] for name in ("facts", "notes", "tag", "may"))


def _marked(screen: Screen, one: Suitable, box: Box | None) -> dict[str, Any]:
    """A row that says before it is chosen which question of the consent stands in the way."""
    shown = row(screen, one, boxed=box is not None)
    if noes := _other_noes(screen, one):
        # Its own question may have a yes: then this is the one that the person said no to.
        note = _("It also needs a yes to “%(questions)s”.") % {"questions": consented.rows(noes)}
        tag = shown["tag"] if _says_no(screen, _own(screen, one)) else _("cannot be asked")
        return {**shown, "tag": tag, "notes": [*shown["notes"], note]}
    if not shown["may"] or not (missing := unasked(screen, one)):
        return shown
    note = consented.ask_first(missing, screen.known.no_before)
    tag = {"tag": _("ask first"), "tone": "wait"} if shown["tone"] == "done" else {}
    return {**shown, **tag, "notes": [*shown["notes"], note]}


def _other_noes(screen: Screen, one: Suitable) -> list[rules.RowKey]:
    """Questions besides its own that such help needs a yes to, and that the person said no to."""
    listing, purpose = one.listing, screen.way_of(one).purpose
    if one.listing.id not in screen.refused or not purpose:
        return []
    others = rules.rows_needed(listing.compartment, listing.service_code, purpose)[1:]
    return [key for key in others if _says_no(screen, key)]


def _own(screen: Screen, one: Suitable) -> rules.RowKey:
    """The question of the consent about such help itself."""
    listing = one.listing
    return rules.rows_needed(listing.compartment, listing.service_code, screen.way_of(one).purpose)[0]


def _says_no(screen: Screen, key: rules.RowKey) -> bool:
    said, known = screen.known.rows.get(key), screen.known
    return said is not None and rules.row_state(said, known.at, known.age) in REFUSED


def asked_at(screen: Screen) -> str:
    """Where the person is asked for the one that is chosen, from where it goes on with it; '' where none is."""
    if (one := screen.chosen) is None:
        return ""
    of = next(iter(unasked(screen, one)), None)
    return place.asked_for(screen.known.case.code, one.listing.id, screen.need, of=of)


def unasked(screen: Screen, one: Suitable, purpose: str = "") -> list[rules.RowKey]:
    """Questions of the consent without an answer that holds, where each purpose for which it can be asked needs one."""
    way, known, listing = screen.way_of(one, purpose), screen.known, one.listing
    found = []
    for named in [way.purpose] if way.purpose else way.purposes:
        needed = rules.rows_needed(listing.compartment, listing.service_code, named)
        open_ = [
            key
            for key in needed
            if (said := known.rows.get(key)) is None or rules.row_state(said, known.at, known.age) in NO_ANSWER
        ]
        if not open_:
            return []
        found += open_
    return list(dict.fromkeys(found))


def row(screen: Screen, one: Suitable, *, boxed: bool = False, chosen: bool = False) -> dict[str, Any]:
    """One service in the list: what it is, how far, whom it admits, and why it might say no.

    `boxed`: a box above the list names the coordinator, whom its row does not name again. `chosen`: the row stands
    alone above the button: only what speaks against it, and the button says where to call.
    """
    listing = one.listing
    state_or_cso = lists.label("organisation_kind", listing.body_kind)
    admits = lists.labels("admission_group", listing.admits)
    speaks = lists.labels("language", listing.languages)
    minutes, now = listing.usual_answer_minutes, screen.known.at
    usual = directory.usual_answer(minutes) if minutes is not None else ""
    closed, until = screen.closed(one), directory.closed_until(listing, now)
    facts = [
        state_or_cso,
        directory.distance(one.distance),
        _("admits: %(whom)s") % {"whom": admits} if admits else "",
        _("speaks: %(languages)s") % {"languages": speaks} if speaks else "",
        # What it answers in while somebody is there says nothing of a night in which nobody is.
        _("usual time to an answer, by their own account: %(time)s") % {"time": usual}
        if usual and not (closed or until)
        else "",
    ]
    refused = listing.id in screen.refused and not one.own_body
    asked = (listing.organisation_id, listing.service_code)
    no = screen.heard.by.get(asked) or asked in screen.known.noes
    return {
        "id": str(listing.id),
        "of_body": listing.organisation_id,
        **offers.lines(one),
        "name": listing.body.text,
        "service": listing.name.text,
        "facts": "" if chosen else "\u00a0· ".join(fact for fact in facts if fact),
        "notes": _notes(screen, one, boxed=boxed, chosen=chosen),
        "tag": _("the person said no") if refused else _("they said no") if no else _tag(screen, one, until),
        "tone": "wait" if refused or no or listing.is_full or closed or until else "done" if one.desk_ready else "",
        "may": screen.may_be_asked(one),
        "reasons": one.reasons,
        "against": offers.against(one),
        "own": ours.said(one),
    }


def _notes(screen: Screen, one: Suitable, *, boxed: bool, chosen: bool) -> list[str]:
    """What speaks against it, what came of asking before, and where to call while it is closed."""
    listing, found = one.listing, offers.against(one)
    said_above = screen.names_asked and apart.is_apart(screen, one)
    going = chosen and screen.going(one) is not None  # what stands beside the button says that
    if ended := apart.not_right(screen, one) or apart.ended_there(screen, one):
        found.insert(0, ended)
    elif not said_above and not going and (asked := apart.said(screen, one)):
        found.insert(0, f"{asked}.")
    elif yes := apart.said_yes(screen, one):
        found.insert(0, yes)
    elif before := apart.helped_before(screen, one):
        found.insert(0, before)
    elif waiting := apart.waits(screen, one):
        found.insert(0, waiting)
    elif not chosen and (lately := apart.for_another(screen, one)):
        found.insert(0, lately)
    if chosen and (way := way_there(one)):
        found.append(way)
    quiet = chosen or said_above or listing.id in screen.refused or "not_admitted" in one.reasons
    phone = "" if quiet else screen.phones.get(listing.organisation_id, "")
    if not quiet and screen.closed(one):
        found += calling.closed(phone, urgent=screen.is_urgent(one), boxed=boxed)
    elif phone and screen.may_be_asked(one):
        found.append(calling.at(phone))
    if not one.desk_ready:
        found.append(sentence(NotNow("desk_ready")))
        found += [] if quiet or screen.closed(one) else offers.number(one, phone)
    if apart.gets_nothing(screen, one):
        found.append(sentence(NotNow("body_allowed")))
    return found


def _tag(screen: Screen, one: Suitable, until: str) -> str:
    """What stands beside its name: what is in the way first. Room is counted where somebody sleeps, and of no other
    help.
    """
    if one.listing.is_full:
        return _("full")
    if not one.desk_ready:
        return _("not in Hamkori")
    if until:
        return until
    # What it said a short while ago outweighs what its entry says.
    room = directory.group(one.listing.service_code) == PLACES and apart.no_room_at(screen, one) is None
    return _("has room") if room else ""


def way_there(one: Suitable) -> str:
    """Of the one that is chosen, that somebody has to bring the person there; '' where it is near."""
    return _("Other region: think of the way there.") if one.distance == "other_region" else ""
