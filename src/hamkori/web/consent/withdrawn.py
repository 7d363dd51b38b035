"""What withdrawing has done, in words: what is agreed now and what to tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.context import now
from hamkori.audit.queries import Opened, referral_opened
from hamkori.casework.case.queries.cases import standing
from hamkori.casework.case.queries.place_told import PlaceTold, asked_now, named
from hamkori.casework.case.queries.sections import sections_of
from hamkori.casework.case.queries.team import Colleague, people
from hamkori.casework.case.rules.lifecycle import STAYS
from hamkori.casework.case.rules.team import SUPERVISOR
from hamkori.casework.consent.queries.consent import Asked, Less, Said, Version, taken_back
from hamkori.casework.consent.rules.consent import RowKey
from hamkori.casework.consent.rules.packet import TEXT
from hamkori.casework.referral.queries.drafts import drafts_of
from hamkori.casework.referral.queries.effects import Hit, hit_at, running_and_drafts
from hamkori.casework.referral.queries.promised import promises
from hamkori.casework.work.queries.beside import is_no, refused
from hamkori.casework.work.queries.call_off import whose
from hamkori.casework.work.queries.no_place import SHELTER, is_without
from hamkori.directory.beds import bed_at
from hamkori.directory.rules.suit import Person
from hamkori.people.queries import organisations, phones_for_referring
from hamkori.web.consent import words
from hamkori.web.consent.asked_first import READ_BROUGHT, asked_first
from hamkori.web.consent.doctor_read import still_read
from hamkori.web.consent.doctor_read import told as told_doctor
from hamkori.web.consent.of_child import aloud, of_child
from hamkori.web.consent.unread import unless_unread
from hamkori.web.consent.withdraw_lines import names as names_of
from hamkori.web.consent.withdraw_lines import not_sent, row_of_draft, what_and_when
from hamkori.web.kit import moments
from hamkori.web.templatetags.kit import grouped
from hamkori.web.words import calling_off, desk_phone, excluded, lists, place, place_told, red, sections
from hamkori.web.words.people import function_label
from hamkori.web.words.spoken import Spoken, hers, said
from hamkori.web.words.stays import ask_on, goes_on, is_home

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


NAME = ("identity",)
"""What goes where only the name is taken back."""


def own_team(found: Case) -> str:
    """Whom no answer of the person stops: the team of the case here, each with their work."""
    nobody: tuple[Colleague, ...] = ()
    here = [
        _("%(name)s (%(work)s)") % {"name": one.name, "work": function_label(one.function)}
        for one in unless_unread(partial(people, found), nobody)
        if one.kind != SUPERVISOR and one.name
    ]
    return lists.several(here)


# ---------------------------------------------------------------- afterwards


def page(found: Case, former: Asked, version: Version) -> dict[str, Any]:
    """What was withdrawn with this version, what is agreed now, and what to say."""
    before = next((one for one in former.versions if one.number < version.number), None)
    later = min((one.at for one in former.versions if one.number > version.number), default=None)
    hit, names, at = hit_at(found, version.at, later), names_of(), now()
    ended = [one for one in hit if one.ended]
    # What the person arranged themselves does not end with their word: then nobody asks where they sleep.
    asks = found.state_code == "closed" or is_without(found, at)
    homes = [one for one in ended if asks and not one.waited and is_home(one.service)]
    promised = asks and _was_promised(former, ended)
    narrowed = [one for one in hit if not one.ended]
    nobody: list[dict[str, Any]] = []
    no_to_all = all(is_no(row.answer) for row in former.rows.values())
    refused = SHELTER in former.rows and is_no(former.rows[SHELTER].answer)
    less = _less(before, version)
    # Of an older word nobody knows here what was sent since.
    nothing: dict[UUID, str] = {}
    others = unless_unread(partial(_beside, found, less, hit), nothing) if later is None else nothing
    return {
        "title": _("Consent"),
        "at": version.at,
        "number": version.number,
        "gone": gone if len(gone := words.less(less)) == 1 or not no_to_all else [],
        "done": [
            *(has_ended(names.get(one.body, ""), one) for one in ended),
            *(_narrowed(names.get(one.body, ""), one) for one in narrowed),
            *_had_opened([one for one in hit if not one.waited], names, version.at, at),
            *(_not_there(names.get(body, ""), state) for body, state in others.items()),
            *(_for_all(key) for key in dict.fromkeys(key[0] for key, parts in less if parts)),
            *excluded.saved(sorted(names.get(one, "") for one in _shut_out(before, version)), ()),
        ],
        "rows": [(words.row(key), _stands(row, before, at, former)) for key, row in former.rows.items()],
        "call_off": [
            *place_told.boxes(found.code, unless_unread(partial(_places, found, names), ()), at),
            *unless_unread(partial(_call_off, found, ended, names, at), nobody),
        ],
        "tell": _tell(found, former, hit, at, (others, any(parts for _key, parts in less)), still_read(found, less)),
        "helps": (helps := _helps(ended, homes, names, brought=former.unheard)),
        "asked": [one for one in helps if one["asks"]],
        "unsent": _unsent(found),
        **asked_first(found, former, names, at),
        "close_url": reverse("close", args=[found.code])
        if no_to_all and not former.unheard and standing(found).may("close", found.state_code)
        else "",
        "next": _next(homes, narrowed, names, then=_raised(found, former) if no_to_all or former.unheard else "")
        + ([str(red.SLEEPS)] if promised else [])
        + ([str(red.NO_TO_SHELTERS)] if refused and homes and not (no_to_all or former.unheard) else []),
        "no_to_all": no_to_all,
        # Who has no place any more was either given one since, or is asked whether another may be asked.
        "sleeps": found.state_code == "open" and bool(homes or promised),
        "is_there": bool(homes) and all(one.begun for one in homes),
        "stays": STAYS,
        "whose": place.whose(bed_at(found.organisation_id, Person(sex=found.sex_code, age_band=found.age_band_code))),
        "ask_url": place.asked_at(found.code),
        "ask_label": red.ASK_SHARED if refused else red.ASK_PERSON,
        "own_team": own_team(found),
        "of_child": of_child(found, version, at) if no_to_all else None,
        "now": at,
    }


def _was_promised(former: Asked, ended: Iterable[Hit]) -> bool:
    """Whether a bed was promised by telephone, and only somebody else says no to it (ADR 0190)."""
    waited = {one.id for one in ended if one.waited and is_home(one.service)}
    return SHELTER in former.unheard_rows and bool(waited) and bool(promises(waited))


def _places(found: Case, names: Mapping[UUID, str]) -> tuple[PlaceTold, ...]:
    """Who has a place ready for tonight, and is to be called off now."""
    slugs = {one.id: one.slug for one in organisations()}
    return named(asked_now(found.pk), names, slugs)


def _call_off(found: Case, ended: Iterable[Hit], names: Mapping[UUID, str], at: datetime) -> list[dict[str, Any]]:
    """Who said yes on the telephone, had accepted nothing, and was not told yet that nobody comes."""
    waited = {one.id: one for one in ended if one.waited}
    return [
        calling_off.box(waited[pk].code, names.get(waited[pk].body, ""), promise, at)
        | calling_off.in_case(found.pk, waited[pk].code, pk)
        | {"asks": calling_off.asks(found.code, promise)}
        for pk, said in promises(waited).items()
        for promise in [whose(said, waited[pk].service, found.doctor_code)]
    ]


def _next(homes: Iterable[Hit], narrowed: Iterable[Hit], names: Mapping[UUID, str], *, then: str) -> list[str]:
    """What the worker thinks of now: where the person sleeps, a lost way to the person, and who raises it next."""
    reach = _("%(organisation)s cannot reach the person any more. Agree with them how you pass on messages.")
    return [
        *(red.has_ended(names.get(one.body, "")) for one in homes if not one.begun),
        *(reach % {"organisation": names.get(one.body, "")} for one in narrowed if "contact" in one.parts),
        *([then] if then else ()),
    ]


def _raised(found: Case, former: Asked) -> str:
    """After a no to everything: who raises it next. In a closed case no help of ours goes on."""
    if former.unheard:
        return red.said_no(unheard=True)
    stopped = red.STOPPED_IN_DANGER if found.has_danger else red.STOPPED
    return str(red.SAID_NO if found.state_code == "closed" else stopped)


def _less(before: Version | None, version: Version) -> tuple[Less, ...]:
    """The rows and parts that were there before and are not there now."""
    return taken_back(_by_key(before.rows) if before else {}, _by_key(version.rows))


def _shut_out(before: Version | None, version: Version) -> frozenset[UUID]:
    """Who must get nothing since this version."""
    return version.excluded - (before.excluded if before is not None else frozenset())


def _beside(found: Case, less: Iterable[Less], hit: Iterable[Hit]) -> dict[UUID, str]:
    """Where a part was withdrawn: the other organisations of the same group, and the states of their referrals. What
    waits for an answer loses the part unread, and nothing says whether it was in it.
    """
    keys, gone = {key for key, parts in less if parts}, {one.body for one in hit}
    if not keys:
        return {}
    going, drafted = running_and_drafts(found)
    drafts = {one.to_organisation_id: "draft" for one in drafted if row_of_draft(one) in keys}
    mine = [one for one in going if keys & {*one.rows}]
    mine.sort(key=lambda one: one.state != "sent")  # of two to one organisation the one that somebody reads
    states = {**drafts, **{one.body: one.state for one in mine}}
    return {body: state for body, state in states.items() if body not in gone}


def _not_there(organisation: str, state: str) -> str:
    """That one of the same group does not have what was withdrawn."""
    if state != "sent":
        return not_sent(organisation)
    return _("%(organisation)s has not answered yet: nobody there has read this, and it is not sent there.") % {
        "organisation": organisation
    }


def _for_all(kind: str) -> str:
    """For whom a part counts: for the whole group."""
    told = _("It counts for all organisations of the group “%(group)s”, also for those that you ask later.")
    return told % {"group": words.group(kind)}


def _by_key(rows: Iterable[Said]) -> dict[RowKey, Said]:
    return {(row.kind, row.purpose): row for row in rows}


def _lost(old: Said, row: Said) -> str:
    return "".join(words.parts(parts) for _key, parts in taken_back(_by_key([old]), _by_key([row])) if parts)


def _stands(row: Said, before: Version | None, at: datetime, former: Asked) -> str:
    """How a row stands now, and what it needs beside it: what is for a court goes nowhere without the police."""
    if not row.agrees:
        return words.choice(row.answer)
    shared = words.sections(row.sections) or _("nothing but what the person wants them to know")
    slots = {"answer": words.choice(row.answer), "sections": shared, "day": ""}
    text = _("%(answer)s. Shared: %(sections)s.")
    if row.until is not None:
        slots["day"] = moments.last_day(row.until, at)
        text = _("%(answer)s, until %(day)s. Shared: %(sections)s.")
    stood = before.rows if before is not None else ()
    old = next((one for one in stood if (one.kind, one.purpose) == (row.kind, row.purpose)), None)
    lost = _lost(old, row) if old is not None else ""
    whole = text % slots
    if (row.kind, row.purpose) == words.COURT and not ((also := former.rows.get(words.CRIME)) and also.agrees):
        whole = " ".join((whole, words.why_row(words.COURT)))
    return " ".join((whole, _("Not shared any more: %(parts)s.") % {"parts": lost})) if lost else whole


def has_ended(organisation: str, hit: Hit) -> str:
    """What became of a referral that has stopped."""
    slots = {"organisation": organisation, "code": grouped(hit.code)}
    waited = _("Referral %(code)s to %(organisation)s has stopped. Only the summary without a name could be read.")
    had = _("Referral %(code)s to %(organisation)s has stopped. What was shared is deleted there; they were told.")
    return (waited if hit.waited else had) % slots


def _narrowed(organisation: str, hit: Hit) -> str:
    slots = {"organisation": organisation}
    if not hit.waited and "contact" in hit.parts:
        return (
            _(
                "It was deleted at %(organisation)s. They were told not to call the person and not to write. What they "
                "wrote down themselves Hamkori cannot delete: they were asked to delete it. Help goes on."
            )
            % slots
        )
    if hit.waited:
        return _("It was taken out of the referral to %(organisation)s; nobody there had read it.") % slots
    if hit.parts == NAME:
        return _("No name is shown at %(organisation)s any more, and they were told. Help goes on.") % slots
    return _("Nothing of it is at %(organisation)s now, and they were told. Help goes on.") % slots


def _had_opened(hit: Iterable[Hit], names: Mapping[UUID, str], then: datetime, at: datetime) -> list[str]:
    """Who had opened what was withdrawn, and when; or that nobody had. Of what waited its own sentence says so."""
    told = []
    for one in hit:
        # What can still be opened may have been opened only since.
        seen = [each for each in referral_opened(one.id) if _is_gone(one, each) and each.first_at <= then]
        slots = {"organisation": names.get(one.body, "")}
        if seen:
            opened = _("%(organisation)s had opened: %(parts)s (%(when)s). That cannot be undone.")
            told.append(opened % {**slots, **what_and_when(seen, at)})
        else:
            told.append(_("Nobody at %(organisation)s had opened this.") % slots)
    return told


def _helps(
    ended: Iterable[Hit], homes: Collection[Hit], names: Mapping[UUID, str], *, brought: bool
) -> list[dict[str, str]]:
    """Where help has begun that does not end with this: who helps, what they read, and how it is ended there too.
    `asks`: what the person is asked about it; '' of a place of which it is known where the person sleeps.
    """
    begun = [one for one in ended if one.begun]
    phones = phones_for_referring({one.body for one in begun}) if begun else {}
    ended_only = _("They read that this referral has ended, and that help may go on if the person wants it.")
    withdrew = _(
        "They read that the person withdrew consent for everything that we had shared, that help may go on if "
        "the person wants it, and that they ask only in person."
    )
    withdrew = str(READ_BROUGHT) if brought else withdrew
    there = _("The person is at %(organisation)s; the bed has not ended with this. Does the person stay?")
    found = []
    for one in begun:
        body, phone = names.get(one.body, ""), phones.get(one.body, "")
        home = is_home(one.service)
        stays = there % {"organisation": body} if one in homes else ""
        found.append(
            {
                "name": body,
                "service": lists.label("service", one.service),
                "read": withdrew if one.served else ended_only,
                "asks": stays if home else ask_on(body),
                "on": "" if home else goes_on(one.service, phone),
                "phone": desk_phone.said(phone) if home or not phone else "",
                "url": "" if home else reverse("referral", args=[one.code]),
            }
        )
    return found


def _unsent(found: Case) -> list[dict[str, str]]:
    """Drafts that stay: what the person said no to cannot be sent."""
    return [
        {"code": one.code, "service": lists.label("service", one.service_code)}
        for one in drafts_of(found)
        if refused(found.pk, one.recipient_kind_code, one.purpose_code)
    ]


def _tell(
    found: Case,
    former: Asked,
    hit: Collection[Hit],
    at: datetime,
    beside: tuple[Mapping[UUID, str], bool],
    doctor: Collection[UUID],
) -> list[Spoken]:
    """What the person hears: what was deleted where, what stays there, who has read it, and what stays here. `beside`:
    who of the same group did not have it, and whether it was a part, which counts for all of them. `doctor`: who
    goes on reading that a doctor is needed.
    """
    others, part = beside
    bodies = {one.id: one for one in organisations()} if hit or others or doctor else {}
    read = [(one, [each for each in referral_opened(one.id) if _is_gone(one, each)]) for one in hit]

    child = found.is_child and all(is_no(row.answer) for row in former.rows.values())

    def sentences() -> list[str]:
        told = []
        for one, opened in read:
            organisation = bodies[one.body].name(lists.language()) if one.body in bodies else ""
            told += _told(organisation, one)
            if opened:
                slots = {"organisation": organisation, "when": moments.moment(max(each.last_at for each in opened), at)}
                told.append(words.read_there(name=one.parts == NAME and not one.ended) % slots)
        for body, state in others.items():
            slots = {"organisation": bodies[body].name(lists.language()) if body in bodies else ""}
            waits = _("%(organisation)s has not answered yet: nobody there has read this, and they do not get it.")
            there = _("%(organisation)s does not have this, and does not get it any more.")
            told.append((waits if state == "sent" else there) % slots)
        told += [told_doctor(bodies[one].name(lists.language())) for one in doctor if one in bodies]
        record = _("It stays on record that a referral was made, when, to whom, for what help.")
        return [
            *told,
            *([_("Others who give the same help do not get it either, if we ask them later.")] if part else ()),
            _("What we wrote ourselves stays here, locked."),
            *([record] if hit or others else ()),
            *([aloud(found)] if child else ()),
        ]

    return said(hers(found, former.newest.language if former.newest else ""), sentences)


def _is_gone(hit: Hit, opened: Opened) -> bool:
    """Whether what was opened is no longer shown. The name stands in the part that says how to reach the person."""
    return hit.ended or opened.section in hit.parts or (hit.parts == NAME and opened.section == "contact")


def _told(organisation: str, hit: Hit) -> list[str]:
    """What one organisation has no more, and what it still has."""
    nothing: tuple[str, ...] = ()
    shared = unless_unread(partial(sections_of, "referral", hit.id, hit.shared), nothing)
    # What was written with the person for them stays as long as the referral does.
    left = sections.yours((TEXT, *(one for one in shared if one not in hit.parts)))
    slots = {"organisation": organisation, "parts": sections.yours(hit.parts), "left": left}
    if hit.ended and hit.waited:
        return [_("We stopped the referral to %(organisation)s. Nobody there can open anything.") % slots]
    if hit.ended:
        first = _("We stopped the referral to %(organisation)s and deleted there what we had shared.") % slots
        return [first, _("The help there does not end with this: tell them what you want.")] if hit.begun else [first]
    if hit.parts == NAME:
        first = _("%(organisation)s does not see your name any more.") % slots
    elif hit.waited:
        first = _("We took out of the referral to %(organisation)s: %(parts)s.") % slots
    else:
        first = _("Nothing of this is at %(organisation)s now: %(parts)s.") % slots
    # Only who had it can have written it down.
    quiet = (
        [
            _("%(organisation)s was told not to call you and not to write to you.") % slots,
            _("If they wrote your number down themselves, we cannot delete it: we asked them to delete it."),
        ]
        if "contact" in hit.parts and not hit.waited
        else []
    )
    return [first, _("This stays there, as you agreed: %(left)s.") % slots, *quiet]
