"""What was sent is changed by no statement of its sender, and read by nobody once her agreement is over.

No commit is red here: the walls stood, and nothing asked. Two faults, that a sent request may be edited and that an
agreement never ends, were seen by no test, since the pages ask for both themselves.
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.casework.consent.models import Consent, ConsentExcluded
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.attacks import counted
from tests.attacks.written import WRITTEN
from tests.casework.test_story import agreed, registered, sent
from tests.cast import World, pass_time, tomorrow
from tests.database import god

pytestmark = pytest.mark.django_db

DAYS_OF_AN_AGREEMENT = 60
ACCEPTS = "select take('referral', %s, 'accept', null, %s, '{}'::jsonb, '[]'::jsonb)"
RECALLS = "select take('referral', %s, 'recall', null, %s, '{\"reason_code\": \"mistake\"}'::jsonb, '[]'::jsonb)"
CHANGES = (
    "purpose_code = 'justice'",
    "recipient_kind_code = 'police'",
    "to_organisation_id = (select organisation_id from membership where id = me())",
    "urgency_code = 'normal'",
    "version = version + 1",
)


def rows(statement: str, referral: Referral) -> list[tuple[object, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [referral.pk])
        return cursor.fetchall()


def waiting(world: World) -> Referral:
    with world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        return sent(zarina, case, world)


def accepted(world: World) -> Referral:
    referral = waiting(world)
    with world.as_("desk-shelter") as desk:
        card = Referral.objects.get(pk=referral.pk)
        team = [world.membership("shelter-worker")]
        receive.accept(
            desk, card, version=card.version, team=team, arrival_on=tomorrow(), arrival_part="morning", meeting=None
        )
    return referral


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_sent_stays_as_it_was(small_world: World, change: str) -> None:
    referral = waiting(small_world)
    with god():
        before = Referral.objects.values().get(pk=referral.pk)
    with small_world.as_("caseworker-cso"):
        assert _update(referral, change) == 0
    with god():
        assert Referral.objects.values().get(pk=referral.pk) == before
    counted.tried()


def _update(referral: Referral, change: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update referral set {change} where id = %s", [referral.pk])
        return cursor.rowcount


def test_the_desk_takes_nothing_on_an_agreement_that_is_over(small_world: World) -> None:
    referral = waiting(small_world)
    with small_world.as_("desk-shelter"):
        assert rows("select section_code from packet_seals(%s)", referral) != []
        pass_time(days=DAYS_OF_AN_AGREEMENT + 1)
        assert rows("select section_code from packet_seals(%s)", referral) == []
        with pytest.raises(DatabaseError, match="consent_live"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ACCEPTS, [referral.pk, referral.version])
    counted.tried(2)


def test_the_team_reads_nothing_on_an_agreement_that_is_over(small_world: World) -> None:
    referral = accepted(small_world)
    asked = (
        "select section_code from packet_seals(%s)",
        "select section_code from packet_body where referral_id = %s",
        "select true from consent_of(%s) where live",
    )
    with small_world.as_("shelter-worker"):
        for statement in asked:
            assert rows(statement, referral) != [], statement
        pass_time(days=DAYS_OF_AN_AGREEMENT + 1)
        for statement in asked:
            assert rows(statement, referral) == [], statement
            counted.tried()


def test_the_desk_reads_nothing_of_who_does_not_want_it(small_world: World) -> None:
    referral = waiting(small_world)
    with small_world.as_("desk-shelter"):
        assert rows("select section_code from packet_seals(%s)", referral) != []
    with god():
        newest = Consent.objects.order_by("-number")[0]
        ConsentExcluded.objects.create(consent=newest, organisation_id=referral.to_organisation_id)
    with small_world.as_("desk-shelter"):
        assert rows("select section_code from packet_seals(%s)", referral) == []
        assert rows("select true from consent_of(%s) where live", referral) == []
    counted.tried(2)


@pytest.mark.parametrize("by", [-1, 1])
def test_no_step_is_taken_on_another_version_than_was_read(small_world: World, by: int) -> None:
    referral = waiting(small_world)
    with small_world.as_("caseworker-cso"), pytest.raises(DatabaseError, match="version_same"):
        _recall(referral, referral.version + by)
    with god():
        assert Referral.objects.get(pk=referral.pk).state_code == "sent"
    with small_world.as_("caseworker-cso"):
        _recall(referral, referral.version)
    counted.tried()


def _recall(referral: Referral, version: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RECALLS, [referral.pk, version])
        cursor.execute(WRITTEN, ["referral.recall", referral.pk])
