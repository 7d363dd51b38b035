"""People come in by an invitation, keys by the people who hold them, and the door shows one account at a time."""

import json
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.access.context import set_token
from hamkori.people import queries, sign_in, totp
from hamkori.people.actions import welcome
from hamkori.people.actions.body_keys import admit_to_desk, ensure_desk_key
from hamkori.people.actions.continuity import make_by_two
from hamkori.people.models import Membership, PersonKey, User
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault import bodies, proof
from hamkori.vault.bytes import Untrusted
from hamkori.vault.recipients import DESK
from tests import doors
from tests.database import god

pytestmark = pytest.mark.django_db


def one(statement: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        row = cursor.fetchone()
    return row[0] if row else None


def refused(statement: str, *values: object) -> str:
    """The SQLSTATE with which the database says no."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
    return str(caught.value.__cause__.sqlstate)  # type: ignore[union-attr]


@pytest.fixture
def umed():
    doors.house()
    return doors.body("umed")


@pytest.fixture
def panoh():
    doors.house()
    return doors.body("panoh")


def test_nobody_sees_anybody_without_a_session(umed) -> None:
    zarina = doors.person(umed, "Zarina")
    assert User.objects.count() == 0
    assert Membership.objects.count() == 0
    for token in ("", "f" * 64, "'; drop table app_user; --"):
        set_token(token)
        assert [one("select me()"), User.objects.count(), PersonKey.objects.count()] == [None, 0, 0]
    with doors.acting(zarina):
        assert [user.name for user in User.objects.all()] == ["Zarina"]
    assert User.objects.count() == 0


def test_a_session_that_is_over_shows_nothing(umed) -> None:
    zarina = doors.person(umed, "Zarina")
    with doors.acting(zarina):
        assert User.objects.count() == 1
        with doors.idle(zarina, 16):
            assert [one("select me()"), User.objects.count()] == [None, 0]


def test_another_body_sees_no_names(umed, panoh) -> None:
    zarina, parvina = doors.person(umed, "Zarina"), doors.person(panoh, "Parvina")
    with doors.acting(zarina) as actor:
        assert [one.name for one in queries.colleagues(actor)] == ["Zarina"]
        assert queries.person_key(parvina.user_id) is None
        assert queries.organisation(panoh).slug == "panoh"


def test_the_door_opens_only_with_a_proof(umed) -> None:
    zarina = doors.person(umed, "Zarina")
    one("select set_config('hk.knock', %s, true)", f"{zarina.email}|{int(doors.now_in(0) * 1e6)}|{'0' * 64}")
    assert [one("select at_door()"), User.objects.count()] == [None, 0]
    assert one("select count(*) from credential_for(%s)", zarina.user_id) == 0
    sign_in.knock(doors.keyring(), zarina.email)
    assert one("select at_door()") == zarina.user_id
    assert one("select count(*) from credential_for(%s)", zarina.user_id) == 1
    sign_in.leave_door()
    assert User.objects.count() == 0


def test_an_old_knock_is_no_knock(umed, monkeypatch) -> None:
    zarina = doors.person(umed, "Zarina")
    monkeypatch.setattr(proof.time, "time_ns", lambda: int(doors.now_in(-120) * 1e9))
    with pytest.raises(Untrusted, match="proof"):
        sign_in.knock(doors.keyring(), zarina.email)
    at, shown = proof.prove(doors.keyring(), "knock", zarina.email)
    one("select set_config('hk.knock', %s, true)", f"{zarina.email}|{at}|{shown.hex()}")
    assert one("select at_door()") is None


def test_the_page_role_reads_no_credential_and_writes_no_person(umed) -> None:
    zarina = doors.person(umed, "Zarina")
    with doors.acting(zarina):
        for statement in (
            "select * from credential",
            "select * from invitation",
            "select * from access_session",
            "select * from session_proof",
            "insert into mfa_authenticator (user_id, type, data, created_at) select my_user(), 'totp', '{}', now()",
            "delete from mfa_authenticator",
            "update membership set organisation_id = organisation_id",
            "insert into role_held (id, membership_id, role_code) select gen_random_uuid(), me(), 'auditor'",
            "update app_user set email = 'x@example.org'",
            "delete from person_key",
            "insert into body_key_wrap select * from body_key_wrap",
        ):
            assert refused(statement) == "42501", statement


def test_a_second_factor_is_used_but_not_rewritten(umed) -> None:
    zarina = doors.person(umed, "Zarina")
    seed = json.dumps(totp.totp_data(doors.keyring(), zarina.user_id, 2, totp.new_secret()))
    for at_door in (True, False):
        with doors.acting(zarina):
            if at_door:
                set_token("")
                sign_in.knock(doors.keyring(), zarina.email)
            assert refused("update mfa_authenticator set data = %s::jsonb where type = 'totp'", seed) == "42501"
            assert refused("update mfa_authenticator set user_id = %s", uuid4()) == "42501"
            one(
                "update mfa_authenticator set data = jsonb_set(data, '{used_mask}', '5')"
                " where type <> 'totp' returning 1"
            )
            assert (
                refused("update mfa_authenticator set data = jsonb_set(data, '{used_mask}', '0') where type <> 'totp'")
                == "42501"
            )


@pytest.mark.parametrize(
    "call",
    [
        "select invitation_make(gen_random_uuid(), '\\x00', %s, 'a@b.org', 'A', '', '{}', null, '', 1, '', 1, '')",
        "select invitation_join('\\x00', %s, gen_random_uuid(), '', 1, '\\x00')",
    ],
)
def test_without_the_keyring_nobody_is_invited(umed, call) -> None:
    assert refused(call, umed) == "HK412"


def test_an_invitation_is_good_once(umed) -> None:
    token = welcome.invite(
        doors.house(), organisation_id=umed, email="N@Example.org", name="Nigina", roles=["case_worker"]
    )
    assert welcome.look(token).email == "n@example.org"
    welcome.accept(doors.keyring(), token, doors.PASSPHRASE)
    for used in (token, token[:-1], "", "\udcff"):
        with pytest.raises(NotVisible):
            welcome.look(used)
        with pytest.raises(NotVisible):
            welcome.accept(doors.keyring(), used, doors.PASSPHRASE)


def test_an_invitation_to_a_second_place_is_good_once_also_in_a_race(umed, panoh) -> None:
    """Who looked at it before the other pressed has a proof of this server, and comes too late all the same."""
    zarina = doors.person(umed, "Zarina")
    token = welcome.invite(
        doors.house(), organisation_id=panoh, email=zarina.email, name="Zarina", roles=["case_worker"]
    )
    late = (welcome.token_hash(token), zarina.user_id, uuid4(), b"a tag of hers")
    welcome.join(doors.keyring(), token, zarina.passphrase)
    at, shown = proof.prove(doors.keyring(), "join", *late)
    assert refused("select invitation_join(%s, %s, %s, %s, %s, %s)", *late, at, shown) == "HK404"


def test_an_invitation_ends_after_three_days(umed) -> None:
    token = welcome.invite(doors.house(), organisation_id=umed, email="n@e.org", name="N", roles=["case_worker"])
    with god():
        one("update invitation set expires_at = statement_timestamp() - interval '1 second' returning 1")
    with pytest.raises(NotVisible):
        welcome.look(token)


@pytest.mark.parametrize("first", ["custodian", "administrator", "auditor"])
def test_who_manages_people_has_no_cases_anywhere(umed, panoh, first) -> None:
    rustam = doors.person(umed, "Rustam", [first])
    for role in ("case_worker", "desk_officer", "supervisor", "hotline_operator"):
        with pytest.raises(NotNow, match="may_join"), transaction.atomic():
            doors.person(panoh, "Rustam", [role], email=rustam.email)


def test_an_investigator_belongs_to_the_police(umed) -> None:
    with pytest.raises(NotNow, match="may_join"), transaction.atomic():
        doors.person(umed, "Said", function="investigator")
    police = doors.body("police", compartment="law_enforcement", kind="state")
    assert doors.person(police, "Said", function="investigator")


def test_a_second_place_of_work_needs_her_own_passphrase(umed, panoh) -> None:
    karim = doors.person(umed, "Karim", ["custodian"])
    with pytest.raises(sign_in.WrongPassphrase):
        doors.person(panoh, "Karim", ["custodian"], email=karim.email, passphrase="somebody else wrote this here")
    again = doors.person(panoh, "Karim", ["custodian"], email=karim.email)
    assert again.user_id == karim.user_id
    with sign_in.acting(doors.keyring(), karim.email, karim.passphrase, again.membership_id) as actor:
        assert actor.organisation_id == panoh
        assert len(sign_in.bodies()) == 2


def test_a_body_is_ready_with_two_key_holders(umed) -> None:
    karim = doors.person(umed, "Karim", ["custodian"])
    with doors.acting(karim) as actor:
        assert not ensure_desk_key(actor)
        assert not queries.body_ready(umed)
    lola = doors.person(umed, "Lola", ["custodian"])
    with doors.acting(lola):
        assert not queries.body_ready(umed), "nothing is made silently"
    make_by_two(doors.acting(karim), doors.acting(lola))
    with doors.acting(lola):
        assert queries.body_ready(umed)
        key = queries.body_key(umed, "continuity")
        assert key is not None
        assert doors.keyring().tag_holds(key.fact.covered, key.tag)
    with god():
        Membership.objects.filter(pk=karim.membership_id).update(ended_at="2026-01-01T00:00Z")
    with doors.acting(lola):
        assert not queries.body_ready(umed)


def test_the_desk_opens_with_its_first_officer_and_a_ready_body(umed) -> None:
    early = doors.person(umed, "Early", ["desk_officer"])
    with doors.acting(early) as actor:
        assert not ensure_desk_key(actor)
    doors.custodians(umed)
    with doors.acting(early) as actor:
        assert not queries.desk_ready(umed)
        assert ensure_desk_key(actor)
        assert queries.desk_ready(umed)
        key, wrap = queries.body_key(umed, DESK), queries.desk_wrap(actor)
        assert key is not None
        assert wrap is not None
        assert bodies.open_key(doors.keyring(), early.key, key, wrap).public == key.public


def test_a_holder_admits_the_next_officer(umed) -> None:
    doors.custodians(umed)
    first = doors.desk_officer(umed)
    second = doors.person(umed, "Second", ["desk_officer"])
    worker = doors.person(umed, "Zarina")
    with doors.acting(second) as actor, pytest.raises(NotVisible):
        admit_to_desk(actor, second.user_id)
    with doors.acting(first) as actor:
        admit_to_desk(actor, second.user_id)
        with pytest.raises(NotNow, match="may_join"):
            admit_to_desk(actor, worker.user_id)
    with doors.acting(second) as actor:
        key, wrap = queries.body_key(umed, DESK), queries.desk_wrap(actor)
        assert key is not None
        assert wrap is not None
        assert bodies.open_key(doors.keyring(), second.key, key, wrap).public == key.public


def test_a_worker_makes_no_body_key(umed) -> None:
    doors.custodians(umed)
    with doors.acting(doors.person(umed, "Zarina")):
        call = "select body_key_add(gen_random_uuid(), 'desk', 1, '\\x00', '\\x00', '[]')"
        assert refused(call) == "HK403"
