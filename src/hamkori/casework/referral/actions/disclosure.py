"""Opening a packet, what comes back, her words, the signs: an act each, in the ledger before anything is decrypted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hamkori.action import Disclosure, disclosure
from hamkori.casework.case.machinery import own_row, sealing
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.sections import completed_signs
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.rules.packet import NAMES, TEXT
from hamkori.casework.referral.machinery import own_part, packets
from hamkori.casework.referral.models import PacketBody, Referral
from hamkori.casework.referral.queries.origin import case_of
from hamkori.casework.referral.queries.permit import agreed_now
from hamkori.refusal import NotAllowed, NotNow
from hamkori.vault.packet import MEETING, RESULT, read
from hamkori.vault.server import keyring


@disclosure("packet.open", on="referral")
def open_packet(act: Disclosure, referral: Referral) -> dict[str, dict[str, Any]]:
    """What she agreed to tell this reader: section -> fields; a part that was sent again is read as it was sent last.

    NotNow: from_state (ended: nothing opens any more), consent_live (paused), vault_open.
    """
    if referral.state_code not in ("accepted", "serving"):
        raise NotNow("from_state", state=referral.state_code)
    if not agreed_now(referral).live:
        raise NotNow("consent_live")
    bodies = {
        (body.packet_no, body.section_code): bytes(body.body)
        for body in PacketBody.objects.filter(referral=referral).exclude(section_code__in=(MEETING, RESULT))
    }
    seals = sorted(packets.seals(referral), key=lambda row: row.packet_no)
    agreed = agreed_now(referral)  # once more: her newest word may have come while the lock was waited for
    if not agreed.live:
        raise NotNow("consent_live")
    part = own_part.at_request(act.actor, referral.pk)
    may_go = {TEXT, *agreed.sections} & {TEXT, *part.sections}
    held = [row for row in seals if row.seal.section in may_go and (row.packet_no, row.seal.section) in bodies]
    keys = act.disclose(section=held[0].seal.section if held else "")
    for section in {row.seal.section for row in held} - {held[0].seal.section if held else ""}:
        act.disclose(section=section)  # a row for each part: the sender's side reads in its record what was opened
    found: dict[str, dict[str, Any]] = {}
    for row in held:
        body = bodies[row.packet_no, row.seal.section]
        fields = read(keyring(), keys, packets.route(referral, row.packet_no, row.consent_id), row.seal, body)
        if not agreed.named:
            fields = {name: text for name, text in fields.items() if name not in NAMES}
        found[row.seal.section] = fields  # whole: a field that the sender emptied since is not read any more
    return {section: found[section] for section in (TEXT, *SECTIONS) if section in found}


@disclosure("meeting.open", on="referral")
def open_meeting(act: Disclosure, referral: Referral) -> dict[str, Any]:
    """Hour, place and whom to ask for, for the sender's people who hold contact, and for who is named to meet her;
    while the answer is awaited for the desk, with which the sender agreed on it by telephone.

    Empty: none was written, or before the reader was named. Also while her agreement has run out: both who go there
    know where she is to be. NotNow: from_state (it has ended or she has come), vault_open; of the desk consent_live.
    NotAllowed: contact is not in the sender's row, as it was tagged. NotVisible, Untrusted: nobody named the
    receiver's.
    """
    at_desk = act.grant.scope == "receiver_desk"
    if referral.state_code not in (("sent",) if at_desk else ("sent", "accepted")):
        raise NotNow("from_state", state=referral.state_code)
    rows = sorted(packets.seals(referral), key=lambda row: row.packet_no)
    agreed = agreed_now(referral)  # once it is locked: it may have ended while that was waited for
    if agreed.case is None:
        raise NotNow("from_state", state=referral.state_code)
    if at_desk and not agreed.live:
        raise NotNow("consent_live")
    _may_read_where(act, referral, agreed.case)
    keys = act.disclose()
    for row in (row for row in reversed(rows) if row.seal.section == MEETING):
        body = PacketBody.objects.filter(referral=referral, packet_no=row.packet_no, section_code=MEETING).first()
        if body is not None:
            holder = packets.desk_keys(act.actor, keys, [row])[row.seal.recipient] if at_desk else keys
            return read(keyring(), holder, packets.meeting_route(referral, row.packet_no), row.seal, bytes(body.body))
    return {}


def _may_read_where(act: Disclosure, referral: Referral, case: UUID) -> None:
    """By the row under which they stand there. The desk has none: its key says who answers for the organisation."""
    if act.grant.scope == "receiver_team":
        own_part.at_request(act.actor, referral.pk)
    elif act.grant.scope != "receiver_desk":
        mine = own_row.on_team(act.actor, case)
        if mine.kind_code not in ("lead", "member") or "contact" not in mine.sections:
            raise NotAllowed("meeting.open")


@disclosure("note.open", on="referral")
def open_note(act: Disclosure, referral: Referral) -> dict[str, Any]:
    """The note that came with a result, for the sender's team. Empty: none was written, or none for this reader.

    It was sealed to the team of one case: hung on another case by the database, it opens for nobody.
    NotNow: from_state (confirmed, and the note deleted), vault_open. NotAllowed: needs is not in the reader's row.
    """
    if referral.state_code not in ("finished", "disputed"):
        raise NotNow("from_state", state=referral.state_code)
    rows = sorted(packets.seals(referral), key=lambda row: row.packet_no)
    case = case_of(referral).pk
    mine = own_row.on_team(act.actor, case)
    if mine.kind_code not in ("lead", "member") or "needs" not in mine.sections:
        raise NotAllowed("note.open")
    keys = act.disclose(section=RESULT)
    for row in rows:
        body = PacketBody.objects.filter(referral=referral, packet_no=row.packet_no, section_code=RESULT).first()
        if body is not None:
            return read(
                keyring(), keys, packets.result_route(referral, row.packet_no, case), row.seal, bytes(body.body)
            )
    return {}


@disclosure("section.open", on="case")
def open_agreed_text(act: Disclosure, case: Case, *, referral: UUID) -> str:
    """The text agreed for one referral; '' if none was written. NotNow("vault_open") while sealed."""
    own_row.require_held(act.actor, case.pk, "needs")
    return packets.agreed_text(case, referral, act.disclose(section="needs", case_id=case.pk))


@disclosure("section.open", on="case")
def open_present_signs(act: Disclosure, case: Case) -> list[str]:
    """Codes of the signs that are present in the newest completed screening, to choose from one by one."""
    own_row.require_held(act.actor, case.pk, "screening")
    keys, row = act.disclose(section="screening", case_id=case.pk), completed_signs(case)
    if row is None:
        return []
    ((_row, answers),) = sealing.get(case.pk, "screening", [row], keys)
    return [code for code, answer in answers.get("signs", {}).items() if answer == "present"]
