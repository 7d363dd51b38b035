"""What a signed-in person does with their own account: unlocking, recovery codes, language, other sessions.

A new passphrase is a new key: `casework/work/actions/key_change.py`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.action import Act, action
from hamkori.audit import ledger
from hamkori.people import totp
from hamkori.people.models import User
from hamkori.people.sign_in import Opened, check
from hamkori.vault import server
from hamkori.vault.keyring import Keyring
from hamkori.vault.proof import as_meant, prove


def unlock(keyring: Keyring, actor: Actor, typed: str) -> Opened | None:
    """The key if the passphrase is right; also a fresh sign-in for the acts that ask for one. Ledger row either way."""
    assert actor.user_id is not None
    opened = check(keyring, "", actor.user_id, typed)
    if opened is None:
        ledger.note(actor, "vault.unlock", "failed")
        return None
    definer.run("session_step_up")
    ledger.note(actor, "vault.unlock")
    return opened


@action("account.manage")
def new_recovery_codes(act: Act, keyring: Keyring) -> list[str]:
    """Ten new codes, shown once; the old ones are void. The caller has asked for a recent sign-in.

    AlreadyDone: the same press made some before, and they stand.
    """
    user, number = _next_factor(act.actor, "recovery_codes")
    data, shown = totp.codes_data(keyring, user, number)
    _set_factor(keyring, act.actor, "recovery_codes", data)
    act.note(reason="recovery_codes")
    return shown


def new_authenticator(keyring: Keyring, actor: Actor, secret: str) -> None:
    """Another authenticator app in place of the old one. Its code was shown, and the sign-in is recent."""
    user, number = _next_factor(actor, "totp")
    _set_factor(keyring, actor, "totp", totp.totp_data(keyring, user, number, secret))
    ledger.note(actor, "account.manage", reason="authenticator")


def set_language(actor: Actor, language: str) -> None:
    """The language of one's pages and letters, on every device."""
    assert actor.user_id is not None
    User.objects.filter(pk=actor.user_id).update(language_code=language)


@action("session.end")
def end_one_session(act: Act, session: UUID) -> bool:
    """A session of who asks ends at once; False: it had ended already. NotVisible: they have none of that id."""
    with as_meant():
        was_open = bool(definer.value("session_end_own", session))
    server.end_session(session)
    act.note(kind="session", object_id=session, reason="one")
    return was_open


@action("session.end")
def end_other_sessions(act: Act) -> int:
    """All one's sessions but this one; how many were still alive. The caller confirms this one."""
    assert act.actor.user_id is not None
    with as_meant():
        ended = int(definer.value("sessions_end_others"))
    server.end_sessions_before(act.actor.user_id, datetime.now(UTC))
    act.note(reason="others")
    return ended


def end_session(actor: Actor) -> None:
    """Sign out: session and vault row."""
    ledger.note(actor, "session.end")
    definer.run("session_end")
    if actor.session_id is not None:
        server.end_session(actor.session_id)


def recovery_codes_left(user_id: UUID) -> int:
    """How many of the recovery codes are unused."""
    from allauth.mfa.models import Authenticator

    row = Authenticator.objects.filter(user_id=user_id, type="recovery_codes").first()
    if row is None:
        return 0
    totp.require_own(server.keyring(), user_id, row.type, row.data)
    with totp.factor_of(user_id):
        return len(row.wrap().get_unused_codes())


def _next_factor(actor: Actor, row_type: str) -> tuple[UUID, int]:
    """The user's id, and the number of what replaces the present factor: from now on no older one is good."""
    from allauth.mfa.models import Authenticator

    assert actor.user_id is not None
    row = Authenticator.objects.filter(user_id=actor.user_id, type=row_type).first()
    present = totp.number_of(server.keyring(), actor.user_id, row_type, row.data) if row else 0
    place = totp.thing(actor.user_id, totp.KINDS[row_type][0])
    number = server.trust().next_number("factor", place, present)
    server.mark("factor", place, number)
    return actor.user_id, number


def _set_factor(keyring: Keyring, actor: Actor, kind: str, data: dict[str, object]) -> None:
    written = (kind, json.dumps(data))
    proved = prove(keyring, "factor", actor.user_id, *written)
    with as_meant():
        definer.run("second_factor_set", *written, *proved)
