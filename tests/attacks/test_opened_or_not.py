"""What stands in the sender's record as opened is of somebody who could open it at that moment.

Red on 344b014: a desk officer's own statement wrote "opened what was sent" before she had accepted, and one of the team
wrote it of a part that she was never handed, and after the word of the person had ended it.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.audit.models import Ledger
from hamkori.casework.referral.actions.disclosure import open_packet
from hamkori.casework.referral.actions.send import withdraw
from hamkori.casework.referral.models import Referral
from tests.attacks.counted import tried
from tests.attacks.test_after_it_was_sent import accepted, waiting
from tests.cast import World, pass_time
from tests.database import god

pytestmark = pytest.mark.django_db

WRITES = "select ledger_append('packet.open', %s, '', '', %s, %s, null, %s, null, null, '', null, null)"


def writes(referral: UUID | None, section: str = "text", kind: str = "referral", decision: str = "done") -> bool:
    """Whether her own statement gets such a row into the ledger."""
    tried()
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WRITES, [decision, kind, referral, section])
        return True
    return False


def opened() -> list[str]:
    with god():
        found = Ledger.objects.filter(action_code="packet.open", decision_code="done").order_by("id")
        return list(found.values_list("section_code", flat=True))


@pytest.mark.parametrize("who", ["desk-shelter", "shelter-worker", "caseworker-cso"])
def test_nobody_has_opened_what_waits(small_world: World, who: str) -> None:
    referral = waiting(small_world)
    pass_time(seconds=31)
    with small_world.as_(who):
        assert not any(writes(referral.pk, section) for section in ("text", "contact", ""))
        assert not writes(None)
        assert not writes(referral.pk, kind="")
    assert opened() == []


def test_of_what_was_accepted_whoever_is_handed_it_and_nothing_else(small_world: World) -> None:
    referral = accepted(small_world)
    for who in ("desk-shelter", "caseworker-cso"):
        with small_world.as_(who):
            assert not any(writes(referral.pk, section) for section in ("text", "contact", "meeting", ""))
    with small_world.as_("shelter-worker") as worker:
        assert not writes(referral.pk, "legal")
        assert not writes(referral.pk, "meeting")
        assert writes(referral.pk, "legal", decision="refused"), "a refusal is none of the sender's record"
        assert opened() == []
        open_packet(worker, Referral.objects.get(pk=referral.pk))
    assert "text" in opened()


def test_nothing_is_opened_after_her_word(small_world: World) -> None:
    referral = accepted(small_world)
    with small_world.as_("shelter-worker") as worker:
        withdraw(worker, Referral.objects.get(pk=referral.pk), how_said="in_person")
        assert not any(writes(referral.pk, section) for section in ("text", "contact", ""))
    assert opened() == []


def test_nothing_is_opened_while_her_agreement_is_over(small_world: World) -> None:
    referral = accepted(small_world)
    with small_world.as_("shelter-worker"):
        pass_time(days=61)
        assert not any(writes(referral.pk, section) for section in ("text", "contact", ""))
    assert opened() == []
