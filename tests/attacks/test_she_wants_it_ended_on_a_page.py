"""She wants one request ended, and what its page shows beside it cannot be read: it never came to be an act.

What she takes away on the pages of her answers is done where nobody can read what they show (unread.py). The page of
a request reads it whole before it acts (`sender_page`), though the act needs the request alone. ADR 0066: her word
that a request ends is marked whatever is found. Red on 8937fd2.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import transaction

from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House
from tests.web.consenting import form_of
from tests.web.senders import Senders

pytestmark = pytest.mark.alarms


@contextmanager
def no_card() -> Iterator[None]:
    """What the page shows of its body is hidden."""
    owner('create policy no_card on "referral_card" as restrictive for select to hk_app using (false)')
    yield
    owner('drop policy no_card on "referral_card"')


@contextmanager
def a_step_that_raises() -> Iterator[None]:
    """Its history, in the order in which it is shown."""
    owner(
        "create or replace function not_this() returns boolean language plpgsql volatile as $do$ begin"
        " if current_query() ~ 'ORDER BY' then raise exception 'no'; end if; return true; end $do$;"
        "grant execute on function not_this() to hk_app;"
        'create policy not_this on "referral_step" as restrictive for select to hk_app using (not_this())'
    )
    yield
    owner('drop policy not_this on "referral_step"; drop function not_this()')


@pytest.mark.parametrize("how", [no_card, a_step_that_raises])
def test_what_was_sent_is_read_no_more(house: House, how: Any) -> None:
    _case, referral = house.accepted()
    with transaction.atomic():
        client = Senders(house.world).browser(LEAD)
    address = f"/referrals/{referral.code}/withdraw/"
    form = form_of(client.get(address)) | {"how_said": "in_person"}
    client.raise_request_exception = False
    before = alarms()
    with how():
        answer = client.post(address, form)
    told, read = alarms() != before, dict[str, Any]()
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she wants it ended ({answer.status_code}), and it is read; alarm: {told}"
