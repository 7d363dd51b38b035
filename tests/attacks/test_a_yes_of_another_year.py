"""How long a yes of the desk counts, and until when she may agree, is reckoned by the machine's clock.

A lapse leaves no mark, so the permit says until when it may be accepted (`answer_by`). Red on bd47dfe: it was reckoned
from `act.at`, which is `hk_now()`, at the send, and so was the last day on which she may agree (`rules.until_ok`). The
owner said for the moment of one press that it was a later day. What the clock had ended was accepted and read long
afterwards, for as long as she agreed. No alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import accept, rows_of, says, sends
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import Kept, reads
from tests.attacks.test_opened_again import closes, opens_again
from tests.casework.racing import DESK, LEAD, House
from tests.cast import tomorrow
from tests.hour import CLOCK, ahead

pytestmark = pytest.mark.alarms

AHEAD = 40
FREE = "generate_series(current_date, current_date + 200, interval '1 day') d"


@pytest.fixture
def later(house: House) -> Iterator[Any]:
    yield lambda days: owner(CLOCK, ahead(days))
    owner(CLOCK, ahead())


@contextmanager
def in_production(settings: Any) -> Iterator[None]:
    """Where time is the machine's, and the database's is its owner's."""
    settings.PRODUCTION = True
    yield
    settings.PRODUCTION = False


@contextmanager
def nothing_but_days_off() -> Iterator[None]:
    """Half a year of them, and nobody asks how long a clock may last."""
    (made,) = owner("select pg_get_functiondef('clock_is_sound'::regproc) as it")
    owner(f"insert into calendar_day (day, kind_code, source, version) select d, 'holiday', 'his', 1 from {FREE}")
    owner(
        "create or replace function clock_is_sound(p_clock jsonb) returns void language plpgsql stable as"
        " $$ begin end $$"
    )
    try:
        yield
    finally:
        owner(made["it"])
        owner("delete from calendar_day where source = 'his'")


def lapses(referral: Referral) -> None:
    """As the clock does it, in its time."""
    owner("update referral set state_code = 'lapsed', ended_at = now() where id = %s", referral.pk)
    owner("delete from packet_seal where referral_id = %s", referral.pk)
    owner("delete from packet_body where referral_id = %s", referral.pk)


def agrees(house: House, case: Case, until: Any, answer: str = "yes", kind: str = "shelter_social") -> None:
    asking = consent.Asking(language="tg", how_given="spoken", how_said="in_person", until_on=until)
    answers = [consent.Answer(kind, "help", answer, frozenset({"contact"}))]
    house.as_(LEAD, lambda actor: consent.record(actor, case, answers=answers, asking=asking))


def is_accepted_no_more(house: House, draft: Referral, kept: Kept) -> None:
    kept.put_back()
    owner("update referral set visible_at = now() where id = %s", draft.pk)
    tried()
    with pytest.raises(NotNow) as refusal:
        accept(house, draft)
    assert (refusal.value.guard, refusal.value.values) == ("from_state", {"state": "lapsed"})


def test_what_lapsed_is_accepted_by_nobody_whatever_day_it_was_at_the_send(
    house: House, later: Any, settings: Any
) -> None:
    case = house.case()
    says(house, case)
    draft = house.draft(case)
    with in_production(settings):
        later(AHEAD)
        sends(house, draft)
    kept = Kept(draft)
    lapses(draft)
    later(AHEAD - 10)
    is_accepted_no_more(house, draft, kept)


def test_nor_whatever_days_off_there_were(house: House, later: Any) -> None:
    """The calendar is its owner's, and so is the function that asks how long a clock lasts."""
    case = house.case()
    agrees(house, case, tomorrow() + timedelta(days=150))
    draft = house.draft(case, urgency="normal")
    with nothing_but_days_off():
        sends(house, draft)
    kept = Kept(draft)
    lapses(draft)
    later(70)
    is_accepted_no_more(house, draft, kept)


def test_nobody_agrees_for_longer_than_she_may_whatever_day_the_database_says(
    house: House, later: Any, settings: Any
) -> None:
    """180 days at most; the page that is drawn by the owner's clock offers a day that is nine years away."""
    case = house.case()
    tried()
    with in_production(settings):
        later(9 * 365)
        with pytest.raises(NotNow, match="until_ok"):
            agrees(house, case, timezone.localdate() + timedelta(days=9 * 365 + 90))


def test_her_next_word_carries_on_what_runs_whatever_day_it_was(house: House, later: Any, settings: Any) -> None:
    """It was paused: by the owner's clock what she had agreed to was over."""
    case, referral = house.accepted()
    with in_production(settings):
        later(100)
        agrees(house, case, None, answer="no", kind="legal")
        later(0)
        assert reads(house, referral)["contact"]
    tried()


def test_what_is_asked_again_has_ended_by_the_machines_clock(house: House, later: Any, settings: Any) -> None:
    case = house.case()
    says(house, case)
    closes(house, case)
    with in_production(settings):
        later(100)
        opens_again(house, case)
    (row,) = rows_of(case)
    assert row["answer_code"] == "not_asked"
    assert row["until"] <= datetime.now(UTC)
    tried()


def test_an_honest_yes_counts_in_production(house: House, settings: Any) -> None:
    case = house.case()
    with in_production(settings):
        says(house, case)
        draft = house.draft(case)
        sends(house, draft)
        accept(house, draft, DESK)
        assert reads(house, draft)["contact"]
