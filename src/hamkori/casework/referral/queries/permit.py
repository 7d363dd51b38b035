"""The permit of a request: what may go to whom and until when, as the sender's session decided it, read by both sides.

Whoever receives may not read her agreement, and the database may not say what it is. So the sender's session writes the
permit (machinery/permits.py); it lies in the database under a lock of the keyring, and tells which case a request
belongs to without telling the database's reader.
See docs/design/keys-and-walls.md#permits.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hamkori import definer
from hamkori.access.context import machine_time
from hamkori.casework.case.rules.clocks import PAUSED_AT_MOST
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.queries.age import changed, kind_of
from hamkori.casework.consent.queries.taken import sections, takes_from, wants_ended
from hamkori.casework.consent.rules.consent import RowKey, keys_of
from hamkori.casework.consent.rules.consent import gone as gone_with
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from hamkori.vault import server
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import Keyring

FIRST = 1
ENDED = 1_000_000_000
"""The mark of a request that has ended: past the serial of every permit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """`consent`: the number of her word; 0: a draft, written before she was asked. `until` None: nothing may be read.

    `version`: the draft's, as it was written: what was changed since is not what is sent. Not `named`: she agreed
    without her name, and what was sent before of it is read no more. `serial`: of the permits of this request; what
    takes a permit's place has a higher one, and raises the mark to it. `child` and `aged`: her age as it was held
    when this was written (consent/queries/age.py); a permit of before it was settled otherwise is old. `answer_by`:
    later than this nobody accepts; the clock ends what waits, and writes no mark. `service_code`: the kind of help,
    from which the rows follow; '': written before there was this answer. `ends`: when what she agreed to runs out, or
    ran out, also while nothing is read; of that end, too, the clock writes no mark. `as_adult`: she agreed as one, and
    is a child since, whom nobody has asked yet.
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
    serial: int = FIRST
    answer_by: datetime | None = None
    child: bool = False
    aged: int = 0
    service_code: str = ""
    ends: datetime | None = None
    as_adult: bool = False

    def lapsed(self, at: datetime) -> bool:
        """Whether the clock has had to end it by now, also if it was accepted: so it is, whatever its rows say."""
        return self.ends is not None and at >= self.ends + PAUSED_AT_MOST

    @property
    def needed(self) -> tuple[RowKey, ...]:
        """The rows that must all be live; the first decides what may go."""
        return keys_of(self.rows)


def locked(referral: UUID, permit: Permit) -> bytes:
    """The permit as it lies in the database. Names, organisation and case are padded: all are of one length."""
    fields: dict[str, Any] = {
        **asdict(permit),
        "case": permit.case.hex,
        "to": permit.to.hex,
        "service": permit.service.hex,
        "sections": sorted(permit.sections),
        "until": _written(permit.until),
        "answer_by": _written(permit.answer_by),
        "ends": _written(permit.ends),
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
            "until": _moment(fields["until"]),
            "answer_by": _moment(fields.get("answer_by")),
            "ends": _moment(fields.get("ends", fields["until"])),
        }
    )


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written is not None else None


def opens(keyring: Keyring, referral: UUID, data: bytes) -> bool:
    """Whether this is a permit of ours, of this request."""
    return serial_of(keyring, referral, data) > 0


def serial_of(keyring: Keyring, referral: UUID, data: bytes) -> int:
    """The serial of a permit of ours, of this request, whatever its mark; 0: it is none."""
    found = _fields(keyring, referral, data)
    return 0 if found is None else int(found.get("serial", FIRST))


def age_of(keyring: Keyring, referral: UUID, data: bytes) -> tuple[str, UUID, int] | None:
    """The mark of her age that a permit of ours was written under: kind, case and number; None: there was none."""
    found = _fields(keyring, referral, data)
    if found is None or not found.get("aged"):
        return None
    return kind_of(found["child"]), UUID(found["case"]), int(found["aged"])


def _fields(keyring: Keyring, referral: UUID, data: bytes) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(keyring.unlock_kept(_name(referral), data))
    except Sealed:
        return None
    return found


def locked_anew(keyring: Keyring, referral: UUID, data: bytes) -> bytes:
    """The same permit under the newest version of the key. Sealed: it is none of ours."""
    return keyring.lock_kept(_name(referral), keyring.unlock_kept(_name(referral), data))


def _name(referral: UUID) -> str:
    return f"permit.{referral.hex}"


def believed(referral: Referral, read: Callable[[], bytes]) -> Permit:
    """The permit that `read` finds, if it is of this request as it stands and nothing newer is known.

    Read once more if not: a new word of hers may have been written meanwhile. Untrusted. NotNow("consent_live"): it is
    ours, and she took back what it stands on, which nobody has written down yet.
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
        or permit.service_code not in ("", referral.service_code)
        or permit.serial < marks.least("permit", referral.pk)
        or not (is_draft or permit.consent >= marks.least("consent", permit.case))
        or not (is_draft or permit.aged >= changed(permit.case))
    ):
        raise Untrusted("permit", referral.pk)
    if wants_ended(referral.pk) or (not is_draft and takes_from(permit.case, permit.consent, permit.needed, permit.to)):
        raise NotNow("consent_live")
    return replace(permit, named=permit.named and "identity" not in _taken(permit))


def _taken(permit: Permit) -> frozenset[str]:
    """The sections that she took back since, where that could not be written down (consent/queries/taken.py)."""
    if not permit.consent or not permit.needed:
        return frozenset()
    return sections(permit.case, permit.consent, permit.needed[0], SECTIONS)


# What either side may ask ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """Whether her agreement carries a request now, until when, with which sections; until when it can be accepted.

    `case`: of which case it is, as the permit says; None: no permit stands behind it, so nothing opens any more.
    `asked_at`: the world's time as the same question read it; None: nothing was asked, or it was not believed.
    `as_adult`: as the permit says, while it carries.
    """

    live: bool = False
    until: datetime | None = None
    sections: tuple[str, ...] = ()
    named: bool = True
    answer_by: datetime | None = None
    case: UUID | None = None
    asked_at: datetime | None = field(default=None, compare=False)
    as_adult: bool = False


NOT_AGREED = Agreed()


def agreed_now(referral: Referral) -> Agreed:
    """For either side, before anything is sealed or read; of a request that is not open, nothing is agreed.

    What the database says only narrows the permit. Untrusted: it says more, or the permit is not believed.
    """
    return _asked_twice(referral, NOT_AGREED)


def agreed_as_shown(referral: Referral) -> Agreed:
    """The same for a page, of a draft and an ended request too, on which nothing is read.

    Of what is not believed it shows that nothing is agreed, and the alarm is raised.
    """
    try:
        return _asked_twice(referral, None)
    except Untrusted as error:
        server.alarm(error)
        return NOT_AGREED


def _asked_twice(referral: Referral, unless_open: Agreed | None) -> Agreed:
    """A permit may be replaced between its row and its mark: then the next one is there. Untrusted: not that either."""
    try:
        return _agreed_now(referral, unless_open)
    except Untrusted:
        return _agreed_now(referral, unless_open)


def _agreed_now(referral: Referral, unless_open: Agreed | None) -> Agreed:
    row = definer.row("consent_of", referral.pk, columns="live until sections permit hk_now()")
    if row is None:
        return NOT_AGREED
    live, until, sections, data, at = row
    said = Agreed(live=bool(live), until=until, sections=tuple(sections or ()), asked_at=at)
    if data is None:
        return said if unless_open is None else unless_open
    try:
        permit, at = _believed(referral, bytes(data)), machine_time(at)
    except NotNow:
        return NOT_AGREED
    gone = gone_with(_taken(permit))
    said = replace(said, sections=tuple(one for one in said.sections if one not in gone))
    if permit.lapsed(at):
        return replace(said, live=False)
    if not live:
        return replace(said, case=permit.case)
    if permit.until is None or until > permit.until or not permit.sections.issuperset(said.sections):
        raise Untrusted("permit", referral.pk)
    carries = at < permit.until
    said = replace(said, live=carries, as_adult=carries and permit.as_adult)
    return replace(said, named=permit.named, answer_by=permit.answer_by, case=permit.case)
