"""A function of the owner's, which every page calls, changes a setting of the page's own connection: a fault, no alarm.

`test_settings_of_a_login.py` keeps out what a login is given. `hk_now` gives it within the session, and it stays there
for whoever comes next on that connection: dates in another style are a fault of the driver (NotImplementedError), and
texts without an encoding come as bytes, of which `Trust.tag` was asked for a fact of nobody's (ValueError). Red on
8996502: what somebody did or looked at then was a fault (500) without an alarm, her taking back too before her "no" was
marked whatever the database does. With other settings (zone, bytea, isolation) nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House

pytestmark = pytest.mark.alarms


@contextmanager
def set_by_the_clock(name: str, value: str) -> Iterator[None]:
    owner(
        "alter function hk_now() rename to hk_now_as_made;"
        "create function hk_now() returns timestamptz language plpgsql as $do$ begin"
        f" perform set_config('{name}', '{value}', false); return public.hk_now_as_made(); end $do$;"
        "grant execute on function hk_now(), hk_now_as_made() to hk_app"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner("drop function hk_now(); alter function hk_now_as_made() rename to hk_now")


SETTINGS = [
    ("TimeZone", "Asia/Kathmandu"),
    ("TimeZone", "<+99>-99"),
    ("bytea_output", "escape"),
    ("DateStyle", "German"),
    ("client_encoding", "SQL_ASCII"),
    ("client_encoding", "EUC_TW"),
    ("default_transaction_isolation", "serializable"),
]


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_her_word_is_taken_back_or_refused_with_an_alarm(house: House, name: str, value: str) -> None:
    case, _referral = house.accepted()
    before, fault = alarms(), None
    with set_by_the_clock(name, value):
        try:
            house.as_(LEAD, lambda actor: consent.withdraw(actor, Case.objects.get(pk=case.pk), how_said="in_person"))
        except Exception as error:
            fault = error
    tried()
    assert fault is None or isinstance(fault, NotNow), f"{type(fault).__name__}: {fault}; alarm: {alarms() != before}"


def says_yes(house: House, case: Case) -> None:
    says(house, case, kind="legal")


def is_read(house: House, referral: Referral) -> None:
    reads(house, referral)


@pytest.mark.parametrize("does", [says_yes, is_read])
@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_what_else_somebody_does_is_done_or_refused_with_an_alarm(
    house: House, does: Callable[[House, Any], None], name: str, value: str
) -> None:
    case, referral = house.accepted()
    fault = None
    with set_by_the_clock(name, value):
        try:
            does(house, case if does is says_yes else referral)
        except Exception as error:
            fault = error
    tried()
    assert fault is None or isinstance(fault, NotNow), f"{type(fault).__name__}: {fault}"
    assert fault is None or fault.guard == "tag_mismatch"
