"""Building, handing on and reading packets: the records' side of `vault.packet`."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.casework.case.machinery import sealing
from hamkori.casework.case.models import Case, Need
from hamkori.casework.case.queries.sections import completed_signs
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.rules import packet as rules
from hamkori.casework.referral.models import PacketBody, PacketSeal, Referral
from hamkori.casework.referral.queries.permit import Permit, believed
from hamkori.casework.referral.rules.sealed import sealed_to
from hamkori.casework.referral.rules.summary import coded
from hamkori.casework.screening.rules.screening import assess
from hamkori.people.queries import body_key_by_id, desk_wrap
from hamkori.refusal import NotNow
from hamkori.vault.bodies import open_key
from hamkori.vault.bytes import OpenKey
from hamkori.vault.declared import set_of, tag_of
from hamkori.vault.packet import MEETING, RESULT, Built, MeetingRoute, ResultRoute, Route, Seal, Worker
from hamkori.vault.recipients import PartRow, PersonKey, TeamRow
from hamkori.vault.server import keyring, trust

SENDERS: Final = 0
"""The number of the meeting line that the sender wrote, before any time was agreed in Hamkori (ADR 0128)."""


@dataclass(frozen=True, slots=True)
class SealRow:
    """One seal as `packet_seals` hands it out, with the parts of its route."""

    packet_no: int
    seal: Seal
    consent_id: UUID | None
    from_organisation_id: UUID
    to_organisation_id: UUID


def seals(referral: Referral) -> list[SealRow]:
    """Seals for the relation whose turn it is, while the referral is live and consent holds; else none. Locks it."""
    found = definer.rows(
        "packet_seals",
        referral.pk,
        columns="packet_no section_code recipient_key_id release_epoch seal consent_id from_organisation_id"
        " to_organisation_id",
    )
    return [
        SealRow(number, Seal(section, key, epoch, bytes(data)), consent, sender, receiver)
        for number, section, key, epoch, data, consent, sender, receiver in found
    ]


def desk_keys(actor: Actor, mine: OpenKey, rows: Iterable[SealRow]) -> dict[UUID, OpenKey]:
    """The desk keys under which these wait, opened with the officer's own wrap. NotNow("desk_ready")."""
    opened: dict[UUID, OpenKey] = {}
    for key_id in {row.seal.recipient for row in rows}:
        key, wrap = body_key_by_id(key_id), desk_wrap(actor, key_id)
        if key is None or wrap is None:
            raise NotNow("desk_ready")
        opened[key_id] = open_key(keyring(), mine, key, wrap)
    return opened


def _keys(referral: Referral, side: str) -> list[definer.Row]:
    found = definer.rows(
        "referral_keys",
        referral.pk,
        columns="side_code permit access_id membership_id user_id kind_code function_code sections writes access_tag"
        " key_id key_no public_key tag",
    )
    return [row[1:] for row in found if row[0] == side]


def meeting_readers(referral: Referral) -> list[PersonKey]:
    """Keys of the sender's people who hold contact, without names; who is not believed is left out."""
    return _senders(referral, "contact")[1]


def result_readers(referral: Referral) -> tuple[UUID, list[PersonKey]]:
    """The same of those who hold needs, and whose case it is that they are the team of."""
    return _senders(referral, "needs")


def _senders(referral: Referral, section: str) -> tuple[UUID, list[PersonKey]]:
    """Of which case they are the team the permit says, not the database."""
    rows: list[definer.Row] = []

    def read() -> bytes:
        rows[:] = _keys(referral, Side.SENDER)
        return bytes(rows[0][0]) if rows else b""

    case = believed(referral, read).case
    found = [
        TeamRow(
            id=row,
            case=case,
            membership=member,
            kind=kind,
            sections=set_of(sections),
            writes=set_of(writes),
            tag=tag_of(tag),
            key=_key(*key, user=user),
        )
        for _permit, row, member, user, kind, _function, sections, writes, tag, *key in rows
    ]
    believing = trust()
    return case, [
        one.key
        for one in found
        if one.kind in ("lead", "member") and section in one.sections and one.believed(believing)
    ]


def workers(referral: Referral, sections: Iterable[str]) -> list[Worker]:
    """The receiver's named workers, without names, and which of these each may hold; who is not believed is left out.

    What a worker may hold, the row says under its tag, as the own organisation named them. Their function of this
    moment lies under none here: it only narrows that.
    """
    found = [
        (
            PartRow(
                id=row,
                referral=referral.pk,
                membership=member,
                sections=set_of(sections),
                tag=tag_of(tag),
                key=_key(*key, user=user),
            ),
            function,
        )
        for _permit, row, member, user, _kind, function, sections, _writes, tag, *key in _keys(referral, Side.RECEIVER)
    ]
    believing = trust()
    return [
        Worker(part.key, sealed_to(sections, (function,)) & {*part.sections, rules.TEXT})
        for part, function in found
        if part.believed(believing)
    ]


def _key(key: UUID, number: int, public: bytes, tag: bytes, *, user: UUID) -> PersonKey:
    return PersonKey(key, user, number, bytes(public), tag_of(tag))


def route(referral: Referral, packet_no: int, consent_id: UUID | None) -> Route:
    """The packet's route. Consent is that of the send, or of the addition."""
    assert consent_id is not None
    return Route(
        referral.pk,
        packet_no,
        referral.from_organisation_id,
        referral.to_organisation_id,
        referral.purpose_code,
        consent_id,
    )


def meeting_route(referral: Referral, packet_no: int) -> MeetingRoute:
    """The meeting line's route, from the receiving desk to the sender's body; the sender's own goes to that desk."""
    if packet_no == SENDERS:
        return MeetingRoute(referral.pk, packet_no, referral.from_organisation_id, referral.to_organisation_id)
    return MeetingRoute(referral.pk, packet_no, referral.to_organisation_id, referral.from_organisation_id)


def result_route(referral: Referral, packet_no: int, case: UUID) -> ResultRoute:
    """The route of a result's note, from the receiving organisation to the team of that case."""
    return ResultRoute(referral.pk, packet_no, referral.to_organisation_id, referral.from_organisation_id, case)


def contents(
    case: Case,
    referral: Referral,
    permit: Permit,
    sections: Iterable[str],
    holder: OpenKey,
    held: Iterable[str],
    items: Iterable[str] = (),
    went: Container[str] = (),
) -> dict[str, dict[str, Any]]:
    """The agreed fields of each ticked section, read with the sender's keys. Empty sections do not go.

    `held`: sections of the sender's own row. What goes of all that the rule says (`packet_sections`). `went`: sections
    that the receiver has. Such a one goes empty too: what was sent of it is not read any more.
    """
    found: dict[str, dict[str, Any]] = {}
    kind, purpose, ticked = referral.recipient_kind_code, referral.purpose_code, tuple(sections)
    goes = rules.packet_sections(kind, purpose, permit.sections, ticked, held) - {rules.TEXT}
    for section in (one for one in ticked if one in goes):
        if section == "screening":
            fields = _screening(case, kind, purpose, holder, items)
        else:
            _row, sheet = sealing.sheet(case.pk, section, holder)
            wanted = rules.fields(kind, purpose, section, named=permit.named)
            fields = {name: sheet[name] for name in wanted if sheet.get(name)}
        if fields or section in went:
            found[section] = fields
    found[rules.TEXT] = {"agreed_text": agreed_text(case, referral.pk, holder)}
    return found


def agreed_text(case: Case, referral: UUID, holder: OpenKey) -> str:
    """What she wants them to know, in her words; '' if none was written."""
    rows = Need.objects.filter(case=case, kind_code="agreed_text", referral_id=referral)
    opened = sealing.get(case.pk, "needs", rows, holder, referral_id=referral)
    return str(opened[0][1].get("agreed_text", "")) if opened else ""


def _screening(case: Case, kind: str, purpose: str, holder: OpenKey, items: Iterable[str]) -> dict[str, Any]:
    row = completed_signs(case)
    if row is None:
        return {}
    ((_row, answers),) = sealing.get(case.pk, "screening", [row], holder)
    if (kind, purpose) in rules.BY_ITEM:
        present = [code for code in items if answers["signs"].get(code) == "present"]
        return {"items": present} if present else {}
    result = assess(case.is_child, answers["forms"], answers["acts"], answers["signs"])
    dimensions = sorted({one.code for found in result.sets for one in found.dimensions if one.positive})
    return {"decision": case.decision_code, "dimensions": dimensions}


def save(referral: Referral, packet_no: int, built: Built, at: datetime, consent_id: UUID | None) -> None:
    """Bodies and seals of a packet, as rows."""
    sender, receiver = referral.from_organisation_id, referral.to_organisation_id
    if packet_no != SENDERS and not built.bodies.keys().isdisjoint({MEETING, RESULT}):  # these go back
        sender, receiver = receiver, sender
    PacketBody.objects.bulk_create(
        [
            PacketBody(
                referral=referral,
                packet_no=packet_no,
                section_code=section,
                from_organisation_id=sender,
                to_organisation_id=receiver,
                consent_id=consent_id,
                body=body,
                at=at,
            )
            for section, body in built.bodies.items()
        ]
    )
    save_seals(referral, packet_no, built.seals, at)


def save_seals(referral: Referral, packet_no: int, made: Iterable[Seal], at: datetime) -> None:
    """Seals of a packet that stands already."""
    PacketSeal.objects.bulk_create(
        [
            PacketSeal(
                referral=referral,
                packet_no=packet_no,
                section_code=seal.section,
                recipient_key_id=seal.recipient,
                release_epoch=seal.release_epoch,
                seal=seal.data,
                at=at,
            )
            for seal in made
        ]
    )


def card(case: Case, referral: Referral) -> dict[str, Any]:
    """What the desk reads of her before it accepts: codes, as many as this help needs, and to the police fewer."""
    police = referral.recipient_kind_code == "police"
    return {"age_band_code": case.age_band_code, **coded(case, referral.service_code, police=police)}
