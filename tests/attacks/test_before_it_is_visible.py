"""For half a minute a request can still be stopped: the desk that shall get it reads nothing of it, by no statement.

No commit is red here: the wall stood, and nothing asked. A fault that gave the desk its side at once was not seen.
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.attacks import counted
from tests.casework.test_story import agreed, registered
from tests.cast import World, pass_time

pytestmark = pytest.mark.django_db

READS = (
    "select code from referral where id = %s",
    "select unnest(referral_sides(%s))",
    "select section_code from packet_seals(%s)",
    "select until from consent_of(%s)",
    "select key_id from referral_keys(%s)",
    "select access_id from referral_team(%s)",
    "select section_code from packet_body where referral_id = %s",
)
DECLINES = "select take('referral', %s, 'decline', null, %s, '{\"reason_code\": \"full\"}'::jsonb, '[]'::jsonb)"


def read(statement: str, referral: Referral) -> list[object]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [referral.pk])
        return cursor.fetchall()


def sent(world: World) -> Referral:
    with world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        draft = send.write(
            zarina, case, service=world.services["HOME-02"], purpose="help", urgency="normal", told_body=True
        )
        return send.send(zarina, draft, version=draft.version)


def test_the_desk_reads_nothing_and_answers_nothing(small_world: World) -> None:
    referral = sent(small_world)
    with small_world.as_("desk-shelter"):
        for statement in READS:
            assert read(statement, referral) == [], statement
            counted.tried()
        with pytest.raises(DatabaseError, match="not visible"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(DECLINES, [referral.pk, referral.version])
        counted.tried()
        pass_time(seconds=31)
        assert read(READS[0], referral) != []
        assert read(READS[1], referral) == [("D",)]
