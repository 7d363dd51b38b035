"""The permit of a request: what may go to whom and until when, as the sender's session decided it, read by both sides.

Whoever receives may not read her agreement, and the database may not say what it is. So the sender's session writes the
permit (actions/permits.py); it lies in the database under a lock of the keyring, and tells which case a request belongs
to without telling the database's reader.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from hamkori.casework.models import Referral
from hamkori.casework.rules.consent import RowKey
from hamkori.vault import server
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import Keyring

ENDED = 2
"""The mark of a request that has ended: a permit's own number is 1."""


@dataclass(frozen=True, slots=True)
class Permit:
    """`consent`: the number of her word; 0: a draft, written before she was asked. `until` None: nothing may be read.

    `version`: the draft's, as it was written: what was changed since is not what is sent. Not `named`: she agreed
    without her name, and what was sent before of it is read no more.
    """

    case: UUID
    consent: int
    to: UUID
    service: UUID
    kind: str
    purpose: str
    rows: tuple[str, ...]
    sections: frozenset[str]
    until: datetime | None
    version: int
    named: bool = True

    @property
    def needed(self) -> tuple[RowKey, ...]:
        """The rows that must all be live; the first decides what may go."""
        return tuple((kind, purpose) for kind, _colon, purpose in (row.partition(":") for row in self.rows))


def locked(referral: UUID, permit: Permit) -> bytes:
    """The permit as it lies in the database. Names, organisation and case are padded: all are of one length."""
    fields: dict[str, Any] = {
        **asdict(permit),
        "case": permit.case.hex,
        "to": permit.to.hex,
        "service": permit.service.hex,
        "sections": sorted(permit.sections),
        "until": permit.until.isoformat() if permit.until is not None else None,
    }
    return server.keyring().lock_kept(_name(referral), json.dumps(fields, separators=(",", ":")).encode())


def _unlocked(referral: UUID, data: bytes) -> Permit:
    try:
        fields = json.loads(server.keyring().unlock_kept(_name(referral), data))
    except Sealed:
        raise Untrusted("permit", referral) from None
    return Permit(
        **{
            "named": False,  # a permit of before there was this answer: nobody is named until she is asked again
            **fields,
            "case": UUID(fields["case"]),
            "to": UUID(fields["to"]),
            "service": UUID(fields["service"]),
            "rows": tuple(fields["rows"]),
            "sections": frozenset(fields["sections"]),
            "until": datetime.fromisoformat(fields["until"]) if fields["until"] is not None else None,
        }
    )


def opens(keyring: Keyring, referral: UUID, data: bytes) -> bool:
    """Whether this is a permit of ours, of this request."""
    try:
        keyring.unlock_kept(_name(referral), data)
    except Sealed:
        return False
    return True


def locked_anew(keyring: Keyring, referral: UUID, data: bytes) -> bytes:
    """The same permit under the newest version of the key. Sealed: it is none of ours."""
    return keyring.lock_kept(_name(referral), keyring.unlock_kept(_name(referral), data))


def _name(referral: UUID) -> str:
    return f"permit.{referral.hex}"


def believed(referral: Referral, read: Callable[[], bytes]) -> Permit:
    """The permit that `read` finds, if it is of this request as it stands and nothing newer is known.

    Read once more if not: a new word of hers may have been written meanwhile. Untrusted.
    """
    try:
        return _believed(referral, read())
    except Untrusted:
        return _believed(referral, read())


def _believed(referral: Referral, data: bytes) -> Permit:
    permit = _unlocked(referral.pk, data)
    there = (referral.to_organisation_id, referral.service_id, referral.recipient_kind_code, referral.purpose_code)
    marks = server.marks()
    is_draft = permit.consent == 0 and permit.until is None
    if (
        (permit.to, permit.service, permit.kind, permit.purpose) != there
        or marks.least("permit", referral.pk) >= ENDED
        or not (is_draft or permit.consent >= marks.least("consent", permit.case))
    ):
        raise Untrusted("permit", referral.pk)
    return permit


# What either side may ask ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Agreed:
    """Whether her agreement carries a request now, until when, and with which sections."""

    live: bool = False
    until: datetime | None = None
    sections: tuple[str, ...] = ()
    named: bool = True


NOT_AGREED = Agreed()


def agreed_now(referral: Referral) -> Agreed:
    """For either side, before anything is sealed or read; of a request that is not open, nothing is agreed.

    What the database says only narrows the permit. Untrusted: it says more, or the permit is not believed.
    """
    try:
        return _agreed_now(referral, NOT_AGREED)
    except Untrusted:
        return _agreed_now(referral, NOT_AGREED)


def consent_live(referral: Referral) -> bool:
    """Whether her agreement carries this request now, for either side."""
    return agreed_now(referral).live


def agreed_as_shown(referral: Referral) -> Agreed:
    """The same for a page, of a draft and an ended request too, on which nothing is read.

    Of what is not believed it shows that nothing is agreed, and the alarm is raised.
    """
    try:
        return _agreed_now(referral, None)
    except Untrusted as error:
        server.alarm(error)
        return NOT_AGREED


def _agreed_now(referral: Referral, unless_open: Agreed | None) -> Agreed:
    with connection.cursor() as cursor:
        cursor.execute("select live, until, sections, permit, hk_now() from consent_of(%s)", [referral.pk])
        row = cursor.fetchone()
    if row is None:
        return NOT_AGREED
    live, until, sections, data, at = row
    said = Agreed(bool(live), until, tuple(sections or ()))
    if data is None:
        return said if unless_open is None else unless_open
    permit = _believed(referral, bytes(data))
    if not live:
        return said
    if permit.until is None or until > permit.until or not permit.sections.issuperset(said.sections):
        raise Untrusted("permit", referral.pk)
    return replace(said, live=machine_time(at) < permit.until, named=permit.named)


def machine_time(at: datetime) -> datetime:
    """By which agreements end: in the real world the machine's clock, since the database's is its owner's."""
    return datetime.now(UTC) if settings.PRODUCTION else at
