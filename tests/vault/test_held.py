"""Her open key between two requests: it waits once for five minutes, lives with her session, and is put away by her."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from hamkori.people.sign_in import knock
from hamkori.vault import held, server, session
from hamkori.vault.bytes import Secret, Untrusted
from hamkori.vault.models import VaultSession
from tests import doors
from tests.access import cast
from tests.access.cast import Cast
from tests.database import god
from tests.vault.cast import somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return Cast()


@pytest.fixture
def knocked(people: Cast) -> None:
    """Somebody has named herself at the door: for nobody else a key waits."""
    knock(doors.house(), people.zarina.user_id)


def cookie() -> Secret:
    v = session.read_cookie(session.new_cookie())
    assert v is not None
    return v


def box_of(session_id: UUID) -> bytes | None:
    """What lies there for this session, as she may read it herself."""
    row = VaultSession.objects.filter(pk=session_id).first()
    return bytes(row.box) if row else None


# --- between passphrase and second factor --------------------------------------------------------------------------


@pytest.mark.usefixtures("knocked")
def test_her_key_waits_for_the_second_factor_and_is_taken_once() -> None:
    zarina, v, waiting, user = somebody("Zarina").opened, cookie(), uuid4(), uuid4()
    held.wait(v, waiting, user, 3, zarina)

    taken = held.take(v, waiting, user, zarina.id)

    assert taken is not None
    key_no, key = taken
    assert (key_no, key.id, key.private.raw) == (3, zarina.id, zarina.private.raw)
    assert held.take(v, waiting, user, zarina.id) is None, "it was taken already"


@pytest.mark.usefixtures("knocked")
def test_another_cookie_gets_nothing_and_has_spoilt_it_for_the_thief_and_for_her() -> None:
    zarina, v, waiting, user = somebody("Zarina").opened, cookie(), uuid4(), uuid4()
    held.wait(v, waiting, user, 1, zarina)

    assert held.take(cookie(), waiting, user, zarina.id) is None
    assert held.take(v, waiting, user, zarina.id) is None


@pytest.mark.usefixtures("knocked")
def test_after_five_minutes_she_begins_anew() -> None:
    zarina, v, user = somebody("Zarina").opened, cookie(), uuid4()
    just, late = uuid4(), uuid4()
    for waiting, minutes in ((just, 4), (late, 6)):
        held.wait(v, waiting, user, 1, zarina)
        with god():
            VaultSession.objects.filter(pk=waiting).update(at=datetime.now(UTC) - timedelta(minutes=minutes))

    assert held.take(v, just, user, zarina.id) is not None
    assert held.take(v, late, user, zarina.id) is None
    with god():
        assert not VaultSession.objects.exists(), "what came too late is gone too"


# --- as long as the session ----------------------------------------------------------------------------------------


def test_the_vault_is_open_for_her_session_and_her_cookie_alone(people: Cast) -> None:
    zarina, v = somebody("Zarina").opened, cookie()
    actor = cast.acting(people.zarina)
    assert actor.session_id is not None
    held.put(v, actor.session_id, actor.user_id, 1, zarina)
    box = box_of(actor.session_id)
    assert box is not None

    opened = held.opened(v, actor.session_id, actor.user_id, zarina.id, 1, box)

    assert opened is not None
    assert opened.private.raw == zarina.private.raw
    assert held.opened(cookie(), actor.session_id, actor.user_id, zarina.id, 1, box) is None
    assert held.opened(v, uuid4(), actor.user_id, zarina.id, 1, box) is None
    cast.acting(people.firuza)
    assert box_of(actor.session_id) is None, "a colleague does not even see the row"


def test_opening_again_puts_the_new_key_in_the_place_of_the_old(people: Cast) -> None:
    old, new, v = somebody("Zarina").opened, somebody("Zarina").opened, cookie()
    actor = cast.acting(people.zarina)
    assert actor.session_id is not None
    held.put(v, actor.session_id, actor.user_id, 1, old)
    held.put(v, actor.session_id, actor.user_id, 2, new)

    box = box_of(actor.session_id)

    assert box is not None
    assert held.opened(v, actor.session_id, actor.user_id, old.id, 1, box) is None
    opened = held.opened(v, actor.session_id, actor.user_id, new.id, 2, box)
    assert opened is not None
    assert opened.private.raw == new.private.raw


def test_she_seals_her_own_vault_and_nobody_elses(people: Cast) -> None:
    v, key = cookie(), somebody("Zarina").opened
    zarina = cast.acting(people.zarina)
    assert zarina.session_id is not None
    held.put(v, zarina.session_id, zarina.user_id, 1, key)

    cast.acting(people.firuza)
    held.seal(zarina.session_id)
    with god():
        assert VaultSession.objects.filter(pk=zarina.session_id).exists()

    again = cast.acting(people.zarina)
    assert again.session_id is not None
    held.seal(again.session_id)
    held.seal(zarina.session_id)
    with god():
        assert VaultSession.objects.filter(pk=zarina.session_id).exists(), "another session of hers is not this one"

    held.put(v, again.session_id, again.user_id, 1, key)
    held.seal(again.session_id)
    assert box_of(again.session_id) is None


def test_nobodys_vault_was_emptied() -> None:
    """Why a vault is closed is said to its session alone: tests/web/test_started_again.py."""
    assert held.was_emptied() is False


# --- what was sealed or taken, and is put back ---------------------------------------------------------------------


@pytest.mark.usefixtures("knocked")
def test_a_key_that_was_taken_and_stands_there_again_is_nobodys() -> None:
    zarina, v, waiting, user = somebody("Zarina").opened, cookie(), uuid4(), uuid4()
    held.wait(v, waiting, user, 1, zarina)
    server.ended().seal(waiting, datetime.now(UTC))
    with pytest.raises(Untrusted, match="vault"):
        held.take(v, waiting, user, zarina.id)


@pytest.mark.parametrize("since", ["sealed", "another passphrase"])
def test_a_vault_of_before_stays_shut_whatever_row_stands_there(people: Cast, since: str) -> None:
    zarina, v = somebody("Zarina").opened, cookie()
    actor = cast.acting(people.zarina)
    assert actor.session_id is not None
    held.put(v, actor.session_id, actor.user_id, 1, zarina)
    box = box_of(actor.session_id)
    assert box is not None
    if since == "sealed":
        server.ended().seal(actor.session_id, datetime.now(UTC))
    else:
        server.marks().raise_to("key", actor.user_id, 2)
    with pytest.raises(Untrusted, match="vault" if since == "sealed" else "key"):
        held.opened(v, actor.session_id, actor.user_id, zarina.id, 1, box)
