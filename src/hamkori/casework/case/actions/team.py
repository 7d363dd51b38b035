"""Who works on a case: admit, release, leave, wraps follow in the same transaction; and the lead worker is told."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hamkori import definer
from hamkori.action import Act, action
from hamkori.casework.case.machinery import own_row, sealing
from hamkori.casework.case.machinery.notices import add
from hamkori.casework.case.machinery.tagged import admitted, epochs_closed, gone, team_row_ended
from hamkori.casework.case.models import Case, SectionKey, SectionWrap
from hamkori.casework.case.queries.answers import CaseFacts
from hamkori.casework.case.queries.team import could_join
from hamkori.casework.case.rules.sections import SECTIONS, rights
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.case.rules.team import MEMBER, TeamRow, may_go
from hamkori.lifecycle import decide_step
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from hamkori.vault import tags
from hamkori.vault.bytes import OpenKey, Untrusted
from hamkori.vault.sections import Epoch, Held, hand_over
from hamkori.vault.server import alarm, alone_at, trust
from hamkori.vault.tags import Fact


@action("case.tell_lead", on="case")
def tell_lead(act: Act, case: Case) -> None:
    """A supervisor asks the team to look at the case. NotNow("not_told_lately") for twelve hours after it."""
    row = decide_step(CaseFacts(case, "tell_lead"), Side.SENDER_SUPERVISOR)
    definer.run("case_tell_lead", case.pk)
    for notice in row.notices:
        add(act.actor, key=notice.key, sides=notice.to, about=("case", case.pk), urgent=True, mail=True)


@action("team.admit", on="case")
def admit(act: Act, case: Case, *, membership: UUID) -> None:
    """Adds a colleague by their function. What the admitter cannot hand on opens at the next write (rule M)."""
    actor, keys = act.actor, sealing.holder(act)
    alone_at(case.pk)
    colleague = next((one for one in could_join(actor, case) if one.membership_id == membership), None)
    if colleague is None:
        raise NotNow("may_join")
    if own_row.on_team(actor, case.pk).kind_code != "lead":
        raise NotAllowed("team.admit")
    held = rights((colleague.function or "hotline_operator",))
    row = admitted(case.pk, membership, colleague.user_id, held)
    former = _row_of(case, membership, _team(case))  # a supervisor becomes a member: the former row ends
    definer.run("team_admit", case.pk, membership, sorted(held.sections), sorted(held.writes), row.id, row.tag)
    if former is not None:
        team_row_ended(former.id)
    _hand_on(case, keys, membership, held.sections)


def _hand_on(case: Case, holder: OpenKey, membership: UUID, sections: Iterable[str]) -> None:
    """Seals every epoch the admitter holds to the newcomer; of the others the open epochs close."""
    newcomer = next(row for row in sealing.team(case.pk) if row.membership == membership)
    keys = {key.pk: key for key in SectionKey.objects.filter(case=case, section_code__in=list(sections))}
    epochs = {Epoch(case.pk, key.section_code, key.epoch): key for key in keys.values()}
    mine = []
    for wrap in SectionWrap.objects.filter(section_key__in=list(keys), recipient_key_id=holder.id):
        key = keys[wrap.section_key_id]
        mine.append(Held(Epoch(case.pk, key.section_code, key.epoch), bytes(wrap.seal), bytes(key.tag)))
    handed, _shut = hand_over(trust(), holder, mine, newcomer)
    SectionWrap.objects.bulk_create(
        SectionWrap(section_key=epochs[epoch], recipient_key_id=newcomer.key.id, seal=seal)
        for epoch, seal in handed.items()
    )
    _close(case, set(sections) - {one.epoch.section for one in mine})


def _close(case: Case, sections: Iterable[str]) -> None:
    """What is written next in these sections is under a new epoch."""
    closing = sorted(sections)
    closed = definer.rows("epochs_close", case.pk, closing, columns="section_code epoch")
    epochs_closed(case.pk, closing, dict(closed))


@action("team.remove", on="case")
def release(act: Act, case: Case, *, membership: UUID) -> bool:
    """Takes a colleague off the team: the row ends, the wraps are deleted, all epochs of the case close.

    False: the database shows them on no team, or as a lead or supervisor whom nobody vouched for. Should it show them
    as a member again, they are gone all the same.
    """
    alone_at(case.pk)
    _alarm_of_nobodys(act, case)
    team = _team(case)
    found = _row_of(case, membership, team)
    if found is None or _called_otherwise(found):
        _gone(case, membership)
        return False
    _end(case, membership, found, "release", team)
    return True


@action("team.leave", on="case")
def leave(act: Act, case: Case) -> None:
    """Leaves the team. The lead stays until there is another one; who is only called so is gone."""
    mine = act.actor.membership_id
    assert mine
    alone_at(case.pk)
    team = _team(case)
    found = _row_of(case, mine, team)
    if found is None:
        raise NotVisible
    if _called_otherwise(found):
        _gone(case, mine)
    else:
        _end(case, mine, found, "leave", team)


def _alarm_of_nobodys(act: Act, case: Case) -> None:
    """Who releases is asked for no row of their own, which may be spoilt; one that nobody vouched for is an alarm."""
    with suppress(NotVisible):  # a supervisor has none
        try:
            own_row.on_team(act.actor, case.pk)
        except Untrusted as error:
            alarm(error)


def _gone(case: Case, membership: UUID) -> None:
    """Where the database names no row that could end: whatever it shows later."""
    gone(case.pk, membership)
    _close(case, SECTIONS)


def _end(case: Case, membership: UUID, found: _Found, step: str, team: Iterable[tuple[Any, ...]]) -> None:
    """The row ends and the epochs close, in the database and in what it cannot take back.

    All of the case: which keys a member holds, of this row, a former one or the wraps, the database would say.
    """
    if not may_go(membership, [TeamRow(*row[:3]) for row in team]):
        raise NotNow("last_member")
    closed: dict[str, int] = dict(definer.rows("team_end", case.pk, found.id, step, columns="section_code epoch"))
    trust().believes(found.fact, found.tag)  # what was changed alarms, and the release goes on all the same
    team_row_ended(found.id)
    gone(case.pk, membership)
    epochs_closed(case.pk, SECTIONS, closed)


@dataclass(frozen=True, slots=True)
class _Found:
    """A live row of the team, as the database shows it now; no key is asked for, and it may be suspended."""

    id: UUID
    kind: str
    fact: Fact
    tag: bytes


def _called_otherwise(found: _Found) -> bool:
    """Whether the row is said to be of a lead or a supervisor, and nobody vouched for it."""
    return found.kind != MEMBER and not trust().believes(found.fact, found.tag)


def _team(case: Case) -> list[definer.Row]:
    return definer.read(
        "select membership_id, kind_code, suspended_at is not null, access_id, user_id, sections, writes, tag"
        " from case_people(%s)",
        case.pk,
    )


def _row_of(case: Case, membership: UUID, team: Iterable[tuple[Any, ...]]) -> _Found | None:
    found = next((row for row in team if row[0] == membership), None)
    if found is None:
        return None
    _membership, kind, _suspended, row, user, sections, writes, tag = found
    fact = tags.team(row, case.pk, membership, user, kind, sections, writes)
    return _Found(row, kind, fact, bytes(tag or b""))
