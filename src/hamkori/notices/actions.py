"""What people are told of their account, and marking notices as read. Whom else a step tells is for the step's room.

None is an act of its own in the ledger: the step is, and reading "1 request waits" discloses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from hamkori import definer
from hamkori.definer import HkNow
from hamkori.notices.queries import unread_of

if TYPE_CHECKING:
    from datetime import datetime

    from hamkori.access.actor import Actor


def tell_of_device() -> None:
    """Tells the acting person that a browser which they had not used before has signed in: on Today and by mail."""
    definer.run("notice_device")


def tell_of_account(key: str) -> None:
    """Tells the acting person that passphrase, authenticator or recovery codes were changed: as of a new device."""
    definer.run("notice_account", key)


def read(
    actor: Actor, keys: Iterable[str] | None = None, *, about: UUID | None = None, until: datetime | None = None
) -> int:
    """Marks one's own unread notices as read, all or those of these keys or of one thing; returns how many.

    `until`: when the page was read on which they stood: what came since is not on it. None: whatever there is.
    """
    mine = unread_of(actor)
    if keys is not None:
        mine = mine.filter(key_code__in=list(keys))
    if about is not None:
        mine = mine.filter(about_id=about)
    if until is not None:
        mine = mine.filter(at__lte=until)
    return mine.update(read_at=HkNow())
