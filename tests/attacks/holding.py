"""Her word beside somebody who holds a request: what is held, what a turn of the clock does, what opens meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import transaction

from hamkori.access.actor import Actor
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.clock_table import CLOCKS
from hamkori.casework.referral.actions.disclosure import open_packet
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries import received
from hamkori.casework.referral.queries.referrals import referral as found_by
from hamkori.casework.referral.queries.referrals import sides
from hamkori.casework.work.actions import clock
from hamkori.refusal import NotAllowed, NotNow
from tests.attacks.counted import tried
from tests.casework.racing import DESK, WORKER, House, now
from tests.database import as_role, raw

Row = tuple[Case, Referral]


def begun(house: House, wanted: str) -> Row:
    return house.sent() if wanted == "sent" else house.accepted()


@contextmanager
def held(house: House, referral: Referral, who: str, statement: str) -> Iterator[psycopg.Connection]:
    """The receiving side's own SQL, in a transaction that is not ended."""
    with raw("hk_app") as hers:
        hers.execute("select set_config('hk.token', %s, false)", [house.token(who)])
        hers.commit()
        hers.execute(statement.encode(), {"referral": referral.pk, "version": now(referral).version})
        yield hers
        hers.rollback()


def a_turn(house: House) -> Counter[str]:
    with transaction.atomic(), as_role("hk_clock"):
        counts = clock.tick()
    assert "failed" not in counts
    return counts


Asks = Callable[..., list[tuple[Any, ...]]]


@contextmanager
def asking(house: House, who: str) -> Iterator[Asks]:
    """A session whose own SQL is answered, each statement in a transaction of its own that comes to nothing."""
    token = house.token(who)
    with raw("hk_app") as opened:

        def asks(statement: str, *values: object) -> list[tuple[Any, ...]]:
            opened.execute("select set_config('hk.token', %s, true)", [token])
            found = opened.execute(statement.encode(), values).fetchall()
            opened.rollback()
            return found

        yield asks


def as_sql(house: House, who: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What this session's own SQL is answered."""
    with asking(house, who) as asks:
        return asks(statement, *values)


OPENS = {
    "card": "select 1 from referral_card where referral_id = %s",
    "questions": "select 1 from referral_question where referral_id = %s",
    "bodies": "select 1 from packet_body where referral_id = %s",
    "keys": "select 1 from referral_keys(%s)",
    "agreement": "select 1 from consent_of(%s) where live or until is not null or sections <> '{}' or permit <> ''",
}


def nothing_opens(house: House, referral: Referral) -> None:
    """To none of the receiving side, by SQL and on their pages; nor is anything sealed on."""
    for who in (DESK, WORKER):
        with asking(house, who) as asks:
            for name, statement in OPENS.items():
                assert asks(statement, referral.pk) == [], name
                tried()
            for addable in (
                "packet_addable(%s, 'meeting')",
                "seal_addable(%s, 'contact', 1)",
                "seal_addable(%s, 'text', 1)",
            ):
                assert asks(f"select {addable}", referral.pk) == [(False,)], addable

    def reads(actor: Actor) -> str:
        found = found_by(actor, referral.code)
        with pytest.raises((NotNow, NotAllowed)):
            open_packet(actor, found)
        page = received.whole(actor, found, sides(found))
        assert page.card is None
        assert not page.agreed.live
        assert page.steps == frozenset()
        return page.state

    who = WORKER if now(referral).answered_at else DESK
    assert house.as_(who, reads) == "ended", "as after every ending that is the sender's"


def clock_of(name: str, referral: Referral) -> dict[str, Any]:
    """A clock as the pages would start it, a day long."""
    at = referral.written_at
    end = (at + timedelta(days=1)).isoformat()
    rungs = [{"name": rung.name, "at": end} for rung in CLOCKS[name].rungs]
    times = {"started_at": at.isoformat(), "due_at": end, "next_at": end, "rungs": rungs}
    return {"clock_code": name, "row_code": name, "period": 1, "calendar_version": 0, **times}
