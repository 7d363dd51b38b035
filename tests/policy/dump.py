"""Everything sealed in one moment's database, as whoever holds the machine has it, and what a key opens of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from hamkori.casework.case.models import SECTION_MODELS
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Sealed, Secret
from hamkori.vault.keyring import Keyring
from hamkori.vault.packet import MEETING, RESULT, AnyRoute, MeetingRoute, ResultRoute, Route
from tests.policy.world import World

Row = dict[str, Any]
Opened = set[tuple[str, str]]
"""(thing, section)"""


@dataclass
class Dump:
    """The rows that hold ciphertext or keys, and how often something was tried on them."""

    keys: list[Row]
    wraps: list[Row]
    sheets: dict[str, list[Row]]
    seals: list[Row]
    bodies: list[Row]
    body_wraps: list[Row]
    boxes: list[Row]
    names: dict[UUID, str]
    tried: int = 0
    _keys: dict[UUID, Row] = field(default_factory=dict)

    @classmethod
    def read(cls, connection: psycopg.Connection, world: World) -> Dump:
        """As the superuser: no row security, no policy, nothing between."""

        def rows(statement: str) -> list[Row]:
            with connection.cursor(row_factory=dict_row) as cursor:
                return cursor.execute(statement.encode()).fetchall()

        found = cls(
            keys=rows("select id, case_id, section_code, epoch, tag from section_key"),
            wraps=rows("select section_key_id, recipient_key_id, seal from section_wrap"),
            sheets={
                section: rows(
                    f"select id, case_id, kind_code, referral_id, epoch, seal_no, body from {model._meta.db_table}"
                )
                for section, model in SECTION_MODELS.items()
            },
            seals=rows("select * from packet_seal"),
            bodies=rows(
                "select b.*, r.purpose_code, o.case_id from packet_body b join referral r on r.id = b.referral_id"
                " join referral_origin o using (referral_id) order by b.at"
            ),
            body_wraps=rows(
                "select w.*, b.organisation_id, b.kind_code, b.key_no from body_key_wrap w"
                " join body_key b on b.id = w.body_key_id"
            ),
            boxes=rows("select c.*, k.id as key_id from credential c join person_key k using (user_id, key_no)"),
            names={pk: name for name, pk in world.things.items()},
        )
        found._keys = {key["id"]: key for key in found.keys}
        return found

    # Sections --------------------------------------------------------------------------------------------------

    def sections(self, holders: Iterable[OpenKey]) -> Opened:
        """Which written sections of which cases these keys open, each tried on each wrap."""
        opened: Opened = set()
        for holder in holders:
            for wrap in self.wraps:
                key = self._keys[wrap["section_key_id"]]
                place = raw.wrap_context(key["case_id"], key["section_code"], key["epoch"], wrap["recipient_key_id"])
                secret = self._unsealed(holder, bytes(wrap["seal"]), place)
                if secret is not None:
                    opened |= {
                        (self.names[key["case_id"]], section)
                        for section in SECTIONS
                        if section == key["section_code"] and self._reads(secret, section, key)
                    }
        return opened

    def _reads(self, secret: Secret, section: str, key: Row) -> bool:
        table = SECTION_MODELS[section]._meta.db_table
        found = False
        for row in self.sheets[section]:
            if row["case_id"] == key["case_id"] and row["epoch"] == key["epoch"]:
                of = (row["kind_code"], row["referral_id"]) if row["referral_id"] is not None else ()
                place = raw.field_context(
                    row["case_id"], section, f"{table}.body", row["id"], row["epoch"], row["seal_no"], *of
                )
                found |= self._unlocked(secret, bytes(row["body"]), place, row["epoch"])
        return found

    # Packets ---------------------------------------------------------------------------------------------------

    def packets(self, holders: Iterable[OpenKey], keyring: Keyring | None) -> Opened:
        """Which packet sections open: with the keyring's outer lock taken off, or (None) as they lie in a dump."""
        opened: Opened = set()
        for holder in holders:
            for seal in self.seals:
                referral, number, section = seal["referral_id"], seal["packet_no"], seal["section_code"]
                inner = bytes(seal["seal"])
                if keyring is not None:
                    epoch = seal["release_epoch"]
                    outer = raw.release_context(referral, number, section, seal["recipient_key_id"], epoch)
                    inner = keyring.unlock_release(inner, outer)
                place = raw.packetwrap_context(referral, number, section, seal["recipient_key_id"])
                secret = self._unsealed(holder, inner, place)
                if secret is not None and self._reads_packet(secret, referral, number, section):
                    opened.add((self.names[referral], section))
        return opened

    def _reads_packet(self, secret: Secret, referral: UUID, number: int, section: str) -> bool:
        for body in self.bodies:
            if (body["referral_id"], body["packet_no"], body["section_code"]) == (referral, number, section):
                sender, receiver = body["from_organisation_id"], body["to_organisation_id"]
                route: AnyRoute
                if section == MEETING:
                    route = MeetingRoute(referral, number, sender, receiver)
                elif section == RESULT:
                    route = ResultRoute(referral, number, sender, receiver, body["case_id"])
                else:
                    route = Route(referral, number, sender, receiver, body["purpose_code"], body["consent_id"])
                return self._unlocked(secret, bytes(body["body"]), route.context(section))
        return False

    # Keys of bodies --------------------------------------------------------------------------------------------

    def desk_keys(self, holder: OpenKey) -> list[OpenKey]:
        """Keys of desks, and of whatever else, that one person's key opens by itself."""
        return [
            OpenKey(wrap["body_key_id"], secret)
            for wrap, place in self._body_places()
            if (secret := self._unsealed(holder, bytes(wrap["seal"]), place)) is not None
        ]

    def continuity_by(self, first: OpenKey, second: OpenKey) -> list[OpenKey]:
        """Keys that two people open together, in this order."""
        found = []
        for wrap, place in self._body_places():
            self.tried += 1
            try:
                inside = raw.peel(first, bytes(wrap["seal"]))
            except Sealed:
                continue
            secret = self._unsealed(second, inside, place)
            if secret is not None:
                found.append(OpenKey(wrap["body_key_id"], secret))
        return found

    def _body_places(self) -> Iterator[tuple[Row, bytes]]:
        for wrap in self.body_wraps:
            reader = wrap["inner_key_id"] or wrap["recipient_key_id"]
            yield wrap, raw.body_context(wrap["organisation_id"], wrap["kind_code"], wrap["key_no"], reader)

    def person_boxes(self, secrets: Iterable[Secret]) -> int:
        """How many people's keys open under these, without a passphrase."""
        return sum(
            self._unlocked(secret, bytes(box["box"]), raw.user_context(box["user_id"], box["key_no"]))
            for secret in secrets
            for box in self.boxes
        )

    def _unsealed(self, holder: OpenKey, sealed: bytes, place: bytes) -> Secret | None:
        self.tried += 1
        try:
            return raw.open_seal(holder, sealed, place)
        except Sealed:
            return None

    def _unlocked(self, secret: Secret, locked: bytes, place: bytes, epoch: int = 0) -> bool:
        self.tried += 1
        try:
            return bool(raw.unlock(secret, locked, place, epoch))
        except Sealed:
            return False


def secrets_of(keyring: Keyring) -> list[Secret]:
    """Every key that stands in the keyring's file."""
    return [Secret(bytes.fromhex(text)) for text in re.findall(r"[0-9a-f]{64}", keyring.file_text())]
