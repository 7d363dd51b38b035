"""She takes a new passphrase because somebody knows the old one; the owner puts its row back, and the old one is hers.

A credential bears no tag and asked no mark (`people.sign_in.check`): only the key was compared with the mark `key`, and
only where something was sealed to it. So the row of before, with its box, and the key and wraps of before opened what
was sealed until then, in the running product, by whoever knew the former passphrase (with a second factor of his, or a
used recovery code that was put back, too). A session that was followed by a new passphrase is over; a sign-in was not.
What was written afterwards lay under the same epochs.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from hamkori.casework.case.actions import section
from hamkori.casework.work.actions.key_change import change_key
from hamkori.people import raising, totp
from hamkori.people.actions import account
from hamkori.people.sign_in import WrongPassphrase, acting
from hamkori.refusal import NotNow, NotVisible
from hamkori.site.tags import tagging, told
from hamkori.vault import server
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.server import keyring
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.owned import copy_back, owner
from tests.attacks.test_planted_casework import PSYCHOLOGIST, write
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.kept_house import KeptHouse
from tests.casework.racing import COLLEAGUE, LEAD, WORDS, House
from tests.cast import PASSPHRASE
from tests.database import god

pytestmark = pytest.mark.alarms

TABLES = ("credential", "person_key")
SIGN_IN, SECOND = "/account/sign-in/", "/account/second-step/"
WRONG = "This e-mail and this passphrase do not belong together."
Kept = tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def a_house_of_its_own(house: KeptHouse) -> None:
    """Who has taken another passphrase has it for good."""
    house.anew()


def of_hers(table: str, user: Any) -> dict[str, Any]:
    return owner(f"select * from {table} where user_id = %s{' and ended_at is null' if table == 'person_key' else ''}",
                 user)[0]  # fmt: skip


def kept_aside(user: UUID) -> Kept:
    kept = {table: of_hers(table, user) for table in TABLES}
    return kept, owner("select * from section_wrap where recipient_key_id = %s", kept["person_key"]["id"])


def puts_back(aside: Kept, user: Any) -> None:
    kept, wraps = aside
    owner("update person_key set ended_at = now() where user_id = %s and id <> %s", user, kept["person_key"]["id"])
    for table in TABLES:
        owner(f"alter table {table} disable trigger user")
    owner("update person_key set ended_at = null where id = %s", kept["person_key"]["id"])
    owner("delete from credential where user_id = %s", user)
    copy_back("credential", {name: value for name, value in kept["credential"].items() if name != "pepper_no"})
    for table in TABLES:
        owner(f"alter table {table} enable trigger user")
    for wrap in wraps:
        if not owner("select 1 from section_wrap where id = %s and recipient_key_id = %s",
                     wrap["id"], wrap["recipient_key_id"]):  # fmt: skip
            owner("delete from section_wrap where id = %s", wrap["id"])
            copy_back("section_wrap", wrap)


def takes_new(house: House, who: str) -> None:
    assert house.as_(who, lambda actor: change_key(actor, PASSPHRASE, WORDS[1])) is not None


def epoch(case: Any) -> int:
    return int(owner("select max(epoch) as last from section_key where case_id = %s and section_code = 'contact'",
                     case.pk)[0]["last"])  # fmt: skip


def reads(house: House, who: str, case: Any) -> dict[str, Any]:
    person = house.world.people[who]
    with (
        suppress(WrongPassphrase, Untrusted, Sealed, NotNow, NotVisible),
        transaction.atomic(),
        acting(keyring(), person.email, PASSPHRASE, person.membership_id) as thief,
    ):
        return dict(section.open_section(thief, case, section="contact").fields)
    return {}


def test_nor_reads_it_what_was_written_after_it_was_changed(house: House) -> None:
    case, person = house.case(PSYCHOLOGIST), house.world.people[PSYCHOLOGIST]
    aside = kept_aside(person.user_id)
    takes_new(house, PSYCHOLOGIST)
    write(house, case)
    puts_back(aside, person.user_id)
    connection.close()
    before, read = alarms(), reads(house, PSYCHOLOGIST, case)
    told = alarms() != before
    tried()
    assert read.get("call_name") != "later", f"what was sealed after the change is read; alarm: {told}"


def test_what_is_written_afterwards_lies_under_no_key_that_hers_has_held(house: House) -> None:
    """Also where he has taken her wraps aside meanwhile, so that nobody sees what she held."""
    case, person = house.case(PSYCHOLOGIST), house.world.people[PSYCHOLOGIST]
    kept, wraps = kept_aside(person.user_id)
    owner("alter table section_wrap disable trigger user")
    owner("delete from section_wrap where recipient_key_id = %s", kept["person_key"]["id"])
    takes_new(house, PSYCHOLOGIST)
    for wrap in wraps:
        copy_back("section_wrap", wrap)
    owner("alter table section_wrap enable trigger user")
    was = epoch(case)
    write(house, case)
    tried()
    assert epoch(case) == was + 1
    write(house, case)
    assert epoch(case) == was + 1, "one is enough until somebody takes another passphrase"


def test_a_change_whose_marks_a_crash_has_left_out_counts_from_the_next_start(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, person = house.case(PSYCHOLOGIST), house.world.people[PSYCHOLOGIST]
    aside, was = kept_aside(person.user_id), epoch(case)
    with monkeypatch.context() as killed:
        killed.setattr(server, "mark", lambda *_of: None)
        killed.setattr(server, "key_changed", lambda: None)
        takes_new(house, PSYCHOLOGIST)
    with transaction.atomic():
        assert raising.raise_marks(keyring()) >= 1
    write(house, case)
    assert epoch(case) == was + 1
    puts_back(aside, person.user_id)
    tried()
    assert reads(house, PSYCHOLOGIST, case) == {}


def through_the_door(house: House, who: str, case: Any) -> dict[str, Any]:
    person, client = house.world.people[who], doors.stranger()
    client.raise_request_exception = False
    answer = client.post(SIGN_IN, {"login": person.email, "password": PASSPHRASE})
    assert WRONG in answer.content.decode(), "as for any wrong one"
    client.post(SECOND, {"code": totp.code(person.totp_secret)})
    page = client.get(f"/cases/{case.code}/section/?of=contact", follow=True)
    return {"call_name": page.status_code} if "Canary-Call-Name" in page.content.decode() else {}


@pytest.mark.parametrize("tries", [through_the_door, reads])
def test_who_knows_it_is_not_her(house: House, tries: Callable[[House, str, Any], dict[str, Any]]) -> None:
    who = COLLEAGUE if tries is through_the_door else LEAD
    case, person = house.case(*((COLLEAGUE,) if who == COLLEAGUE else ())), house.world.people[who]
    aside = kept_aside(person.user_id)
    takes_new(house, who)
    puts_back(aside, person.user_id)
    connection.close()
    before, read = alarms(), tries(house, who, case)
    told = alarms().removeprefix(before)
    tried()
    assert read == {}, f"by the passphrase that she has changed somebody reads {read}; alarm: {told}"
    assert f" key {person.user_id.hex} " in told


def test_nor_does_it_unlock_or_take_another_one(house: House) -> None:
    """In a session that is open, by copied cookies."""
    house.case()
    person = house.world.people[LEAD]
    aside = kept_aside(person.user_id)
    takes_new(house, LEAD)
    puts_back(aside, person.user_id)
    before = alarms()
    assert house.as_(LEAD, lambda actor: account.unlock(keyring(), actor, PASSPHRASE)) is None
    assert house.as_(LEAD, lambda actor: change_key(actor, PASSPHRASE, WORDS[2])) is None
    tried()
    assert f" key {person.user_id.hex} " in alarms().removeprefix(before)


def test_a_sign_in_that_was_half_done_begins_anew(house: House) -> None:
    person, client = house.world.people[LEAD], doors.stranger()
    client.post(SIGN_IN, {"login": person.email, "password": PASSPHRASE})
    takes_new(house, LEAD)
    answer = client.post(SECOND, {"code": totp.code(person.totp_secret)})
    tried()
    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)
    assert client.get("/account/").status_code == 302, "nobody is signed in"


def test_a_used_recovery_code_is_used_whatever_its_row_says(house: House) -> None:
    person = house.world.people[LEAD]
    code = person.recovery_codes[2]

    def gives() -> Any:
        client = doors.stranger()
        client.post(SIGN_IN, {"login": person.email, "password": PASSPHRASE})
        return client.post(SECOND, {"code": code})

    assert gives().status_code == 302
    owner("alter table mfa_authenticator disable trigger user")
    owner("update mfa_authenticator set data = jsonb_set(data, '{used_mask}', '0') where user_id = %s"
          " and type = 'recovery_codes'", person.user_id)  # fmt: skip
    owner("alter table mfa_authenticator enable trigger user")
    before, answer = alarms(), gives()
    tried()
    assert (answer.status_code, "used already" in answer.content.decode()) == (200, True)
    assert f" factor {person.user_id.hex}.codes " in alarms().removeprefix(before)


def test_after_a_restored_backup_two_people_say_that_it_is_hers_until_she_takes_another_one(house: House) -> None:
    """The database has forgotten her change, and the marks have not."""
    case, person = house.case(), house.world.people[LEAD]
    aside = kept_aside(person.user_id)
    takes_new(house, LEAD)
    puts_back(aside, person.user_id)
    by = (house.world.people[COLLEAGUE].email, house.world.people[PSYCHOLOGIST].email)
    row = aside[0]["person_key"]["id"]
    assert reads(house, LEAD, case) == {}
    with god():
        lines: list[str] = []
        tagging.look(lines.append)
        line = next(line for line in lines if line.startswith(f"key {row}: behind its mark"))
        assert "only where you have put a backup back" in line
        tagging.vouch("key", row, line.rpartition(" ")[2], by)
    with god(), pytest.raises(tagging.AlreadyVouched):
        tagging.vouch("key", row, line.rpartition(" ")[2], by)
    assert reads(house, LEAD, case)["call_name"] == "Canary-Call-Name"
    assert house.as_(LEAD, lambda actor: change_key(actor, PASSPHRASE, WORDS[2])) is not None
    puts_back(aside, person.user_id)
    tried()
    assert reads(house, LEAD, case) == {}, "and that is over too"


def test_nobody_vouches_for_a_former_key_that_somebody_has_changed(house: House) -> None:
    person = house.world.people[LEAD]
    aside = kept_aside(person.user_id)
    takes_new(house, LEAD)
    puts_back(aside, person.user_id)
    owner("alter table person_key disable trigger user")
    owner("update person_key set public = %s where id = %s", bytes(32), aside[0]["person_key"]["id"])
    owner("alter table person_key enable trigger user")
    by, trust = (house.world.people[COLLEAGUE].email, house.world.people[PSYCHOLOGIST].email), server.trust()
    tried()
    with god():
        row = next(one for one in tagging.BY_NAME["key"].read() if one.id == aside[0]["person_key"]["id"])
        check = told.check_word(trust, "key", row, told.told(told.Holding(trust), "key", row))
        with pytest.raises(tagging.NotVouched):
            tagging.vouch("key", row.id, check, by)
