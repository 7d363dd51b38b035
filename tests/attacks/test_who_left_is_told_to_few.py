"""Who left a shelter without a word: who reads it, and who says that they are back, asked by everybody's own SQL.

But for one test no commit is red here: the walls stood and nothing asked them (ADR 0155, 0174).
"""

from __future__ import annotations

import json

import pytest
from django.db import connection

from hamkori.access.context import now
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.case.queries.coordination import no_after_yes
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions.confirm import confirm
from hamkori.casework.referral.actions.on_the_way import call_sender
from hamkori.casework.referral.models import Referral, ReferralStep
from tests.attacks.counted import tried
from tests.attacks.test_anothers_side import answered
from tests.cast import PEOPLE, World, pass_time
from tests.database import god
from tests.web.senders import Senders
from tests.web.test_left_in_the_evening import helped_at
from tests.web.test_looked_for import says
from tests.web.test_shelter_ended import ends

pytestmark = pytest.mark.django_db

SENDERS, RECEIVER, COORDINATOR = ("caseworker-cso", "supervisor-cso"), "shelter-worker", "coordinator"
SAYS = "select referral_call_sender(%s, %s)::text"
ROWS = "select count(*) from national_owed('{}') where clock_code = 'no_after_yes'"
PLACES = ["HOME-01", "HOME-02", "HOME-04", "HOME-05"]


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


@pytest.fixture
def left(house: Senders) -> tuple[Case, Referral]:
    """On a Wednesday at nine in the evening; the shelter has said so."""
    case, referral = helped_at(house, 21)
    ends(house, referral, "not_reached")
    return case, referral


def everybody_but(*who: str) -> list[str]:
    return [one for one in PEOPLE if one not in who]


def asked(house: Senders, who: str, statement: str, *values: object) -> object:
    with house.as_(who):
        return answered(statement, *values)


def said_of_it(referral: Referral) -> list[str]:
    with god():
        steps = ReferralStep.objects.filter(referral=referral, step_code="call_sender")
        return [str(one.reason_code) for one in steps.order_by("at")]


def test_the_coordinator_reads_two_organisations_and_the_kind_of_help(
    house: Senders, left: tuple[Case, Referral]
) -> None:
    case, referral = left
    with house.as_(COORDINATOR) as farida, connection.cursor() as cursor:
        cursor.execute("select * from national_owed('{}') where clock_code = 'no_after_yes'")
        (row,) = cursor.fetchall()
        named = [str(one.name) for one in cursor.description or ()]
        (one,) = no_after_yes(farida, now())
    bodies = house.world.bodies
    assert (one.code, one.to, one.sender) == (referral.code, bodies["shelter-kulob"], bodies["cso-kulob"])
    assert (one.service_code, one.state) == ("HOME-02", "left")
    said = {name: value for name, value in zip(named, row, strict=True) if value is not None}
    codes = {case.code, str(case.pk), case.region_code, case.sex_code, case.age_band_code, case.risk_code}
    assert not codes & {str(value) for value in said.values()}, said
    tried()


def test_nobody_else_has_that_row(house: Senders, left: tuple[Case, Referral]) -> None:
    for who in everybody_but(COORDINATOR):
        assert asked(house, who, ROWS) == 0, who
        assert asked(house, who, "select referrals_no_after_yes()::text") == "42501", who
        tried(2)


def test_she_reads_nothing_else_of_it(house: Senders, left: tuple[Case, Referral]) -> None:
    """Neither the search, nor who left, nor the case, nor a step; and she says none of the shelter's words."""
    case, referral = left
    assert asked(house, COORDINATOR, "select case_looked_for(%s, %s)", case.pk, PLACES) is None
    assert asked(house, COORDINATOR, "select referral_left(%s)", referral.pk) is None
    for answer in ("is_back", "not_back", "reached"):
        assert asked(house, COORDINATOR, SAYS, referral.pk, answer) == "HK404", answer
        tried()
    with house.as_(COORDINATOR):
        assert not Case.objects.filter(pk=case.pk).exists()
        assert not CaseStep.objects.exists()
        assert not ReferralStep.objects.exists()
    tried(5)


def test_who_shares_nothing_any_more_is_asked_about_by_nobody(house: Senders, left: tuple[Case, Referral]) -> None:
    """Red before: the sender's side had the person's no to everything, and the coordinator's row still said "call"."""
    case, _referral = left
    assert asked(house, COORDINATOR, ROWS) == 1
    with house.as_() as zarina:
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), how_said="by_phone")
    pass_time(minutes=1)
    assert asked(house, COORDINATOR, ROWS) == 0


@pytest.mark.parametrize("who", everybody_but(RECEIVER))
def test_nobody_else_says_that_the_person_is_back(house: Senders, left: tuple[Case, Referral], who: str) -> None:
    """The desk that accepted works with nobody; the sender ends the search by another word."""
    case, referral = left
    for answer in ("is_back", "not_back"):
        assert str(asked(house, who, SAYS, referral.pk, answer)).startswith("HK40"), answer
        tried()
    assert said_of_it(referral) == []
    assert searched(house, case, "caseworker-cso") == {"back_at": None}


def test_the_same_step_is_not_written_by_hand(house: Senders, left: tuple[Case, Referral]) -> None:
    """Who may not say it by the function says it neither by a row of a step nor by the step of the lifecycle."""
    _case, referral = left
    with god():
        mine = Referral.objects.get(pk=referral.pk)
    for who in PEOPLE:
        note = "select referral_step_note(%s, 'call_sender', 'finished', 'finished', 'R', 'is_back', hk_now(), me())"
        assert asked(house, who, note, referral.pk) == "42501", who
        take = "select take('referral', %s, 'call_sender', 'R', %s, '{}', '[]')"
        assert str(asked(house, who, take, referral.pk, mine.version)).startswith("HK40"), who
        row = (
            "insert into referral_step (id, referral_id, step_code, from_code, to_code, side_code, reason_code, at)"
            " values (gen_random_uuid(), %s, 'call_sender', 'finished', 'finished', 'R', 'is_back', hk_now())"
            " returning 1"
        )
        assert asked(house, who, row, referral.pk) == "42501", who
        tried(3)
    assert said_of_it(referral) == []


def searched(house: Senders, case: Case, who: str) -> dict[str, object]:
    found = asked(house, who, "select case_looked_for(%s, %s)", case.pk, PLACES)
    said = json.loads(found) if isinstance(found, str) else found
    assert isinstance(said, dict), who
    return {"back_at": said["back_at"]}


def test_both_sides_read_it_and_nobody_else(house: Senders, left: tuple[Case, Referral]) -> None:
    case, referral = left
    with house.as_(RECEIVER) as parvina:
        call_sender(parvina, Referral.objects.get(pk=referral.pk), answer="is_back")
    assert said_of_it(referral) == ["is_back"]
    for who in SENDERS:
        assert searched(house, case, who)["back_at"], who
    back = "select referral_left(%s) ->> 'back'"
    assert asked(house, RECEIVER, back, referral.pk)
    for who in everybody_but(RECEIVER):
        assert asked(house, who, back, referral.pk) is None, who
        if who not in SENDERS:
            assert asked(house, who, "select case_looked_for(%s, %s)", case.pk, PLACES) is None, who
        tried()
    both = {*SENDERS, RECEIVER, "desk-shelter"}
    for who in PEOPLE:
        with house.as_(who):
            steps = ReferralStep.objects.filter(referral=referral, step_code="call_sender")
            assert steps.exists() is (who in both), who
        tried()
    # On whose word "safe" rests is read by the sender's side alone, also after the result is confirmed.
    says(house, case, "is_safe")
    pass_time(minutes=1)
    with house.as_(SENDERS[0]) as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        confirm(zarina, mine, version=mine.version, her_view="not_asked_no_contact", agrees=True)
    word = "select referral_safe_by_word(%s)"
    for who in PEOPLE:
        assert (asked(house, who, word, referral.pk) is not None) is (who in SENDERS), who
        assert (asked(house, who, back, referral.pk) is not None) is (who == RECEIVER), who
        tried(2)
    # The other word is theirs alone, too, and so is the same word twice.
    assert asked(house, RECEIVER, SAYS, referral.pk, "is_back") == "HK409"
    for who in everybody_but(RECEIVER):
        assert str(asked(house, who, SAYS, referral.pk, "not_back")).startswith("HK40"), who
        tried()
    assert said_of_it(referral) == ["is_back"]
