"""What her page shows of the requests that go on has no shape, in other ways than one: her "no" is no act again.

`unless_unread` takes what `changed_row` knows for something that was changed: what this server calls Untrusted, and
what the driver cannot read. The rows on which a request stands are split at a colon and unpacked by hand
(`_running`), the row of the sender may be gone, and a policy of rows may raise what it likes. Each ends the page as a
fault, without an alarm; the act that needs none of it was never begun. Red on 8937fd2.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import copy_back, owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_fails_on_its_page import NO
from tests.attacks.test_her_no_is_not_written import opened
from tests.attacks.test_lists_that_are_none import loosened
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import House
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms


@contextmanager
def rows_that_are_none(_case: Case, referral: Referral) -> Iterator[None]:
    with loosened("referral_sender", "consent_rows"):
        owner("alter table referral_sender disable trigger user")
        (was,) = owner("select consent_rows from referral_sender where referral_id = %s", referral.pk)
        owner("update referral_sender set consent_rows = '{nothing}' where referral_id = %s", referral.pk)
        yield
        owner("update referral_sender set consent_rows = %s where referral_id = %s", was["consent_rows"], referral.pk)
        owner("alter table referral_sender enable trigger user")


@contextmanager
def no_row_of_the_sender(_case: Case, referral: Referral) -> Iterator[None]:
    owner("alter table referral_sender disable trigger user")
    (was,) = owner("delete from referral_sender where referral_id = %s returning *", referral.pk)
    yield
    copy_back("referral_sender", was)
    owner("alter table referral_sender enable trigger user")


@contextmanager
def a_policy_that_raises(_case: Case, _referral: Referral) -> Iterator[None]:
    """What the page asks, in the order in which they were sent; no act does."""
    owner(
        "create or replace function not_this() returns boolean language plpgsql volatile as $do$ begin"
        " if current_query() ~ 'ORDER BY .*sent_at' then raise exception 'no'; end if; return true; end $do$;"
        "grant execute on function not_this() to hk_app;"
        'create policy not_this on "referral_origin" as restrictive for select to hk_app using (not_this())'
    )
    yield
    owner('drop policy not_this on "referral_origin"; drop function not_this()')


HOW = [rows_that_are_none, no_row_of_the_sender, a_policy_that_raises]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("where", ["withdraw/", ""])
def test_what_was_sent_is_read_no_more(house: House, how: Any, where: str) -> None:
    case, referral = house.accepted()
    client, form = opened(house, case)
    form = form if where else form_of(client.get(page(case))) | NO
    client.raise_request_exception = False
    before = alarms()
    with how(case, referral):
        answer = client.post(page(case, where), form)
    told, read = alarms() != before, dict[str, Any]()
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she took it back ({answer.status_code}), and it is read; alarm: {told}"
