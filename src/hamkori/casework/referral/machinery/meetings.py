"""The meeting line: hour, place, whom to ask for. Locked for the sender's people and for who is named to meet her.

Never in the open: an hour invites an ambush. See docs/design/summary-and-shared-information.md#the-meeting-line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hamkori.action import Act
from hamkori.casework.referral.machinery import packets
from hamkori.casework.referral.machinery.named import named_there
from hamkori.casework.referral.models import Referral
from hamkori.people.queries import Colleague, colleagues, person_key
from hamkori.vault.packet import MEETING, Worker, hand_on, open_seal, write_meeting
from hamkori.vault.recipients import PersonKey
from hamkori.vault.server import keyring

Line = Mapping[str, str]
"""What is written of it: hour, place, ask_for."""


def write(
    act: Act, referral: Referral, line: Line | None, number: int, ours: Iterable[PersonKey] | None = None
) -> None:
    """The line for both who go there. `ours`: keys of who is named; None: of those who stand in the database."""
    if not line or not any(line.values()):
        return
    if ours is None:
        people = {one.membership_id: one for one in colleagues(act.actor)}
        named = [people[row.membership].user_id for row in named_there(referral, people) if row.believed]
        ours = [key for user in named if (key := person_key(user)) is not None]
    readers = [*packets.meeting_readers(referral), *ours]
    built = write_meeting(keyring(), packets.meeting_route(referral, number), dict(line), readers)
    packets.save(referral, number, built, act.at, None)


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
