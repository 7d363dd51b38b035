"""Who is signed in, read once per request: the actor, their open key, and until when."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.access.context import Seen
from hamkori.action import mismatch
from hamkori.people.sign_in import Place, recognised
from hamkori.vault import held, server
from hamkori.vault.bytes import OpenKey, Secret, Untrusted
from hamkori.web.sessions.facts import Facts, agreed


@dataclass(frozen=True)
class SignedIn:
    """What pages show of the session itself."""

    actor: Actor
    until: datetime
    body_names: dict[str, str]
    facts: Facts

    def body_name(self, language: str) -> str:
        """In this language, else in any that is written down."""
        return self.body_names.get(language) or next((name for name in self.body_names.values() if name), "")


def read(v: Secret, locked: Facts | None, anew: Callable[[], Facts | None]) -> SignedIn | None:
    """The session of this cookie; None when there is none, it is over, its post is not what we vouched for, or it is
    not the one that was locked away. `anew` reads once more what was locked away.
    """
    seen = recognised() if locked is not None else None
    if seen is None or locked is None:
        return None
    if _was_ended(seen, locked):
        # What was read may be older than what ended it: of both the newer word, and only then the alarm.
        locked, seen = anew(), recognised()
        if seen is None or locked is None:
            return None
        if _was_ended(seen, locked):
            mismatch(None, Untrusted("session", locked.session_id), "session.read")
            return None
    stored = Facts(
        session_id=seen.session_id,
        membership_id=seen.membership_id,
        issued_at=seen.issued_at,
        stepped_up_at=seen.stepped_up_at or seen.issued_at,
    )
    facts = agreed(locked, stored, timezone.now())
    if facts is None:
        if locked.session_id == stored.session_id and locked.membership_id != stored.membership_id:
            mismatch(None, Untrusted("session", stored.session_id), "session.read")
        return None
    until, keys = _opened(v, seen, min(seen.expires_at, facts.ends_at))
    actor = replace(seen.actor(keys), stepped_up_at=facts.stepped_up_at, ends_at=facts.ends_at)
    return SignedIn(actor, until, Place.read(seen).organisation.names, facts)


def _opened(v: Secret, seen: Seen, ends_at: datetime) -> tuple[datetime, OpenKey | None]:
    """Until when they are signed in, and their key if the vault is open.

    Of a row that was put back nothing opens. What was read may be older than what has sealed it: read once more, and
    only then the alarm.
    """
    for is_first in (True, False):
        until, key_id, key_no, box = _vault_row(seen, ends_at)
        if box is None or key_id is None:
            break
        try:
            return until, held.opened(v, seen.session_id, seen.user_id, key_id, key_no, bytes(box))
        except Untrusted as error:
            if not is_first:
                mismatch(None, error, "session.read")
    return until, None


def _vault_row(seen: Seen, ends_at: datetime) -> tuple[datetime, UUID | None, int, bytes | None]:
    ((until, key_id, key_no, box),) = definer.read(
        # Sessions end by the machine's clock; pages speak in the world's time, which the demo lets stand.
        "select least(%s, statement_timestamp() + interval '15 minutes') + (hk_now() - statement_timestamp()),"
        " k.id, s.key_no, s.box from (select %s::uuid as session_id, %s::uuid as user_id) w"
        " left join vault_session s on s.session_id = w.session_id"
        " left join person_key k on k.user_id = w.user_id and k.key_no = s.key_no and k.ended_at is null",
        ends_at, seen.session_id, seen.user_id,
    )  # fmt: skip
    return until, key_id, key_no, box


def _was_ended(seen: Seen, locked: Facts) -> bool:
    return server.ended().is_over(locked.session_id, seen.user_id, locked.stands_since, timezone.now())


def touch() -> None:
    """Somebody is at work: the idle limit moves, never past the absolute one."""
    definer.run("session_touch")


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a page that only signed-in people reach."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise RuntimeError("this page is open to strangers and has no actor")
    return actor


def user_id_of(actor: Actor) -> UUID:
    """The user id: a session always has one."""
    assert actor.user_id is not None
    return actor.user_id
