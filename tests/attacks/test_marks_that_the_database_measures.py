"""What the database said of an epoch's number or section went into a mark as it was said. Red on 7f405bd.

A release takes from `team_end` and `epochs_close` which epoch of which section was closed. A number at the end of the
column raised the mark for good: when the database was honest again nothing could be written in that case any more. And
a section that is no word of ours was refused by the file of the marks, after the commit: what came after it in the same
release got no mark, so that an epoch of the honest ones was written under later, which she who was released could open.

A start of the pages believed the tag of what a function says beside a name and a number, and not that they are its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import transaction

from hamkori.casework import raising
from hamkori.casework.case.actions import team
from hamkori.vault import server
from hamkori.vault.server import keyring
from tests.attacks.counted import tried
from tests.attacks.hers import says, version_of
from tests.attacks.owned import copy_back, owner, sections_read
from tests.attacks.test_planted_casework import write
from tests.casework.racing import COLLEAGUE, LEAD, House
from tests.web.forms_of import fields
from tests.web.senders import Senders

pytestmark = pytest.mark.alarms

LAST = 2_147_483_647
STARTS = (
    "numbered_casework(bigint,bytea)",
    "numbered_word(uuid,int,bigint,bytea)",
)


@contextmanager
def team_end_says(more: str) -> Iterator[None]:
    """`team_end` does what it does, and answers these rows besides."""
    takes = "uuid, uuid, text"
    owner(
        f"alter function team_end({takes}) rename to team_end_as_made;"
        "create function team_end(p_case uuid, p_row uuid, p_step text) returns table (section_code text, epoch int)"
        " language plpgsql security definer set search_path = public as $do$ begin"
        " return query select x.section_code::text, x.epoch from team_end_as_made(p_case, p_row, p_step) x;"
        f" return query {more}; end $do$;"
        f"grant execute on function team_end({takes}) to hk_app"
    )
    try:
        yield
    finally:
        owner(f"drop function team_end({takes}); alter function team_end_as_made({takes}) rename to team_end")


def releases(house: House, case: object) -> None:
    house.as_(LEAD, lambda actor: team.release(actor, case, membership=house.world.membership(COLLEAGUE)))


def test_a_case_is_written_in_after_a_release_that_the_database_lied_about(house: House) -> None:
    case = house.case(COLLEAGUE)
    with team_end_says(f"select 'contact', {LAST}"), suppress(Exception):
        releases(house, case)
    tried()
    write(house, case)


def test_a_section_that_is_none_keeps_no_mark_of_the_others_back(house: House) -> None:
    """Whoever released her read that it could be sent again; sent again, it was answered as done. No alarm."""
    case = house.case(COLLEAGUE)
    with transaction.atomic():
        browser = Senders(house.world).browser(LEAD)
    browser.raise_request_exception = False
    wraps = owner(
        "select w.* from section_wrap w join section_key k on k.id = w.section_key_id where k.case_id = %s", case.pk
    )
    address = f"/cases/{case.code}/release/?whom={house.world.membership(COLLEAGUE)}"
    form, none = fields(browser.get(address)), " union all ".join(f"select 'é{i}', 1" for i in range(60))
    with team_end_says(none):
        assert browser.post(address, form).status_code == 303, "she is released, whatever is said besides"
    owner("update section_key set closed_at = null where case_id = %s", case.pk)
    for wrap in wraps:
        if not owner("select 1 from section_wrap where id = %s", wrap["id"]):
            copy_back("section_wrap", wrap)
    write(house, case)
    tried()
    assert COLLEAGUE not in {who for who, where in sections_read(house.world, case.pk) if where == "contact"}


def test_a_start_takes_a_number_from_under_the_tag_and_none_beside_it(house: House) -> None:
    """Of her word, so that nothing she says later can be written down, a "no" neither."""
    case = house.case()
    says(house, case)
    for made in STARTS:
        owner(f"alter function {made} rename to {made.partition('(')[0]}_as_made")
    owner(
        "create function numbered_casework(p_at bigint, p_proof bytea) returns table (kind text, thing text,"
        " number int, said text, tag bytea, by_clock boolean) language sql security definer"
        f" set search_path = public as $$ select 'consent', '{case.pk.hex}', {LAST}, '{case.pk}',"
        " null::bytea, false $$;"
        "create function numbered_word(p_case uuid, p_number int, p_at bigint, p_proof bytea) returns table (version"
        " text, answers text, without uuid[]) language sql security definer set search_path = public as $$"
        " select to_jsonb(c)::text, (select coalesce(jsonb_agg(to_jsonb(w) - 'id' - 'consent_id'), '[]')"
        " from consent_row w where w.consent_id = c.id)::text, array[]::uuid[] from consent c"
        " where c.case_id = p_case $$;"
        "grant execute on function numbered_casework(bigint, bytea), numbered_word(uuid, int, bigint, bytea) to hk_app"
    )
    try:
        raising.raise_marks(keyring())
    finally:
        for made in STARTS:
            name, _open, takes = made.partition("(")
            owner(f"drop function {made}; alter function {name}_as_made({takes} rename to {name}")
    tried()
    assert server.marks().least("consent", case.pk) == version_of(case)["number"]
