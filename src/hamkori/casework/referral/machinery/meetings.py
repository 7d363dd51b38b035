"""The meeting line: hour, place, whom to ask for. Locked for the sender's people and for who is named to meet her;
before that, as the sender agreed on it by telephone, for the desk that is asked (ADR 0128).

Never in the open: an hour invites an ambush. See docs/design/summary-and-shared-information.md#the-meeting-line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori.action import Act
from hamkori.casework.referral.machinery import packets
from hamkori.casework.referral.machinery.named import named_there
from hamkori.casework.referral.models import PacketBody, Referral
from hamkori.people.queries import Colleague, body_key, colleagues, person_key
from hamkori.refusal import Invalid, NotNow
from hamkori.vault.bytes import OpenKey
from hamkori.vault.packet import MEETING, Worker, hand_on, open_seal, read, write_meeting
from hamkori.vault.recipients import DESK, PersonKey
from hamkori.vault.server import keyring

Line = Mapping[str, str]
"""What is written of it: hour, place, ask_for."""
STAYS: Final = ("place", "ask_for")
"""What of it another day leaves as it is."""


def write(
    act: Act, referral: Referral, line: Line | None, number: int, ours: Iterable[PersonKey] | None = None
) -> bool:
    """The line for both who go there. `ours`: keys of who is named; None: of those who stand in the database. Whether
    there was anything to write.
    """
    if not line or not any(line.values()):
        return False
    if ours is None:
        people = {one.membership_id: one for one in colleagues(act.actor)}
        named = [people[row.membership].user_id for row in named_there(referral, people) if row.believed]
        ours = [key for user in named if (key := person_key(user)) is not None]
    readers = [*packets.meeting_readers(referral), *ours]
    built = write_meeting(keyring(), packets.meeting_route(referral, number), dict(line), readers)
    packets.save(referral, number, built, act.at, None)
    return True


def with_kept(act: Act, referral: Referral, line: Line | None) -> Line:
    """The line of another time: what is not written anew of meeting point and whom to ask for stays. The hour goes: it
    was one of the former day (ADR 0167). NotNow("vault_open"); Invalid: whoever moves it cannot open what stands.
    """
    typed = {name: text for name, text in (line or {}).items() if text}
    if all(typed.get(name) for name in STAYS):
        return typed
    bodies = {one.packet_no: one for one in PacketBody.objects.filter(referral=referral, section_code=MEETING)}
    if not bodies:
        return typed
    if act.actor.keys is None:
        raise NotNow("vault_open")
    mine = [row for row in packets.seals(referral) if row.seal.section == MEETING and row.packet_no in bodies]
    if not mine:
        if typed.get("place"):
            return typed
        raise Invalid({"place": _("You cannot open the meeting point that is written. Write it again.")})
    row = max(mine, key=lambda one: one.packet_no)
    route, body = packets.meeting_route(referral, row.packet_no), bytes(bodies[row.packet_no].body)
    stood = read(keyring(), act.actor.keys, route, row.seal, body)
    return {**{name: str(stood[name]) for name in STAYS if stood.get(name)}, **typed}


def arrange(act: Act, referral: Referral, line: Line) -> None:
    """The sender's own line, as it was agreed by telephone: for the team that holds contact, and for the desk that is
    asked.
    """
    desk = body_key(referral.to_organisation_id, DESK)
    route = packets.meeting_route(referral, packets.SENDERS)
    built = write_meeting(keyring(), route, dict(line), packets.meeting_readers(referral), desk)
    packets.save(referral, packets.SENDERS, built, act.at, None)


def keep(
    act: Act,
    referral: Referral,
    waits: Iterable[packets.SealRow],
    desks: Mapping[UUID, OpenKey],
    ours: Iterable[PersonKey],
) -> None:
    """The sender's own line stays, and goes from the desk to who was named there. `waits`: what the desk was handed."""
    workers = [Worker(key, frozenset({MEETING})) for key in ours]
    for row in (row for row in waits if row.seal.section == MEETING):
        route = packets.meeting_route(referral, row.packet_no)
        held = {MEETING: open_seal(keyring(), desks[row.seal.recipient], route, row.seal)}
        made = [seal for one in workers for seal in hand_on(keyring(), route, held, one)]
        packets.save_seals(referral, row.packet_no, made, act.at)


def hand_over(act: Act, referral: Referral, colleague: Colleague) -> None:
    """Where they meet, to whoever joins those who go there; nothing where the holder cannot read it."""
    key, mine = person_key(colleague.user_id), act.actor.keys
    if key is None or mine is None or referral.state_code != "accepted":
        return
    for row in (row for row in packets.seals(referral) if row.seal.section == MEETING):
        route = packets.meeting_route(referral, row.packet_no)
        held = {MEETING: open_seal(keyring(), mine, route, row.seal)}
        made = hand_on(keyring(), route, held, Worker(key, frozenset({MEETING})))
        packets.save_seals(referral, row.packet_no, made, act.at)
