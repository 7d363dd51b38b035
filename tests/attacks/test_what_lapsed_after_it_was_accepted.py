"""Help that went on lapsed 30 days after her agreement had run out; put back, her next yes gave it a permit again.

The clock writes no mark (`referral.lapse`, "consent_ended"), and until when an accepted request may go on its permit
did not say: `answer_by` is for the desk alone. Red on 8996502: the owner put the rows of the request back, the next yes
of hers was carried out for every request that stood open (`permits.renew`), and the receiver read what was sent then.
No alarm. The permit says now when what she agreed to ran out, also while nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import disclosure, send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.hers import accept, sends
from tests.attacks.owned import copy_back, owner
from tests.attacks.test_former_permits import Kept, reads
from tests.casework.racing import LEAD, House, state
from tests.hour import CLOCK, ahead, first_day

pytestmark = pytest.mark.alarms

PARTS = "select * from referral_access where referral_id = %s"
PAUSED, LAPSED = 70, 100
"""Days after she agreed for 60: within the 30 in which her next yes goes on, and past them."""


@pytest.fixture
def later(house: House) -> Iterator[Any]:
    yield lambda days: owner(CLOCK, ahead(days))
    owner(CLOCK, ahead())


def lapses(referral: Any) -> None:
    """As `referral_tick` does it."""
    owner("update referral set state_code = 'lapsed', ended_at = now() where id = %s", referral.pk)
    for table in ("packet_seal", "packet_body", "referral_clock"):
        owner(f"delete from {table} where referral_id = %s", referral.pk)
    assert state(referral) == "lapsed"


def agrees(house: House, case: Any, answer: str = "yes", kind: str = "shelter_social", days: int = 160) -> None:
    until = first_day() + timedelta(days=days)
    asking = consent.Asking(language="tg", how_given="spoken", how_said="in_person", until_on=until)
    sections = frozenset({"contact"} if answer == "yes" else ())
    answers = [consent.Answer(kind, "help", answer, sections)]
    house.as_(LEAD, lambda actor: consent.record(actor, Case.objects.get(pk=case.pk), answers=answers, asking=asking))


class Accepted:
    """A request that goes on, as the owner keeps it aside."""

    def __init__(self, house: House) -> None:
        self.case, self.referral = house.accepted()
        self.kept, self.parts = Kept(self.referral), owner(PARTS, self.referral.pk)

    def put_back(self) -> None:
        self.kept.put_back()
        owner(
            "update referral set answered_at = now(), arrival_on = current_date where id = %s",
            self.referral.pk,
        )
        for row in self.parts:
            if not owner("select 1 from referral_access where id = %s", row["id"]):
                copy_back("referral_access", row)


def nothing_is_read(house: House, referral: Any) -> None:
    read: dict[str, Any] = {}
    with suppress(NotNow, NotVisible):
        read = reads(house, referral)
    tried()
    assert read == {}, "it had lapsed, and is read on her next yes"


def test_her_next_yes_gives_nothing_to_what_had_lapsed(house: House, later: Any) -> None:
    gone = Accepted(house)
    later(LAPSED)
    nothing_is_read(house, gone.referral)
    lapses(gone.referral)
    gone.put_back()
    agrees(house, gone.case)
    nothing_is_read(house, gone.referral)


def test_nor_after_a_word_about_something_else_while_it_was_paused(house: House, later: Any) -> None:
    """What she says meanwhile has no date for this help; the permit remembers the one that it had."""
    gone = Accepted(house)
    later(PAUSED)
    agrees(house, gone.case, "no", "legal")
    gone.kept = Kept(gone.referral)
    later(LAPSED)
    lapses(gone.referral)
    gone.put_back()
    agrees(house, gone.case)
    nothing_is_read(house, gone.referral)
    agrees(house, gone.case)
    nothing_is_read(house, gone.referral)


def test_nothing_is_added_to_what_had_lapsed(house: House, later: Any) -> None:
    gone = Accepted(house)
    later(LAPSED)
    lapses(gone.referral)
    gone.put_back()
    agrees(house, gone.case)

    def adds(actor: Any) -> None:
        found = Referral.objects.get(pk=gone.referral.pk)
        send.add(actor, found, version=found.version, sections=["contact"])

    with pytest.raises(NotNow) as refusal:
        house.as_(LEAD, adds)
    tried()
    assert (refusal.value.guard, refusal.value.values) == ("from_state", {"state": "lapsed"})


def test_nobody_is_told_again_where_she_was_to_come(house: House, later: Any) -> None:
    gone = Accepted(house)
    later(LAPSED)
    lapses(gone.referral)
    gone.put_back()
    with pytest.raises(NotNow, match="from_state"):
        house.as_(LEAD, lambda actor: disclosure.open_meeting(actor, Referral.objects.get(pk=gone.referral.pk)))
    tried()


def test_what_waited_when_her_agreement_ended_is_accepted_by_nobody(house: House, later: Any) -> None:
    """It lapses at once, long before the desk would have had to answer."""
    case = house.case()
    agrees(house, case, days=1)
    referral = house.draft(case, urgency="normal")
    sends(house, referral)
    kept = Kept(referral)
    later(3)
    lapses(referral)
    kept.put_back()
    agrees(house, case)
    with pytest.raises(NotNow) as refusal:
        accept(house, referral)
    tried()
    assert (refusal.value.guard, refusal.value.values) == ("from_state", {"state": "lapsed"})


def test_her_next_yes_goes_on_with_help_that_was_paused(house: House, later: Any) -> None:
    case, referral = house.accepted()
    later(PAUSED)
    with pytest.raises(NotNow, match="consent_live"):
        reads(house, referral)
    agrees(house, case, "no", "legal")
    agrees(house, case)
    assert reads(house, referral)["contact"]
    later(PAUSED + 90)
    assert reads(house, referral)["contact"], "until the new day"
