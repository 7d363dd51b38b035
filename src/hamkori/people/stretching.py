"""The slow half of a passphrase, before the transaction that needs it.

Each function reads what it must in a transaction of its own and stretches after that one is over, so that no
connection to the database waits while a passphrase is worked on. What comes of it is asked again inside
(`vault.person.ahead`): nothing is decided here, and nobody learns here whether it was right.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from django.db import transaction

from hamkori import definer
from hamkori.access.context import set_token
from hamkori.people.actions.welcome import look
from hamkori.people.sign_in import Stored, account_at_door, knock, leave_door, stored
from hamkori.refusal import NotVisible
from hamkori.vault.keyring import Keyring
from hamkori.vault.person import BelowFloor, sign_in


def at_door(keyring: Keyring, email: str, typed: str, may: Callable[[UUID | None], bool] = lambda _user: True) -> None:
    """Whoever signs in, if that one may be tried now. An e-mail that nobody has takes as long."""
    with transaction.atomic():
        set_token("")
        knock(keyring, email)
        user = account_at_door()
        row = stored(user) if user else None
        leave_door()
    if may(user):
        of_session(keyring, row, typed)


def by_link(keyring: Keyring, token: str) -> str | None:
    """The e-mail of a person who has an account and takes another place of work; None for everybody else."""
    with transaction.atomic():
        set_token("")
        try:
            invited = look(token)
        except NotVisible:
            return None
    return invited.email if invited.is_known else ""


def whose(token_hex: str) -> tuple[UUID, Stored] | None:
    """Whose session this is and what the passphrase is checked against; None for a stranger."""
    with transaction.atomic():
        set_token(token_hex)
        user = definer.value("my_user")
        row = stored(user) if user else None
        set_token("")
    return (user, row) if user and row else None


def of_session(keyring: Keyring, row: Stored | None, typed: str) -> None:
    """Whoever is signed in and gives the passphrase again; without a row the same work is done."""
    with suppress(BelowFloor):
        sign_in(keyring, "", typed, row.credential if row else None)
