"""A colleague is released; the row by which she was on the team has another id at that moment, and its own afterwards.

The mark of an end bears the id that the database names (`case_people`), and nobody asks there whether its tag holds.
So the mark is of an id that never was, and the row of before, with its good tag, is on the team for ever: keys are
sealed to her, and she opens what is written. No alarm. Red on 3f58cb0.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault import tags
from hamkori.vault.server import keyring, trust
from tests.attacks.counted import tried
from tests.attacks.owned import owner, packet_read, sections_read
from tests.attacks.test_planted_casework import SOCIAL, add, part_row, team_row, write
from tests.casework.racing import COLLEAGUE, LEAD, WORKER, House
from tests.web.forms_of import fields, operation
from tests.web.senders import Senders

pytestmark = pytest.mark.alarms


def colleague_put_back(house: House) -> Case:
    """Her row had another id while she was released; it has its own, and its tag, again."""
    case = house.case(COLLEAGUE)
    kept, other = team_row(case, house, COLLEAGUE), uuid4()
    owner("update case_access set id = %s where id = %s", other, kept["id"])
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE)))
    owner("update case_access set id = %s, ended_at = null, tag = %s where id = %s", kept["id"], kept["tag"], other)
    return case


def receiver_put_back(house: House) -> Referral:
    """The same of a worker at the receiver."""
    _case, referral = house.accepted()

    def staff(actor: Any, **who: Any) -> None:
        found = Referral.objects.get(pk=referral.pk)
        receive.staff(actor, found, version=found.version, **who)

    hers = [house.world.membership(SOCIAL)]
    house.as_(WORKER, lambda actor: staff(actor, joins=hers))
    kept, other = part_row(referral, house, SOCIAL), uuid4()
    owner("update referral_access set id = %s where id = %s", other, kept["id"])
    house.as_(WORKER, lambda actor: staff(actor, leaves=hers))
    owner("update referral_access set id = %s, ended_at = null, tag = %s where id = %s", kept["id"], kept["tag"], other)
    return referral


def test_who_was_released_is_off_the_team_whatever_its_row_was_called(house: House) -> None:
    case = colleague_put_back(house)
    write(house, case)
    tried()
    opened = sections_read(house.world, case.pk)
    with pytest.raises((NotNow, NotVisible)):
        house.as_(COLLEAGUE, lambda actor: section.open_section(actor, case, section="contact"))
    assert {who for who, where in opened if where == "contact"} == {LEAD}


def test_who_was_released_works_again_once_she_is_admitted_again(house: House) -> None:
    """And a row of before ids said when they were made goes on until she is released."""
    case = house.case(COLLEAGUE)
    member, older = house.world.membership(COLLEAGUE), uuid4()
    kept = team_row(case, house, COLLEAGUE)
    said = (case.pk, member, house.world.people[COLLEAGUE].user_id, "member", kept["sections"], kept["writes"])
    tag = trust().tag(tags.team(older, *said))
    owner("update case_access set id = %s, tag = %s where id = %s", older, tag, kept["id"])
    write(house, case)
    opened = sections_read(house.world, case.pk)
    assert {who for who, where in opened if where == "contact"} == {LEAD, COLLEAGUE}
    for _ in range(2):
        house.as_(LEAD, lambda actor: team.release(actor, case, membership=member))
        house.as_(LEAD, lambda actor: team.admit(actor, case, membership=member))
    write(house, case)
    opened = sections_read(house.world, case.pk)
    assert {who for who, where in opened if where == "contact"} == {LEAD, COLLEAGUE}


def test_who_was_hidden_while_somebody_took_her_off_is_gone_too(house: House) -> None:
    """The page says that she is not on the team now; and so it stays."""
    case = house.case(COLLEAGUE)
    with transaction.atomic():
        browser = Senders(house.world).browser(LEAD)
    member = house.world.membership(COLLEAGUE)
    address = f"/cases/{case.code}/release/?whom={member}"
    form = fields(browser.get(address))
    row = team_row(case, house, COLLEAGUE)["id"]
    owner("update case_access set ended_at = now() where id = %s", row)
    assert browser.post(address, form)["Location"] == f"/cases/{case.code}/who/"
    owner("update case_access set ended_at = null where id = %s", row)
    write(house, case)
    tried()
    opened = sections_read(house.world, case.pk)
    assert {who for who, where in opened if where == "contact"} == {LEAD}
    whose = house.world.membership(LEAD)
    for nobody in (whose, "", "nobody", "0" * 32):
        again = {**form, "operation": operation()}
        assert browser.post(f"/cases/{case.code}/release/?whom={nobody}", again).status_code in (302, 303)
    write(house, case)
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}


@pytest.mark.parametrize("kind", ["supervisor", "lead"])
def test_who_was_called_otherwise_while_somebody_took_her_off_is_gone_too(house: House, kind: str) -> None:
    """Red on 5f45f7f: the page said that she is not on the team now, and marked nothing."""
    case = house.case(COLLEAGUE)
    with transaction.atomic():
        browser = Senders(house.world).browser(LEAD)
    address = f"/cases/{case.code}/release/?whom={house.world.membership(COLLEAGUE)}"
    form, row = fields(browser.get(address)), team_row(case, house, COLLEAGUE)["id"]
    owner("alter table case_access disable trigger user")
    owner("update case_access set kind_code = %s where id = %s", kind, row)
    assert browser.post(address, form).status_code == 303
    owner("update case_access set kind_code = 'member' where id = %s", row)
    owner("alter table case_access enable trigger user")
    write(house, case)
    tried()
    assert {who for who, where in sections_read(house.world, case.pk) if where == "contact"} == {LEAD}


def test_nor_does_a_released_receiver_get_the_next_addition(house: House) -> None:
    """On the receiving side the press raises an alarm, and the mark is of the other id all the same."""
    referral = receiver_put_back(house)
    add(house, referral)
    tried()
    opened = packet_read(house.world, referral.pk, keyring())
    assert {name for name, what in opened if what == "2.contact"} == {WORKER}
