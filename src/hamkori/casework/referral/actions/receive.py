"""The receiver's side: ask, decline, accept, unaccept, and the team's steps until the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from hamkori import definer
from hamkori.access import door
from hamkori.access.context import machine_time
from hamkori.action import Act, action
from hamkori.calendar.clocks import as_kept
from hamkori.calendar.queries import calendar
from hamkori.casework.case.machinery.notices import add
from hamkori.casework.case.machinery.tagged import gone, part_row, part_row_ended, team_row
from hamkori.casework.case.machinery.take import started
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.sections import SUPERVISOR_RIGHTS, Rights, rights
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.rules import packet
from hamkori.casework.referral.machinery import meetings, packets, permits
from hamkori.casework.referral.machinery.named import named_there
from hamkori.casework.referral.machinery.own_part import my_part
from hamkori.casework.referral.machinery.steps import lock_referral, referral_take
from hamkori.casework.referral.machinery.telling import tell
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries import as_read
from hamkori.casework.referral.queries.answers import ReferralFacts
from hamkori.casework.referral.queries.doubt import read_another_age
from hamkori.casework.referral.queries.last_night import sleeps_there
from hamkori.casework.referral.queries.meeting import line_now, time_stands
from hamkori.casework.referral.queries.permit import Agreed, agreed_now
from hamkori.casework.referral.queries.received import who_could_meet_her
from hamkori.casework.referral.rules.lifecycle import NO_NIGHT, OTHER_AGE, REFERRAL, STANDS
from hamkori.casework.referral.rules.sealed import FUNCTION_SECTIONS, sealed_to
from hamkori.lifecycle import decide_step
from hamkori.people.queries import Colleague, body_key, colleagues, person_key
from hamkori.refusal import Invalid, NotNow
from hamkori.vault.bytes import OpenKey, Secret, Untrusted
from hamkori.vault.packet import Route, Seal, Worker, hand_on, open_seal, seal_on, write_result
from hamkori.vault.server import keyring
from hamkori.vocabulary import codelist


@action("referral.ask", on="referral")
def ask(act: Act, referral: Referral, *, version: int, question_code: str) -> None:
    """One coded question to the sender. The clock runs on; three at most, one at a time."""
    if question_code not in codelist("question_code").codes:
        raise Invalid({"question_code": _("Choose one of the answers.")})
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "ask"), Side.DESK)
    referral_take(referral, "ask", version, {"question_code": question_code})
    tell(act.actor, row, referral.pk, Side.DESK)


@action("referral.ask_part", on="referral")
def ask_part(act: Act, referral: Referral, *, section: str) -> None:
    """Asks the sender for a part in which something is missing or that was not sent, or where to meet somebody to whom
    this help goes. NotNow("no_open_question").
    """
    kind, purpose = referral.recipient_kind_code, referral.purpose_code
    reads = FUNCTION_SECTIONS.get(act.actor.function, frozenset())
    may = (kind, purpose) in packet.RULE and packet.may_carry(kind, purpose, section) and section in reads
    if not may and not packet.asks_where(kind, purpose, section):
        raise NotNow("section_agreed")
    act.note(reason=section)
    definer.run("referral_ask_part", referral.pk, section)
    add(act.actor, key="asked", sides=[Side.SENDER], about=("referral", referral.pk), mail=True)


@action("referral.decline", on="referral")
def decline(
    act: Act, referral: Referral, *, version: int, reason: str, suggested_service: str = "", read: str | None = None
) -> None:
    """No, with a coded reason; may name another kind of service. The packet is deleted. `read`: as in `accept`."""
    lock_referral(referral)
    as_read.same_to_answer(referral, read)
    values = {"reason_code": reason} | ({"suggested_service_code": suggested_service} if suggested_service else {})
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "decline", values), Side.DESK)
    if suggested_service and suggested_service not in codelist("service").codes:
        raise Invalid({"suggested_service": _("Choose one of the answers.")})
    act.note(reason=reason)
    referral_take(referral, "decline", version, values)
    permits.ended(referral.pk)
    tell(act.actor, row, referral.pk, Side.DESK)


def _named(act: Act, team: Sequence[UUID], workers: Iterable[UUID] = ()) -> list[Colleague]:
    """Those of them who may join these workers, and meet her."""
    return [one for one in who_could_meet_her(act.actor, workers)[0] if one.membership_id in team] if team else []


def _agreed(rows: Sequence[packets.SealRow], agreed: Agreed) -> list[packets.SealRow]:
    """Those that may go by her permit: which the database hands out, it says itself."""
    return [row for row in rows if agreed.live and row.seal.section in (packet.TEXT, *agreed.sections)]


def _opened(
    referral: Referral, rows: Sequence[packets.SealRow], holder: Callable[[Seal], OpenKey]
) -> Iterator[tuple[int, Route, dict[str, Secret]]]:
    """Of each packet its number, its route and the keys of its parts, opened with who holds them."""
    for number in sorted({row.packet_no for row in rows}):
        part = [row for row in rows if row.packet_no == number]
        route = packets.route(referral, number, part[0].consent_id)
        yield number, route, {one.seal.section: open_seal(keyring(), holder(one.seal), route, one.seal) for one in part}


@action("referral.accept", on="referral")
def accept(
    act: Act,
    referral: Referral,
    *,
    version: int,
    team: Sequence[UUID],
    arrival_on: date | None,
    arrival_part: str,
    meeting: meetings.Line | None = None,
    read: str | None = None,
    over: tuple[datetime | None] | None = None,
) -> None:
    """Yes: who will meet her and when. The packet's keys are sealed on to the named team; the desk's are deleted. So is
    what the sender wrote of the meeting as agreed by telephone, where this says nothing else of it.

    `read`: the digest of the summary that the page showed; NotNow("summary_same") where it says something else now.
    `over`: since when the sender's line was written, as the page said, None in it: none was; NotNow("line_as_read")
    where `meeting` would replace another one. Without it nobody pressed it on a page.
    """
    lock_referral(referral)
    as_read.same_to_answer(referral, read)
    if meeting and over is not None and referral.state_code == "sent":
        written = line_now(referral.pk)
        if (written.at if written is not None else None) != over[0]:
            raise NotNow("line_as_read")
    values: dict[str, Any] = {"arrival_on": arrival_on, "arrival_part_code": arrival_part}
    facts = ReferralFacts(act.actor, act.at, referral, "accept", {**values, "team": team})
    agreed = facts.agreed
    row = decide_step(facts, Side.DESK)
    assert arrival_on is not None
    if agreed.answer_by is not None and machine_time(act.at) >= agreed.answer_by:
        raise NotNow("from_state", state="lapsed")  # the clock ends it, and whoever puts its rows back changes nothing
    _can_be_agreed(arrival_on, arrival_part, act.at)
    named = _named(act, team)
    if len(named) != len(set(team)):
        raise NotNow("may_join")
    waits = packets.seals(referral)
    rows = _agreed(waits, agreed)
    assert act.actor.keys is not None
    desks = packets.desk_keys(act.actor, act.actor.keys, waits)
    if referral.to_organisation_id != act.actor.organisation_id:
        raise Untrusted("permit", referral.pk)
    continuity = body_key(referral.to_organisation_id, "continuity")
    if continuity is None:
        raise NotNow("body_ready")
    holds = {one.membership_id: _may_hold(referral, one) for one in named}
    workers = [Worker(key, holds[one.membership_id]) for one in named if (key := person_key(one.user_id)) is not None]
    for number, route, keys in _opened(referral, rows, lambda seal: desks[seal.recipient]):
        packets.save_seals(referral, number, seal_on(keyring(), route, keys, workers, continuity), act.at)
    theirs = [one.key for one in workers]
    if not meetings.write(act, referral, meeting, 1, theirs):
        meetings.keep(act, referral, waits, desks, theirs)
    values["team"] = [_joining(referral, one, holds[one.membership_id]) for one in named]
    referral_take(referral, "accept", version, values, [_arrival_clock(referral, arrival_on, arrival_part, act.at)])
    tell(act.actor, row, referral.pk, Side.DESK)


def _may_hold(referral: Referral, one: Colleague) -> frozenset[str]:
    """What their function reads of such a request, also of what is added later; they read of it what goes, agreed."""
    askable = packet.askable(referral.recipient_kind_code, referral.purpose_code)
    return sealed_to((*askable, packet.TEXT), (one.function,))


def _joining(referral: Referral, one: Colleague, sections: frozenset[str]) -> dict[str, Any]:
    """A worker's row as the database takes it, with its id and tag."""
    held = sorted(sections - {packet.TEXT})
    row = part_row(referral.pk, one.membership_id, one.user_id, held)
    return {"id": str(row.id), "membership": str(one.membership_id), "sections": held, "tag": row.tag.hex()}


def _can_be_agreed(day: date, part: str, at: datetime) -> None:
    """Invalid: the time lies in the past, or is "now" of another day."""
    if not clocks.can_be_agreed(day, part, calendar(), at):
        said = (
            _("“Now” is valid today only.")
            if part == clocks.NOW
            else _("This part of the day is over. Choose a later one.")
        )
        raise Invalid({"arrival_part": said})


def _arrival_clock(referral: Referral, day: date, part: str, agreed_at: datetime) -> dict[str, Any]:
    timed = clocks.arrival_rungs(day, part, referral.urgency_code, calendar(), agreed_at)
    return as_kept("arrival", "arrival.urgent" if referral.urgency_code == "urgent" else "arrival", timed)


@action("referral.unaccept", on="referral")
def unaccept(act: Act, referral: Referral, *, version: int, reason: str) -> None:
    """Gives an acceptance back within 24 hours, before she came."""
    values, side = {"reason_code": reason}, REFERRAL.sides[act.grant.scope]
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "unaccept", values), side)
    act.note(reason=reason)
    referral_take(referral, "unaccept", version, values)
    permits.ended(referral.pk)
    tell(act.actor, row, referral.pk, side)


@action("referral.expect", on="referral")
def expect(
    act: Act,
    referral: Referral,
    *,
    version: int,
    arrival_on: date,
    arrival_part: str,
    meeting: meetings.Line | None = None,
    anew: bool = False,
) -> None:
    """She comes at another time, twice at most; for the time that stands hour and place are written, ever again.

    `anew`: that time itself is agreed on again, for who the person is by now.
    """
    if arrival_part not in codelist("part_of_day").codes:
        raise Invalid({"arrival_part": _("Choose one of the answers.")})
    if meeting and not anew and time_stands(referral, arrival_on, arrival_part, act.at):
        _meet(act, referral, version, meeting)
        return
    _can_be_agreed(arrival_on, arrival_part, act.at)
    lock_referral(referral)
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "expect"), Side.RECEIVER)
    line = meeting if anew else meetings.with_kept(act, referral, meeting)
    meetings.write(act, referral, line, referral.moves + 2)
    values = {"arrival_on": arrival_on, "arrival_part_code": arrival_part}
    referral_take(referral, "expect", version, values, [_arrival_clock(referral, arrival_on, arrival_part, act.at)])
    tell(act.actor, row, referral.pk, Side.RECEIVER)


def _meet(act: Act, referral: Referral, version: int, line: meetings.Line) -> None:
    """The line in the place of the former one, which goes first: both have the number of the time that stands."""
    lock_referral(referral)
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "meet"), Side.RECEIVER)
    referral_take(referral, "meet", version, {})
    meetings.write(act, referral, line, referral.moves + 1)
    tell(act.actor, row, referral.pk, Side.RECEIVER)


@action("referral.miss", on="referral")
def miss(act: Act, referral: Referral, *, version: int) -> None:
    """She did not come. It may mean danger: the sender is told at once."""
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "miss"), Side.RECEIVER)
    referral_take(referral, "miss", version, {}, [started("miss", act.at)])
    tell(act.actor, row, referral.pk, Side.RECEIVER)


@action("referral.serve", on="referral")
def serve(act: Act, referral: Referral, *, version: int, read_at: datetime | None = None) -> Case:
    """She has come. The receiver opens its own case, codes only; nothing of the packet is copied.

    `read_at`: when its page was read. One from before the age was corrected is taken, and that is kept: whoever pressed
    it has not said that they take the person (ADR 0167).
    """
    lock_referral(referral)  # whoever is released at this moment does not join
    values = {"reason_code": OTHER_AGE} if read_another_age(referral.pk, read_at) else {}
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "serve", values), Side.RECEIVER)
    referral_take(referral, "serve", version, values, [started("result", act.at)])
    case_id = uuid4()
    team = door.as_json(_own_team(act, referral, case_id))
    case = Case.objects.get(pk=definer.value("serve_open", referral.pk, case_id, team))
    act.note(case_id=case.pk)
    tell(act.actor, row, referral.pk, Side.RECEIVER)
    return case


def _own_team(act: Act, referral: Referral, case_id: UUID) -> list[dict[str, Any]]:
    """The rows of the receiver's own case: who pressed leads, the other named workers are members.

    Untrusted: who pressed is not among the workers whom their own organisation named.
    """
    actor = act.actor
    people = {one.membership_id: one for one in colleagues(actor)}
    named = {row.membership: row for row in named_there(referral, people) if row.believed}
    if actor.membership_id not in named:
        raise Untrusted("part", referral.pk)
    rows = []
    for member in sorted(named, key=str):
        leads = member == actor.membership_id
        held = rights((people[member].function,), began_or_served=leads)
        rows.append(_teaming(case_id, people[member], "lead" if leads else "member", held))
    supervisor = people.get(actor.supervisor_id) if actor.supervisor_id else None
    if supervisor is not None and supervisor.membership_id not in named:
        rows.append(_teaming(case_id, supervisor, "supervisor", SUPERVISOR_RIGHTS))
    return rows


def _teaming(case_id: UUID, one: Colleague, kind: str, held: Rights) -> dict[str, Any]:
    row = team_row(case_id, one.membership_id, one.user_id, kind, held)
    return {
        "id": str(row.id),
        "membership": str(one.membership_id),
        "kind": kind,
        "sections": sorted(held.sections),
        "writes": sorted(held.writes),
        "tag": row.tag.hex(),
    }


@action("referral.staff", on="referral")
def staff(
    act: Act, referral: Referral, *, version: int, joins: Sequence[UUID] = (), leaves: Sequence[UUID] = ()
) -> None:
    """Names another worker, or releases one. A member seals their own keys on; a supervisor adds codes only."""
    lock_referral(referral)
    people = {one.membership_id: one for one in colleagues(act.actor)}
    rows = named_there(referral, people)
    workers = frozenset(row.membership for row in rows if row.believed)
    mine = my_part(referral.pk, act.actor.membership_id)
    if mine is not None and act.actor.membership_id not in workers:
        raise Untrusted("part", mine.pk)
    side = REFERRAL.sides[act.grant.scope]
    named = _named(act, joins, workers)
    facts = ReferralFacts(act.actor, act.at, referral, "staff", {"joins": joins, "leaves": leaves})
    facts.workers, facts.named = workers, named
    row = decide_step(facts, side)
    holds = {one.membership_id: _may_hold(referral, one) for one in named}
    if mine is not None and named:
        rows_of_hers = _agreed(packets.seals(referral), agreed_now(referral))
        for one in named:
            _hand_on(act, referral, rows_of_hers, one, holds[one.membership_id])
            meetings.hand_over(act, referral, one)
    values = {
        "joins": [_joining(referral, one, holds[one.membership_id] if mine else frozenset()) for one in named],
        "leaves": [str(member) for member in leaves],
    }
    referral_take(referral, "staff", version, values)
    for former in rows:
        if former.membership in leaves:
            part_row_ended(former.id)
    for member in leaves:
        gone(referral.pk, member)
    tell(act.actor, row, referral.pk, side, frozenset({"adding"} if joins else ()))


def _hand_on(
    act: Act, referral: Referral, rows: Sequence[packets.SealRow], colleague: Colleague, sections: frozenset[str]
) -> None:
    key, mine = person_key(colleague.user_id), act.actor.keys
    if key is None or mine is None:
        raise NotNow("may_join")
    for number, route, keys in _opened(referral, rows, lambda _seal: mine):
        packets.save_seals(referral, number, hand_on(keyring(), route, keys, Worker(key, sections)), act.at)


@action("referral.finish", on="referral")
def finish(
    act: Act, referral: Referral, *, version: int, result: str, reason: str = "", note: str = "", night: bool = False
) -> None:
    """Says how help ended, in one code, and whether one more `night` follows. Bodies and seals are deleted; the sender
    is told and confirms.

    A note goes with it to the sender's team, and stays until they confirm. Invalid: nobody there could open it.
    """
    if note:
        lock_referral(referral)
    why = {"reason_code": reason} if result == "not_given" else {}
    values = {"result_code": result, "one_more_night": night, **why}
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "finish", values), Side.RECEIVER)
    act.note(reason=result)
    if note:
        _note(act, referral, note)
    referral_take(referral, "finish", version, values, [started("confirm", act.at)])
    permits.ended(referral.pk)
    tell(act.actor, row, referral.pk, Side.RECEIVER, frozenset({"not_given"} if result == "not_given" else ()))


def _note(act: Act, referral: Referral, note: str) -> None:
    case, readers = packets.result_readers(referral)
    if not readers:
        raise Invalid({"note": _("Nobody at the sender could open a note now. Leave it empty, or call them.")})
    built = write_result(keyring(), packets.result_route(referral, 1, case), {"note": note}, readers)
    packets.save(referral, 1, built, act.at, None)


@action("referral.amend", on="referral")
def amend(act: Act, referral: Referral, *, version: int, result: str, reason: str, night: bool = False) -> None:
    """Mends a wrong or questioned result. By the same again they stand by it, or take back the `night` alone."""
    side = REFERRAL.sides[act.grant.scope]
    if result not in codelist("referral_result").codes:
        raise NotNow("result_given")
    if result == referral.result_code:
        reason = NO_NIGHT if sleeps_there(referral, act.at) and not night else STANDS
    elif reason in (STANDS, NO_NIGHT):
        raise Invalid({"reason": _("This is another result than before. Choose why it changes.")})
    values = {"result_code": result, "reason_code": reason, "one_more_night": night}
    row = decide_step(ReferralFacts(act.actor, act.at, referral, "amend", values), side)
    act.note(reason=reason)
    referral_take(referral, "amend", version, values, [started("confirm", act.at)])
    tell(act.actor, row, referral.pk, side)
