"""What she ended by a "no" is carried on by her next yes, where the database did not name it among what ends.

Which requests her word ends is said by `consent_hits`, a function of the owner's. One that it left out got a permit on
which nothing is read (`permits.carried`), and not its end: her next yes, said of something new, made it live again, and
the receiver read the text that she had taken back. So her own word is asked besides. Red on 87c1ae0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.permit import ENDED
from hamkori.vault.server import marks
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import alarmed, owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import HELP, SAID, a_no
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House, state

pytestmark = pytest.mark.alarms


@contextmanager
def nothing_hit() -> Iterator[None]:
    """Her word ends no request, says the function that is asked."""
    (made,) = owner("select pg_get_functiondef('consent_hits'::regproc) as hits")
    owner(
        "create or replace function consent_hits(p_case uuid)"
        " returns table (referral_id uuid, refused boolean, dropped text[])"
        " language sql stable security definer as $$ select null::uuid, false, '{}'::text[] where false $$"
    )
    try:
        yield
    finally:
        owner(made["hits"])


@pytest.mark.parametrize("takes", SAID)
def test_what_she_ended_stays_ended(house: House, takes: Callable[..., None]) -> None:
    case, referral = house.accepted()
    assert reads(house, referral)
    before, read = alarms(), dict[str, Any]()
    with nothing_hit():
        takes(house, case, referral)
    says(house, case, again=(referral.to_organisation_id,))
    owner("alter table referral_sender disable trigger user")
    owner("update referral_sender set sections = '{}' where referral_id = %s", referral.pk)  # narrower than the permit
    owner("alter table referral_sender enable trigger user")
    with suppress(Exception):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she took it back ({state(referral)}), and it is read; alarm: {alarms() != before}"


def has_ended(referral: Referral) -> bool:
    return marks().least("permit", referral.pk) >= ENDED


def test_that_it_was_left_out_alarms(house: House) -> None:
    case, referral = house.accepted()
    with nothing_hit(), alarmed("permit"):
        a_no(house, case, referral)
    tried()
    assert has_ended(referral)


def narrower(house: House, case: Case) -> None:
    taken = {"rows": [HELP], "sections": {"contact"}}
    house.as_(LEAD, lambda actor: consent.withdraw(actor, case, **taken, how_said="in_person"))


def without_the_name(house: House, case: Case) -> None:
    says(house, case, "without_name", sections=frozenset({"contact"}))


def to_somebody_else(house: House, case: Case) -> None:
    says(house, case, "no", kind="police", purpose="justice")


@pytest.mark.parametrize("hers", [narrower, without_the_name, to_somebody_else])
def test_what_only_narrows_goes_on(house: House, hers: Callable[[House, Case], None]) -> None:
    case, referral = house.accepted()
    before = alarms()
    hers(house, case)
    assert (state(referral), has_ended(referral), alarms()) == ("accepted", False, before)
    assert reads(house, referral)
    tried()
