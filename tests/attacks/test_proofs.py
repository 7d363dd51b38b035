"""Proofs: what the web process vouches for by the keyring, and what could be changed behind its back.

On commit ff6e3b1 these were red: a proof of a second factor, an invitation, an acceptance, a passphrase or a session
went for other data than it was made for (a foreign seed, another name, another key and codes, another salt and cost,
another limit), and the row that definers compare with was a value of the keyring, the same in every dump.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.access.context import new_token, set_token
from hamkori.audit import ledger
from hamkori.casework.work.actions.key_change import change_key
from hamkori.people import sign_in
from hamkori.people.actions import account, posts, welcome
from hamkori.vault import server
from hamkori.vault.proof import prover
from tests import doors
from tests.attacks import counted
from tests.database import god

pytestmark = pytest.mark.django_db
REFUSED = ("HK412", "42501")  # the proof is not for this; nobody acts, or it is another account's
NEW = "nine calm otters drift past noon"


class Taken(Exception):
    """The statement was taken down and not run."""

    def __init__(self, statement: str, values: list[Any]) -> None:
        super().__init__(statement)
        self.statement, self.values = statement, values


@contextmanager
def taking(function: str) -> Iterator[None]:
    """The next call of this definer is taken down in place of being run, with the proof that belongs to it."""

    def look(execute: Any, statement: str, values: Any, many: bool, context: Any) -> Any:
        if f"{function}(" in statement:
            raise Taken(statement, list(values))
        return execute(statement, values, many, context)

    with connection.execute_wrapper(look):
        yield


def taken(function: str, act: Callable[[], object]) -> Taken:
    with pytest.raises(Taken) as caught, taking(function):
        act()
    return caught.value


def others(value: Any) -> list[Any]:
    """Other values than this one that the database would take as well."""
    other: list[Any] = [uuid4()]
    match value:
        case bytes():
            other = [value[:-1] + bytes([value[-1] ^ 1]), b"\0" * len(value), value + b"\0"]
        case int():
            other = [value + 1, value * 2 + 3]
        case list():
            other = [[*value, "auditor"], value[:-1], list(reversed(value)), [",".join(value)]]
        case str() if value.startswith("{"):
            other = [json.dumps({**json.loads(value), name: "00" * 60}) for name in json.loads(value)]
        case str():
            other = [f"{value}x", f"{value}|", value.upper()] if value != value.upper() else ["lawyer"]
    return other


def call(statement: str, values: list[Any]) -> str:
    """The SQLSTATE of the refusal; '' if it was done. Nothing stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", "?"))
    return ""


def invite() -> str:
    return welcome.invite(
        doors.house(),
        organisation_id=doors.body(f"b-{uuid4().hex[:6]}"),
        email=f"{uuid4().hex}@example.org",
        name="Nigina",
        roles=["case_worker", "desk_officer"],
        function="social_worker",
    )


def calls() -> Iterator[tuple[str, Callable[[], object]]]:
    """Every definer that asks for a proof, and what makes the web process call it."""
    ring = doors.house()
    zarina = doors.person(doors.body("umed"), "Zarina")
    link, second = invite(), doors.body("panoh")
    known = welcome.invite(ring, organisation_id=second, email=zarina.email, name="Z", roles=["case_worker"])

    def acting(act: Callable[[Any], object]) -> Callable[[], object]:
        def done() -> object:
            sign_in.begin(ring, new_token(), zarina.membership_id)
            seen = sign_in.recognised()
            assert seen is not None
            return act(seen.actor(zarina.key))

        return done

    yield "issue", lambda: sign_in.begin(ring, new_token(), zarina.membership_id)
    yield "invitation_make", invite
    yield "invitation_accept", lambda: welcome.accept(ring, link, NEW)
    yield "invitation_join", lambda: welcome.join(ring, known, zarina.passphrase)
    yield "key_change_begin", acting(lambda actor: change_key(actor, zarina.passphrase, NEW))
    yield " key_change", acting(lambda actor: change_key(actor, zarina.passphrase, NEW))
    yield "second_factor_set", acting(lambda actor: account.new_recovery_codes(actor, ring))
    yield "second_factor_set", acting(lambda actor: account.new_authenticator(ring, actor, "A" * 32))

    def turning() -> object:
        server.use(ring.with_next("pepper"))
        try:
            sign_in.knock(server.keyring(), zarina.email)
            return sign_in.check(server.keyring(), zarina.email, zarina.user_id, zarina.passphrase)
        finally:
            server.use(ring)

    yield "credential_turn", turning
    yield "ledger_sign_in", lambda: ledger.sign_in("session.begin", "failed", reason="x", prove=prover(ring))
    member, works = zarina.membership_id, posts.Works("lawyer", frozenset({"case_worker", "desk_officer"}), None)
    yield "post_set", acting(lambda actor: posts.change(ring, member, works))
    yield "posts_name", acting(lambda actor: posts.rename(ring, zarina.user_id, "Zarina N."))
    yield "post_end", acting(lambda actor: posts.suspend(ring, member))


def test_a_proof_goes_for_exactly_what_it_was_made_for() -> None:
    tries, wrong = 0, []
    for function, act in list(calls()):
        found = taken(function, act)
        for place, value in enumerate(found.values):
            for other in others(value):
                said = call(found.statement, [*found.values[:place], other, *found.values[place + 1 :]])
                tries += 1
                if said not in REFUSED:
                    wrong.append(f"{function}: value {place + 1} went with {said or 'no refusal'}")
        assert call(found.statement, found.values) == "", f"{function}: the web process itself can"
        set_token("")
    assert not wrong, sorted(set(wrong))
    counted.tried(tries)


def test_nobody_elses_session_takes_a_proof() -> None:
    zarina = doors.person(doors.body("umed"), "Zarina")
    thief = doors.person(zarina.organisation_id, "Dilshod")
    ring = doors.house()
    with doors.acting(zarina) as actor:
        factor = taken("second_factor_set", lambda: account.new_authenticator(ring, actor, "A" * 32))
        passphrase = taken(" key_change", lambda: change_key(actor, zarina.passphrase, NEW))
    for found in (factor, passphrase):
        for acting in (doors.acting(thief), god()):
            with acting:
                assert call(found.statement, found.values) in REFUSED
        assert call(found.statement, found.values) == "42501", "nobody's"
    counted.tried(6)


def test_no_value_of_the_keyring_lies_in_the_database() -> None:
    ring = doors.house()
    with god(), connection.cursor() as cursor:
        cursor.execute("select coalesce(string_agg(p::text, ' '), '') from session_proof p where %s", [True])
        (text,) = cursor.fetchone()
    assert text
    for name in ("pepper", "tag", "kept", "proof"):
        for key in ring._keys[name].values():
            assert key.raw.hex() not in text, name
    counted.tried()
