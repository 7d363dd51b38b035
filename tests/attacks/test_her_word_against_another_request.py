"""She wants the request to one organisation ended; the page that names it is that of another request, which ends.

The page of a request showed the organisation that was joined to it, believed under its tag (`referrals.body_name`), and
nobody compared it with the request's own `to_organisation_id`: as in `test_a_name_beside_another_organisation.py`, here
of a page on which something is ended. Red on 781004e: the one to Cso Pamir was to end, the other did, and Pamir read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.attacks.test_read_again_as_another import _columns, alarms
from tests.casework.racing import LEAD, House
from tests.web.senders import Senders, page_text

pytestmark = [pytest.mark.alarms, pytest.mark.usefixtures("may_make_temporary_views")]

THEIRS = "stranger"


@contextmanager
def named_crosswise(one: Any, other: Any) -> Iterator[None]:
    """While a page is drawn, what goes to the one organisation is joined to the other."""
    columns = ", ".join(
        "c.to_organisation_id::text as to_organisation_id" if name == "to_organisation_id" else f'c."{name}"'
        for name in _columns("referral")
    )
    owner(
        "create function is_of(text, uuid) returns boolean language sql stable as $$ select case"
        f" when $1 = '{one}' then $2 = '{other}'::uuid when $1 = '{other}' then $2 = '{one}'::uuid"
        " else $1::uuid = $2 end $$;"
        "create operator = (leftarg = text, rightarg = uuid, function = is_of);"
        "create function of_is(uuid, text) returns boolean language sql stable as $$ select is_of($2, $1) $$;"
        "create operator = (leftarg = uuid, rightarg = text, function = of_is);"
        "alter function hk_now() rename to hk_now_as_made;"
        "create function hk_now() returns timestamptz language plpgsql security definer set search_path = public"
        " as $do$ begin if coalesce(current_setting('hkx.n', true), '') = '' then"
        f" create or replace temporary view referral as select {columns} from public.referral c;"
        " grant select on pg_temp.referral to public; perform set_config('hkx.n', '1', false);"
        " end if; return hk_now_as_made(); end $do$;"
        "grant execute on function hk_now(), is_of(text, uuid), of_is(uuid, text) to hk_app"
    )
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("select hk_now()")
    try:
        yield
    finally:
        connection.close()
        owner(
            "drop function hk_now(); alter function hk_now_as_made() rename to hk_now;"
            "drop operator = (uuid, text); drop function of_is(uuid, text);"
            "drop operator = (text, uuid); drop function is_of(text, uuid)"
        )


def sent_to(house: House, case: Any, service: str) -> Referral:
    def do(actor: Any) -> Referral:
        draft = send.write(
            actor, case, service=house.world.services[service], purpose="help", urgency="urgent",
            sections=["contact"], agreed_text="Canary-Text", told_body=True,
        )  # fmt: skip
        return send.send(actor, draft, version=draft.version)

    found: Referral = house.as_(LEAD, do)
    return found


def test_what_ends_is_the_request_to_whom_the_page_has_named(house: House) -> None:
    case = house.case()
    says(house, case)
    shelter, pamir = (house.world.bodies[slug] for slug in ("shelter-kulob", "cso-pamir"))
    requests = sent_to(house, case, "HOME-02"), sent_to(house, case, "cso-pamir:COORD-01")
    with transaction.atomic():
        browser = Senders(house.world).browser(LEAD)
    before = alarms()
    with named_crosswise(shelter, pamir):
        pages = [page_text(browser.get(f"/referrals/{one.code}/withdraw/")) for one in requests]
    tried()
    assert [name in page for page, name in zip(pages, ("Cso Pamir", "Shelter Kulob"), strict=True)] == [False, False]
    assert all("This name cannot be confirmed." in page for page in pages)
    assert alarms() != before
    honest = page_text(browser.get(f"/referrals/{requests[1].code}/withdraw/"))
    assert "Cso Pamir" in honest, "and what is joined rightly is named"
