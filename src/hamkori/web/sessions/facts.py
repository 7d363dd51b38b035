"""What a session is, kept twice: in the browser's locked session data, and in the database's row. Both must agree.

Whoever writes the database writes the row, and cannot write what is locked under the keyring; he can put an older
locked text back. So of two moments the earlier one counts, and how long a session lasts is measured here, by this
machine's clock and not by the world's, which the owner of the database sets.
See docs/design/people.md#sessions.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from hamkori.access.context import ABSOLUTE

NAME = "hk_session"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One session: as which membership it acts, when it began, when its passphrase was last given.

    `confirmed_at`: when all others were ended from this one. `browser`: the public key of the browser to which it is
    bound. It lies here alone: no row of the database says it, and none can take it away.
    """

    session_id: UUID
    membership_id: UUID
    issued_at: datetime
    stepped_up_at: datetime
    confirmed_at: datetime | None = None
    browser: bytes | None = None

    @property
    def ends_at(self) -> datetime:
        """Whatever happens in it, it ends then."""
        return self.issued_at + ABSOLUTE

    @property
    def stands_since(self) -> datetime:
        """What ended this person's sessions before this moment did not end this one."""
        return self.confirmed_at or self.issued_at


def keep(session: SessionBase, facts: Facts) -> None:
    """Lock them away with the browser's session."""
    session[NAME] = {
        "session": facts.session_id.hex,
        "membership": facts.membership_id.hex,
        "issued": (facts.issued_at - EPOCH) // MICROSECOND,
        "stepped_up": (facts.stepped_up_at - EPOCH) // MICROSECOND,
        "confirmed": facts.confirmed_at and (facts.confirmed_at - EPOCH) // MICROSECOND,
        "browser": facts.browser and facts.browser.hex(),
    }


def kept(session: SessionBase) -> Facts | None:
    """What was locked away; None: nobody has signed in with it."""
    found = session.get(NAME)
    if found is None:
        return None
    confirmed, browser = found.get("confirmed"), found.get("browser")
    return Facts(
        session_id=UUID(found["session"]),
        membership_id=UUID(found["membership"]),
        issued_at=EPOCH + found["issued"] * MICROSECOND,
        stepped_up_at=EPOCH + found["stepped_up"] * MICROSECOND,
        confirmed_at=EPOCH + confirmed * MICROSECOND if confirmed else None,
        browser=bytes.fromhex(browser) if browser else None,
    )


def anew(session: SessionBase) -> Facts | None:
    """The same, read from the database once more: another request of this session may have written meanwhile."""
    if hasattr(session, "_session_cache"):
        del session._session_cache
    return kept(session)


def change(
    session: SessionBase, *, stepped_up_at: datetime | None = None, confirmed_at: datetime | None = None
) -> None:
    """The passphrase was right just now; or all their other sessions have ended, and this one goes on."""
    facts = kept(session)
    if facts is not None:
        up, confirmed = stepped_up_at or facts.stepped_up_at, confirmed_at or facts.confirmed_at
        keep(session, replace(facts, stepped_up_at=up, confirmed_at=confirmed))


def agreed(locked: Facts, row: Facts, now: datetime) -> Facts | None:
    """What both say, the earlier of their moments; None: they speak of two sessions, or it is over."""
    if (locked.session_id, locked.membership_id) != (row.session_id, row.membership_id):
        return None
    facts = replace(
        locked,
        issued_at=min(locked.issued_at, row.issued_at),
        stepped_up_at=min(locked.stepped_up_at, row.stepped_up_at),
    )
    return facts if now < facts.ends_at else None
