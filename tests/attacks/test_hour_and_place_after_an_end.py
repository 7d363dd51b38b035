"""Hour and place of the meeting open again once the rows of a request that was ended are put back.

`packet.open` asked for the permit; `meeting.open` asked for the state alone, which is the database's word. Her word and
a recall say that nothing of the request can be opened any more: a colleague of the sender who was released since, and
whose row was put back, read where she is to be met. Red on 3a4afea.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import disclosure, send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault.server import keyring
from tests.attacks.counted import tried
from tests.attacks.hers import accept, says
from tests.attacks.owned import copy_back, owner, packet_read, refused
from tests.attacks.test_former_permits import OF_A_REQUEST, ROW, later, reads, settles
from tests.attacks.test_planted_casework import expect
from tests.casework.racing import COLLEAGUE, LEAD, House, now
from tests.database import address

__all__ = ["later"]
pytestmark = pytest.mark.alarms


@pytest.mark.parametrize("how", ["withdraw", "recall"])
def test_hour_and_place_do_not_open_once_it_has_ended(house: House, how: str) -> None:
    _case, referral = house.accepted()
    before = owner("select * from referral where id = %s", referral.pk)[0]
    plain = owner("select to_jsonb(r) as row from referral r where id = %s", referral.pk)[0]["row"]
    kept = {table: owner(f"select * from {table} where referral_id = %s", referral.pk) for table in OF_A_REQUEST[:2]}

    def ends(actor: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        if how == "withdraw":
            send.withdraw(actor, found, how_said="in_person")
        else:
            send.recall(actor, found, version=found.version, reason="mistake")

    house.as_(LEAD, ends)
    assert before["state_code"] == "accepted"
    owner("alter table referral disable trigger user")
    owner(ROW, Jsonb(plain))
    owner("alter table referral enable trigger user")
    for table, rows in kept.items():
        for row in rows:
            there = owner(f"select 1 from {table} where id = %s", row["id"]) if "id" in row else [1]
            if not there:
                copy_back(table, row)
    tried()
    with refused("permit"):
        told(house, referral)


def told(house: House, referral: Referral, who: str = LEAD) -> Any:
    return house.as_(who, lambda actor: disclosure.open_meeting(actor, Referral.objects.get(pk=referral.pk)))


def with_a_colleague(house: House) -> tuple[Case, Referral]:
    case, referral = house.sent(house.case(COLLEAGUE))
    accept(house, referral)
    return case, referral


def test_who_was_released_is_not_told_though_her_rows_are_put_back(house: House) -> None:
    """While the request goes on, and with the seal that was hers."""
    case, referral = with_a_colleague(house)
    assert told(house, referral, COLLEAGUE)["hour"]
    hers = house.world.membership(COLLEAGUE)
    row = owner("select * from case_access where case_id = %s and membership_id = %s", case.pk, hers)[0]
    seals = owner("select * from packet_seal where referral_id = %s", referral.pk)
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=hers))
    with pytest.raises(Referral.DoesNotExist):
        told(house, referral, COLLEAGUE)
    owner("update case_access set ended_at = null, tag = %s where id = %s", row["tag"], row["id"])
    for seal in seals:
        if not owner("select 1 from packet_seal where id = %s", seal["id"]):
            copy_back("packet_seal", seal)
    assert (COLLEAGUE, "1.meeting") in packet_read(house.world, referral.pk, keyring()), "it is hers"
    with refused("team"):
        told(house, referral, COLLEAGUE)
    assert told(house, referral)["hour"], "who is on the team is told"
    tried()


@pytest.mark.parametrize("column", ["kind_code", "sections"])
def test_nor_is_who_is_on_the_team_by_another_row_than_she_was_given(house: House, column: str) -> None:
    case, referral = with_a_colleague(house)
    there = {"kind_code": "lead", "sections": ["contact"]}[column]
    owner("alter table case_access disable trigger user")
    owner(f"update case_access set {column} = %s where case_id = %s and membership_id = %s",
          there, case.pk, house.world.membership(COLLEAGUE))  # fmt: skip
    owner("alter table case_access enable trigger user")
    with refused("team"):
        told(house, referral, COLLEAGUE)
    tried()


def test_a_request_hung_on_another_case_is_read_by_the_team_of_its_own(house: House) -> None:
    other = house.case(COLLEAGUE)
    _case, referral = with_a_colleague(house)
    _mine, theirs = house.accepted()
    owner("update referral_origin set case_id = %s where referral_id = %s", other.pk, theirs.pk)
    with pytest.raises((NotNow, NotVisible)):
        told(house, theirs, COLLEAGUE)
    assert told(house, referral, COLLEAGUE)["hour"]
    tried()


def test_her_own_people_are_told_until_she_comes_or_it_ends(house: House, later: Any) -> None:
    """Another word of hers, another age, another time, and an agreement that has run out: they go on reading."""
    case, referral = with_a_colleague(house)
    says(house, case, kind="legal")
    settles(house, case)
    assert told(house, referral)["hour"]
    assert told(house, referral, COLLEAGUE)["hour"]
    expect(house, now(referral))
    assert told(house, referral)["hour"]
    later(40)
    with pytest.raises(NotNow, match="consent_live"):
        reads(house, referral)
    assert told(house, referral)["hour"], "where she is to be is known to them"
    assert told(house, referral, COLLEAGUE)["hour"]
    later(0)
    house.as_(LEAD, lambda actor: send.recall(actor, now(referral), version=now(referral).version, reason="mistake"))
    with pytest.raises(NotNow, match="from_state"):
        told(house, referral)


def test_nor_is_it_read_while_her_word_waits_for_who_holds_the_request(house: House) -> None:
    """What the clock is to end opens for nobody; it is no alarm."""
    case, referral = house.accepted()
    found = house.as_(LEAD, lambda _actor: Referral.objects.get(pk=referral.pk))
    with psycopg.connect(address("hk_test")) as holding:
        holding.execute("set role hk_owner")
        holding.execute("select 1 from public.referral where id = %s for update", [referral.pk])
        house.as_(LEAD, lambda actor: consent.withdraw(actor, Case.objects.get(pk=case.pk), how_said="in_person"))
    with pytest.raises(NotNow, match="from_state"):
        house.as_(LEAD, lambda actor: disclosure.open_meeting(actor, found))
