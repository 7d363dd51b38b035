"""The connection breaks in each press by which she takes something away: what she spoke against is read on.

Who may say it was asked anew, after the press had failed, over the connection of the press: a function of the owner's
that sets a limit of time in it lets just these presses break there, and everybody read on over other connections. No
alarm. Red on 87c1ae0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import OperationalError, connection

from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import SAID, opened, this_request
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import House, state
from tests.database import raw
from tests.web.consenting import page

pytestmark = pytest.mark.alarms


@contextmanager
def breaking(table: str, setting: str) -> Iterator[None]:
    """Whoever writes there has a connection that ends a moment later."""
    owner(
        "create or replace function no_line() returns trigger language plpgsql as $do$ begin"
        f" perform set_config('{setting}', '1ms', false); perform pg_sleep(0.05); return new; end $do$;"
        f'create trigger no_line before insert on "{table}" for each row execute function no_line()'
    )
    try:
        yield
    finally:
        connection.close()
        owner(f'drop trigger no_line on "{table}"; drop function no_line()')


@pytest.mark.parametrize("says", [*SAID, this_request])
@pytest.mark.parametrize("setting", ["transaction_timeout", "idle_in_transaction_session_timeout"])
def test_what_was_sent_is_read_no_more(house: House, says: Callable[..., None], setting: str) -> None:
    case, referral = house.accepted()
    table = "referral_step" if says is this_request else "consent"
    before = alarms()
    with breaking(table, setting), suppress(Exception):
        says(house, case, referral)
    told, read = alarms() != before, dict[str, Any]()
    with suppress(Exception):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she took it back, and what was sent is read; alarm: {told}"


class EndedBeforeTheCommit(House):
    """The server ends the connection once the act is done, and before its page is over."""

    def as_(self, who: str, do: Any) -> Any:
        def done(actor: Any) -> None:
            do(actor)
            assert connection.connection is not None
            with raw("postgres") as superuser:
                superuser.execute(b"select pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])

        return super().as_(who, done)


@pytest.mark.parametrize("says", [*SAID, this_request])
def test_where_only_the_commit_fails(house: House, says: Callable[..., None]) -> None:
    """The act has ended in order by then: the press around it marks what it took away."""
    case, referral = house.accepted()
    with pytest.raises(OperationalError):
        says(EndedBeforeTheCommit(house.world), case, referral)
    connection.close()
    tried()
    assert state(referral) == "accepted", "nothing of it was written"
    with pytest.raises(NotNow):
        reads(house, referral)


@pytest.mark.parametrize("table", ["operation", "consent"])
def test_on_her_page(house: House, table: str) -> None:
    """Also where it breaks before the action has asked the policy."""
    case, referral = house.accepted()
    client, form = opened(house, case)
    client.raise_request_exception = False
    before = alarms()
    with breaking(table, "transaction_timeout"):
        answers = [client.post(page(case, "withdraw/"), form).status_code for _ in range(2)]
    told, read = alarms() != before, dict[str, Any]()
    with suppress(Exception):
        read = reads(house, referral)
    tried()
    assert read == {}, f"answered {answers}, and what was sent is read; alarm: {told}"
