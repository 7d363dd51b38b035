"""What can be withdrawn: everything, or of a group the whole, a part, one purpose; who read it, and what would stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.audit.queries import Opened, referral_opened
from hamkori.casework.consent.queries.consent import Asked, after_withdrawal
from hamkori.casework.consent.rules.consent import RowKey
from hamkori.casework.referral.queries.effects import Effect, Running, effects, running_and_drafts
from hamkori.people.queries import organisations, phones_for_referring
from hamkori.web.consent import words
from hamkori.web.consent.unread import unless_unread
from hamkori.web.consent.withdraw_form import EVERY, EVERYTHING, keys_of, offered, parts_of, rows_of, said, ticked_name
from hamkori.web.kit import moments
from hamkori.web.words import calling_off, lists, sections
from hamkori.web.words.stays import goes_on

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.models import Referral


NOBODY: Final = gettext_lazy(
    "Nobody has opened a locked part. The organisation that is asked reads the summary without a name."
)
Read = tuple[
    tuple[Running, ...],
    tuple["Referral", ...],
    dict[UUID, tuple[Opened, ...]],
    dict[UUID, datetime],
    dict[UUID, str],
    dict[UUID, str],
]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One tick. `unlocked`: who has read of it already; `effects`: what becomes of it at each organisation."""

    value: str
    label: str
    unlocked: tuple[str, ...]
    effects: tuple[str, ...]
    ticked: bool

    @property
    def place(self) -> str:
        """Its own name on the page."""
        return "took_" + self.value.replace(":", "-").replace(EVERY, "every")


@dataclass(frozen=True, kw_only=True)
class Group:
    """Whoever is asked alike, for all purposes. `common`: what taking back any part of it does, said once; `counts`:
    for which organisations a part counts.
    """

    whole: Line
    parts: tuple[Line, ...]
    single: tuple[Line, ...]
    common: tuple[str, ...]
    counts: str

    @property
    def is_open(self) -> bool:
        """Only what is ticked: the groups are looked through, and the parts of one."""
        return self.is_finer or any(one.ticked for one in self.parts)

    @property
    def only(self) -> Line | None:
        """The one part that is shared, where there is no other: a tick of its own, with for whom it counts."""
        one = self.parts[0] if len(self.parts) == 1 and not self.single else None
        return replace(one, effects=(*one.effects, self.counts)) if one else None

    @property
    def is_finer(self) -> bool:
        """Whether something of one purpose only is ticked."""
        return any(one.ticked for one in self.single)

    @property
    def reaches(self) -> bool:
        """Whether the telephone is among its parts."""
        return any(one.value.endswith(":contact") for one in self.parts)

    @property
    def names(self) -> bool:
        """Whether the name alone is."""
        return any(one.value.endswith(":identity") for one in self.parts)


class Standing:
    """What stands on the consent of a case, and what was opened of it."""

    def __init__(self, found: Case, former: Asked, at: datetime) -> None:
        self.former, self.at = former, at
        nothing: Read = ((), (), {}, {}, {}, {})
        read = unless_unread(partial(_going, found), nothing)
        self.going, drafts, self.opened, self.met, self.names, self.phones = read
        self.known = read is not nothing
        # Whom a part counts for: who was asked, and who is about to be.
        self.places: tuple[tuple[UUID, frozenset[RowKey]], ...] = (
            *((one.body, frozenset(one.rows)) for one in self.going),
            *((one.to_organisation_id, frozenset({row_of_draft(one)})) for one in drafts),
        )

    def who_opened(self) -> tuple[str, ...]:
        """Who has opened what and when, once before anything is ticked; nothing where nobody can say."""
        seen: dict[UUID, list[Opened]] = {}
        met: dict[UUID, datetime] = {}
        for one in self.going:
            seen.setdefault(one.body, []).extend(self.opened[one.id])
            met |= {one.body: self.met[one.id]} if one.id in self.met else {}
        opened = _("%(organisation)s has already opened: %(parts)s (%(when)s). That cannot be undone.")
        lines = tuple(
            opened % {"organisation": self.names.get(body, ""), **what_and_when(parts, self.at)}
            for body, parts in seen.items()
            if parts
        )
        if not self.known:
            return ()
        if met:
            lines = (*lines, *self._who_met(met), *(() if lines else (_("Nobody has opened another locked part."),)))
        if not lines:
            return (str(NOBODY) if seen else _("No referral is open."),)
        done = all(parts or body in met for body, parts in seen.items()) or not any(seen.values())
        return lines if done else (*lines, _("Nobody else has opened anything."))

    def _who_met(self, met: Mapping[UUID, datetime]) -> list[str]:
        """Who has opened hour and meeting point, which are no part that the person is asked about."""
        said = _("%(organisation)s has already opened hour and meeting point (%(when)s). That cannot be undone.")
        return [
            said % {"organisation": self.names.get(body, ""), "when": moments.moment(when, self.at)}
            for body, when in met.items()
        ]

    def everything(self, ticked: Collection[str]) -> Line:
        """Everything, to everybody."""
        return self._line(EVERYTHING, ticked)

    def groups(self, ticked: Collection[str]) -> list[Group]:
        """Group by group, those first that were sent something."""
        values = [one for one in offered(self.former) if one != EVERYTHING]
        kinds = list(dict.fromkeys(one.partition(":")[0] for one in values))
        made = [self._group(mine, ticked) for kind in kinds if (mine := self._held(values, kind))]
        made.sort(key=lambda one: not one.whole.effects)
        return made

    def one_by_one(self) -> list[tuple[str, str]]:
        """Each organisation that was asked, with the help, and where its referral alone is ended."""
        return [
            (f"{self.names.get(one.body, '')}: {lists.label('service', one.service)}", one.code) for one in self.going
        ]

    def _held(self, values: Iterable[str], kind: str) -> list[str]:
        """Its ticks, without what is only asked again since the case was opened again: unless help still rests on it,
        or nobody can say.
        """
        mine = [one for one in values if one.startswith(f"{kind}:")]
        return [one for one in mine if not self.known or self._agreed(one) or self._does([one])[1]]

    def _agreed(self, value: str) -> bool:
        return any(row.agrees for key in keys_of(value, self.former) if (row := self.former.rows.get(key)) is not None)

    def _group(self, values: Sequence[str], ticked: Collection[str]) -> Group:
        first = values[0]
        together = first.endswith(f":{EVERY}")
        own = [one for one in values[1:] if one.startswith(f"{first}:")]
        alone = len(own) == 1 and not together
        parts = [self._line(one, ticked, alone=alone) for one in own]
        effects_of = Counter(one.effects for one in parts if one.effects)
        common, times = effects_of.most_common(1)[0] if effects_of else ((), 0)
        if times > 1:
            parts = [self._beside(one, common) for one in parts]
        return Group(
            whole=self._line(first, ticked),
            parts=tuple(parts),
            single=tuple(self._line(one, ticked) for one in values if one != first and one not in own)
            if together
            else (),
            common=common if times > 1 else (),
            counts=self._counts(first),
        )

    def _counts(self, value: str) -> str:
        """For whom a part counts: consent is given to a group, so it is never one organisation alone."""
        kind = value.partition(":")[0]
        bodies = lists.several(self._of(key for key in words.GROUPS[kind]))
        if not bodies:
            return _("A part counts for all organisations of this group, also for those that you ask later.")
        return _(
            "A part counts for all organisations of this group: %(organisations)s, and those that you ask later. For "
            "one organisation alone you can only end its referral."
        ) % {"organisations": bodies}

    def _of(self, keys: Iterable[RowKey], but: Collection[UUID] = ()) -> list[str]:
        """The organisations whose referrals of this case stand on these consents, drafts too, each once."""
        keys = set(keys)
        bodies = dict.fromkeys(body for body, rows in self.places if keys & rows and body not in but)
        return [name for body in bodies if (name := self.names.get(body, ""))]

    def _beside(self, line: Line, common: tuple[str, ...]) -> Line:
        """A part without what is said once for most of them."""
        if line.effects == common:
            return replace(line, effects=())
        for body in self.names.values():
            if (common, line.effects) == ((_deleted(body),), (_not_to_be_called(body),)):
                return replace(line, effects=(_("They are told not to call and not to write."),))
        return line if line.effects else replace(line, effects=(_("Nobody was sent this."),))

    def _line(self, value: str, ticked: Collection[str], *, alone: bool = False) -> Line:
        """`alone`: a part that stands beside the whole, with no fold around it, and says of what it is a part."""
        unlocked, stops = self._does([value])
        part = value.count(":") == 2
        nobody = self.known and not any(self.opened.values())  # The head of the page says so.
        if not unlocked and (stops or not part) and not nobody:
            unlocked = (_("Nobody has unlocked what was sent.") if stops else _("No referral is open for this."),)
        short = part and not alone and (value.split(":")[1] == EVERY or not self._has_several(value))
        return Line(
            value=value,
            label=ticked_name(value, self.former) if short else said(value, self.former, whole=False),
            unlocked=unlocked,
            effects=stops,
            ticked=value in ticked,
        )

    def _has_several(self, value: str) -> bool:
        return f"{value.partition(':')[0]}:{EVERY}" in offered(self.former)

    def _does(self, ticked: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What was read already, and a line for each organisation: what stops, and what does not end with it."""
        former = self.former
        rows, parts = rows_of(ticked, former), parts_of(ticked, former)
        after = after_withdrawal(former, rows, parts=parts)
        hit = effects(self.going, former.rows, after, former.excluded)
        sections = {section for _key, section in parts} if rows == [] else None
        unlocked, by = [], []
        for one in hit:
            seen = [each for each in self.opened[one.running.id] if sections is None or each.section in sections]
            by += [self.names.get(one.running.body, "")] if seen else []
            if one.unnamed and not any(each.section in NAMED for each in seen):
                unlocked += _name_was_read(self.opened[one.running.id], self.names.get(one.running.body, ""), self.at)
        if by:
            unlocked.insert(0, _("Opened by: %(organisations)s.") % {"organisations": lists.several(dict.fromkeys(by))})
        lines = (_stops(one, self.names.get(one.running.body, ""), self.phones) for one in hit)
        others = self._not_sent([key for key, _section in parts], hit)
        return tuple(unlocked), tuple(dict.fromkeys(chain(lines, others, self._called_off(hit))))

    def _not_sent(self, keys: Iterable[RowKey], hit: Iterable[Effect]) -> list[str]:
        """Of a part that somebody has: who of the same group was not sent it, and gets it no more."""
        gone = {one.running.body for one in hit}
        return [not_sent(name) for name in self._of(keys, gone)] if gone else []

    def _called_off(self, hit: Iterable[Effect]) -> list[str]:
        """Whom to call afterwards: they said yes on the telephone, and may wait for the person."""
        ended = [one.running for one in hit if one.ends]
        return [
            calling_off.sentence(self.names.get(one.body, ""), promise, self.at)
            for one in ended
            if (promise := one.promise) is not None
        ]


def row_of_draft(draft: Referral) -> RowKey:
    """The consent on which a draft would stand."""
    return (draft.recipient_kind_code, draft.purpose_code)


def not_sent(organisation: str) -> str:
    """That a part was not sent to one of the same group: what is withdrawn counts there, too."""
    return _("%(organisation)s does not have this, and cannot be sent it any more.") % {"organisation": organisation}


def _going(found: Case) -> Read:
    """What stands on the consent now and what is drafted, what was opened of it, how the organisations are called and
    where to call.
    """
    going, drafts = running_and_drafts(found)
    if not going:
        return going, drafts, {}, {}, names() if drafts else {}, {}
    begun = {one.body for one in going if one.begun}
    opened = {one.id: referral_opened(one.id) for one in going}
    met = {one.id: one.met_at for one in going if one.met_at is not None}
    return going, drafts, opened, met, names(), phones_for_referring(begun) if begun else {}


NAMED: Final = ("identity", "contact")
"""Parts in which the name stands."""


def _name_was_read(opened: Iterable[Opened], organisation: str, at: datetime) -> list[str]:
    """That the part was opened in which what to call the person stands, though that part itself is not taken."""
    seen = [each for each in opened if each.section in NAMED]
    if not seen:
        return []
    said = _(
        "%(organisation)s has already opened the part that holds the name: %(parts)s (%(when)s). That cannot be undone."
    )
    return [said % {"organisation": organisation, **what_and_when(seen, at)}]


def what_and_when(seen: Iterable[Opened], at: datetime) -> dict[str, str]:
    """Which parts were unlocked, and when last."""
    seen = tuple(seen)
    parts = lists.several(filter(None, (sections.opened(each.section) for each in seen)))
    return {"parts": parts, "when": moments.moment(max(each.last_at for each in seen), at)}


def _stops(hit: Effect, organisation: str, phones: Mapping[UUID, str]) -> str:
    """What becomes of one referral, in one line."""
    one = hit.running
    slots = {"organisation": organisation}
    if not hit.ends:
        return _waits_without(hit) % slots if one.state == "sent" else _goes_on_without(hit, organisation)
    if one.state == "sent":
        return _("%(organisation)s: our referral waits for an answer; it stops.") % slots
    stops = _("%(organisation)s: our referral stops, and what was shared is deleted there.") % slots
    return f"{stops} {goes_on(one.service, phones.get(one.body, ''))}" if one.begun else stops


def _waits_without(hit: Effect) -> str:
    """Of what nobody there has accepted, which goes on with less; the organisation is put in."""
    if not hit.lost:
        return _("Help goes on. What to call the person is no longer shown at %(organisation)s.")
    return _("The referral goes on without it. Nobody at %(organisation)s can have read it.")


def _goes_on_without(hit: Effect, organisation: str) -> str:
    """The same where they help."""
    if not hit.lost:
        said = _("Help goes on. No name is shown at %(organisation)s any more, and they are told.")
        return said % {"organisation": organisation}
    return _not_to_be_called(organisation) if "contact" in hit.lost else _deleted(organisation)


def _not_to_be_called(organisation: str) -> str:
    said = _("Help goes on. This is deleted at %(organisation)s. They are told not to call and not to write.")
    return said % {"organisation": organisation}


def _deleted(organisation: str) -> str:
    return _("Help goes on. This is deleted at %(organisation)s, and they are told.") % {"organisation": organisation}


def names() -> dict[UUID, str]:
    """How the organisations are called, in the reader's language."""
    return {body.id: body.name(lists.language()) for body in organisations()}
