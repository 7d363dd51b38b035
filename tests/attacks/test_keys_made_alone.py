"""A continuity key is never made anew silently, and nobody who writes the database makes two people agree.

The hole: whoever owns the database ended the key of an organisation, made himself one of its key holders, and waited:
the next key holder who signed in made a new key without being asked, and sealed it to him too. The first test was red
on commit `ff6e3b1`. The others try the questions that two people answer since then.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from hamkori.people import totp
from hamkori.people.actions import continuity
from hamkori.people.models import BodyKey, BodyKeyWrap, TwoPerson
from hamkori.people.rules.two_person import LASTS
from hamkori.refusal import NotNow
from hamkori.vault.server import keyring
from tests import doors
from tests.attacks import counted
from tests.cast import pass_time
from tests.database import god

pytestmark = pytest.mark.django_db


def owner(statement: str, *values: object) -> None:
    """One statement as the owner of all tables."""
    with god(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def live_keys(organisation: UUID) -> list[UUID]:
    with god():
        rows = BodyKey.objects.filter(organisation_id=organisation, kind_code="continuity", ended_at=None)
        return list(rows.values_list("pk", flat=True))


def plant_key_holder(organisation: UUID) -> doors.Person:
    """Somebody who works here with an account of his own gets the role by hand."""
    spy = doors.person(organisation, "Spy", ["supervisor"])
    owner(
        "insert into role_held (id, membership_id, role_code, since)"
        " values (gen_random_uuid(), %s, 'custodian', '2026-01-01T00:00Z')",
        spy.membership_id,
    )
    return spy


ENDINGS = ("update body_key set ended_at = now()", "delete from body_key_wrap; delete from body_key")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_key_that_was_taken_away_is_not_made_at_a_sign_in(ending: str) -> None:
    umed = doors.body("umed")
    holders = doors.custodians(umed)
    spy = plant_key_holder(umed)
    owner(ending)
    for who in holders:
        client = doors.stranger()
        client.post("/account/sign-in/", {"login": who.email, "password": who.passphrase})
        client.post("/account/second-step/", {"code": totp.code(who.totp_secret)})
        assert client.get("/account/").status_code == 200, "signed in"
        assert live_keys(umed) == []
        with god():
            assert not BodyKeyWrap.objects.filter(recipient_key_id=spy.key.id).exists()
        counted.tried()


# --- questions ------------------------------------------------------------------------------------------------------


@pytest.fixture
def umed() -> UUID:
    doors.house()
    return doors.body("umed")


def asked(umed: UUID) -> tuple[UUID, doors.Person, doors.Person]:
    karim, lola = (doors.person(umed, name, ["custodian"]) for name in ("Karim", "Lola"))
    with doors.acting(karim) as actor:
        return continuity.ask(actor, reason="joined"), karim, lola


def agreeing_is_refused(umed: UUID, question: UUID, who: doors.Person) -> None:
    before = live_keys(umed)
    with doors.acting(who) as actor, pytest.raises(NotNow) as caught:
        continuity.agree(actor, question=question)
    assert caught.value.guard in {"subject_live", "tag_mismatch", "not_self"}
    assert live_keys(umed) == before
    counted.tried()


@pytest.mark.alarms
def test_a_planted_question_is_nobodys(umed: UUID) -> None:
    karim, lola = (doors.person(umed, name, ["custodian"]) for name in ("Karim", "Lola"))
    question = uuid4()
    owner(
        "insert into two_person (id, act_code, organisation_id, subject_ids, reason_code, asked_by_id, asked_at,"
        " answer_code, state_code, expires_at, tag) values (%s, 'continuity.create', %s, %s::uuid[], 'joined', %s,"
        " hk_now(), '', 'asked', hk_now() + interval '1 day', '\\x0001')",
        question, umed, sorted([karim.key.id, lola.key.id]), karim.membership_id,
    )  # fmt: skip
    agreeing_is_refused(umed, question, lola)


CHANGES = {
    "subjects": "update two_person set subject_ids = %(keys)s",
    "later": "update two_person set expires_at = expires_at + interval '30 days'",
    "asker": "update two_person set asked_by_id = %(other)s",
    "place": "update two_person set organisation_id = %(place)s",
    "act": "update two_person set act_code = 'continuity.use'",
    "tag": "update two_person set tag = ''",
    "id": "update two_person set id = %(id)s",
}


@pytest.mark.alarms
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_question_is_not_agreed_to(umed: UUID, change: str) -> None:
    question, karim, lola = asked(umed)
    nozim = doors.person(umed, "Nozim", ["custodian"])
    new = uuid4() if change == "id" else question
    place = doors.body("panoh")
    with god(), connection.cursor() as cursor:
        cursor.execute(
            CHANGES[change],
            {
                "keys": sorted([karim.key.id, lola.key.id, nozim.key.id]),
                "other": nozim.membership_id,
                "place": place,
                "id": new,
            },
        )
    agreeing_is_refused(umed, new, lola)


def test_a_question_waits_no_longer_for_a_clock_that_was_ahead(umed: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the real world its 72 hours are the machine's: the database's clock is its owner's."""
    karim, _lola = (doors.person(umed, name, ["custodian"]) for name in ("Karim", "Lola"))
    pass_time(minutes=30)
    monkeypatch.setattr(keyring(), "world", "real")
    with doors.acting(karim) as actor:
        question = continuity.ask(actor, reason="joined")
    with god():
        until = TwoPerson.objects.get(pk=question).expires_at
    assert until <= datetime.now(UTC) + LASTS
    counted.tried()


@pytest.mark.django_db(transaction=True)
@pytest.mark.alarms
@pytest.mark.parametrize("ended_by", ["agree", "refuse", "take_back"])
def test_a_question_that_was_answered_is_not_asked_again(ended_by: str) -> None:
    """Its row is put back with its good tag; the mark knows better."""
    with transaction.atomic():
        doors.house()
        umed = doors.body("umed")
        question, karim, lola = asked(umed)
    who = karim if ended_by == "take_back" else lola
    with transaction.atomic(), doors.acting(who) as actor:
        if ended_by == "refuse":
            continuity.refuse(actor, question=question, reason="not_known")
        else:
            getattr(continuity, ended_by)(actor, question=question)
    with transaction.atomic():
        owner("update body_key set ended_at = now()")
        owner("update two_person set state_code = 'asked', decided_at = null, decided_by_id = null")
    with transaction.atomic():
        agreeing_is_refused(umed, question, lola)
