"""A web process is killed between its commit and its mark, and then the owner of the database puts the old row back.

The mark that says what is old was never written. The next start of the pages writes it, before anybody can put
anything back; afterwards nothing old counts, and no honest row raises an alarm.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from hamkori.casework import raising as of_casework
from hamkori.casework.case.machinery import sealing
from hamkori.casework.case.models import SectionKey
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries import said
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries import permit
from hamkori.people import decisions
from hamkori.people import raising as of_people
from hamkori.people.rules.two_person import CREATE
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted
from tests import database
from tests.attacks.counted import tried
from tests.attacks.planting import as_one_that_has_just_begun
from tests.casework.racing import COLLEAGUE, LEAD, WORKER, House, now
from tests.cast import CUSTODIANS, PASSPHRASE
from tests.database import god
from tests.site import ready, turned
from tests.site.turned import sql

pytestmark = [pytest.mark.alarms]
open_database = turned.open_database


@pytest.fixture
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[House]:
    with turned.a_house(django_db_blocker, tmp_path) as made:
        yield made


def killed(house: House, who: str, what: str, thing: UUID, other: UUID | None = None) -> None:
    """It is committed, and the process is dead before any mark of it is written."""
    person = house.world.people[who]
    told = {k: v for k, v in os.environ.items() if not k.startswith(("HAMKORI_", "PYTEST_", "DJANGO_", "COV_"))}
    told |= {
        "PYTHONPATH": "src",
        "DJANGO_SETTINGS_MODULE": "hamkori.site.settings",
        "HAMKORI_MODE": "test",
        "HAMKORI_PROCESS": "web",
        "HAMKORI_SECRET_KEY": "of a test, and long enough to be one",
        "HAMKORI_DATA": str(turned.path().parent),
        "HAMKORI_KEYRING": str(turned.path()),
        "HAMKORI_MARKS": str(settings.HAMKORI_MARKS),
        "HAMKORI_DATABASE_URL": database.address("hk_app"),
    }
    (email,) = sql("select email from app_user where id = %s", person.user_id)[0]
    words = [email, PASSPHRASE, str(person.membership_id), what, str(thing), str(other or thing)]
    before = marks()
    done = ready.run(words, told, "tests.attacks.killed")
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert marks() == before, "no mark was written"


def marks() -> dict[tuple[str, str], int]:
    """All that say what is old."""
    return {(kind, thing): number for (kind, thing), number in server.marks().all().items() if kind != "settling"}


def starts() -> int:
    """What the pages do at their start."""
    ring = server.keyring()
    with transaction.atomic():
        return of_people.raise_marks(ring) + of_casework.raise_marks(ring)


def alarms() -> int:
    path = Path(settings.HAMKORI_MARKS) / "alarms"
    return len(path.read_text().splitlines()) if path.exists() else 0


def raw_rows(table: str, where: str, *values: object) -> list[str]:
    return [row for (row,) in sql(f"select to_jsonb(t)::text from {table} t where {where}", *values)]


def put_back(table: str, row: str) -> None:
    """The old row as it was, with its good tag."""
    sql(f"delete from {table} where id = (%s::jsonb ->> 'id')::uuid", row)
    sql(f"insert into {table} select * from jsonb_populate_record(null::{table}, %s::jsonb)", row)


def test_a_withdrawal_stays(house: House) -> None:
    case = house.case()
    house.agreed(case)
    killed(house, LEAD, "withdraw", case.pk)
    assert starts() >= 1
    assert marks()["consent", case.pk.hex] == 2
    assert starts() == 0, "nothing is raised twice"
    assert house.as_(LEAD, lambda _actor: said.newest(case.pk)).number == 2
    assert alarms() == 0, "no false alarm"

    sql(
        "delete from consent_row where consent_id = (select id from consent where case_id = %s and number = 2)", case.pk
    )
    sql("delete from consent where case_id = %s and number = 2", case.pk)
    with pytest.raises(Untrusted):
        house.as_(LEAD, lambda _actor: said.newest(case.pk))
    tried()


@pytest.mark.bulk
def test_a_planted_word_above_hers_does_not_hide_that_she_took_it_back(house: House) -> None:
    case = house.case()
    house.agreed(case)
    killed(house, LEAD, "withdraw", case.pk)
    (first,) = raw_rows("consent", "case_id = %s and number = 1", case.pk)
    sql(
        "insert into consent select * from jsonb_populate_record(null::consent, %s::jsonb ||"
        " jsonb_build_object('id', gen_random_uuid(), 'number', 3))",
        first,
    )
    assert starts() >= 1
    assert marks()["consent", case.pk.hex] == 2, "what nobody vouched for raises nothing"
    sql("delete from consent where case_id = %s and number = 3", case.pk)
    assert house.as_(LEAD, lambda _actor: said.newest(case.pk)).number == 2
    tried()


@pytest.mark.bulk
def test_who_was_released_stays_out_and_nobody_writes_under_the_old_epoch(house: House) -> None:
    case = house.case(COLLEAGUE)
    gone = house.world.membership(COLLEAGUE)
    old_team = raw_rows("case_access", "case_id = %s and membership_id = %s", case.pk, gone)
    old_epochs = raw_rows("section_key", "case_id = %s and closed_at is null", case.pk)
    killed(house, LEAD, "release", case.pk, gone)
    closed = sql("select section_code, epoch from section_key where case_id = %s and closed_at is not null", case.pk)
    assert closed
    assert starts() >= 1 + len(closed)
    assert starts() == 0
    for section, epoch in closed:
        assert marks()["epoch", f"{case.pk.hex}.{section}"] == epoch + 1
    assert alarms() == 0
    for row in old_team:
        put_back("case_access", row)
    sql("update section_key set closed_at = null where case_id = %s", case.pk)
    assert old_epochs
    with transaction.atomic():
        rows = house.as_(LEAD, lambda _actor: [one for one in sealing.team(case.pk) if one.membership == gone])
    assert rows
    assert not any(server.trust().holds(one.fact, one.tag) for one in rows), "her row is put back, and is nobody's"
    with transaction.atomic(), god():
        for key in SectionKey.objects.filter(case=case.pk, section_code__in=[section for section, _epoch in closed]):
            assert not sealing._may_be_written_under(key)
    tried(2)


@pytest.mark.bulk
def test_a_request_that_was_recalled_is_not_read_again(house: House) -> None:
    _case, referral = house.sent()
    killed(house, LEAD, "recall", referral.pk)
    assert starts() >= 1
    assert starts() == 0
    assert marks()["permit", referral.pk.hex] == permit.ENDED
    assert alarms() == 0
    sql("update referral set state_code = 'sent' where id = %s", referral.pk)
    with transaction.atomic(), god():
        (data,) = sql("select permit from referral_sender where referral_id = %s", referral.pk)[0]
    with pytest.raises(Untrusted):
        permit.believed(now(referral), lambda: bytes(data))
    tried()


@pytest.mark.parametrize(("what", "urgency"), [("stop", "normal"), ("settle", "urgent"), ("settle", "normal")])
@pytest.mark.bulk
def test_a_permit_that_another_has_replaced_is_old_at_the_next_start(house: House, what: str, urgency: str) -> None:
    """The new one lies there, without its mark: the start reads its serial under the lock. What no desk sees yet goes
    back to a draft with the age.
    """
    case, referral = house.sent(urgency=urgency)
    former = permit_of(referral)
    before = marks()["permit", referral.pk.hex]
    killed(house, LEAD, what, referral.pk if what == "stop" else case.pk)
    newest = permit_of(referral)
    assert newest != former
    with_age = (what, urgency) == ("settle", "urgent")  # the permit of a draft carries none, and opens nothing
    assert starts() == (2 if with_age else 1), "her age too"
    assert starts() == 0
    assert marks()["permit", referral.pk.hex] > before
    assert alarms() == 0
    assert (("child", case.pk.hex) in marks()) == with_age
    for_it = permit.believed(now(referral), lambda: newest)
    assert for_it.serial > before
    sql("update referral set state_code = 'sent' where id = %s", referral.pk)
    with pytest.raises(Untrusted):
        permit.believed(now(referral), lambda: former)
    tried()


@pytest.mark.bulk
def test_a_result_ends_the_permit_at_the_next_start_though_the_request_goes_on(house: House) -> None:
    """Red before: what is finished waits for a yes, and a start took it for one that can still be read."""
    _case, referral = house.accepted()
    killed(house, WORKER, "finish", referral.pk)
    assert starts() >= 1
    assert marks()["permit", referral.pk.hex] == permit.ENDED
    tried()


def permit_of(referral: Referral) -> bytes:
    with transaction.atomic(), god():
        return bytes(sql("select permit from referral_sender where referral_id = %s", referral.pk)[0][0])


def test_a_question_that_was_taken_back_is_answered_by_nobody(house: House) -> None:
    slug = next(iter(house.world.bodies))
    first, second = (f"{one}@{slug}" for one in CUSTODIANS[:2])
    (row, member, until) = sql(
        "select id, asked_by_id, expires_at from two_person where organisation_id = %s", house.world.bodies[slug]
    )[0]
    assert member in (house.world.membership(first), house.world.membership(second))
    assert until
    # It was agreed to in the world's making: its mark stands. A crash has lost it.
    path = Path(settings.HAMKORI_MARKS) / "marks"
    path.write_text("".join(line for line in path.read_text().splitlines(True) if row.hex not in line))
    as_one_that_has_just_begun()
    assert ("request", row.hex) not in marks()
    assert starts() == 1
    assert marks()["request", row.hex] == 2
    assert alarms() == 0
    sql(
        "update two_person set state_code = 'asked', expires_at = %s, decided_at = null, decided_by_id = null,"
        " answer_code = '' where id = %s",
        until,
        row,
    )
    asked: Any = house.as_(second, lambda actor: decisions.waiting(actor, server.trust(), CREATE))
    assert asked is None, "it is not answered a second time"
    tried()


def test_the_real_start_raises_them_and_no_false_mark(house: House) -> None:
    """Everything honest, everything ended: the marks that the acts wrote are those that a start would write."""
    case, _referral = house.accepted()
    house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    before = marks()
    starts()
    after = marks()
    assert all(number >= before[key] for key, number in before.items())
    raised = {key: number for key, number in after.items() if number > before.get(key, 0)}
    assert not [key for key, number in raised.items() if number > 1], raised
    assert alarms() == 0
    house.sent(house.case())
