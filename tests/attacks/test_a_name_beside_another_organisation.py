"""The name that a screen shows is that of one organisation, and the form names another: the request goes there.

A list of services believed the organisation that was joined to each: its names lie under its tag. That it is the one
whose id stands in the service, and in the form (`shown_for`), nobody compared: the database joins them, by an operator
of the owner's. Everything afterwards goes by the id, and the page had said "Shelter Kulob". Red on b0769ca: sent to Cso
Pamir, whose desk accepted and read her name. The pages of a request named a body in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.attacks.test_read_again_as_another import _columns, alarms
from tests.casework.racing import DESK, LEAD, House
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.alarms


@contextmanager
def joined_to(theirs: Any, shown: Any) -> Iterator[None]:
    """While a page is drawn, whatever names `theirs` by its id is joined to the organisation `shown`.

    An id is answered as one (a domain over it), and two are equal when the owner says so.
    """
    columns = ", ".join("id::their_id as id" if one == "id" else f'"{one}"' for one in _columns("organisation"))
    owner(
        "create domain their_id as uuid; alter table organisation rename to organisation_as_made;"
        f"create view organisation as select {columns} from organisation_as_made;"
        "grant select on organisation to hk_app;"
        "create function is_of(uuid, their_id) returns boolean language sql stable as"
        f" $$ select case when $1 = '{theirs}' then '{shown}'::uuid else $1 end = $2::uuid $$;"
        "create operator = (leftarg = uuid, rightarg = their_id, function = is_of);"
        "grant execute on function is_of(uuid, their_id) to hk_app"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner(
            "drop view organisation; drop operator = (uuid, their_id); drop function is_of(uuid, their_id);"
            "drop domain their_id; alter table organisation_as_made rename to organisation"
        )


def test_a_service_is_offered_under_the_name_of_its_own_organisation_or_of_none(house: House) -> None:
    case, service = house.case(), house.world.services["HOME-02"]
    shelter, pamir = house.world.bodies["shelter-kulob"], house.world.bodies["cso-pamir"]
    says(house, case)
    with transaction.atomic():
        senders = Senders(house.world)
        browser = senders.browser(LEAD)
    before = alarms()
    owner("update service set organisation_id = %s where id = %s", pamir, service)
    with joined_to(pamir, shelter):
        page = browser.post(
            f"/cases/{case.code}/refer/", {**senders.screen(case), "do": "look", "shown_for": "", "shown_mark": ""}
        )
        listed = browser.get("/directory/")
    owner("update service set organisation_id = %s where id = %s", shelter, service)
    told = alarms()[len(before) :]
    tried()
    assert "Shelter Kulob" not in page_text(page), "her screen says so, and the form names Cso Pamir"
    assert "Shelter Kulob" not in page_text(listed)
    assert listed.status_code == 200
    assert " org " in told


def test_a_request_names_the_organisation_that_it_goes_to_or_none(house: House) -> None:
    _case, sent = house.sent()
    named(house, LEAD, "to", (f"/referrals/{sent.code}/", "/referrals/"))


def test_a_request_names_the_organisation_that_it_comes_from_or_none(house: House) -> None:
    _case, sent = house.sent()
    named(house, DESK, "from", (f"/referrals/{sent.code}/", "/desk/"))


def named(house: House, who: str, side: str, addresses: tuple[str, ...]) -> None:
    """Pages that name a body of a request, while the database joins Cso Pamir to it."""
    body = house.world.bodies["shelter-kulob" if side == "to" else "cso-kulob"]
    with transaction.atomic():
        browser = Senders(house.world).browser(who)
    before = alarms()
    with joined_to(body, house.world.bodies["cso-pamir"]):
        pages = [page_text(browser.get(address)) for address in addresses]
    tried(len(pages))
    assert [page for page in pages if "Cso Pamir" in page] == []
    assert [page for page in pages if "This name cannot be confirmed." not in page] == []
    assert " org " in alarms()[len(before) :]
